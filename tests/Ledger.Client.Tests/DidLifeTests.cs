using Google.Protobuf;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client.Tests;

/// <summary>The life of a DID over gRPC: who changes it, who takes it back, and what is known of that.</summary>
public sealed class DidLifeTests : IAsyncLifetime
{
    private const uint Delay = 3_600;

    // The log's clock stands where a test puts it: a delay passes without waiting.
    private readonly ManualTime _time = new();
    private readonly List<SigningKey> _keys = [];
    private HonestNode _node = null!;
    private LedgerClient _client = null!;
    private Actor _supervisor = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await HonestNode.StartAsync(o => o with { Time = _time });
        _client = _node.Connect(null, o => o with { Time = _time });
        SigningKey key = NewKey("key-1");
        CreatedDid founded = await _client.FoundLedgerAsync(
            "test",
            key.ToDocument(),
            [key],
            Policy(Delay, NewKey("sup-recovery")),
            new DidQuota { PerHour = 3 }
        );
        _supervisor = new Actor(founded.Did, key);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _node.DisposeAsync();
        _keys.ForEach(static key => key.Dispose());
    }

    [Fact]
    public async Task FoundLedger_WithPolicyAndQuota_HasThem()
    {
        ResolvedDid supervisor = await _client.ResolveAsync(_supervisor.Did);

        Assert.Equal("sup-recovery", supervisor.Recovery!.Keys.Single().Fragment);
        Assert.Equal(3u, (await _client.GetDidQuotaAsync())!.PerHour);
    }

    [Fact]
    public async Task Update_SignedByTooFew_IsRefusedUntilEnoughHaveSigned()
    {
        SigningKey first = NewKey("key-1");
        SigningKey second = NewKey("key-2", KeyType.Ed25519);
        DidDocument document = new()
        {
            VerificationMethods = { first.ToVerificationMethod(), second.ToVerificationMethod() },
            UpdateThreshold = 2,
        };
        RefusedException created = await RefusedAsync(() => _client.CreateDidAsync(document, [first]));
        CreatedDid did = await _client.CreateDidAsync(document, [first, second]);
        ResolvedDid current = await _client.ResolveAsync(did.Did);
        DidDocument changed = WithAlias(document);

        RefusedException alone = await RefusedAsync(() =>
            _client.UpdateDidAsync(new Actor(did.Did, first), current.Record, changed)
        );
        ProvenEntry together = await _client.UpdateDidAsync(new Actor(did.Did, first, second), current.Record, changed);

        Assert.Equal(ReasonCode.ThresholdNotMet, created.Reason);
        Assert.Equal((ReasonCode.ThresholdNotMet, null), (alone.Reason, alone.Entry));
        Assert.Equal(ReasonCode.Applied, together.Outcome);
    }

    [Fact]
    public async Task Submit_OfWhatWasSignedApart_IsApplied()
    {
        (Actor alice, Actor controller) = (await CreateAsync(), await CreateAsync());
        ResolvedDid current = await _client.ResolveAsync(alice.Did);
        DidDocument document = current.Record.Document.Clone();
        document.Controllers.Add(controller.Did);
        document.VerificationMethods.Add(NewKey("key-2").ToVerificationMethod());
        document.UpdateThreshold = 2;
        UpdateDid update = new()
        {
            Did = alice.Did,
            Previous = current.Record.LastOperation,
            Document = document,
        };
        OperationFile file = OperationFile.Create(
            _client.Complete(alice.Did, new Operation { UpdateDid = update }, TimeSpan.FromDays(7)),
            current.Entry.Operation!.Bytes.Span,
            [.. current.Record.Document.VerificationMethods],
            threshold: 1
        );

        OperationFile signed = OperationFile.Parse(file.ToBytes()).Sign(alice.Keys[0]);
        ProvenEntry entry = await _client.SubmitAsync(signed.ToOperation(_client.Origin));

        Assert.Equal(document, (await _client.ResolveAsync(alice.Did)).Record.Document);
        Assert.Equal(entry.Index, (await _client.SubmitAsync(signed.ToOperation(_client.Origin))).Index);
    }

    [Fact]
    public async Task RotateKeys_ToOthersThanWereCommittedTo_IsRefusedBeforeAnythingIsSent()
    {
        (SigningKey first, SigningKey second) = (NewKey("key-1"), NewKey("key-2"));
        (SigningKey third, SigningKey stranger) = (NewKey("key-3"), NewKey("key-2"));
        DidDocument document = first.ToDocument();
        document.NextKeysCommitment = Commitment(second);
        CreatedDid did = await _client.CreateDidAsync(document, [first]);
        Actor actor = new(did.Did, first);
        ResolvedDid current = await _client.ResolveAsync(did.Did);
        long size = _node.Size;

        RefusedException other = await RefusedAsync(() =>
            _client.RotateKeysAsync(actor, current.Record, [stranger.ToVerificationMethod()])
        );
        DidDocument uncommitted = document.Clone();
        uncommitted.NextKeysCommitment = ByteString.Empty;
        RefusedException dropped = await RefusedAsync(() => _client.UpdateDidAsync(actor, current.Record, uncommitted));
        Assert.Equal(
            (ReasonCode.CommitmentMismatch, null, ReasonCode.CommitmentMismatch, size),
            (other.Reason, other.Entry, dropped.Reason, _node.Size)
        );

        await _client.UpdateDidAsync(actor, current.Record, WithAlias(document));
        current = await _client.ResolveAsync(did.Did);
        await _client.RotateKeysAsync(actor, current.Record, [second.ToVerificationMethod()], Commitment(third).Memory);
        current = await _client.ResolveAsync(did.Did);

        Assert.Equal("key-2", current.Record.Document.VerificationMethods.Single().Fragment);
        Assert.Equal(Commitment(third), current.Record.Document.NextKeysCommitment);
        Assert.Single(current.Record.Document.AlsoKnownAs);
    }

    [Fact]
    public async Task CommitmentMismatch_ThatReachesTheLedger_IsRecorded()
    {
        SigningKey first = NewKey("key-1");
        DidDocument document = first.ToDocument();
        document.NextKeysCommitment = Commitment(NewKey("key-2"));
        CreatedDid did = await _client.CreateDidAsync(document, [first]);
        UpdateDid update = new()
        {
            Did = did.Did,
            Previous = ByteString.CopyFrom(did.Entry.OperationId.Span),
            Document = NewKey("key-2").ToDocument(),
        };

        RefusedException e = await RefusedAsync(() =>
            _client.SubmitAsync(_client.Prepare(new Actor(did.Did, first), new Operation { UpdateDid = update }))
        );

        Assert.Equal(ReasonCode.CommitmentMismatch, e.Reason);
        Assert.Equal(ReasonCode.CommitmentMismatch, e.Entry!.Outcome);
    }

    [Fact]
    public async Task ChangeRecovery_WhileThereAreRecoveryKeys_WaitsAndThenTakesEffectByItself()
    {
        SigningKey recovery = NewKey("r1");
        Actor alice = await CreateAsync(Policy(Delay, recovery));
        ResolvedDid before = await _client.ResolveAsync(alice.Did);
        RecoveryPolicy proposed = Policy(60, NewKey("r2"));
        ProvenEntry proposal = await _client.ChangeRecoveryAsync(alice, before.Record, proposed);

        ResolvedDid pending = await _client.ResolveAsync(alice.Did);
        RefusedException second = await RefusedAsync(() =>
            _client.ChangeRecoveryAsync(alice, pending.Record, recovery: null)
        );
        _time.Now += TimeSpan.FromSeconds(Delay);
        await CreateAsync(); // the log's time is that of its newest batch
        ResolvedDid after = await _client.ResolveAsync(alice.Did);
        ResolvedDid then = await _client.ResolveAtAsync(alice.Did, pending.KnownAsOf);

        Assert.Equal(Policy(Delay, recovery), pending.Recovery);
        Assert.Equal((proposed, 0u), (pending.Pending!.Recovery, pending.Pending.Rank));
        Assert.Equal((ulong)proposal.TimeMs + (Delay * 1000), pending.Pending.EffectiveMs);
        Assert.Equal(ReasonCode.RecoveryPending, second.Reason);
        Assert.Equal((proposed, null), (after.Recovery, after.Pending));
        Assert.Equal(pending.Entry.Index, after.Entry.Index);
        Assert.True(after.KnownAsOf >= DateTimeOffset.FromUnixTimeMilliseconds((long)pending.Pending.EffectiveMs));
        Assert.Equal(Policy(Delay, recovery), then.Recovery);
    }

    [Fact]
    public async Task ChangeRecovery_WithNobodyWhoCouldObject_TakesEffectAtOnce()
    {
        Actor alice = await CreateAsync();
        RecoveryPolicy proposed = Policy(Delay, NewKey("r1"));
        ResolvedDid before = await _client.ResolveAsync(alice.Did);

        await _client.ChangeRecoveryAsync(alice, before.Record, proposed);
        ResolvedDid after = await _client.ResolveAsync(alice.Did);
        RefusedException same = await RefusedAsync(() => _client.ChangeRecoveryAsync(alice, after.Record, proposed));

        Assert.Null(before.Recovery);
        Assert.Equal((proposed, null), (after.Recovery, after.Pending));
        Assert.Equal(ReasonCode.RecoveryUnchanged, same.Reason);
    }

    [Fact]
    public async Task CancelRecovery_ByRank_StopsWhatOneOfItsRankOrBelowProposed()
    {
        (SigningKey high, SigningKey low) = (NewKey("r1"), NewKey("r2"));
        Actor alice = await CreateAsync(Policy(Delay, high, low));
        (Actor byHigh, Actor byLow) = (new(alice.Did, high), new(alice.Did, low));

        RefusedException none = await RefusedAsync(async () =>
            await _client.CancelRecoveryAsync(byHigh, await RecordOf(alice))
        );
        await _client.ChangeRecoveryAsync(alice, await RecordOf(alice), null);
        await _client.CancelRecoveryAsync(byLow, await RecordOf(alice));
        await _client.RecoverDidAsync(byHigh, await RecordOf(alice), document: null, Policy(Delay, high));
        RefusedException below = await RefusedAsync(async () =>
            await _client.CancelRecoveryAsync(byLow, await RecordOf(alice))
        );
        RefusedException replaced = await RefusedAsync(async () =>
            await _client.RecoverDidAsync(byLow, await RecordOf(alice), document: null, Policy(Delay, low))
        );
        await _client.CancelRecoveryAsync(byHigh, await RecordOf(alice));

        Assert.Equal(ReasonCode.NoRecoveryPending, none.Reason);
        Assert.Equal(ReasonCode.RecoveryRank, below.Reason);
        Assert.Equal(ReasonCode.RecoveryRank, replaced.Reason);
        Assert.Null((await _client.ResolveAsync(alice.Did)).Pending);
    }

    [Fact]
    public async Task RecoverDid_WhateverTheThiefDid_GivesTheDidBackAtOnce()
    {
        (SigningKey recovery, SigningKey renewed) = (NewKey("r1"), NewKey("key-9", KeyType.Ed25519));
        Actor alice = await CreateAsync(Policy(Delay, recovery));
        SigningKey thief = NewKey("key-2");
        DidDocument stolen = thief.ToDocument();
        stolen.NextKeysCommitment = Commitment(NewKey("key-3"));
        await _client.UpdateDidAsync(alice, await RecordOf(alice), stolen);
        await _client.ChangeRecoveryAsync(new Actor(alice.Did, thief), await RecordOf(alice), null);

        RefusedException notAKeyOfIt = await RefusedAsync(async () =>
            await _client.RecoverDidAsync(new Actor(alice.Did, thief), await RecordOf(alice), stolen)
        );
        ProvenEntry recovered = await _client.RecoverDidAsync(
            new Actor(alice.Did, recovery),
            await RecordOf(alice),
            renewed.ToDocument()
        );
        await _client.CancelRecoveryAsync(new Actor(alice.Did, recovery), await RecordOf(alice));
        RefusedException late = await RefusedAsync(async () =>
            await _client.UpdateDidAsync(new Actor(alice.Did, thief), await RecordOf(alice), thief.ToDocument())
        );
        ResolvedDid now = await _client.ResolveAsync(alice.Did);

        Assert.Equal(ReasonCode.UnknownKey, notAKeyOfIt.Reason);
        Assert.Equal(ReasonCode.UnknownKey, late.Reason);
        Assert.Equal(renewed.ToDocument(), now.Record.Document);
        Assert.Equal(Policy(Delay, recovery), now.Recovery);
        Assert.Equal(recovered.Index, now.DocumentSource!.Index);
    }

    [Fact]
    public async Task Resolve_AfterChangesOfTheRecoveryPolicyAlone_StillProvesTheDocument()
    {
        SigningKey recovery = NewKey("r1");
        Actor alice = await CreateAsync(Policy(Delay, recovery));
        ResolvedDid created = await _client.ResolveAsync(alice.Did);
        await _client.ChangeRecoveryAsync(alice, await RecordOf(alice), null);
        await _client.CancelRecoveryAsync(new Actor(alice.Did, recovery), await RecordOf(alice));
        await _client.RecoverDidAsync(
            new Actor(alice.Did, recovery),
            await RecordOf(alice),
            document: null,
            Policy(60, recovery)
        );

        ResolvedDid now = await _client.ResolveAsync(alice.Did);

        Assert.True(now.DocumentProven);
        Assert.Equal(created.Entry.Index, now.DocumentSource!.Index);
        Assert.NotEqual(now.Entry.Index, now.DocumentSource.Index);
    }

    [Fact]
    public async Task Resolve_AfterAChangeOfTheRecoveryPolicy_WithAnotherDocument_FailsTheCheck()
    {
        await using LyingNode liar = await LyingNode.StartAsync(_node.Address);
        await using LedgerClient client = _node.Connect(liar.Address);
        Actor alice = await CreateAsync();
        await _client.ChangeRecoveryAsync(alice, await RecordOf(alice), Policy(Delay, NewKey("r1")));
        Assert.True((await client.ResolveAsync(alice.Did)).DocumentProven);
        liar.On<ResolveResponse>(static r => r.Record.Document.AlsoKnownAs.Add("https://x.example"));

        await LyingAboutReceiptsTests.AssertFailsAsync(VerificationCheck.Record, () => client.ResolveAsync(alice.Did));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(ulong.MaxValue)]
    public async Task Resolve_KnownBeforeItsOwnVersionOrBeyondAnyCalendar_FailsTheCheck(ulong knownAsOfMs)
    {
        await using LyingNode liar = await LyingNode.StartAsync(_node.Address);
        await using LedgerClient client = _node.Connect(liar.Address);
        liar.On<ResolveResponse>(r => r.KnownAsOfMs = knownAsOfMs);

        VerificationException e = await Assert.ThrowsAsync<VerificationException>(() =>
            client.ResolveAsync(_supervisor.Did)
        );

        Assert.Equal(VerificationCheck.Record, e.Check);
        Assert.Contains("known_as_of_ms", e.Problem);
    }

    [Fact]
    public async Task ListDidVersions_NewestFirst_IsTheOtherWayRound()
    {
        Actor alice = await CreateAsync();
        await _client.UpdateDidAsync(alice, await RecordOf(alice), WithAlias(alice.Keys[0].ToDocument()));
        await _client.DeactivateDidAsync(alice, await RecordOf(alice));

        Page<DidVersion> oldest = await _client.ListDidVersionsAsync(alice.Did);
        Page<DidVersion> newest = await _client.ListDidVersionsAsync(alice.Did, pageSize: 2, newestFirst: true);
        Page<DidVersion> rest = await _client.ListDidVersionsAsync(
            alice.Did,
            pageSize: 2,
            newest.NextPageToken,
            newestFirst: true
        );

        Assert.Equal(oldest.Items.Reverse(), newest.Items.Concat(rest.Items));
    }

    [Fact]
    public async Task DidQuota_WhenUsedUp_SaysWhenTheSameOperationWillBeTaken()
    {
        Actor alice = await CreateAsync();
        for (int i = 0; i < 3; i++)
        {
            await _client.UpdateDidAsync(alice, await RecordOf(alice), WithAlias(alice.Keys[0].ToDocument(), i));
        }

        PreparedOperation fourth = await PrepareAsync();
        RefusedException refused = await RefusedAsync(() => _client.SubmitAsync(fourth));
        SubmissionResult inBatch = (await _client.SubmitBatchAsync([fourth])).Single();
        await _client.SetDidQuotaAsync(_supervisor, new DidQuota { PerHour = 4 });
        await _client.SubmitAsync(fourth);
        RefusedException notASupervisor = await RefusedAsync(() =>
            _client.SetDidQuotaAsync(alice, new DidQuota { PerHour = 1_000 })
        );

        Assert.Equal((ReasonCode.DidQuota, null), (refused.Reason, refused.Entry));
        Assert.Equal(TimeSpan.FromHours(1), refused.RetryAfter);
        Assert.Equal(ReasonCode.DidQuota, inBatch.Reason);
        Assert.Equal(4u, (await _client.GetDidQuotaAsync())!.PerHour);
        Assert.Equal(ReasonCode.NotAdmitted, notASupervisor.Reason);
        Assert.Null(notASupervisor.RetryAfter);

        async Task<PreparedOperation> PrepareAsync() =>
            _client.Prepare(
                alice,
                new Operation
                {
                    UpdateDid = new UpdateDid
                    {
                        Did = alice.Did,
                        Previous = (await RecordOf(alice)).LastOperation,
                        Document = alice.Keys[0].ToDocument(),
                    },
                }
            );
    }

    [Fact]
    public async Task Controllers_ThatLeadBack_AreRefused()
    {
        (Actor alice, Actor bob) = (await CreateAsync(), await CreateAsync());
        DidDocument byBob = alice.Keys[0].ToDocument();
        byBob.Controllers.Add(bob.Did);
        await _client.UpdateDidAsync(alice, await RecordOf(alice), byBob);
        DidDocument byAlice = bob.Keys[0].ToDocument();
        byAlice.Controllers.Add(alice.Did);

        RefusedException e = await RefusedAsync(async () =>
            await _client.UpdateDidAsync(bob, await RecordOf(bob), byAlice)
        );

        Assert.Equal(ReasonCode.ControllerCycle, e.Reason);
    }

    [Fact]
    public async Task Key_WhoseTimeHasPassed_SignsNothingMore()
    {
        SigningKey key = NewKey("key-1");
        DidDocument document = key.ToDocument();
        document.VerificationMethods[0].ValidUntil = (ulong)_time.Now.AddMinutes(1).ToUnixTimeSeconds();
        CreatedDid did = await _client.CreateDidAsync(document, [key]);
        ResolvedDid current = await _client.ResolveAsync(did.Did);
        _time.Now += TimeSpan.FromMinutes(2);

        RefusedException e = await RefusedAsync(() =>
            _client.UpdateDidAsync(new Actor(did.Did, key), current.Record, key.ToDocument())
        );

        Assert.Equal(ReasonCode.KeyExpired, e.Reason);
    }

    private async Task<Actor> CreateAsync(RecoveryPolicy? recovery = null)
    {
        SigningKey key = NewKey("key-1");
        CreatedDid created = await _client.CreateDidAsync(key.ToDocument(), [key], recovery);
        return new Actor(created.Did, key);
    }

    private async Task<DidRecord> RecordOf(Actor actor) => (await _client.ResolveAsync(actor.Did)).Record;

    private SigningKey NewKey(string fragment, KeyType type = KeyType.Secp256K1)
    {
        SigningKey key = SigningKey.Generate(type, fragment);
        _keys.Add(key);
        return key;
    }

    private static ByteString Commitment(params SigningKey[] next) =>
        ByteString.CopyFrom(
            UpdateKeys.Commit(
                new DidDocument { VerificationMethods = { next.Select(static k => k.ToVerificationMethod()) } }
            )
        );

    private static RecoveryPolicy Policy(uint delaySeconds, params SigningKey[] keys)
    {
        RecoveryPolicy policy = new() { DelaySeconds = delaySeconds };
        foreach (SigningKey key in keys)
        {
            VerificationMethod method = key.ToVerificationMethod();
            method.Purposes.Clear();
            policy.Keys.Add(method);
        }
        return policy;
    }

    private static DidDocument WithAlias(DidDocument document, int number = 0)
    {
        DidDocument changed = document.Clone();
        changed.AlsoKnownAs.Add($"https://a{number}.example");
        return changed;
    }

    private static Task<RefusedException> RefusedAsync(Func<Task> act) => Assert.ThrowsAsync<RefusedException>(act);
}

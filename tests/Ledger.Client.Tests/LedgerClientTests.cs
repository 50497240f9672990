using Google.Protobuf;
using Grpc.Core;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client.Tests;

/// <summary>The client and a real node.</summary>
public sealed class LedgerClientTests(Scene scene) : IClassFixture<Scene>
{
    private readonly LedgerClient _client = scene.Client;

    [Fact]
    public async Task CreateDid_GivesTheIdentifierOfItsOwnEntry()
    {
        SigningKey key = scene.NewKey();

        CreatedDid created = await _client.CreateDidAsync(key.ToDocument(), [key]);

        Assert.True(DidSyntax.IsDid(created.Did, Scene.Network));
        Assert.Equal(ReasonCode.Applied, created.Entry.Outcome);
        Assert.Equal(created.Did, created.Entry.Operation!.ActorDid(Scene.Network));
        Assert.True(created.Entry.Index < created.Entry.Checkpoint.Size);
    }

    [Fact]
    public async Task Resolve_OfEveryVersion_IsWhatWasWritten()
    {
        Actor actor = await scene.CreateAsync();
        ResolvedDid first = await _client.ResolveAsync(actor.Did);
        SigningKey second = scene.NewKey(KeyType.Ed25519, "key-2");
        DidDocument document = first.Record.Document.Clone();
        document.VerificationMethods.Add(second.ToVerificationMethod());

        ProvenEntry update = await _client.UpdateDidAsync(actor, first.Record, document);
        ResolvedDid updated = await _client.ResolveAsync(actor.Did);
        ProvenEntry end = await _client.DeactivateDidAsync(new Actor(actor.Did, second), updated.Record);
        ResolvedDid ended = await _client.ResolveAsync(actor.Did);

        Assert.Equal(actor.Keys[0].ToDocument(), first.Record.Document);
        Assert.Equal(document, updated.Record.Document);
        Assert.Equal(update.Index, updated.Entry.Index);
        Assert.Null(updated.NextVersion);
        Assert.True(ended.Record.Deactivated);
        Assert.Equal(document, ended.Record.Document);
        Assert.Equal(end.Index, ended.Entry.Index);
        Assert.Equal(3, (await _client.ListDidVersionsAsync(actor.Did)).Items.Count);

        ResolvedDid again = await _client.ResolveVersionAsync(actor.Did, first.Entry.Index);
        Assert.Equal(first.Record, again.Record);
        Assert.Equal((ulong)update.Index, again.NextVersion!.Index);
        ResolvedDid then = await _client.ResolveAtAsync(
            actor.Did,
            DateTimeOffset.FromUnixTimeMilliseconds(update.TimeMs)
        );
        Assert.True(then.Entry.TimeMs <= update.TimeMs);
    }

    [Fact]
    public async Task Resolve_OfTheSupervisor_IsProvenByTheFoundingEntry()
    {
        ResolvedDid resolved = await _client.ResolveAsync(scene.Supervisor.Did);
        ResolvedParty party = await _client.GetPartyAsync(scene.Supervisor.Did);
        LedgerRecord ledger = await _client.GetLedgerAsync();

        Assert.Equal(0, resolved.Entry.Index);
        Assert.Equal([Role.Supervisor], party.Record.Roles);
        Assert.Equal(scene.Supervisor.Did, ledger.Supervisor);
        Assert.Equal(Scene.Network, ledger.Network);
    }

    [Fact]
    public async Task Token_FromMintToBurn_IsProvenAtEveryStep()
    {
        ProvenEntry mint = await _client.MintAsync(scene.Issuer, scene.NewMint("life", scene.Alice));
        Written<TokenRecord> minted = await _client.GetTokenAsync(Scene.Class, "life");
        ProvenEntry gift = await _client.TransferAsync(scene.Alice, Scene.Class, "life", scene.Bob.Did);
        Written<TokenRecord> given = await _client.GetTokenAsync(Scene.Class, "life");
        await _client.TransferAsync(scene.Bob, Scene.Class, "life", scene.Bob.Did);
        Written<TokenRecord> kept = await _client.GetTokenAsync(Scene.Class, "life");
        ProvenEntry end = await _client.BurnAsync(scene.Bob, Scene.Class, "life");
        Written<TokenRecord> burned = await _client.GetTokenAsync(Scene.Class, "life");
        SupplyRecord supply = await _client.GetSupplyAsync(Scene.Class);

        Assert.Equal((mint.Index, scene.Alice.Did), (minted.Entry.Index, minted.Record.Owner));
        Assert.Equal((gift.Index, scene.Bob.Did), (given.Entry.Index, given.Record.Owner));
        Assert.Equal((ulong)gift.Index, kept.Record.TransferredIndex);
        Assert.Equal((end.Index, TokenState.Burned), (burned.Entry.Index, burned.Record.State));
        Assert.True(supply.Burned >= 1);
        Assert.Equal(4, (await _client.GetTokenHistoryAsync(Scene.Class, "life")).Items.Count);
    }

    [Fact]
    public async Task BatchMint_WithAndWithoutNames_IsProvenTokenByToken()
    {
        await _client.CreateClassAsync(scene.Issuer, Scene.NewClass("numbered"));
        ProvenEntry entry = await _client.BatchMintAsync(
            scene.Issuer,
            new BatchMint
            {
                ClassId = "numbered",
                Owner = scene.Bob.Did,
                Items =
                {
                    new MintItem { Content = Scene.NewContent("one") },
                    new MintItem { TokenId = "named", Content = Scene.NewContent("two") },
                },
            }
        );

        Written<TokenRecord> numbered = await _client.GetTokenAsync("numbered", "1");
        Written<TokenRecord> named = await _client.GetTokenAsync("numbered", "named");
        SupplyRecord supply = await _client.GetSupplyAsync("numbered");

        Assert.Equal(entry.Index, numbered.Entry.Index);
        Assert.Equal(Scene.NewContent("two"), named.Record.Content);
        Assert.Equal(2UL, supply.Minted);
        Assert.Equal([1UL], await _client.FindMintedNumbersAsync("numbered", entry.Index, 1));
        Assert.Equal(2UL, await _client.GetBalanceAsync(scene.Bob.Did, "numbered"));
        Assert.Equal(2, (await _client.ListTokensAsync(scene.Bob.Did, "numbered")).Items.Count);
    }

    [Fact]
    public async Task Pilot_IsProven_AndListed()
    {
        ResolvedPilot pilot = await _client.GetPilotAsync(Scene.Pilot);

        Assert.Equal(PilotState.Running, pilot.State);
        Assert.Contains(pilot.Record, (await _client.ListPilotsAsync()).Items);
        Assert.Contains((await _client.ListClassesAsync(Scene.Pilot)).Items, c => c.Id == Scene.Class);
    }

    [Fact]
    public async Task Submit_OfWhatTheRulesRefuse_ThrowsWithTheProvenRefusal()
    {
        RefusedException e = await Assert.ThrowsAsync<RefusedException>(() =>
            _client.TransferAsync(scene.Alice, Scene.Class, "none", scene.Bob.Did)
        );

        Assert.Equal(ReasonCode.TokenNotFound, e.Reason);
        Assert.Contains("TOKEN_NOT_FOUND", e.Message, StringComparison.Ordinal);
        Assert.Equal(ReasonCode.TokenNotFound, e.Entry!.Outcome);
        Assert.Equal(ReasonCode.TokenNotFound, (await _client.FindAsync(e.Entry.Operation!.Id))!.Outcome);
    }

    [Fact]
    public async Task Submit_OfWhatIsNeverRecorded_ThrowsWithoutAnEntry()
    {
        SigningKey stranger = scene.NewKey();

        RefusedException e = await Assert.ThrowsAsync<RefusedException>(() =>
            _client.BurnAsync(new Actor(scene.Alice.Did, stranger), Scene.Class, "1")
        );

        Assert.Equal(ReasonCode.BadSignature, e.Reason);
        Assert.Null(e.Entry);
    }

    [Fact]
    public async Task Read_OfWhatIsNotThere_IsRefused()
    {
        RefusedException e = await Assert.ThrowsAsync<RefusedException>(() =>
            _client.GetTokenAsync(Scene.Class, "none")
        );

        Assert.Equal(ReasonCode.TokenNotFound, e.Reason);
    }

    [Fact]
    public async Task Submit_Again_GivesTheFirstReceipt()
    {
        PreparedOperation operation = _client.Prepare(
            scene.Issuer,
            new Operation { Mint = scene.NewMint("twice", scene.Alice) }
        );

        ProvenEntry first = await _client.SubmitAsync(operation);
        ProvenEntry second = await _client.SubmitAsync(operation);

        Assert.Equal(first.Index, second.Index);
        Assert.Equal(first.Bytes.ToArray(), second.Bytes.ToArray());
    }

    [Fact]
    public async Task Submit_OfAnOperationRecordedWithOtherSignatures_FetchesItsEntry()
    {
        SigningKey first = scene.NewKey();
        SigningKey second = scene.NewKey(KeyType.Ed25519, "key-2");
        DidDocument document = new()
        {
            VerificationMethods = { first.ToVerificationMethod(), second.ToVerificationMethod() },
        };
        PreparedOperation both = _client.PrepareNew(
            [first, second],
            new Operation { CreateDid = new CreateDid { Document = document } }
        );
        SignedOperation one = both.SignedOperation.Clone();
        one.Signatures.RemoveAt(1);
        PreparedOperation alone = PreparedOperation.From(one, HonestNode.Origin);

        ProvenEntry recorded = await _client.SubmitAsync(alone);
        ProvenEntry again = await _client.SubmitAsync(both);

        Assert.Equal(recorded.Index, again.Index);
        Assert.Single(again.Operation!.Signatures);
    }

    [Fact]
    public async Task Find_OfAnUnknownOperation_IsNull() => Assert.Null(await _client.FindAsync(new byte[32]));

    [Fact]
    public async Task SubmitBatch_JudgesEachAlone()
    {
        PreparedOperation[] operations =
        [
            Mint("batch-1"),
            Mint("batch-1"),
            _client.Prepare(
                new Actor(scene.Alice.Did, scene.NewKey()),
                new Operation
                {
                    Burn = new Burn { ClassId = Scene.Class, TokenId = "batch-1" },
                }
            ),
            Mint("batch-2"),
        ];

        IReadOnlyList<SubmissionResult> results = await _client.SubmitBatchAsync(operations);

        Assert.Equal(
            [ReasonCode.Applied, ReasonCode.TokenExists, ReasonCode.BadSignature, ReasonCode.Applied],
            results.Select(r => r.Reason)
        );
        Assert.Equal([true, true, false, true], results.Select(r => r.Entry is not null));
        Assert.Equal(operations, results.Select(r => r.Operation));
        Assert.True(results[0].Entry!.Index < results[3].Entry!.Index);
    }

    [Fact]
    public async Task SubmitBatch_BeyondTheLimitOfACall_TakesSeveral()
    {
        PreparedOperation[] operations =
        [
            .. Enumerable.Range(0, Limits.SubmitBatchMax + 1).Select(i => Mint($"many-{i}")),
        ];

        IReadOnlyList<SubmissionResult> results = await _client.SubmitBatchAsync(operations);

        Assert.Equal(operations.Length, results.Count(r => r.IsApplied));
    }

    [Fact]
    public async Task SubmitBatch_OfNothing_IsNothing() => Assert.Empty(await _client.SubmitBatchAsync([]));

    [Fact]
    public async Task SubmitStream_GivesAResultForEach()
    {
        PreparedOperation[] operations = [.. Enumerable.Range(0, 50).Select(i => Mint($"stream-{i / 2}"))];

        List<SubmissionResult> results = [];
        await foreach (SubmissionResult result in _client.SubmitStreamAsync(ToStream(operations)))
        {
            results.Add(result);
        }

        Assert.Equal(50, results.Count);
        Assert.Equal(25, results.Count(r => r.IsApplied));
        Assert.Equal(25, results.Count(r => r.Reason == ReasonCode.TokenExists && r.Entry is not null));
        Assert.Equal(operations.ToHashSet(), results.Select(r => r.Operation).ToHashSet());
    }

    [Fact]
    public async Task SubmitStream_WhoseSourceFails_GivesTheResultsBeforeAndThenItsFailure()
    {
        List<SubmissionResult> results = [];

        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (SubmissionResult result in _client.SubmitStreamAsync(Failing()))
            {
                results.Add(result);
            }
        });

        Assert.True(Assert.Single(results).IsApplied);
    }

    [Fact]
    public async Task SubmitStream_WhoseReaderStops_Ends()
    {
        PreparedOperation[] operations = [.. Enumerable.Range(0, 20).Select(i => Mint($"stopped-{i}"))];

        await foreach (SubmissionResult result in _client.SubmitStreamAsync(ToStream(operations)))
        {
            Assert.True(result.IsApplied);
            break;
        }
    }

    [Fact]
    public async Task SubmitStream_WhenTheCallerGivesUp_IsCancelled()
    {
        using CancellationTokenSource stop = new();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (SubmissionResult _ in _client.SubmitStreamAsync(Endless("endless"), stop.Token))
            {
                await stop.CancelAsync();
            }
        });
    }

    [Fact]
    public async Task ProofBundle_OfAnEntry_VerifiesOffline()
    {
        ProvenEntry entry = await _client.MintAsync(scene.Issuer, scene.NewMint("bundled", scene.Alice));

        ProvenEntry read = ProvenEntry.FromProofBundle(entry.ToProofBundle(), scene.Node.LogKey);
        ProvenEntry beside = ProvenEntry.FromProofBundle(
            entry.ToProofBundle(withEntry: false),
            scene.Node.LogKey,
            entry.Bytes
        );

        Assert.Equal(entry.Index, read.Index);
        Assert.Equal(entry.Entry, read.Entry);
        Assert.Equal(entry.Checkpoint, beside.Checkpoint);
    }

    [Fact]
    public async Task ProofBundle_WithAnotherEntryOrKeyOrNoEntry_DoesNotVerify()
    {
        ProvenEntry entry = await _client.GetEntryAsync(1);
        ProvenEntry other = await _client.GetEntryAsync(0);
        using Crypto.Ed25519PrivateKey stranger = Crypto.Ed25519PrivateKey.Generate();
        VerifierKey strangerKey = VerifierKey.ForEd25519(HonestNode.Origin, stranger.PublicKey);

        AssertFails(
            VerificationCheck.Entry,
            () => ProvenEntry.FromProofBundle(entry.ToProofBundle(), scene.Node.LogKey, other.Bytes)
        );
        AssertFails(
            VerificationCheck.Checkpoint,
            () => ProvenEntry.FromProofBundle(entry.ToProofBundle(), strangerKey)
        );
        AssertFails(
            VerificationCheck.Form,
            () => ProvenEntry.FromProofBundle(entry.ToProofBundle(withEntry: false), scene.Node.LogKey)
        );
        AssertFails(VerificationCheck.Form, () => ProvenEntry.FromProofBundle([1, 2, 3], scene.Node.LogKey));
    }

    [Fact]
    public async Task ProofBundle_OfAnOperationOfALaterVersion_VerifiesAndShowsItsId()
    {
        Entry entry = (await _client.GetEntryAsync(0)).Entry.Clone();
        entry.Operation.Operation = ByteString.CopyFrom([.. entry.Operation.Operation.Span, 0xd2, 0x06, 0x00]); // field 106
        byte[] bytes = entry.ToByteArray();
        byte[] leafHash = new byte[32];
        byte[] id = new byte[32];
        MerkleHash.HashLeaf(bytes, leafHash);
        OperationCodec.ComputeId(entry.Operation.Operation.Span, id);
        byte[] bundle = ProofBundle.Write(0, [], Forgery.Note(scene.Node.SigningKey, 1, leafHash).Span, bytes);

        ProvenEntry read = ProvenEntry.FromProofBundle(bundle, scene.Node.LogKey);

        Assert.Null(read.Operation);
        Assert.Equal(id, read.OperationId.ToArray());
        Assert.Equal(ReasonCode.Applied, read.Outcome);
    }

    [Fact]
    public async Task StreamEntries_FromTheStart_AddsUpToTheCheckpointsRoot()
    {
        SignedCheckpoint checkpoint = await _client.GetCheckpointAsync();
        Crypto.CompactRange range = new();
        byte[] root = new byte[32];
        byte[] leaf = new byte[32];
        await foreach (ReadOnlyMemory<byte> entry in _client.StreamEntriesAsync(0, limit: checkpoint.Size))
        {
            Crypto.MerkleHash.HashLeaf(entry.Span, leaf);
            range.Append(leaf);
        }

        range.Root(root);

        Assert.Equal(checkpoint.Checkpoint.Root.ToArray(), root);
    }

    [Fact]
    public async Task StreamEntries_Following_SeesWhatComes()
    {
        SignedCheckpoint checkpoint = await _client.GetCheckpointAsync();
        await using IAsyncEnumerator<ReadOnlyMemory<byte>> entries = _client
            .StreamEntriesAsync(checkpoint.Size, follow: true)
            .GetAsyncEnumerator();
        ValueTask<bool> next = entries.MoveNextAsync();

        ProvenEntry entry = await _client.MintAsync(scene.Issuer, scene.NewMint("followed", scene.Alice));

        // Operations of a stream that another test gave up may come first.
        for (long index = checkpoint.Size; index < entry.Index; index++)
        {
            Assert.True(await next);
            next = entries.MoveNextAsync();
        }
        Assert.True(await next);
        Assert.Equal(entry.Bytes.ToArray(), entries.Current.ToArray());
    }

    [Fact]
    public async Task StreamEntries_WhenTheCallerStops_Ends()
    {
        using CancellationTokenSource stop = new();
        await using IAsyncEnumerator<ReadOnlyMemory<byte>> entries = _client
            .StreamEntriesAsync(scene.Node.Size + 1_000_000, follow: true, cancellationToken: stop.Token)
            .GetAsyncEnumerator(stop.Token);
        ValueTask<bool> next = entries.MoveNextAsync();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    [Fact]
    public async Task StreamCheckpoints_AreSignedAndGrow()
    {
        List<SignedCheckpoint> checkpoints = [];
        await foreach (SignedCheckpoint checkpoint in _client.StreamCheckpointsAsync(1))
        {
            checkpoints.Add(checkpoint);
        }

        Assert.NotEmpty(checkpoints);
        Assert.Equal(checkpoints.Select(c => c.Size).Order().Distinct(), checkpoints.Select(c => c.Size));
    }

    [Fact]
    public async Task NewestCheckpoint_AfterASubmission_CoversIt()
    {
        ProvenEntry entry = await _client.MintAsync(scene.Issuer, scene.NewMint("newest", scene.Alice));

        Assert.True(_client.NewestCheckpoint!.Size > entry.Index);
    }

    [Fact]
    public async Task KnownCheckpoint_OfAnEarlierClient_IsWhereTheNextStarts()
    {
        SignedCheckpoint known = await _client.CheckConsistencyAsync();

        await using LedgerClient next = scene.Node.Connect(change: o => o with { KnownCheckpoint = known.Note });
        SignedCheckpoint? atStart = next.NewestCheckpoint;
        await next.CheckConsistencyAsync();

        Assert.Equal(known.Checkpoint, atStart!.Checkpoint);
        Assert.True(next.NewestCheckpoint!.Size >= known.Size);
    }

    [Fact]
    public async Task Connect_TrustingOnFirstUse_LearnsTheKey()
    {
        await using LedgerClient client = await LedgerClient.ConnectAsync(
            new LedgerClientOptions { Address = scene.Node.Address, TrustOnFirstUse = true }
        );

        Assert.Equal(scene.Node.LogKey, client.LogKey);
        Assert.NotNull(client.NewestCheckpoint);
    }

    [Fact]
    public async Task Connect_WithoutAKey_Throws() =>
        await Assert.ThrowsAsync<ArgumentException>(() =>
            LedgerClient.ConnectAsync(new LedgerClientOptions { Address = scene.Node.Address })
        );

    [Fact]
    public async Task Connect_WithAnotherKey_DoesNotVerify()
    {
        using Crypto.Ed25519PrivateKey stranger = Crypto.Ed25519PrivateKey.Generate();

        VerificationException e = await Assert.ThrowsAsync<VerificationException>(() =>
            LedgerClient.ConnectAsync(
                new LedgerClientOptions
                {
                    Address = scene.Node.Address,
                    LogKey = VerifierKey.ForEd25519(HonestNode.Origin, stranger.PublicKey),
                }
            )
        );

        Assert.Equal(VerificationCheck.Checkpoint, e.Check);
    }

    [Fact]
    public async Task Connect_WhereNobodyListens_IsUnavailable()
    {
        NodeUnavailableException e = await Assert.ThrowsAsync<NodeUnavailableException>(() =>
            LedgerClient.ConnectAsync(
                new LedgerClientOptions
                {
                    Address = new Uri("http://127.0.0.1:1"),
                    LogKey = scene.Node.LogKey,
                    RetriesMax = 0,
                }
            )
        );

        Assert.Equal(StatusCode.Unavailable, e.Status);
        Assert.Null(e.Reason);
    }

    [Fact]
    public void Construct_WithAnAddressThatIsNoUrl_Throws() =>
        Assert.Throws<ArgumentException>(() =>
            new LedgerClient(new LedgerClientOptions { Address = new Uri("ftp://node"), LogKey = scene.Node.LogKey })
        );

    [Fact]
    public async Task Submit_AfterTheCallerGaveUp_IsCancelled() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _client.SubmitAsync(Mint("cancelled"), new CancellationToken(canceled: true))
        );

    private PreparedOperation Mint(string tokenId) =>
        _client.Prepare(scene.Issuer, new Operation { Mint = scene.NewMint(tokenId, scene.Alice) });

    private static void AssertFails(VerificationCheck check, Action action) =>
        Assert.Equal(check, Assert.Throws<VerificationException>(action).Check);

    private static async IAsyncEnumerable<PreparedOperation> ToStream(IEnumerable<PreparedOperation> operations)
    {
        foreach (PreparedOperation operation in operations)
        {
            await Task.Yield();
            yield return operation;
        }
    }

    private async IAsyncEnumerable<PreparedOperation> Endless(string name)
    {
        for (int i = 0; ; i++)
        {
            await Task.Yield();
            yield return Mint($"{name}-{i}");
        }
    }

    private async IAsyncEnumerable<PreparedOperation> Failing()
    {
        yield return Mint("before-the-failure");
        await Task.Yield();
        throw new InvalidDataException();
    }
}

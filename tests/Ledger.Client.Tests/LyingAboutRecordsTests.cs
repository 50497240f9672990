using Google.Protobuf;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client.Tests;

/// <summary>
/// Whatever a node says of a record that needs no knowledge of verbs to be found out is found out, and the check that found it is
/// named. The rest is shown as the node's word: a record that is true is never refused.
/// </summary>
public sealed class LyingAboutRecordsTests(Scene scene) : IClassFixture<Scene>, IAsyncLifetime
{
    private LyingNode _liar = null!;
    private LedgerClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _liar = await LyingNode.StartAsync(scene.Node.Address);
        _client = scene.Node.Connect(_liar.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _liar.DisposeAsync();
    }

    // Name → the check that must fail, and the lie about a DID that was just created.
    private static readonly Dictionary<string, (VerificationCheck Check, Action<ResolveResponse> Lie)> DidLies = new()
    {
        ["no record"] = (VerificationCheck.Form, r => r.Record = null),
        ["no proof"] = (VerificationCheck.Form, r => r.Proof = null),
        ["no inclusion proof"] = (VerificationCheck.Form, r => r.Proof.Proof = null),
        ["no version"] = (VerificationCheck.Form, r => r.Version = null),
        ["no entry"] = (VerificationCheck.Entry, r => r.Proof.Entry = ByteString.Empty),
        ["a truncated entry"] = (VerificationCheck.Entry, r => r.Proof.Entry = r.Proof.Entry.Shortened()),
        ["another index"] = (VerificationCheck.Entry, r => r.Version.Index--),
        ["another time"] = (VerificationCheck.Entry, r => r.Version.TimeMs--),
        ["a proof of another index"] = (VerificationCheck.Entry, r => r.Proof.Proof.Index--),
        ["another signature in the entry"] = (
            VerificationCheck.Inclusion,
            r => r.Proof.Entry = Resigned(r.Proof.Entry)
        ),
        ["another DID"] = (
            VerificationCheck.Record,
            r => r.Record.Did = "did:pilot:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        ),
        ["no document"] = (VerificationCheck.Record, r => r.Record.Document = null),
        ["created before"] = (VerificationCheck.Record, r => r.Record.CreatedMs--),
        ["created later"] = (VerificationCheck.Record, r => r.Record.CreatedMs++),
        ["updated before"] = (VerificationCheck.Record, r => r.Record.UpdatedMs = r.Record.CreatedMs - 1),
        ["created after its update"] = (
            VerificationCheck.Record,
            r => (r.Record.CreatedMs, r.Record.UpdatedMs) = (r.Record.CreatedMs + 1, r.Record.CreatedMs)
        ),
        ["another last operation"] = (
            VerificationCheck.Record,
            r => r.Record.LastOperation = r.Record.LastOperation.Flipped()
        ),
    };

    public static TheoryData<string> DidLieNames => [.. DidLies.Keys];

    [Theory]
    [MemberData(nameof(DidLieNames))]
    public async Task Resolve_WhenTheAnswerLies_FailsTheCheck(string name)
    {
        Actor actor = await scene.CreateAsync();
        _liar.On<ResolveResponse>(r => DidLies[name].Lie(r));

        await AssertFailsAsync(DidLies[name].Check, () => _client.ResolveAsync(actor.Did));
    }

    // What only the state map tells from the truth.
    private static readonly Dictionary<string, Action<DidDocument>> DocumentLies = new()
    {
        ["another alias"] = d => d.AlsoKnownAs.Add("https://x.example"),
        ["another key"] = d => d.VerificationMethods[0].PublicKey = d.VerificationMethods[0].PublicKey.Flipped(),
        ["no key"] = d => d.VerificationMethods.Clear(),
    };

    public static TheoryData<string> DocumentLieNames => [.. DocumentLies.Keys];

    [Theory]
    [MemberData(nameof(DocumentLieNames))]
    public async Task Resolve_WithAnotherDocument_FailsTheCheck(string name)
    {
        Actor actor = await scene.CreateAsync();
        Assert.True((await _client.ResolveAsync(actor.Did)).DocumentProven);
        _liar.On<ResolveResponse>(r => DocumentLies[name](r.Record.Document));

        await AssertFailsAsync(VerificationCheck.Record, () => _client.ResolveAsync(actor.Did));
    }

    [Theory]
    [MemberData(nameof(DocumentLieNames))]
    public async Task ResolveVersion_WithAnotherDocument_SaysThatItIsNotProven(string name)
    {
        (Actor actor, ResolvedDid first, ResolvedDid second) = await CreateAndUpdateAsync();
        Assert.True(first.DocumentProven && second.DocumentProven);
        _liar.On<ResolveResponse>(r => DocumentLies[name](r.Record.Document));

        Assert.False((await _client.ResolveVersionAsync(actor.Did, second.Entry.Index)).DocumentProven);
        await AssertFailsAsync(VerificationCheck.Record, () => _client.ResolveAsync(actor.Did));
    }

    [Fact]
    public async Task Resolve_ShownByTheEntryOfAnotherDid_FailsTheCheck()
    {
        Actor actor = await scene.CreateAsync();
        ResolvedDid other = await _client.ResolveAsync(scene.Alice.Did);
        _liar.On<ResolveResponse>(r =>
        {
            r.Proof = new EntryProof(other.Entry.ToProof()) { Current = r.Proof.Current };
            r.Version = other.Entry.ToVersion();
            r.Record = other.Record.Clone();
            r.Record.Did = actor.Did;
        });

        await AssertFailsAsync(VerificationCheck.Record, () => _client.ResolveAsync(actor.Did));
    }

    [Fact]
    public async Task Resolve_ProvedByASeal_FailsTheCheck()
    {
        Actor actor = await scene.CreateAsync();
        ProvenEntry seal = await _client.GetEntryAsync(1);
        Assert.Equal(Entry.ContentOneofCase.Seal, seal.Entry.ContentCase);
        _liar.On<ResolveResponse>(r => (r.Proof, r.Version) = (seal.ToProof(), seal.ToVersion()));

        await AssertFailsAsync(VerificationCheck.Operation, () => _client.ResolveAsync(actor.Did));
    }

    [Fact]
    public async Task Resolve_ProvedByAnUpdateThatWasRefused_FailsTheCheck()
    {
        Actor actor = await scene.CreateAsync();
        ResolvedDid current = await _client.ResolveAsync(actor.Did);
        DidRecord stale = current.Record.Clone();
        stale.LastOperation = ByteString.CopyFrom(new byte[32]);
        DidDocument document = current.Record.Document.Clone();
        document.AlsoKnownAs.Add("https://x.example");
        RefusedException refused = await Assert.ThrowsAsync<RefusedException>(() =>
            _client.UpdateDidAsync(actor, stale, document)
        );
        _liar.On<ResolveResponse>(r =>
        {
            r.Proof = refused.Entry!.ToProof();
            r.Version = refused.Entry!.ToVersion();
            r.Record.LastOperation = ByteString.CopyFrom(refused.Entry!.OperationId.Span);
            r.Record.Document = document;
            r.Record.UpdatedMs = r.Version.TimeMs;
        });

        Assert.Equal(ReasonCode.StalePrevious, refused.Reason);
        await AssertFailsAsync(VerificationCheck.Outcome, () => _client.ResolveAsync(actor.Did));
    }

    [Fact]
    public async Task Resolve_OfAnEndedDid_StillProvesTheDocument()
    {
        Actor actor = await scene.CreateAsync();
        ResolvedDid current = await _client.ResolveAsync(actor.Did);
        await _client.DeactivateDidAsync(actor, current.Record);

        ResolvedDid ended = await _client.ResolveAsync(actor.Did);

        Assert.True(ended.Record.Deactivated);
        Assert.Equal(current.Record.Document, ended.Record.Document);
        Assert.Null(ended.DocumentSource);
        Assert.True(ended.DocumentProven);
    }

    [Fact]
    public async Task Get_ShownByAnEntryThatDidNotWriteIt_FailsTheCheck()
    {
        ProvenEntry entry = await _client.CreateClassAsync(scene.Issuer, Scene.NewClass($"c-{Guid.NewGuid():n}"));
        string tokenId = await MintAsync();
        (EntryProof proof, RecordVersion version) = (entry.ToProof(), entry.ToVersion());
        _liar
            .On<ResolveResponse>(r =>
            {
                (r.Proof, r.Version) = (With(r.Proof), version);
                (r.Record.LastOperation, r.Record.UpdatedMs) = (
                    ByteString.CopyFrom(entry.OperationId.Span),
                    version.TimeMs
                );
            })
            .On<GetTokenResponse>(r => (r.Proof, r.Version, r.Record.MintedIndex) = (With(r.Proof), version, 1))
            .On<GetClassResponse>(r => (r.Proof, r.Version) = (With(r.Proof), version))
            .On<GetPilotResponse>(r => (r.Proof, r.Version) = (With(r.Proof), version))
            .On<GetPartyResponse>(r => (r.Proof, r.Version) = (With(r.Proof), version));

        await AssertFailsAsync(VerificationCheck.Record, () => _client.ResolveAsync(scene.Alice.Did));
        await AssertFailsAsync(VerificationCheck.Record, () => _client.GetTokenAsync(Scene.Class, tokenId));
        await AssertFailsAsync(VerificationCheck.Record, () => _client.GetClassAsync(Scene.Class));
        await AssertFailsAsync(VerificationCheck.Record, () => _client.GetPilotAsync(Scene.Pilot));
        await AssertFailsAsync(VerificationCheck.Record, () => _client.GetPartyAsync(scene.Alice.Did));

        EntryProof With(EntryProof honest) => new(proof) { Current = honest.Current };
    }

    // Name → the check that must fail, and the lie about what the state map holds of a token.
    private static readonly Dictionary<string, (VerificationCheck Check, Action<RecordProof> Lie)> MapLies = new()
    {
        ["no state root"] = (VerificationCheck.Form, p => p.StateRoot = null),
        ["no proof of the seal"] = (VerificationCheck.Form, p => p.StateRoot.Proof = null),
        ["another seal"] = (VerificationCheck.Inclusion, p => p.StateRoot.Seal = Unrooted(p.StateRoot.Seal)),
        ["no map proof"] = (VerificationCheck.StateMap, p => p.Record = null),
        ["another key"] = (VerificationCheck.StateMap, p => p.Record.Key = p.Record.Key.Flipped()),
        ["another value"] = (VerificationCheck.StateMap, p => p.Record.Value = p.Record.Value.Flipped()),
        ["a short value"] = (VerificationCheck.StateMap, p => p.Record.Value = ByteString.CopyFrom(1, 2, 3)),
        ["no value"] = (VerificationCheck.StateMap, p => p.Record.Value = ByteString.Empty),
        ["a leaf beside the value"] = (
            VerificationCheck.StateMap,
            p => p.Record.OtherLeaf = ByteString.CopyFrom(new byte[64])
        ),
        ["another hash"] = (VerificationCheck.StateMap, p => p.Record.Hashes[0] = p.Record.Hashes[0].Flipped()),
        ["a hash less"] = (VerificationCheck.StateMap, p => p.Record.Hashes.RemoveAt(0)),
        ["a hash more"] = (VerificationCheck.StateMap, p => p.Record.Hashes.Add(ByteString.CopyFrom(Forgery.Hash()))),
        ["a hash of 31 bytes"] = (VerificationCheck.Form, p => p.Record.Hashes[0] = p.Record.Hashes[0].Shortened()),
        ["257 hashes"] = (
            VerificationCheck.Form,
            p => p.Record.Hashes.AddRange(Enumerable.Repeat(ByteString.CopyFrom(Forgery.Hash()), 257))
        ),
    };

    public static TheoryData<string> MapLieNames => [.. MapLies.Keys];

    [Theory]
    [MemberData(nameof(MapLieNames))]
    public async Task GetToken_WhenTheStateMapIsNotWhatIsShown_FailsTheCheck(string name)
    {
        string tokenId = await MintAsync();
        Assert.True((await _client.GetTokenAsync(Scene.Class, tokenId)).Current!.IsNewest);
        _liar.On<GetTokenResponse>(r => MapLies[name].Lie(r.Proof.Current));
        await AssertFailsAsync(MapLies[name].Check, () => _client.GetTokenAsync(Scene.Class, tokenId));

        _liar.On<GetTokenResponse>(r => r.Proof.Current = null);
        await AssertFailsAsync(VerificationCheck.Form, () => _client.GetTokenAsync(Scene.Class, tokenId));
    }

    [Theory]
    [MemberData(nameof(MapLieNames))]
    public async Task ProveRecords_WhenTheStateMapIsNotWhatIsShown_FailsTheCheck(string name)
    {
        byte[] key = StateKey.Of(RecordKind.Token, $"{Scene.Class}/{await MintAsync()}");
        _liar.On<GetRecordProofsResponse>(r =>
        {
            RecordProof proof = new() { Record = r.Records[0], StateRoot = r.StateRoot };
            MapLies[name].Lie(proof);
            r.StateRoot = proof.StateRoot;
            if (proof.Record is null)
            {
                r.Records.Clear();
            }
        });
        VerificationCheck check = name == "no map proof" ? VerificationCheck.Form : MapLies[name].Check;
        await AssertFailsAsync(check, () => _client.ProveRecordsAsync([key]));
    }

    [Fact]
    public async Task GetToken_AsItWasBefore_FailsTheCheck()
    {
        // Everything that was true a moment ago, whole: the log has gone on, and the node says so by its own checkpoint.
        string tokenId = await MintAsync();
        GetTokenResponse? before = null;
        _liar.On<GetTokenResponse>(r => before = r.Clone());
        await _client.GetTokenAsync(Scene.Class, tokenId);
        await MintAsync();
        _liar.On<GetTokenResponse>(r => r.Proof.Current = before!.Proof.Current);
        await AssertFailsAsync(VerificationCheck.StateMap, () => _client.GetTokenAsync(Scene.Class, tokenId));

        _liar.On<GetTokenResponse>(r =>
        {
            StateRootProof newest = r.Proof.Current.StateRoot;
            r.Proof.Current = before!.Proof.Current.Clone();
            r.Proof.Current.StateRoot.Proof.Checkpoint = newest.Proof.Checkpoint;
        });
        await AssertFailsAsync(VerificationCheck.Inclusion, () => _client.GetTokenAsync(Scene.Class, tokenId));
        ProvenEntry oldSeal = await _client.GetEntryAsync((long)before!.Proof.Current.StateRoot.Proof.Index);
        _liar.On<GetTokenResponse>(r =>
        {
            r.Proof.Current = before.Proof.Current.Clone();
            r.Proof.Current.StateRoot.Proof = oldSeal.ToProof().Proof;
        });
        await AssertFailsAsync(VerificationCheck.StateMap, () => _client.GetTokenAsync(Scene.Class, tokenId));
    }

    [Fact]
    public async Task ProveRecords_ThereOrNot_ProvesBothAndKeepsThemInAFile()
    {
        string tokenId = await MintAsync();
        byte[] there = StateKey.Of(RecordKind.Token, $"{Scene.Class}/{tokenId}");
        byte[] missing = StateKey.Of(RecordKind.Token, $"{Scene.Class}/{tokenId}-no");
        IReadOnlyList<ProvenRecord> proven = (await _client.ProveRecordsAsync([there, missing]))!;

        Assert.Equal((RecordKind.Token, tokenId), (proven[0].Kind, ((TokenRecord)proven[0].Record!).TokenId));
        Assert.Equal((RecordKind.Token, null), (proven[1].Kind, proven[1].Record));
        foreach (ProvenRecord record in proven)
        {
            byte[] bundle = record.ToBundle();
            ProvenRecord read = ProvenRecord.FromBundle(bundle, _client.LogKey);
            Assert.Equal((record.Id, record.Index, record.Record), (read.Id, read.Index, read.Record));
            Assert.True(read.IsNewest);
            AssertNoByteOfItMayChange(bundle);
        }
    }

    // Another spelling is refused too: what is left is what nothing vouches for, lines of signatures by other keys.
    private void AssertNoByteOfItMayChange(byte[] bundle)
    {
        ProvenRecord honest = ProvenRecord.FromBundle(bundle, _client.LogKey);
        ProvenRecord? read = null;
        for (int at = 0; at < bundle.Length; at += 3)
        {
            byte[] changed = [.. bundle];
            changed[at] ^= 1;
            Exception? thrown = Record.Exception(() => read = ProvenRecord.FromBundle(changed, _client.LogKey));
            if (thrown is null)
            {
                // The path of another key under which there is nothing may end at the same place: that is true, and of another key.
                Assert.True(read!.Record is null && read.Id != honest.Id, $"byte {at}");
            }
            else
            {
                Assert.IsType<VerificationException>(thrown);
            }
        }

        for (int length = 0; length < bundle.Length; length += 7)
        {
            Assert.Throws<VerificationException>(() =>
                ProvenRecord.FromBundle(bundle.AsSpan(0, length), _client.LogKey)
            );
        }
    }

    private static ByteString Unrooted(ByteString bytes)
    {
        Entry entry = Entry.Parser.ParseFrom(bytes);
        entry.Seal.StateRoot = entry.Seal.StateRoot.Flipped();
        return entry.ToByteString();
    }

    [Fact]
    public async Task ResolveVersion_AnsweredWithAnotherVersion_FailsTheCheck()
    {
        (Actor actor, ResolvedDid first, ResolvedDid second) = await CreateAndUpdateAsync();
        _liar.On<ResolveResponse>(r =>
        {
            r.Record = second.Record;
            r.Proof = second.Entry.ToProof();
            r.Version = second.Entry.ToVersion();
        });

        await AssertFailsAsync(
            VerificationCheck.Entry,
            () => _client.ResolveVersionAsync(actor.Did, first.Entry.Index)
        );
    }

    [Fact]
    public async Task ResolveAt_AnsweredWithALaterVersion_FailsTheCheck()
    {
        (Actor actor, ResolvedDid first, ResolvedDid second) = await CreateAndUpdateAsync();
        _liar.On<ResolveResponse>(r =>
        {
            r.Record = second.Record;
            r.Proof = second.Entry.ToProof();
            r.Version = second.Entry.ToVersion();
            r.NextVersion = null;
        });
        DateTimeOffset before = DateTimeOffset.FromUnixTimeMilliseconds(second.Entry.TimeMs - 1);
        Assert.SkipWhen(first.Entry.TimeMs == second.Entry.TimeMs, "Both versions were written in one millisecond.");

        await AssertFailsAsync(VerificationCheck.Entry, () => _client.ResolveAtAsync(actor.Did, before));
    }

    // Name → the check that must fail, and the lie about a token that was just minted.
    private static readonly Dictionary<string, (VerificationCheck Check, Action<GetTokenResponse> Lie)> TokenLies =
        new()
        {
            ["no record"] = (VerificationCheck.Form, r => r.Record = null),
            ["no version"] = (VerificationCheck.Form, r => r.Version = null),
            ["another index"] = (VerificationCheck.Entry, r => r.Version.Index--),
            ["minted by a later entry"] = (VerificationCheck.Record, r => r.Record.MintedIndex++),
            ["transferred by a later entry"] = (
                VerificationCheck.Record,
                r => r.Record.TransferredIndex = r.Version.Index + 1
            ),
            ["another token"] = (VerificationCheck.Record, r => r.Record.TokenId += "x"),
            ["another class"] = (VerificationCheck.Record, r => r.Record.ClassId += "x"),
        };

    public static TheoryData<string> TokenLieNames => [.. TokenLies.Keys];

    [Theory]
    [MemberData(nameof(TokenLieNames))]
    public async Task GetToken_WhenTheAnswerLies_FailsTheCheck(string name)
    {
        string tokenId = await MintAsync();
        _liar.On<GetTokenResponse>(r => TokenLies[name].Lie(r));

        await AssertFailsAsync(TokenLies[name].Check, () => _client.GetTokenAsync(Scene.Class, tokenId));
    }

    [Fact]
    public async Task GetToken_ProvedByAMintThatWasRefused_FailsTheCheck()
    {
        string tokenId = await MintAsync();
        RefusedException refused = await Assert.ThrowsAsync<RefusedException>(() =>
            _client.MintAsync(scene.Issuer, scene.NewMint(tokenId, scene.Bob))
        );
        _liar.On<GetTokenResponse>(r => (r.Proof, r.Version) = (refused.Entry!.ToProof(), refused.Entry!.ToVersion()));

        await AssertFailsAsync(VerificationCheck.Outcome, () => _client.GetTokenAsync(Scene.Class, tokenId));
    }

    [Fact]
    public async Task Get_AnsweredWithAnotherThing_FailsTheCheck()
    {
        _liar
            .On<GetClassResponse>(r => r.Record.Id += "x")
            .On<GetPilotResponse>(r => r.Record.Id += "x")
            .On<GetPartyResponse>(r => r.Record.Did = scene.Bob.Did);

        await AssertFailsAsync(VerificationCheck.Record, () => _client.GetClassAsync(Scene.Class));
        await AssertFailsAsync(VerificationCheck.Record, () => _client.GetPilotAsync(Scene.Pilot));
        await AssertFailsAsync(VerificationCheck.Record, () => _client.GetPartyAsync(scene.Alice.Did));
    }

    [Fact]
    public async Task Histories_WithoutARecordOrItsVersion_FailTheCheck()
    {
        string tokenId = await MintAsync();
        Action<DidVersion>[] didLies = [v => v.Version = null, v => v.Record = null, v => v.Record.Document = null];
        Action<TokenVersion>[] tokenLies = [v => v.Version = null, v => v.Record = null];

        foreach (Action<DidVersion> lie in didLies)
        {
            _liar.On<ListVersionsResponse>(r => lie(r.Versions[0]));
            await AssertFailsAsync(VerificationCheck.Form, () => _client.ListDidVersionsAsync(scene.Alice.Did));
        }
        foreach (Action<TokenVersion> lie in tokenLies)
        {
            _liar.On<GetTokenHistoryResponse>(r => lie(r.Versions[0]));
            await AssertFailsAsync(VerificationCheck.Form, () => _client.GetTokenHistoryAsync(Scene.Class, tokenId));
        }
    }

    [Fact]
    public async Task GetLedger_FoundedByAnotherEntry_FailsTheCheck()
    {
        ProvenEntry other = await _client.GetEntryAsync(2);
        _liar.On<GetEntryResponse>(r =>
        {
            r.Entry = ByteString.CopyFrom(other.Bytes.Span);
            r.Proof = other.ToProof().Proof;
        });
        await AssertFailsAsync(VerificationCheck.Inclusion, () => _client.GetLedgerAsync());

        _liar.On<GetEntryResponse>(r =>
        {
            r.Entry = ByteString.CopyFrom(other.Bytes.Span);
            r.Proof = other.ToProof().Proof;
            r.Proof.Index = 0;
        });
        await AssertFailsAsync(VerificationCheck.Entry, () => _client.GetLedgerAsync());
    }

    [Fact]
    public async Task StreamEntries_WithAGap_FailsTheCheck() =>
        await AssertFailsAsync(
            VerificationCheck.Entry,
            async () =>
            {
                await foreach (ReadOnlyMemory<byte> _ in _client.StreamEntriesAsync(0)) { }
            }
        );

    private async Task<string> MintAsync()
    {
        string tokenId = $"t-{Guid.NewGuid():n}";
        await _client.MintAsync(scene.Issuer, scene.NewMint(tokenId, scene.Alice));
        return tokenId;
    }

    private async Task<(Actor Actor, ResolvedDid First, ResolvedDid Second)> CreateAndUpdateAsync()
    {
        Actor actor = await scene.CreateAsync();
        ResolvedDid first = await _client.ResolveAsync(actor.Did);
        DidDocument document = first.Record.Document.Clone();
        document.AlsoKnownAs.Add("https://x.example");
        await _client.UpdateDidAsync(actor, first.Record, document);
        return (actor, first, await _client.ResolveAsync(actor.Did));
    }

    private static ByteString Resigned(ByteString bytes)
    {
        Entry entry = Entry.Parser.ParseFrom(bytes);
        entry.Operation.Signatures[0].Value = entry.Operation.Signatures[0].Value.Flipped();
        return entry.ToByteString();
    }

    private static Task AssertFailsAsync(VerificationCheck check, Func<Task> action) =>
        LyingAboutReceiptsTests.AssertFailsAsync(check, action);
}

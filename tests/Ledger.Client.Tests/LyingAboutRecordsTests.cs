using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Client.Tests;

/// <summary>Whatever a node says of a record that its entry does not say is found out, and the check that found it is named.</summary>
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
        ["another document"] = (VerificationCheck.Record, r => r.Record.Document.AlsoKnownAs.Add("https://x.example")),
        ["no document"] = (VerificationCheck.Record, r => r.Record.Document = null),
        ["another key"] = (
            VerificationCheck.Record,
            r =>
                r.Record.Document.VerificationMethods[0].PublicKey = r
                    .Record.Document.VerificationMethods[0]
                    .PublicKey.Flipped()
        ),
        ["deactivated"] = (VerificationCheck.Record, r => r.Record.Deactivated = true),
        ["created before"] = (VerificationCheck.Record, r => r.Record.CreatedMs--),
        ["updated"] = (VerificationCheck.Record, r => r.Record.UpdatedMs = r.Record.CreatedMs),
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

    [Fact]
    public async Task Resolve_ProvedByTheEntryOfAnotherDid_FailsTheCheck()
    {
        Actor actor = await scene.CreateAsync();
        ResolvedDid other = await _client.ResolveAsync(scene.Alice.Did);
        _liar.On<ResolveResponse>(r =>
        {
            r.Proof = other.Entry.ToProof();
            r.Version = other.Entry.ToVersion();
            r.Record.LastOperation = other.Record.LastOperation;
            r.Record.Document = other.Record.Document;
        });

        await AssertFailsAsync(VerificationCheck.Operation, () => _client.ResolveAsync(actor.Did));
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
            r.Record.LastOperation = ByteString.CopyFrom(refused.Entry!.Operation!.Id.Span);
            r.Record.Document = document;
            r.Record.UpdatedMs = r.Version.TimeMs;
        });

        Assert.Equal(ReasonCode.StalePrevious, refused.Reason);
        await AssertFailsAsync(VerificationCheck.Outcome, () => _client.ResolveAsync(actor.Did));
    }

    [Fact]
    public async Task Resolve_OfAnEndedDidWithAnotherDocument_FailsTheCheck()
    {
        Actor actor = await scene.CreateAsync();
        ResolvedDid current = await _client.ResolveAsync(actor.Did);
        await _client.DeactivateDidAsync(actor, current.Record);
        _liar.On<ResolveResponse>(r => r.Record.Document.AlsoKnownAs.Add("https://x.example"));

        await AssertFailsAsync(VerificationCheck.Record, () => _client.ResolveAsync(actor.Did));
    }

    [Fact]
    public async Task Resolve_OfAnEndedDidSaidToLive_FailsTheCheck()
    {
        Actor actor = await scene.CreateAsync();
        ResolvedDid current = await _client.ResolveAsync(actor.Did);
        await _client.DeactivateDidAsync(actor, current.Record);
        _liar.On<ResolveResponse>(r => r.Record.Deactivated = false);

        await AssertFailsAsync(VerificationCheck.Record, () => _client.ResolveAsync(actor.Did));
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
            ["another owner"] = (VerificationCheck.Record, r => r.Record.Owner = "did:pilot:test:x"),
            ["another content"] = (VerificationCheck.Record, r => r.Record.Content.Size++),
            ["no content"] = (VerificationCheck.Record, r => r.Record.Content = null),
            ["burned"] = (VerificationCheck.Record, r => r.Record.State = TokenState.Burned),
            ["minted elsewhere"] = (VerificationCheck.Record, r => r.Record.MintedIndex--),
            ["transferred"] = (VerificationCheck.Record, r => r.Record.TransferredIndex = 1),
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

    [Theory]
    [MemberData(nameof(TokenLieNames))]
    public async Task GetToken_OfABatchWhenTheAnswerLies_FailsTheCheck(string name)
    {
        string tokenId = $"t-{Guid.NewGuid():n}";
        await _client.BatchMintAsync(
            scene.Issuer,
            new BatchMint
            {
                ClassId = Scene.Class,
                Owner = scene.Alice.Did,
                Items =
                {
                    new MintItem { TokenId = tokenId, Content = Scene.NewContent(tokenId) },
                },
            }
        );
        _liar.On<GetTokenResponse>(r => TokenLies[name].Lie(r));

        await AssertFailsAsync(TokenLies[name].Check, () => _client.GetTokenAsync(Scene.Class, tokenId));
    }

    [Fact]
    public async Task GetToken_ProvedByTheMintOfAnother_FailsTheCheck()
    {
        string tokenId = await MintAsync();
        ProvenEntry other = (await _client.GetTokenAsync(Scene.Class, await MintAsync())).Entry;
        _liar.On<GetTokenResponse>(r =>
        {
            r.Proof = other.ToProof();
            r.Version = other.ToVersion();
            r.Record.MintedIndex = r.Version.Index;
        });

        await AssertFailsAsync(VerificationCheck.Operation, () => _client.GetTokenAsync(Scene.Class, tokenId));
    }

    [Fact]
    public async Task GetToken_AfterATransferSaidToHaveGoneElsewhere_FailsTheCheck()
    {
        string tokenId = await MintAsync();
        await _client.TransferAsync(scene.Alice, Scene.Class, tokenId, scene.Bob.Did);
        _liar.On<GetTokenResponse>(r => r.Record.Owner = scene.Alice.Did);

        await AssertFailsAsync(VerificationCheck.Record, () => _client.GetTokenAsync(Scene.Class, tokenId));
    }

    [Fact]
    public async Task GetToken_AfterABurnSaidToLive_FailsTheCheck()
    {
        string tokenId = await MintAsync();
        await _client.BurnAsync(scene.Alice, Scene.Class, tokenId);
        _liar.On<GetTokenResponse>(r => r.Record.State = TokenState.Live);

        await AssertFailsAsync(VerificationCheck.Record, () => _client.GetTokenAsync(Scene.Class, tokenId));
    }

    [Fact]
    public async Task GetClass_WithAnotherFieldThanWasSigned_FailsTheCheck()
    {
        string classId = $"c-{Guid.NewGuid():n}";
        await _client.CreateClassAsync(scene.Issuer, Scene.NewClass(classId));
        await _client.GetClassAsync(classId);
        Action<ClassRecord>[] lies =
        [
            r => r.Name += "x",
            r => r.MaxSupply++,
            r => r.Issuer = scene.Alice.Did,
            r => r.Transferability = Transferability.Soulbound,
            r => r.Minted = 1,
            r => r.Id += "x",
        ];

        foreach (Action<ClassRecord> lie in lies)
        {
            _liar.On<GetClassResponse>(r => lie(r.Record));
            await AssertFailsAsync(VerificationCheck.Record, () => _client.GetClassAsync(classId));
        }
    }

    [Fact]
    public async Task GetClass_ProvedByAnotherClass_FailsTheCheck()
    {
        ProvenEntry entry = await _client.CreateClassAsync(scene.Issuer, Scene.NewClass($"c-{Guid.NewGuid():n}"));
        _liar.On<GetClassResponse>(r => (r.Proof, r.Version) = (entry.ToProof(), entry.ToVersion()));

        await AssertFailsAsync(VerificationCheck.Operation, () => _client.GetClassAsync(Scene.Class));
    }

    [Fact]
    public async Task GetPilot_WithAnotherTitle_FailsTheCheck()
    {
        _liar.On<GetPilotResponse>(r => r.Record.Title += "x");

        await AssertFailsAsync(VerificationCheck.Record, () => _client.GetPilotAsync(Scene.Pilot));
    }

    [Fact]
    public async Task GetPilot_ProvedByAnotherOperation_FailsTheCheck()
    {
        ProvenEntry entry = await _client.CreateClassAsync(scene.Issuer, Scene.NewClass($"c-{Guid.NewGuid():n}"));
        _liar.On<GetPilotResponse>(r => (r.Proof, r.Version) = (entry.ToProof(), entry.ToVersion()));

        await AssertFailsAsync(VerificationCheck.Operation, () => _client.GetPilotAsync(Scene.Pilot));
    }

    [Fact]
    public async Task GetParty_WithAnotherRole_FailsTheCheck()
    {
        _liar.On<GetPartyResponse>(r => r.Record.Roles.Add(Role.Auditor));

        await AssertFailsAsync(VerificationCheck.Record, () => _client.GetPartyAsync(scene.Alice.Did));
        await AssertFailsAsync(VerificationCheck.Record, () => _client.GetPartyAsync(scene.Supervisor.Did));
    }

    [Fact]
    public async Task GetParty_OfAnother_FailsTheCheck()
    {
        Proven<PartyRecord> bob = await _client.GetPartyAsync(scene.Bob.Did);
        _liar.On<GetPartyResponse>(r =>
        {
            r.Record = bob.Record;
            r.Proof = bob.Entry.ToProof();
            r.Version = bob.Entry.ToVersion();
        });

        await AssertFailsAsync(VerificationCheck.Operation, () => _client.GetPartyAsync(scene.Alice.Did));
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

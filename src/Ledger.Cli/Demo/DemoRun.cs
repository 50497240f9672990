using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Ledger.Audit;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.Rules.Audit;
using Ledger.V1;

namespace Ledger.Cli.Demo;

/// <summary>How much the demo does.</summary>
/// <param name="Dids">DIDs that are registered: at least 30.</param>
/// <param name="Tokens">Tokens that are minted: at least 20.</param>
/// <param name="Load">Operations under which the node is killed: at least 20.</param>
internal sealed record DemoScale(int Dids, int Tokens, int Load);

/// <summary>The demo: one node, its clients, and everything that the ledger promises, tried.</summary>
internal sealed class DemoRun(DemoScale scale, string folder, DemoReport report, CancellationToken stop)
    : IAsyncDisposable
{
    private const string Origin = "demo.ledger.example/pilot";
    private const string Network = "demo";
    private const int ClientCount = 4;
    private const int BatchSize = 100;
    private const int Concurrency = 64;
    private const int PartyCount = 24;

    private const string Pilot = "old-town-crafts";
    private const string Tickets = "tickets";
    private const string Diplomas = "diplomas";
    private const string Badges = "badges";

    private readonly string _data = Path.Combine(folder, "data");
    private readonly List<SigningKey> _keys = [];
    private readonly List<Actor> _people = [];
    private NodeProcess? _node;
    private DemoClients? _clients;
    private Actor? _supervisor;

    private NodeProcess Node => _node!;

    private DemoClients Clients => _clients!;

    private LedgerClient Client => Clients.First;

    private Actor Supervisor => _supervisor!;

    // Sponsor of the pilot and issuer of its classes; then parties that hold tokens; the last person is never admitted.
    private Actor Studio => _people[0];

    private Actor Alice => _people[1];

    private Actor Bob => _people[2];

    private Actor Carol => _people[3];

    private Actor Stranger => _people[^1];

    /// <summary>Size of the log at the end.</summary>
    public long Size { get; private set; }

    /// <summary>Where the proof bundle is.</summary>
    public string BundlePath => Path.Combine(folder, "transfer.proof");

    /// <summary>Where the log's verifier key is.</summary>
    public string LogKeyPath => Path.Combine(_data, "log-key.pub");

    /// <summary>Does every step; the first thing that is not as it must be ends it.</summary>
    public async Task RunAsync()
    {
        await report.StepAsync("Start a node", StartAsync);
        await report.StepAsync("Found the ledger", FoundAsync);
        await report.StepAsync("Register DIDs", RegisterAsync);
        await report.StepAsync("Admit parties, open a pilot", AdmitAsync);
        await report.StepAsync("Define three classes", DefineClassesAsync);
        await report.StepAsync("Mint tokens", MintAsync);
        await report.StepAsync("Transfer, and transfer again", TransferAsync);
        await report.StepAsync("Refuse what must be refused", RefuseAsync);
        await report.StepAsync("Resolve a DID as it was", ResolveAsync);
        using (DidLives lives = new(Clients, report, Network, stop))
        {
            await report.StepAsync("Rotate a key", _ => lives.RotateAsync());
            await report.StepAsync("Lose a key, take the DID back", _ => lives.RecoverAsync());
            await report.StepAsync("Steal a key, and be stopped", _ => lives.CancelTakeoverAsync());
        }

        PilotStory story = new(Clients, report, await CastAsync(), stop);
        await report.StepAsync("Open a pilot by the book", _ => story.OpenAsync());
        await report.StepAsync("Reach a milestone, be funded", _ => story.FundAsync());
        await report.StepAsync("Hold tokens by a policy", _ => story.HoldAsync());
        await report.StepAsync("Freeze a token, and recall it", _ => story.RecallAsync());
        await report.StepAsync("Do several things, or none", _ => story.GroupAsync());
        await report.StepAsync("See who tried what, evaluate", _ => story.EvaluateAsync());
        await report.StepAsync("Prove a transfer, offline", ProveAsync);
        await report.StepAsync("Kill the node under load", CrashAsync);
        await report.StepAsync("Find every receipt again", FindReceiptsAsync);
        await report.StepAsync("Audit the whole log", AuditAsync);
        await report.StepAsync("Stop the node, check its store", CheckStoreAsync);
    }

    /// <summary>Ends the node if it still runs, and forgets the keys.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_clients is not null)
        {
            await _clients.DisposeAsync();
        }

        if (_node is not null)
        {
            await _node.DisposeAsync();
        }

        _keys.ForEach(static key => key.Dispose());
    }

    private async Task<string> StartAsync(Action<long, long> progress)
    {
        _node = await NodeProcess.StartAsync(_data, Origin, stop);
        _clients = new DemoClients(Node.Address, Node.LogKey, ClientCount);
        report.Line("the log's verifier key", Node.LogKey.ToString());
        return $"process {Node.Id} on {Node.Address.Authority}, {ClientCount} clients";
    }

    private async Task<string> FoundAsync(Action<long, long> progress)
    {
        SigningKey key = NewKey();
        FoundLedger founding = new() { Network = Network, Supervisor = key.ToDocument() };
        PreparedOperation operation = Client.PrepareNew([key], new Operation { FoundLedger = founding });
        await Clients.SubmitAsync(operation, stop);
        _supervisor = new Actor(operation.Submitted.ActorDid(Network), key);
        report.Line("the first supervisor", Supervisor.Did);
        return $"network {Network}";
    }

    private async Task<string> RegisterAsync(Action<long, long> progress)
    {
        (List<PreparedOperation> operations, List<Actor> actors) = PrepareDids(scale.Dids);
        Stopwatch clock = Stopwatch.StartNew();
        await Clients.SubmitBatchesAsync(operations, BatchSize, progress, stop);
        _people.AddRange(actors);
        return $"{DemoReport.Number(scale.Dids)} DIDs, a key each, {DemoReport.Rate(scale.Dids, clock.Elapsed)}";
    }

    private async Task<string> AdmitAsync(Action<long, long> progress)
    {
        List<PreparedOperation> admissions =
        [
            Admit(Studio, Role.Sponsor, Role.Issuer),
            .. _people.Skip(1).Take(PartyCount - 1).Select(person => Admit(person, Role.Participant)),
        ];
        await Clients.SubmitBatchesAsync(admissions, BatchSize, progress, stop);
        PilotPath path = new(Clients, Studio, Supervisor, stop);
        await path.ApplyAsync(Pilot, "Crafts of the old town");
        await path.StartAsync(Pilot);
        return $"{PartyCount} parties, pilot {Pilot}";
    }

    // Two who were not admitted yet, and two who take part.
    private async Task<PilotCast> CastAsync()
    {
        Actor deputy = _people[PartyCount];
        Actor sponsor = _people[PartyCount + 1];
        await Clients.SubmitAsync(Admit(deputy, Role.SupervisorDeputy), stop);
        await Clients.SubmitAsync(Admit(sponsor, Role.Sponsor, Role.Issuer), stop);
        return new PilotCast(Supervisor, deputy, sponsor, Alice, Bob);
    }

    private async Task<string> DefineClassesAsync(Action<long, long> progress)
    {
        await DefineAsync(Tickets, Transferability.Free, BurnAuthority.Both, 1_000_000);
        await DefineAsync(Diplomas, Transferability.Soulbound, BurnAuthority.Issuer, 1_000_000);
        await DefineAsync(Badges, Transferability.GiftOnly, BurnAuthority.Owner, (ulong)BadgeCount);
        return $"{Tickets} free, {Diplomas} soulbound, {Badges} at most {BadgeCount}";

        async Task DefineAsync(string id, Transferability transferability, BurnAuthority burnAuthority, ulong supply)
        {
            CreateClass defined = new()
            {
                Id = id,
                PilotId = Pilot,
                Name = id,
                Category = ClassCategory.Cultural,
                MaxSupply = supply,
                Transferability = transferability,
                BurnAuthority = burnAuthority,
            };
            await ActAsync(Studio, new Operation { CreateClass = defined });
        }
    }

    private int TicketCount => scale.Tokens / 5;

    private int DiplomaCount => scale.Tokens / 5;

    private int BadgeCount => scale.Tokens - TicketCount - DiplomaCount;

    private async Task<string> MintAsync(Action<long, long> progress)
    {
        Stopwatch clock = Stopwatch.StartNew();
        List<PreparedOperation> single =
        [
            .. Enumerable
                .Range(1, TicketCount)
                .Select(number =>
                    Client.Prepare(
                        Studio,
                        new Operation
                        {
                            Mint = new Mint
                            {
                                ClassId = Tickets,
                                TokenId = Ticket(number),
                                Owner = Alice.Did,
                                Content = ContentOf($"ticket {number}"),
                            },
                        }
                    )
                ),
        ];
        await Clients.SubmitPersistentlyAsync(single, Concurrency, done => progress(done, TicketCount), null, stop);
        await ActAsync(Studio, BatchMint(Diplomas, Bob, DiplomaCount));
        await ActAsync(Studio, BatchMint(Badges, Carol, BadgeCount));
        ulong balance = await Client.GetBalanceAsync(Carol.Did, Badges, stop);
        Expect.That(balance == (ulong)BadgeCount, $"the balance of {Badges} is {balance}, not {BadgeCount}");
        return $"{TicketCount} one by one, {DiplomaCount} and {BadgeCount} in batches, {DemoReport.Rate(scale.Tokens, clock.Elapsed)}";
    }

    private async Task<string> TransferAsync(Action<long, long> progress)
    {
        int count = TicketCount / 2;
        Stopwatch clock = Stopwatch.StartNew();
        await TransferAllAsync(Alice, Bob);
        await TransferAllAsync(Bob, Carol);
        TokenRecord token = (await Client.GetTokenAsync(Tickets, Ticket(1), stop)).Record;
        Expect.That(token.Owner == Carol.Did, "a token that was transferred twice is not with its last owner");
        Page<TokenVersion> history = await Client.GetTokenHistoryAsync(Tickets, Ticket(1), cancellationToken: stop);
        Expect.That(history.Items.Count == 3, $"the token has {history.Items.Count} versions, not 3");
        return $"{count} tickets through 3 owners, {DemoReport.Rate(2 * count, clock.Elapsed)}";

        Task TransferAllAsync(Actor from, Actor to) =>
            Clients.SubmitBatchesAsync(
                [.. Enumerable.Range(1, count).Select(n => Client.Prepare(from, Transfer(Ticket(n), from, to)))],
                BatchSize,
                progress,
                stop
            );
    }

    private async Task<string> RefuseAsync(Action<long, long> progress)
    {
        string burned = Ticket(TicketCount);
        await ActAsync(
            Alice,
            new Operation
            {
                Burn = new Burn { ClassId = Tickets, TokenId = burned },
            }
        );
        DidRecord stale = (await Client.ResolveAsync(Alice.Did, stop)).Record;
        DidDocument renewed = stale.Document.Clone();
        renewed.AlsoKnownAs.Add("https://alice.example");
        await ActAsync(Alice, Update(stale, renewed));

        MustRefuse refuse = new(Clients, report);
        Operation honest = Transfer(Ticket(1), Carol, Alice);
        await refuse.RuleAsync(
            "a transfer of another's token",
            ReasonCode.NotAuthorised,
            Bob,
            Transfer(Ticket(1), Carol, Bob),
            stop
        );
        await refuse.RuleAsync(
            "a transfer of a soulbound token",
            ReasonCode.NotTransferable,
            Bob,
            Transfer("1", Bob, Carol, Diplomas),
            stop
        );
        await refuse.RuleAsync(
            "a transfer to somebody not admitted",
            ReasonCode.ReceiverNotAdmitted,
            Carol,
            Transfer(Ticket(1), Carol, Stranger),
            stop
        );
        await refuse.RuleAsync(
            "a transfer of a burned token",
            ReasonCode.TokenBurned,
            Alice,
            Transfer(burned, Alice, Bob),
            stop
        );
        await refuse.RuleAsync(
            "a second token of one identifier",
            ReasonCode.TokenExists,
            Studio,
            new Operation
            {
                Mint = new Mint
                {
                    ClassId = Tickets,
                    TokenId = Ticket(1),
                    Owner = Bob.Did,
                },
            },
            stop
        );
        await refuse.RuleAsync(
            "a token beyond the maximum supply",
            ReasonCode.SupplyExceeded,
            Studio,
            new Operation
            {
                Mint = new Mint { ClassId = Badges, Owner = Bob.Did },
            },
            stop
        );
        await refuse.RuleAsync(
            "an update of a state that has passed",
            ReasonCode.StalePrevious,
            Alice,
            Update(stale, renewed),
            stop
        );
        await refuse.ChangedSignatureAsync(Carol, honest, stop);
        await refuse.TwinSignatureAsync(Carol, honest, stop);
        await refuse.ExpiredAsync(Carol, honest, stop);
        return $"{refuse.Count} of {refuse.Count}, each for its own reason";
    }

    private async Task<string> ResolveAsync(Action<long, long> progress)
    {
        ResolvedDid now = await Client.ResolveAsync(Alice.Did, stop);
        Page<DidVersion> versions = await Client.ListDidVersionsAsync(Alice.Did, cancellationToken: stop);
        long first = (long)versions.Items[0].Version.Index;
        ResolvedDid then = await Client.ResolveVersionAsync(Alice.Did, first, stop);
        Expect.That(
            then.Record.Document.AlsoKnownAs.Count == 0 && now.Record.Document.AlsoKnownAs.Count == 1,
            "a DID does not resolve to what it was"
        );
        Expect.That(then.DocumentProven && now.DocumentProven, "a DID's document is not that of its operation");
        return $"versions {first} and {now.Entry.Index} of one DID, both documents proven";
    }

    private async Task<string> ProveAsync(Action<long, long> progress)
    {
        ProvenEntry entry = await ActAsync(Carol, Transfer(Ticket(1), Carol, Alice));
        byte[] bundle = entry.ToProofBundle();
        await File.WriteAllBytesAsync(BundlePath, bundle, stop);
        ProvenEntry shown = ProvenEntry.FromProofBundle(await File.ReadAllBytesAsync(BundlePath, stop), Node.LogKey);
        Expect.That(shown.Index == entry.Index, "the proof bundle shows another entry");
        bool isFooled = true;
        try
        {
            byte[] forged = [.. bundle];
            int extra = bundle.AsSpan().IndexOf("extra "u8) + "extra ".Length + 8;
            forged[extra] = (byte)(forged[extra] == 'A' ? 'B' : 'A');
            ProvenEntry.FromProofBundle(forged, Node.LogKey);
        }
        catch (VerificationException)
        {
            isFooled = false;
        }

        Expect.That(!isFooled, "a forged proof bundle verifies");
        return $"{bundle.Length} bytes in a file, verified; one changed byte is refused";
    }

    private async Task<string> CrashAsync(Action<long, long> progress)
    {
        (List<PreparedOperation> operations, _) = PrepareDids(scale.Load);
        TaskCompletionSource half = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isKilled = false;
        Stopwatch clock = Stopwatch.StartNew();
        Task load = Clients.SubmitPersistentlyAsync(
            operations,
            Concurrency,
            done =>
            {
                progress(done, scale.Load);
                if (done >= scale.Load / 2)
                {
                    half.TrySetResult();
                }

                if (Volatile.Read(ref isKilled))
                {
                    resumed.TrySetResult();
                }
            },
            // So many are left for the node that is held, however fast the others were answered.
            before: i => i < scale.Load * 3 / 4 ? Task.CompletedTask : held.Task,
            stop
        );
        await Task.WhenAny(half.Task, load);
        await Node.HoldAsync(stop);
        held.SetResult();
        int underWay;
        while ((underWay = Clients.UnderWay) == 0 && !load.IsCompleted)
        {
            await Task.Yield();
        }

        int answered = Clients.ReceiptCount;
        await Node.KillAsync();
        Volatile.Write(ref isKilled, true);
        TimeSpan killedAt = clock.Elapsed;
        await Node.DisposeAsync();
        _node = await NodeProcess.StartAsync(_data, Origin, stop);
        Clients.MoveTo(Node.Address);
        TimeSpan servedAfter = clock.Elapsed - killedAt;
        await Task.WhenAny(resumed.Task, load);
        TimeSpan answeredAfter = clock.Elapsed - killedAt;
        await load;
        Expect.That(underWay > 0, "nothing was under way when the node was killed");
        report.Line(
            "killed (SIGKILL) with",
            $"{DemoReport.Number(answered)} receipts given, {underWay} operations under way"
        );
        report.Line(
            "serving again, answering again",
            $"after {servedAfter.TotalSeconds:F2} s and {answeredAfter.TotalSeconds:F2} s, at size {DemoReport.Number(Node.Size)}"
        );
        return $"{DemoReport.Number(scale.Load)} operations, all answered";
    }

    private async Task<string> FindReceiptsAsync(Action<long, long> progress)
    {
        Stopwatch clock = Stopwatch.StartNew();
        await Clients.CheckReceiptsAsync(Concurrency, progress, stop);
        int count = Clients.ReceiptCount;
        return $"{DemoReport.Number(count)} of {DemoReport.Number(count)} stand with proof, {DemoReport.Rate(count, clock.Elapsed)}";
    }

    private async Task<string> AuditAsync(Action<long, long> progress)
    {
        using GrpcAuditSource source = new(new LedgerClientOptions { Address = Node.Address });
        Stopwatch clock = Stopwatch.StartNew();
        AuditReport audit = await LogAudit.RunAsync(source, Node.LogKey, default, progress, stop);
        Expect.That(audit.Finding is null, $"the audit found the log wrong: {audit.Finding}");
        Auditor auditor = audit.Auditor;
        Expect.That(
            auditor.Operations == Clients.ReceiptCount,
            $"the log has {auditor.Operations} operations, and the clients {Clients.ReceiptCount} receipts"
        );
        Size = auditor.Size;
        report.Line(
            "recorded operations and receipts",
            $"{DemoReport.Number(auditor.Operations)}, none lost, none twice"
        );
        return $"{DemoReport.Number(Size)} entries, {DemoReport.Number(auditor.Checkpoints)} checkpoints, sound, {DemoReport.Rate(Size, clock.Elapsed)}";
    }

    private async Task<string> CheckStoreAsync(Action<long, long> progress)
    {
        int exitCode = await Node.StopAsync(stop);
        Expect.That(exitCode == ExitCodes.Done, $"the node stopped with {exitCode}");
        IReadOnlyList<Finding> findings = StoreCheck.Run(_data, Node.LogKey, progress, stop);
        Expect.That(findings.Count == 0, $"the store is damaged: {string.Join("; ", findings)}");
        return "every row is what the log says";
    }

    private async Task<ProvenEntry> ActAsync(Actor actor, Operation body) =>
        await Clients.SubmitAsync(Client.Prepare(actor, body), stop);

    private PreparedOperation Admit(Actor party, params Role[] roles) =>
        Client.Prepare(
            Supervisor,
            new Operation
            {
                AdmitParty = new AdmitParty
                {
                    Party = party.Did,
                    Roles = { roles },
                    CredentialCommitment = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(Limits.HashBytes)),
                    AssuranceLevel = AssuranceLevel.Substantial,
                },
            }
        );

    private (List<PreparedOperation> Operations, List<Actor> Actors) PrepareDids(int count)
    {
        List<PreparedOperation> operations = [];
        List<Actor> actors = [];
        for (int i = 0; i < count; i++)
        {
            SigningKey key = NewKey();
            CreateDid create = new() { Document = key.ToDocument() };
            PreparedOperation operation = Client.PrepareNew([key], new Operation { CreateDid = create });
            operations.Add(operation);
            actors.Add(new Actor(operation.Submitted.ActorDid(Network), key));
        }

        return (operations, actors);
    }

    private SigningKey NewKey()
    {
        SigningKey key = SigningKey.Generate();
        _keys.Add(key);
        return key;
    }

    private static string Ticket(int number) => $"ticket-{number}";

    private static Operation BatchMint(string classId, Actor owner, int count) =>
        new()
        {
            BatchMint = new BatchMint
            {
                ClassId = classId,
                Owner = owner.Did,
                Items = { Enumerable.Repeat(new MintItem(), count) },
            },
        };

    private static Operation Transfer(string tokenId, Actor from, Actor to, string classId = Tickets) =>
        new()
        {
            Transfer = new Transfer
            {
                ClassId = classId,
                TokenId = tokenId,
                FromDid = from.Did,
                ToDid = to.Did,
            },
        };

    private static Operation Update(DidRecord before, DidDocument document) =>
        new()
        {
            UpdateDid = new UpdateDid
            {
                Did = before.Did,
                Previous = before.LastOperation,
                Document = document,
            },
        };

    private static TokenContent ContentOf(string text)
    {
        byte[] content = Encoding.UTF8.GetBytes(text);
        return new TokenContent
        {
            Multihash = ByteString.CopyFrom([0x12, 32, .. SHA256.HashData(content)]),
            MediaType = "text/plain",
            Size = (ulong)content.Length,
        };
    }
}

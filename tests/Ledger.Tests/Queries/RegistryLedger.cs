using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Queries;
using Ledger.V1;

namespace Ledger.Tests.Queries;

/// <summary>
/// A ledger with several of each thing that belongs to a pilot, some of which have expired, and what supervisors did and refused.
/// </summary>
public sealed class RegistryLedger : IAsyncLifetime
{
    public const string Pilot = Scene.Pilot;
    public const string District = "SZ-1";
    public const string Field = "art";
    public const string Policy = "policy-1";
    public const int Many = 5;

    /// <summary>Whole days until the pilot that still runs ends.</summary>
    public const int Days = 40;

    private readonly TemporaryLedger _temporary = TemporaryLedger.Open();

    internal EmbeddedLedger Ledger => _temporary.Ledger;

    internal ManualTime Time => _temporary.Time;

    internal Scene Scene { get; private set; } = null!;

    /// <summary>What each list holds, by its name, in order.</summary>
    internal Dictionary<string, string[]> Expected { get; } = [];

    public async ValueTask InitializeAsync()
    {
        Scene = await Scene.SetAsync(Ledger, Time);
        await OpenPilots();
        await FillFile();
        await Supervise();
        await Grant();

        // Two of the pilots end, and the log hears of it with its next batch.
        Time.Now += TimeSpan.FromDays(2);
        Receipt late = await Refuse(Scene.Alice, Operations.Mint(Scene.Class, Scene.Bob.Did), ReasonCode.NotAuthorised);
        Expected["refusals"] = [$"{late.Index}", .. Expected["refusals"]];
        Expected["refusals of an actor"] = [$"{late.Index}", .. Expected["refusals of an actor"]];
        Expected["refusals about a pilot"] = [$"{late.Index}", .. Expected["refusals about a pilot"]];
    }

    public async ValueTask DisposeAsync() => await _temporary.DisposeAsync();

    /// <summary>Reads one page.</summary>
    internal Answer<Page<string>> Page(ReadView view, string list, uint size, string token) =>
        list switch
        {
            "pilots" => Ids(PilotQueries.ListPilots(view, size, token), p => p.Id),
            "drafts" => Ids(PilotQueries.ListPilotsIn(view, PilotState.Draft, size, token), p => p.Id),
            "running pilots" => Ids(PilotQueries.ListPilotsIn(view, PilotState.Running, size, token), p => p.Id),
            "expired pilots" => Ids(PilotQueries.ListPilotsIn(view, PilotState.Expired, size, token), p => p.Id),
            "pilots of a district" => Ids(PilotQueries.ListPilotsOfDistrict(view, District, size, token), p => p.Id),
            "pilots of a field" => Ids(PilotQueries.ListPilotsOfField(view, Field, size, token), p => p.Id),
            "cases" => Ids(PilotQueries.ListCases(view, size, token), p => p.Id),
            "history of a pilot" => Ids(PilotQueries.ListHistory(view, Pilot, size, token), v => $"{v.Record.State}"),
            "participants" => Ids(PilotFileQueries.ListParticipants(view, Pilot, size, token), p => p.Party),
            "milestones" => Ids(PilotFileQueries.ListMilestones(view, Pilot, size, token), m => m.MilestoneId),
            "tranches" => Ids(PilotFileQueries.ListTranches(view, Pilot, size, token), t => t.TrancheId),
            "documents" => Ids(PilotFileQueries.ListEvidence(view, Pilot, size, token), e => $"{e.Number}"),
            "policies" => Ids(PolicyQueries.ListPolicies(view, Pilot, size, token), p => p.Id),
            "history of a policy" => Ids(
                PolicyQueries.ListHistory(view, Policy, size, token),
                v => $"{v.Record.LastVersion}"
            ),
            "actions" => Ids(SupervisionQueries.ListActions(view, "", "", "", size, token), a => $"{a.Index}"),
            "actions about a party" => Ids(
                SupervisionQueries.ListActions(view, Scene.Bob.Did, "", "", size, token),
                a => $"{a.Index}"
            ),
            "actions about a pilot" => Ids(
                SupervisionQueries.ListActions(view, "", Pilot, "", size, token),
                a => $"{a.Index}"
            ),
            "actions about a class" => Ids(
                SupervisionQueries.ListActions(view, "", "", "pausable", size, token),
                a => $"{a.Index}"
            ),
            "refusals" => Ids(SupervisionQueries.ListRefusals(view, "", "", size, token), r => $"{r.Index}"),
            "refusals of an actor" => Ids(
                SupervisionQueries.ListRefusals(view, Scene.Alice.Did, "", size, token),
                r => $"{r.Index}"
            ),
            _ => Ids(SupervisionQueries.ListRefusals(view, "", Pilot, size, token), r => $"{r.Index}"),
        };

    private static Answer<Page<string>> Ids<T>(Answer<Page<T>> page, Func<T, string> id) => page.Map(p => p.Map(id));

    private async Task OpenPilots()
    {
        ulong now = (ulong)Time.Now.ToUnixTimeSeconds();
        (string Id, ulong End)[] running =
        [
            ("run-0", now + 86_400),
            ("run-1", now + Days * 86_400UL + 86_400),
            ("run-2", now + 80_000),
            ("run-3", 0),
            ("run-4", now + 90_000),
        ];
        string[] drafts = [.. Enumerable.Range(0, Many).Select(i => $"draft-{i}")];
        foreach (string id in drafts)
        {
            await Scene.Apply(Scene.Sponsor, Operations.Pilot(id, Scene.Sponsor.Did, Terms(0)));
        }

        foreach ((string id, ulong end) in running)
        {
            await Scene.OpenPilot(id, Time, Terms(end));
        }

        // It is over and a case for others; and so is one more, whose records say that it expired.
        foreach (string id in (string[])["case-1", "case-0", "case-2"])
        {
            await Scene.OpenPilot(id, Time);
            await Scene.Apply(Scene.Sponsor, Operations.Move(id, PilotState.Concluded));
            await Scene.Apply(Scene.Supervisor, Evaluation(id));
        }

        await Scene.OpenPilot("said", Time, Terms((ulong)Time.Now.ToUnixTimeSeconds() + 10));
        Time.Now += TimeSpan.FromSeconds(11);
        await Scene.Apply(Scene.Supervisor, Evaluation("said"));

        Expected["pilots"] =
        [
            .. ((string[])[Pilot, "said", "case-0", "case-1", "case-2", .. drafts, .. running.Select(p => p.Id)]).Order(
                StringComparer.Ordinal
            ),
        ];
        Expected["drafts"] = drafts;
        Expected["running pilots"] = [Pilot, "run-1", "run-3"];
        Expected["expired pilots"] = ["said", "run-2", "run-0", "run-4"];
        Expected["pilots of a district"] = [.. drafts, .. running.Select(p => p.Id), "said"];
        Expected["pilots of a field"] = Expected["pilots of a district"];
        Expected["cases"] = ["case-0", "case-1", "case-2", "said"];
    }

    private async Task FillFile()
    {
        foreach (Signer party in (Signer[])[Scene.Alice, Scene.Bob, Scene.Issuer])
        {
            await Scene.Apply(
                Scene.Sponsor,
                new Operation
                {
                    SetParticipant = new SetParticipant
                    {
                        PilotId = Pilot,
                        Party = party.Did,
                        State = ParticipantState.Invited,
                    },
                }
            );
        }

        for (int i = Many - 1; i >= 0; i--)
        {
            await Scene.Apply(
                Scene.Sponsor,
                new Operation
                {
                    PlanMilestone = new PlanMilestone
                    {
                        PilotId = Pilot,
                        MilestoneId = $"m{i}",
                        Kpi = "visitors",
                        Target = 1,
                        Due = 2_000_000_000,
                    },
                }
            );
            await Scene.Apply(
                Scene.Supervisor,
                new Operation
                {
                    PlanTranche = new PlanTranche
                    {
                        PilotId = Pilot,
                        TrancheId = $"t{i}",
                        MilestoneId = $"m{i}",
                        AmountFen = 1,
                    },
                }
            );
            await Scene.Apply(Scene.Sponsor, Operations.Evidence(Pilot, EvidenceKind.Report));
            await Scene.Apply(Scene.Sponsor, Proposal($"policy-{i}"));
        }

        // Three versions of one policy: one in force, one that comes.
        await Approve(1, Time.Now.AddSeconds(10));
        Time.Now += TimeSpan.FromSeconds(11);
        await Scene.Apply(Scene.Sponsor, Proposal(Policy));
        await Approve(2, Time.Now.AddDays(100));

        Expected["participants"] =
        [
            .. ((string[])[Scene.Alice.Did, Scene.Bob.Did, Scene.Issuer.Did]).Order(StringComparer.Ordinal),
        ];
        Expected["milestones"] = [.. Enumerable.Range(0, Many).Select(i => $"m{i}")];
        Expected["tranches"] = [.. Enumerable.Range(0, Many).Select(i => $"t{i}")];
        Expected["documents"] = [.. Enumerable.Range(1, Many + 1).Select(i => $"{i}")];
        Expected["policies"] = [.. Enumerable.Range(0, Many).Select(i => $"policy-{i}")];
        Expected["history of a policy"] = ["1", "1", "2", "2"];

        Task<Receipt> Approve(ulong version, DateTimeOffset effective) =>
            Scene.Apply(
                Scene.Supervisor,
                new Operation
                {
                    ApprovePolicy = new ApprovePolicy
                    {
                        PolicyId = Policy,
                        Version = version,
                        Effective = (ulong)effective.ToUnixTimeSeconds(),
                    },
                }
            );
    }

    private async Task Supervise()
    {
        Operation pausable = Operations.Class("pausable", Pilot);
        pausable.CreateClass.Powers.Add(ClassPower.Pause);
        await Scene.Apply(Scene.Issuer, pausable);
        List<string> ofClass = [];
        List<string> ofParty = [];
        List<string> ofPilot = [];
        List<string> all = [];
        for (int i = 0; i < 2; i++)
        {
            await Act(ofClass, new PauseClass { ClassId = "pausable", Order = Operations.Order() });
            await Act(ofParty, State(AccountState.Restricted));
            await Act(ofPilot, Operations.Move(Pilot, PilotState.Suspended));
            await Scene.Apply(Scene.Supervisor, Operations.Move(Pilot, PilotState.Running));
            await Act(ofParty, State(AccountState.Active));
            await Act(ofClass, new UnpauseClass { ClassId = "pausable", Order = Operations.Order() });
        }

        Expected["actions"] = Newest(all);
        Expected["actions about a party"] = Newest(ofParty);
        Expected["actions about a pilot"] = Newest(ofPilot);
        Expected["actions about a class"] = Newest(ofClass);
        Expected["history of a pilot"] =
        [
            "Draft",
            "Submitted",
            "UnderReview",
            "UnderReview",
            "PublicNotice",
            "Approved",
            "Running",
            "Suspended",
            "Running",
            "Suspended",
            "Running",
        ];

        List<string> ofAlice = [];
        List<string> refused = [];
        for (int i = 0; i < Many; i++)
        {
            Receipt aboutPilot = await Refuse(
                Scene.Alice,
                Operations.Mint(Scene.Class, Scene.Alice.Did),
                ReasonCode.NotAuthorised
            );
            ofAlice.Add($"{aboutPilot.Index}");
            refused.Add($"{aboutPilot.Index}");
            Receipt aboutNone = await Refuse(
                Scene.Bob,
                Operations.Transfer("nothing", "t", Scene.Bob.Did, Scene.Alice.Did),
                ReasonCode.ClassNotFound
            );
            refused.Add($"{aboutNone.Index}");
        }

        Expected["refusals"] = Newest(refused);
        Expected["refusals of an actor"] = Newest(ofAlice);
        Expected["refusals about a pilot"] = Newest(ofAlice);

        async Task Act(List<string> about, IMessage body)
        {
            Operation operation = body switch
            {
                Operation whole => whole,
                PauseClass pause => new Operation { PauseClass = pause },
                UnpauseClass unpause => new Operation { UnpauseClass = unpause },
                _ => new Operation { SetSupervisorState = (SetSupervisorState)body },
            };
            Receipt receipt = await Scene.Apply(Scene.Supervisor, operation);
            about.Add($"{receipt.Index}");
            all.Add($"{receipt.Index}");
        }

        SetSupervisorState State(AccountState state) =>
            new()
            {
                Party = Scene.Bob.Did,
                State = state,
                Order = Operations.Order(),
            };
    }

    private async Task Grant()
    {
        foreach (
            (string pilot, string classId) in (IEnumerable<(string, string)>)[("", ""), (Pilot, ""), ("", Scene.Class)]
        )
        {
            await Scene.Apply(
                Scene.Supervisor,
                new Operation
                {
                    GrantRole = new GrantRole
                    {
                        Party = Scene.Alice.Did,
                        Role = Role.Auditor,
                        PilotId = pilot,
                        ClassId = classId,
                    },
                }
            );
        }

        await Scene.Apply(
            Scene.Alice,
            new Operation
            {
                SetOperator = new SetOperator
                {
                    ClassId = Scene.Class,
                    Operator = Scene.Bob.Did,
                    Approved = true,
                    Expires = (ulong)Time.Now.AddDays(1).ToUnixTimeSeconds(),
                },
            }
        );
        await Scene.Apply(
            Scene.Supervisor,
            new Operation { RecordErasure = new RecordErasure { Commitment = ByteString.CopyFrom(new byte[32]) } }
        );
    }

    private async Task<Receipt> Refuse(Signer signer, Operation operation, ReasonCode reason)
    {
        Submission submission = await _temporary.Submit(signer.Sign(operation));
        Assert.Equal(reason, submission.Judgement.Reason);
        return submission.Receipt!;
    }

    private static PilotTerms Terms(ulong end) =>
        new()
        {
            District = District,
            Fields = { Field, "heritage" },
            Boundary = new PilotBoundary { End = end },
        };

    private static Operation Evaluation(string id) =>
        new()
        {
            EvaluatePilot = new EvaluatePilot
            {
                PilotId = id,
                Grade = EvaluationGrade.Good,
                ReportHash = ByteString.CopyFrom(new byte[32]),
                Replicable = true,
                CaseHash = ByteString.CopyFrom(new byte[32]),
            },
        };

    private static Operation Proposal(string id) =>
        new()
        {
            ProposePolicy = new ProposePolicy
            {
                PolicyId = id,
                PilotId = Pilot,
                Rule = new PolicyRule { ReceiverHolds = new CountRule { Below = 10 } },
            },
        };

    private static string[] Newest(List<string> oldest) => [.. Enumerable.Reverse(oldest)];
}

using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Protocol.Tests;

/// <summary>Valid bodies of the verbs on parties, pilots, policies, classes and tokens, with every optional part.</summary>
internal static class RegistrySamples
{
    // Published examples: GB 32100-2015, and the LEI of the Global Legal Entity Identifier Foundation.
    public const string Uscc = "91350100M000100Y43";
    public const string Lei = "506700GE1G29325QX363";

    private static readonly string Platform = Samples.Did("platform");

    public static IMessage[] Bodies() =>
        [
            new RenewParty
            {
                Party = Samples.Bob,
                CredentialCommitment = Samples.Bytes("commitment", 32),
                AssuranceLevel = AssuranceLevel.Substantial,
                Attestation = Attestation(),
            },
            new ExitParty { Party = Samples.Bob },
            new GrantRole
            {
                Party = Samples.Bob,
                Role = Role.Auditor,
                PilotId = "pilot-1",
                ValidUntil = 1_800_000_000,
            },
            new RevokeRole
            {
                Party = Samples.Bob,
                Role = Role.Issuer,
                ClassId = "class:1",
            },
            new SetPlatformState
            {
                Party = Samples.Bob,
                State = AccountState.Restricted,
                Order = LastingOrder(),
            },
            new SetSupervisorState
            {
                Party = Samples.Bob,
                State = AccountState.Frozen,
                Order = LastingOrder(),
            },
            new RecordErasure { Commitment = Samples.Bytes("commitment", 32) },
            new CreatePilot
            {
                Id = "pilot-2",
                Title = "Kulturerbe 古城",
                Sponsor = Samples.Bob,
                Terms = Terms(),
            },
            new AmendPilot
            {
                PilotId = "pilot-2",
                Title = "Crafts of the old town",
                Terms = Terms(),
            },
            new MovePilot
            {
                PilotId = "pilot-2",
                State = PilotState.PublicNotice,
                Reason = PilotReason.RequirementsMet,
                EvidenceHash = Samples.Bytes("evidence", 32),
                ObjectionSeconds = 604_800,
            },
            new MovePilot
            {
                PilotId = "pilot-2",
                State = PilotState.Concluded,
                Reason = PilotReason.AsPlanned,
                EvidenceHash = Samples.Bytes("evidence", 32),
                Conclusion = PilotConclusion.Graduated,
            },
            new MovePilot
            {
                PilotId = "pilot-2",
                State = PilotState.Suspended,
                Reason = PilotReason.Incident,
                EvidenceHash = Samples.Bytes("evidence", 32),
                Order = Order(),
            },
            new SetParticipant
            {
                PilotId = "pilot-2",
                Party = Samples.Bob,
                State = ParticipantState.Admitted,
                ConsentHash = Samples.Bytes("consent", 32),
            },
            new PlanMilestone
            {
                PilotId = "pilot-2",
                MilestoneId = "m.1",
                Kpi = "works.registered",
                Target = 500,
                Due = 1_800_000_000,
            },
            new MoveMilestone
            {
                PilotId = "pilot-2",
                MilestoneId = "m.1",
                State = MilestoneState.Reported,
                Reached = 501,
                EvidenceHash = Samples.Bytes("evidence", 32),
            },
            new PlanTranche
            {
                PilotId = "pilot-2",
                TrancheId = "t.1",
                MilestoneId = "m.1",
                AmountFen = 5_000_000,
            },
            new MoveTranche
            {
                PilotId = "pilot-2",
                TrancheId = "t.1",
                State = TrancheState.Released,
                EvidenceHash = Samples.Bytes("evidence", 32),
            },
            new AddEvidence
            {
                PilotId = "pilot-2",
                Kind = EvidenceKind.Assessment,
                Commitment = Samples.Bytes("commitment", 32),
                MediaType = "application/pdf",
                Size = 70_000,
            },
            new EvaluatePilot
            {
                PilotId = "pilot-2",
                Grade = EvaluationGrade.Good,
                ReportHash = Samples.Bytes("report", 32),
                Replicable = true,
                CaseHash = Samples.Bytes("case", 32),
            },
            new PauseClass { ClassId = "class:1", Order = LastingOrder() },
            new UnpauseClass { ClassId = "class:1", Order = Order() },
            new ProposePolicy
            {
                PolicyId = "gifts",
                PilotId = "pilot-2",
                Rule = EveryRule(),
            },
            new ApprovePolicy
            {
                PolicyId = "gifts",
                Version = 3,
                Effective = 1_800_000_000,
            },
            new RejectPolicy { PolicyId = "gifts", Version = 3 },
            new OfferToken
            {
                ClassId = "class:1",
                TokenId = "t.1",
                ToDid = Samples.Bob,
                Expires = 1_800_000_000,
            },
            new AcceptOffer
            {
                ClassId = "class:1",
                TokenId = "t.1",
                FromDid = Samples.Bob,
            },
            new EndOffer { ClassId = "class:1", TokenId = "t.1" },
            new ApproveToken
            {
                ClassId = "class:1",
                TokenId = "t.1",
                Approved = Samples.Bob,
                Expires = 1_800_000_000,
            },
            new SetOperator
            {
                ClassId = "class:1",
                Operator = Samples.Bob,
                Approved = true,
                Expires = 1_800_000_000,
            },
            new AppendMetadata
            {
                ClassId = "class:1",
                TokenId = "t.1",
                Content = Content(),
            },
            new FreezeMetadata { ClassId = "class:1", TokenId = "t.1" },
            new SetUser
            {
                ClassId = "class:1",
                TokenId = "t.1",
                User = Samples.Bob,
                Expires = 1_800_000_000,
            },
            new LockToken
            {
                ClassId = "class:1",
                TokenId = "t.1",
                Target = "other.example/ledger",
            },
            new SettleLock
            {
                ClassId = "class:1",
                TokenId = "t.1",
                State = LockState.Exported,
                EvidenceHash = Samples.Bytes("evidence", 32),
            },
            new FreezeToken
            {
                ClassId = "class:1",
                TokenId = "t.1",
                Order = LastingOrder(),
            },
            new UnfreezeToken
            {
                ClassId = "class:1",
                TokenId = "t.1",
                Order = Order(),
            },
            new ForcedTransfer
            {
                ClassId = "class:1",
                TokenId = "t.1",
                FromDid = Samples.Alice,
                ToDid = Samples.Bob,
                Order = Order(),
            },
            new ForcedBurn
            {
                ClassId = "class:1",
                TokenId = "t.1",
                Order = Order(),
            },
        ];

    /// <summary>A group whose steps between them have every kind of body that a step can have.</summary>
    public static Group Group()
    {
        Group group = new();
        IMessage[] bodies = [.. Bodies(), Samples.AdmitParty(), Samples.CreateClass(), Samples.BatchMint()];
        foreach (IMessage body in bodies)
        {
            Operation step = Samples.With(body);
            step.Ledger = "";
            step.Actor = "";
            step.NotAfter = 0;
            step.Nonce = ByteString.Empty;
            group.Steps.Add(step);
        }
        return group;
    }

    public static Attestation Attestation() =>
        new()
        {
            Region = "CN-SH",
            AgeBand = AgeBand.Adult,
            Platform = Platform,
            ValidUntil = 1_800_000_000,
        };

    /// <summary>An order for what does not last.</summary>
    public static Order Order() =>
        new()
        {
            Reason = SupervisionReason.CourtOrder,
            Number = "（2026）沪01执123号",
            LegalBasis = "CSL-2016/art.47",
        };

    public static Order LastingOrder()
    {
        Order order = Order();
        order.EffectiveFrom = 1_790_000_000;
        order.Expires = 1_800_000_000;
        return order;
    }

    public static TokenContent Content()
    {
        TokenContent content = Samples.Content();
        content.FieldsRoot = Samples.Bytes("fields", 32);
        return content;
    }

    public static PilotTerms Terms() =>
        new()
        {
            Programme = "city.fund-2026",
            Kind = PilotKind.Sandbox,
            Fields = { "crafts", "culture" },
            District = "310101",
            Supervisors = { Samples.Did("supervisor 1"), Samples.Did("supervisor 2") },
            Operator = Samples.Did("operator"),
            Auditors = { Samples.Did("auditor 1"), Samples.Did("auditor 2") },
            Venue = Platform,
            ExternalIds =
            {
                new ExternalId { Scheme = ExternalIdScheme.CacFiling, Value = "31010119053456700012" },
                new ExternalId { Scheme = ExternalIdScheme.Uscc, Value = Uscc },
                new ExternalId { Scheme = ExternalIdScheme.Lei, Value = Lei },
            },
            Boundary = new PilotBoundary
            {
                Start = 1_780_000_000,
                End = 1_810_000_000,
                MaxParticipants = 1_000,
                MaxTokens = 10_000,
                MaxTransfersPerDay = 500,
                Regions = { "310000", "CN-SH" },
                ParticipantsOnly = true,
            },
            Safeguards =
            {
                new Safeguard { Kind = SafeguardKind.Exit, DocumentHash = Samples.Bytes("exit", 32) },
                new Safeguard { Kind = SafeguardKind.PrivacyImpact, DocumentHash = Samples.Bytes("privacy", 32) },
            },
        };

    /// <summary>A policy that uses every rule.</summary>
    public static PolicyRule EveryRule() =>
        All(
            new()
            {
                Role = new() { Subject = PolicySubject.Receiver, Roles = { Role.Issuer, Role.Participant } },
            },
            new()
            {
                Admission = new() { Subject = PolicySubject.Receiver, Level = AssuranceLevel.Substantial },
            },
            new()
            {
                Account = new() { Subject = PolicySubject.Giver, State = AccountState.Restricted },
            },
            new() { Category = new() { Categories = { ClassCategory.Cultural, ClassCategory.Certificate } } },
            new()
            {
                TimeWindow = new()
                {
                    From = 1_790_000_000,
                    Until = 1_800_000_000,
                    FromMinute = 1_320,
                    UntilMinute = 360,
                },
            },
            new() { FirstHold = new() { Seconds = 15_552_000 } },
            new() { Rehold = new() { Seconds = 31_536_000 } },
            new() { GiftsPerDay = new() { Below = 3 } },
            new()
            {
                Age = new() { Subject = PolicySubject.Receiver, Bands = { AgeBand.Minor, AgeBand.Adult } },
            },
            new() { ReceiverHolds = new() { Below = 10 } },
            new() { PilotTransfersPerDay = new() { Below = 500 } },
            new()
            {
                Region = new() { Subject = PolicySubject.Receiver, Regions = { "310000", "CN-SH" } },
            },
            new()
            {
                Platform = new() { Subject = PolicySubject.Receiver, Dids = { Platform } },
            },
            new() { PilotState = new() { States = { PilotState.Running, PilotState.Suspended } } },
            new()
            {
                Any = new()
                {
                    Rules =
                    {
                        new PolicyRule
                        {
                            Counterparty = new() { Subject = PolicySubject.Receiver, Dids = { Samples.Bob } },
                        },
                        new PolicyRule { Not = new() { GiftsPerDay = new() { Below = 1 } } },
                    },
                },
            }
        );

    public static PolicyRule All(params PolicyRule[] rules) => new() { All = new() { Rules = { rules } } };
}

using Ledger.Protocol;
using Ledger.V1;
using Verb = Ledger.V1.Operation.BodyOneofCase;

namespace Ledger.Rules.Tests;

/// <summary>
/// For each verb: an operation that is applied, and ways to spoil it in the order in which the rules judge. Each way alone
/// must give its code, and of any two the earlier one must.
/// </summary>
public sealed class JudgementOrderTests
{
    private sealed record Spoiler(ReasonCode Expected, string What, Action<Scene, Operation> Spoil);

    private sealed record Case(Verb Verb, Func<Scene, Operation> Make, Spoiler[][] Steps);

    // Spoilers of one step exclude each other; a later step comes after it in the order of judgement.
    private static readonly Case[] Cases =
    [
        new(
            Verb.UpdateDid,
            scene => new Operation
            {
                Actor = scene.Thing,
                UpdateDid = new UpdateDid
                {
                    Did = scene.Thing,
                    Previous = scene.Ledger.Did(scene.Thing).LastOperation,
                    Document = RulesLedger.Document(99),
                },
            },
            [
                [
                    new(ReasonCode.DidNotFound, "no DID", (scene, op) => op.UpdateDid.Did = scene.Nobody),
                    new(ReasonCode.DidDeactivated, "an ended DID", (scene, op) => op.UpdateDid.Did = scene.Gone),
                ],
                [new(ReasonCode.NotAuthorised, "a stranger", (scene, op) => op.Actor = scene.Stranger)],
                [new(ReasonCode.StalePrevious, "stale", (_, op) => op.UpdateDid.Previous = RulesLedger.Bytes(32, 9))],
                [
                    new(
                        ReasonCode.ControllerCycle,
                        "controlled by what it controls",
                        (scene, op) => op.UpdateDid.Document.Controllers.Add(scene.Child)
                    ),
                ],
                [
                    new(
                        ReasonCode.CommitmentMismatch,
                        "other keys than were committed to",
                        (scene, op) =>
                        {
                            op.Actor = op.UpdateDid.Did = scene.Committed;
                            op.UpdateDid.Previous = scene.Ledger.Did(scene.Committed).LastOperation;
                        }
                    ),
                ],
            ]
        ),
        new(
            Verb.ChangeRecovery,
            scene => new Operation
            {
                Actor = scene.Kept,
                ChangeRecovery = new ChangeRecovery
                {
                    Did = scene.Kept,
                    Previous = scene.Ledger.Did(scene.Kept).LastOperation,
                    Recovery = RulesLedger.Policy(200),
                },
            },
            [
                [
                    new(ReasonCode.DidNotFound, "no DID", (scene, op) => op.ChangeRecovery.Did = scene.Nobody),
                    new(ReasonCode.DidDeactivated, "an ended DID", (scene, op) => op.ChangeRecovery.Did = scene.Gone),
                ],
                [new(ReasonCode.NotAuthorised, "a stranger", (scene, op) => op.Actor = scene.Stranger)],
                [
                    new(
                        ReasonCode.StalePrevious,
                        "stale",
                        (_, op) => op.ChangeRecovery.Previous = RulesLedger.Bytes(32, 9)
                    ),
                ],
                [
                    new(
                        ReasonCode.RecoveryPending,
                        "another change is pending",
                        (scene, op) =>
                        {
                            op.Actor = op.ChangeRecovery.Did = scene.Pending;
                            op.ChangeRecovery.Previous = scene.Ledger.Did(scene.Pending).LastOperation;
                        }
                    ),
                ],
                [
                    new(
                        ReasonCode.RecoveryUnchanged,
                        "as it is",
                        (scene, op) => op.ChangeRecovery.Recovery = scene.Ledger.Did(scene.Kept).Recovery
                    ),
                ],
            ]
        ),
        new(
            Verb.RecoverDid,
            scene => new Operation
            {
                Actor = scene.Kept,
                RecoverDid = new RecoverDid
                {
                    Did = scene.Kept,
                    Previous = scene.Ledger.Did(scene.Kept).LastOperation,
                    Document = RulesLedger.Document(99),
                    Recovery = RulesLedger.Policy(200),
                },
            },
            [
                [new(ReasonCode.StalePrevious, "stale", (_, op) => op.RecoverDid.Previous = RulesLedger.Bytes(32, 9))],
                [
                    new(
                        ReasonCode.ControllerCycle,
                        "controlled by what it controls",
                        (scene, op) => op.RecoverDid.Document.Controllers.Add(scene.Child)
                    ),
                ],
                [
                    new(
                        ReasonCode.RecoveryRank,
                        "pending by a higher rank",
                        (scene, op) =>
                        {
                            op.Actor = op.RecoverDid.Did = scene.Outranked;
                            op.RecoverDid.Previous = scene.Ledger.Did(scene.Outranked).LastOperation;
                        }
                    ),
                ],
                [
                    new(
                        ReasonCode.RecoveryUnchanged,
                        "as it is",
                        (scene, op) => op.RecoverDid.Recovery = scene.Ledger.Did(scene.Kept).Recovery
                    ),
                ],
            ]
        ),
        new(
            Verb.CancelRecovery,
            scene => new Operation
            {
                Actor = scene.Pending,
                CancelRecovery = new CancelRecovery
                {
                    Did = scene.Pending,
                    Previous = scene.Ledger.Did(scene.Pending).LastOperation,
                },
            },
            [
                [
                    new(
                        ReasonCode.StalePrevious,
                        "stale",
                        (_, op) => op.CancelRecovery.Previous = RulesLedger.Bytes(32, 9)
                    ),
                ],
                [
                    new(
                        ReasonCode.NoRecoveryPending,
                        "nothing pending",
                        (scene, op) =>
                        {
                            op.Actor = op.CancelRecovery.Did = scene.Kept;
                            op.CancelRecovery.Previous = scene.Ledger.Did(scene.Kept).LastOperation;
                        }
                    ),
                    new(
                        ReasonCode.RecoveryRank,
                        "pending by a higher rank",
                        (scene, op) =>
                        {
                            op.Actor = op.CancelRecovery.Did = scene.Outranked;
                            op.CancelRecovery.Previous = scene.Ledger.Did(scene.Outranked).LastOperation;
                        }
                    ),
                ],
            ]
        ),
        new(
            Verb.SetDidQuota,
            scene => new Operation
            {
                Actor = scene.Supervisor,
                SetDidQuota = new SetDidQuota { Quota = new DidQuota { PerDay = 7 } },
            },
            [
                [new(ReasonCode.NotAdmitted, "a stranger", (scene, op) => op.Actor = scene.Stranger)],
                [new(ReasonCode.NotAuthorised, "a registrar", (scene, op) => op.Actor = scene.Registrar)],
            ]
        ),
        new(
            Verb.DeactivateDid,
            scene => new Operation
            {
                Actor = scene.Thing,
                DeactivateDid = new DeactivateDid
                {
                    Did = scene.Thing,
                    Previous = scene.Ledger.Did(scene.Thing).LastOperation,
                },
            },
            [
                [
                    new(ReasonCode.DidNotFound, "no DID", (scene, op) => op.DeactivateDid.Did = scene.Nobody),
                    new(ReasonCode.DidDeactivated, "an ended DID", (scene, op) => op.DeactivateDid.Did = scene.Gone),
                ],
                [new(ReasonCode.NotAuthorised, "a stranger", (scene, op) => op.Actor = scene.Stranger)],
                [
                    new(
                        ReasonCode.StalePrevious,
                        "stale",
                        (_, op) => op.DeactivateDid.Previous = RulesLedger.Bytes(32, 9)
                    ),
                ],
            ]
        ),
        new(
            Verb.AdmitParty,
            scene => new Operation
            {
                Actor = scene.Registrar,
                AdmitParty = new AdmitParty
                {
                    Party = scene.Stranger,
                    Roles = { Role.Participant },
                    CredentialCommitment = RulesLedger.Bytes(32, 3),
                    AssuranceLevel = AssuranceLevel.Low,
                },
            },
            [
                [new(ReasonCode.NotAdmitted, "a stranger", (scene, op) => op.Actor = scene.Stranger)],
                [
                    new(ReasonCode.NotAuthorised, "a participant", (scene, op) => op.Actor = scene.Alice),
                    new(ReasonCode.NotAuthorised, "a role above", (_, op) => op.AdmitParty.Roles.Add(Role.Auditor)),
                ],
                [
                    new(ReasonCode.DidNotFound, "no DID", (scene, op) => op.AdmitParty.Party = scene.Nobody),
                    new(ReasonCode.DidDeactivated, "an ended DID", (scene, op) => op.AdmitParty.Party = scene.Gone),
                ],
                [new(ReasonCode.AlreadyAdmitted, "a party", (scene, op) => op.AdmitParty.Party = scene.Bob)],
            ]
        ),
        new(
            Verb.CreatePilot,
            scene => new Operation
            {
                Actor = scene.Sponsor,
                CreatePilot = new CreatePilot
                {
                    Id = "new",
                    Title = "New",
                    Sponsor = scene.Sponsor,
                },
            },
            [
                [new(ReasonCode.NotAdmitted, "a stranger", (scene, op) => op.Actor = scene.Stranger)],
                [
                    new(ReasonCode.NotAuthorised, "a registrar", (scene, op) => op.Actor = scene.Registrar),
                    new(ReasonCode.NotAuthorised, "another's", (scene, op) => op.CreatePilot.Sponsor = scene.Alice),
                ],
                [new(ReasonCode.PilotExists, "a taken id", (_, op) => op.CreatePilot.Id = "halted")],
                [
                    new(
                        ReasonCode.NotASponsor,
                        "another role",
                        (scene, op) => op.Actor = op.CreatePilot.Sponsor = scene.Supervisor
                    ),
                ],
                [
                    new(
                        ReasonCode.NotInRole,
                        "an auditor without the role",
                        (scene, op) => op.CreatePilot.Terms = new PilotTerms { Auditors = { scene.Alice } }
                    ),
                ],
            ]
        ),
        new(
            Verb.CreateClass,
            scene => new Operation
            {
                Actor = scene.Issuer,
                CreateClass = new CreateClass
                {
                    Id = "new",
                    PilotId = "running",
                    Name = "New",
                    Category = ClassCategory.Other,
                    MaxSupply = 1,
                    Transferability = Transferability.GiftOnly,
                    BurnAuthority = BurnAuthority.Neither,
                },
            },
            [
                [new(ReasonCode.NotAdmitted, "a stranger", (scene, op) => op.Actor = scene.Stranger)],
                [new(ReasonCode.NotAuthorised, "a supervisor", (scene, op) => op.Actor = scene.Supervisor)],
                [
                    new(ReasonCode.PilotNotFound, "no pilot", (_, op) => op.CreateClass.PilotId = "none"),
                    new(ReasonCode.PilotNotRunning, "a halted pilot", (_, op) => op.CreateClass.PilotId = "halted"),
                ],
                [new(ReasonCode.ClassExists, "a taken id", (_, op) => op.CreateClass.Id = "free")],
            ]
        ),
        new(
            Verb.Mint,
            scene => new Operation
            {
                Actor = scene.Issuer,
                Mint = new Mint
                {
                    ClassId = "free",
                    TokenId = "new",
                    Owner = scene.Alice,
                },
            },
            [
                [new(ReasonCode.NotAdmitted, "a stranger", (scene, op) => op.Actor = scene.Stranger)],
                [new(ReasonCode.NotAuthorised, "a participant", (scene, op) => op.Actor = scene.Alice)],
                [new(ReasonCode.ClassNotFound, "no class", (_, op) => op.Mint.ClassId = "none")],
                [new(ReasonCode.NotAuthorised, "another issuer", (scene, op) => op.Actor = scene.OtherIssuer)],
                [new(ReasonCode.PilotNotRunning, "a halted pilot", (_, op) => op.Mint.ClassId = "halted")],
                [new(ReasonCode.SupplyExceeded, "a full class", (_, op) => op.Mint.ClassId = "full")],
                [
                    new(ReasonCode.TokenExists, "a taken id", (_, op) => op.Mint.TokenId = "a"),
                    new(ReasonCode.TokenBurned, "a burned id", (_, op) => op.Mint.TokenId = "burned"),
                ],
                [
                    new(ReasonCode.ReceiverNotAdmitted, "no DID", (scene, op) => op.Mint.Owner = scene.Nobody),
                    new(ReasonCode.ReceiverNotAdmitted, "no party", (scene, op) => op.Mint.Owner = scene.Stranger),
                    new(ReasonCode.ReceiverDeactivated, "an ended DID", (scene, op) => op.Mint.Owner = scene.Gone),
                ],
            ]
        ),
        new(
            Verb.BatchMint,
            scene => new Operation
            {
                Actor = scene.Issuer,
                BatchMint = new BatchMint
                {
                    ClassId = "free",
                    Owner = scene.Alice,
                    Items =
                    {
                        new MintItem { TokenId = "x" },
                        new MintItem { TokenId = "y" },
                        new MintItem { TokenId = "z" },
                    },
                },
            },
            [
                [new(ReasonCode.NotAdmitted, "a stranger", (scene, op) => op.Actor = scene.Stranger)],
                [new(ReasonCode.NotAuthorised, "a participant", (scene, op) => op.Actor = scene.Alice)],
                [new(ReasonCode.ClassNotFound, "no class", (_, op) => op.BatchMint.ClassId = "none")],
                [new(ReasonCode.NotAuthorised, "another issuer", (scene, op) => op.Actor = scene.OtherIssuer)],
                [new(ReasonCode.PilotNotRunning, "a halted pilot", (_, op) => op.BatchMint.ClassId = "halted")],
                [new(ReasonCode.SupplyExceeded, "a full class", (_, op) => op.BatchMint.ClassId = "full")],
                [
                    new(ReasonCode.TokenExists, "a taken id", (_, op) => op.BatchMint.Items[1].TokenId = "a"),
                    new(ReasonCode.TokenBurned, "a burned id", (_, op) => op.BatchMint.Items[1].TokenId = "burned"),
                ],
                [new(ReasonCode.DuplicateInBatch, "twice", (_, op) => op.BatchMint.Items[2].TokenId = "x")],
                [
                    new(ReasonCode.ReceiverNotAdmitted, "no party", (scene, op) => op.BatchMint.Owner = scene.Stranger),
                    new(ReasonCode.ReceiverDeactivated, "an ended DID", (scene, op) => op.BatchMint.Owner = scene.Gone),
                ],
            ]
        ),
        new(
            Verb.Transfer,
            scene => new Operation
            {
                Actor = scene.Alice,
                Transfer = new Transfer
                {
                    ClassId = "free",
                    TokenId = "a",
                    FromDid = scene.Alice,
                    ToDid = scene.Bob,
                },
            },
            [
                [new(ReasonCode.NotAdmitted, "a stranger", (scene, op) => op.Actor = scene.Stranger)],
                [new(ReasonCode.ClassNotFound, "no class", (_, op) => op.Transfer.ClassId = "none")],
                [new(ReasonCode.PilotNotRunning, "a halted pilot", (_, op) => op.Transfer.ClassId = "halted")],
                [
                    new(ReasonCode.TokenNotFound, "no token", (_, op) => op.Transfer.TokenId = "none"),
                    new(ReasonCode.TokenBurned, "a burned token", (_, op) => op.Transfer.TokenId = "burned"),
                ],
                [
                    new(ReasonCode.NotAuthorised, "the receiver", (scene, op) => op.Actor = scene.Bob),
                    new(ReasonCode.NotAuthorised, "the issuer", (scene, op) => op.Actor = scene.Issuer),
                ],
                [new(ReasonCode.IncorrectOwner, "another owner", (scene, op) => op.Transfer.FromDid = scene.Bob)],
                [
                    new(ReasonCode.ReceiverNotAdmitted, "no DID", (scene, op) => op.Transfer.ToDid = scene.Nobody),
                    new(ReasonCode.ReceiverNotAdmitted, "no party", (scene, op) => op.Transfer.ToDid = scene.Stranger),
                    new(ReasonCode.ReceiverDeactivated, "an ended DID", (scene, op) => op.Transfer.ToDid = scene.Gone),
                ],
                [new(ReasonCode.NotTransferable, "soulbound", (_, op) => op.Transfer.ClassId = "soul")],
            ]
        ),
        new(
            Verb.Burn,
            scene => new Operation
            {
                Actor = scene.Alice,
                Burn = new Burn { ClassId = "free", TokenId = "a" },
            },
            [
                [new(ReasonCode.NotAdmitted, "a stranger", (scene, op) => op.Actor = scene.Stranger)],
                [new(ReasonCode.ClassNotFound, "no class", (_, op) => op.Burn.ClassId = "none")],
                [
                    new(ReasonCode.TokenNotFound, "no token", (_, op) => op.Burn.TokenId = "none"),
                    new(ReasonCode.TokenBurned, "a burned token", (_, op) => op.Burn.TokenId = "burned"),
                ],
                [new(ReasonCode.NotAuthorised, "somebody", (scene, op) => op.Actor = scene.Bob)],
            ]
        ),
    ];

    public static TheoryData<Verb> Verbs => [.. Cases.Select(item => item.Verb)];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Apply_NothingSpoiled_IsApplied(Verb verb)
    {
        Scene scene = new();
        Assert.Equal(ReasonCode.Applied, scene.Apply(CaseOf(verb).Make(scene)));
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Apply_OneThingSpoiled_SaysSo(Verb verb)
    {
        Scene scene = new(); // refused operations write nothing, so one scene does for all
        foreach (Spoiler spoiler in CaseOf(verb).Steps.SelectMany(step => step))
        {
            Operation operation = CaseOf(verb).Make(scene);
            spoiler.Spoil(scene, operation);
            Assert.True(spoiler.Expected == scene.Apply(operation), $"{verb} by {spoiler.What}");
        }
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Apply_TwoThingsSpoiled_SaysTheEarlier(Verb verb)
    {
        Scene scene = new();
        Spoiler[][] steps = CaseOf(verb).Steps;
        for (int i = 0; i < steps.Length; i++)
        {
            foreach (Spoiler earlier in steps[i])
            {
                foreach (Spoiler later in steps.Skip(i + 1).SelectMany(step => step))
                {
                    Operation operation = CaseOf(verb).Make(scene);
                    later.Spoil(scene, operation);
                    earlier.Spoil(scene, operation); // what both change, the earlier changes in the later's sense too
                    ReasonCode outcome = scene.Apply(operation);
                    Assert.True(earlier.Expected == outcome, $"{verb}: {earlier.What}, {later.What}: {outcome}");
                }
            }
        }
    }

    [Fact]
    public void Cases_TogetherWithEveryVerb_ReachTheReasonsOfTheFirstFormats()
    {
        IEnumerable<ReasonCode> reached = Cases
            .SelectMany(item => item.Steps)
            .SelectMany(step => step)
            .Select(spoiler => spoiler.Expected)
            .Distinct();
        Assert.Empty(RulesLedger.FirstReasons.Except(reached));
    }

    private static Case CaseOf(Verb verb) => Cases.Single(item => item.Verb == verb);
}

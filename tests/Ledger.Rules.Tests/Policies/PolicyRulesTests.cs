using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Tests.Policies;

/// <summary>Every transition of a policy that is allowed, and every one that is refused.</summary>
public sealed class PolicyRulesTests
{
    private const string Pilot = "pilot";
    private const string OtherPilot = "other";
    private const string Policy = "policy";

    private readonly RulesLedger _ledger = new();
    private readonly string _supervisor;
    private readonly string _otherSupervisor;
    private readonly string _issuer;
    private readonly string _platform;
    private readonly string _alice;

    // A supervisor whose DID the issuer controls.
    private readonly string _controlled;

    public PolicyRulesTests()
    {
        _supervisor = _ledger.Found();
        _otherSupervisor = _ledger.CreateParty(_supervisor, Role.Auditor);
        _issuer = _ledger.CreateParty(_supervisor, Role.Issuer);
        _platform = _ledger.CreateParty(_supervisor, Role.Platform);
        _alice = _ledger.CreateParty(_supervisor, Role.Participant);
        _controlled = _ledger.CreateDid(_issuer);
        foreach (string did in (string[])[_otherSupervisor, _controlled])
        {
            _ledger.Overwrite(RecordKey.Party(did), new PartyRecord { Did = did, Roles = { Role.Supervisor } });
        }

        Put(new PilotRecord { Id = Pilot, State = PilotState.Running });
        Put(new PilotRecord { Id = OtherPilot, State = PilotState.Running });
    }

    private PolicyRecord Record => _ledger.Find<PolicyRecord>(RecordKey.Policy(Policy));

    private ulong Soon => (ulong)_ledger.TimeMs / 1000 + 60;

    [Fact]
    public void Propose_First_MakesThePolicy()
    {
        Assert.Equal(new Effect { PolicyProposed = Effect(version: 1) }, Applied(Propose(_issuer)));
        Assert.Equal(
            new PolicyRecord
            {
                Id = Policy,
                PilotId = Pilot,
                LastVersion = 1,
                Proposed = Version(1, _issuer),
            },
            Record
        );
    }

    [Fact]
    public void Propose_Again_ReplacesOnesOwnWithANewNumber()
    {
        Applied(Propose(_issuer, seconds: 1));
        Applied(Propose(_issuer, seconds: 2));
        Assert.Equal(2u, Record.LastVersion);
        Assert.Equal(Version(2, _issuer, seconds: 2), Record.Proposed);
        Assert.Equal(ReasonCode.NoSuchProposal, Refused(Approve(_supervisor, version: 1)));
    }

    [Theory]
    [InlineData(Role.Operator)]
    [InlineData(Role.Platform)]
    [InlineData(Role.Issuer)]
    [InlineData(Role.Sponsor)]
    public void Propose_ByEachRoleThatMay_IsApplied(Role role) => Applied(Propose(With(role)));

    [Theory]
    [InlineData(Role.Supervisor)]
    [InlineData(Role.SupervisorDeputy)]
    [InlineData(Role.Registrar)]
    [InlineData(Role.Participant)]
    [InlineData(Role.Auditor)]
    [InlineData(Role.Relayer)]
    public void Propose_ByAnotherRole_IsNotAuthorised(Role role) =>
        Assert.Equal(ReasonCode.NotAuthorised, Refused(Propose(With(role))));

    [Fact]
    public void Propose_RoleInOnePilot_IsEnoughThereAlone()
    {
        _ledger.Overwrite(
            RecordKey.Grants(_alice, new RoleScope(Pilot, "")),
            new GrantsRecord
            {
                Party = _alice,
                PilotId = Pilot,
                Grants = { new RoleGrant { Role = Role.Operator } },
            }
        );
        Applied(Propose(_alice));
        Assert.Equal(ReasonCode.NotAuthorised, Refused(Propose(_alice, pilot: OtherPilot, policy: "new")));
    }

    [Fact]
    public void Propose_NoPilot_IsNotFound() =>
        Assert.Equal(ReasonCode.PilotNotFound, Refused(Propose(_issuer, pilot: "none")));

    public static TheoryData<PilotState> States => [.. Enum.GetValues<PilotState>().Skip(1)];

    [Theory]
    [MemberData(nameof(States))]
    public void EveryVerb_InAPilotThatIsOver_IsRefused(PilotState state)
    {
        bool isOver =
            state
            is not (
                PilotState.Draft
                or PilotState.Submitted
                or PilotState.UnderReview
                or PilotState.Returned
                or PilotState.PublicNotice
                or PilotState.Approved
                or PilotState.Running
                or PilotState.Suspended
            );
        ReasonCode expected = isOver ? ReasonCode.PilotClosed : ReasonCode.Applied;
        Applied(Propose(_issuer));
        Put(new PilotRecord { Id = Pilot, State = state });
        Assert.Equal(expected, Outcome(Propose(_issuer)));
        Assert.Equal(expected, Outcome(Approve(_supervisor, Record.LastVersion)));
        Put(new PilotRecord { Id = Pilot, State = PilotState.Running });
        Outcome(Propose(_issuer));
        Put(new PilotRecord { Id = Pilot, State = state });
        Assert.Equal(expected, Outcome(Reject(_supervisor, Record.LastVersion)));
    }

    [Fact]
    public void Propose_AtTheEndOfThePilotsBoundary_IsRefused()
    {
        PilotTerms terms = new() { Boundary = new PilotBoundary { End = (ulong)_ledger.TimeMs / 1000 + 1 } };
        Put(
            new PilotRecord
            {
                Id = Pilot,
                State = PilotState.Running,
                Terms = terms,
            }
        );
        Applied(Propose(_issuer));
        _ledger.TimeMs += 1_000;
        Assert.Equal(ReasonCode.PilotClosed, Refused(Propose(_issuer)));
    }

    [Fact]
    public void Propose_PolicyOfAnotherPilot_IsRefused()
    {
        Applied(Propose(_issuer));
        Assert.Equal(ReasonCode.OtherPilot, Refused(Propose(_issuer, pilot: OtherPilot)));
    }

    [Fact]
    public void Propose_WhileAnotherProposerWaits_IsPending()
    {
        Applied(Propose(_issuer));
        Assert.Equal(ReasonCode.PolicyPending, Refused(Propose(_platform)));
        Applied(Reject(_supervisor, version: 1));
        Applied(Propose(_platform));
        Assert.Equal(2u, Record.Proposed.Version);
    }

    [Fact]
    public void Approve_First_JudgesFromItsTimeOn()
    {
        Applied(Propose(_issuer));
        ulong effective = Soon;
        Assert.Equal(
            new Effect { PolicyApproved = Effect(version: 1, effectiveMs: effective * 1000) },
            Applied(Approve(_supervisor, version: 1, effective))
        );
        PolicyVersion approved = Version(1, _issuer);
        approved.ApprovedBy = _supervisor;
        approved.EffectiveMs = effective * 1000;
        Assert.Equal(
            new PolicyRecord
            {
                Id = Policy,
                PilotId = Pilot,
                LastVersion = 1,
                Next = approved,
            },
            Record
        );
    }

    [Fact]
    public void Approve_WhileAnotherWaitsForItsTime_IsPending()
    {
        Applied(Propose(_issuer));
        ulong effective = Soon;
        Applied(Approve(_supervisor, version: 1, effective));
        Applied(Propose(_issuer));
        _ledger.TimeMs = (long)effective * 1000 - 1;
        Assert.Equal(ReasonCode.PolicyPending, Refused(Approve(_supervisor, version: 2)));
        _ledger.TimeMs++;
        Applied(Approve(_supervisor, version: 2));
        Assert.Equal(1u, Record.Current.Version);
        Assert.Equal(2u, Record.Next.Version);
        Assert.Null(Record.Proposed);

        // And once more, so that the version before the last is gone.
        _ledger.TimeMs = (long)Record.Next.EffectiveMs;
        Applied(Propose(_platform));
        Applied(Approve(_supervisor, version: 3));
        Assert.Equal(2u, Record.Current.Version);
        Assert.Equal(3u, Record.Next.Version);
    }

    [Fact]
    public void Approve_NoPolicy_IsNotFound() =>
        Assert.Equal(ReasonCode.PolicyNotFound, Refused(Approve(_supervisor, version: 1)));

    [Fact]
    public void Approve_AnotherOrNoVersion_IsNoSuchProposal()
    {
        Applied(Propose(_issuer));
        Assert.Equal(ReasonCode.NoSuchProposal, Refused(Approve(_supervisor, version: 2)));
        Applied(Approve(_supervisor, version: 1));
        Assert.Equal(ReasonCode.NoSuchProposal, Refused(Approve(_supervisor, version: 1)));
    }

    [Fact]
    public void Approve_ByWhoProposed_IsSelfApproval()
    {
        Applied(Propose(_issuer));
        Assert.Equal(ReasonCode.SelfApproval, Refused(Approve(_controlled, version: 1)));

        _ledger.Overwrite(
            RecordKey.Party(_issuer),
            new PartyRecord { Did = _issuer, Roles = { Role.Supervisor, Role.Issuer } }
        );
        Assert.Equal(ReasonCode.SelfApproval, Refused(Approve(_issuer, version: 1)));
        Applied(Approve(_otherSupervisor, version: 1));
    }

    [Fact]
    public void Approve_ByWhoIsNoSupervisor_IsNotAuthorised()
    {
        Applied(Propose(_issuer));
        Assert.Equal(ReasonCode.NotAuthorised, Refused(Approve(_platform, version: 1)));
        Assert.Equal(ReasonCode.NotAuthorised, Refused(Approve(With(Role.SupervisorDeputy), version: 1)));
    }

    [Fact]
    public void Approve_TimeThatIsNotInTheFuture_IsRefused()
    {
        Applied(Propose(_issuer));
        _ledger.TimeMs = _ledger.TimeMs / 1000 * 1000;
        ulong now = (ulong)_ledger.TimeMs / 1000;
        Assert.Equal(ReasonCode.EffectiveNotInFuture, Refused(Approve(_supervisor, version: 1, now - 1)));
        Assert.Equal(ReasonCode.EffectiveNotInFuture, Refused(Approve(_supervisor, version: 1, now)));
        _ledger.TimeMs += 1;
        Assert.Equal(ReasonCode.EffectiveNotInFuture, Refused(Approve(_supervisor, version: 1, now)));
        Applied(Approve(_supervisor, version: 1, now + 1));
    }

    [Fact]
    public void Reject_BySupervisorOrProposer_ForgetsTheProposal()
    {
        foreach (string actor in (string[])[_supervisor, _issuer])
        {
            Applied(Propose(_issuer));
            ulong version = Record.LastVersion;
            Assert.Equal(new Effect { PolicyRejected = Effect(version) }, Applied(Reject(actor, version)));
            Assert.Null(Record.Proposed);
            Assert.Equal(version, Record.LastVersion);
            Assert.Equal(ReasonCode.NoSuchProposal, Refused(Reject(actor, version)));
        }
    }

    [Fact]
    public void Reject_WhileAVersionJudges_LeavesThatOne()
    {
        Applied(Propose(_issuer));
        Applied(Approve(_supervisor, version: 1));
        Applied(Propose(_issuer));
        PolicyVersion next = Record.Next;
        Applied(Reject(_issuer, version: 2));
        Assert.Equal(next, Record.Next);
    }

    [Fact]
    public void Reject_ByAnybodyElse_IsNotAuthorised()
    {
        Applied(Propose(_issuer));
        Assert.Equal(ReasonCode.NotAuthorised, Refused(Reject(_platform, version: 1)));
        Assert.Equal(ReasonCode.NotAuthorised, Refused(Reject(_alice, version: 1)));
        Assert.Equal(ReasonCode.NoSuchProposal, Refused(Reject(_issuer, version: 2)));
        Assert.Equal(ReasonCode.PolicyNotFound, Refused(Reject(_issuer, version: 1, policy: "none")));
    }

    private void Put(PilotRecord pilot) => _ledger.Overwrite(RecordKey.Pilot(pilot.Id), pilot);

    private string With(Role role)
    {
        _ledger.Overwrite(RecordKey.Party(_alice), new PartyRecord { Did = _alice, Roles = { role } });
        return _alice;
    }

    private static Operation Propose(string actor, ulong seconds = 1, string pilot = Pilot, string policy = Policy) =>
        new()
        {
            Actor = actor,
            ProposePolicy = new ProposePolicy
            {
                PolicyId = policy,
                PilotId = pilot,
                Rule = Rule(seconds),
            },
        };

    private Operation Approve(string actor, ulong version, ulong? effective = null) =>
        new()
        {
            Actor = actor,
            ApprovePolicy = new ApprovePolicy
            {
                PolicyId = Policy,
                Version = version,
                Effective = effective ?? Soon,
            },
        };

    private static Operation Reject(string actor, ulong version, string policy = Policy) =>
        new()
        {
            Actor = actor,
            RejectPolicy = new RejectPolicy { PolicyId = policy, Version = version },
        };

    private static PolicyRule Rule(ulong seconds) => new() { FirstHold = new HoldRule { Seconds = seconds } };

    private static PolicyVersion Version(ulong version, string proposedBy, ulong seconds = 1) =>
        new()
        {
            Version = version,
            Rule = Rule(seconds),
            ProposedBy = proposedBy,
        };

    private static PolicyEffect Effect(ulong version, ulong effectiveMs = 0) =>
        new()
        {
            PolicyId = Policy,
            PilotId = Pilot,
            Version = version,
            EffectiveMs = effectiveMs,
        };

    private AppliedBatch Execute(Operation operation) =>
        _ledger.Execute(new ProposedOperation(_ledger.Sign(operation), VerifiedWith: null));

    private ReasonCode Outcome(Operation operation)
    {
        AppliedOperation applied = Assert.Single(Execute(operation).Operations);
        Assert.True(applied.IsRecorded, applied.Judgement.ToString());
        return applied.Judgement.Reason;
    }

    // The one effect of an operation that is applied.
    private Effect Applied(Operation operation)
    {
        AppliedBatch batch = Execute(operation);
        Assert.Equal(ReasonCode.Applied, Assert.Single(batch.Operations).Judgement.Reason);
        return Assert.Single(Assert.Single(batch.State.Events).Value.Effects);
    }

    private ReasonCode Refused(Operation operation)
    {
        ReasonCode outcome = Outcome(operation);
        Assert.NotEqual(ReasonCode.Applied, outcome);
        return outcome;
    }
}

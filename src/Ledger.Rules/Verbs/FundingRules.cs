using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>What a pilot is to reach, and the funding that depends on it: milestones, tranches.</summary>
internal static class FundingRules
{
    private static readonly RoleSet Supervisors = RoleSet.Of(Role.Supervisor);

    public static VerbRule[] All =>
        [
            VerbRule.Of<PlanMilestone>(new(RoleSet.Of(Role.Sponsor), Relations.PilotSponsor), PlanMilestone),
            VerbRule.Of<MoveMilestone>(
                new(
                    RoleSet.Of(Role.Supervisor, Role.Sponsor),
                    Relations.None,
                    "the sponsor reports; a supervisor who is not the sponsor accepts, rejects and waives"
                ),
                MoveMilestone
            ),
            VerbRule.Of<PlanTranche>(new(Supervisors, Relations.None, "not the sponsor of the pilot"), PlanTranche),
            VerbRule.Of<MoveTranche>(new(Supervisors, Relations.None, "not the sponsor of the pilot"), MoveTranche),
        ];

    public static ReasonCode PlanMilestone(Turn turn, PlanMilestone body)
    {
        if (turn.Find<PilotRecord>(RecordKey.Pilot(body.PilotId)) is not { } pilot)
        {
            return ReasonCode.PilotNotFound;
        }

        if (!turn.Allows(turn.Actor == pilot.Sponsor ? Relations.PilotSponsor : Relations.None))
        {
            return ReasonCode.NotAuthorised;
        }

        PilotState state = Pilots.StateAt(pilot, turn.TimeMs);
        if (Pilots.IsOver(state) || Pilots.IsUnderExamination(state))
        {
            return ReasonCode.PilotClosed;
        }

        if (turn.State.Find(RecordKey.Milestone(body.PilotId, body.MilestoneId)) is not null)
        {
            return ReasonCode.MilestoneExists;
        }

        Put(
            turn,
            new MilestoneRecord
            {
                PilotId = body.PilotId,
                MilestoneId = body.MilestoneId,
                Kpi = body.Kpi,
                Target = body.Target,
                Due = body.Due,
                State = MilestoneState.Planned,
            }
        );
        return ReasonCode.Applied;
    }

    public static ReasonCode MoveMilestone(Turn turn, MoveMilestone body)
    {
        if (turn.Find<PilotRecord>(RecordKey.Pilot(body.PilotId)) is not { } pilot)
        {
            return ReasonCode.PilotNotFound;
        }

        bool reports = body.State == MilestoneState.Reported;
        if (reports ? turn.Actor != pilot.Sponsor : !turn.ActorHas(Role.Supervisor))
        {
            return ReasonCode.NotAuthorised;
        }

        if (!reports && PilotRules.JudgeIndependent(turn, pilot) is var own and not ReasonCode.Applied)
        {
            return own;
        }

        PilotState state = Pilots.StateAt(pilot, turn.TimeMs);
        if (state is not (PilotState.Running or PilotState.Suspended or PilotState.Concluded))
        {
            return ReasonCode.PilotClosed;
        }

        if (turn.Find<MilestoneRecord>(RecordKey.Milestone(body.PilotId, body.MilestoneId)) is not { } milestone)
        {
            return ReasonCode.MilestoneNotFound;
        }

        bool isAllowed = (milestone.State, body.State) switch
        {
            (MilestoneState.Planned or MilestoneState.Rejected, MilestoneState.Reported) => true,
            (MilestoneState.Reported, MilestoneState.Accepted or MilestoneState.Rejected) => true,
            (not (MilestoneState.Accepted or MilestoneState.Waived), MilestoneState.Waived) => true,
            _ => false,
        };
        if (!isAllowed)
        {
            return ReasonCode.MilestoneMoveNotAllowed;
        }

        MilestoneRecord changed = milestone.Clone();
        changed.State = body.State;
        changed.Reached = reports ? body.Reached : milestone.Reached;
        changed.EvidenceHash = body.EvidenceHash;
        Put(turn, changed);
        return ReasonCode.Applied;
    }

    public static ReasonCode PlanTranche(Turn turn, PlanTranche body)
    {
        ReasonCode reason = JudgeTranche(turn, body.PilotId);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        if (turn.State.Find(RecordKey.Tranche(body.PilotId, body.TrancheId)) is not null)
        {
            return ReasonCode.TrancheExists;
        }

        if (turn.State.Find(RecordKey.Milestone(body.PilotId, body.MilestoneId)) is null)
        {
            return ReasonCode.MilestoneNotFound;
        }

        Put(
            turn,
            new TrancheRecord
            {
                PilotId = body.PilotId,
                TrancheId = body.TrancheId,
                MilestoneId = body.MilestoneId,
                AmountFen = body.AmountFen,
                State = TrancheState.Planned,
            }
        );
        return ReasonCode.Applied;
    }

    public static ReasonCode MoveTranche(Turn turn, MoveTranche body)
    {
        ReasonCode reason = JudgeTranche(turn, body.PilotId);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        if (turn.Find<TrancheRecord>(RecordKey.Tranche(body.PilotId, body.TrancheId)) is not { } tranche)
        {
            return ReasonCode.TrancheNotFound;
        }

        bool isAllowed = (tranche.State, body.State) switch
        {
            (TrancheState.Planned or TrancheState.Withheld, TrancheState.Released) => true,
            (TrancheState.Planned, TrancheState.Withheld) => true,
            (TrancheState.Released, TrancheState.ClawedBack) => true,
            _ => false,
        };
        if (!isAllowed)
        {
            return ReasonCode.TrancheMoveNotAllowed;
        }

        if (body.State == TrancheState.Released)
        {
            MilestoneRecord milestone = turn.Find<MilestoneRecord>(
                RecordKey.Milestone(body.PilotId, tranche.MilestoneId)
            )!;
            if (milestone.State is not (MilestoneState.Accepted or MilestoneState.Waived))
            {
                return ReasonCode.MilestoneNotAccepted;
            }
        }

        TrancheRecord changed = tranche.Clone();
        changed.State = body.State;
        changed.EvidenceHash = body.EvidenceHash;
        Put(turn, changed);
        return ReasonCode.Applied;
    }

    private static ReasonCode JudgeTranche(Turn turn, string pilotId) =>
        turn.Find<PilotRecord>(RecordKey.Pilot(pilotId)) is not { } pilot ? ReasonCode.PilotNotFound
        : PilotRules.JudgeIndependent(turn, pilot) is var own and not ReasonCode.Applied ? own
        : Pilots.StateAt(pilot, turn.TimeMs)
            is PilotState.Approved
                or PilotState.Running
                or PilotState.Suspended
                or PilotState.Concluded
            ? ReasonCode.Applied
        : ReasonCode.PilotClosed;

    private static void Put(Turn turn, MilestoneRecord milestone)
    {
        turn.Put(RecordKey.Milestone(milestone.PilotId, milestone.MilestoneId), milestone);
        turn.Emit(
            new Effect
            {
                MilestoneSet = new MilestoneEffect
                {
                    PilotId = milestone.PilotId,
                    MilestoneId = milestone.MilestoneId,
                    State = milestone.State,
                },
            }
        );
    }

    private static void Put(Turn turn, TrancheRecord tranche)
    {
        turn.Put(RecordKey.Tranche(tranche.PilotId, tranche.TrancheId), tranche);
        turn.Emit(
            new Effect
            {
                TrancheSet = new TrancheEffect
                {
                    PilotId = tranche.PilotId,
                    TrancheId = tranche.TrancheId,
                    State = tranche.State,
                },
            }
        );
    }
}

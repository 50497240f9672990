using Google.Protobuf;
using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>What belongs to a pilot: participants, milestones, tranches, evidence.</summary>
internal static class PilotFileRules
{
    private static readonly RoleSet Supervisors = RoleSet.Of(Role.Supervisor);

    public static VerbRule[] All =>
        [
            VerbRule.Of<SetParticipant>(
                new(
                    Permissions.AnyParty,
                    Relations.None,
                    "sponsor, operator, supervisor or the party itself, as the table of participants says"
                ),
                SetParticipant
            ),
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
            VerbRule.Of<AddEvidence>(
                new(
                    Permissions.AnyParty,
                    Relations.None,
                    "sponsor, operator, auditor or supervisor; ASSESSMENT: an auditor or supervisor who is not the sponsor; "
                        + "OBJECTION and COMPLAINT: any party"
                ),
                AddEvidence
            ),
        ];

    public static ReasonCode SetParticipant(Turn turn, SetParticipant body)
    {
        if (turn.Find<PilotRecord>(RecordKey.Pilot(body.PilotId)) is not { } pilot)
        {
            return ReasonCode.PilotNotFound;
        }

        RecordKey key = RecordKey.Participant(body.PilotId, body.Party);
        ParticipantRecord? before = turn.Find<ParticipantRecord>(key);
        ParticipantState from = before?.State ?? ParticipantState.Unspecified;
        bool isOrganiser = turn.Actor == pilot.Sponsor || turn.Actor == pilot.Terms?.Operator;
        bool isSupervisor = turn.ActorHas(Role.Supervisor);
        bool isParty = turn.Actor == body.Party;
        if (!isOrganiser && !isSupervisor && !isParty)
        {
            return ReasonCode.NotAuthorised;
        }

        PilotState state = Pilots.StateAt(pilot, turn.TimeMs);
        bool comesIn = body.State is ParticipantState.Invited or ParticipantState.Admitted;
        if (
            comesIn
                ? state is not (PilotState.Approved or PilotState.Running)
                : state == PilotState.Archived && body.State != ParticipantState.Exited
        )
        {
            return ReasonCode.PilotClosed;
        }

        // Who was suspended by a supervisor comes back by a supervisor alone, also by way of an exit.
        bool isBarred = before is { Barred: true };
        bool letsIn = isBarred ? isSupervisor : isOrganiser;
        bool? may = (from, body.State) switch
        {
            (ParticipantState.Unspecified or ParticipantState.Exited, ParticipantState.Invited) => letsIn,
            (ParticipantState.Unspecified or ParticipantState.Exited, ParticipantState.Admitted) => letsIn,
            (ParticipantState.Invited, ParticipantState.Admitted) => isOrganiser || isParty,
            (ParticipantState.Admitted, ParticipantState.Suspended) => isOrganiser || isSupervisor,
            (ParticipantState.Suspended, ParticipantState.Admitted) => letsIn || isSupervisor,
            (
                ParticipantState.Invited
                    or ParticipantState.Admitted
                    or ParticipantState.Suspended,
                ParticipantState.Exited
            ) => isParty,
            (
                ParticipantState.Invited
                    or ParticipantState.Admitted
                    or ParticipantState.Suspended,
                ParticipantState.Removed
            ) => isOrganiser || isSupervisor,
            _ => null,
        };
        if (may != true)
        {
            return may is null ? ReasonCode.ParticipantMoveNotAllowed : ReasonCode.NotAuthorised;
        }

        if (comesIn && turn.JudgeReceiver(body.Party) is var reason and not ReasonCode.Applied)
        {
            return reason;
        }

        PilotFiguresRecord figures = Figures(turn, body.PilotId);
        bool admits = body.State == ParticipantState.Admitted;
        if (admits && pilot.Terms?.Boundary is { MaxParticipants: > 0 } boundary)
        {
            if (figures.Participants >= boundary.MaxParticipants)
            {
                return ReasonCode.ParticipantsExceeded;
            }
        }

        figures.Participants -= Is(from, ParticipantState.Admitted);
        figures.Suspended -= Is(from, ParticipantState.Suspended);
        figures.Participants += Is(body.State, ParticipantState.Admitted);
        figures.Suspended += Is(body.State, ParticipantState.Suspended);
        turn.Put(RecordKey.PilotFigures(body.PilotId), figures);

        turn.Put(
            key,
            new ParticipantRecord
            {
                PilotId = body.PilotId,
                Party = body.Party,
                State = body.State,
                ConsentHash = admits ? body.ConsentHash : before?.ConsentHash ?? ByteString.Empty,
                Barred = body.State switch
                {
                    ParticipantState.Suspended => isSupervisor,
                    ParticipantState.Invited or ParticipantState.Admitted => false,
                    _ => isBarred,
                },
            }
        );
        turn.Emit(
            new Effect
            {
                ParticipantSet = new ParticipantEffect
                {
                    PilotId = body.PilotId,
                    Party = body.Party,
                    State = body.State,
                },
            }
        );
        return ReasonCode.Applied;
    }

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

    public static ReasonCode AddEvidence(Turn turn, AddEvidence body)
    {
        if (turn.Find<PilotRecord>(RecordKey.Pilot(body.PilotId)) is not { } pilot)
        {
            return ReasonCode.PilotNotFound;
        }

        bool examines = turn.ActorHas(Role.Supervisor, Role.Auditor);
        bool may = body.Kind switch
        {
            EvidenceKind.Assessment => examines,
            EvidenceKind.Objection or EvidenceKind.Complaint => true,
            _ => examines || turn.Actor == pilot.Sponsor || turn.Actor == pilot.Terms?.Operator,
        };
        if (!may)
        {
            return ReasonCode.NotAuthorised;
        }

        bool isAssessment = body.Kind == EvidenceKind.Assessment;
        if (isAssessment && PilotRules.JudgeIndependent(turn, pilot) is var own and not ReasonCode.Applied)
        {
            return own;
        }

        PilotState state = Pilots.StateAt(pilot, turn.TimeMs);
        if (
            (isAssessment && !Pilots.IsUnderExamination(state))
            || (body.Kind == EvidenceKind.Objection && state != PilotState.PublicNotice)
        )
        {
            return ReasonCode.PilotClosed;
        }

        PilotFiguresRecord figures = Figures(turn, body.PilotId);
        figures.Documents = checked(figures.Documents + 1);
        turn.Put(RecordKey.PilotFigures(body.PilotId), figures);
        turn.Put(
            RecordKey.Evidence(body.PilotId, figures.Documents),
            new EvidenceRecord
            {
                PilotId = body.PilotId,
                Number = figures.Documents,
                Kind = body.Kind,
                Commitment = body.Commitment,
                MediaType = body.MediaType,
                Size = body.Size,
                By = turn.Actor,
            }
        );
        if (isAssessment)
        {
            PilotRecord changed = pilot.Clone();
            changed.Assessment = body.Commitment;
            PilotRules.Put(turn, pilot.State, changed);
        }

        turn.Emit(
            new Effect
            {
                EvidenceAdded = new EvidenceEffect
                {
                    PilotId = body.PilotId,
                    Number = figures.Documents,
                    Kind = body.Kind,
                },
            }
        );
        return ReasonCode.Applied;
    }

    private static ulong Is(ParticipantState state, ParticipantState counted) => state == counted ? 1UL : 0;

    /// <summary>A pilot's figures, to be changed and put back.</summary>
    public static PilotFiguresRecord Figures(Turn turn, string pilotId) =>
        turn.Find<PilotFiguresRecord>(RecordKey.PilotFigures(pilotId))!.Clone();

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

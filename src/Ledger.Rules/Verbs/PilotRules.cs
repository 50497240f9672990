using Google.Protobuf;
using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>A pilot from application to archive: create, amend, move, evaluate.</summary>
internal static class PilotRules
{
    private static readonly RoleSet Movers = RoleSet.Of(Role.Supervisor, Role.Sponsor);

    public static VerbRule[] All =>
        [
            VerbRule.Of<CreatePilot>(
                new(Movers, Relations.PilotSponsor, "on logs of format 0 and 1: a SUPERVISOR"),
                Create
            ),
            VerbRule.Of<AmendPilot>(new(RoleSet.Of(Role.Sponsor), Relations.PilotSponsor), Amend),
            VerbRule.Of<MovePilot>(
                new(Movers, Relations.None, "as the table of moves says; to REVOKED with approval"),
                Move
            ),
            VerbRule.Of<EvaluatePilot>(
                new(RoleSet.Of(Role.Supervisor), Relations.None, "not the sponsor of the pilot"),
                Evaluate
            ),
        ];

    public static ReasonCode Create(Turn turn, CreatePilot body)
    {
        bool isApplication = turn.Format >= 2;
        if (isApplication ? turn.Actor != body.Sponsor : !turn.ActorHas(Role.Supervisor))
        {
            return ReasonCode.NotAuthorised;
        }

        if (turn.State.Find(RecordKey.Pilot(body.Id)) is not null)
        {
            return ReasonCode.PilotExists;
        }

        if (turn.JudgeReceiver(body.Sponsor) != ReasonCode.Applied || !turn.Has(body.Sponsor, RoleSet.Of(Role.Sponsor)))
        {
            return ReasonCode.NotASponsor;
        }

        if (JudgeTerms(turn, body.Terms) is var reason and not ReasonCode.Applied)
        {
            return reason;
        }

        PilotRecord pilot = new()
        {
            Id = body.Id,
            Title = body.Title,
            Sponsor = body.Sponsor,
            Supervisor = isApplication ? "" : turn.Actor,
            State = isApplication ? PilotState.Draft : PilotState.Running,
            Terms = body.Terms,
        };
        Put(turn, PilotState.Unspecified, pilot);
        turn.Put(RecordKey.PilotFigures(body.Id), new PilotFiguresRecord { PilotId = body.Id });
        turn.Emit(
            new Effect
            {
                PilotCreated = new PilotMoved { PilotId = body.Id, To = pilot.State },
            }
        );
        return ReasonCode.Applied;
    }

    public static ReasonCode Amend(Turn turn, AmendPilot body)
    {
        if (turn.Find<PilotRecord>(RecordKey.Pilot(body.PilotId)) is not { } pilot)
        {
            return ReasonCode.PilotNotFound;
        }

        if (!turn.Allows(turn.Actor == pilot.Sponsor ? Relations.PilotSponsor : Relations.None))
        {
            return ReasonCode.NotAuthorised;
        }

        if (pilot.State is not (PilotState.Draft or PilotState.Returned))
        {
            return ReasonCode.PilotClosed;
        }

        if (JudgeTerms(turn, body.Terms) is var reason and not ReasonCode.Applied)
        {
            return reason;
        }

        PilotRecord changed = pilot.Clone();
        changed.Title = body.Title;
        changed.Terms = body.Terms;
        Put(turn, pilot.State, changed);
        turn.Emit(new Effect { PilotAmended = new PilotEffect { PilotId = body.PilotId } });
        return ReasonCode.Applied;
    }

    public static ReasonCode Move(Turn turn, MovePilot body)
    {
        if (turn.Find<PilotRecord>(RecordKey.Pilot(body.PilotId)) is not { } pilot)
        {
            return ReasonCode.PilotNotFound;
        }

        bool isSponsor = turn.Actor == pilot.Sponsor;
        bool isSupervisor = turn.ActorHas(Role.Supervisor);
        if (!isSponsor && !isSupervisor)
        {
            return ReasonCode.NotAuthorised;
        }

        PilotState from = Pilots.StateAt(pilot, turn.TimeMs);
        if (PilotMoves.Find(from, body.State) is not { } move)
        {
            return ReasonCode.PilotMoveNotAllowed;
        }

        ReasonCode reason = move.By switch
        {
            PilotMover.Sponsor when !isSponsor => ReasonCode.NotAuthorised,
            PilotMover.Supervisor when !isSupervisor => ReasonCode.NotAuthorised,
            PilotMover.Supervisor => JudgeIndependent(turn, pilot),
            _ => ReasonCode.Applied,
        };
        if (reason == ReasonCode.Applied)
        {
            reason = JudgeMove(turn, pilot, move);
        }

        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        PilotRecord changed = pilot.Clone();
        changed.State = body.State;
        changed.Reason = body.Reason;
        changed.EvidenceHash = body.EvidenceHash;
        switch (body.State)
        {
            case PilotState.PublicNotice:
                changed.ObjectionsUntilMs = turn.TimeMs + body.ObjectionSeconds * 1000UL;
                break;
            case PilotState.Returned:
                changed.Assessment = ByteString.Empty; // what was assessed may change now
                break;
            case PilotState.Concluded:
                changed.Conclusion = body.Conclusion;
                break;
            case PilotState.Suspended:
                Orders.Record(turn, SupervisoryActionKind.SuspendPilot, body.Order, pilotId: body.PilotId);
                break;
            case PilotState.Revoked:
                Orders.Record(turn, SupervisoryActionKind.RevokePilot, body.Order, pilotId: body.PilotId);
                break;
        }

        Put(turn, pilot.State, changed);
        turn.Emit(
            new Effect
            {
                PilotMoved = new PilotMoved
                {
                    PilotId = body.PilotId,
                    From = from,
                    To = body.State,
                    Reason = body.Reason,
                },
            }
        );
        return ReasonCode.Applied;
    }

    /// <summary>Evaluates a pilot that is over. One that did not come to its conclusion keeps its state.</summary>
    public static ReasonCode Evaluate(Turn turn, EvaluatePilot body)
    {
        if (turn.Find<PilotRecord>(RecordKey.Pilot(body.PilotId)) is not { } pilot)
        {
            return ReasonCode.PilotNotFound;
        }

        if (JudgeIndependent(turn, pilot) is var reason and not ReasonCode.Applied)
        {
            return reason;
        }

        if (pilot.Evaluation is not null)
        {
            return ReasonCode.AlreadyEvaluated;
        }

        PilotState from = Pilots.StateAt(pilot, turn.TimeMs);
        if (!Pilots.IsOver(from) || from is PilotState.Rejected or PilotState.Withdrawn or PilotState.Archived)
        {
            return ReasonCode.PilotClosed;
        }

        PilotRecord changed = pilot.Clone();
        changed.State = from == PilotState.Concluded ? PilotState.Evaluated : from;
        changed.Evaluation = new Evaluation
        {
            Grade = body.Grade,
            ReportHash = body.ReportHash,
            Replicable = body.Replicable,
            CaseHash = body.CaseHash,
            By = turn.Actor,
        };
        Put(turn, pilot.State, changed);
        if (from == PilotState.Concluded)
        {
            turn.Emit(
                new Effect
                {
                    PilotMoved = new PilotMoved
                    {
                        PilotId = body.PilotId,
                        From = from,
                        To = changed.State,
                    },
                }
            );
        }

        turn.Emit(
            new Effect
            {
                PilotEvaluated = new EvaluationEffect
                {
                    PilotId = body.PilotId,
                    Grade = body.Grade,
                    Replicable = body.Replicable,
                },
            }
        );
        return ReasonCode.Applied;
    }

    /// <summary>Writes a pilot, and counts it where it stands.</summary>
    /// <param name="turn">The verb's turn.</param>
    /// <param name="counted">The state under which it was counted; unspecified: it was not.</param>
    /// <param name="pilot">The record.</param>
    public static void Put(Turn turn, PilotState counted, PilotRecord pilot)
    {
        turn.Put(RecordKey.Pilot(pilot.Id), pilot);
        if (counted == pilot.State)
        {
            return;
        }

        PilotCountsRecord counts = turn.Find<PilotCountsRecord>(RecordKey.PilotCounts)?.Clone() ?? new();
        if (counted != PilotState.Unspecified)
        {
            PilotCount was = counts.Counts.Single(count => count.State == counted);
            was.Count--;
            if (was.Count == 0)
            {
                counts.Counts.Remove(was);
            }
        }

        PilotCount? now = counts.Counts.FirstOrDefault(count => count.State == pilot.State);
        if (now is null)
        {
            now = new PilotCount { State = pilot.State };
            counts.Counts.Insert(counts.Counts.Count(count => count.State < pilot.State), now);
        }

        now.Count++;
        turn.Put(RecordKey.PilotCounts, counts);
    }

    /// <summary>Whether a supervisor is somebody else than the sponsor: nobody approves their own act.</summary>
    public static ReasonCode JudgeIndependent(Turn turn, PilotRecord pilot) =>
        turn.IsOneHand(turn.Actor, pilot.Sponsor) ? ReasonCode.SelfApproval : ReasonCode.Applied;

    /// <summary>Whether classes can be defined in a pilot, and their tokens issued and given.</summary>
    public static ReasonCode JudgeRunning(Turn turn, string pilotId) =>
        turn.Find<PilotRecord>(RecordKey.Pilot(pilotId)) is not { } pilot ? ReasonCode.PilotNotFound
        : Pilots.StateAt(pilot, turn.TimeMs) == PilotState.Running ? ReasonCode.Applied
        : ReasonCode.PilotNotRunning;

    // What a move asks beside who may make it.
    private static ReasonCode JudgeMove(Turn turn, PilotRecord pilot, PilotMove move)
    {
        switch (move.To)
        {
            case PilotState.Approved when pilot.Assessment.IsEmpty:
                return ReasonCode.AssessmentMissing;
            case PilotState.Approved when turn.TimeMs < pilot.ObjectionsUntilMs:
                turn.Verdict.RetryAtMs = pilot.ObjectionsUntilMs;
                return ReasonCode.ObjectionWindowOpen;
            case PilotState.Running when pilot.Terms?.Boundary is { } boundary && turn.TimeMs < boundary.Start * 1000:
                turn.Verdict.RetryAtMs = boundary.Start * 1000;
                return ReasonCode.PilotNotStarted;
            case PilotState.Revoked:
                return turn.JudgeApproval(Permissions.SecondParty);
            default:
                return ReasonCode.Applied;
        }
    }

    // Whether everybody whom the terms name for a role holds it: to be named gives no power.
    private static ReasonCode JudgeTerms(Turn turn, PilotTerms? terms)
    {
        if (terms is null)
        {
            return ReasonCode.Applied;
        }

        bool allHold =
            terms.Supervisors.All(did => turn.IsInRole(did, Role.Supervisor))
            && terms.Auditors.All(did => turn.IsInRole(did, Role.Auditor))
            && (terms.Operator.Length == 0 || turn.CanBeNamed(terms.Operator))
            && (terms.Venue.Length == 0 || turn.IsInRole(terms.Venue, Role.Platform));
        return allHold ? ReasonCode.Applied : ReasonCode.NotInRole;
    }
}

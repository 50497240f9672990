using Ledger.V1;

namespace Ledger.Rules.Tests.Registry;

/// <summary>Pilots with their files, and the policies of pilots.</summary>
internal sealed partial class RegistryModel
{
    // Who makes a move of a pilot.
    private enum Mover
    {
        Sponsor,
        Supervisor,
        Either,
    }

    // The moves as the specification draws them. EXPIRED comes by time alone, EVALUATED by an evaluation.
    private static readonly (PilotState From, PilotState To, Mover By)[] Moves =
    [
        (PilotState.Draft, PilotState.Submitted, Mover.Sponsor),
        (PilotState.Submitted, PilotState.UnderReview, Mover.Supervisor),
        (PilotState.UnderReview, PilotState.Returned, Mover.Supervisor),
        (PilotState.Returned, PilotState.UnderReview, Mover.Sponsor),
        (PilotState.UnderReview, PilotState.PublicNotice, Mover.Supervisor),
        (PilotState.PublicNotice, PilotState.Approved, Mover.Supervisor),
        (PilotState.Approved, PilotState.Running, Mover.Either),
        (PilotState.Running, PilotState.Suspended, Mover.Supervisor),
        (PilotState.Suspended, PilotState.Running, Mover.Supervisor),
        (PilotState.Running, PilotState.Concluded, Mover.Either),
        (PilotState.Suspended, PilotState.Concluded, Mover.Either),
        (PilotState.Submitted, PilotState.Rejected, Mover.Supervisor),
        (PilotState.UnderReview, PilotState.Rejected, Mover.Supervisor),
        (PilotState.PublicNotice, PilotState.Rejected, Mover.Supervisor),
        (PilotState.Submitted, PilotState.Withdrawn, Mover.Sponsor),
        (PilotState.UnderReview, PilotState.Withdrawn, Mover.Sponsor),
        (PilotState.PublicNotice, PilotState.Withdrawn, Mover.Sponsor),
        (PilotState.Approved, PilotState.Revoked, Mover.Supervisor),
        (PilotState.Running, PilotState.Revoked, Mover.Supervisor),
        (PilotState.Suspended, PilotState.Revoked, Mover.Supervisor),
        (PilotState.Approved, PilotState.TerminatedBySponsor, Mover.Sponsor),
        (PilotState.Running, PilotState.TerminatedBySponsor, Mover.Sponsor),
        (PilotState.Suspended, PilotState.TerminatedBySponsor, Mover.Sponsor),
        (PilotState.Evaluated, PilotState.Archived, Mover.Supervisor),
        (PilotState.Rejected, PilotState.Archived, Mover.Supervisor),
        (PilotState.Withdrawn, PilotState.Archived, Mover.Supervisor),
        (PilotState.Revoked, PilotState.Archived, Mover.Supervisor),
        (PilotState.TerminatedBySponsor, PilotState.Archived, Mover.Supervisor),
        (PilotState.Expired, PilotState.Archived, Mover.Supervisor),
    ];

    private PilotRecord? Pilot(string id) => Find<PilotRecord>($"Pilot {id}");

    private PilotState StateOf(PilotRecord pilot) =>
        pilot.State is PilotState.Approved or PilotState.Running or PilotState.Suspended
        && pilot.Terms?.Boundary is { End: not 0 } boundary
        && _timeMs >= boundary.End * 1000
            ? PilotState.Expired
            : pilot.State;

    private bool IsFinal(PilotRecord pilot) =>
        StateOf(pilot)
            is PilotState.Evaluated
                or PilotState.Archived
                or PilotState.Rejected
                or PilotState.Withdrawn
                or PilotState.Revoked
                or PilotState.TerminatedBySponsor
                or PilotState.Expired;

    private bool IsOver(PilotRecord pilot) => IsFinal(pilot) || StateOf(pilot) == PilotState.Concluded;

    private bool ActorIsSupervisorOf(string pilotId) => ActorIs((pilotId, ""), Role.Supervisor);

    private ReasonCode CheckTerms(PilotTerms? terms, string pilotId) =>
        terms is null ? ReasonCode.Applied
        : !terms.Supervisors.All(did => IsInRole(did, (pilotId, ""), Role.Supervisor))
        || (terms.Operator.Length != 0 && !CanBeNamed(terms.Operator))
        || !terms.Auditors.All(did => IsInRole(did, (pilotId, ""), Role.Auditor))
        || (terms.Venue.Length != 0 && !IsInRole(terms.Venue, (pilotId, ""), Role.Platform))
            ? ReasonCode.NotInRole
        : ReasonCode.Applied;

    private ReasonCode Do(CreatePilot body)
    {
        if (!ActorIs(WholeLedger, Role.Sponsor, Role.Supervisor) || body.Sponsor != _actor)
        {
            return ReasonCode.NotAuthorised;
        }

        if (Pilot(body.Id) is not null)
        {
            return ReasonCode.PilotExists;
        }

        if (!ActorIs(WholeLedger, Role.Sponsor))
        {
            return ReasonCode.NotASponsor;
        }

        if (CheckTerms(body.Terms, "") is var terms && terms != ReasonCode.Applied)
        {
            return terms;
        }

        Put(
            $"Pilot {body.Id}",
            new PilotRecord
            {
                Id = body.Id,
                Title = body.Title,
                Sponsor = body.Sponsor,
                State = PilotState.Draft,
                Terms = body.Terms,
            }
        );
        return ReasonCode.Applied;
    }

    private ReasonCode Do(AmendPilot body)
    {
        if (!ActorIs((body.PilotId, ""), Role.Sponsor))
        {
            return ReasonCode.NotAuthorised;
        }

        if (Pilot(body.PilotId) is not { } before)
        {
            return ReasonCode.PilotNotFound;
        }

        if (before.Sponsor != _actor)
        {
            return ReasonCode.NotAuthorised;
        }

        if (StateOf(before) is not (PilotState.Draft or PilotState.Returned))
        {
            return ReasonCode.PilotClosed;
        }

        if (CheckTerms(body.Terms, body.PilotId) is var terms && terms != ReasonCode.Applied)
        {
            return terms;
        }

        PilotRecord pilot = before.Clone();
        pilot.Title = body.Title;
        pilot.Terms = body.Terms;
        Put($"Pilot {pilot.Id}", pilot);
        return ReasonCode.Applied;
    }

    private ReasonCode Do(MovePilot body)
    {
        if (!ActorIs((body.PilotId, ""), Role.Supervisor, Role.Sponsor))
        {
            return ReasonCode.NotAuthorised;
        }

        if (Pilot(body.PilotId) is not { } before)
        {
            return ReasonCode.PilotNotFound;
        }

        bool sponsor = before.Sponsor == _actor;
        bool supervisor = ActorIsSupervisorOf(before.Id);
        if (!sponsor && !supervisor)
        {
            return ReasonCode.NotAuthorised;
        }

        PilotState from = StateOf(before);
        (PilotState, PilotState, Mover By)[] moves =
        [
            .. Moves.Where(move => move.From == from && move.To == body.State),
        ];
        if (moves.Length == 0)
        {
            return ReasonCode.PilotMoveNotAllowed;
        }

        if (moves[0].By == Mover.Sponsor ? !sponsor : moves[0].By == Mover.Supervisor && !supervisor)
        {
            return ReasonCode.NotAuthorised;
        }

        if (moves[0].By == Mover.Supervisor && AreOne(_actor, before.Sponsor))
        {
            return ReasonCode.SelfApproval;
        }

        if (body.State == PilotState.Approved && before.Assessment.IsEmpty)
        {
            return ReasonCode.AssessmentMissing;
        }

        if (body.State == PilotState.Approved && _timeMs < before.ObjectionsUntilMs)
        {
            return ReasonCode.ObjectionWindowOpen;
        }

        if (
            body.State == PilotState.Running
            && from == PilotState.Approved
            && _timeMs < (before.Terms?.Boundary?.Start ?? 0) * 1000
        )
        {
            return ReasonCode.PilotNotStarted;
        }

        if (
            body.State == PilotState.Revoked
            && Approval((body.PilotId, "")) is var approval
            && approval != ReasonCode.Applied
        )
        {
            return approval;
        }

        PilotRecord pilot = before.Clone();
        pilot.State = body.State;
        pilot.Reason = body.Reason;
        pilot.EvidenceHash = body.EvidenceHash;
        if (body.State == PilotState.PublicNotice)
        {
            pilot.ObjectionsUntilMs = _timeMs + body.ObjectionSeconds * 1000UL;
        }

        if (body.State == PilotState.Returned)
        {
            // What was assessed may change now.
            pilot.Assessment = Google.Protobuf.ByteString.Empty;
        }

        if (body.State == PilotState.Concluded)
        {
            pilot.Conclusion = body.Conclusion;
        }

        Put($"Pilot {pilot.Id}", pilot);
        if (body.State is PilotState.Suspended or PilotState.Revoked)
        {
            Record(
                body.State == PilotState.Suspended
                    ? SupervisoryActionKind.SuspendPilot
                    : SupervisoryActionKind.RevokePilot,
                body.Order,
                pilotId: pilot.Id
            );
        }

        return ReasonCode.Applied;
    }

    private ReasonCode Do(SetParticipant body)
    {
        if (Pilot(body.PilotId) is not { } pilot)
        {
            return ReasonCode.PilotNotFound;
        }

        bool host = _actor == pilot.Sponsor || _actor == pilot.Terms?.Operator;
        bool supervisor = ActorIsSupervisorOf(pilot.Id);
        bool self = _actor == body.Party;
        if (!host && !supervisor && !self)
        {
            return ReasonCode.NotAuthorised;
        }

        // Whoever wants to leave, can; nobody comes in before the pilot runs, nor after.
        PilotState state = StateOf(pilot);
        bool comesIn = body.State is ParticipantState.Invited or ParticipantState.Admitted;
        if (
            comesIn
                ? state is not (PilotState.Approved or PilotState.Running)
                : state == PilotState.Archived && body.State != ParticipantState.Exited
        )
        {
            return ReasonCode.PilotClosed;
        }

        string key = $"Participant {pilot.Id}/{body.Party}";
        ParticipantRecord? before = Find<ParticipantRecord>(key);
        ParticipantState from = before?.State ?? ParticipantState.Unspecified;
        // Whom a supervisor suspended, a supervisor alone lets in again.
        bool letsIn = before is { Barred: true } ? supervisor : host;
        bool? allowed = (from, body.State) switch
        {
            (ParticipantState.Unspecified or ParticipantState.Exited, ParticipantState.Invited) => letsIn,
            (ParticipantState.Unspecified or ParticipantState.Exited, ParticipantState.Admitted) => letsIn,
            (ParticipantState.Invited, ParticipantState.Admitted) => host || self,
            (ParticipantState.Suspended, ParticipantState.Admitted) => letsIn || supervisor,
            (ParticipantState.Admitted, ParticipantState.Suspended) => host || supervisor,
            (
                ParticipantState.Invited
                    or ParticipantState.Admitted
                    or ParticipantState.Suspended,
                ParticipantState.Removed
            ) => host || supervisor,
            (
                ParticipantState.Invited
                    or ParticipantState.Admitted
                    or ParticipantState.Suspended,
                ParticipantState.Exited
            ) => self,
            _ => null,
        };
        if (allowed is null)
        {
            return ReasonCode.ParticipantMoveNotAllowed;
        }

        if (allowed == false)
        {
            return ReasonCode.NotAuthorised;
        }

        if (comesIn && CanReceive(body.Party) is var reception && reception != ReasonCode.Applied)
        {
            return reception;
        }

        ulong most = pilot.Terms?.Boundary?.MaxParticipants ?? 0;
        if (body.State == ParticipantState.Admitted && most != 0 && ParticipantsOf(pilot.Id) >= most)
        {
            return ReasonCode.ParticipantsExceeded;
        }

        ParticipantRecord participant =
            before?.Clone() ?? new ParticipantRecord { PilotId = pilot.Id, Party = body.Party };
        participant.State = body.State;
        participant.Barred = body.State == ParticipantState.Suspended ? supervisor : !comesIn && participant.Barred;
        if (body.State == ParticipantState.Admitted)
        {
            participant.ConsentHash = body.ConsentHash;
        }

        Put(key, participant);
        return ReasonCode.Applied;
    }

    private ReasonCode Do(PlanMilestone body)
    {
        if (!ActorIs((body.PilotId, ""), Role.Sponsor))
        {
            return ReasonCode.NotAuthorised;
        }

        if (Pilot(body.PilotId) is not { } pilot)
        {
            return ReasonCode.PilotNotFound;
        }

        if (pilot.Sponsor != _actor)
        {
            return ReasonCode.NotAuthorised;
        }

        if (
            IsOver(pilot) || StateOf(pilot) is PilotState.Submitted or PilotState.UnderReview or PilotState.PublicNotice
        )
        {
            return ReasonCode.PilotClosed;
        }

        string key = $"Milestone {body.PilotId}/{body.MilestoneId}";
        if (Find<MilestoneRecord>(key) is not null)
        {
            return ReasonCode.MilestoneExists;
        }

        Put(
            key,
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

    private ReasonCode Do(MoveMilestone body)
    {
        bool reports = body.State == MilestoneState.Reported;
        if (!ActorIs((body.PilotId, ""), Role.Supervisor, Role.Sponsor))
        {
            return ReasonCode.NotAuthorised;
        }

        if (Pilot(body.PilotId) is not { } pilot)
        {
            return ReasonCode.PilotNotFound;
        }

        if (reports ? pilot.Sponsor != _actor : !ActorIsSupervisorOf(pilot.Id))
        {
            return ReasonCode.NotAuthorised;
        }

        if (!reports && AreOne(_actor, pilot.Sponsor))
        {
            return ReasonCode.SelfApproval;
        }

        if (StateOf(pilot) is not (PilotState.Running or PilotState.Suspended or PilotState.Concluded))
        {
            return ReasonCode.PilotClosed;
        }

        string key = $"Milestone {body.PilotId}/{body.MilestoneId}";
        if (Find<MilestoneRecord>(key) is not { } before)
        {
            return ReasonCode.MilestoneNotFound;
        }

        bool allowed = (before.State, body.State) switch
        {
            (MilestoneState.Planned or MilestoneState.Rejected, MilestoneState.Reported) => true,
            (MilestoneState.Reported, MilestoneState.Accepted or MilestoneState.Rejected) => true,
            (MilestoneState.Planned or MilestoneState.Reported or MilestoneState.Rejected, MilestoneState.Waived) =>
                true,
            _ => false,
        };
        if (!allowed)
        {
            return ReasonCode.MilestoneMoveNotAllowed;
        }

        MilestoneRecord milestone = before.Clone();
        milestone.State = body.State;
        milestone.EvidenceHash = body.EvidenceHash;
        if (reports)
        {
            milestone.Reached = body.Reached;
        }

        Put(key, milestone);
        return ReasonCode.Applied;
    }

    // Nobody pays their own pilot, nor one that has not been approved or has failed.
    private ReasonCode CheckFunding(PilotRecord pilot) =>
        AreOne(_actor, pilot.Sponsor) ? ReasonCode.SelfApproval
        : StateOf(pilot) is PilotState.Approved or PilotState.Running or PilotState.Suspended or PilotState.Concluded
            ? ReasonCode.Applied
        : ReasonCode.PilotClosed;

    private ReasonCode Do(PlanTranche body)
    {
        if (!ActorIs((body.PilotId, ""), Role.Supervisor))
        {
            return ReasonCode.NotAuthorised;
        }

        if (Pilot(body.PilotId) is not { } pilot)
        {
            return ReasonCode.PilotNotFound;
        }

        if (CheckFunding(pilot) is var funding && funding != ReasonCode.Applied)
        {
            return funding;
        }

        string key = $"Tranche {body.PilotId}/{body.TrancheId}";
        if (Find<TrancheRecord>(key) is not null)
        {
            return ReasonCode.TrancheExists;
        }

        if (Find<MilestoneRecord>($"Milestone {body.PilotId}/{body.MilestoneId}") is null)
        {
            return ReasonCode.MilestoneNotFound;
        }

        Put(
            key,
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

    private ReasonCode Do(MoveTranche body)
    {
        if (!ActorIs((body.PilotId, ""), Role.Supervisor))
        {
            return ReasonCode.NotAuthorised;
        }

        if (Pilot(body.PilotId) is not { } pilot)
        {
            return ReasonCode.PilotNotFound;
        }

        if (CheckFunding(pilot) is var funding && funding != ReasonCode.Applied)
        {
            return funding;
        }

        string key = $"Tranche {body.PilotId}/{body.TrancheId}";
        if (Find<TrancheRecord>(key) is not { } before)
        {
            return ReasonCode.TrancheNotFound;
        }

        bool allowed = (before.State, body.State) switch
        {
            (TrancheState.Planned or TrancheState.Withheld, TrancheState.Released) => true,
            (TrancheState.Planned, TrancheState.Withheld) => true,
            (TrancheState.Released, TrancheState.ClawedBack) => true,
            _ => false,
        };
        if (!allowed)
        {
            return ReasonCode.TrancheMoveNotAllowed;
        }

        MilestoneState milestone = Find<MilestoneRecord>($"Milestone {body.PilotId}/{before.MilestoneId}")!.State;
        if (body.State == TrancheState.Released && milestone is not (MilestoneState.Accepted or MilestoneState.Waived))
        {
            return ReasonCode.MilestoneNotAccepted;
        }

        TrancheRecord tranche = before.Clone();
        tranche.State = body.State;
        tranche.EvidenceHash = body.EvidenceHash;
        Put(key, tranche);
        return ReasonCode.Applied;
    }

    private ReasonCode Do(AddEvidence body)
    {
        if (Pilot(body.PilotId) is not { } pilot)
        {
            return ReasonCode.PilotNotFound;
        }

        bool sponsor = _actor == pilot.Sponsor;
        bool supervisor = ActorIsSupervisorOf(pilot.Id);
        bool auditor = ActorIs((pilot.Id, ""), Role.Auditor);
        bool may = body.Kind switch
        {
            EvidenceKind.Assessment => supervisor || auditor,
            EvidenceKind.Objection or EvidenceKind.Complaint => true,
            _ => sponsor || supervisor || auditor || _actor == pilot.Terms?.Operator,
        };
        if (!may)
        {
            return ReasonCode.NotAuthorised;
        }

        if (body.Kind == EvidenceKind.Assessment && AreOne(_actor, pilot.Sponsor))
        {
            return ReasonCode.SelfApproval;
        }

        PilotState state = StateOf(pilot);
        if (
            (
                body.Kind == EvidenceKind.Assessment
                && state is not (PilotState.Submitted or PilotState.UnderReview or PilotState.PublicNotice)
            ) || (body.Kind == EvidenceKind.Objection && state != PilotState.PublicNotice)
        )
        {
            return ReasonCode.PilotClosed;
        }

        ulong number = DocumentsOf(pilot.Id) + 1;
        Put(
            $"Evidence {pilot.Id}/{Number(number)}",
            new EvidenceRecord
            {
                PilotId = pilot.Id,
                Number = number,
                Kind = body.Kind,
                Commitment = body.Commitment,
                MediaType = body.MediaType,
                Size = body.Size,
                By = _actor,
            }
        );
        if (body.Kind == EvidenceKind.Assessment)
        {
            PilotRecord assessed = pilot.Clone();
            assessed.Assessment = body.Commitment;
            Put($"Pilot {pilot.Id}", assessed);
        }

        return ReasonCode.Applied;
    }

    private ReasonCode Do(EvaluatePilot body)
    {
        if (!ActorIs((body.PilotId, ""), Role.Supervisor))
        {
            return ReasonCode.NotAuthorised;
        }

        if (Pilot(body.PilotId) is not { } before)
        {
            return ReasonCode.PilotNotFound;
        }

        if (AreOne(_actor, before.Sponsor))
        {
            return ReasonCode.SelfApproval;
        }

        if (before.Evaluation is not null)
        {
            return ReasonCode.AlreadyEvaluated;
        }

        PilotState from = StateOf(before);
        if (!IsOver(before) || from is PilotState.Rejected or PilotState.Withdrawn or PilotState.Archived)
        {
            return ReasonCode.PilotClosed;
        }

        PilotRecord pilot = before.Clone();
        pilot.Evaluation = new Evaluation
        {
            Grade = body.Grade,
            ReportHash = body.ReportHash,
            Replicable = body.Replicable,
            CaseHash = body.CaseHash,
            By = _actor,
        };
        pilot.State = from == PilotState.Concluded ? PilotState.Evaluated : from;

        Put($"Pilot {pilot.Id}", pilot);
        return ReasonCode.Applied;
    }

    private PolicyVersion? VersionInForce(PolicyRecord policy) =>
        policy.Next is { } next && next.EffectiveMs <= _timeMs ? next : policy.Current;

    private bool IsWaiting(PolicyRecord policy) => policy.Next is { } next && next.EffectiveMs > _timeMs;

    private ReasonCode Do(ProposePolicy body)
    {
        if (!ActorIs((body.PilotId, ""), Role.Operator, Role.Platform, Role.Sponsor, Role.Issuer))
        {
            return ReasonCode.NotAuthorised;
        }

        if (Pilot(body.PilotId) is not { } pilot)
        {
            return ReasonCode.PilotNotFound;
        }

        if (IsOver(pilot))
        {
            return ReasonCode.PilotClosed;
        }

        PolicyRecord? before = Find<PolicyRecord>($"Policy {body.PolicyId}");
        if (before is not null && before.PilotId != pilot.Id)
        {
            return ReasonCode.OtherPilot;
        }

        if (before?.Proposed is { } waiting && waiting.ProposedBy != _actor)
        {
            return ReasonCode.PolicyPending;
        }

        PolicyRecord policy = before?.Clone() ?? new PolicyRecord { Id = body.PolicyId, PilotId = pilot.Id };
        policy.LastVersion++;
        policy.Proposed = new PolicyVersion
        {
            Version = policy.LastVersion,
            Rule = body.Rule,
            ProposedBy = _actor,
        };
        Put($"Policy {policy.Id}", policy);
        return ReasonCode.Applied;
    }

    private ReasonCode Do(ApprovePolicy body)
    {
        PolicyRecord? before = Find<PolicyRecord>($"Policy {body.PolicyId}");
        if (!ActorIs((before?.PilotId ?? "", ""), Role.Supervisor))
        {
            return ReasonCode.NotAuthorised;
        }

        if (before is null)
        {
            return ReasonCode.PolicyNotFound;
        }

        if (IsOver(Pilot(before.PilotId)!))
        {
            return ReasonCode.PilotClosed;
        }

        if (before.Proposed is not { } proposed || proposed.Version != body.Version)
        {
            return ReasonCode.NoSuchProposal;
        }

        if (AreOne(_actor, proposed.ProposedBy))
        {
            return ReasonCode.SelfApproval;
        }

        if (body.Effective * 1000 <= _timeMs)
        {
            return ReasonCode.EffectiveNotInFuture;
        }

        if (IsWaiting(before))
        {
            return ReasonCode.PolicyPending;
        }

        PolicyRecord policy = before.Clone();
        policy.Current = VersionInForce(before);
        policy.Next = proposed.Clone();
        policy.Next.ApprovedBy = _actor;
        policy.Next.EffectiveMs = body.Effective * 1000;
        policy.Proposed = null;
        Put($"Policy {policy.Id}", policy);
        return ReasonCode.Applied;
    }

    private ReasonCode Do(RejectPolicy body)
    {
        PolicyRecord? before = Find<PolicyRecord>($"Policy {body.PolicyId}");
        (string, string) scope = (before?.PilotId ?? "", "");
        bool supervisor = ActorIs(scope, Role.Supervisor);
        if (!supervisor && !ActorIs(scope, Role.Operator, Role.Platform, Role.Sponsor, Role.Issuer))
        {
            return ReasonCode.NotAuthorised;
        }

        if (before is null)
        {
            return ReasonCode.PolicyNotFound;
        }

        if (IsOver(Pilot(before.PilotId)!))
        {
            return ReasonCode.PilotClosed;
        }

        if (before.Proposed is not { } proposed || proposed.Version != body.Version)
        {
            return ReasonCode.NoSuchProposal;
        }

        if (!supervisor && proposed.ProposedBy != _actor)
        {
            return ReasonCode.NotAuthorised;
        }

        PolicyRecord policy = before.Clone();
        policy.Proposed = null;
        Put($"Policy {policy.Id}", policy);
        return ReasonCode.Applied;
    }
}

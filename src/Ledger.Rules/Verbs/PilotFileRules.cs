using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>A pilot's file: add evidence. And what has happened in it, in numbers.</summary>
internal static class PilotFileRules
{
    public static VerbRule[] All =>
        [
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

    /// <summary>A pilot's figures, to be changed and put back.</summary>
    public static PilotFiguresRecord Figures(Turn turn, string pilotId) =>
        turn.Find<PilotFiguresRecord>(RecordKey.PilotFigures(pilotId))!.Clone();
}

using Google.Protobuf;
using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>Who takes part in a pilot: set a participant.</summary>
internal static class ParticipantRules
{
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

        PilotFiguresRecord figures = PilotFileRules.Figures(turn, body.PilotId);
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

    private static ulong Is(ParticipantState state, ParticipantState counted) => state == counted ? 1UL : 0;
}

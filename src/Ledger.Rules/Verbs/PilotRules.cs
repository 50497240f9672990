using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>Pilots and the classes within them: create.</summary>
internal static class PilotRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<CreatePilot>(new(RoleSet.Of(Role.Supervisor), Relations.None), Create),
            VerbRule.Of<CreateClass>(new(RoleSet.Of(Role.Issuer), Relations.None), CreateClass),
        ];

    /// <summary>First number of a class's automatic token identifiers.</summary>
    private const ulong FirstNumber = 1;

    public static ReasonCode Create(Turn turn, CreatePilot body)
    {
        RecordKey key = RecordKey.Pilot(body.Id);
        if (turn.State.Find(key) is not null)
        {
            return ReasonCode.PilotExists;
        }

        if (
            turn.JudgeReceiver(body.Sponsor) != ReasonCode.Applied
            || !turn.Find<PartyRecord>(RecordKey.Party(body.Sponsor))!.Roles.Contains(Role.Sponsor)
        )
        {
            return ReasonCode.NotASponsor;
        }

        turn.Put(
            key,
            new PilotRecord
            {
                Id = body.Id,
                Title = body.Title,
                Sponsor = body.Sponsor,
                Supervisor = turn.Actor,
                State = PilotState.Running,
            }
        );
        return ReasonCode.Applied;
    }

    public static ReasonCode CreateClass(Turn turn, CreateClass body)
    {
        ReasonCode reason = JudgeRunning(turn, body.PilotId);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        RecordKey key = RecordKey.Class(body.Id);
        if (turn.State.Find(key) is not null)
        {
            return ReasonCode.ClassExists;
        }

        turn.Put(
            key,
            new ClassRecord
            {
                Id = body.Id,
                PilotId = body.PilotId,
                Issuer = turn.Actor,
                Name = body.Name,
                Category = body.Category,
                MaxSupply = body.MaxSupply,
                Transferability = body.Transferability,
                BurnAuthority = body.BurnAuthority,
            }
        );
        turn.Put(RecordKey.Supply(body.Id), new SupplyRecord { ClassId = body.Id, NextNumber = FirstNumber });
        return ReasonCode.Applied;
    }

    /// <summary>Whether classes can be defined in a pilot, and their tokens issued and given.</summary>
    public static ReasonCode JudgeRunning(Turn turn, string pilotId) =>
        turn.Find<PilotRecord>(RecordKey.Pilot(pilotId)) switch
        {
            null => ReasonCode.PilotNotFound,
            { State: PilotState.Running } => ReasonCode.Applied,
            _ => ReasonCode.PilotNotRunning,
        };
}

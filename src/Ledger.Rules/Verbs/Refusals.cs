using Ledger.Protocol;
using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>Who tried what and was refused: a record of each attempt, and a count for each pilot.</summary>
internal static class Refusals
{
    /// <summary>Notes that the rules refused an operation.</summary>
    /// <param name="turn">The operation's turn; its verdict says which step of a group was refused.</param>
    /// <param name="reason">Why.</param>
    public static void Note(in Turn turn, ReasonCode reason)
    {
        uint step = turn.Verdict.Step;
        Operation tried = step == 0 ? turn.Body : turn.Body.Group.Steps[(int)step - 1];
        Verb verb = Verb.Of(tried);
        RoleScope about = Parties.ScopeOf(turn.State, verb, tried);
        Refused refused = new()
        {
            Verb = verb.Name,
            Reason = reason,
            PilotId = about.PilotId,
            ClassId = about.ClassId,
            Step = step,
        };
        turn.Emit(new Effect { Refused = refused });
        turn.Put(
            RecordKey.Refusal(turn.EntryIndex),
            new RefusalRecord
            {
                Index = turn.EntryIndex,
                TimeMs = turn.TimeMs,
                Actor = turn.Actor,
                Refused = refused,
            }
        );
        if (about.PilotId.Length != 0)
        {
            Count(turn, about.PilotId, reason);
        }
    }

    private static void Count(in Turn turn, string pilotId, ReasonCode reason)
    {
        RecordKey key = RecordKey.PilotRefusals(pilotId);
        PilotRefusalsRecord record =
            turn.Find<PilotRefusalsRecord>(key)?.Clone() ?? new PilotRefusalsRecord { PilotId = pilotId };
        int at = 0;
        while (at < record.Counts.Count && record.Counts[at].Reason < reason)
        {
            at++;
        }

        if (at == record.Counts.Count || record.Counts[at].Reason != reason)
        {
            record.Counts.Insert(at, new RefusalCount { Reason = reason });
        }

        record.Counts[at].Count++;
        turn.Put(key, record);
    }
}

using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>What an order makes: a measure that lasts, and a record of what was done on it.</summary>
internal static class Orders
{
    /// <summary>Whether the time until which a measure is to hold has not passed.</summary>
    public static ReasonCode Judge(Turn turn, Order order) =>
        Holds.IsCurrent(order.Expires, turn.TimeMs) ? ReasonCode.Applied : ReasonCode.AlreadyExpired;

    /// <summary>The measure: from now on, or from the time that the order names.</summary>
    public static Hold HoldOf(Turn turn, Order order) =>
        new()
        {
            OrderNumber = order.Number,
            Reason = order.Reason,
            By = turn.Actor,
            FromMs = Math.Max(turn.TimeMs, order.EffectiveFrom * 1000),
            UntilMs = order.Expires * 1000,
        };

    /// <summary>Records what was done. One verb does one thing, so entry and step name it.</summary>
    /// <param name="turn">The verb's turn.</param>
    /// <param name="kind">What was done.</param>
    /// <param name="order">On which order.</param>
    /// <param name="party">To which party; empty: to none.</param>
    /// <param name="classId">To which class, or class of the token; empty: to none.</param>
    /// <param name="tokenId">To which token; empty: to none.</param>
    /// <param name="pilotId">To which pilot; empty: to none.</param>
    public static void Record(
        Turn turn,
        SupervisoryActionKind kind,
        Order order,
        string party = "",
        string classId = "",
        string tokenId = "",
        string pilotId = ""
    ) =>
        turn.Put(
            RecordKey.Action(turn.EntryIndex, turn.Step),
            new SupervisoryActionRecord
            {
                Kind = kind,
                Order = order,
                By = turn.Actor,
                Approver = turn.Approver,
                Party = party,
                PilotId = pilotId,
                ClassId = classId,
                TokenId = tokenId,
                Index = turn.EntryIndex,
                Step = turn.Step,
            }
        );
}

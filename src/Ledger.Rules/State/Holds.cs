using Ledger.V1;

namespace Ledger.Rules.State;

/// <summary>
/// Measures that last, and grants that end: in force by time alone, so a record is read with the moment that is meant, in Unix
/// milliseconds.
/// </summary>
public static class Holds
{
    /// <summary>Whether a measure is in force.</summary>
    public static bool IsInForce(Hold? hold, ulong timeMs) =>
        hold is not null && timeMs >= hold.FromMs && (hold.UntilMs == 0 || timeMs <= hold.UntilMs);

    /// <summary>Whether a measure is in force, or will be: another of its kind cannot be taken.</summary>
    public static bool IsOrdered(Hold? hold, ulong timeMs) =>
        hold is not null && (hold.UntilMs == 0 || timeMs <= hold.UntilMs);

    /// <summary>What a side of an account may do.</summary>
    public static AccountState StateAt(AccountHold? side, ulong timeMs) =>
        side is not null && IsInForce(side.Hold, timeMs) ? side.State : AccountState.Active;

    /// <summary>What an account may do: the less free of its two sides.</summary>
    public static AccountState StateAt(PartyRecord party, ulong timeMs)
    {
        ArgumentNullException.ThrowIfNull(party);
        AccountState platform = StateAt(party.PlatformHold, timeMs);
        AccountState supervisor = StateAt(party.SupervisorHold, timeMs);
        return platform > supervisor ? platform : supervisor;
    }

    /// <summary>Whether something still holds that ends after a second.</summary>
    /// <param name="lastSecond">The last moment at which it holds, Unix seconds; 0: no end.</param>
    /// <param name="timeMs">The moment.</param>
    public static bool IsCurrent(ulong lastSecond, ulong timeMs) => lastSecond == 0 || timeMs <= lastSecond * 1000;
}

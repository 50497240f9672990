namespace Ledger.Rules.State;

/// <summary>Days as the rules count by them: of UTC, numbered from 1970-01-01. Who counts and who judges the count mean the same day.</summary>
public static class UtcDays
{
    private const ulong DayMs = 24 * 60 * 60 * 1000;

    /// <summary>The day of a moment.</summary>
    /// <param name="timeMs">The moment, Unix milliseconds.</param>
    public static ulong Of(ulong timeMs) => timeMs / DayMs;

    /// <summary>When the day after that of a moment begins, Unix milliseconds.</summary>
    /// <param name="timeMs">The moment, Unix milliseconds.</param>
    public static ulong NextMs(ulong timeMs) => (Of(timeMs) + 1) * DayMs;
}

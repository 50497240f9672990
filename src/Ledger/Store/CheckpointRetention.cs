namespace Ledger.Store;

/// <summary>
/// Which published checkpoints a store keeps: a pure function of the times of the log's batches, so that whoever holds the entries can
/// say exactly which must be there. Of each <see cref="SecondMs">second</see> the last one stays; of a minute that is older than an
/// hour, and of an hour that is older than 30 days, the last one alone.
/// </summary>
/// <remarks>
/// Seconds, minutes and hours are those of UTC. Age is counted in whole ones, back from the newest batch's own: minute <c>m</c> has
/// come of age in minute <c>m + 61</c>, hour <c>h</c> in hour <c>h + 721</c>. So what stays changes only when a batch begins a new
/// minute, and then by what <see cref="ComeOfAge"/> names. The newest checkpoint is the last of its second until the next batch says
/// otherwise, and is stored with that.
/// </remarks>
internal static class CheckpointRetention
{
    /// <summary>Of each second, the last checkpoint stays.</summary>
    public const long SecondMs = 1_000;

    /// <summary>Of each minute that has come of age, the last one alone.</summary>
    public const long MinuteMs = 60 * SecondMs;

    /// <summary>Of each hour that has come of age, the last one alone.</summary>
    public const long HourMs = 60 * MinuteMs;

    /// <summary>Whole minutes between the newest batch's and one that has come of age.</summary>
    public const long MinutesWhole = 60;

    /// <summary>Whole hours between the newest batch's and one that has come of age.</summary>
    public const long HoursWhole = 30 * 24;

    /// <summary>Whether a batch's checkpoint stays.</summary>
    /// <param name="timeMs">The batch's time, Unix milliseconds.</param>
    /// <param name="nextMs">The time of the batch after it.</param>
    /// <param name="newestMs">The time of the newest batch.</param>
    public static bool IsKept(long timeMs, long nextMs, long newestMs) =>
        !IsSame(SecondMs, timeMs, nextMs)
        && !(IsOfAge(MinuteMs, MinutesWhole, timeMs, newestMs) && IsSame(MinuteMs, timeMs, nextMs))
        && !(IsOfAge(HourMs, HoursWhole, timeMs, newestMs) && IsSame(HourMs, timeMs, nextMs));

    /// <summary>The times that come of age when a batch follows another: only of those may a checkpoint go that had stayed.</summary>
    /// <param name="beforeMs">The time of the batch before, Unix milliseconds.</param>
    /// <param name="newestMs">The time of the batch.</param>
    /// <returns>Spans, from a time up to another that is not in it; none while both are of one minute.</returns>
    public static IEnumerable<(long FromMs, long ToMs)> ComeOfAge(long beforeMs, long newestMs)
    {
        long[] units = [MinuteMs, HourMs];
        long[] whole = [MinutesWhole, HoursWhole];
        for (int i = 0; i < units.Length; i++)
        {
            long fromMs = Math.Max(0, beforeMs / units[i] - whole[i]) * units[i];
            long toMs = Math.Max(0, newestMs / units[i] - whole[i]) * units[i];
            if (fromMs < toMs)
            {
                yield return (fromMs, toMs);
            }
        }
    }

    private static bool IsSame(long unitMs, long timeMs, long otherMs) => timeMs / unitMs == otherMs / unitMs;

    private static bool IsOfAge(long unitMs, long whole, long timeMs, long newestMs) =>
        timeMs / unitMs + whole < newestMs / unitMs;
}

using Google.Protobuf.Collections;
using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Authority;

/// <summary>
/// How often a DID may be changed. What counts is on the ledger, so that every node and every auditor counts alike; a window ends at
/// the moment that is judged, so that no full hour lets through twice as many.
/// </summary>
internal static class ChangeQuota
{
    private const long HourMs = 60L * 60 * 1000;
    private const long DayMs = 24 * HourMs;
    private const long WeekMs = 7 * DayMs;

    private static readonly DidQuota Usual = Limits.UsualDidQuota;

    /// <summary>The quota in force.</summary>
    public static DidQuota InForce(IRecords records) => records.Find<LedgerRecord>(RecordKey.Ledger)?.DidQuota ?? Usual;

    /// <summary>From when on a DID may be changed again, Unix milliseconds; not after <paramref name="timeMs"/>: it may be.</summary>
    /// <param name="records">The state.</param>
    /// <param name="did">The DID.</param>
    /// <param name="timeMs">The moment, Unix milliseconds.</param>
    public static long FreeAt(IRecords records, string did, long timeMs)
    {
        if (records.Find<DidChangesRecord>(RecordKey.DidChanges(did)) is not { } changes)
        {
            return timeMs;
        }

        DidQuota quota = InForce(records);
        return Math.Max(
            FreeAt(changes.TimesMs, quota.PerHour, HourMs),
            Math.Max(FreeAt(changes.TimesMs, quota.PerDay, DayMs), FreeAt(changes.TimesMs, quota.PerWeek, WeekMs))
        );
    }

    /// <summary>Counts a change of a DID.</summary>
    /// <param name="state">The batch so far, in the scope of the operation.</param>
    /// <param name="did">The DID.</param>
    public static void Count(BatchState state, string did)
    {
        DidQuota quota = InForce(state);
        int kept = (int)Math.Max(quota.PerHour, Math.Max(quota.PerDay, quota.PerWeek));
        if (kept == 0)
        {
            return;
        }

        RecordKey key = RecordKey.DidChanges(did);
        DidChangesRecord changes = new() { Did = did };
        if (state.Find<DidChangesRecord>(key) is { } before)
        {
            long since = state.TimeMs - WeekMs;
            changes.TimesMs.AddRange(before.TimesMs.Where(time => (long)time > since).TakeLast(kept - 1));
        }

        changes.TimesMs.Add((ulong)state.TimeMs);
        state.Put(key, changes);
    }

    // When the oldest of the newest changes, as many as are allowed, leaves the window.
    private static long FreeAt(RepeatedField<ulong> times, uint limit, long windowMs) =>
        limit == 0 || times.Count < limit ? 0 : (long)times[times.Count - (int)limit] + windowMs;
}

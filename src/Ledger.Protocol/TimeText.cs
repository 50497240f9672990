using System.Globalization;

namespace Ledger.Protocol;

/// <summary>The log's times as people read them.</summary>
public static class TimeText
{
    private static readonly ulong LastMs = (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>RFC 3339 in UTC, for example <c>2026-01-02T03:04:05.678Z</c>.</summary>
    /// <param name="timeMs">Unix milliseconds; beyond the year 9999 they stand as they are.</param>
    public static string OfMs(ulong timeMs) =>
        timeMs <= LastMs
            ? DateTimeOffset
                .FromUnixTimeMilliseconds((long)timeMs)
                .UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
            : timeMs.ToString(CultureInfo.InvariantCulture) + " ms";
}

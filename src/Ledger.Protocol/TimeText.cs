using System.Globalization;
using System.Text.RegularExpressions;

namespace Ledger.Protocol;

/// <summary>The log's times as people read them.</summary>
public static partial class TimeText
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

    /// <summary>RFC 3339 in UTC with whole seconds, as W3C has times: for example <c>2026-01-02T03:04:05Z</c>.</summary>
    /// <param name="seconds">Unix seconds, at most <see cref="Limits.ValidUntilMax"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are beyond the year 9999.</exception>
    public static string OfSeconds(ulong seconds)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seconds, Limits.ValidUntilMax);
        return DateTimeOffset
            .FromUnixTimeSeconds((long)seconds)
            .UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }

    /// <summary>Reads what <see cref="OfSeconds"/> writes: UTC, whole seconds, <c>Z</c>. Nothing else.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="seconds">Unix seconds, when this returns true.</param>
    /// <param name="problem">What is wrong otherwise, for a person.</param>
    public static bool TryParseSeconds(string text, out ulong seconds, out string problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        seconds = 0;
        Match match = DateTimePattern().Match(text);
        problem =
            !match.Success ? "is no date and time of the form 2026-01-02T03:04:05Z"
            : match.Groups["fraction"].Success ? "has fractions of a second: leave them out"
            : !match.Groups["zone"].Success ? "names no time zone: say it in UTC, with Z"
            : match.Groups["zone"].Value != "Z" ? "is not in UTC: convert it, and end it with Z"
            : "";
        if (problem.Length > 0)
        {
            return false;
        }

        if (
            !DateTimeOffset.TryParseExact(
                text,
                "yyyy-MM-dd'T'HH:mm:ss'Z'",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out DateTimeOffset time
            )
        )
        {
            problem = "is on no calendar or clock";
            return false;
        }

        if (time < DateTimeOffset.UnixEpoch)
        {
            problem = "lies before 1970-01-01T00:00:00Z";
            return false;
        }

        seconds = (ulong)time.ToUnixTimeSeconds();
        return true;
    }

    [GeneratedRegex(
        @"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?<fraction>\.[0-9]+)?(?<zone>Z|[+-][0-9]{2}:[0-9]{2})?\z",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex DateTimePattern();
}

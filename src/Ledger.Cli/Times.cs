using System.Globalization;

namespace Ledger.Cli;

/// <summary>Times as people type them.</summary>
internal static class Times
{
    // RFC 3339, which is ISO 8601 without its doubtful forms: a time names its zone.
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
        "yyyy-MM-dd'T'HH:mm'Z'",
        "yyyy-MM-dd'T'HH:mmzzz",
        "yyyy-MM-dd",
    ];

    /// <summary>Reads a time in ISO 8601, or a day, which stands for its start.</summary>
    /// <exception cref="CommandFailure">It is neither.</exception>
    public static DateTimeOffset Parse(string text) =>
        DateTimeOffset.TryParseExact(
            text,
            Formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out DateTimeOffset time
        )
        && time >= DateTimeOffset.UnixEpoch
            ? time
            : throw CommandFailure.Usage(
                $"'{text}' is not a time in ISO 8601: 2026-03-01T12:00:00Z, 2026-03-01T13:00:00+01:00, or a day, 2026-03-01."
            );

    /// <summary>What an option for a moment to come takes, for its description.</summary>
    public const string FutureForm = "a time in ISO 8601, or from now on a number and s, m, h or d";

    /// <summary>Reads a moment to come: a time, or how long it is until then.</summary>
    /// <param name="text">What was typed; null: nothing.</param>
    /// <returns>Unix seconds; 0 for nothing.</returns>
    /// <exception cref="CommandFailure">It is neither.</exception>
    public static ulong FutureSeconds(string? text) =>
        text switch
        {
            null => 0,
            { Length: > 0 } when text[^1] is 's' or 'm' or 'h' or 'd' => Seconds(
                DateTimeOffset.UtcNow + Durations.Parse(text)
            ),
            _ => Seconds(Parse(text)),
        };

    private static ulong Seconds(DateTimeOffset time) => (ulong)time.ToUnixTimeSeconds();
}

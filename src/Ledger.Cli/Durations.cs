using System.Globalization;

namespace Ledger.Cli;

/// <summary>Stretches of time as people type them: a number and a unit.</summary>
internal static class Durations
{
    /// <summary>What an option takes, for its description.</summary>
    public const string Form = "a number and s, m, h or d: 90m, 72h, 7d";

    /// <summary>Reads a stretch of time.</summary>
    /// <exception cref="CommandFailure">It is none.</exception>
    public static TimeSpan Parse(string text)
    {
        long unit =
            text.Length == 0
                ? 0
                : text[^1] switch
                {
                    's' => 1,
                    'm' => 60,
                    'h' => 3_600,
                    'd' => 86_400,
                    _ => 0,
                };
        return
            unit > 0
            && int.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && count > 0
            ? TimeSpan.FromSeconds(count * unit)
            : throw CommandFailure.Usage($"'{text}' is not a stretch of time: {Form}.");
    }
}

using System.CommandLine;
using Ledger.Protocol;

namespace Ledger.Cli;

/// <summary>The options by which a command writes its operation to a file, for others to sign and submit.</summary>
internal static class PreparingOptions
{
    private static readonly TimeSpan ValidForDefault = TimeSpan.FromDays(7);

    /// <summary>Which keys sign here.</summary>
    public static Option<string[]> As { get; } =
        new("--as")
        {
            Description =
                "Name of the key that signs. Can be repeated: all of them sign. Required, unless --prepare is given.",
            HelpName = "KEY",
        };

    /// <summary>Where to write the operation.</summary>
    public static Option<string?> Prepare { get; } =
        new("--prepare")
        {
            Description =
                "Write the operation to this file instead of submitting it: for `ledger sign` by others, and `ledger submit`. The keys that --as names have signed it.",
            HelpName = "FILE",
        };

    /// <summary>How long it can be submitted.</summary>
    public static Option<string?> ValidFor { get; } =
        new("--valid-for")
        {
            Description =
                $"How long an operation that is prepared can be submitted: {Durations.Form}. Default: 7d; at most 30d.",
            HelpName = "TIME",
        };

    /// <summary>How long an operation that is prepared can be submitted.</summary>
    /// <exception cref="CommandFailure">It is no stretch of time, or too long.</exception>
    public static TimeSpan ValidForOf(ParseResult line)
    {
        TimeSpan validFor = line.GetValue(ValidFor) is { } text ? Durations.Parse(text) : ValidForDefault;
        return validFor <= TimeSpan.FromSeconds(Limits.NotAfterSecondsMax)
            ? validFor
            : throw CommandFailure.Usage($"{ValidFor.Name} is at most 30d.");
    }

    /// <summary>Requires what an operation that is submitted at once needs.</summary>
    /// <param name="line">The command line, without <see cref="Prepare"/>.</param>
    /// <param name="names">The keys that sign.</param>
    /// <exception cref="CommandFailure">Nobody signs, or an option of preparing stands alone.</exception>
    public static void RequireSigners(ParseResult line, string[] names)
    {
        if (names.Length == 0)
        {
            throw CommandFailure.Usage(
                $"Option '{As.Name}' is required: it names the key that signs. To have others sign, name a file with {Prepare.Name}."
            );
        }

        if (line.GetValue(ValidFor) is not null)
        {
            throw CommandFailure.Usage($"{ValidFor.Name} says nothing without {Prepare.Name}.");
        }
    }
}

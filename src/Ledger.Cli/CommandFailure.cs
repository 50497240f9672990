using System.Text.Json.Nodes;

namespace Ledger.Cli;

/// <summary>A command that cannot go on. The message is meant for the person who typed it and says what to do.</summary>
internal sealed class CommandFailure : Exception
{
    private CommandFailure(
        int exitCode,
        string kind,
        string message,
        JsonObject? details = null,
        Exception? inner = null
    )
        : base(message, inner)
    {
        ExitCode = exitCode;
        Kind = kind;
        Details = details;
    }

    /// <summary>See <see cref="ExitCodes"/>.</summary>
    public int ExitCode { get; }

    /// <summary>One word for machines.</summary>
    public string Kind { get; }

    /// <summary>More for machines; may be null.</summary>
    public JsonObject? Details { get; }

    /// <summary>What was asked contradicts itself or is not of its form.</summary>
    public static CommandFailure Usage(string message) => new(ExitCodes.Usage, "usage", message);

    /// <summary>The ledger refused.</summary>
    public static CommandFailure Refused(string message, JsonObject? details = null) =>
        new(ExitCodes.Refused, "refused", message, details);

    /// <summary>An operation was recorded, and then something failed.</summary>
    public static CommandFailure Recorded(string message, JsonObject details) =>
        new(ExitCodes.Recorded, "recorded", message, details);

    /// <summary>An operation was sent, and whether it was recorded is not known.</summary>
    public static CommandFailure Unknown(string message, JsonObject details) =>
        new(ExitCodes.Unknown, "unknown", message, details);

    /// <summary>The person wanted it to end.</summary>
    public static CommandFailure Interrupted() => new(ExitCodes.Interrupted, "interrupted", "Interrupted.");

    /// <summary>A check did not hold.</summary>
    public static CommandFailure Unverified(string message, JsonObject? details = null) =>
        new(ExitCodes.Refused, "verification", message, details);

    /// <summary>Something could not be read, written or reached.</summary>
    public static CommandFailure Unreachable(string message, Exception? inner = null) =>
        new(ExitCodes.Unreachable, "unreachable", message, null, inner);
}

namespace Ledger.Cli;

/// <summary>How a command ends, as scripts see it.</summary>
internal static class ExitCodes
{
    /// <summary>It is done.</summary>
    public const int Done = 0;

    /// <summary>The ledger refused, or something did not verify; no operation was applied.</summary>
    public const int Refused = 1;

    /// <summary>The command line, an environment variable or the configuration is wrong: nothing was tried.</summary>
    public const int Usage = 2;

    /// <summary>A node could not be reached, or a file or store not be read or written.</summary>
    public const int Unreachable = 3;

    /// <summary>An operation was recorded, and then something failed: repeating the command would do it twice.</summary>
    public const int Recorded = 4;

    /// <summary>An operation was sent, and no answer that holds came: it may be recorded.</summary>
    public const int Unknown = 5;

    /// <summary>Ended by Ctrl-C or SIGTERM before an operation was sent.</summary>
    public const int Interrupted = 130;
}

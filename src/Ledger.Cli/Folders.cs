namespace Ledger.Cli;

/// <summary>Where a person's files lie when nobody says otherwise (XDG base directories).</summary>
internal static class Folders
{
    /// <summary>Keys and the DIDs that they belong to.</summary>
    public static string Keys => Path.Combine(Base("XDG_DATA_HOME", ".local/share"), "keys");

    /// <summary>What is remembered of logs.</summary>
    public static string State => Base("XDG_STATE_HOME", ".local/state");

    private static string Base(string variable, string fallback)
    {
        string? named = Environment.GetEnvironmentVariable(variable);
        return Path.Combine(
            string.IsNullOrEmpty(named)
                ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), fallback)
                : named,
            "ledger"
        );
    }
}

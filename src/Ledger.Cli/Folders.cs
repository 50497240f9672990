namespace Ledger.Cli;

/// <summary>Where a person's files lie when nobody says otherwise (XDG base directories).</summary>
internal static class Folders
{
    /// <summary>Keys and the DIDs that they belong to.</summary>
    public static string Keys => Path.Combine(Base("XDG_DATA_HOME", ".local/share"), "keys");

    /// <summary>What is remembered of logs.</summary>
    public static string State => Base("XDG_STATE_HOME", ".local/state");

    // Never relative to the working directory: secret keys would end up wherever the command happens to run.
    private static string Base(string variable, string fallback)
    {
        string? named = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrEmpty(named))
        {
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            named =
                home.Length > 0
                    ? Path.Combine(home, fallback)
                    : throw CommandFailure.Usage(
                        $"There is no home folder to keep files in: HOME names none that exists. Set it, or {variable}."
                    );
        }

        return Path.IsPathRooted(named)
            ? Path.Combine(named, "ledger")
            : throw CommandFailure.Usage($"{variable} is '{named}', which is not an absolute path.");
    }
}

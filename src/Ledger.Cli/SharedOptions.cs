using System.CommandLine;

namespace Ledger.Cli;

/// <summary>Options that every command has.</summary>
internal static class SharedOptions
{
    /// <summary>Results as JSON.</summary>
    public static Option<bool> Json { get; } =
        new("--json") { Description = "Print the result as one JSON object, for machines.", Recursive = true };

    /// <summary>Where options are read that neither the command line nor the environment names.</summary>
    public static Option<string?> Config { get; } =
        new("--config")
        {
            Description =
                "JSON file with options under their names, for example {\"node\": \"127.0.0.1:7400\"}. Default: ledger.json, if it is there.",
            HelpName = "FILE",
            Recursive = true,
        };
}

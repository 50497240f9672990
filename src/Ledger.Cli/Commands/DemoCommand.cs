using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ledger.Cli.Demo;

namespace Ledger.Cli.Commands;

/// <summary>Shows what the ledger does, on a node of its own.</summary>
internal sealed class DemoCommand : Verb
{
    private readonly Option<string?> _folder = new("--dir")
    {
        Description = "Folder to work in: new, or empty. Default: a new one among the temporary files.",
        HelpName = "DIR",
    };

    private readonly Option<bool> _keep = new("--keep") { Description = "Keep the folder." };

    private readonly Option<int> _dids = Scale("--dids", 1_000, 30);
    private readonly Option<int> _tokens = Scale("--tokens", 500, 20);
    private readonly Option<int> _load = Scale("--load", 2_000, 100);

    public DemoCommand()
        : base(
            "demo",
            "Try everything that the ledger promises, on a node of its own.",
            "ledger demo",
            "ledger demo --dir ./demo --keep"
        )
    {
        Remarks =
            "DIDs, pilots, tokens, refusals, proofs, a crash under load, an audit. Ends with 0 only if all of it is as it must be.";
        Add(_folder);
        Add(_keep);
        Add(_dids);
        Add(_tokens);
        Add(_load);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        string folder = MakeFolder(line.GetValue(_folder));
        bool keep = line.GetValue(_keep);
        DemoReport report = new(output);
        Stopwatch clock = Stopwatch.StartNew();
        report.Say("A node in its own process, its clients, a crash and an audit.");
        report.Say($"Folder {folder}, {(keep ? "kept at the end" : "removed at the end (--keep keeps it)")}.");
        report.Say("");
        try
        {
            DemoScale scale = new(line.GetValue(_dids), line.GetValue(_tokens), line.GetValue(_load));
            DemoRun run = new(scale, folder, report, stop);
            await using (run)
            {
                await run.RunAsync();
            }

            report.Say("");
            report.Say(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Everything is as it must be: {report.Steps.Count} steps, {run.Size:N0} entries, {clock.Elapsed.TotalSeconds:F1} s."
                )
            );
            if (keep)
            {
                report.Say($"Verify the proof again: ledger verify {run.BundlePath} --log-key {run.LogKeyPath}");
            }

            if (output.IsJson)
            {
                output.Result(
                    new JsonObject
                    {
                        ["verdict"] = "sound",
                        ["size"] = run.Size,
                        ["seconds"] = Math.Round(clock.Elapsed.TotalSeconds, 2),
                        ["folder"] = keep ? folder : null,
                        ["steps"] = report.Steps,
                    }
                );
            }

            return ExitCodes.Done;
        }
        finally
        {
            if (!keep)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static string MakeFolder(string? named)
    {
        if (named is null)
        {
            return Directory.CreateTempSubdirectory("ledger-demo-").FullName;
        }

        string folder = Path.GetFullPath(named);
        return Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()
            ? throw CommandFailure.Usage($"{folder} is not empty. Name a folder that is new or empty.")
            : Directory.CreateDirectory(folder).FullName;
    }

    // For tests, which have less time.
    private static Option<int> Scale(string name, int standard, int least)
    {
        Option<int> option = new(name) { Hidden = true, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < least)
            {
                result.AddError($"{name} is at least {least}.");
            }
        });
        return option;
    }
}

using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Ledger.Protocol;

namespace Ledger.Cli.Commands;

/// <summary>Writes a log into a folder as tiles.</summary>
internal sealed class ExportCommand : Verb
{
    private readonly Argument<string> _source = LogPlace.Argument("source");

    private readonly Argument<string> _directory = new("directory")
    {
        Description = "Folder to write to: a new or empty one, or an export of the same log.",
        HelpName = "DIR",
    };

    private readonly Option<string?> _logKey = new("--log-key")
    {
        Description =
            "The log's verifier key, or a file that holds it, from elsewhere than the node. Without it, the one that the node or its folder "
            + "names; tiles name none.",
        HelpName = "VKEY|FILE",
    };

    public ExportCommand()
        : base(
            "export",
            "Write a log into a folder as tiles, for any web server to serve.",
            "ledger export 127.0.0.1:7400 ./public --log-key registry.pub",
            "ledger export ./data ./public",
            "ledger export --tiles https://log.example/ ./mirror --log-key registry.pub"
        )
    {
        Remarks =
            "The folder gets checkpoint and tile/, by C2SP tlog-tiles; `ledger audit` and every other client of that reads them. Run "
            + "again, it brings the folder up to date: what is there is not fetched again. Everything is verified before the "
            + "checkpoint is put in place, which is the last thing that is written. An export of another log, or of one that this log does "
            + "not continue, is left as it is.";
        Add(_source);
        Add(_directory);
        Add(_logKey);
        LogPlace.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        using LogPlace log = LogPlace.Open(line, line.GetRequiredValue(_source));
        return await log.ReachAsync(() => ExportAsync(line, output, log, stop));
    }

    private async Task<int> ExportAsync(ParseResult line, Output output, LogPlace log, CancellationToken stop)
    {
        (VerifierKey key, string keySource) = await log.KeyAsync(
            Connection.ParseLogKey(line.GetValue(_logKey)),
            memory: null,
            stop
        );
        string name = line.GetRequiredValue(_directory);
        Stopwatch clock = Stopwatch.StartNew();
        using TileDirectory directory = TileDirectory.Open(name);
        LogExport export = new(log.Log, key, directory, name, stop);
        await export.OpenAsync();
        if (line.GetValue(_logKey) is null && export.SizeBefore == 0)
        {
            output.Warn(
                $"First export of {key.Name}, without --log-key: the key {key} is trusted because the log itself names it. "
                    + "Compare it with one that you got elsewhere."
            );
        }

        await output.WithProgressAsync("Writing entries", Done(export.WriteTilesAsync));
        await output.WithProgressAsync("Verifying entries", Done(export.PublishAsync));
        output.Result(
            new JsonObject
            {
                ["origin"] = key.Name,
                ["log_key"] = key.ToString(),
                ["key_source"] = keySource,
                ["directory"] = name,
                ["size"] = export.Checkpoint.Size,
                ["root"] = Convert.ToHexStringLower(export.Checkpoint.Root.Span),
                ["new_entries"] = export.Checkpoint.Size - export.SizeBefore,
                ["files_written"] = directory.Written,
                ["partial_files_removed"] = directory.Removed,
                ["seconds"] = Math.Round(clock.Elapsed.TotalSeconds, 3),
            }
        );
        return ExitCodes.Done;
    }

    private static Func<Action<long, long>, Task<bool>> Done(Func<Action<long, long>, Task> work) =>
        async progress =>
        {
            await work(progress);
            return true;
        };
}

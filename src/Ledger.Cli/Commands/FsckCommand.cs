using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Ledger.Audit;
using Ledger.Rules.Audit;
using Ledger.Store;

namespace Ledger.Cli.Commands;

/// <summary>Checks every row of a stopped node's store.</summary>
internal sealed class FsckCommand : Verb
{
    private const int FindingsShownMax = 50;

    private readonly Argument<string> _directory = new("directory")
    {
        Description = "Folder of the ledger, as `ledger serve --data` was given it. The node must be stopped.",
        HelpName = "DIR",
    };

    private readonly Option<string?> _logKey = new("--log-key")
    {
        Description = "The log's verifier key, or a file that holds it. Without it, the one that the store names.",
        HelpName = "VKEY|FILE",
    };

    private readonly Option<bool> _rebuildMap = new("--rebuild-map")
    {
        Description =
            "First make the state map anew from the records: it must have the root that the last seal names. This writes.",
    };

    public FsckCommand()
        : base(
            "fsck",
            "Check every row of a stopped node's store.",
            "ledger fsck ./data",
            "ledger fsck ./data --rebuild-map"
        )
    {
        Remarks =
            "The log is audited from its entries, and everything that is derived from them is compared with what they say. "
            + "Reads only and repairs nothing, unless it is told to rebuild the state map.";
        Add(_directory);
        Add(_logKey);
        Add(_rebuildMap);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        string directory = line.GetRequiredValue(_directory);
        StoppedStore.Require(directory);
        Stopwatch clock = Stopwatch.StartNew();
        long? rebuilt = line.GetValue(_rebuildMap) ? ChainStore.RebuildMap(EmbeddedLedger.StorePath(directory)) : null;
        long size = 0;
        IReadOnlyList<Finding> findings = await output.WithProgressAsync(
            "Checking entries",
            progress =>
                Task.FromResult(
                    StoreCheck.Run(
                        directory,
                        Connection.ParseLogKey(line.GetValue(_logKey)),
                        (done, total) =>
                        {
                            size = done;
                            progress(done, total);
                        },
                        stop
                    )
                )
        );
        Finding? first = findings.Count > 0 ? findings[0] : null;
        JsonObject result = new()
        {
            ["verdict"] = Verdicts.Of(first),
            ["size"] = size,
            ["seconds"] = Math.Round(clock.Elapsed.TotalSeconds, 3),
            ["finding_count"] = findings.Count,
            ["findings"] = new JsonArray([
                .. findings
                    .Take(FindingsShownMax)
                    .Select(static f => new JsonObject { ["index"] = f.Index, ["finding"] = f.What }),
            ]),
        };
        if (rebuilt is not null)
        {
            result["map_rebuilt_from_records"] = rebuilt;
        }

        output.Result(result);
        if (first is { Kind: FindingKind.NewerFormat } newer)
        {
            output.Warn(
                $"The store in {directory} is not judged: {newer} What comes before is sound. Update this program."
            );
            return ExitCodes.Unreachable;
        }

        if (findings.Count > 0)
        {
            output.Warn(
                $"The store in {directory} is not what its log says: restore a backup or copy the log from a peer."
            );
        }

        return findings.Count == 0 ? ExitCodes.Done : ExitCodes.Refused;
    }
}

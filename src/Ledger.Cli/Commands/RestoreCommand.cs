using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Ledger.Audit;
using Ledger.Rules.Audit;

namespace Ledger.Cli.Commands;

/// <summary>Lays a backup into the folder of a ledger.</summary>
internal sealed class RestoreCommand : Verb
{
    private readonly Argument<string> _backup = new("backup")
    {
        Description = "Folder of the backup.",
        HelpName = "BACKUP",
    };

    private readonly Argument<string> _target = new("directory")
    {
        Description = "Folder of the ledger. It has no store; a key and a last signed checkpoint in it stay.",
        HelpName = "DIR",
    };

    private readonly Option<string?> _logKey = new("--log-key")
    {
        Description = "The log's verifier key, or a file that holds it. Without it, the one that the backup names.",
        HelpName = "VKEY|FILE",
    };

    public RestoreCommand()
        : base(
            "restore",
            "Lay a backup into the folder of a ledger.",
            "ledger restore /backup/ledger /var/lib/ledger --log-key registry.pub"
        )
    {
        Remarks =
            "Every row is checked before the store is in its place. A node signs nothing from there before the folder has caught up with "
            + "what the log signed since (`ledger catch-up`), or the operator has said that it is lost (`ledger serve --accept-loss`).";
        Add(_backup);
        Add(_target);
        Add(_logKey);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        string directory = line.GetRequiredValue(_backup);
        string target = line.GetRequiredValue(_target);
        Stopwatch clock = Stopwatch.StartNew();
        StoppedStore.Require(directory);
        BackupFolder backup = BackupFolder.Read(directory);
        if (Connection.ParseLogKey(line.GetValue(_logKey)) is { } given && given != backup.LogKey)
        {
            throw CommandFailure.Unverified($"The backup in {directory} is of the key {backup.LogKey}, not {given}.");
        }

        IReadOnlyList<Finding> findings = await output.WithProgressAsync(
            "Checking entries",
            progress => Task.FromResult(backup.Restore(target, progress, stop))
        );
        if (findings.Count > 0)
        {
            throw CommandFailure.Unverified(
                $"The backup in {directory} is not what its manifest says: {findings[0]}. Nothing was restored.",
                new JsonObject { ["index"] = findings[0].Index, ["finding"] = findings[0].What }
            );
        }

        output.Result(
            new JsonObject
            {
                ["directory"] = target,
                ["origin"] = backup.LogKey.Name,
                ["size"] = backup.Checkpoint.Size,
                ["root"] = Convert.ToHexStringLower(backup.Checkpoint.Root.Span),
                ["seconds"] = Math.Round(clock.Elapsed.TotalSeconds, 3),
            }
        );
        output.Note(
            $"Nothing is signed from {target} yet. Bring it up to date: `ledger catch-up {target} --from ADDRESS`, from a node or mirror that has everything."
        );
        return ExitCodes.Done;
    }
}

using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Ledger.Audit;
using Ledger.Log;
using Ledger.Protocol;
using Ledger.Rules.Audit;

namespace Ledger.Cli.Commands;

/// <summary>Takes a backup of a log, or brings one up to date.</summary>
internal sealed class BackupCommand : Verb
{
    private readonly Argument<string> _source = LogPlace.Argument("source");

    private readonly Argument<string> _target = new("backup")
    {
        Description = "Folder of the backup. Made the first time; later what is new is added.",
        HelpName = "BACKUP",
    };

    private readonly Option<bool> _noCheck = new("--no-check")
    {
        Description = "Do not check every row of the backup after it was written. The manifest says so.",
    };

    public BackupCommand()
        : base(
            "backup",
            "Take a backup of a log, or bring one up to date.",
            "ledger backup 127.0.0.1:7400 /backup/ledger --log-key registry.pub"
        )
    {
        Remarks =
            "The node goes on meanwhile. Every entry is recomputed before it is stored, up to a checkpoint that the log signed, and every "
            + "row is checked afterwards. The log's signing key is not in the backup: keep a copy of it elsewhere. See docs/backup.md.";
        Add(_source);
        Add(_target);
        Add(LogCopy.LogKey);
        Add(_noCheck);
        LogPlace.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        string target = line.GetRequiredValue(_target);
        Stopwatch clock = Stopwatch.StartNew();
        using LogPlace source = LogPlace.Open(line, line.GetRequiredValue(_source));
        VerifierKey key = await LogCopy.KeyAsync(source, line.GetValue(LogCopy.LogKey), target, output, stop);
        long before;
        LogHead reached;
        using (LogFollower follower = LogFollower.Open(target, key, new SigningHold(CopyKind.Backup, source.Name)))
        {
            before = follower.Size;
            reached = await LogCopy.CatchUpAsync(source, follower, output, stop);
        }

        bool isChecked = !line.GetValue(_noCheck);
        if (isChecked)
        {
            await RequireSoundAsync(target, key, output, stop);
        }

        BackupFolder.Write(target, key, reached, isChecked);
        JsonObject result = LogCopy.Describe("backup", target, reached, before);
        result["checked"] = isChecked;
        result["seconds"] = Math.Round(clock.Elapsed.TotalSeconds, 3);
        output.Result(result);
        return ExitCodes.Done;
    }

    private static async Task RequireSoundAsync(string target, VerifierKey key, Output output, CancellationToken stop)
    {
        IReadOnlyList<Finding> findings = await output.WithProgressAsync(
            "Checking entries",
            progress => Task.FromResult(StoreCheck.Run(target, key, progress, stop))
        );
        if (findings.Count > 0)
        {
            throw CommandFailure.Unverified(
                $"The backup in {target} is not what its log says: {findings[0]}. Look at its disk, and take a new one elsewhere."
            );
        }
    }
}

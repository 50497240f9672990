using System.CommandLine;
using Ledger.Log;
using Ledger.Protocol;

namespace Ledger.Cli.Commands;

/// <summary>Follows a log to its end once.</summary>
internal sealed class ImportCommand : Verb
{
    private readonly Argument<string> _source = LogPlace.Argument("source");

    private readonly Argument<string> _directory = new("directory")
    {
        Description = "Folder of the ledger. Made when it is missing; an import that was interrupted goes on.",
        HelpName = "DIR",
    };

    public ImportCommand()
        : base(
            "import",
            "Copy a log into a folder.",
            "ledger import node.example.org:7400 ./copy --log-key registry.pub",
            "ledger import --tiles https://log.example/ ./copy --log-key registry.pub"
        )
    {
        Remarks =
            "Every entry is recomputed before it is stored, up to the newest checkpoint of the source. Nothing is signed from the folder "
            + "before it has caught up (`ledger catch-up`); `ledger fsck` and `ledger audit` read it.";
        Add(_source);
        Add(_directory);
        Add(LogCopy.LogKey);
        LogPlace.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        string directory = line.GetRequiredValue(_directory);
        using LogPlace source = LogPlace.Open(line, line.GetRequiredValue(_source));
        VerifierKey key = await LogCopy.KeyAsync(source, line.GetValue(LogCopy.LogKey), directory, output, stop);
        using LogFollower follower = LogFollower.Open(directory, key, new SigningHold(CopyKind.Backup, source.Name));
        long before = follower.Size;
        LogHead reached = await LogCopy.CatchUpAsync(source, follower, output, stop);
        output.Result(LogCopy.Describe("directory", directory, reached, before));
        return ExitCodes.Done;
    }
}

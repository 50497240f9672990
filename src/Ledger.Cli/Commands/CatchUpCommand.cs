using System.CommandLine;
using Ledger.Log;
using Ledger.Protocol;

namespace Ledger.Cli.Commands;

/// <summary>Brings a restored folder up to date, after which a node may sign from it.</summary>
internal sealed class CatchUpCommand : Verb
{
    private readonly Argument<string> _directory = new("directory")
    {
        Description = "Folder of the ledger, as it was restored or imported.",
        HelpName = "DIR",
    };

    private readonly Option<string> _from = new("--from")
    {
        Description =
            "Address of a node or mirror that has all that the log signed, the folder of a stopped one, or a folder with the log's tiles.",
        HelpName = "ADDRESS|DIR",
        Required = true,
    };

    public CatchUpCommand()
        : base(
            "catch-up",
            "Bring a restored folder up to date.",
            "ledger catch-up /var/lib/ledger --from mirror.example.org:7400"
        )
    {
        Remarks =
            "Every entry is recomputed before it is stored. When the newest checkpoint of the source is reached, a node may sign from the "
            + "folder: so name a source that lacks nothing, and let no other node go on with the log.";
        Add(_directory);
        Add(_from);
        Add(LogCopy.LogKey);
        LogPlace.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        string directory = line.GetRequiredValue(_directory);
        using LogPlace source = LogPlace.Open(line, line.GetRequiredValue(_from));
        VerifierKey key = await LogCopy.KeyAsync(source, line.GetValue(LogCopy.LogKey), directory, output, stop);
        using LogFollower follower = LogFollower.Open(directory, key, hold: null);
        if (SigningHold.Find(directory) is { Kind: CopyKind.Mirror } mirror)
        {
            throw CommandFailure.Usage(
                $"{directory} is a mirror of {mirror.Source}, which keeps itself up to date: run it with `ledger mirror`."
            );
        }

        long before = follower.Size;
        LogHead reached = await LogCopy.CatchUpAsync(source, follower, output, stop);
        follower.LiftHold();
        output.Result(LogCopy.Describe("directory", directory, reached, before));
        return ExitCodes.Done;
    }
}

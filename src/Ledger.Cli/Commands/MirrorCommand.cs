using System.CommandLine;
using Ledger.Log;
using Ledger.Node;
using Ledger.Protocol;

namespace Ledger.Cli.Commands;

/// <summary>Runs a mirror: a node that follows another, and answers every question about its log.</summary>
internal sealed class MirrorCommand : Verb
{
    private static readonly TimeSpan WaitMin = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);

    private readonly ListeningOptions _listening = new();

    private readonly Option<string> _from = new("--from")
    {
        Description = "Address of the node to follow, of another mirror, or with --tiles of the log's tiles.",
        HelpName = "ADDRESS",
        Required = true,
    };

    private readonly Option<string> _directory = new("--data")
    {
        Description = "Folder of the mirror. Made on the first start.",
        HelpName = "DIR",
        Required = true,
    };

    private readonly Option<string?> _submitAt = new("--submit-at")
    {
        Description =
            "Address of the node that takes operations, as refusals name it. Default: that of --from; tiles take none.",
        HelpName = "ADDRESS",
    };

    // While the node that is followed does not answer: how long to wait, and what was said of it.
    private TimeSpan _wait = WaitMin;
    private string? _trouble;

    public MirrorCommand()
        : base(
            "mirror",
            "Run a mirror of a node.",
            "ledger mirror --from registry.example.org:7400 --data ./mirror --listen 127.0.0.1:7401 --http none --log-key registry.pub"
        )
    {
        Remarks =
            "Every entry is recomputed before it is stored, and shown under the checkpoint that the log signed for it. When the node that "
            + "is followed does not answer, the mirror answers on and tries again; when it lies, forks or shrinks, the mirror ends with exit "
            + "code 1 and names the index. It takes no operations. See docs/mirror.md.";
        Add(_from);
        Add(_directory);
        _listening.AddPorts(this);
        Add(LogCopy.LogKey);
        Add(_submitAt);
        _listening.AddCertificates(this);
        _listening.AddInsecure(this);
        LogPlace.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        LedgerNode.EndProcessWhenOutOfMemory();
        string directory = line.GetRequiredValue(_directory);
        string from = line.GetRequiredValue(_from);
        _listening.RequireTransport(line);
        if (!LogPlace.IsAddress(from))
        {
            throw CommandFailure.Usage($"{_from.Name}: '{from}' is not the address of a node.");
        }

        using LogPlace source = LogPlace.Open(line, from);
        string submitAt =
            line.GetValue(_submitAt)
            ?? (
                source.IsTiles
                    ? throw CommandFailure.Usage(
                        $"Tiles take no operations: name the node that does with {_submitAt.Name}."
                    )
                    : from
            );
        VerifierKey key = await LogCopy.KeyAsync(source, line.GetValue(LogCopy.LogKey), directory, output, stop);
        using LogFollower follower = LogFollower.Open(directory, key, new SigningHold(CopyKind.Mirror, from));

        // What is not at a checkpoint of the log cannot be shown: the first time, and after some crashes, that comes first.
        while (follower.Reached is null)
        {
            await TryAsync(source, () => CatchUpAsync(source, follower, output, stop), output, stop);
        }

        LedgerNode node = await LedgerNode.StartAsync(
            _listening.Apply(line, new NodeOptions { Directory = directory, Origin = key.Name }),
            EmbeddedLedger.Open(follower, submitAt),
            stop
        );
        await using (node)
        {
            await using CancellationTokenRegistration stopping = stop.Register(() => node.StopAsync());
            ReadyLine.Write(output, node);
            using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
            Task following = FollowAsync(source, follower, output, ending.Token);
            await Task.WhenAny(following, node.Stopped);
            await ending.CancelAsync();
            await node.StopAsync();
            await following;
        }

        output.Note($"Stopped at size {node.Ledger.Head.Size}.");
        return ExitCodes.Done;
    }

    // Follows until it is told to stop, or the source is wrong.
    private async Task FollowAsync(LogPlace source, LogFollower follower, Output output, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await TryAsync(
                    source,
                    async () =>
                    {
                        await CatchUpAsync(source, follower, output, stop);
                        await source.Growing!.WaitAsync(follower.Size, stop);
                    },
                    output,
                    stop
                );
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task CatchUpAsync(LogPlace source, LogFollower follower, Output output, CancellationToken stop)
    {
        if (await follower.CatchUpAsync(source.Log, null, stop) is { } finding)
        {
            throw LogCopy.Wrong(source, finding);
        }

        if (_trouble is not null)
        {
            output.Note($"{source.Name} answers again.");
        }

        (_wait, _trouble) = (WaitMin, null);
    }

    // A node that does not answer is asked again, less and less often.
    private async Task TryAsync(LogPlace source, Func<Task> step, Output output, CancellationToken stop)
    {
        try
        {
            await step();
        }
        catch (Exception e) when (LogPlace.Unanswered(e) is { } trouble)
        {
            stop.ThrowIfCancellationRequested();
            if (trouble != _trouble)
            {
                output.Warn($"{source.Name}: {trouble} Trying again.");
                _trouble = trouble;
            }

            await Task.Delay(_wait, stop);
            _wait = _wait * 2 < WaitMax ? _wait * 2 : WaitMax;
        }
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Log;
using Ledger.Protocol;
using Ledger.Rules.Audit;

namespace Ledger.Cli.Commands;

/// <summary>Watches a log, at one place or several, and ends at the first inconsistency.</summary>
internal sealed class WatchCommand : Verb
{
    private readonly Argument<string[]> _targets = new("place")
    {
        Description =
            "Where the log is read: addresses of nodes, mirrors and tiles of ONE log, or folders that hold its tiles. With --once, the "
            + "folder of a stopped node too.",
        HelpName = "ADDRESS|DIR",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _logKey = new("--log-key")
    {
        Description =
            "The log's verifier key, or a file that holds it, from elsewhere than the places. Without it, the key of the copy that is "
            + "there; the first time, the one that the first place names; tiles name none.",
        HelpName = "VKEY|FILE",
    };

    private readonly Option<string?> _directory = new("--data")
    {
        Description =
            "Folder of the copy that is kept, and of what each place has shown. A watch that was interrupted goes on with it. Default: "
            + "$XDG_STATE_HOME/ledger/watch/ORIGIN.",
        HelpName = "DIR",
    };

    private readonly Option<string> _every = new("--every")
    {
        Description = $"How often every place is asked: {Durations.Form}.",
        HelpName = "DURATION",
        DefaultValueFactory = static _ => "5s",
    };

    private readonly Option<bool> _once = new("--once")
    {
        Description = "Do one round and end, for cron. A place that does not answer makes the exit code 3.",
    };

    private readonly Option<string?> _maxSilence = new("--max-silence")
    {
        Description =
            $"End with exit code 3 when a place has not answered for so long: {Durations.Form}. Default: it is waited for.",
        HelpName = "DURATION",
    };

    private readonly Option<string?> _onFinding = new("--on-finding")
    {
        Description =
            "Program to run at a finding, without arguments and without a shell. It gets the finding as JSON on its standard input, and 30 "
            + "seconds.",
        HelpName = "PROGRAM",
    };

    private readonly Option<string?> _webhook = new("--webhook")
    {
        Description = "Address to post the same JSON to. Redirections are not followed; it gets 10 seconds.",
        HelpName = "URL",
    };

    public WatchCommand()
        : base(
            "watch",
            "Watch a log, and end at the first inconsistency.",
            "ledger watch registry.example.org:7400 mirror.example.net:7400 --log-key registry.pub",
            "ledger watch node.example.org:7400 tiles+https://log.example/ --log-key registry.pub --max-silence 10m --webhook https://alerts.example/ledger",
            "ledger watch 127.0.0.1:7400 --once --data ./watched"
        )
    {
        Remarks =
            "Every entry is recomputed as `ledger audit` does it, as the log grows. What a place shows must continue what it showed before, in "
            + "earlier runs too, and all that the places show must be one history. A finding ends it with exit code 1, names place, index "
            + "and reason, and prints the signed checkpoints. A place that does not answer is no finding. See docs/watch.md.";
        Add(_targets);
        Add(_logKey);
        Add(_directory);
        Add(_every);
        Add(_once);
        Add(_maxSilence);
        Add(_onFinding);
        Add(_webhook);
        LogPlace.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        TimeSpan every = Durations.Parse(line.GetRequiredValue(_every));
        TimeSpan? maxSilence = line.GetValue(_maxSilence) is { } text ? Durations.Parse(text) : null;
        FindingAlarm alarm = new(line.GetValue(_onFinding), ParseWebhook(line.GetValue(_webhook)), output);
        bool isOnce = line.GetValue(_once);
        List<LogPlace> opened = [];
        try
        {
            foreach (string target in line.GetRequiredValue(_targets).Distinct(StringComparer.Ordinal))
            {
                opened.Add(LogPlace.Open(line, target));
                if (opened[^1].Growing is null && !isOnce)
                {
                    throw CommandFailure.Usage(
                        $"{target} is the folder of a stopped node, which does not grow: look at it with {_once.Name}."
                    );
                }
            }

            VerifierKey? given = Connection.ParseLogKey(line.GetValue(_logKey));
            string directory = line.GetValue(_directory) ?? await DefaultFolderAsync(given, opened[0], stop);
            VerifierKey key = await LogCopy.KeyAsync(opened[0], line.GetValue(_logKey), directory, output, stop);
            using LogFollower follower = LogFollower.Open(
                directory,
                key,
                new SigningHold(CopyKind.Backup, opened[0].Name)
            );
            WatchedPlace[] places =
            [
                .. opened.Select(place => new WatchedPlace(
                    place,
                    key,
                    Path.Combine(directory, "shown", Uri.EscapeDataString(place.Name)),
                    every,
                    TimeProvider.System
                )),
            ];
            return await WatchAsync(places, follower, every, isOnce, maxSilence, alarm, output, stop);
        }
        finally
        {
            opened.ForEach(static place => place.Dispose());
        }
    }

    private static async Task<int> WatchAsync(
        IReadOnlyList<WatchedPlace> places,
        LogFollower follower,
        TimeSpan every,
        bool isOnce,
        TimeSpan? maxSilence,
        FindingAlarm alarm,
        Output output,
        CancellationToken stop
    )
    {
        LogWatch watch = new(places, follower);
        WatchReport report = new(places, follower, output);
        while (true)
        {
            PlaceFinding? found;
            try
            {
                found = await watch.RoundAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested && !isOnce)
            {
                output.Note($"Stopped at size {follower.Size}.");
                return ExitCodes.Done;
            }

            report.Tell();
            if (found is { Finding.Kind: FindingKind.NewerFormat })
            {
                throw CommandFailure.Unreachable(
                    $"{found.Place} is not judged further: {found.Finding} What comes before is sound. Update this program."
                );
            }

            if (found is not null)
            {
                JsonObject json = found.Describe(follower.LogKey);
                output.Warn($"The log of {follower.LogKey.Name} is wrong. {found}");
                if (output.IsJson)
                {
                    output.Result(json);
                }

                await alarm.RaiseAsync(json);
                return ExitCodes.Refused;
            }

            if (isOnce)
            {
                return places.Any(static place => place.Trouble is not null) ? ExitCodes.Unreachable : ExitCodes.Done;
            }

            if (places.FirstOrDefault(place => place.Silence > maxSilence) is { } silent)
            {
                throw CommandFailure.Unreachable(
                    $"{silent.Name} has not answered for {silent.Silence.TotalSeconds:0} seconds: {silent.Trouble}"
                );
            }

            await Task.Delay(every, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<string> DefaultFolderAsync(VerifierKey? given, LogPlace first, CancellationToken stop) =>
        LogMemory.DefaultPath(
            "watch",
            given?.Name
                ?? await first.ReachAsync(() => first.OriginAsync(stop))
                ?? throw CommandFailure.Usage("The log names no verifier key that can be read. Give it with --log-key.")
        );

    private Uri? ParseWebhook(string? text) =>
        text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" ? address
        : throw CommandFailure.Usage($"{_webhook.Name}: '{text}' is not an address: http://… or https://….");
}

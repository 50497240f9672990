using System.CommandLine;
using Ledger.Crypto;
using Ledger.Node;
using Ledger.Protocol;

namespace Ledger.Cli.Commands;

/// <summary>Runs a node.</summary>
internal sealed class ServeCommand : Verb
{
    private const string LogKeyName = "log-key";
    private const int CreatesPerMinuteMax = 1_000_000;

    private readonly ListeningOptions _listening = new();

    private readonly Option<string> _directory = new("--data")
    {
        Description = "Folder of the ledger. Made on the first start.",
        HelpName = "DIR",
        Required = true,
    };

    private readonly Option<string?> _origin = new("--origin")
    {
        Description =
            "Origin of the log: its name for ever, for example registry.example.org/pilot. Needed on the first start.",
        HelpName = "ORIGIN",
    };

    private readonly Option<string?> _logKeyFile = new("--log-key-file")
    {
        Description =
            "File with the log's signing key. Made on the first start. Default: log-key in the folder of the ledger.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _lastSignedFile = new("--last-signed-file")
    {
        Description =
            "Second file for the last signed checkpoint, on another disk than the ledger: with it an old copy of the whole folder is "
            + "told. Default: beside the log's key, under its name and .last-signed, when that is not in the folder of the ledger.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _witnessPolicy = new("--witness-policy")
    {
        Description =
            "File that says which witnesses are to cosign the log's checkpoints, where they are, and how many must (C2SP tlog-policy).",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _witnessKeys = new("--witness-key-file")
    {
        Description =
            "File with a key with which the node is a witness for other logs, at /witness/add-checkpoint. Its memory is the folder witness "
            + "in that of the ledger, as `ledger witness new` made it. May be given several times.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _witnessLogs = new("--witness-logs")
    {
        Description = "File with the logs that the node is a witness for, a line each: log VKEY.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _acceptClock = new("--accept-clock")
    {
        Description =
            "Vouch for the machine's clock up to this time. Otherwise operations are refused while it has leapt ahead: by more than 5 "
            + "seconds while the node runs, or by more than 7 days since the log's last batch.",
        HelpName = "TIME",
    };

    private readonly Option<bool> _promote = new("--promote")
    {
        Description =
            "Go on with the log from a mirror: the node that it followed has stopped for good. See docs/mirror.md.",
    };

    private readonly Option<long?> _acceptLoss = new("--accept-loss")
    {
        Description =
            "Go on with the log from a restored folder of so many entries: what was signed after them is lost for good, and whoever saw it "
            + "will say that this log has forked. See docs/backup.md.",
        HelpName = "SIZE",
    };

    private readonly Option<int?> _createsPerMinute = new("--creates-per-minute")
    {
        Description =
            "How many DIDs one peer may register a minute; 0: no limit. Default: 600, and no limit for peers on this machine.",
        HelpName = "COUNT",
    };

    public ServeCommand()
        : base(
            "serve",
            "Run a node.",
            "ledger serve --data ./data --origin registry.example.org/pilot",
            "ledger serve --data /var/lib/ledger --listen 0.0.0.0:7400 --http 0.0.0.0:7480 --tls-cert node.pem --tls-key node.key"
        )
    {
        Remarks =
            "When it is ready it prints one line with its address, the log's verifier key, the size of the log and its HTTP address. "
            + "Ctrl-C or SIGTERM ends it: what was accepted is finished first.";
        Add(_directory);
        Add(_origin);
        _listening.AddPorts(this);
        Add(_logKeyFile);
        Add(_lastSignedFile);
        Add(_witnessPolicy);
        Add(_witnessKeys);
        Add(_witnessLogs);
        _listening.AddCertificates(this);
        Add(_acceptClock);
        Add(_promote);
        Add(_acceptLoss);
        _createsPerMinute.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 0 or > CreatesPerMinuteMax)
            {
                result.AddError($"{_createsPerMinute.Name} is from 0 to {CreatesPerMinuteMax}.");
            }
        });
        Add(_createsPerMinute);
        _listening.AddInsecure(this);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        LedgerNode.EndProcessWhenOutOfMemory();
        string directory = line.GetRequiredValue(_directory);
        _listening.RequireTransport(line);
        WitnessPolicy? witnesses = line.GetValue(_witnessPolicy) is { } policy
            ? WitnessOptions.ReadPolicy(policy)
            : null;
        using OpenWitness? witness = TakeWitness(line, directory);
        DateTimeOffset? clockAccepted = line.GetValue(_acceptClock) is { } text ? Times.Parse(text) : null;
        string keyPath = line.GetValue(_logKeyFile) ?? Path.Combine(directory, LogKeyName);
        string? lastSigned = line.GetValue(_lastSignedFile) ?? SecondPlace(keyPath, directory);
        using Ed25519PrivateKey key = TakeLogKey(line, keyPath, directory, lastSigned, output, out string origin);
        LedgerNode node = await LedgerNode.StartAsync(
            _listening.Apply(
                line,
                new NodeOptions
                {
                    Directory = directory,
                    Origin = origin,
                    SigningKey = key,
                    LastSignedFile = lastSigned,
                    Witnesses = witnesses,
                    Witness = witness?.Witness,
                    ClockAcceptedUntil = clockAccepted,
                    Promote = line.GetValue(_promote),
                    AcceptedLossSize = line.GetValue(_acceptLoss),
                    CreatesPerMinute = line.GetValue(_createsPerMinute),
                }
            ),
            stop
        );
        await using (node)
        {
            await using CancellationTokenRegistration stopping = stop.Register(() => node.StopAsync());
            if (node.Ledger.Unchecked is { } problem)
            {
                output.Warn(problem);
            }

            ReadyLine.Write(output, node);
            await node.Stopped;
        }

        output.Note(
            $"Stopped at size {node.Ledger.Head.Size}; the store is {(node.IsStoreClosed ? "closed" : "open, and recovers on the next start")}."
        );
        return ExitCodes.Done;
    }

    private OpenWitness? TakeWitness(ParseResult line, string directory)
    {
        string[] keys = line.GetValue(_witnessKeys) ?? [];
        string? logs = line.GetValue(_witnessLogs);
        if (keys.Length > 0 != logs is not null)
        {
            throw CommandFailure.Usage($"{_witnessKeys.Name} and {_witnessLogs.Name} belong together.");
        }

        return logs is null
            ? null
            : OpenWitness.Open(Path.Combine(directory, "witness"), keys, WitnessOptions.ReadLogs(logs));
    }

    // Beside a key that is kept apart from the ledger.
    private static string? SecondPlace(string keyPath, string directory)
    {
        string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)) + Path.DirectorySeparatorChar;
        return Path.GetFullPath(keyPath).StartsWith(folder, StringComparison.Ordinal) ? null : keyPath + ".last-signed";
    }

    private Ed25519PrivateKey TakeLogKey(
        ParseResult line,
        string path,
        string directory,
        string? lastSigned,
        Output output,
        out string origin
    )
    {
        if (
            line.GetValue(_lastSignedFile) is { } file
            && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file)))
        )
        {
            throw CommandFailure.Usage($"{_lastSignedFile.Name}: there is no folder for {file}. Is its disk mounted?");
        }

        string? named = line.GetValue(_origin);
        if (named is not null && !TextSyntax.IsOrigin(named))
        {
            throw CommandFailure.Usage(
                $"'{named}' cannot be an origin: 1 to {Limits.OriginBytesMax} of a-z, 0-9, '.', '/', ':', '_' and '-'."
            );
        }

        if (File.Exists(path))
        {
            Ed25519PrivateKey key = LogKeyFile.Read(path, out origin);
            if (named is null || named == origin)
            {
                return key;
            }

            key.Dispose();
            throw CommandFailure.Usage($"The key in {path} signs for the log {origin}, not for {named}.");
        }

        // A store or a signed checkpoint without a key: the key was lost, or its volume is not there. Another would be of no use.
        string store = EmbeddedLedger.StorePath(directory);
        string[] traces = [store, Path.Combine(directory, "last-signed"), lastSigned ?? store];
        if (traces.FirstOrDefault(Path.Exists) is { } trace)
        {
            throw CommandFailure.Unreachable(
                $"There is no key in {path}, but {trace} shows that this log has one. Put the key back from its copy, or name its file with "
                    + $"{_logKeyFile.Name}: no other key can go on with this log."
            );
        }

        origin =
            named
            ?? throw CommandFailure.Usage(
                $"There is no key in {path} yet, so this is the first start: name the log with --origin."
            );
        Ed25519PrivateKey made = LogKeyFile.Create(path, origin);
        output.Note($"Made the log's signing key in {path}. Keep a copy where this machine cannot lose it.");
        return made;
    }
}

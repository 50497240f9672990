using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Text.Json.Nodes;
using Ledger.Crypto;
using Ledger.Node;
using Ledger.Protocol;

namespace Ledger.Cli.Commands;

/// <summary>Runs a node.</summary>
internal sealed class ServeCommand : Verb
{
    private const string LogKeyName = "log-key";
    private const int CreatesPerMinuteMax = 1_000_000;

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

    private readonly Option<IPEndPoint> _listen = new("--listen")
    {
        Description = "Address and port of gRPC. Port 0: any free one.",
        HelpName = "ADDR:PORT",
        CustomParser = ParseEndPoint,
        DefaultValueFactory = static _ => new IPEndPoint(IPAddress.Loopback, 7400),
    };

    private readonly Option<HttpPort> _http = new("--http")
    {
        Description = "Address and port of HTTP: DID resolution. Port 0: any free one; none: no HTTP.",
        HelpName = "ADDR:PORT",
        CustomParser = static argument => new HttpPort(
            argument.Tokens[0].Value == HttpPort.None ? null : ParseEndPoint(argument)
        ),
        DefaultValueFactory = static _ => new HttpPort(new IPEndPoint(IPAddress.Loopback, 7480)),
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

    private readonly Option<string?> _certificate = new("--tls-cert")
    {
        Description = "PEM file with the server's certificate, then those above it.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _certificateKey = new("--tls-key")
    {
        Description = "PEM file with the private key of --tls-cert, if it is not in the same file.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _clientAuthorities = new("--client-ca")
    {
        Description =
            "PEM file with the authorities that client certificates must come from. Without it, none is asked for.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _acceptClock = new("--accept-clock")
    {
        Description =
            "Vouch for the machine's clock up to this time. Otherwise operations are refused while it has leapt ahead: by more than 5 "
            + "seconds while the node runs, or by more than 7 days since the log's last batch.",
        HelpName = "TIME",
    };

    private readonly Option<int?> _createsPerMinute = new("--creates-per-minute")
    {
        Description =
            "How many DIDs one peer may register a minute; 0: no limit. Default: 600, and no limit for peers on this machine.",
        HelpName = "COUNT",
    };

    private readonly Option<bool> _insecure = new("--insecure") { Description = "Allow plain text beyond loopback." };

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
        Add(_listen);
        Add(_http);
        Add(_logKeyFile);
        Add(_lastSignedFile);
        Add(_witnessPolicy);
        Add(_witnessKeys);
        Add(_witnessLogs);
        Add(_certificate);
        Add(_certificateKey);
        Add(_clientAuthorities);
        Add(_acceptClock);
        _createsPerMinute.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 0 or > CreatesPerMinuteMax)
            {
                result.AddError($"{_createsPerMinute.Name} is from 0 to {CreatesPerMinuteMax}.");
            }
        });
        Add(_createsPerMinute);
        Add(_insecure);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        LedgerNode.EndProcessWhenOutOfMemory();
        string directory = line.GetRequiredValue(_directory);
        RequireTransport(line);
        WitnessPolicy? witnesses = line.GetValue(_witnessPolicy) is { } policy
            ? WitnessOptions.ReadPolicy(policy)
            : null;
        using OpenWitness? witness = TakeWitness(line, directory);
        DateTimeOffset? clockAccepted = line.GetValue(_acceptClock) is { } text ? Times.Parse(text) : null;
        string keyPath = line.GetValue(_logKeyFile) ?? Path.Combine(directory, LogKeyName);
        string? lastSigned = line.GetValue(_lastSignedFile) ?? SecondPlace(keyPath, directory);
        using Ed25519PrivateKey key = TakeLogKey(line, keyPath, directory, lastSigned, output, out string origin);
        LedgerNode node = await LedgerNode.StartAsync(
            new NodeOptions
            {
                Directory = directory,
                Origin = origin,
                SigningKey = key,
                LastSignedFile = lastSigned,
                Witnesses = witnesses,
                Witness = witness?.Witness,
                ClockAcceptedUntil = clockAccepted,
                Listen = line.GetRequiredValue(_listen),
                Http = line.GetRequiredValue(_http).EndPoint,
                CertificateFile = line.GetValue(_certificate),
                CertificateKeyFile = line.GetValue(_certificateKey),
                ClientAuthoritiesFile = line.GetValue(_clientAuthorities),
                Insecure = line.GetValue(_insecure),
                CreatesPerMinute = line.GetValue(_createsPerMinute),
            },
            stop
        );
        await using (node)
        {
            await using CancellationTokenRegistration stopping = stop.Register(() => node.StopAsync());
            if (node.Ledger.Unchecked is { } problem)
            {
                output.Warn(problem);
            }

            string address = node.Address.GetLeftPart(UriPartial.Authority);
            string? http = node.HttpAddress?.GetLeftPart(UriPartial.Authority);
            if (output.IsJson)
            {
                output.Result(
                    new JsonObject
                    {
                        ["address"] = address,
                        ["listen"] = node.EndPoint.ToString(),
                        ["http"] = http,
                        ["log_key"] = node.Ledger.LogKey.ToString(),
                        ["size"] = node.Ledger.Head.Size,
                        ["process"] = Environment.ProcessId,
                    }
                );
            }
            else
            {
                bool isElsewhere = node.EndPoint.ToString() != node.Address.Authority;
                Console.Out.WriteLine(
                    $"ready {address} {node.Ledger.LogKey} size {node.Ledger.Head.Size}"
                        + (isElsewhere ? $" listens at {node.EndPoint}" : "")
                        + (http is null ? "" : $" http {http}")
                );
            }

            await node.Stopped;
        }

        output.Note(
            $"Stopped at size {node.Ledger.Head.Size}; the store is {(node.IsStoreClosed ? "closed" : "open, and recovers on the next start")}."
        );
        return ExitCodes.Done;
    }

    // Before a folder, a key and an origin are made, of which the last two are for ever.
    private void RequireTransport(ParseResult line)
    {
        IPEndPoint?[] ports = [line.GetRequiredValue(_listen), line.GetRequiredValue(_http).EndPoint];
        if (line.GetValue(_certificate) is null)
        {
            bool isPlainAnywhere = line.GetValue(_insecure);
            if (
                ports.FirstOrDefault(p => p is not null && !IPAddress.IsLoopback(p.Address)) is { } open
                && !isPlainAnywhere
            )
            {
                throw CommandFailure.Usage(
                    $"{open} is reachable from other machines: name a certificate with {_certificate.Name}, or allow plain text with {_insecure.Name}."
                );
            }

            if ((line.GetValue(_certificateKey) ?? line.GetValue(_clientAuthorities)) is not null)
            {
                throw CommandFailure.Usage(
                    $"{_certificateKey.Name} and {_clientAuthorities.Name} need TLS: name the server's certificate with {_certificate.Name}."
                );
            }
        }

        foreach (Option<string?> option in (Option<string?>[])[_certificate, _certificateKey, _clientAuthorities])
        {
            if (line.GetValue(option) is { } path && !File.Exists(path))
            {
                throw CommandFailure.Usage($"{option.Name}: there is no file {path}.");
            }
        }
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

    internal static IPEndPoint? ParseEndPoint(ArgumentResult argument)
    {
        string text = argument.Tokens[0].Value.Replace("localhost:", "127.0.0.1:", StringComparison.Ordinal);
        int colon = text.LastIndexOf(':');
        bool hasPort = colon > text.LastIndexOf(']') && int.TryParse(text.AsSpan(colon + 1), out _);
        if (hasPort && IPEndPoint.TryParse(text, out IPEndPoint? endPoint))
        {
            return endPoint;
        }

        argument.AddError($"'{argument.Tokens[0].Value}' is not ADDR:PORT, for example 127.0.0.1:7400 or [::]:7400.");
        return null;
    }

    // Where HTTP is answered: not a null, which no option can hold.
    private sealed record HttpPort(IPEndPoint? EndPoint)
    {
        public const string None = "none";

        public override string ToString() => EndPoint?.ToString() ?? None;
    }
}

using System.CommandLine;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ledger.Node;
using Ledger.PostQuantum;
using Ledger.Protocol;

namespace Ledger.Cli.Commands;

/// <summary>Runs a witness by itself; below it, how its keys are made and shown.</summary>
internal sealed class WitnessCommand : Verb
{
    private readonly Option<IPEndPoint> _listen = new("--listen")
    {
        Description = "Address and port of HTTP. Port 0: any free one.",
        HelpName = "ADDR:PORT",
        CustomParser = ListeningOptions.ParseEndPoint,
        DefaultValueFactory = static _ => new IPEndPoint(IPAddress.Loopback, 7490),
    };

    private readonly Option<string> _directory = DirectoryOption();

    private readonly Option<string[]> _keyFiles = new("--key-file")
    {
        Description = "File with a key of the witness. May be given several times: each cosigns.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string> _logs = new("--logs")
    {
        Description = "File with the logs to witness, a line each: log VKEY.",
        HelpName = "FILE",
        Required = true,
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

    private readonly Option<bool> _insecure = new("--insecure") { Description = "Allow plain text beyond loopback." };

    public WitnessCommand()
        : base(
            "witness",
            "Run a witness: it cosigns what logs publish, as long as each shows one growing tree.",
            "ledger witness --dir ./witness --key-file witness.key --logs logs.txt"
        )
    {
        Remarks =
            "It answers POST /add-checkpoint (C2SP tlog-witness). When it is ready it prints one line with its address and its verifier "
            + "keys. Ctrl-C or SIGTERM ends it. Its folder is its memory: without it, its keys are of no use.";
        Add(_listen);
        Add(_directory);
        Add(_keyFiles);
        Add(_logs);
        Add(_certificate);
        Add(_certificateKey);
        Add(_insecure);
        Add(new NewCommand());
        Add(new KeyCommand());
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        IPEndPoint listen = line.GetRequiredValue(_listen);
        if (line.GetValue(_certificate) is null && !IPAddress.IsLoopback(listen.Address) && !line.GetValue(_insecure))
        {
            throw CommandFailure.Usage(
                $"{listen} is reachable from other machines: name a certificate with {_certificate.Name}, or allow plain text with {_insecure.Name}."
            );
        }

        IReadOnlyList<VerifierKey> logs = WitnessOptions.ReadLogs(line.GetRequiredValue(_logs));
        using OpenWitness open = OpenWitness.Open(
            line.GetRequiredValue(_directory),
            line.GetRequiredValue(_keyFiles),
            logs
        );
        await using WitnessServer server = await WitnessServer.StartAsync(
            open.Witness,
            listen,
            line.GetValue(_certificate),
            line.GetValue(_certificateKey)
        );
        string address = server.Address.GetLeftPart(UriPartial.Authority);
        if (output.IsJson)
        {
            output.Result(
                new JsonObject
                {
                    ["address"] = address,
                    ["keys"] = Fields.List(open.Witness.Keys.Select(static key => Fields.Text(key.ToString()))),
                    ["logs"] = logs.Count,
                    ["process"] = Environment.ProcessId,
                }
            );
        }
        else
        {
            Console.Out.WriteLine($"ready {address} {string.Join(' ', open.Witness.Keys)}");
        }

        await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ExitCodes.Done;
    }

    private static Option<string> DirectoryOption() =>
        new("--dir")
        {
            Description = "Folder of the witness's memory, as `ledger witness new` made it.",
            HelpName = "DIR",
            Required = true,
        };

    private sealed class NewCommand : Verb
    {
        private readonly Option<string> _directory = DirectoryOption();

        private readonly Option<string> _keyFile = new("--key-file")
        {
            Description = "File to make, readable by its owner alone; its verifier key is put beside it, as FILE.pub.",
            HelpName = "FILE",
            Required = true,
        };

        private readonly Option<string> _name = new("--name")
        {
            Description = "Name of the witness, best a URL without its scheme: witness.example.org/w1.",
            HelpName = "NAME",
            Required = true,
        };

        private readonly Option<bool> _postQuantum = new("--post-quantum")
        {
            Description = "Make a key of ML-DSA-44, which quantum computers do not forge, instead of Ed25519.",
        };

        public NewCommand()
            : base(
                "new",
                "Make a key of a witness, and the folder of its memory; print its verifier key.",
                "ledger witness new --dir ./witness --key-file witness.key --name witness.example.org/w1",
                "ledger witness new --dir ./witness --key-file witness-pq.key --name witness.example.org/w1 --post-quantum"
            )
        {
            Remarks =
                "A folder that is there gets a further key. One that was lost is never made anew for a key that has cosigned: such a key "
                + "could be made to cosign a second history.";
            Add(_directory);
            Add(_keyFile);
            Add(_name);
            Add(_postQuantum);
        }

        protected override Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
        {
            string name = line.GetRequiredValue(_name);
            if (!VerifierKey.IsName(name) || Encoding.UTF8.GetByteCount(name) > Limits.WitnessNameBytesMax)
            {
                throw CommandFailure.Usage(
                    $"'{name}' cannot be the name of a witness: 1 to {Limits.WitnessNameBytesMax} bytes, without blanks and '+'."
                );
            }

            CosignatureAlgorithm algorithm = line.GetValue(_postQuantum)
                ? MlDsa44Cosignature.Instance
                : Ed25519Cosignature.Instance;
            Print(
                output,
                WitnessKeyFile.Create(
                    line.GetRequiredValue(_keyFile),
                    algorithm,
                    name,
                    Path.GetFullPath(line.GetRequiredValue(_directory))
                )
            );
            return Task.FromResult(ExitCodes.Done);
        }
    }

    private sealed class KeyCommand : Verb
    {
        private readonly Argument<string> _file = new("file")
        {
            Description = "File with the witness's key.",
            HelpName = "FILE",
        };

        public KeyCommand()
            : base(
                "key",
                "Print the verifier key of a witness's key, alone on a line.",
                "ledger witness key witness.key > witness.pub"
            ) => Add(_file);

        protected override Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
        {
            using Cosigner cosigner = WitnessKeyFile.Read(line.GetRequiredValue(_file));
            Print(output, cosigner.Key);
            return Task.FromResult(ExitCodes.Done);
        }
    }

    private static void Print(Output output, VerifierKey key)
    {
        if (output.IsJson)
        {
            output.Result(new JsonObject { ["witness_key"] = key.ToString(), ["algorithm"] = key.Algorithm.Name });
        }
        else
        {
            Console.Out.WriteLine(key);
        }
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Ledger.Node;

namespace Ledger.Cli;

/// <summary>Where a node listens, and what it shows there: the options of every command that runs one.</summary>
internal sealed class ListeningOptions
{
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

    private readonly Option<bool> _insecure = new("--insecure") { Description = "Allow plain text beyond loopback." };

    /// <summary>Gives a command the options of its ports.</summary>
    public void AddPorts(Verb verb)
    {
        verb.Add(_listen);
        verb.Add(_http);
    }

    /// <summary>Gives a command the options of TLS.</summary>
    public void AddCertificates(Verb verb)
    {
        verb.Add(_certificate);
        verb.Add(_certificateKey);
        verb.Add(_clientAuthorities);
    }

    /// <summary>Gives a command the option to do without.</summary>
    public void AddInsecure(Verb verb) => verb.Add(_insecure);

    /// <summary>Takes the options over into a node's.</summary>
    public NodeOptions Apply(ParseResult line, NodeOptions options) =>
        options with
        {
            Listen = line.GetRequiredValue(_listen),
            Http = line.GetRequiredValue(_http).EndPoint,
            CertificateFile = line.GetValue(_certificate),
            CertificateKeyFile = line.GetValue(_certificateKey),
            ClientAuthoritiesFile = line.GetValue(_clientAuthorities),
            Insecure = line.GetValue(_insecure),
        };

    /// <summary>Refuses what cannot be served. Before a folder, a key and an origin are made, of which the last two are for ever.</summary>
    /// <exception cref="CommandFailure">The options contradict themselves.</exception>
    public void RequireTransport(ParseResult line)
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

using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Ledger.Client;
using Ledger.Node;
using Status = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Ledger.Cli.Commands;

/// <summary>Asks a node whether it serves (grpc.health.v1).</summary>
internal sealed class HealthCommand : Verb
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Argument<string?> _address = new("address")
    {
        Description = "Address of the node. Without it, the node on this machine is asked, as it listens.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<IPEndPoint> _listen = new("--listen")
    {
        Description = "Where the node on this machine listens: what `ledger serve` was told.",
        HelpName = "ADDR:PORT",
        CustomParser = ListeningOptions.ParseEndPoint,
        DefaultValueFactory = static _ => new IPEndPoint(IPAddress.Loopback, 7400),
    };

    private readonly Option<string?> _certificate = new("--tls-cert")
    {
        Description = "PEM file with the certificate of the node on this machine: trusted, and shown to it.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _certificateKey = new("--tls-key")
    {
        Description = "PEM file with the private key of --tls-cert, if it is not in the same file.",
        HelpName = "FILE",
    };

    public HealthCommand()
        : base("health", "Ask a node whether it serves.", "ledger health", "ledger health registry.example.org:7400")
    {
        Remarks =
            "By the standard health service of gRPC, for health checks of containers: ends with 0 when it serves, 1 when it does not, "
            + "3 when it cannot be reached. In the environment of `ledger serve` it needs no options: LEDGER_LISTEN, LEDGER_TLS_CERT "
            + "and LEDGER_TLS_KEY say how to ask.";
        Add(_address);
        Add(_listen);
        Add(_certificate);
        Add(_certificateKey);
        Connection.AddTransport(this);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        Status status = line.GetValue(_address) is { } address
            ? await AskAsync(line, Connection.ParseAddress(address), stop)
            : await AskOwnAsync(line, stop);
        output.Result(new JsonObject { ["status"] = NameOf(status) });
        return status == Status.Serving ? ExitCodes.Done : ExitCodes.Refused;
    }

    private Task<Status> AskOwnAsync(ParseResult line, CancellationToken stop)
    {
        IPEndPoint listen = line.GetRequiredValue(_listen);
        return Connection.ReachAsync(
            new Uri($"http://{listen}"),
            () => HealthProbe.AskAsync(listen, line.GetValue(_certificate), line.GetValue(_certificateKey), stop)
        );
    }

    private static async Task<Status> AskAsync(ParseResult line, Uri address, CancellationToken stop)
    {
        using GrpcChannel channel = NodeChannel.Open(Connection.Describe(line, address));
        CallOptions call = new(deadline: DateTime.UtcNow + Patience, cancellationToken: stop);
        HealthCheckResponse answer = await Connection.ReachAsync(
            address,
            () => new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest(), call).ResponseAsync
        );
        return answer.Status;
    }

    // As grpc.health.v1 spells it.
    private static string NameOf(Status status) =>
        status switch
        {
            Status.Serving => "SERVING",
            Status.NotServing => "NOT_SERVING",
            Status.ServiceUnknown => "SERVICE_UNKNOWN",
            _ => "UNKNOWN",
        };
}

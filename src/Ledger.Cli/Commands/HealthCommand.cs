using System.CommandLine;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Ledger.Client;

namespace Ledger.Cli.Commands;

/// <summary>Asks a node whether it serves (grpc.health.v1).</summary>
internal sealed class HealthCommand : Verb
{
    private static readonly string[] Statuses = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    // The request is a message without fields, and the answer has one: a number.
    private static readonly Method<byte[], byte[]> Check = new(
        MethodType.Unary,
        "grpc.health.v1.Health",
        "Check",
        Marshallers.Create(static bytes => bytes, static bytes => bytes),
        Marshallers.Create(static bytes => bytes, static bytes => bytes)
    );

    private readonly Argument<string> _address = new("address")
    {
        Description = "Address of the node.",
        DefaultValueFactory = static _ => "127.0.0.1:7400",
    };

    public HealthCommand()
        : base("health", "Ask a node whether it serves.", "ledger health 127.0.0.1:7400")
    {
        Remarks =
            "By the standard health service of gRPC, for health checks of containers: ends with 0 when it serves, 1 when it does not, "
            + "3 when it cannot be reached.";
        Add(_address);
        Connection.AddTransport(this);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        Uri address = Connection.ParseAddress(line.GetRequiredValue(_address));
        using GrpcChannel channel = NodeChannel.Open(Connection.Describe(line, address));
        CallOptions call = new(deadline: DateTime.UtcNow + Patience, cancellationToken: stop);
        byte[] answer = await Connection.ReachAsync(
            address,
            () => channel.CreateCallInvoker().AsyncUnaryCall(Check, null, call, []).ResponseAsync
        );
        string status = Statuses.ElementAtOrDefault(StatusOf(answer)) ?? Statuses[0];
        output.Result(new JsonObject { ["status"] = status });
        return status == "SERVING" ? ExitCodes.Done : ExitCodes.Refused;
    }

    private static int StatusOf(byte[] answer)
    {
        const uint statusTag = 1 << 3;
        int status = 0;
        CodedInputStream fields = new(answer);
        for (uint tag = fields.ReadTag(); tag != 0; tag = fields.ReadTag())
        {
            if (tag == statusTag)
            {
                status = fields.ReadEnum();
            }
            else
            {
                fields.SkipLastField();
            }
        }

        return status;
    }
}

using Google.Protobuf;
using Grpc.Net.Client;
using Ledger.V1;

namespace Ledger.Cli.Tests.Commands;

/// <summary>
/// A node, an audit and a check of the store, told that the machine has so many processors: work is shared among as many threads,
/// and the parts must fit whatever is shared.
/// </summary>
public sealed class ProcessorsTests
{
    // Sizes around a part of 64 signatures and a group of 16, and the batch on which a node of 64 processors once died.
    private static readonly int[] Sizes = [1, 2, 15, 17, 63, 64, 65, 127, 129, 385, 900, 1_000];

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(12)]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(128)]
    public async Task Serve_WithSoManyProcessors_TakesBatchesOfEverySize(int processors)
    {
        Dictionary<string, string> environment = new() { ["DOTNET_PROCESSOR_COUNT"] = $"{processors}" };
        using TemporaryFolder folder = new();
        await using NodeUnderTest node = await NodeUnderTest.StartAsync(folder, environment);
        using GrpcChannel channel = GrpcChannel.ForAddress($"http://{node.Address}");
        RegistryService.RegistryServiceClient registry = new(channel);
        Signer supervisor = new(TimeProvider.System, NodeUnderTest.Origin);
        await registry.SubmitAsync(
            new SubmitRequest { Operation = supervisor.Sign(Operations.Found("test", supervisor.Document)) }
        );

        foreach (int size in Sizes)
        {
            // The last of each has a signature that is not one of it.
            SignedOperation[] operations = [.. Enumerable.Range(0, size).Select(_ => supervisor.SignCreate())];
            operations[^1].Signatures[0].Value = Spoil(operations[^1].Signatures[0].Value);
            SubmitBatchResponse response = await registry.SubmitBatchAsync(
                new SubmitBatchRequest { Operations = { operations } }
            );

            Assert.All(response.Results.SkipLast(1), static r => Assert.Equal(ReasonCode.Applied, r.Reason));
            Assert.Equal(ReasonCode.BadSignature, response.Results[^1].Reason);
        }

        (await node.StopAsync()).With(ExitCodes.Done);
        string data = folder["data"];
        Ended audit = await LedgerProcess.RunAsync(
            folder,
            environment,
            "audit",
            data,
            "--log-key",
            node.LogKey,
            "--json"
        );
        Assert.Equal("sound", audit.With(ExitCodes.Done).Text("verdict"));
        (await LedgerProcess.RunAsync(folder, environment, "fsck", data)).With(ExitCodes.Done);
    }

    // One bit in the middle of r: it stays in range.
    private static ByteString Spoil(ByteString signature)
    {
        byte[] bytes = signature.ToByteArray();
        bytes[16] ^= 1;
        return ByteString.CopyFrom(bytes);
    }
}

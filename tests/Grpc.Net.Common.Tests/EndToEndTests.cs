using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Common.Tests.Proto;

namespace Grpc.Net.Common.Tests;

/// <summary>The unchanged server and client packages, over a real connection, on the assemblies under test.</summary>
public class EndToEndTests
{
    [Fact]
    public async Task UnaryCall_Echo_ReturnsTheRequest()
    {
        await using ProbeServer server = await ProbeServer.Start();
        using GrpcChannel channel = server.Channel();
        var client = new Probe.ProbeClient(channel);
        Assert.Equal("async", (await client.EchoAsync(new Message { Text = "async" })).Text);
        Assert.Equal("blocking", client.Echo(new Message { Text = "blocking" }).Text);
    }
}

using Grpc.Core;
using Grpc.Health.V1;
using Status = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Ledger.Node.Tests.Grpc;

public class HealthServiceTests(Scene scene) : IClassFixture<Scene>
{
    public static TheoryData<string> Names => ["", .. LedgerNode.ServiceNames];

    [Fact]
    public async Task Check_OnceTheNodeListens_NeedsNoOtherCallFirst()
    {
        await using TestNode node = await TestNode.StartAsync();

        Assert.Equal(Status.Serving, (await node.Health.CheckAsync(new HealthCheckRequest())).Status);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Check_OfTheNodeOrAService_IsServing(string name) =>
        Assert.Equal(
            Status.Serving,
            (await scene.Node.Health.CheckAsync(new HealthCheckRequest { Service = name })).Status
        );

    [Theory]
    [InlineData("ledger.v1.NoService")]
    [InlineData("ledger.v1.registryservice")]
    [InlineData(" ")]
    public async Task Check_OfAnUnknownService_IsNotFound(string name)
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(() =>
            scene.Node.Health.CheckAsync(new HealthCheckRequest { Service = name }).ResponseAsync
        );

        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    // grpc.health.v1: "If the requested service is unknown when the call is received, the server returns SERVICE_UNKNOWN", and
    // keeps the stream open, for the service may become known.
    [Fact]
    public async Task Watch_OfAnUnknownService_IsServiceUnknownAndStaysOpen()
    {
        using CancellationTokenSource cancel = new();
        using var watch = scene.Node.Health.Watch(
            new HealthCheckRequest { Service = "ledger.v1.NoService" },
            cancellationToken: cancel.Token
        );
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(Status.ServiceUnknown, watch.ResponseStream.Current.Status);
        Task<bool> next = watch.ResponseStream.MoveNext(CancellationToken.None);

        // A whole other call takes longer than an end of this one would.
        await scene.MintFor(scene.Holder);
        Assert.False(next.IsCompleted);
        await cancel.CancelAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => next);
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Watch_UntilTheNodeStops_SaysSoAndDoesNotHoldItUp(string name)
    {
        TimeSpan patience = TimeSpan.FromSeconds(30);
        await using TestNode node = await TestNode.StartAsync(o => o with { StopTimeout = 2 * patience });
        using var watch = node.Health.Watch(new HealthCheckRequest { Service = name });
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(Status.Serving, watch.ResponseStream.Current.Status);
        Task<bool> next = watch.ResponseStream.MoveNext(CancellationToken.None);

        await node.Node.StopAsync().WaitAsync(patience);

        Assert.True(await next);
        Assert.Equal(Status.NotServing, watch.ResponseStream.Current.Status);
        Assert.False(await watch.ResponseStream.MoveNext(CancellationToken.None));
    }
}

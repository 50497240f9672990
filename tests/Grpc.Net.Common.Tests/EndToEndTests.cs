using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Grpc.Net.Common.Tests.Proto;

namespace Grpc.Net.Common.Tests;

/// <summary>The unchanged server and client packages, over a real connection, on the assemblies under test.</summary>
public class EndToEndTests
{
    /// <summary>Longer than any test takes; a hang fails the test instead of stopping the run.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task UnaryCall_AwaitedOrBlocking_ReturnsTheResponse()
    {
        await using ProbeServer server = await ProbeServer.Start();
        using GrpcChannel channel = server.Channel();
        var client = new Probe.ProbeClient(channel);
        Assert.Equal("async", (await client.EchoAsync(new Message { Text = "async" })).Text);
        Assert.Equal("blocking", client.Echo(new Message { Text = "blocking" }).Text);
    }

    [Fact]
    public async Task ClientStreamingCall_Completed_ReturnsTheResponse()
    {
        await using ProbeServer server = await ProbeServer.Start();
        using GrpcChannel channel = server.Channel();
        using var call = new Probe.ProbeClient(channel).Concat();
        for (int i = 0; i < 100; i++)
        {
            await call.RequestStream.WriteAsync(new Message { Text = "x" });
        }

        await call.RequestStream.CompleteAsync();
        Message sum = await call;
        Assert.Equal(100, sum.Count);
        Assert.Equal(new string('x', 100), sum.Text);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task ServerStreamingCall_ReadAll_GivesEveryResponseInOrder()
    {
        await using ProbeServer server = await ProbeServer.Start();
        using GrpcChannel channel = server.Channel();
        using var call = new Probe.ProbeClient(channel).Repeat(new Message { Text = "x", Count = 100 });
        var counts = new List<int>();
        await foreach (Message message in call.ResponseStream.ReadAllAsync())
        {
            counts.Add(message.Count);
        }

        Assert.Equal(Enumerable.Range(0, 100), counts);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task DuplexStreamingCall_InTurns_AnswersEachRequest()
    {
        await using ProbeServer server = await ProbeServer.Start();
        using GrpcChannel channel = server.Channel();
        using var call = new Probe.ProbeClient(channel).EchoAll();
        for (int i = 0; i < 100; i++)
        {
            await call.RequestStream.WriteAsync(new Message { Count = i });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(i, call.ResponseStream.Current.Count);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.False(await server.Service.EchoAllEnded.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task Headers_TextAndBinary_ArriveInBothDirections()
    {
        await using ProbeServer server = await ProbeServer.Start();
        server.Service.OnEcho = async (request, context) =>
        {
            Assert.Equal("Text", context.RequestHeaders.GetValue("x-text"));
            byte[] bytes = context.RequestHeaders.GetValueBytes("x-bytes-bin")!;
            await context.WriteResponseHeadersAsync(
                new Metadata { { "x-text", context.Method }, { "x-bytes-bin", bytes } }
            );
            return request;
        };
        using GrpcChannel channel = server.Channel();
        byte[] sent = [0, 1, 0x80, 0xFF];
        var headers = new Metadata { { "X-Text", "Text" }, { "X-Bytes-bin", sent } };
        using var call = new Probe.ProbeClient(channel).EchoAsync(new Message(), headers);
        Metadata response = await call.ResponseHeadersAsync;
        Assert.Equal("/grpc.tests.Probe/Echo", response.GetValue("x-text"));
        Assert.Equal(sent, response.GetValueBytes("x-bytes-bin"));
        await call;
    }

    [Fact]
    public async Task Status_ThrownWithTrailers_ArrivesWhole()
    {
        await using ProbeServer server = await ProbeServer.Start();
        server.Service.OnEcho = (_, _) =>
            throw new RpcException(
                new Status(StatusCode.FailedPrecondition, "später: 100 %"),
                new Metadata
                {
                    { "reason", "one" },
                    { "reason", "two" },
                    { "proof-bin", [0, 1, 0x80, 0xFF] },
                }
            );
        using GrpcChannel channel = server.Channel();
        using var call = new Probe.ProbeClient(channel).EchoAsync(new Message());
        var thrown = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.FailedPrecondition, thrown.StatusCode);
        Assert.Equal("später: 100 %", thrown.Status.Detail);
        Assert.Equal(["one", "two"], thrown.Trailers.GetAll("reason").Select(entry => entry.Value));
        Assert.Equal([0, 1, 0x80, 0xFF], thrown.Trailers.GetValueBytes("proof-bin"));
        Assert.Equal(StatusCode.FailedPrecondition, call.GetStatus().StatusCode);
        Assert.Equal("two", call.GetTrailers().GetValue("reason"));
    }

    [Fact]
    public async Task Status_SetOnTheContext_EndsTheCallWithIt()
    {
        await using ProbeServer server = await ProbeServer.Start();
        server.Service.OnEcho = (request, context) =>
        {
            context.Status = new Status(StatusCode.NotFound, "absent");
            context.ResponseTrailers.Add("where", "here");
            return Task.FromResult(request);
        };
        using GrpcChannel channel = server.Channel();
        var thrown = await Assert.ThrowsAsync<RpcException>(async () =>
            await new Probe.ProbeClient(channel).EchoAsync(new Message())
        );
        Assert.Equal(new Status(StatusCode.NotFound, "absent").ToString(), thrown.Status.ToString());
        Assert.Equal("here", thrown.Trailers.GetValue("where"));
    }

    [Fact]
    public async Task Trailers_OfASuccessfulCall_Arrive()
    {
        await using ProbeServer server = await ProbeServer.Start();
        server.Service.OnEcho = (request, context) =>
        {
            context.ResponseTrailers.Add("tree-size", "7");
            return Task.FromResult(request);
        };
        using GrpcChannel channel = server.Channel();
        using var call = new Probe.ProbeClient(channel).EchoAsync(new Message());
        await call;
        Assert.Equal("7", call.GetTrailers().GetValue("tree-size"));
    }

    [Fact]
    public async Task Exception_NotAnRpcException_IsUnknownAndKeepsItsSecret()
    {
        await using ProbeServer server = await ProbeServer.Start();
        server.Service.OnEcho = (_, _) => throw new InvalidOperationException("secret");
        using GrpcChannel channel = server.Channel();
        var thrown = await Assert.ThrowsAsync<RpcException>(async () =>
            await new Probe.ProbeClient(channel).EchoAsync(new Message())
        );
        Assert.Equal(StatusCode.Unknown, thrown.StatusCode);
        Assert.DoesNotContain("secret", thrown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deadline_Passed_EndsTheCallOnBothSides()
    {
        await using ProbeServer server = await ProbeServer.Start();
        using GrpcChannel channel = server.Channel();
        var client = new Probe.ProbeClient(channel);
        await client.EchoAsync(new Message()); // so that the call below reaches the server long before its deadline
        var seen = new TaskCompletionSource<DateTime>(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Service.OnEcho = async (request, context) =>
        {
            seen.SetResult(context.Deadline);
            using var registration = context.CancellationToken.Register(cancelled.SetResult);
            await cancelled.Task;
            return request;
        };
        DateTime deadline = DateTime.UtcNow.AddSeconds(1);
        var thrown = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.EchoAsync(new Message(), deadline: deadline)
        );
        Assert.Equal(StatusCode.DeadlineExceeded, thrown.StatusCode);
        Assert.InRange((await seen.Task.WaitAsync(Patience) - deadline).TotalSeconds, -1, 10);
        await cancelled.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Deadline_None_IsTheEndOfTime()
    {
        await using ProbeServer server = await ProbeServer.Start();
        DateTime deadline = default;
        server.Service.OnEcho = (request, context) =>
        {
            deadline = context.Deadline;
            return Task.FromResult(request);
        };
        using GrpcChannel channel = server.Channel();
        await new Probe.ProbeClient(channel).EchoAsync(new Message());
        Assert.Equal(DateTime.MaxValue, deadline);
    }

    [Fact]
    public async Task Cancellation_ByTheClient_ReachesTheServer()
    {
        await using ProbeServer server = await ProbeServer.Start();
        using GrpcChannel channel = server.Channel();
        using var source = new CancellationTokenSource();
        using var call = new Probe.ProbeClient(channel).EchoAll(cancellationToken: source.Token);
        await call.RequestStream.WriteAsync(new Message());
        Assert.True(await call.ResponseStream.MoveNext());
        Task<bool> next = call.ResponseStream.MoveNext();
        await source.CancelAsync();
        var thrown = await Assert.ThrowsAsync<RpcException>(() => next);
        Assert.Equal(StatusCode.Cancelled, thrown.StatusCode);
        Assert.True(await server.Service.EchoAllEnded.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task Interceptors_OnBothSides_SeeEveryKindOfCall()
    {
        var onServer = new NotingInterceptor();
        var onClient = new NotingInterceptor();
        await using ProbeServer server = await ProbeServer.Start(
            options => options.Interceptors.Add<NotingInterceptor>(),
            onServer
        );
        using GrpcChannel channel = server.Channel();
        var client = new Probe.ProbeClient(
            channel.Intercept(onClient).Intercept(headers => [.. headers, new Metadata.Entry("by", "function")])
        );
        await client.EchoAsync(new Message());
        client.Echo(new Message());
        using (var call = client.Concat())
        {
            await call.RequestStream.CompleteAsync();
            await call;
        }

        using (var call = client.Repeat(new Message()))
        {
            Assert.False(await call.ResponseStream.MoveNext());
        }

        using (var call = client.EchoAll())
        {
            await call.RequestStream.CompleteAsync();
            Assert.False(await call.ResponseStream.MoveNext());
        }

        Assert.Equal(
            ["unary function", "blocking function", "client function", "server function", "duplex function"],
            onClient.Seen
        );
        Assert.Equal(
            ["unary function", "unary function", "client function", "server function", "duplex function"],
            onServer.Seen
        );
    }

    [Fact]
    public async Task CallCredentials_OfAClearTextChannelThatAllowsThem_ArriveAsHeaders()
    {
        await using ProbeServer server = await ProbeServer.Start();
        string? seen = null;
        server.Service.OnEcho = (request, context) =>
        {
            seen = string.Join(", ", context.RequestHeaders.GetAll("token").Select(entry => entry.Value));
            return Task.FromResult(request);
        };
        using GrpcChannel channel = server.Channel(new() { UnsafeUseInsecureChannelCallCredentials = true });
        var credentials = CallCredentials.Compose(Token("one"), Token("two"));
        await new Probe.ProbeClient(channel).EchoAsync(new Message(), new CallOptions(credentials: credentials));
        Assert.Equal("one, two", seen);

        static CallCredentials Token(string value) =>
            CallCredentials.FromInterceptor(
                (context, headers) =>
                {
                    Assert.Equal("Echo", context.MethodName);
                    headers.Add("token", value);
                    return Task.CompletedTask;
                }
            );
    }

    [Fact]
    public async Task ChannelState_ConnectedAndDisposedOf_IsReadyThenShutdown()
    {
        await using ProbeServer server = await ProbeServer.Start();
        GrpcChannel channel = server.Channel(new() { Credentials = ChannelCredentials.Insecure });
        Assert.Equal(ConnectivityState.Idle, channel.State);
        using var patience = new CancellationTokenSource(Patience);
        await channel.ConnectAsync(patience.Token);
        Assert.Equal(ConnectivityState.Ready, channel.State);
        channel.Dispose();
        Assert.Equal(ConnectivityState.Shutdown, channel.State);
    }

    [Fact]
    public async Task Message_OverTheServersLimit_IsResourceExhausted()
    {
        await using ProbeServer server = await ProbeServer.Start(options => options.MaxReceiveMessageSize = 1000);
        using GrpcChannel channel = server.Channel();
        var thrown = await Assert.ThrowsAsync<RpcException>(async () =>
            await new Probe.ProbeClient(channel).EchoAsync(new Message { Text = new string('x', 1001) })
        );
        Assert.Equal(StatusCode.ResourceExhausted, thrown.StatusCode);
    }
}

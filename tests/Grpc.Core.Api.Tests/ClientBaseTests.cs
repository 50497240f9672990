namespace Grpc.Core.Api.Tests;

public class ClientBaseTests
{
    [Fact]
    public void Constructor_Channel_CallsGoOverIt()
    {
        var channel = new RecordingChannel();
        new TestClient(channel).CallEach();
        Assert.Equal(5, channel.Invoker.Calls.Count);
        Assert.All(channel.Invoker.Calls, call => Assert.Null(call.Host));
        Assert.Throws<ArgumentNullException>(() => new TestClient((ChannelBase)null!));
        Assert.Throws<ArgumentNullException>(() => new TestClient((CallInvoker)null!));
    }

    [Fact]
    public void WithHost_EveryKindOfCall_NamesTheHost()
    {
        var end = new RecordingInvoker();
        new TestClient(end).WithHost("node.example").CallEach();
        Assert.Equal(5, end.Calls.Count);
        Assert.All(end.Calls, call => Assert.Equal("node.example", call.Host));
        Assert.Throws<ArgumentNullException>(() => new TestClient(end).WithHost(null!));
    }

    [Fact]
    public void WithHost_Twice_NamesTheLast()
    {
        var end = new RecordingInvoker();
        new TestClient(end).WithHost("first").WithHost("second").CallEach();
        Assert.All(end.Calls, call => Assert.Equal("second", call.Host));
    }

    [Fact]
    public void Constructor_None_MakesADoubleWhoseCallsThrow()
    {
        CallInvoker invoker = new TestClient().Invoker;
        Method<string, string> method = RecordingInvoker.Method;
        Assert.Throws<NotImplementedException>(() => invoker.BlockingUnaryCall(method, null, default, "x"));
        Assert.Throws<NotImplementedException>(() => invoker.AsyncUnaryCall(method, null, default, "x"));
        Assert.Throws<NotImplementedException>(() => invoker.AsyncServerStreamingCall(method, null, default, "x"));
        Assert.Throws<NotImplementedException>(() => invoker.AsyncClientStreamingCall(method, null, default));
        Assert.Throws<NotImplementedException>(() => invoker.AsyncDuplexStreamingCall(method, null, default));
    }

    [Fact]
    public async Task ChannelBase_Shutdown_RunsTheImplementations()
    {
        var channel = new RecordingChannel();
        Assert.Equal("test:1", channel.Target);
        await channel.ShutdownAsync();
        Assert.True(channel.IsShutDown);
    }

    /// <summary>The shape of a generated client.</summary>
    private sealed class TestClient : ClientBase<TestClient>
    {
        public TestClient(ChannelBase channel)
            : base(channel) { }

        public TestClient(CallInvoker callInvoker)
            : base(callInvoker) { }

        public TestClient() { }

        private TestClient(ClientBaseConfiguration configuration)
            : base(configuration) { }

        public CallInvoker Invoker => CallInvoker;

        public void CallEach() => RecordingInvoker.CallEach(CallInvoker, null, default);

        protected override TestClient NewInstance(ClientBaseConfiguration configuration) => new(configuration);
    }
}

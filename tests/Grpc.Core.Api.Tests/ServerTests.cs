namespace Grpc.Core.Api.Tests;

public class ServerTests
{
    [Fact]
    public void ServerCallContext_EveryMember_IsTheImplementations()
    {
        var context = new FixedServerCallContext();
        Assert.Equal("/test.Service/Call", context.Method);
        Assert.Equal("host", context.Host);
        Assert.Equal("peer", context.Peer);
        Assert.Equal(DateTime.MaxValue, context.Deadline);
        Assert.Same(Metadata.Empty, context.RequestHeaders);
        Assert.Empty(context.ResponseTrailers);
        Assert.False(context.CancellationToken.CanBeCanceled);
        Assert.False(context.AuthContext.IsPeerAuthenticated);
        context.Status = new Status(StatusCode.Aborted, "x");
        Assert.Equal(StatusCode.Aborted, context.Status.StatusCode);
        context.WriteOptions = WriteOptions.Default;
        Assert.Same(WriteOptions.Default, context.WriteOptions);
        Assert.Throws<NotSupportedException>(() => context.CreatePropagationToken());
        Assert.Same(Task.CompletedTask, context.WriteResponseHeadersAsync([]));
    }

    [Fact]
    public void UserState_Default_IsOneDictionaryPerCall()
    {
        var context = new FixedServerCallContext();
        context.UserState["k"] = "v";
        Assert.Equal("v", context.UserState["k"]);
        Assert.Empty(new FixedServerCallContext().UserState);
    }

    [Fact]
    public void BindService_FourKinds_GivesEachToTheBinderInOrder()
    {
        ServerServiceDefinition.Builder builder = ServerServiceDefinition
            .CreateBuilder()
            .AddMethod(Describe("A"), (string request, ServerCallContext _) => Task.FromResult(request))
            .AddMethod(Describe("B"), (IAsyncStreamReader<string> _, ServerCallContext _) => Task.FromResult(""))
            .AddMethod(
                Describe("C"),
                (string _, IServerStreamWriter<string> _, ServerCallContext _) => Task.CompletedTask
            )
            .AddMethod(
                Describe("D"),
                (IAsyncStreamReader<string> _, IServerStreamWriter<string> _, ServerCallContext _) => Task.CompletedTask
            );
        var binder = new NotingBinder();
        builder.Build().BindService(binder);
        Assert.Equal(["unary A", "client B", "server C", "duplex D"], binder.Bound);
    }

    [Fact]
    public void Build_BuilderUsedFurther_IsNotChanged()
    {
        ServerServiceDefinition.Builder builder = ServerServiceDefinition.CreateBuilder();
        ServerServiceDefinition definition = builder.Build();
        builder.AddMethod(Describe("A"), (string request, ServerCallContext _) => Task.FromResult(request));
        var binder = new NotingBinder();
        definition.BindService(binder);
        Assert.Empty(binder.Bound);
    }

    [Fact]
    public void AddMethod_NameTwice_Throws()
    {
        UnaryServerMethod<string, string> handler = (request, _) => Task.FromResult(request);
        ServerServiceDefinition.Builder builder = ServerServiceDefinition
            .CreateBuilder()
            .AddMethod(Describe("A"), handler);
        Assert.Throws<ArgumentException>(() => builder.AddMethod(Describe("A"), handler));
    }

    [Fact]
    public void ServiceBinderBase_NotOverridden_Throws()
    {
        var binder = new BareBinder();
        Assert.Throws<NotImplementedException>(() =>
            binder.AddMethod(Describe("A"), (UnaryServerMethod<string, string>?)null)
        );
        Assert.Throws<NotImplementedException>(() =>
            binder.AddMethod(Describe("A"), (ClientStreamingServerMethod<string, string>?)null)
        );
        Assert.Throws<NotImplementedException>(() =>
            binder.AddMethod(Describe("A"), (ServerStreamingServerMethod<string, string>?)null)
        );
        Assert.Throws<NotImplementedException>(() =>
            binder.AddMethod(Describe("A"), (DuplexStreamingServerMethod<string, string>?)null)
        );
    }

    [Fact]
    public void BindServiceMethodAttribute_OnBase_IsFoundOnDerived()
    {
        var found = (BindServiceMethodAttribute)
            Assert.Single(
                typeof(DerivedService).GetCustomAttributes(typeof(BindServiceMethodAttribute), inherit: true)
            );
        Assert.Equal(typeof(ServerTests), found.BindType);
        Assert.Equal("Bind", found.BindMethodName);
    }

    private static Method<string, string> Describe(string name) =>
        new(MethodType.Unary, "test.Service", name, Marshallers.StringMarshaller, Marshallers.StringMarshaller);

    [BindServiceMethod(typeof(ServerTests), "Bind")]
    private abstract class ServiceBase;

    private sealed class DerivedService : ServiceBase;

    private sealed class BareBinder : ServiceBinderBase;

    private sealed class NotingBinder : ServiceBinderBase
    {
        public List<string> Bound { get; } = [];

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            UnaryServerMethod<TRequest, TResponse>? handler
        ) => Bound.Add("unary " + method.Name);

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            ClientStreamingServerMethod<TRequest, TResponse>? handler
        ) => Bound.Add("client " + method.Name);

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            ServerStreamingServerMethod<TRequest, TResponse>? handler
        ) => Bound.Add("server " + method.Name);

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            DuplexStreamingServerMethod<TRequest, TResponse>? handler
        ) => Bound.Add("duplex " + method.Name);
    }
}

/// <summary>A call context as a server implementation makes one, with fixed answers.</summary>
internal sealed class FixedServerCallContext : ServerCallContext
{
    protected override string MethodCore => "/test.Service/Call";

    protected override string HostCore => "host";

    protected override string PeerCore => "peer";

    protected override DateTime DeadlineCore => DateTime.MaxValue;

    protected override Metadata RequestHeadersCore => Metadata.Empty;

    protected override CancellationToken CancellationTokenCore => CancellationToken.None;

    protected override Metadata ResponseTrailersCore { get; } = [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore { get; } = new(null, []);

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotSupportedException();
}

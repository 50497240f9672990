namespace Grpc.Core.Api.Tests;

/// <summary>
/// Where calls end in these tests: it notes what it was asked for and answers with the method's name.
/// </summary>
internal sealed class RecordingInvoker : CallInvoker
{
    public List<(string Kind, string Method, string? Host, CallOptions Options, object? Request)> Calls { get; } = [];

    public static Method<string, string> Method { get; } =
        new(MethodType.Unary, "test.Service", "Call", Marshallers.StringMarshaller, Marshallers.StringMarshaller);

    /// <summary>Makes one call of each kind.</summary>
    public static void CallEach(CallInvoker invoker, string? host, CallOptions options)
    {
        invoker.BlockingUnaryCall(Method, host, options, "1");
        invoker.AsyncUnaryCall(Method, host, options, "2");
        invoker.AsyncServerStreamingCall(Method, host, options, "3");
        invoker.AsyncClientStreamingCall(Method, host, options);
        invoker.AsyncDuplexStreamingCall(Method, host, options);
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest request
    )
    {
        Calls.Add((nameof(BlockingUnaryCall), method.FullName, host, options, request));
        return (TResponse)(object)method.Name;
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest request
    )
    {
        Calls.Add((nameof(AsyncUnaryCall), method.FullName, host, options, request));
        return null!;
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest request
    )
    {
        Calls.Add((nameof(AsyncServerStreamingCall), method.FullName, host, options, request));
        return null!;
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options
    )
    {
        Calls.Add((nameof(AsyncClientStreamingCall), method.FullName, host, options, null));
        return null!;
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options
    )
    {
        Calls.Add((nameof(AsyncDuplexStreamingCall), method.FullName, host, options, null));
        return null!;
    }
}

/// <summary>A channel whose calls end in a <see cref="RecordingInvoker"/>.</summary>
internal sealed class RecordingChannel() : ChannelBase("test:1")
{
    public RecordingInvoker Invoker { get; } = new();

    public bool IsShutDown { get; private set; }

    public override CallInvoker CreateCallInvoker() => Invoker;

    protected override Task ShutdownAsyncCore()
    {
        IsShutDown = true;
        return Task.CompletedTask;
    }
}

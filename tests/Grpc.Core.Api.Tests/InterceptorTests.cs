using Grpc.Core.Interceptors;

namespace Grpc.Core.Api.Tests;

public class InterceptorTests
{
    private static readonly string[] Kinds =
    [
        nameof(CallInvoker.BlockingUnaryCall),
        nameof(CallInvoker.AsyncUnaryCall),
        nameof(CallInvoker.AsyncServerStreamingCall),
        nameof(CallInvoker.AsyncClientStreamingCall),
        nameof(CallInvoker.AsyncDuplexStreamingCall),
    ];

    [Fact]
    public void Intercept_InterceptorThatDoesNothing_ChangesNothing()
    {
        var end = new RecordingInvoker();
        var options = new CallOptions(new Metadata(), DateTime.MaxValue);
        RecordingInvoker.CallEach(end.Intercept(new Idle()), "host", options);
        Assert.Equal(Kinds, end.Calls.Select(call => call.Kind));
        Assert.Equal(["1", "2", "3", null, null], end.Calls.Select(call => call.Request));
        Assert.All(
            end.Calls,
            call =>
            {
                Assert.Equal("/test.Service/Call", call.Method);
                Assert.Equal("host", call.Host);
                Assert.Same(options.Headers, call.Options.Headers);
                Assert.Equal(options.Deadline, call.Options.Deadline);
            }
        );
    }

    [Fact]
    public void Intercept_ParamsAndChained_RunInTheDocumentedOrder()
    {
        var end = new RecordingInvoker();
        var order = new List<string>();
        CallInvoker invoker = end.Intercept(new Noting("c", order), new Noting("d", order))
            .Intercept(new Noting("b", order))
            .Intercept(new Noting("a", order));
        Assert.Equal("Call", invoker.BlockingUnaryCall(RecordingInvoker.Method, null, default, "x"));
        Assert.Equal(["a", "b", "c", "d", "d end", "c end", "b end", "a end"], order);
    }

    [Fact]
    public void Intercept_NoInterceptors_IsTheInvoker()
    {
        var end = new RecordingInvoker();
        Assert.Same(end, end.Intercept(Array.Empty<Interceptor>()));
    }

    [Fact]
    public void Intercept_HeaderFunction_ReplacesHeadersOfEveryKindOfCall()
    {
        var end = new RecordingInvoker();
        CallInvoker invoker = end.Intercept(headers =>
        {
            headers.Add("added", "yes");
            return headers;
        });
        RecordingInvoker.CallEach(invoker, null, default);
        Assert.Equal(Kinds, end.Calls.Select(call => call.Kind));
        Assert.All(end.Calls, call => Assert.Equal("yes", call.Options.Headers!.GetValue("added")));
        var own = new Metadata { { "own", "1" } };
        invoker.BlockingUnaryCall(RecordingInvoker.Method, null, new CallOptions(own), "x");
        Assert.Same(own, end.Calls[^1].Options.Headers);
        Assert.Equal(2, own.Count);
    }

    [Fact]
    public void Intercept_Channel_EndsInItsInvoker()
    {
        var channel = new RecordingChannel();
        var order = new List<string>();
        channel.Intercept(new Noting("a", order)).BlockingUnaryCall(RecordingInvoker.Method, null, default, "x");
        channel
            .Intercept(new Noting("b", order), new Noting("c", order))
            .BlockingUnaryCall(RecordingInvoker.Method, null, default, "x");
        channel.Intercept(headers => headers).BlockingUnaryCall(RecordingInvoker.Method, null, default, "x");
        Assert.Equal(["a", "a end", "b", "c", "c end", "b end"], order);
        Assert.Equal(3, channel.Invoker.Calls.Count);
    }

    [Fact]
    public void Intercept_Null_Throws()
    {
        var end = new RecordingInvoker();
        Assert.Throws<ArgumentNullException>(() => end.Intercept((Interceptor)null!));
        Assert.Throws<ArgumentNullException>(() => end.Intercept((Interceptor[])null!));
        Assert.Throws<ArgumentNullException>(() => end.Intercept([null!]));
        Assert.Throws<ArgumentNullException>(() => ((CallInvoker)null!).Intercept(new Idle()));
    }

    [Fact]
    public async Task ServerHandlers_InterceptorThatDoesNothing_GoOn()
    {
        var idle = new Idle();
        var context = new FixedServerCallContext();
        var reader = new FixedReader("request");
        var writer = new ListWriter();
        Assert.Equal(
            "unary request",
            await idle.UnaryServerHandler<string, string>(
                "request",
                context,
                (request, given) => Task.FromResult(given == context ? "unary " + request : "")
            )
        );
        Assert.Equal(
            "client",
            await idle.ClientStreamingServerHandler<string, string>(
                reader,
                context,
                (given, _) => Task.FromResult(given == reader ? "client" : "")
            )
        );
        await idle.ServerStreamingServerHandler<string, string>(
            "server",
            writer,
            context,
            (request, stream, _) => stream.WriteAsync(request)
        );
        await idle.DuplexStreamingServerHandler<string, string>(
            reader,
            writer,
            context,
            (given, stream, _) => stream.WriteAsync(given == reader ? "duplex" : "")
        );
        Assert.Equal(["server", "duplex"], writer.Messages);
    }

    private sealed class Idle : Interceptor;

    private sealed class Noting(string name, List<string> order) : Interceptor
    {
        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            BlockingUnaryCallContinuation<TRequest, TResponse> continuation
        )
        {
            order.Add(name);
            TResponse response = continuation(request, context);
            order.Add(name + " end");
            return response;
        }
    }
}

using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Ledger.V1;

namespace Ledger.Node.Grpc;

/// <summary>
/// Counts what answers hold while they wait for their readers. A stopping node does not wait for what an idle caller may still
/// send: its stream ends with STOPPING, after the answers to all that was read.
/// </summary>
internal sealed class AnswerInterceptor(OpenCalls calls) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    )
    {
        TResponse response = await continuation(request, context);
        OpenCall call = CallOf(context);
        calls.Hold(call, SizeOf(response));
        call.Waits(true);
        return response;
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        OpenCall call = CallOf(context);
        try
        {
            await continuation(request, Counted(responseStream, call, context), context);
        }
        finally
        {
            call.Waits(true);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        OpenCall call = CallOf(context);
        using Reader<TRequest> requests = new(requestStream, context.CancellationToken, calls.Closing);
        try
        {
            await continuation(requests, Counted(responseStream, call, context), context);
        }
        finally
        {
            call.Waits(true);
        }
    }

    private Writer<T> Counted<T>(IServerStreamWriter<T> responses, OpenCall call, ServerCallContext context)
        where T : class => new(responses, calls, call, context.CancellationToken);

    private static OpenCall CallOf(ServerCallContext context) => context.GetHttpContext().Features.Get<OpenCall>()!;

    private static int SizeOf(object message) => ((IMessage)message).CalculateSize();

    /// <summary>Writes answers, and counts those that wait.</summary>
    private sealed class Writer<T>(
        IServerStreamWriter<T> inner,
        OpenCalls calls,
        OpenCall call,
        CancellationToken callEnds
    ) : IServerStreamWriter<T>
        where T : class
    {
        public WriteOptions? WriteOptions
        {
            get => inner.WriteOptions;
            set => inner.WriteOptions = value;
        }

        public Task WriteAsync(T message) => WriteAsync(message, callEnds);

        public Task WriteAsync(T message, CancellationToken cancellationToken)
        {
            Task write = inner.WriteAsync(message, cancellationToken);
            return write.IsCompleted ? write : call.LastWrite = Wait(write, SizeOf(message));
        }

        private async Task Wait(Task write, int bytes)
        {
            calls.Hold(call, bytes);
            call.Waits(true);
            try
            {
                await write;
            }
            finally
            {
                call.Waits(false);
                calls.Hold(call, -bytes);
            }
        }
    }

    /// <summary>Reads requests until the caller or the node is done.</summary>
    private sealed class Reader<T>(IAsyncStreamReader<T> inner, CancellationToken call, CancellationToken stopping)
        : IAsyncStreamReader<T>,
            IDisposable
    {
        private CancellationToken _token;
        private CancellationTokenSource? _either;

        public T Current => inner.Current;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (_either is null || _token != cancellationToken)
            {
                _either?.Dispose();
                _either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
                _token = cancellationToken;
            }

            try
            {
                return await inner.MoveNext(_either.Token);
            }
            catch (Exception e)
                when (e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled }
                    && stopping.IsCancellationRequested
                    && !cancellationToken.IsCancellationRequested
                )
            {
                throw Refusals.Error(ReasonCode.Stopping);
            }
            catch (Exception e) when (!call.IsCancellationRequested && Explanation(e) is { } refusal)
            {
                throw refusal;
            }
        }

        public void Dispose() => _either?.Dispose();

        // What the server cannot read of a request, in the middle of a stream as at its start.
        private static RpcException? Explanation(Exception e) =>
            e switch
            {
                RpcException refusal => refusal.Trailers.Get(Refusals.ReasonTrailer) is null
                    ? ServerRefusals.Explanation(refusal.StatusCode, handled: false)
                    : null,
                InvalidDataException or IOException => ServerRefusals.Explanation(StatusCode.Unknown, handled: false),
                _ => null,
            };
    }
}

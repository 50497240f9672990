using Grpc.Core;
using Grpc.Core.Interceptors;
using Ledger.V1;

namespace Ledger.Node.Grpc;

/// <summary>What bounds a stream in time.</summary>
/// <param name="StallTimeout">How long one answer may wait for its reader.</param>
internal sealed record StreamBounds(TimeSpan StallTimeout);

/// <summary>
/// Bounds every stream at both ends. HTTP/2 lets a reader hold a stream open for ever by not reading, and no limit of the server
/// fires on that: a write that waits too long cuts the reader off. A stopping node does not wait for what an idle caller may
/// still send: the stream ends with STOPPING, after the answers to all that was read.
/// </summary>
internal sealed class StreamInterceptor(StreamBounds bounds, OpenCalls calls) : Interceptor
{
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    ) => continuation(request, Bounded(responseStream, context), context);

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        using Reader<TRequest> requests = new(requestStream, calls.Closing);
        await continuation(requests, Bounded(responseStream, context), context);
    }

    private Writer<T> Bounded<T>(IServerStreamWriter<T> responses, ServerCallContext context)
        where T : class => new(responses, context, bounds.StallTimeout);

    /// <summary>Writes answers, and gives up on a caller who does not read them.</summary>
    private sealed class Writer<T>(IServerStreamWriter<T> inner, ServerCallContext context, TimeSpan timeout)
        : IServerStreamWriter<T>
        where T : class
    {
        public WriteOptions? WriteOptions
        {
            get => inner.WriteOptions;
            set => inner.WriteOptions = value;
        }

        public Task WriteAsync(T message) => WriteAsync(message, context.CancellationToken);

        public Task WriteAsync(T message, CancellationToken cancellationToken)
        {
            Task write = inner.WriteAsync(message, cancellationToken);
            return write.IsCompleted ? write : Wait(write);
        }

        private async Task Wait(Task write)
        {
            try
            {
                await write.WaitAsync(timeout);
            }
            catch (TimeoutException) when (!write.IsCompleted)
            {
                // The flow-control window is shut, so no status can reach the caller: reset the stream and free its buffers.
                context.GetHttpContext().Abort();
                await write;
            }
        }
    }

    /// <summary>Reads requests until the caller or the node is done.</summary>
    private sealed class Reader<T>(IAsyncStreamReader<T> inner, CancellationToken stopping)
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
        }

        public void Dispose() => _either?.Dispose();
    }
}

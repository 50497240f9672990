using Grpc.Core;
using Grpc.Core.Interceptors;
using Ledger.V1;
using Microsoft.Extensions.Logging;

namespace Ledger.Node.Grpc;

/// <summary>
/// The last line before a caller: what no service expected is logged here and leaves as INTERNAL, without a word of the exception.
/// Refusals and cancelled calls pass.
/// </summary>
internal sealed partial class ErrorInterceptor(ILogger<ErrorInterceptor> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    )
    {
        Begin(context);
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e) when (IsUnexpected(e, context))
        {
            throw Internal(e, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        Begin(context);
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception e) when (IsUnexpected(e, context))
        {
            throw Internal(e, context);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        Begin(context);
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception e) when (IsUnexpected(e, context))
        {
            throw Internal(e, context);
        }
    }

    private static void Begin(ServerCallContext context) =>
        context.GetHttpContext().Features.Get<OpenCall>()!.IsHandled = true;

    // A caller who has gone away, or whose deadline has passed, is told so by the server itself.
    private static bool IsUnexpected(Exception e, ServerCallContext context) =>
        e is not RpcException && !context.CancellationToken.IsCancellationRequested;

    private RpcException Internal(Exception e, ServerCallContext context)
    {
        LogUnexpected(logger, context.Method, e);
        return Refusals.Error(ReasonCode.Internal);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed")]
    private static partial void LogUnexpected(ILogger logger, string method, Exception exception);
}

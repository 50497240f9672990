using System.Globalization;
using Grpc.Core;
using Ledger.Protocol;
using Ledger.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ledger.Node.Grpc;

/// <summary>
/// What ends a call outside of the services. The server package refuses messages that are too large and frames that cannot be
/// read by itself, before any interceptor: it gives no reason, and names an exception. Here they get what every refusal has.
/// </summary>
internal static class ServerRefusals
{
    private static readonly Judgement TooLarge = Judgement.Refuse(
        ReasonCode.TooLarge,
        string.Create(
            CultureInfo.InvariantCulture,
            $"the message has more than {Limits.MessageBytesMax} bytes, which is what one may have after decompression"
        )
    );

    /// <summary>Adds a reason to a refusal that has none.</summary>
    /// <param name="context">The call.</param>
    /// <param name="next">The rest of the way.</param>
    public static async Task Explain(HttpContext context, RequestDelegate next)
    {
        await next(context);

        // Before the first message the status is in the headers, afterwards in the trailers (gRPC over HTTP/2, "Responses").
        IHeaderDictionary? status = context.Response.HasStarted
            ? context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers
            : context.Response.Headers;
        if (
            status is { IsReadOnly: false }
            && !status.ContainsKey(Refusals.ReasonTrailer)
            && Enum.TryParse(status["grpc-status"], out StatusCode code)
            && Explanation(code, context.Features.Get<OpenCall>()?.IsHandled == true) is { } refusal
        )
        {
            Write(status, refusal);
        }
    }

    /// <summary>Ends a call that nothing has been done for.</summary>
    /// <param name="context">The call.</param>
    /// <param name="refusal">Why.</param>
    public static void Refuse(HttpContext context, RpcException refusal)
    {
        context.Response.ContentType = "application/grpc";
        Write(context.Response.Headers, refusal);
    }

    /// <summary>
    /// The reason of a status that the server itself gave. Services and interceptors give one with each of these.
    /// </summary>
    /// <param name="code">The status.</param>
    /// <param name="handled">Whether the request had been read: then the fault is not in it.</param>
    /// <returns>Null when the status says all.</returns>
    public static RpcException? Explanation(StatusCode code, bool handled) =>
        code switch
        {
            StatusCode.ResourceExhausted => Refusals.Error(TooLarge, StatusCode.ResourceExhausted),
            StatusCode.Unknown or StatusCode.Internal => handled
                ? Refusals.Error(ReasonCode.Internal)
                : Refusals.Error(ReasonCode.Malformed, "the frame of the request"),
            _ => null,
        };

    private static void Write(IHeaderDictionary status, RpcException refusal)
    {
        status["grpc-status"] = ((int)refusal.StatusCode).ToString(CultureInfo.InvariantCulture);
        status["grpc-message"] = Uri.EscapeDataString(refusal.Status.Detail);
        foreach (Metadata.Entry trailer in refusal.Trailers)
        {
            status[trailer.Key] = trailer.Value;
        }
    }
}

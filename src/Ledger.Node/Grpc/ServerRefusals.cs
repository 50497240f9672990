using System.Globalization;
using Grpc.Core;
using Ledger.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ledger.Node.Grpc;

/// <summary>
/// What the server package refuses by itself, before any interceptor: messages that are too large and frames that cannot be read.
/// It gives no reason, and names an exception: here they get what every refusal has.
/// </summary>
internal static class ServerRefusals
{
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
            && status.TryGetValue("grpc-status", out var code)
            && Explanation(code) is { } refusal
        )
        {
            status["grpc-status"] = Text((int)refusal.StatusCode);
            status["grpc-message"] = Uri.EscapeDataString(refusal.Status.Detail);
            status[Refusals.ReasonTrailer] = refusal.Trailers.GetValue(Refusals.ReasonTrailer);
        }
    }

    // Services and interceptors give a reason with each of these, so one without is the server's own.
    private static RpcException? Explanation(string? code) =>
        code == Text((int)StatusCode.ResourceExhausted) ? MessageLimit.Refusal()
        : code == Text((int)StatusCode.Unknown) || code == Text((int)StatusCode.Internal)
            ? Refusals.Error(ReasonCode.Malformed, "the frame of the request")
        : null;

    private static string Text(int code) => code.ToString(CultureInfo.InvariantCulture);
}

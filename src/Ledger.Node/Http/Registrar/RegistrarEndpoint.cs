using System.Text.Json;
using Ledger.Node.Http.Dids;
using Ledger.Protocol;
using Ledger.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Ledger.Node.Http;

/// <summary>
/// The HTTP binding of DIF DID Registration. What is said in a body is used and forgotten: it is never logged, and a body with a private
/// key in it is refused before anything is made of it.
/// </summary>
internal sealed class RegistrarEndpoint(Registrar registrar, CreationQuota quota)
{
    private const string Method = "pilot";

    /// <summary>Answers a request to one of the paths.</summary>
    /// <param name="verb">Which path it is.</param>
    /// <param name="context">The request.</param>
    public async ValueTask<HttpAnswer> AnswerAsync(RegistrarVerb verb, HttpContext context)
    {
        if (string.IsNullOrEmpty(context.Request.ContentType) || !RequestOptions.IsJson(context.Request))
        {
            return HttpProblem.Of(
                StatusCodes.Status415UnsupportedMediaType,
                "A request to the registrar comes as application/json.",
                ("Accept", "application/json")
            );
        }

        // A registrar for many methods is told which is meant; here it need not be said.
        if (context.Request.Query.TryGetValue("method", out StringValues method) && method != Method)
        {
            return Refuse($"method: must be {Method}, or absent");
        }

        byte[] body = await RequestOptions.ReadBodyAsync(context.Request);
        string? problem = RegistrarJson.Read(body, out JsonDocument? json);
        using JsonDocument? held = json;
        if (problem is not null)
        {
            return Refuse(problem);
        }

        problem = RegistrarRequest.Read(json!.RootElement, out RegistrarRequest request);
        return problem is not null
            ? Refuse(problem)
            : await registrar.AnswerAsync(
                verb,
                request,
                quota.For(context.Connection.RemoteIpAddress),
                context.RequestAborted
            );
    }

    private static HttpAnswer Refuse(string problem) =>
        RegistrarAnswer.Failed(Judgement.Refuse(ReasonCode.InvalidRequest, problem.TrimStart(':', ' ')));
}

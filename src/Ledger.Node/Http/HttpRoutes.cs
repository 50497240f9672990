using Ledger.Node.Grpc;
using Ledger.Node.Http.Dids;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Ledger.Node.Http;

/// <summary>
/// Everything that the HTTP port answers. Paths are matched as they were sent: an identifier in one may hold, percent-encoded, what
/// the framework's own routing would decode and take for parts of the path or of the query.
/// </summary>
internal sealed partial class HttpRoutes(
    OpenCalls calls,
    NodeOptions options,
    IdentifiersEndpoint identifiers,
    ResolverFacts facts,
    RegistrarEndpoint registrar,
    EventsEndpoint events,
    LogEndpoint log,
    WitnessEndpoint witness,
    ILogger<HttpRoutes> logger
)
{
    /// <summary>The routes.</summary>
    public IReadOnlyList<HttpRoute> All { get; } =
    [
        HttpRoute.Fixed("/", EmbeddedPage.Of("index.html", "text/html; charset=utf-8")),
        HttpRoute.Fixed("/openapi.json", EmbeddedPage.Of("openapi.json", "application/json")),
        new("/1.0/identifiers/{did}", ["GET", "POST"], identifiers.AnswerAsync)
        {
            Failure = IdentifiersEndpoint.Failure,
        },
        new("/1.0/properties", ["GET"], (_, _) => new(facts.Properties())),
        new("/1.0/methods", ["GET"], (_, _) => new(ResolverFacts.Methods())),
        new("/1.0/traits", ["GET"], (_, _) => new(ResolverFacts.MethodTraits())),
        new("/1.0/testIdentifiers", ["GET"], (_, _) => new(facts.TestIdentifiers())),
        new("/1.0/create", ["POST"], (context, _) => registrar.AnswerAsync(RegistrarVerb.Create, context)),
        new("/1.0/update", ["POST"], (context, _) => registrar.AnswerAsync(RegistrarVerb.Update, context)),
        new("/1.0/deactivate", ["POST"], (context, _) => registrar.AnswerAsync(RegistrarVerb.Deactivate, context)),
        new("/1.0/recover", ["POST"], (context, _) => registrar.AnswerAsync(RegistrarVerb.Recover, context)),
        new("/events", ["GET"], (context, _) => new(events.Answer(context))),
        new("/checkpoint", ["GET"], (_, _) => new(log.Checkpoint())),
        new("/tile/entries/{bundle}", ["GET"], (context, path) => new(log.Entries(context, path))),
        new("/tile/{tile}", ["GET"], (_, path) => new(log.Hashes(path))),
        new("/witness/add-checkpoint", ["POST"], (context, _) => witness.AnswerAsync(context)),
    ];

    /// <summary>Answers a request.</summary>
    public Task ServeAsync(HttpContext context) =>
        calls.Track(
            context,
            async request =>
            {
                // Before the first byte of it is read. What is announced to be larger is refused at once.
                request.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = options
                    .Limits
                    .HttpBodyBytesMax;
                HttpAnswer answer = await AnswerAsync(request);
                await answer.SendAsync(request);
            },
            full => HttpProblem.Overloaded(full).SendAsync(context)
        );

    private async Task<HttpAnswer> AnswerAsync(HttpContext context)
    {
        string target = TargetOf(context);
        string rest = "";
        if (All.FirstOrDefault(one => one.Matches(target, out rest)) is not { } route)
        {
            return HttpProblem.NotFound;
        }

        try
        {
            return await AnswerAsync(context, route, rest);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return HttpProblem.Of(e.StatusCode, $"A body may have {options.Limits.HttpBodyBytesMax} bytes.");
        }
        catch (Exception e) when (e is not BadHttpRequestException && !context.RequestAborted.IsCancellationRequested)
        {
            LogUnexpected(logger, context.Request.Method, e);
            return route.Failure;
        }
    }

    private static async ValueTask<HttpAnswer> AnswerAsync(HttpContext context, HttpRoute route, string rest)
    {
        string method = context.Request.Method;
        if (HttpMethods.IsOptions(method))
        {
            return HttpAnswer.Empty(
                StatusCodes.Status204NoContent,
                ("Allow", route.Allow),
                ("Access-Control-Allow-Methods", route.Allow),
                ("Access-Control-Allow-Headers", "Accept, Content-Type, If-Modified-Since, If-None-Match"),
                ("Access-Control-Max-Age", "86400")
            );
        }

        return route.Methods.Contains(HttpMethods.IsHead(method) ? HttpMethods.Get : method)
            ? await route.AnswerAsync(context, rest)
            : HttpProblem.Of(
                StatusCodes.Status405MethodNotAllowed,
                $"This path knows {route.Allow}.",
                ("Allow", route.Allow)
            );
    }

    // A target in absolute form, as proxies get it, names a host before the path (RFC 9112, section 3.2.2).
    private static string TargetOf(HttpContext context)
    {
        string target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        int host = target.StartsWith('/') ? -1 : target.IndexOf("://", StringComparison.Ordinal);
        int path = host < 0 ? 0 : target.IndexOf('/', host + 3);
        return path < 0 ? "/" : target[path..];
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} of the HTTP port failed")]
    private static partial void LogUnexpected(ILogger logger, string method, Exception exception);
}

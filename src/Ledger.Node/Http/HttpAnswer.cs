using System.Globalization;
using System.Security.Cryptography;
using Ledger.Node.Grpc;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace Ledger.Node.Http;

/// <summary>
/// An answer of the HTTP port, whole: every one is small enough to be made before it is sent, but a large bundle of entries, and one
/// that goes on as long as its caller likes.
/// </summary>
/// <param name="Status">Status code of HTTP.</param>
/// <param name="ContentType">Media type of the body; null: there is none.</param>
/// <param name="Body">The body.</param>
internal sealed record HttpAnswer(int Status, string? ContentType, ReadOnlyMemory<byte> Body)
{
    // Everything here is public, and nothing depends on who asks: pages of any site may read it.
    private const string ExposedHeaders = "ETag, Last-Modified, Location, Retry-After";

    /// <summary>What caches may do with it. Unless an answer says otherwise, nothing.</summary>
    public string CacheControl { get; init; } = "no-store";

    /// <summary>When what it says last changed; null: not said.</summary>
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>What tells this body from others at its path; null: it follows from <see cref="Body"/>.</summary>
    public EntityTagHeaderValue? Tag { get; init; }

    /// <summary>Writes a body that is not at hand whole; null: <see cref="Body"/> is all of it.</summary>
    public Func<HttpContext, Task>? WriteAsync { get; init; }

    /// <summary>Other headers.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>An answer without a body.</summary>
    public static HttpAnswer Empty(int status, params (string Name, string Value)[] headers) =>
        new(status, null, default) { Headers = headers };

    /// <summary>
    /// Sends it: to HEAD without the body; without it too, as 304, to who has it already (RFC 9110, section 13).
    /// </summary>
    /// <param name="context">The request.</param>
    public async Task SendAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        IHeaderDictionary headers = response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = ExposedHeaders;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = CacheControl;
        foreach ((string name, string value) in Headers)
        {
            headers[name] = value;
        }

        bool isRead = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        bool isStored = isRead && Status == StatusCodes.Status200OK;
        EntityTagHeaderValue? tag =
            !isStored ? null
            : WriteAsync is null ? Tag ?? TagOf(Body.Span)
            : Tag;
        if (tag is not null)
        {
            headers.ETag = tag.ToString();
            if (LastModified is { } time)
            {
                headers.LastModified = time.ToString("R", CultureInfo.InvariantCulture);
            }
        }

        if (tag is not null && IsKnown(context.Request, tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            headers.Remove(HeaderNames.ContentEncoding); // of a body that does not come
            return;
        }

        response.StatusCode = Status;
        response.ContentType = ContentType;
        if (Status is not StatusCodes.Status204NoContent && WriteAsync is null)
        {
            response.ContentLength = Body.Length;
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        if (WriteAsync is not null)
        {
            await WriteAsync(context);
        }
        else if (!Body.IsEmpty)
        {
            await WriteBodyAsync(context);
        }
    }

    // Whoever does not read is cut off as on the other port.
    private async Task WriteBodyAsync(HttpContext context)
    {
        OpenCall? call = context.Features.Get<OpenCall>();
        if (call is not null)
        {
            context.RequestServices.GetRequiredService<OpenCalls>().Hold(call, Body.Length);
        }

        call?.Waits(true);
        await context.Response.Body.WriteAsync(Body);
        call?.Waits(false);
    }

    // Of what is sent, so that it changes with every byte of it.
    private static EntityTagHeaderValue TagOf(ReadOnlySpan<byte> body) =>
        new($"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16))}\"");

    // If-Modified-Since counts only without If-None-Match (RFC 9110, section 13.1.3).
    private bool IsKnown(HttpRequest request, EntityTagHeaderValue tag)
    {
        if (request.Headers.IfNoneMatch.Count > 0)
        {
            return EntityTagHeaderValue.TryParseList(
                    request.Headers.IfNoneMatch,
                    out IList<EntityTagHeaderValue>? known
                )
                && known.Any(one =>
                    one.Equals(EntityTagHeaderValue.Any) || one.Compare(tag, useStrongComparison: false)
                );
        }

        return LastModified is { } time
            && HeaderUtilities.TryParseDate(request.Headers.IfModifiedSince.ToString(), out DateTimeOffset since)
            && time <= since;
    }
}

using System.Buffers;
using System.Text.Json;
using Ledger.Protocol;
using Ledger.Protocol.Documents;
using Ledger.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Ledger.Node.Http.Dids;

/// <summary>
/// The HTTP binding of W3C DID Resolution: resolves DIDs and dereferences DID URLs. Each step ends with an answer or leads to the next.
/// </summary>
internal sealed class IdentifiersEndpoint(DidResolver resolver)
{
    private const string LegacyContext = "https://w3id.org/did-resolution/v1";

    // A version never changes; what is said of it does, and what is newest does.
    private const string CacheForEver = "public, max-age=31536000, immutable";
    private const string CacheShortly = "public, max-age=5";

    private static readonly (string, string)[] VaryByAccept = [("Vary", "Accept")];

    /// <summary>The answer when the node itself fails (section 4.4).</summary>
    public static HttpAnswer Failure { get; } =
        Failed(
            ResolutionError.InternalError.Because("The node failed to answer. Its log says how."),
            Representation.Resolution
        );

    /// <summary>Answers.</summary>
    /// <param name="context">The request.</param>
    /// <param name="rest">The DID or DID URL with the query, as they were sent.</param>
    public async ValueTask<HttpAnswer> AnswerAsync(HttpContext context, string rest)
    {
        // 1. Options of the body, of POST alone.
        IReadOnlyList<(string, string)> body = [];
        ResolutionFailure? wrongBody = null;
        if (HttpMethods.IsPost(context.Request.Method))
        {
            if (!RequestOptions.IsJson(context.Request))
            {
                return HttpProblem.Of(
                    StatusCodes.Status415UnsupportedMediaType,
                    "Options come as application/json.",
                    ("Accept", "application/json")
                );
            }

            wrongBody = RequestOptions.Read(await RequestOptions.ReadBodyAsync(context.Request), out body);
        }

        HttpAnswer answer = Answer(context.Request, rest, body, wrongBody);
        return HttpMethods.IsPost(context.Request.Method) ? answer with { CacheControl = "no-store" } : answer;
    }

    private HttpAnswer Answer(
        HttpRequest http,
        string rest,
        IReadOnlyList<(string, string)> body,
        ResolutionFailure? wrongBody
    )
    {
        // 2. What is acceptable, and what is asked.
        bool isReadable = Representation.TryReadAccept(
            http.Headers.Accept,
            out IList<MediaTypeHeaderValue> ranges,
            out string problem
        );
        ResolutionFailure? wrong = ResolutionRequest.Read(rest, body, out ResolutionRequest? request, out bool isUrl);
        Content result = isUrl ? Content.Dereferencing : Content.Resolution;
        Representation errors =
            Representation.Choose(ranges, one => one.Content == result)
            ?? (isUrl ? Representation.Dereferencing : Representation.Resolution);
        wrong = !isReadable ? ResolutionError.InvalidOptions.Because(problem) : wrongBody ?? wrong;
        if (wrong is not null)
        {
            return Failed(wrong, errors);
        }

        // 3. The representation.
        Representation? chosen = Representation.Choose(ranges, one => IsPossible(one, request!));
        if (chosen is null)
        {
            return Failed(
                ResolutionError.RepresentationNotSupported.Because(
                    isUrl
                        ? "Nothing that is acceptable can hold what this DID URL leads to. application/did-url-dereferencing can."
                        : "Nothing that is acceptable can hold a DID document. application/did and application/did-resolution can."
                ),
                errors
            );
        }

        // 4. The document.
        wrong = resolver.Resolve(request!, out Resolved? resolved);
        if (wrong is not null)
        {
            return Failed(wrong, errors);
        }

        // 5. What of it is meant.
        wrong = Select(request!, resolved!, chosen, out byte[]? content, out string? location);
        return wrong is not null ? Failed(wrong, errors)
            : location is not null
                ? HttpAnswer.Empty(StatusCodes.Status303SeeOther, [.. VaryByAccept, ("Location", location)]) with
                {
                    CacheControl = CacheShortly,
                }
            : Succeeded(request!, resolved!, chosen, content);
    }

    // A result of resolving is that of a DID; only a service is somewhere.
    private static bool IsPossible(Representation one, ResolutionRequest request) =>
        one.Content switch
        {
            Content.Resolution => !request.IsUrl,
            Content.Location => request.SelectsServices,
            _ => true,
        };

    // DID Resolution, sections 5.4.1 and 5.4.2.
    private static ResolutionFailure? Select(
        ResolutionRequest request,
        Resolved resolved,
        Representation chosen,
        out byte[]? content,
        out string? location
    )
    {
        content = null;
        location = null;
        if (request.Url.Path.Length > 0)
        {
            return ResolutionError.NotFound.Because("DIDs of this method have no paths.");
        }

        if (resolved.Document is not { } document)
        {
            return null;
        }

        if (request.SelectsServices)
        {
            document = document.Clone();
            Service[] selected = [.. document.Services.Where(service => IsSelected(service, request))];
            document.Services.Clear();
            document.Services.AddRange(selected);
            if (chosen.Content == Content.Location)
            {
                return Locate(request, selected, out location);
            }
        }

        bool isDid11 = request.IsDid11 && chosen.Syntax == DocumentSyntax.JsonLd10;
        DidDocumentWriter writer = new(isDid11 ? DocumentSyntax.Did11 : chosen.Syntax, request.JwkMethods);
        if (request.Relationship != KeyPurpose.Unspecified)
        {
            VerificationMethod? method = writer.FindMethod(document, request.Url.Fragment ?? "");
            if (method is null)
            {
                return ResolutionError.InvalidVerificationMethod.Because("The DID URL names no verification method.");
            }

            if (!method.Purposes.Contains(request.Relationship))
            {
                return ResolutionError.InvalidRelationship.Because(
                    $"The verification method is not meant for {DidDocumentWriter.NameOf(request.Relationship)}."
                );
            }
        }

        content = request.Url.Fragment is { } fragment
            ? writer.WritePart(resolved.Did, document, fragment)
            : writer.Write(resolved.Did, document);
        return content is null ? ResolutionError.NotFound.Because("The fragment names nothing in the document.") : null;
    }

    private static bool IsSelected(Service service, ResolutionRequest request) =>
        (request.Service is null || service.Fragment == request.Service)
        && (request.ServiceType is null || service.Type == request.ServiceType);

    private static ResolutionFailure? Locate(ResolutionRequest request, Service[] selected, out string? location)
    {
        location = null;
        if (selected.Length == 0)
        {
            return ResolutionError.NotFound.Because("The document has no such service.");
        }

        string? url = request.RelativeRef is { } reference
            ? ServiceReference.Join(selected[0].Endpoint, reference)
            : selected[0].Endpoint;
        if (url is null)
        {
            return ResolutionError.InvalidDidUrl.Because(
                "relativeRef leads nowhere from an endpoint that has no paths."
            );
        }

        if (request.Url.Fragment is { } fragment)
        {
            if (url.Contains('#', StringComparison.Ordinal))
            {
                return ResolutionError.InvalidDidUrl.Because("The endpoint has a fragment already.");
            }

            url += $"#{fragment}";
        }

        location = url;
        return null;
    }

    // Of a DID that is deactivated, 410 in any case (section 12.1); an earlier version still has its document.
    private static HttpAnswer Succeeded(
        ResolutionRequest request,
        Resolved resolved,
        Representation chosen,
        byte[]? content
    )
    {
        int status = resolved.IsDeactivated ? StatusCodes.Status410Gone : StatusCodes.Status200OK;
        bool isBare = chosen.Content == Content.Document && content is not null;
        if (isBare)
        {
            return new HttpAnswer(status, chosen.ContentType, content)
            {
                CacheControl = IsForEver(request, resolved) ? CacheForEver : CacheShortly,
                LastModified = resolved.LastModified,
                Headers = VaryByAccept,
            };
        }

        Representation wrapped = chosen.Wrapped(request.IsUrl);
        byte[] result = Result(
            wrapped,
            content,
            json => WriteMetadata(json, request, resolved, content is null ? null : chosen.DocumentType),
            json => WriteDocumentMetadata(json, resolved)
        );
        return new HttpAnswer(status, wrapped.ContentType, result)
        {
            CacheControl = CacheShortly,
            LastModified = resolved.LastModified,
            Headers = VaryByAccept,
        };
    }

    private static bool IsForEver(ResolutionRequest request, Resolved resolved) =>
        request.VersionId is not null || resolved.Metadata is null;

    private static HttpAnswer Failed(ResolutionFailure failure, Representation errors)
    {
        byte[] result = Result(
            errors,
            content: null,
            json =>
            {
                json.WriteStartObject();
                failure.Write(json, asKeyword: errors.IsLegacy);
                json.WriteEndObject();
            },
            static json =>
            {
                json.WriteStartObject();
                json.WriteEndObject();
            }
        );
        return new HttpAnswer(failure.Error.Status, errors.ContentType, result) { Headers = VaryByAccept };
    }

    private static void WriteMetadata(
        Utf8JsonWriter json,
        ResolutionRequest request,
        Resolved resolved,
        string? contentType
    )
    {
        json.WriteStartObject();
        if (contentType is not null)
        {
            json.WriteString("contentType", contentType);
        }

        // An answer for a time beyond that of the newest batch holds as far as the log had got.
        if (request.VersionTime is not null && resolved.KnownAsOfMs is { } knownMs)
        {
            json.WriteString("knownAsOf", TimeText.OfSeconds((ulong)knownMs / 1000));
        }

        json.WriteEndObject();
    }

    private static void WriteDocumentMetadata(Utf8JsonWriter json, Resolved resolved)
    {
        if (resolved.Metadata is { } metadata)
        {
            metadata.Write(json);
            return;
        }

        json.WriteStartObject();
        json.WriteEndObject();
    }

    private static byte[] Result(
        Representation representation,
        byte[]? content,
        Action<Utf8JsonWriter> writeMetadata,
        Action<Utf8JsonWriter> writeDocumentMetadata
    )
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes, DidDocumentWriter.JsonOptions))
        {
            bool isResolution = representation.Content == Content.Resolution;
            json.WriteStartObject();
            if (representation.IsLegacy)
            {
                json.WriteString("@context", LegacyContext);
            }

            foreach (string name in isResolution ? (string[])["didDocument"] : ["content", "contentStream"])
            {
                json.WritePropertyName(name);
                json.WriteRawValue(content is null ? "null"u8 : content, skipInputValidation: true);
            }

            json.WritePropertyName(isResolution ? "didResolutionMetadata" : "dereferencingMetadata");
            writeMetadata(json);
            json.WritePropertyName(isResolution ? "didDocumentMetadata" : "contentMetadata");
            writeDocumentMetadata(json);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }
}

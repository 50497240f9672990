using System.Buffers;
using System.Globalization;
using Ledger.Protocol;
using Ledger.Protocol.Documents;
using Ledger.V1;

namespace Ledger.Node.Http.Dids;

/// <summary>
/// A DID or DID URL and what is asked of it. Parameters of the DID URL, of the query of the request and of its body mean the same
/// (DID Resolution, section 5.4.1: all are options of the resolution), and each may be given once.
/// </summary>
internal sealed record ResolutionRequest
{
    private static readonly SearchValues<char> NotInQueries = SearchValues.Create("\"<>\\^`{|}# \t\r\n");

    private static readonly string[] Names =
    [
        "didVersion",
        "expandRelativeUrls",
        "proof",
        "relativeRef",
        "service",
        "serviceType",
        "transformKey",
        "verificationRelationship",
        "versionId",
        "versionTime",
    ];

    private ResolutionRequest(DidUrl url) => Url = url;

    /// <summary>The DID URL; its query is among the members here.</summary>
    public DidUrl Url { get; }

    /// <summary>Index of the entry that wrote the version that is meant; null: not said.</summary>
    public ulong? VersionId { get; private init; }

    /// <summary>The second at whose end the version was in force, Unix seconds; null: not said.</summary>
    public ulong? VersionTime { get; private init; }

    /// <summary>Name of the service that is meant, without '#'; null: not said.</summary>
    public string? Service { get; private init; }

    /// <summary>Type of the services that are meant; null: not said.</summary>
    public string? ServiceType { get; private init; }

    /// <summary>What is meant at the endpoint of the service, in which nothing is wrong; null: not said.</summary>
    public string? RelativeRef { get; private init; }

    /// <summary>Whether documents are to be those of DID 1.1, where the representation has contexts.</summary>
    public bool IsDid11 { get; private init; }

    /// <summary>Which JWKs are to stand beside the keys.</summary>
    public JwkMethods JwkMethods { get; private init; }

    /// <summary>What the key that the fragment names must be meant for; unspecified: not said.</summary>
    public KeyPurpose Relationship { get; private init; }

    /// <summary>Whether the entry that wrote the version is to be proved.</summary>
    public bool WithProof { get; private init; }

    /// <summary>Whether services are selected.</summary>
    public bool SelectsServices => Service is not null || ServiceType is not null;

    /// <summary>Whether a DID URL is to be dereferenced; otherwise a DID is to be resolved.</summary>
    public bool IsUrl => Url.Path.Length > 0 || Url.Fragment is not null || SelectsServices;

    /// <summary>Reads a request.</summary>
    /// <param name="rest">What follows the beginning of the path, as it was sent, with the query.</param>
    /// <param name="body">Options of the body.</param>
    /// <param name="request">The request, when nothing is wrong.</param>
    /// <param name="isUrl">Whether this is about a DID URL, as far as can be told.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public static ResolutionFailure? Read(
        string rest,
        IReadOnlyList<(string Name, string Value)> body,
        out ResolutionRequest? request,
        out bool isUrl
    )
    {
        request = null;
        string[] parts = rest.Split('?', 2);
        string text = Uri.UnescapeDataString(parts[0]);
        isUrl = text.AsSpan().IndexOfAny('/', '?', '#') >= 0;

        // 1. The DID URL conforms to the grammar.
        switch (DidUrl.Parse(text, out DidUrl? url, out string problem))
        {
            case DidUrlFault.Did:
                return ResolutionError.InvalidDid.Because($"This is no DID: {problem}.");
            case DidUrlFault.Url:
                return ResolutionError.InvalidDidUrl.Because($"This is no DID URL: {problem}.");
        }

        string query = parts.Length > 1 ? parts[1] : "";
        if (query.AsSpan().ContainsAny(NotInQueries) || query.Any(static c => c is < '!' or > '~'))
        {
            return ResolutionError.InvalidDidUrl.Because("The query holds a character that no query may hold.");
        }

        Dictionary<string, string> parameters = [];
        foreach (
            (string name, string value) in (IEnumerable<(string, string)>)
                [.. Split(url!.Query), .. Split(query), .. body]
        )
        {
            if (!parameters.TryAdd(name, value))
            {
                return ResolutionError.InvalidDidUrl.Because($"The parameter {Shown(name)} is given more than once.");
            }
        }

        isUrl |= parameters.Keys.Any(static name => name is "service" or "serviceType" or "relativeRef");

        // 2. Its method is supported.
        if (!DidResolver.Methods.Contains(url.Method))
        {
            return ResolutionError.MethodNotSupported.Because(
                $"The method {Shown(url.Method)} is not supported: {string.Join(" and ", DidResolver.Methods)} are."
            );
        }

        // 3. Every option is supported.
        if (parameters.Keys.FirstOrDefault(static name => !Names.Contains(name)) is { } unknown)
        {
            return ResolutionError.FeatureNotSupported.Because(
                $"The parameter {Shown(unknown)} is not supported: {string.Join(", ", Names)} are."
            );
        }

        // 4. Every option is valid.
        return ReadOptions(url, parameters, out request);
    }

    private static ResolutionFailure? ReadOptions(
        DidUrl url,
        Dictionary<string, string> parameters,
        out ResolutionRequest? request
    )
    {
        request = null;
        string? Text(string name) => parameters.GetValueOrDefault(name);

        ulong? versionId = null;
        if (Text("versionId") is { } id)
        {
            if (
                !ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out ulong index)
                || $"{index}" != id
            )
            {
                return Invalid("versionId is no index of an entry: decimal, without leading zeros");
            }

            versionId = index;
        }

        ulong? versionTime = null;
        if (Text("versionTime") is { } time)
        {
            if (!TimeText.TryParseSeconds(time, out ulong seconds, out string problem))
            {
                return Invalid($"versionTime {problem}");
            }

            versionTime = seconds;
        }

        if (versionId is not null && versionTime is not null)
        {
            return Invalid("versionId and versionTime each name a version: say one of them");
        }

        foreach (string flag in (string[])["expandRelativeUrls", "proof"])
        {
            if (Text(flag) is { } value and not ("true" or "false"))
            {
                return Invalid($"{flag} is true or false");
            }
        }

        if (Text("didVersion") is not (null or "1.0" or "1.1"))
        {
            return ResolutionError.FeatureNotSupported.Because(
                "Documents are of DID 1.0 and 1.1, and of no other version."
            );
        }

        JwkMethods jwks = JwkMethods.None;
        if (Text("transformKey") is { } kind)
        {
            jwks =
                kind == nameof(JwkMethods.JsonWebKey) ? JwkMethods.JsonWebKey
                : kind == nameof(JwkMethods.JsonWebKey2020) ? JwkMethods.JsonWebKey2020
                : JwkMethods.None;
            if (jwks == JwkMethods.None)
            {
                return ResolutionError.FeatureNotSupported.Because(
                    "Keys are transformed to JsonWebKey2020 and JsonWebKey, and to nothing else."
                );
            }
        }

        KeyPurpose relationship = KeyPurpose.Unspecified;
        if (Text("verificationRelationship") is { } name)
        {
            relationship = Enum.GetValues<KeyPurpose>().FirstOrDefault(p => DidDocumentWriter.NameOf(p) == name);
            if (relationship == KeyPurpose.Unspecified)
            {
                return Invalid("verificationRelationship is none of DID Core's");
            }
        }

        string? service = Text("service");
        string? reference = Text("relativeRef");
        if (reference is not null)
        {
            string problem = ServiceReference.ProblemOf(reference);
            if (problem.Length > 0)
            {
                return ResolutionError.InvalidDidUrl.Because($"{problem}.");
            }

            if (service is null && Text("serviceType") is null)
            {
                return ResolutionError.InvalidDidUrl.Because(
                    "relativeRef needs a service: say service or serviceType."
                );
            }
        }

        request = new ResolutionRequest(url)
        {
            VersionId = versionId,
            VersionTime = versionTime,
            Service = service is null ? null : NameOf(service, url.Did),
            ServiceType = Text("serviceType"),
            RelativeRef = reference,
            IsDid11 = Text("didVersion") == "1.1",
            JwkMethods = jwks,
            Relationship = relationship,
            WithProof = Text("proof") == "true",
        };
        return null;
    }

    private static ResolutionFailure Invalid(string problem) => ResolutionError.InvalidOptions.Because($"{problem}.");

    // A name, a relative DID URL (#name) or an absolute one: all are the same service.
    private static string NameOf(string service, string did) =>
        service.StartsWith($"{did}#", StringComparison.Ordinal) ? service[(did.Length + 1)..]
        : service.StartsWith('#') ? service[1..]
        : service;

    // '+' stands for itself: this is a query of RFC 3986, and no form.
    private static IEnumerable<(string, string)> Split(string? query) =>
        (query ?? "")
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(static pair => pair.Split('=', 2))
            .Select(static pair =>
                (Uri.UnescapeDataString(pair[0]), pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : "")
            );

    // What a caller sent is named, as far as it is short and plain.
    private static string Shown(string text) =>
        text.Length is > 0 and <= 40 && text.All(static c => c is >= '!' and <= '~') ? $"'{text}'" : "that was sent";
}

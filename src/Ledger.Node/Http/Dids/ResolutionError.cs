using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Ledger.Node.Http.Dids;

/// <summary>A kind of error of DID Resolution (section 11) or of Controlled Identifiers (section 3.5), with its status of HTTP.</summary>
/// <param name="Name">Its name, the last part of its type.</param>
/// <param name="Status">Status code of HTTP (DID Resolution, section 12.1): of what the table there does not name, 500.</param>
/// <param name="Title">What it means, in a few words.</param>
/// <param name="Keyword">How it was called before errors were objects.</param>
internal sealed record ResolutionError(string Name, int Status, string Title, string Keyword)
{
    private const string DidVocabulary = "https://www.w3.org/ns/did#";
    private const string SecurityVocabulary = "https://w3id.org/security#";

    public static ResolutionError InvalidDid { get; } =
        new("INVALID_DID", StatusCodes.Status400BadRequest, "Invalid DID", "invalidDid");

    public static ResolutionError InvalidDidUrl { get; } =
        new("INVALID_DID_URL", StatusCodes.Status400BadRequest, "Invalid DID URL", "invalidDidUrl");

    public static ResolutionError InvalidOptions { get; } =
        new("INVALID_OPTIONS", StatusCodes.Status400BadRequest, "Invalid options", "invalidOptions");

    public static ResolutionError NotFound { get; } =
        new("NOT_FOUND", StatusCodes.Status404NotFound, "Not found", "notFound");

    public static ResolutionError RepresentationNotSupported { get; } =
        new(
            "REPRESENTATION_NOT_SUPPORTED",
            StatusCodes.Status406NotAcceptable,
            "Representation not supported",
            "representationNotSupported"
        );

    public static ResolutionError MethodNotSupported { get; } =
        new(
            "METHOD_NOT_SUPPORTED",
            StatusCodes.Status501NotImplemented,
            "DID method not supported",
            "methodNotSupported"
        );

    public static ResolutionError FeatureNotSupported { get; } =
        new(
            "FEATURE_NOT_SUPPORTED",
            StatusCodes.Status501NotImplemented,
            "Feature not supported",
            "featureNotSupported"
        );

    public static ResolutionError InternalError { get; } =
        new("INTERNAL_ERROR", StatusCodes.Status500InternalServerError, "Internal error", "internalError");

    public static ResolutionError InvalidVerificationMethod { get; } =
        new(
            "INVALID_VERIFICATION_METHOD",
            StatusCodes.Status500InternalServerError,
            "Not a verification method",
            "invalidVerificationMethod"
        )
        {
            Vocabulary = SecurityVocabulary,
        };

    public static ResolutionError InvalidRelationship { get; } =
        new(
            "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD",
            StatusCodes.Status500InternalServerError,
            "Verification method without that relationship",
            "invalidRelationshipForVerificationMethod"
        )
        {
            Vocabulary = SecurityVocabulary,
        };

    private string Vocabulary { get; init; } = DidVocabulary;

    /// <summary>An error of this kind.</summary>
    /// <param name="detail">What exactly is wrong: one sentence.</param>
    public ResolutionFailure Because(string detail) => new(this, detail);

    /// <summary>The type of its objects: a URL.</summary>
    public string Type => Vocabulary + Name;
}

/// <summary>Why there is no document.</summary>
/// <param name="Error">The kind of error.</param>
/// <param name="Detail">What exactly is wrong: one sentence.</param>
internal sealed record ResolutionFailure(ResolutionError Error, string Detail)
{
    /// <summary>Writes it as members of metadata: an object (RFC 9457), or the keyword that came before them.</summary>
    public void Write(Utf8JsonWriter json, bool asKeyword)
    {
        if (asKeyword)
        {
            json.WriteString("error", Error.Keyword);
            json.WriteString("message", Detail);
            return;
        }

        json.WriteStartObject("error");
        json.WriteString("type", Error.Type);
        json.WriteString("title", Error.Title);
        json.WriteString("detail", Detail);
        json.WriteEndObject();
    }
}

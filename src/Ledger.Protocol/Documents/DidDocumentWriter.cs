using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ledger.V1;

namespace Ledger.Protocol.Documents;

/// <summary>
/// Writes the document of a DID as W3C DID 1.0 and 1.1 have it. Members come in one order and nothing depends on when it is written:
/// the same document has the same bytes for ever.
/// </summary>
/// <param name="syntax">The representation.</param>
/// <param name="jwkMethods">Which JWKs stand beside the keys: each under the name of its key and <c>.jwk</c>.</param>
public sealed class DidDocumentWriter(DocumentSyntax syntax, JwkMethods jwkMethods = JwkMethods.None)
{
    /// <summary>What follows the name of a key in that of its JWK: no key or service of a document has a '.' in its name.</summary>
    public const string JwkSuffix = ".jwk";

    // In the order of DID Core, section 5.3.
    private static readonly KeyPurpose[] Relationships =
    [
        KeyPurpose.Authentication,
        KeyPurpose.AssertionMethod,
        KeyPurpose.KeyAgreement,
        KeyPurpose.CapabilityInvocation,
        KeyPurpose.CapabilityDelegation,
    ];

    /// <summary>How JSON is written here and wherever a document is a part of it: compact, and readable.</summary>
    public static JsonWriterOptions JsonOptions { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Name of a relationship in a document, for example <c>assertionMethod</c>; null when it is none.</summary>
    public static string? NameOf(KeyPurpose purpose) =>
        purpose switch
        {
            KeyPurpose.Authentication => "authentication",
            KeyPurpose.AssertionMethod => "assertionMethod",
            KeyPurpose.KeyAgreement => "keyAgreement",
            KeyPurpose.CapabilityInvocation => "capabilityInvocation",
            KeyPurpose.CapabilityDelegation => "capabilityDelegation",
            _ => null,
        };

    /// <summary>A whole document in UTF-8.</summary>
    /// <param name="did">The DID.</param>
    /// <param name="document">Its state.</param>
    public byte[] Write(string did, DidDocument document) => Bytes(json => Write(json, did, document));

    /// <summary>Writes a whole document as a value.</summary>
    /// <inheritdoc cref="Write(string, DidDocument)"/>
    public void Write(Utf8JsonWriter json, string did, DidDocument document)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(document);
        json.WriteStartObject();
        WriteContexts(json);
        json.WriteString("id", did);
        WriteTexts(json, "alsoKnownAs", document.AlsoKnownAs);

        // The keys of the DID itself can always change it; without other controllers that goes without saying.
        WriteTexts(json, "controller", document.Controllers.Count == 0 ? [] : [did, .. document.Controllers]);
        json.WriteStartArray("verificationMethod");
        foreach (VerificationMethod method in document.VerificationMethods)
        {
            WriteMethod(json, did, method);
            WriteJwkMethod(json, did, method);
        }

        json.WriteEndArray();
        foreach (KeyPurpose purpose in Relationships)
        {
            WriteTexts(json, NameOf(purpose)!, document.VerificationMethods.SelectMany(m => Ids(did, m, purpose)));
        }

        if (document.Services.Count > 0)
        {
            json.WriteStartArray("service");
            foreach (Service service in document.Services)
            {
                json.WriteStartObject();
                WriteMembers(json, did, service);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>
    /// What a fragment of a document names, standing alone: a verification method or a service, with the contexts of the document.
    /// </summary>
    /// <param name="did">The DID.</param>
    /// <param name="document">Its state.</param>
    /// <param name="fragment">The fragment, without '#'.</param>
    /// <returns>Null when it names nothing.</returns>
    public byte[]? WritePart(string did, DidDocument document, string fragment)
    {
        ArgumentNullException.ThrowIfNull(document);
        if (FindMethod(document, fragment) is { } method)
        {
            return method.Fragment == fragment
                ? Part(json => WriteMembers(json, did, method))
                : Part(json => WriteJwkMembers(json, did, method));
        }

        return document.Services.FirstOrDefault(s => s.Fragment == fragment) is { } service
            ? Part(json => WriteMembers(json, did, service))
            : null;
    }

    /// <summary>The verification method that a fragment names, or whose JWK it names; null when it names none.</summary>
    /// <param name="document">State of the DID.</param>
    /// <param name="fragment">The fragment, without '#'.</param>
    public VerificationMethod? FindMethod(DidDocument document, string fragment)
    {
        ArgumentNullException.ThrowIfNull(document);
        return document.VerificationMethods.FirstOrDefault(m =>
            m.Fragment == fragment || (HasJwk(m) && m.Fragment + JwkSuffix == fragment)
        );
    }

    private byte[] Part(Action<Utf8JsonWriter> writeMembers) =>
        Bytes(json =>
        {
            json.WriteStartObject();
            WriteContexts(json);
            writeMembers(json);
            json.WriteEndObject();
        });

    private void WriteContexts(Utf8JsonWriter json)
    {
        if (syntax == DocumentSyntax.Json10)
        {
            return;
        }

        json.WriteStartArray("@context");
        if (syntax == DocumentSyntax.Did11)
        {
            json.WriteStringValue("https://www.w3.org/ns/did/v1.1");
        }
        else
        {
            json.WriteStringValue("https://www.w3.org/ns/did/v1");
            json.WriteStringValue("https://w3id.org/security/multikey/v1");
        }

        if (jwkMethods == JwkMethods.JsonWebKey2020)
        {
            json.WriteStringValue("https://w3id.org/security/suites/jws-2020/v1");
        }
        else if (jwkMethods == JwkMethods.JsonWebKey && syntax == DocumentSyntax.JsonLd10)
        {
            json.WriteStringValue("https://w3id.org/security/jwk/v1");
        }

        json.WriteEndArray();
    }

    private static void WriteMethod(Utf8JsonWriter json, string did, VerificationMethod method)
    {
        json.WriteStartObject();
        WriteMembers(json, did, method);
        json.WriteEndObject();
    }

    private void WriteJwkMethod(Utf8JsonWriter json, string did, VerificationMethod method)
    {
        if (HasJwk(method))
        {
            json.WriteStartObject();
            WriteJwkMembers(json, did, method);
            json.WriteEndObject();
        }
    }

    private static void WriteMembers(Utf8JsonWriter json, string did, VerificationMethod method)
    {
        WriteHead(json, did, method, method.Fragment, "Multikey");
        json.WriteString("publicKeyMultibase", Multikey.Encode(method.Type, method.PublicKey.Span));
    }

    private void WriteJwkMembers(Utf8JsonWriter json, string did, VerificationMethod method)
    {
        WriteHead(json, did, method, method.Fragment + JwkSuffix, jwkMethods.ToString());
        json.WritePropertyName("publicKeyJwk");
        JwkOf(method)!.Write(json);
    }

    // W3C Controlled Identifiers 1.0, section 2.2: `expires` stands before the key itself.
    private static void WriteHead(Utf8JsonWriter json, string did, VerificationMethod method, string name, string type)
    {
        json.WriteString("id", $"{did}#{name}");
        json.WriteString("type", type);
        json.WriteString("controller", did);
        if (method.ValidUntil > 0)
        {
            json.WriteString("expires", TimeText.OfSeconds(method.ValidUntil));
        }
    }

    private static void WriteMembers(Utf8JsonWriter json, string did, Service service)
    {
        json.WriteString("id", $"{did}#{service.Fragment}");
        json.WriteString("type", service.Type);
        json.WriteString("serviceEndpoint", service.Endpoint);
    }

    private IEnumerable<string> Ids(string did, VerificationMethod method, KeyPurpose purpose)
    {
        if (method.Purposes.Contains(purpose))
        {
            yield return $"{did}#{method.Fragment}";
            if (HasJwk(method))
            {
                yield return $"{did}#{method.Fragment}{JwkSuffix}";
            }
        }
    }

    private bool HasJwk(VerificationMethod method) => jwkMethods != JwkMethods.None && JwkOf(method) is not null;

    private static Jwk? JwkOf(VerificationMethod method) => Jwk.Of(method.Type, method.PublicKey.Span);

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        string[] all = [.. texts];
        if (all.Length > 0)
        {
            json.WriteStartArray(name);
            foreach (string text in all)
            {
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
        }
    }

    private static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes, JsonOptions))
        {
            write(json);
        }

        return bytes.WrittenSpan.ToArray();
    }
}

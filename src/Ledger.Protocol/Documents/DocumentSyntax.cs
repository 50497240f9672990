namespace Ledger.Protocol.Documents;

/// <summary>A representation of DID documents.</summary>
public enum DocumentSyntax
{
    /// <summary><c>application/did</c>, of DID 1.1: its one context knows Multikey and JsonWebKey.</summary>
    Did11,

    /// <summary><c>application/did+ld+json</c>, of DID Core 1.0: JSON-LD, with a context for each kind of key.</summary>
    JsonLd10,

    /// <summary><c>application/did+json</c>, of DID Core 1.0: JSON, without contexts.</summary>
    Json10,
}

/// <summary>Verification methods that hold a public key as a JWK. A document has them on request, beside the others.</summary>
public enum JwkMethods
{
    /// <summary>None.</summary>
    None,

    /// <summary>The type of W3C Controlled Identifiers 1.0.</summary>
    JsonWebKey,

    /// <summary>The type before it, which libraries look for.</summary>
    JsonWebKey2020,
}

using Ledger.Crypto;
using Ledger.V1;
using static Ledger.Protocol.FieldForms;

namespace Ledger.Protocol;

/// <summary>The forms of public keys: those of a document, and recovery keys.</summary>
internal static class KeyForms
{
    public static string? CheckMethod(VerificationMethod method) =>
        !DidSyntax.IsFragment(method.Fragment)
            ? "fragment: " + NotAName
            : CheckKey(method.Type, method.PublicKey.Span)
                ?? CheckAscending("purposes", method.Purposes, KeyPurpose.Authentication, KeyPurpose.KeyAgreement);

    private static string? CheckKey(KeyType type, ReadOnlySpan<byte> publicKey) =>
        type switch
        {
            KeyType.Secp256K1 => Ecdsa.IsPublicKey(publicKey)
                ? null
                : "public_key: must be a point of secp256k1, compressed to 33 bytes",
            KeyType.Ed25519 => Ed25519.IsPublicKey(publicKey)
                ? null
                : "public_key: must be a point of Ed25519, canonical in its 32 bytes and not of small order",
            _ => "type: " + NotAValue,
        };

    public static string? CheckRecoveryKey(VerificationMethod key) =>
        !DidSyntax.IsFragment(key.Fragment) ? "fragment: " + NotAName
        : key.Type == KeyType.Multikey ? "type: must be one that signs operations"
        : CheckKey(key.Type, key.PublicKey.Span)
            ?? (
                key.Purposes.Count != 0 ? "purposes: must be empty"
                : key.ValidUntil != 0 ? "valid_until: must be 0"
                : null
            );
}

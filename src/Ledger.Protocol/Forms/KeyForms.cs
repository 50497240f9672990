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
                ?? CheckAscending("purposes", method.Purposes, KeyPurpose.Authentication, KeyPurpose.KeyAgreement)
                ?? (
                    method.Type == KeyType.Multikey && method.Purposes.Contains(KeyPurpose.CapabilityInvocation)
                        ? "purposes: a MULTIKEY is no update key"
                    : method.ValidUntil > Limits.ValidUntilMax ? $"valid_until: must be at most {Limits.ValidUntilMax}"
                    : null
                );

    public static string? CheckKey(KeyType type, ReadOnlySpan<byte> publicKey) =>
        type switch
        {
            KeyType.Secp256K1 => Ecdsa.IsPublicKey(publicKey)
                ? null
                : "public_key: must be a point of secp256k1, compressed to 33 bytes",
            KeyType.Ed25519 => Ed25519.IsPublicKey(publicKey)
                ? null
                : "public_key: must be a point of Ed25519, canonical in its 32 bytes and not of small order",
            KeyType.P256 => P256.IsPublicKey(publicKey)
                ? null
                : "public_key: must be a point of P-256, compressed to 33 bytes",
            KeyType.Multikey => CheckMultikey(publicKey),
            _ => "type: " + NotAValue,
        };

    // A key of a kind that is not known here is any bytes; but one key has one form, and no secret is ever listed.
    private static string? CheckMultikey(ReadOnlySpan<byte> publicKey) =>
        publicKey.Length > Limits.MultikeyBytesMax ? $"public_key: must be at most {Limits.MultikeyBytesMax} bytes"
        : !Multicodec.TryRead(publicKey, out ulong code, out int codeBytes)
        || code == 0
        || codeBytes == publicKey.Length
            ? "public_key: must be the code of a kind of key, as a shortest varint, and the key"
        : Multicodec.TypeOf(code) != KeyType.Multikey ? "public_key: this kind of key has a type of its own"
        : Multicodec.IsSecret(code)
            ? "public_key: is of a kind that is secret. Whoever could see it has it: replace the key"
        : Multicodec.KeyBytes(code) is > 0 and int length && length != publicKey.Length - codeBytes
            ? $"public_key: must have {length} bytes after its code"
        : code == Multicodec.Sm2 && !Sm2.IsPublicKey(publicKey[codeBytes..])
            ? "public_key: must be a point of SM2, compressed to 33 bytes"
        : null;

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

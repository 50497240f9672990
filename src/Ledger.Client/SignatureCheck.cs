using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>Whether a signature is one of an operation by a key, as the ledger will judge it.</summary>
internal static class SignatureCheck
{
    /// <summary>Judges form, numbers and equation.</summary>
    /// <param name="key">The key; one that signs no operations verifies nothing.</param>
    /// <param name="operation">The encoded operation.</param>
    /// <param name="signature">Any bytes.</param>
    public static bool Verifies(VerificationMethod key, ReadOnlySpan<byte> operation, ReadOnlySpan<byte> signature)
    {
        ReadOnlySpan<byte> publicKey = key.PublicKey.Span;
        if (signature.Length != Limits.SignatureBytes)
        {
            return false;
        }
        Span<byte> id = stackalloc byte[Limits.HashBytes];
        OperationCodec.ComputeId(operation, id);
        return key.Type switch
        {
            KeyType.Secp256K1 => Ecdsa.IsPublicKey(publicKey)
                && OperationCodec.CheckSignatureForm(key.Type, signature).IsOk
                && Ecdsa.Verify(publicKey, id, signature),
            KeyType.P256 => P256.IsPublicKey(publicKey)
                && OperationCodec.CheckSignatureForm(key.Type, signature).IsOk
                && P256.Verify(publicKey, id, signature),
            KeyType.Ed25519 => Ed25519.IsPublicKey(publicKey)
                && OperationCodec.CheckSignatureForm(key.Type, signature).IsOk
                && Ed25519.Verify(publicKey, [.. OperationCodec.Domain, .. operation], signature),
            _ => false,
        };
    }
}

using Ledger.Crypto.Native;

namespace Ledger.Crypto;

/// <summary>Verification of Ed25519 (RFC 8032) through OpenSSL.</summary>
/// <remarks>Safe on any number of threads. Allocates nothing but, once a thread, a context that later calls reuse.</remarks>
public static class Ed25519
{
    /// <summary>Bytes of a public key.</summary>
    public const int PublicKeyBytes = 32;

    /// <summary>Bytes of a signature.</summary>
    public const int SignatureBytes = 64;

    /// <summary>Whether a signature is this key's over this message. Never throws, whatever the bytes.</summary>
    /// <param name="publicKey">32 bytes; false for any other length or for what is not a point.</param>
    /// <param name="message">The message itself, of any length.</param>
    /// <param name="signature">64 bytes; false for any other length.</param>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        publicKey.Length == PublicKeyBytes
        && signature.Length == SignatureBytes
        && LibCrypto.Verify(publicKey, message, signature);
}

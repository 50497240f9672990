using Ledger.Crypto.Curve25519;
using Ledger.Crypto.Native;

namespace Ledger.Crypto;

/// <summary>Verification of Ed25519 (RFC 8032): what a key and a signature are, to the byte, for this ledger.</summary>
/// <remarks>
/// <para>
/// Libraries for Ed25519 agree on honest signatures and differ on crafted ones. A ledger on which nodes must agree for ever
/// cannot take over whatever a library, in the version that is installed, happens to do. So here it is. L is the order of the
/// base point B, and p = 2²⁵⁵ − 19:
/// </para>
/// <list type="number">
/// <item>
/// A public key A is 32 bytes: a point of the curve, encoded canonically (y &lt; p; where x is 0, its sign is 0), whose order
/// does not divide 8. A may have a component of small order beside the one of order L.
/// </item>
/// <item>A signature is 64 bytes, R ‖ S. S, little-endian, is below L. R is canonical in the same sense.</item>
/// <item>
/// With k = SHA-512(R ‖ A ‖ M), as a number modulo L, the 32 bytes of the point [S]B − [k]A are those of R. This is the
/// equation of RFC 8032 §5.1.7 without the cofactor: multiplied by 8 it would accept more.
/// </item>
/// </list>
/// <para>
/// R may have small order. Then S = k·a, where a is the secret: only its holder can make such a signature, which gives a away
/// and forges nothing. That R lies on the curve follows from (3).
/// </para>
/// <para>
/// The first two are decided here and the third, with A's lying on the curve, by libcrypto, the library that .NET itself uses:
/// but only after it has judged a few known signatures as it must. docs/design/0002-ed25519.md gives the reasons.
/// </para>
/// <para>Safe on any number of threads. Allocates nothing but, once a thread, a context that later calls reuse.</para>
/// </remarks>
public static class Ed25519
{
    /// <summary>Bytes of a public key.</summary>
    public const int PublicKeyBytes = 32;

    /// <summary>Bytes of a signature: R, then S, 32 bytes each, little-endian.</summary>
    public const int SignatureBytes = 64;

    // Threads that find it false at once examine libcrypto each; they find the same.
    private static volatile bool s_isLibraryExamined;

    /// <summary>Whether these bytes are a public key, as (1) above says. Costs a fifteenth of a verification.</summary>
    /// <param name="publicKey">Any bytes; anything but 32 is not a key.</param>
    public static bool IsPublicKey(ReadOnlySpan<byte> publicKey) =>
        IsPublicKeyIfOnCurve(publicKey) && Edwards25519.IsOnCurve(publicKey);

    /// <summary>Whether S is below L, whatever key and message may be.</summary>
    /// <param name="signature">Any bytes; false for any length but 64.</param>
    public static bool IsInRange(ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureBytes && Edwards25519.IsScalar(signature[32..]);

    /// <summary>Whether a signature is this key's over this message, and canonical.</summary>
    /// <param name="publicKey">32 bytes; false for any other length or for what is not a key.</param>
    /// <param name="message">The message itself, of any length.</param>
    /// <param name="signature">64 bytes; false for any other length.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">
    /// libcrypto has another definition, so nothing can be verified with it.
    /// </exception>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (!s_isLibraryExamined)
        {
            Ed25519KnownAnswers.Require(LibCrypto.Verify);
            s_isLibraryExamined = true;
        }
        return IsPublicKeyIfOnCurve(publicKey)
            && IsInRange(signature)
            && Edwards25519.IsCanonical(signature[..32])
            && LibCrypto.Verify(publicKey, message, signature);
    }

    // Finding out whether there is an x costs a fifteenth of verifying, and libcrypto must find it anyway.
    private static bool IsPublicKeyIfOnCurve(ReadOnlySpan<byte> publicKey) =>
        publicKey.Length == PublicKeyBytes
        && Edwards25519.IsCanonical(publicKey)
        && !Edwards25519.IsSmallOrder(publicKey);
}

using System.Diagnostics.CodeAnalysis;
using Ledger.Crypto.Secp256k1;
using Ledger.Crypto.Secp256k1.Lanes;

namespace Ledger.Crypto;

/// <summary>
/// Verification of ECDSA over secp256k1 (SEC 1 §4.1.4) as this ledger has it: compressed keys, raw <c>r‖s</c>, low S only
/// (BIP 146), so that one signature has one encoding.
/// </summary>
/// <remarks>
/// Keys, hashes and signatures come from outsiders: whatever their bytes, the answer is a verdict and never an exception.
/// They are public, so the time this takes may depend on them. Safe on any number of threads; allocates nothing.
/// </remarks>
public static class Ecdsa
{
    /// <summary>Bytes of a public key: 02 or 03 (the parity of y), then x, big-endian.</summary>
    public const int PublicKeyBytes = 33;

    /// <summary>Bytes of a point in full: x, then y, 32 bytes each, big-endian.</summary>
    public const int PointBytes = 64;

    /// <summary>Bytes of a signature: r, then s, 32 bytes each, big-endian; 1 ≤ r &lt; n and 1 ≤ s ≤ n/2.</summary>
    public const int SignatureBytes = 64;

    /// <summary>Bytes of the hash that is signed.</summary>
    public const int HashBytes = 32;

    // One signature alone costs less in scalar arithmetic than in lanes that stay empty; two no longer do.
    private const int LaneSignaturesMin = 2;

    /// <summary>Whether these bytes are the canonical compressed encoding of a point on the curve.</summary>
    /// <param name="publicKey">Any bytes; anything but 33 is not a key.</param>
    public static bool IsPublicKey(ReadOnlySpan<byte> publicKey) =>
        publicKey.Length == PublicKeyBytes && Sec1.TryReadPoint(publicKey, out _);

    /// <summary>Finds both coordinates of a public key.</summary>
    /// <param name="publicKey">Any bytes.</param>
    /// <param name="point">Receives <see cref="PointBytes"/> bytes when it is a key, and is left as it is otherwise.</param>
    /// <returns>Whether it is a key.</returns>
    public static bool TryDecompress(ReadOnlySpan<byte> publicKey, Span<byte> point)
    {
        if (publicKey.Length != PublicKeyBytes || !Sec1.TryReadPoint(publicKey, out AffinePoint found))
        {
            return false;
        }
        found.X.Write(point);
        found.Y.Write(point[32..]);
        return true;
    }

    /// <summary>Whether r and s are from 1 to n − 1, whatever key and hash may be.</summary>
    /// <param name="signature">Any bytes; false for any length but 64.</param>
    public static bool IsInRange(ReadOnlySpan<byte> signature) =>
        EcdsaSignature.TryRead(signature, lowSOnly: false, out _);

    /// <summary>Whether, moreover, s is at most n/2, as <see cref="Verify"/> asks of every signature.</summary>
    /// <param name="signature">Any bytes; false for any length but 64.</param>
    public static bool IsLowS(ReadOnlySpan<byte> signature) => EcdsaSignature.TryRead(signature, lowSOnly: true, out _);

    /// <summary>Whether a signature is this key's over this hash, and canonical.</summary>
    /// <param name="publicKey">33 bytes; false for any other length or for what is not a key.</param>
    /// <param name="hash">32 bytes; false for any other length.</param>
    /// <param name="signature">64 bytes; false for any other length, for r or s out of range, and for high S.</param>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature) =>
        publicKey.Length == PublicKeyBytes
        && hash.Length == HashBytes
        && signature.Length == SignatureBytes
        && EcdsaScalar.Verify(publicKey, hash, signature);

    /// <summary>
    /// Verifies n independent signatures, n being the length of <paramref name="verdicts"/>: eight or four at a time where the
    /// processor has the vectors, at their best in multiples of sixteen.
    /// </summary>
    /// <param name="publicKeys">n keys of 33 bytes, one after the other.</param>
    /// <param name="hashes">n hashes of 32 bytes.</param>
    /// <param name="signatures">n signatures of 64 bytes.</param>
    /// <param name="verdicts">Receives, for each i, what <see cref="Verify"/> says of the i-th of each.</param>
    /// <exception cref="ArgumentException">A packed span is not n times its item's size.</exception>
    public static void VerifyBatch(
        ReadOnlySpan<byte> publicKeys,
        ReadOnlySpan<byte> hashes,
        ReadOnlySpan<byte> signatures,
        Span<bool> verdicts
    )
    {
        RequirePacked(publicKeys, verdicts.Length, PublicKeyBytes, nameof(publicKeys));
        RequirePacked(hashes, verdicts.Length, HashBytes, nameof(hashes));
        RequirePacked(signatures, verdicts.Length, SignatureBytes, nameof(signatures));

        if (verdicts.Length < LaneSignaturesMin)
        {
            EcdsaLanes.VerifyBatchScalar(publicKeys, hashes, signatures, verdicts);
        }
        else
        {
            EcdsaLanes.VerifyBatch(publicKeys, hashes, signatures, verdicts);
        }
    }

    private static void RequirePacked(ReadOnlySpan<byte> packed, int count, int itemBytes, string name)
    {
        if (packed.Length != (long)count * itemBytes)
        {
            ThrowNotPacked(packed.Length, count, itemBytes, name);
        }
    }

    [DoesNotReturn]
    private static void ThrowNotPacked(int length, int count, int itemBytes, string name) =>
        throw new ArgumentException($"{count} items of {itemBytes} bytes were expected, not {length} bytes.", name);
}

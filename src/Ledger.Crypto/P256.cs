using System.Security.Cryptography;

namespace Ledger.Crypto;

/// <summary>
/// Verification of ECDSA over P-256 (FIPS 186-5; SEC 2 §2.4.2, secp256r1) as this ledger has it: compressed keys, raw <c>r‖s</c>, low S
/// only, so that one signature has one encoding.
/// </summary>
/// <remarks>
/// What a key and a signature are, to the byte, is decided here; the equation, for a point of the curve and r and s within their range,
/// is the platform's: all implementations agree on it there. Whatever the bytes, the answer is a verdict and never an exception. Safe on
/// any number of threads.
/// </remarks>
public static class P256
{
    /// <summary>Bytes of a public key: 02 or 03 (the parity of y), then x, big-endian.</summary>
    public const int PublicKeyBytes = PrimeCurve.CompressedBytes;

    /// <summary>Bytes of a point in full: x, then y, 32 bytes each, big-endian.</summary>
    public const int PointBytes = 2 * PrimeCurve.CoordinateBytes;

    /// <summary>Bytes of a signature: r, then s, 32 bytes each, big-endian; 1 ≤ r &lt; n and 1 ≤ s ≤ n/2.</summary>
    public const int SignatureBytes = 64;

    /// <summary>Bytes of the hash that is signed.</summary>
    public const int HashBytes = 32;

    private static readonly PrimeCurve Curve = new(
        p: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        b: "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"
    );

    // Big-endian, so that numbers compare as bytes do.
    private static readonly byte[] Order = Convert.FromHexString(
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
    );

    private static readonly byte[] HalfOrder = Convert.FromHexString(
        "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8"
    );

    /// <summary>Whether these bytes are the canonical compressed encoding of a point on the curve.</summary>
    /// <param name="publicKey">Any bytes; anything but 33 is not a key.</param>
    public static bool IsPublicKey(ReadOnlySpan<byte> publicKey) =>
        TryDecompress(publicKey, stackalloc byte[PointBytes]);

    /// <summary>Finds both coordinates of a public key.</summary>
    /// <param name="publicKey">Any bytes.</param>
    /// <param name="point">Receives <see cref="PointBytes"/> bytes when it is a key, and is left as it is otherwise.</param>
    /// <returns>Whether it is a key.</returns>
    public static bool TryDecompress(ReadOnlySpan<byte> publicKey, Span<byte> point) =>
        Curve.TryDecompress(publicKey, point);

    /// <summary>Whether a number is from 1 to n − 1: r or s of a signature, or a private key.</summary>
    /// <param name="scalar">32 bytes, big-endian; false for any other length.</param>
    public static bool IsScalar(ReadOnlySpan<byte> scalar) =>
        scalar.Length == Order.Length && scalar.ContainsAnyExcept((byte)0) && scalar.SequenceCompareTo(Order) < 0;

    /// <summary>Whether r and s are from 1 to n − 1, whatever key and hash may be.</summary>
    /// <param name="signature">Any bytes; false for any length but 64.</param>
    public static bool IsInRange(ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureBytes && IsScalar(signature[..32]) && IsScalar(signature[32..]);

    /// <summary>Whether, moreover, s is at most n/2, as <see cref="Verify"/> asks of every signature.</summary>
    /// <param name="signature">Any bytes; false for any length but 64.</param>
    public static bool IsLowS(ReadOnlySpan<byte> signature) =>
        IsInRange(signature) && signature[32..].SequenceCompareTo(HalfOrder) <= 0;

    /// <summary>Whether a signature is this key's over this hash, and canonical.</summary>
    /// <param name="publicKey">33 bytes; false for any other length or for what is not a key.</param>
    /// <param name="hash">32 bytes; false for any other length.</param>
    /// <param name="signature">64 bytes; false for any other length, for r or s out of range, and for high S.</param>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        Span<byte> point = stackalloc byte[PointBytes];
        if (hash.Length != HashBytes || !IsLowS(signature) || !TryDecompress(publicKey, point))
        {
            return false;
        }
        ECParameters parameters = new()
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = point[..32].ToArray(), Y = point[32..].ToArray() },
        };
        using ECDsa key = ECDsa.Create(parameters);
        return key.VerifyHash(hash, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>Puts the other number for s, n − s, in its place if it is the lower one. Both verify on the curve; one is canonical.</summary>
    /// <param name="signature">64 bytes in range; changed in place.</param>
    /// <exception cref="ArgumentException">It is not a signature in range.</exception>
    public static void NormalizeS(Span<byte> signature)
    {
        if (!IsInRange(signature))
        {
            throw new ArgumentException("This is not r and s from 1 to n − 1.", nameof(signature));
        }
        if (IsLowS(signature))
        {
            return;
        }
        int borrow = 0;
        for (int i = 31; i >= 0; i--)
        {
            int difference = Order[i] - signature[32 + i] - borrow;
            borrow = difference < 0 ? 1 : 0;
            signature[32 + i] = (byte)difference;
        }
    }
}

namespace Ledger.Crypto;

/// <summary>
/// Public keys of SM2 (GB/T 32918.5, curve sm2p256v1), which documents can list. No operation is signed with one.
/// </summary>
public static class Sm2
{
    /// <summary>Bytes of a public key: 02 or 03 (the parity of y), then x, big-endian.</summary>
    public const int PublicKeyBytes = PrimeCurve.CompressedBytes;

    /// <summary>Bytes of a point in full: x, then y, 32 bytes each, big-endian.</summary>
    public const int PointBytes = 2 * PrimeCurve.CoordinateBytes;

    private static readonly PrimeCurve Curve = new(
        p: "fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff",
        b: "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93"
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
}

using System.Globalization;
using System.Numerics;

namespace Ledger.Crypto;

/// <summary>
/// The points of a curve y² = x³ − 3x + b over a prime p of 256 bits with p mod 4 = 3, whose order is prime: P-256 and SM2. Every
/// point on such a curve belongs to its one group.
/// </summary>
/// <remarks>Public keys are public, so the time this takes may depend on them. About a tenth of a millisecond.</remarks>
internal sealed class PrimeCurve(string p, string b)
{
    public const int CompressedBytes = 33;
    public const int CoordinateBytes = 32;

    private readonly BigInteger _p = Hex(p);
    private readonly BigInteger _b = Hex(b);

    /// <summary>
    /// Reads a compressed point (SEC 1 §2.3.4): 02 or 03 (the parity of y), then x below p, such that there is a y.
    /// </summary>
    /// <param name="compressed">Any bytes.</param>
    /// <param name="point">Receives x, then y, 32 bytes each, big-endian. Left as it is when this is no point.</param>
    public bool TryDecompress(ReadOnlySpan<byte> compressed, Span<byte> point)
    {
        if (compressed.Length != CompressedBytes || compressed[0] is not (2 or 3))
        {
            return false;
        }
        BigInteger x = Number(compressed[1..]);
        if (x >= _p)
        {
            return false;
        }
        BigInteger square = ((((x * x) - 3) * x) + _b) % _p;
        square = square.Sign < 0 ? square + _p : square;
        BigInteger y = BigInteger.ModPow(square, (_p + 1) / 4, _p); // a root if there is one, because p mod 4 is 3
        if (y * y % _p != square)
        {
            return false;
        }
        y = y.IsEven == (compressed[0] == 2) ? y : _p - y; // y is not 0: the order would be even
        compressed[1..].CopyTo(point);
        point[CoordinateBytes..].Clear();
        byte[] bytes = y.ToByteArray(isUnsigned: true, isBigEndian: true);
        bytes.CopyTo(point[(2 * CoordinateBytes - bytes.Length)..]);
        return true;
    }

    public static BigInteger Number(ReadOnlySpan<byte> bigEndian) =>
        new(bigEndian, isUnsigned: true, isBigEndian: true);

    public static BigInteger Hex(string hex) =>
        BigInteger.Parse("0" + hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}

using System.Buffers.Binary;

namespace Ledger.Crypto.Curve25519;

/// <summary>
/// What the bytes of a point or a scalar of edwards25519 (RFC 8032 §5.1) tell without any sum of points. The curve is
/// −x² + y² = 1 + d·x²·y² modulo p = 2²⁵⁵ − 19. The 32 bytes of a point are y, little-endian, and in bit 255 the sign of x,
/// which is its lowest bit.
/// </summary>
/// <remarks>On public numbers only: the time may depend on them.</remarks>
internal static class Edwards25519
{
    /// <summary>Whether y is below p, and the sign is 0 where x is 0.</summary>
    /// <param name="point">32 bytes, of a point or not.</param>
    public static bool IsCanonical(ReadOnlySpan<byte> point)
    {
        Words y = Words.ReadY(point);
        bool xIsZero = y == One || y == MinusOne; // y² = 1 on the curve
        return y.IsBelow(P) && !(xIsZero && point[31] >= 0x80);
    }

    /// <summary>
    /// Whether a canonical encoding is one of the eight points whose order divides 8, the cofactor. They have five values of
    /// y; with 0 and the last two of them go two values of x each.
    /// </summary>
    /// <param name="point">32 bytes, of a point or not.</param>
    public static bool IsSmallOrder(ReadOnlySpan<byte> point)
    {
        Words y = Words.ReadY(point);
        return y == One // order 1
            || y == MinusOne // order 2
            || y == default // order 4
            || y == EighthRoot // order 8, and the next
            || y == MinusEighthRoot;
    }

    /// <summary>Whether some x goes with y: whether x² = (y² − 1)/(d·y² + 1) has a solution.</summary>
    /// <param name="point">32 bytes; y is taken modulo p, and the sign does not matter.</param>
    public static bool IsOnCurve(ReadOnlySpan<byte> point)
    {
        Words y = Words.ReadY(point);
        FieldElement square = FieldElement.FromWords(y.W0, y.W1, y.W2, y.W3).Square(1);
        FieldElement numerator = square - FieldElement.One;
        FieldElement denominator = (D * square) + FieldElement.One; // not 0, for −1/d is no square
        return (numerator * denominator).IsSquare(); // as their quotient is
    }

    /// <summary>Whether a number is below L = 2²⁵² + 27742317777372353535851937790883648493, the order of the base point.</summary>
    /// <param name="scalar">32 bytes, little-endian.</param>
    public static bool IsScalar(ReadOnlySpan<byte> scalar) => Words.Read(scalar).IsBelow(L);

    private static Words P => new(0xffffffffffffffed, 0xffffffffffffffff, 0xffffffffffffffff, 0x7fffffffffffffff);

    private static Words L => new(0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000);

    private static Words One => new(1, 0, 0, 0);

    private static Words MinusOne =>
        new(0xffffffffffffffec, 0xffffffffffffffff, 0xffffffffffffffff, 0x7fffffffffffffff);

    // y of the points of order 8: d·y⁴ + 2·y² = 1.
    private static Words EighthRoot =>
        new(0xb027b2c28f95e826, 0xf098eff289f4c345, 0x3933c6d305acdfd5, 0x05fc536d880238b1);

    private static Words MinusEighthRoot =>
        new(0x4fd84d3d706a17c7, 0x0f67100d760b3cba, 0xc6cc392cfa53202a, 0x7a03ac9277fdc74e);

    /// <summary>d = −121665/121666.</summary>
    private static FieldElement D =>
        FieldElement.FromWords(0x75eb4dca135978a3, 0x00700a4d4141d8ab, 0x8cc740797779e898, 0x52036cee2b6ffe73);

    /// <summary>A number of 256 bits, the least significant word first.</summary>
    private readonly record struct Words(ulong W0, ulong W1, ulong W2, ulong W3)
    {
        public static Words Read(ReadOnlySpan<byte> bytes) =>
            new(
                BinaryPrimitives.ReadUInt64LittleEndian(bytes),
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..])
            );

        /// <summary>Reads a point without the sign of x.</summary>
        public static Words ReadY(ReadOnlySpan<byte> point)
        {
            Words words = Read(point);
            return words with { W3 = words.W3 & 0x7fffffffffffffff };
        }

        public bool IsBelow(Words other) =>
            W3 != other.W3 ? W3 < other.W3
            : W2 != other.W2 ? W2 < other.W2
            : W1 != other.W1 ? W1 < other.W1
            : W0 < other.W0;
    }
}

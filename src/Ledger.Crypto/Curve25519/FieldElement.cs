using System.Runtime.CompilerServices;

namespace Ledger.Crypto.Curve25519;

/// <summary>
/// An integer modulo p = 2²⁵⁵ − 19: N0 + N1·2⁵¹ + N2·2¹⁰² + N3·2¹⁵³ + N4·2²⁰⁴.
/// </summary>
/// <remarks>
/// Limbs may run over their 51 bits. A product has limbs below 2⁵¹ + 2¹³; the limbs of its factors may be anything below
/// 2⁵⁴, so what is multiplied may be the sum or the difference of two products. Sums in columns then stay below 2¹¹⁵, what
/// is carried from one below 2⁶⁴.
/// </remarks>
internal readonly struct FieldElement
{
    private const ulong Mask = (1UL << 51) - 1;

    private readonly ulong _n0;
    private readonly ulong _n1;
    private readonly ulong _n2;
    private readonly ulong _n3;
    private readonly ulong _n4;

    private FieldElement(ulong n0, ulong n1, ulong n2, ulong n3, ulong n4) =>
        (_n0, _n1, _n2, _n3, _n4) = (n0, n1, n2, n3, n4);

    public static FieldElement One => new(1, 0, 0, 0, 0);

    public bool IsZero
    {
        get
        {
            // Below 2p: p is to be taken off once, or not at all. The carry out of the top of the number plus 19 says which.
            ulong over = (_n0 + 19) >> 51;
            over = (_n1 + over) >> 51;
            over = (_n2 + over) >> 51;
            over = (_n3 + over) >> 51;
            over = (_n4 + over) >> 51;
            ulong n0 = _n0 + (19 * over);
            ulong n1 = _n1 + (n0 >> 51);
            ulong n2 = _n2 + (n1 >> 51);
            ulong n3 = _n3 + (n2 >> 51);
            ulong n4 = _n4 + (n3 >> 51);
            return ((n0 | n1 | n2 | n3 | n4) & Mask) == 0;
        }
    }

    /// <summary>The element of a number of 255 bits, in four words, the least significant first.</summary>
    public static FieldElement FromWords(ulong w0, ulong w1, ulong w2, ulong w3) =>
        new(
            w0 & Mask,
            ((w0 >> 51) | (w1 << 13)) & Mask,
            ((w1 >> 38) | (w2 << 26)) & Mask,
            ((w2 >> 25) | (w3 << 39)) & Mask,
            w3 >> 12
        );

    public static FieldElement operator +(in FieldElement a, in FieldElement b) =>
        new(a._n0 + b._n0, a._n1 + b._n1, a._n2 + b._n2, a._n3 + b._n3, a._n4 + b._n4);

    /// <summary>a − b + 2p, so that no limb falls below 0. b is a product: the limbs of 2p, 2⁵² less 38 or 2, are above b's.</summary>
    public static FieldElement operator -(in FieldElement a, in FieldElement b) =>
        new(
            a._n0 + (2 * (Mask - 18)) - b._n0,
            a._n1 + (2 * Mask) - b._n1,
            a._n2 + (2 * Mask) - b._n2,
            a._n3 + (2 * Mask) - b._n3,
            a._n4 + (2 * Mask) - b._n4
        );

    /// <summary>a·b. What lies at 2²⁵⁵ and above counts 19 times, 255 bits further down.</summary>
    public static FieldElement operator *(in FieldElement a, in FieldElement b)
    {
        ulong b1 = 19 * b._n1;
        ulong b2 = 19 * b._n2;
        ulong b3 = 19 * b._n3;
        ulong b4 = 19 * b._n4;
        UInt128 c0 = Wide(a._n0, b._n0) + Wide(a._n1, b4) + Wide(a._n2, b3) + Wide(a._n3, b2) + Wide(a._n4, b1);
        UInt128 c1 = Wide(a._n0, b._n1) + Wide(a._n1, b._n0) + Wide(a._n2, b4) + Wide(a._n3, b3) + Wide(a._n4, b2);
        UInt128 c2 = Wide(a._n0, b._n2) + Wide(a._n1, b._n1) + Wide(a._n2, b._n0) + Wide(a._n3, b4) + Wide(a._n4, b3);
        UInt128 c3 =
            Wide(a._n0, b._n3) + Wide(a._n1, b._n2) + Wide(a._n2, b._n1) + Wide(a._n3, b._n0) + Wide(a._n4, b4);
        UInt128 c4 =
            Wide(a._n0, b._n4) + Wide(a._n1, b._n3) + Wide(a._n2, b._n2) + Wide(a._n3, b._n1) + Wide(a._n4, b._n0);
        return Carry(c0, c1, c2, c3, c4);
    }

    /// <summary>This element squared so many times, one after the other: its 2ⁿ-th power.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public FieldElement Square(int times)
    {
        FieldElement r = this;
        for (int i = 0; i < times; i++)
        {
            r = Square(in r);
        }
        return r;
    }

    /// <summary>Whether this is the square of some element, 0 among them (Euler's criterion).</summary>
    public bool IsSquare()
    {
        // To the power of (p − 1)/2 = 2²⁵⁴ − 10 = (2²⁵⁰ − 1)·2⁴ + 6. Below, aₙ is this to the power of 2ⁿ − 1: n ones.
        FieldElement a2 = Square(1) * this;
        FieldElement a4 = a2.Square(2) * a2;
        FieldElement a5 = a4.Square(1) * this;
        FieldElement a10 = a5.Square(5) * a5;
        FieldElement a20 = a10.Square(10) * a10;
        FieldElement a25 = a20.Square(5) * a5;
        FieldElement a50 = a25.Square(25) * a25;
        FieldElement a100 = a50.Square(50) * a50;
        FieldElement a125 = a100.Square(25) * a25;
        FieldElement a250 = a125.Square(125) * a125;
        FieldElement power = a250.Square(4) * a2.Square(1);

        // That is 1 for squares, 0 for 0 and −1 for all others.
        return !(power + One).IsZero;
    }

    // The columns of a·a, each product that occurs twice taken once, of a doubled factor.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FieldElement Square(in FieldElement a)
    {
        ulong d0 = 2 * a._n0;
        ulong d1 = 2 * a._n1;
        ulong d2 = 38 * a._n2;
        ulong e3 = 19 * a._n3;
        ulong e4 = 19 * a._n4;
        ulong d4 = 2 * e4;
        UInt128 c0 = Wide(a._n0, a._n0) + Wide(a._n1, d4) + Wide(a._n3, d2);
        UInt128 c1 = Wide(d0, a._n1) + Wide(a._n2, d4) + Wide(a._n3, e3);
        UInt128 c2 = Wide(d0, a._n2) + Wide(a._n1, a._n1) + Wide(a._n3, d4);
        UInt128 c3 = Wide(d0, a._n3) + Wide(d1, a._n2) + Wide(a._n4, e4);
        UInt128 c4 = Wide(d0, a._n4) + Wide(d1, a._n3) + Wide(a._n2, a._n2);
        return Carry(c0, c1, c2, c3, c4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FieldElement Carry(UInt128 c0, UInt128 c1, UInt128 c2, UInt128 c3, UInt128 c4)
    {
        c1 += (ulong)(c0 >> 51);
        c2 += (ulong)(c1 >> 51);
        c3 += (ulong)(c2 >> 51);
        c4 += (ulong)(c3 >> 51);
        ulong n0 = ((ulong)c0 & Mask) + (19 * (ulong)(c4 >> 51));
        return new FieldElement(
            n0 & Mask,
            ((ulong)c1 & Mask) + (n0 >> 51),
            (ulong)c2 & Mask,
            (ulong)c3 & Mask,
            (ulong)c4 & Mask
        );
    }

    private static UInt128 Wide(ulong a, ulong b) => Math.BigMul(a, b);
}

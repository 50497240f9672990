using System.Diagnostics;

namespace Ledger.Crypto.Secp256k1;

/// <summary>A signed number below 2¹²⁸ in absolute value: half of a split scalar.</summary>
internal readonly struct HalfScalar
{
    /// <summary>The absolute value.</summary>
    public readonly UInt128 Magnitude;

    public readonly bool IsNegative;

    public HalfScalar(UInt128 magnitude, bool isNegative) => (Magnitude, IsNegative) = (magnitude, isNegative);
}

/// <summary>
/// The endomorphism (x, y) ↦ (βx, y), which multiplies every point of the group by λ, and the split of a scalar
/// k = k1 + k2·λ into halves of 128 bits that it makes worthwhile.
/// </summary>
/// <remarks>
/// R. P. Gallant, R. J. Lambert, S. A. Vanstone, "Faster point multiplication on elliptic curves with efficient
/// endomorphisms", CRYPTO 2001; Hankerson, Menezes, Vanstone, "Guide to Elliptic Curve Cryptography", algorithm 3.74.
/// λ³ = 1 mod n and β³ = 1 mod p; of the two choices each, the pair that belongs together and that libsecp256k1 uses.
/// </remarks>
internal static class Endomorphism
{
    /// <summary>β.</summary>
    public static readonly FieldElement Beta = FieldElement.FromWords(
        0xC1396C28719501EE,
        0x9CF0497512F58995,
        0x6E64479EAC3434E9,
        0x7AE96A2B657C0710
    );

    /// <summary>λ.</summary>
    public static readonly Scalar Lambda = new(
        0xDF02967C1B23BD72,
        0x122E22EA20816678,
        0xA5261C028812645A,
        0x5363AD4CC05C30E0
    );

    // A basis of the lattice of all (x, y) with x + y·λ = 0 mod n, made of short vectors (a1, b1) and (a2, b2) by the
    // extended Euclidean algorithm on n and λ (algorithm 3.74, steps 1 and 2). b1 is negative, and b2 = a1.
    private static readonly UInt128 A1 = new(0x3086D221A7D46BCD, 0xE86C90E49284EB15);
    private static readonly UInt128 MinusB1 = new(0xE4437ED6010E8828, 0x6F547FA90ABFE4C3);

    // a2 = 2¹²⁸ + A2Low.
    private static readonly UInt128 A2Low = new(0x14CA50F7A8E2F3F6, 0x57C1108D9D44CFD8);

    // ⌊2³⁸⁴·b2/n⌉ and ⌊2³⁸⁴·(−b1)/n⌉: the divisions by n as products and shifts.
    private static readonly Scalar G1 = new(
        0xE893209A45DBB031,
        0x3DAA8A1471E8CA7F,
        0xE86C90E49284EB15,
        0x3086D221A7D46BCD
    );

    private static readonly Scalar G2 = new(
        0x1571B4AE8AC47F71,
        0x221208AC9DF506C6,
        0x6F547FA90ABFE4C4,
        0xE4437ED6010E8828
    );

    /// <summary>Splits k into k1 and k2, both below 2¹²⁸ in absolute value, with k = k1 + k2·λ mod n.</summary>
    /// <remarks>
    /// (k, 0) = (k·b2/n)·(a1, b1) + (−k·b1/n)·(a2, b2) exactly. With the two coefficients rounded to c1 and c2, the
    /// difference (k1, k2) = (k, 0) − c1·(a1, b1) − c2·(a2, b2) is congruent to k and short: the roundings are off by
    /// at most ½, and by k·½/2³⁸⁴ &lt; 2⁻¹²⁸ more since G1 and G2 are themselves rounded, so
    /// |k1| ≤ (½ + 2⁻¹²⁸)(a1 + a2) &lt; 0xA2A8918CA85BAFE22016D0B917E4DD78 &lt; 2¹²⁸ and
    /// |k2| ≤ (½ + 2⁻¹²⁸)(−b1 + b2) &lt; 0x8A65287BD47179FB2BE08846CEA267EE &lt; 2¹²⁸
    /// (the argument of libsecp256k1's scalar_split_lambda).
    /// </remarks>
    public static void Split(in Scalar k, out HalfScalar k1, out HalfScalar k2)
    {
        UInt128 c1 = MultiplyShift384(in k, in G1);
        UInt128 c2 = MultiplyShift384(in k, in G2);

        // Both results fit in 129 bits with a sign, so three words of two's complement are enough.
        Signed192 r1 = new(k.D0, k.D1, k.D2);
        r1.SubtractProduct(c1, A1);
        r1.SubtractProduct(c2, A2Low);
        r1.SubtractShifted128(c2);
        k1 = r1.ToHalfScalar();

        Signed192 r2 = default;
        r2.SubtractProduct(c1, MinusB1);
        r2.Negate();
        r2.SubtractProduct(c2, A1);
        k2 = r2.ToHalfScalar();
    }

    /// <summary>⌊k·g/2³⁸⁴⌉, which is below 2¹²⁸.</summary>
    private static UInt128 MultiplyShift384(in Scalar k, in Scalar g)
    {
        Scalar.Multiply(in k, in g, out Scalar.Wide product);
        return new UInt128(product.W7, product.W6) + (product.W5 >> 63);
    }

    /// <summary>A signed number modulo 2¹⁹².</summary>
    private struct Signed192(ulong w0, ulong w1, ulong w2)
    {
        private ulong _w0 = w0,
            _w1 = w1,
            _w2 = w2;

        public void SubtractProduct(UInt128 x, UInt128 y)
        {
            (ulong x0, ulong x1) = ((ulong)x, (ulong)(x >> 64));
            (ulong y0, ulong y1) = ((ulong)y, (ulong)(y >> 64));
            ulong carry = 0;
            ulong p0 = Scalar.MultiplyAdd(x0, y0, 0, ref carry);
            ulong p1 = Scalar.MultiplyAdd(x0, y1, 0, ref carry);
            ulong p2 = carry;
            carry = 0;
            p1 = Scalar.MultiplyAdd(x1, y0, p1, ref carry);
            p2 += carry + (x1 * y1);
            ulong borrow = 0;
            _w0 = Scalar.SubtractWithBorrow(_w0, p0, ref borrow);
            _w1 = Scalar.SubtractWithBorrow(_w1, p1, ref borrow);
            _w2 -= p2 + borrow;
        }

        public void SubtractShifted128(UInt128 x) => _w2 -= (ulong)x;

        public void Negate()
        {
            ulong borrow = 0;
            _w0 = Scalar.SubtractWithBorrow(0, _w0, ref borrow);
            _w1 = Scalar.SubtractWithBorrow(0, _w1, ref borrow);
            _w2 = 0 - _w2 - borrow;
        }

        public HalfScalar ToHalfScalar()
        {
            bool negative = (long)_w2 < 0;
            if (negative)
            {
                Negate();
            }
            Debug.Assert(_w2 == 0, "half of a split scalar is beyond 128 bits");
            return new HalfScalar(new UInt128(_w1, _w0), negative);
        }
    }
}

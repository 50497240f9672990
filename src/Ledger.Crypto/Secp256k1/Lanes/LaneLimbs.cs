using System.Diagnostics;

namespace Ledger.Crypto.Secp256k1.Lanes;

/// <summary>
/// One lane's element: five doubles, <c>stride</c> apart, signed digits of 52, 51, 51, 51 and 51 bits at their true
/// magnitude. See <see cref="FieldLanes{TVector, TOps}"/> for what the bounds are for.
/// </summary>
internal static unsafe class LaneLimbs
{
    /// <summary>Limbs of an element.</summary>
    public const int Count = 5;

    /// <summary>Bytes that a vector in memory is aligned to, so that none straddles two cache lines.</summary>
    public const int Alignment = 64;

    /// <summary>How far a carry may push limbs 1 to 4 beyond half of their width: they are at most 2^50 + CarryMax.</summary>
    public const int CarryMax = 256;

    private const ulong Fold = 0x1000003D1;

    private const double Unit1 = 4503599627370496.0;
    private const double Unit2 = Unit1 * 2251799813685248.0;
    private const double Unit3 = Unit2 * 2251799813685248.0;
    private const double Unit4 = Unit3 * 2251799813685248.0;

    /// <summary>Writes a normalized element.</summary>
    public static void Write(double* limbs, int stride, in FieldElement a)
    {
        FieldElement.RequireNormalized(in a);
        Write(
            limbs,
            stride,
            a.N0 | (a.N1 << 52),
            (a.N1 >> 12) | (a.N2 << 40),
            (a.N2 >> 24) | (a.N3 << 28),
            (a.N3 >> 36) | (a.N4 << 16)
        );
    }

    /// <summary>Writes an integer below p, given as four words, least significant first.</summary>
    public static void Write(double* limbs, int stride, ulong d0, ulong d1, ulong d2, ulong d3)
    {
        if ((long)d3 < 0)
        {
            // From 2^255 up, write v − p, a negative number above −2^255: in two's complement v + (2^256 − p).
            ulong carry = Fold;
            d0 = Scalar.AddWithCarry(d0, 0, ref carry);
            d1 = Scalar.AddWithCarry(d1, 0, ref carry);
            d2 = Scalar.AddWithCarry(d2, 0, ref carry);
            d3 += carry;
        }

        // Each limb is its bits read as a signed number; a negative one owes 1 to the next.
        long l0 = SignExtend(d0, 52);
        ulong u1 = (((d0 >> 52) | (d1 << 12)) & Mask51) + ((ulong)l0 >> 63);
        long l1 = SignExtend(u1, 51);
        ulong u2 = (((d1 >> 39) | (d2 << 25)) & Mask51) + ((u1 + Half51) >> 51);
        long l2 = SignExtend(u2, 51);
        ulong u3 = (((d2 >> 26) | (d3 << 38)) & Mask51) + ((u2 + Half51) >> 51);
        long l3 = SignExtend(u3, 51);
        long l4 = ((long)d3 >> 13) + (long)((u3 + Half51) >> 51);

        limbs[0] = l0;
        limbs[stride] = l1 * Unit1;
        limbs[2 * stride] = l2 * Unit2;
        limbs[3 * stride] = l3 * Unit3;
        limbs[4 * stride] = l4 * Unit4;
    }

    private const ulong Mask51 = (1UL << 51) - 1;
    private const ulong Half51 = 1UL << 50;

    private static long SignExtend(ulong u, int bits) => (long)(u << (64 - bits)) >> (64 - bits);

    /// <summary>
    /// Whether the element is zero modulo p. Limbs within their bounds stand for a number v with |v| &lt; p, so v ≡ 0
    /// only if v = 0; and from the lowest limb up, each is then a multiple of the next unit and at most half of it and
    /// a carry, hence zero.
    /// </summary>
    public static bool IsZero(double* limbs, int stride) =>
        limbs[0] == 0
        && limbs[stride] == 0
        && limbs[2 * stride] == 0
        && limbs[3 * stride] == 0
        && limbs[4 * stride] == 0;

    /// <summary>
    /// Whether the number from 0 to p − 1 that the element stands for is odd. The limbs' sum v is odd as limb 0 is, all
    /// other units being even; it has the sign of its highest limb that is not zero, and if it is negative the number is
    /// v + p, and p is odd.
    /// </summary>
    public static bool IsOdd(double* limbs, int stride)
    {
        int top = Count - 1;
        while (top > 0 && limbs[top * stride] == 0)
        {
            top--;
        }
        bool negative = limbs[top * stride] < 0;
        return ((long)limbs[0] & 1) != 0 != negative;
    }

    /// <summary>Whether limbs are multiples of their units and within the bounds that the lane operations rely on.</summary>
    public static bool AreInBounds(double* limbs, int stride)
    {
        const double Max0 = 2251799813685248.0;
        const double Max = (Max0 / 2) + CarryMax;
        return IsInBounds(limbs[0], Max0)
            && IsInBounds(limbs[stride] / Unit1, Max)
            && IsInBounds(limbs[2 * stride] / Unit2, Max)
            && IsInBounds(limbs[3 * stride] / Unit3, Max)
            && IsInBounds(limbs[4 * stride] / Unit4, Max);
    }

    private static bool IsInBounds(double digit, double max) => digit == Math.Floor(digit) && Math.Abs(digit) <= max;

    /// <summary>The first aligned address.</summary>
    public static byte* Align(byte* memory) => (byte*)((nuint)(memory + Alignment - 1) & ~(nuint)(Alignment - 1));

    /// <summary>Negates the element.</summary>
    public static void Negate(double* limbs, int stride)
    {
        for (int i = 0; i < Count; i++)
        {
            limbs[i * stride] = -limbs[i * stride];
        }
    }

    /// <summary>Reads the element, normalized.</summary>
    public static FieldElement Read(double* limbs, int stride)
    {
        // Sums of signed digits in two's complement, 64 bits at a time.
        Int128 sum = (long)limbs[0];
        sum += (Int128)(long)(limbs[stride] / Unit1) << 52;
        ulong d0 = (ulong)sum;
        sum >>= 64;
        sum += (Int128)(long)(limbs[2 * stride] / Unit2) << 39;
        ulong d1 = (ulong)sum;
        sum >>= 64;
        sum += (Int128)(long)(limbs[3 * stride] / Unit3) << 26;
        ulong d2 = (ulong)sum;
        sum >>= 64;
        sum += (Int128)(long)(limbs[4 * stride] / Unit4) << 13;
        ulong d3 = (ulong)sum;
        sum >>= 64;
        Debug.Assert(sum == 0 || sum == -1, "limbs beyond their bounds");
        if (sum < 0)
        {
            ulong borrow = 0;
            d0 = Scalar.SubtractWithBorrow(d0, Fold, ref borrow);
            d1 = Scalar.SubtractWithBorrow(d1, 0, ref borrow);
            d2 = Scalar.SubtractWithBorrow(d2, 0, ref borrow);
            d3 -= borrow;
        }
        return FieldElement.FromWords(d0, d1, d2, d3);
    }
}

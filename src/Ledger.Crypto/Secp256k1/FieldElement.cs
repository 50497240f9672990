using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// An element of the field of integers modulo p = 2²⁵⁶ − 2³² − 977, over which secp256k1 is defined (SEC 2, §2.4.1).
/// </summary>
/// <remarks>
/// The value is <c>N0 + N1·2⁵² + N2·2¹⁰⁴ + N3·2¹⁵⁶ + N4·2²⁰⁸</c>. Limbs may run over their 52 bits (48 in N4), so that
/// additions and negations need no carries and no reduction. How far they may run over is the magnitude, as in
/// libsecp256k1's field: at magnitude m, N0 to N3 are at most m·(2⁵² + 2⁴⁸) and N4 is at most m·(2⁴⁸ + 2⁴⁴).
/// A product is of magnitude 1, a sum is of the sum of its terms' magnitudes, and a factor may be of magnitude 7 at
/// most. A normalized element has magnitude 1 and its one canonical representation, below p. Debug builds carry the
/// magnitude along with every element and check each of these rules at each operation.
/// <para>All of this namespace works on public data only: its running time depends on the values.</para>
/// </remarks>
internal partial struct FieldElement
{
    /// <summary>Bytes in the canonical encoding, big-endian.</summary>
    public const int ByteCount = 32;

    /// <summary>The largest magnitude that a factor of a product may have.</summary>
    public const int FactorMagnitudeMax = 7;

    /// <summary>The largest magnitude of what is negated: (m + 1)·P0 is at least m·(2⁵² + 2⁴⁸) up to here.</summary>
    private const int NegateMagnitudeMax = 15;

    /// <summary>The largest magnitude of any element.</summary>
    public const int MagnitudeMax = 32;

    private const ulong Mask52 = (1UL << 52) - 1;
    private const ulong Mask48 = (1UL << 48) - 1;

    // p in limbs of 52 bits.
    private const ulong P0 = 0xFFFFEFFFFFC2F;
    private const ulong P1 = Mask52;
    private const ulong P2 = Mask52;
    private const ulong P3 = Mask52;
    private const ulong P4 = Mask48;

    // 2²⁵⁶ ≡ Fold256 and 2²⁶⁰ ≡ Fold260 (mod p): what a carry out of the top is worth at the bottom.
    private const ulong Fold256 = 0x1000003D1;
    private const ulong Fold260 = Fold256 << 4;
    private const ulong Fold269 = Fold260 << 9;

    // For products with Fold260 whose high word is in units of 2⁶¹.
    private const ulong Fold260High = Fold260 << 3;

    // What an estimate of a column's high word is summed up onto: 2¹¹³, whose last bit is worth a unit of 2⁶¹.
    private const double EstimateZero = (double)(1UL << 57) * (1UL << 56);

    // Units by which an estimate may be off.
    private const ulong EstimateError = 3;

    /// <summary>The limbs, least significant first.</summary>
    public ulong N0,
        N1,
        N2,
        N3,
        N4;

#if DEBUG
    // Set and checked in FieldElement.Invariants.cs.
    private int _magnitude;
    private bool _normalized;
#endif

    /// <summary>An element from its five limbs, normalized: each within its bits and the value below p.</summary>
    public FieldElement(ulong n0, ulong n1, ulong n2, ulong n3, ulong n4)
    {
        (N0, N1, N2, N3, N4) = (n0, n1, n2, n3, n4);
        SetMagnitude(ref this, 1, normalized: true);
    }

    /// <summary>The element of a small number.</summary>
    public FieldElement(ulong value)
        : this(value & Mask52, value >> 52, 0, 0, 0) { }

    public static FieldElement Zero => default;

    public static FieldElement One => new(1);

    /// <summary>Reads 32 big-endian bytes; refuses, with false, a value that is not below p.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FieldElement r)
    {
        ulong d0 = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
        ulong d1 = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        ulong d2 = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        ulong d3 = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        if ((d3 & d2 & d1) == ulong.MaxValue && d0 >= unchecked(0UL - Fold256))
        {
            r = default;
            return false;
        }
        r = FromWords(d0, d1, d2, d3);
        return true;
    }

    /// <summary>The element of a 256-bit number below p, in four 64-bit words, least significant first.</summary>
    public static FieldElement FromWords(ulong d0, ulong d1, ulong d2, ulong d3) =>
        new(
            d0 & Mask52,
            ((d0 >> 52) | (d1 << 12)) & Mask52,
            ((d1 >> 40) | (d2 << 24)) & Mask52,
            ((d2 >> 28) | (d3 << 36)) & Mask52,
            d3 >> 16
        );

    /// <summary>Writes the canonical 32 bytes. The element is normalized.</summary>
    public readonly void Write(Span<byte> bytes)
    {
        RequireNormalized(in this);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], N0 | (N1 << 52));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], (N1 >> 12) | (N2 << 40));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], (N2 >> 24) | (N3 << 28));
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (N3 >> 36) | (N4 << 16));
    }

    /// <summary>Whether a normalized element is odd.</summary>
    public readonly bool IsOdd
    {
        get
        {
            RequireNormalized(in this);
            return (N0 & 1) != 0;
        }
    }

    /// <summary>r = a + b. The magnitudes add up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(in FieldElement a, in FieldElement b, out FieldElement r)
    {
        int magnitude = MagnitudeOf(in a) + MagnitudeOf(in b);
        ulong n0 = a.N0 + b.N0;
        ulong n1 = a.N1 + b.N1;
        ulong n2 = a.N2 + b.N2;
        ulong n3 = a.N3 + b.N3;
        ulong n4 = a.N4 + b.N4;
        Unsafe.SkipInit(out r);
        (r.N0, r.N1, r.N2, r.N3, r.N4) = (n0, n1, n2, n3, n4);
        SetMagnitude(ref r, magnitude);
    }

    /// <summary>
    /// r = −a, where a is of magnitude <paramref name="magnitude"/>, 15 at most; r is of one more. Computed as
    /// (magnitude + 1)·p − a, whose limbs cannot go below zero.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Negate(in FieldElement a, int magnitude, out FieldElement r)
    {
        RequireMagnitude(in a, magnitude);
        Debug.Assert(magnitude <= NegateMagnitudeMax, "limbs could go below zero");
        ulong k = (ulong)magnitude + 1;
        ulong n0 = (P0 * k) - a.N0;
        ulong n1 = (P1 * k) - a.N1;
        ulong n2 = (P2 * k) - a.N2;
        ulong n3 = (P3 * k) - a.N3;
        ulong n4 = (P4 * k) - a.N4;
        Unsafe.SkipInit(out r);
        (r.N0, r.N1, r.N2, r.N3, r.N4) = (n0, n1, n2, n3, n4);
        SetMagnitude(ref r, magnitude + 1);
    }

    /// <summary>r = a − b, where b is of magnitude <paramref name="magnitude"/> at most.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subtract(in FieldElement a, in FieldElement b, int magnitude, out FieldElement r)
    {
        Negate(in b, magnitude, out FieldElement negated);
        Add(in a, in negated, out r);
    }

    /// <summary>r = a·factor. The magnitude is multiplied by the factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplySmall(in FieldElement a, uint factor, out FieldElement r)
    {
        int magnitude = MagnitudeOf(in a) * (int)factor;
        ulong n0 = a.N0 * factor;
        ulong n1 = a.N1 * factor;
        ulong n2 = a.N2 * factor;
        ulong n3 = a.N3 * factor;
        ulong n4 = a.N4 * factor;
        Unsafe.SkipInit(out r);
        (r.N0, r.N1, r.N2, r.N3, r.N4) = (n0, n1, n2, n3, n4);
        SetMagnitude(ref r, magnitude);
    }

    /// <summary>
    /// r = a/2: (a + p·(a mod 2)) shifted right, which is exact. A magnitude m becomes ⌈m/2⌉ + 1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Half(in FieldElement a, out FieldElement r)
    {
        int magnitude = ((MagnitudeOf(in a) + 1) >> 1) + 1;
        // All ones if a's representative is odd: adding p makes it even and changes no residue.
        ulong odd = 0UL - (a.N0 & 1);
        ulong n0 = a.N0 + (P0 & odd);
        ulong n1 = a.N1 + (P1 & odd);
        ulong n2 = a.N2 + (P2 & odd);
        ulong n3 = a.N3 + (P3 & odd);
        ulong n4 = a.N4 + (P4 & odd);
        Unsafe.SkipInit(out r);
        r.N0 = (n0 >> 1) + ((n1 & 1) << 51);
        r.N1 = (n1 >> 1) + ((n2 & 1) << 51);
        r.N2 = (n2 >> 1) + ((n3 & 1) << 51);
        r.N3 = (n3 >> 1) + ((n4 & 1) << 51);
        r.N4 = n4 >> 1;
        SetMagnitude(ref r, magnitude);
    }

    /// <summary>Reduces to the canonical representative, below p.</summary>
    public static void Normalize(ref FieldElement a)
    {
        RequireMagnitude(in a, MagnitudeMax);
        (ulong n0, ulong n1, ulong n2, ulong n3, ulong n4) = (a.N0, a.N1, a.N2, a.N3, a.N4);

        // Carry everything above 2²⁵⁶ round to the bottom: what is left is below 2²⁵⁶ + 2⁴⁰.
        n0 += (n4 >> 48) * Fold256;
        n4 &= Mask48;
        n1 += n0 >> 52;
        n2 += n1 >> 52;
        n3 += n2 >> 52;
        n4 += n3 >> 52;
        n0 &= Mask52;
        n1 &= Mask52;
        n2 &= Mask52;
        n3 &= Mask52;

        // At least p, or above 2²⁵⁶: subtract p once by adding 2²⁵⁶ − p and dropping bit 256.
        bool aboveP = n4 > Mask48 || (n4 == Mask48 && (n3 & n2 & n1) == Mask52 && n0 >= P0);
        if (aboveP)
        {
            n0 += Fold256;
            n1 += n0 >> 52;
            n2 += n1 >> 52;
            n3 += n2 >> 52;
            n4 += n3 >> 52;
            n0 &= Mask52;
            n1 &= Mask52;
            n2 &= Mask52;
            n3 &= Mask52;
            n4 &= Mask48;
        }
        (a.N0, a.N1, a.N2, a.N3, a.N4) = (n0, n1, n2, n3, n4);
        SetMagnitude(ref a, 1, normalized: true);
    }

    /// <summary>Reduces to magnitude 1, without the comparison with p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void NormalizeWeak(ref FieldElement a)
    {
        RequireMagnitude(in a, MagnitudeMax);
        ulong n0 = a.N0 + ((a.N4 >> 48) * Fold256);
        ulong n1 = a.N1 + (n0 >> 52);
        ulong n2 = a.N2 + (n1 >> 52);
        ulong n3 = a.N3 + (n2 >> 52);
        a.N4 = (a.N4 & Mask48) + (n3 >> 52);
        a.N0 = n0 & Mask52;
        a.N1 = n1 & Mask52;
        a.N2 = n2 & Mask52;
        a.N3 = n3 & Mask52;
        SetMagnitude(ref a, 1);
    }

    /// <summary>Whether the element is zero modulo p, whatever its representation.</summary>
    public readonly bool IsZero()
    {
        RequireMagnitude(in this, MagnitudeMax);
        // After one fold the value is below 2²⁵⁶ + 2⁴⁰ and so a multiple of p only if it is 0 or p. Nearly always the
        // lowest limb alone says that it is neither.
        ulong n0 = N0 + ((N4 >> 48) * Fold256);
        ulong low = n0 & Mask52;
        if (low != 0 && low != P0)
        {
            return false;
        }
        FieldElement copy = this;
        Normalize(ref copy);
        return (copy.N0 | copy.N1 | copy.N2 | copy.N3 | copy.N4) == 0;
    }

    /// <summary>Whether two elements, the second of magnitude 1, are equal modulo p.</summary>
    public static bool AreEqual(in FieldElement a, in FieldElement b)
    {
        Subtract(in a, in b, 1, out FieldElement difference);
        return difference.IsZero();
    }

    /// <summary>Whether two normalized elements are equal.</summary>
    public static bool HaveSameLimbs(in FieldElement a, in FieldElement b)
    {
        RequireNormalized(in a);
        RequireNormalized(in b);
        return ((a.N0 ^ b.N0) | (a.N1 ^ b.N1) | (a.N2 ^ b.N2) | (a.N3 ^ b.N3) | (a.N4 ^ b.N4)) == 0;
    }

    /// <summary>r = a·b. Factors are of magnitude 7 at most, the product of 1. r may be a or b.</summary>
    /// <remarks>
    /// Product scanning: column k holds Sₖ, the sum of all aᵢ·bⱼ with i + j = k, which takes two words; and C# has no
    /// carry flag to add such sums up with. But of the high word an estimate is enough: for any Hₖ that leaves
    /// Tₖ = Sₖ − Hₖ·2⁶¹ between 0 and 2⁶⁴, the low words of the products alone, modulo 2⁶⁴, say what Tₖ is. Then column
    /// k is worth Tₖ, and Hₖ·2⁹ goes to the next. Estimates are made in floating point, by units of the processor that
    /// have nothing else to do, in place of a second multiplication for each product: products are added onto 2¹¹³, whose
    /// last bit is worth 2⁶¹, so that the sum's bits count these units. The exponent above them goes when they are
    /// shifted left by 9 or more.
    /// <para>In units of 2⁶¹ = 512·2⁵²: limbs are below 7.5·2⁵² &lt; 2⁵⁵, so as doubles they are off by 2 at most, five
    /// products of them by 5·2·2·7.5·2⁵² &lt; 0.3; each addition rounds by ½, 2.5 for five; a product that is rounded by
    /// itself, below 2¹¹⁰, by 2⁵⁶, 0.16 for five. That is less than 3 units, so an estimate less 3 leaves Tₖ between 0.04
    /// and 5.96. Sₖ &lt; 282·2¹⁰⁴ is 0.56·2⁵² units, so sums stay below 2¹¹⁴, where the last bit becomes worth more, and Hₖ·2⁹
    /// adds less than 0.6 unit to the next column (or takes off 3·2⁹ at most, which is nothing beside 0.04). A folded
    /// word, with its exact high word in Hₖ, adds less than 1 to Tₖ. So all columns are above 0 and below 7.6 units, and
    /// 2⁶⁴ is 8.</para>
    /// </remarks>
    [SkipLocalsInit]
    public static void Multiply(in FieldElement a, in FieldElement b, out FieldElement r)
    {
        RequireMagnitude(in a, FactorMagnitudeMax);
        RequireMagnitude(in b, FactorMagnitudeMax);
        ulong a0 = a.N0;
        ulong a1 = a.N1;
        ulong a2 = a.N2;
        ulong a3 = a.N3;
        ulong a4 = a.N4;
        ulong b0 = b.N0;
        ulong b1 = b.N1;
        ulong b2 = b.N2;
        ulong b3 = b.N3;
        ulong b4 = b.N4;
        double x0 = ToDouble(in a.N0);
        double x1 = ToDouble(in a.N1);
        double x2 = ToDouble(in a.N2);
        double x3 = ToDouble(in a.N3);
        double x4 = ToDouble(in a.N4);
        double y0 = ToDouble(in b.N0);
        double y1 = ToDouble(in b.N1);
        double y2 = ToDouble(in b.N2);
        double y3 = ToDouble(in b.N3);
        double y4 = ToDouble(in b.N4);

        // Columns 5 to 8, worth 2²⁶⁰ and more. The last is short, and its high word exact.
        double estimate = Estimate(x4, y1, EstimateZero);
        estimate = Estimate(x3, y2, estimate);
        estimate = Estimate(x2, y3, estimate);
        estimate = Estimate(x1, y4, estimate);
        ulong high5 = Units(estimate) - EstimateError;
        ulong h5 = (a1 * b4) + (a2 * b3) + (a3 * b2) + (a4 * b1) - (high5 << 61);
        estimate = Estimate(x4, y2, EstimateZero);
        estimate = Estimate(x3, y3, estimate);
        estimate = Estimate(x2, y4, estimate);
        ulong high6 = Units(estimate) - EstimateError;
        ulong h6 = (a2 * b4) + (a3 * b3) + (a4 * b2) + (high5 << 9) - (high6 << 61);
        estimate = Estimate(x4, y3, EstimateZero);
        estimate = Estimate(x3, y4, estimate);
        ulong high7 = Units(estimate);
        ulong h7 = (a3 * b4) + (a4 * b3) + (high6 << 9) - ((high7 - EstimateError) << 61);
        ulong high8 = High(a4 << 3, b4);
        ulong h8 = (a4 * b4) + (high7 << 9) - (high8 << 61);
        ulong h9 = high8 << 9;

        // Columns 0 to 4, each with the word that is 2²⁶⁰ above it folded in, its high word exactly.
        estimate = Estimate(x0, y0, EstimateZero);
        ulong high0 = Units(estimate) - EstimateError + High(h5, Fold260High);
        ulong c0 = (a0 * b0) + (h5 * Fold260) - (high0 << 61);
        estimate = Estimate(x1, y0, EstimateZero);
        estimate = Estimate(x0, y1, estimate);
        ulong high1 = Units(estimate) - EstimateError + High(h6, Fold260High);
        ulong c1 = (a0 * b1) + (a1 * b0) + (h6 * Fold260) + (high0 << 9) - (high1 << 61);
        estimate = Estimate(x2, y0, EstimateZero);
        estimate = Estimate(x1, y1, estimate);
        estimate = Estimate(x0, y2, estimate);
        ulong high2 = Units(estimate) - EstimateError + High(h7, Fold260High);
        ulong c2 = (a0 * b2) + (a1 * b1) + (a2 * b0) + (h7 * Fold260) + (high1 << 9) - (high2 << 61);
        estimate = Estimate(x3, y0, EstimateZero);
        estimate = Estimate(x2, y1, estimate);
        estimate = Estimate(x1, y2, estimate);
        estimate = Estimate(x0, y3, estimate);
        ulong high3 = Units(estimate) - EstimateError + High(h8, Fold260High);
        ulong c3 = (a0 * b3) + (a1 * b2) + (a2 * b1) + (a3 * b0) + (h8 * Fold260) + (high2 << 9) - (high3 << 61);
        estimate = Estimate(x4, y0, EstimateZero);
        estimate = Estimate(x3, y1, estimate);
        estimate = Estimate(x2, y2, estimate);
        estimate = Estimate(x1, y3, estimate);
        estimate = Estimate(x0, y4, estimate);
        ulong high4 = Units(estimate) + High(h9, Fold260High);
        ulong c4 =
            (a0 * b4)
            + (a1 * b3)
            + (a2 * b2)
            + (a3 * b1)
            + (a4 * b0)
            + (h9 * Fold260)
            + (high3 << 9)
            - ((high4 - EstimateError) << 61);
        Unsafe.SkipInit(out r);
        Finish(c0, c1, c2, c3, c4, high4, ref r);
    }

    /// <summary>r = a². As <see cref="Multiply"/>, with equal products taken once and doubled. r may be a.</summary>
    [SkipLocalsInit]
    public static void Square(in FieldElement a, out FieldElement r)
    {
        RequireMagnitude(in a, FactorMagnitudeMax);
        ulong a0 = a.N0;
        ulong a1 = a.N1;
        ulong a2 = a.N2;
        ulong a3 = a.N3;
        ulong a4 = a.N4;
        ulong d0 = a0 << 1;
        ulong d1 = a1 << 1;
        ulong d2 = a2 << 1;
        ulong d3 = a3 << 1;
        double x0 = ToDouble(in a.N0);
        double x1 = ToDouble(in a.N1);
        double x2 = ToDouble(in a.N2);
        double x3 = ToDouble(in a.N3);
        double x4 = ToDouble(in a.N4);
        double y0 = x0 + x0;
        double y1 = x1 + x1;
        double y2 = x2 + x2;
        double y3 = x3 + x3;

        double estimate = Estimate(x3, y2, EstimateZero);
        estimate = Estimate(x4, y1, estimate);
        ulong high5 = Units(estimate) - EstimateError;
        ulong h5 = (a4 * d1) + (a3 * d2) - (high5 << 61);
        estimate = Estimate(x3, x3, EstimateZero);
        estimate = Estimate(x4, y2, estimate);
        ulong high6 = Units(estimate) - EstimateError;
        ulong h6 = (a4 * d2) + (a3 * a3) + (high5 << 9) - (high6 << 61);
        estimate = Estimate(x4, y3, EstimateZero);
        ulong high7 = Units(estimate);
        ulong h7 = (a4 * d3) + (high6 << 9) - ((high7 - EstimateError) << 61);
        ulong high8 = High(a4 << 3, a4);
        ulong h8 = (a4 * a4) + (high7 << 9) - (high8 << 61);
        ulong h9 = high8 << 9;

        estimate = Estimate(x0, x0, EstimateZero);
        ulong high0 = Units(estimate) - EstimateError + High(h5, Fold260High);
        ulong c0 = (a0 * a0) + (h5 * Fold260) - (high0 << 61);
        estimate = Estimate(x1, y0, EstimateZero);
        ulong high1 = Units(estimate) - EstimateError + High(h6, Fold260High);
        ulong c1 = (a1 * d0) + (h6 * Fold260) + (high0 << 9) - (high1 << 61);
        estimate = Estimate(x1, x1, EstimateZero);
        estimate = Estimate(x2, y0, estimate);
        ulong high2 = Units(estimate) - EstimateError + High(h7, Fold260High);
        ulong c2 = (a2 * d0) + (a1 * a1) + (h7 * Fold260) + (high1 << 9) - (high2 << 61);
        estimate = Estimate(x2, y1, EstimateZero);
        estimate = Estimate(x3, y0, estimate);
        ulong high3 = Units(estimate) - EstimateError + High(h8, Fold260High);
        ulong c3 = (a3 * d0) + (a2 * d1) + (h8 * Fold260) + (high2 << 9) - (high3 << 61);
        estimate = Estimate(x2, x2, EstimateZero);
        estimate = Estimate(x3, y1, estimate);
        estimate = Estimate(x4, y0, estimate);
        ulong high4 = Units(estimate) + High(h9, Fold260High);
        ulong c4 = (a4 * d0) + (a3 * d1) + (a2 * a2) + (h9 * Fold260) + (high3 << 9) - ((high4 - EstimateError) << 61);
        Unsafe.SkipInit(out r);
        Finish(c0, c1, c2, c3, c4, high4, ref r);
    }

    /// <summary>
    /// The end of a product: folds the units of 2⁶¹ above column 4, and the bits beyond 2²⁵⁶, into columns 0 and 1, and
    /// carries each column once. Leaves N0 &lt; 2⁵² + 2⁴⁸, N1 to N3 &lt; 2⁵² + 2¹² and N4 &lt; 2⁴⁸ + 2¹²: magnitude 1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(ulong c0, ulong c1, ulong c2, ulong c3, ulong c4, ulong high4, ref FieldElement r)
    {
        // Columns 7 and 4 left their 3 units less to what they are worth, but passed on all of the estimate, as the next
        // column could not take a negative number: column 8 and this fold have no units to spare. So these are 3·2⁹ too many in column 8, which is folded into column 3, and in column 5, which is folded into column 0.
        const ulong passedOn = EstimateError * Fold269;
        ulong above269 = high4 & Mask52;
        c0 += ((above269 * Fold269) & Mask52) - passedOn;
        c1 += High(above269, Fold269 << 12);
        c3 -= passedOn;
        r.N0 = (c0 & Mask52) + ((c4 >> 48) * Fold256);
        r.N1 = (c1 & Mask52) + (c0 >> 52);
        r.N2 = (c2 & Mask52) + (c1 >> 52);
        r.N3 = (c3 & Mask52) + (c2 >> 52);
        r.N4 = (c4 & Mask48) + (c3 >> 52);
        SetMagnitude(ref r, 1);
    }

    /// <summary>A limb in floating point. It is below 2⁶³, and the signed conversion is the short one.</summary>
    /// <remarks>
    /// x64 converts straight from memory in fewer steps than from a register. So the limb is read once more, which the
    /// compiler would make one with the other reading if this one were not volatile.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double ToDouble(in ulong limb) => X86Base.IsSupported ? (long)Volatile.Read(in limb) : (long)limb;

    /// <summary>sum + x·y, rounded once or twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Estimate(double x, double y, double sum) =>
        // Without the instruction a fused multiply-add is a slow call.
        Fma.IsSupported || AdvSimd.IsSupported
            ? Math.FusedMultiplyAdd(x, y, sum)
            : (x * y) + sum;

    /// <summary>The units of an estimate, below bit 52, and its exponent, which is 0 modulo 8, above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Units(double estimate) => BitConverter.DoubleToUInt64Bits(estimate);

    /// <summary>The high word of x·y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong High(ulong x, ulong y) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(x, y) : Math.BigMul(x, y, out _);

    /// <summary>r = a squared count times, once at least: a^(2^count). r may be a.</summary>
    public static void SquareTimes(in FieldElement a, int count, out FieldElement r)
    {
        Square(in a, out r);
        for (int i = 1; i < count; i++)
        {
            Square(in r, out r);
        }
    }
}

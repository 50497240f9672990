using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// An element of the field of integers modulo p = 2²⁵⁶ − 2³² − 977, over which secp256k1 is defined (SEC 2, §2.4.1).
/// </summary>
/// <remarks>
/// The value is <c>N0 + N1·2⁵² + N2·2¹⁰⁴ + N3·2¹⁵⁶ + N4·2²⁰⁸</c>. Limbs may run over their 52 bits (48 in N4), so that
/// additions and negations need no carries and no reduction. How far they may run over is the magnitude, as in
/// libsecp256k1's field: at magnitude m, N0 to N3 are at most 2m·(2⁵² − 1) and N4 is at most 2m·(2⁴⁸ − 1).
/// A product is of magnitude 1, a sum is of the sum of its terms' magnitudes, and a factor may be of magnitude 8 at
/// most. A normalized element has magnitude 1 and its one canonical representation, below p. Debug builds carry the
/// magnitude along with every element and check each of these rules at each operation.
/// <para>All of this namespace works on public data only: its running time depends on the values.</para>
/// </remarks>
internal partial struct FieldElement
{
    /// <summary>Bytes in the canonical encoding, big-endian.</summary>
    public const int ByteCount = 32;

    /// <summary>The largest magnitude that a factor of a product may have.</summary>
    public const int FactorMagnitudeMax = 8;

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
    /// r = −a, where a is of magnitude <paramref name="magnitude"/> at most; r is of one more. Computed as
    /// 2(magnitude + 1)·p − a, whose limbs cannot go below zero.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Negate(in FieldElement a, int magnitude, out FieldElement r)
    {
        RequireMagnitude(in a, magnitude);
        ulong k = 2 * ((ulong)magnitude + 1);
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
    /// r = a/2: (a + p·(a mod 2)) shifted right, which is exact. A magnitude m becomes ⌊m/2⌋ + 1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Half(in FieldElement a, out FieldElement r)
    {
        int magnitude = (MagnitudeOf(in a) >> 1) + 1;
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

    /// <summary>r = a·b. Factors are of magnitude 8 at most, the product of 1. r may be a or b.</summary>
    /// <remarks>
    /// Product scanning: column k holds the sum of all aᵢ·bⱼ with i + j = k. C# has no carry flag, so a column's sum is
    /// kept in two words that cannot overflow instead of a word and its carry: with a shifted left by 4, the product's
    /// high word is ⌊aᵢbⱼ/2⁶⁰⌋ and its low word, shifted back, is aᵢbⱼ mod 2⁶⁰. Limbs are below 2⁵⁶, hence a column of
    /// at most five products and a folded word has low &lt; 6·2⁶⁰ and high &lt; 5·2⁵² + 2⁴⁰; its carry into the next
    /// column, (low ≫ 52) + (high ≪ 8), is below 2⁶³ and low plus that carry is below 2⁶⁴.
    /// </remarks>
    [SkipLocalsInit]
    public static void Multiply(in FieldElement a, in FieldElement b, out FieldElement r)
    {
        RequireMagnitude(in a, FactorMagnitudeMax);
        RequireMagnitude(in b, FactorMagnitudeMax);
        ulong a0 = a.N0 << 4;
        ulong a1 = a.N1 << 4;
        ulong a2 = a.N2 << 4;
        ulong a3 = a.N3 << 4;
        ulong a4 = a.N4 << 4;
        ulong b0 = b.N0;
        ulong b1 = b.N1;
        ulong b2 = b.N2;
        ulong b3 = b.N3;
        ulong b4 = b.N4;

        // Columns 5 to 8, worth 2²⁶⁰ and more, in words h5 to h9. These are not carried through: any word below 2⁶⁴ will do.
        ulong high = High(a1, b4) + High(a2, b3) + High(a3, b2) + High(a4, b1);
        ulong low = Low(a1, b4) + Low(a2, b3) + Low(a3, b2) + Low(a4, b1);
        ulong h5 = low & Mask52;
        ulong carry = (low >> 52) + (high << 8);

        high = High(a2, b4) + High(a3, b3) + High(a4, b2);
        low = Low(a2, b4) + Low(a3, b3) + Low(a4, b2);
        ulong h6 = (low & Mask52) + carry;
        carry = (low >> 52) + (high << 8);

        high = High(a3, b4) + High(a4, b3);
        low = Low(a3, b4) + Low(a4, b3);
        ulong h7 = (low & Mask52) + carry;
        carry = (low >> 52) + (high << 8);

        high = High(a4, b4);
        low = Low(a4, b4);
        ulong h8 = (low & Mask52) + carry;
        ulong h9 = (low >> 52) + (high << 8);

        // Columns 0 to 4, each with the word that is 2²⁶⁰ above it folded in.
        const ulong fold = Fold260 << 4;
        high = High(a0, b0) + High(h5, fold);
        low = Low(a0, b0) + Low(h5, fold);
        ulong r0 = low & Mask52;
        carry = (low >> 52) + (high << 8);

        high = High(a0, b1) + High(a1, b0) + High(h6, fold);
        low = carry + Low(a0, b1) + Low(a1, b0) + Low(h6, fold);
        ulong r1 = low & Mask52;
        carry = (low >> 52) + (high << 8);

        high = High(a0, b2) + High(a1, b1) + High(a2, b0) + High(h7, fold);
        low = carry + Low(a0, b2) + Low(a1, b1) + Low(a2, b0) + Low(h7, fold);
        ulong r2 = low & Mask52;
        carry = (low >> 52) + (high << 8);

        high = High(a0, b3) + High(a1, b2) + High(a2, b1) + High(a3, b0) + High(h8, fold);
        low = carry + Low(a0, b3) + Low(a1, b2) + Low(a2, b1) + Low(a3, b0) + Low(h8, fold);
        ulong r3 = low & Mask52;
        carry = (low >> 52) + (high << 8);

        high = High(a0, b4) + High(a1, b3) + High(a2, b2) + High(a3, b1) + High(a4, b0) + High(h9, fold);
        low = carry + Low(a0, b4) + Low(a1, b3) + Low(a2, b2) + Low(a3, b1) + Low(a4, b0) + Low(h9, fold);
        Unsafe.SkipInit(out r);
        Finish(r0, r1, r2, r3, low, high, ref r);
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
        // Shifted by 4 as in Multiply, and by 5 where the product counts twice: 2aᵢaⱼ < 2¹¹³ and its high word < 2⁵³.
        ulong twice0 = a0 << 5;
        ulong twice1 = a1 << 5;
        ulong twice4 = a4 << 5;

        ulong high = High(twice4, a1) + High(a2 << 5, a3);
        ulong low = Low(twice4, a1) + Low(a2 << 5, a3);
        ulong h5 = low & Mask52;
        ulong carry = (low >> 52) + (high << 8);

        high = High(twice4, a2) + High(a3 << 4, a3);
        low = Low(twice4, a2) + Low(a3 << 4, a3);
        ulong h6 = (low & Mask52) + carry;
        carry = (low >> 52) + (high << 8);

        high = High(twice4, a3);
        low = Low(twice4, a3);
        ulong h7 = (low & Mask52) + carry;
        carry = (low >> 52) + (high << 8);

        high = High(a4 << 4, a4);
        low = Low(a4 << 4, a4);
        ulong h8 = (low & Mask52) + carry;
        ulong h9 = (low >> 52) + (high << 8);

        const ulong fold = Fold260 << 4;
        high = High(a0 << 4, a0) + High(h5, fold);
        low = Low(a0 << 4, a0) + Low(h5, fold);
        ulong r0 = low & Mask52;
        carry = (low >> 52) + (high << 8);

        high = High(twice0, a1) + High(h6, fold);
        low = carry + Low(twice0, a1) + Low(h6, fold);
        ulong r1 = low & Mask52;
        carry = (low >> 52) + (high << 8);

        high = High(twice0, a2) + High(a1 << 4, a1) + High(h7, fold);
        low = carry + Low(twice0, a2) + Low(a1 << 4, a1) + Low(h7, fold);
        ulong r2 = low & Mask52;
        carry = (low >> 52) + (high << 8);

        high = High(twice0, a3) + High(twice1, a2) + High(h8, fold);
        low = carry + Low(twice0, a3) + Low(twice1, a2) + Low(h8, fold);
        ulong r3 = low & Mask52;
        carry = (low >> 52) + (high << 8);

        high = High(twice4, a0) + High(twice1, a3) + High(a2 << 4, a2) + High(h9, fold);
        low = carry + Low(twice4, a0) + Low(twice1, a3) + Low(a2 << 4, a2) + Low(h9, fold);
        Unsafe.SkipInit(out r);
        Finish(r0, r1, r2, r3, low, high, ref r);
    }

    /// <summary>
    /// The end of a product: folds what column 4 (low + high·2⁶⁰) holds beyond 2²⁶⁰, then the bits beyond 2²⁵⁶. Leaves
    /// r0, r2, r3 &lt; 2⁵², r1 &lt; 2⁵² + 2⁴⁸ + 4, r4 &lt; 2⁴⁸: magnitude 1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(ulong r0, ulong r1, ulong r2, ulong r3, ulong low, ulong high, ref FieldElement r)
    {
        ulong above260 = (low >> 52) + (high << 8);
        ulong foldedHigh = Math.BigMul(above260, Fold260, out ulong foldedLow);
        r0 += (foldedLow & Mask52) + (((low & Mask52) >> 48) * Fold256);
        r.N0 = r0 & Mask52;
        r.N1 = r1 + ((foldedLow >> 52) | (foldedHigh << 12)) + (r0 >> 52);
        r.N2 = r2;
        r.N3 = r3;
        r.N4 = low & Mask48;
        SetMagnitude(ref r, 1);
    }

    /// <summary>The high word of x·y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong High(ulong x, ulong y) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(x, y) : Math.BigMul(x, y, out _);

    /// <summary>The low word of x·y, where x was shifted left by 4, shifted back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Low(ulong x, ulong y) => (x * y) >> 4;

    /// <summary>r = the product of 2^count squarings of a: a^(2^count). r may be a.</summary>
    public static void SquareTimes(in FieldElement a, int count, out FieldElement r)
    {
        r = a;
        for (int i = 0; i < count; i++)
        {
            Square(in r, out r);
        }
    }
}

using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ledger.Crypto.Secp256k1.Lanes;

/// <summary>A field element in every lane: five limbs, each a vector. See <see cref="FieldLanes{TVector, TOps}"/>.</summary>
internal struct FieldVector<TVector>
    where TVector : unmanaged
{
    public TVector L0,
        L1,
        L2,
        L3,
        L4;
}

/// <summary>
/// A folded but uncarried result in every lane: five columns of signed integers, column k in units of 2^Position(k).
/// </summary>
internal struct ColumnVector<TVector>
    where TVector : unmanaged
{
    public TVector C0,
        C1,
        C2,
        C3,
        C4;
}

/// <summary>What one product is to be added to before it is folded: all ten columns, of integers.</summary>
internal struct WideVector<TVector>
    where TVector : unmanaged
{
    public TVector C0,
        C1,
        C2,
        C3,
        C4,
        C5,
        C6,
        C7,
        C8,
        C9;
}

/// <summary>
/// Arithmetic modulo p = 2^256 − K, K = 2^32 + 977, on one element in every lane, without branches and without anything
/// moving between lanes.
/// </summary>
/// <remarks>
/// <para><b>Limbs.</b> An element is the sum of five doubles. Limb i is a multiple of Unit_i = 2^Position(i), positions
/// being 0, 52, 103, 154 and 205 (256/5·i, rounded up), so that its digit, limb/Unit_i, is a signed integer of 52, 51,
/// 51, 51 or 51 bits: at most 2^51 in absolute value for limb 0, and 2^50 + <see cref="LaneLimbs.CarryMax"/> for the others. Doubles
/// are kept at their true magnitude: a_i·b_j is a multiple of Unit_(i+j), as Position(i) + Position(j) is at least
/// Position(i + j), and mixed widths need no factors of two. Every operation takes and returns such limbs; there is no
/// other form of an element. Position goes on with 256, 308, 359, 410, 461 and 512: by 256 more for five limbs more.</para>
/// <para><b>Products.</b> With Magic_k = 1.5·2^52·Unit_k, a double near Magic_k is a multiple of Unit_k, and its bits,
/// read as an integer, are Bias_k plus that multiple, linearly, for multiples up to ±2^51. So a·b is split exactly, in
/// three instructions: h = a·b + Magic_(k+1), rounded, holds the multiple of Unit_(k+1) that is nearest to a·b, which is
/// at most 2^50·(1 + 2^−40); l = a·b − (h − Magic_(k+1) − Magic_k), exact, holds the rest, which is at most half of
/// Unit_(k+1), that is 2^50 or 2^51 times Unit_k. Two integer additions sum them up in columns k + 1 and k. That is one
/// product of 51 bits for two multiply-adds, where 32-bit multipliers need four products of 26 bits.</para>
/// <para><b>Columns.</b> Ten 64-bit integers. Biases are taken off in the constants that columns start with: column k of
/// one product has 1, 3, 5, 7, 9, 9, 7, 5, 3 or 1 terms and is at most 13·2^50 in absolute value. No operation sums up
/// more than the equivalent of three products, so that columns stay below 2^56.</para>
/// <para><b>Folding.</b> Columns 5 to 9 are carried once, in parallel, into digits of at most 2^51 in absolute value, and
/// come back to columns 0 to 4 as products with K·2^−256, since 2^256 = K mod p. Column 9 first: it alone reaches column
/// 5 again. It needs no carry out: it is at most 3·2^49 and a carry.</para>
/// <para><b>Carrying.</b> Columns, or small combinations of the columns of several results, now below 2^58, are lifted by
/// 2^62 to be positive, and by half a digit so that digits are signed. What column 4 has above 2^256 is multiplied by K
/// into column 0; then all carry once, in parallel, by less than <see cref="LaneLimbs.CarryMax"/>.</para>
/// <para>Operations differ only in what is summed up before the one folding and the one carrying, which are 35% of a
/// product. The order of terms lets the long way from column 9 through column 5 to column 0 begin early; of 50 orders
/// with this property it is the fastest measured.</para>
/// </remarks>
internal static unsafe class FieldLanes<TVector, TOps>
    where TVector : unmanaged
    where TOps : struct, ILaneOps<TVector>
{
    private const double T51 = 2251799813685248.0;
    private const double T52 = 4503599627370496.0;
    private const double Unit0 = 1.0;
    private const double Unit1 = Unit0 * T52;
    private const double Unit2 = Unit1 * T51;
    private const double Unit3 = Unit2 * T51;
    private const double Unit4 = Unit3 * T51;
    private const double Unit5 = Unit4 * T51;
    private const double Unit6 = Unit5 * T52;
    private const double Unit7 = Unit6 * T51;
    private const double Unit8 = Unit7 * T51;
    private const double Unit9 = Unit8 * T51;

    private const ulong Exponent0 = 1075UL << 52;
    private const ulong Exponent1 = (1075UL + 52) << 52;
    private const ulong Exponent2 = (1075UL + 103) << 52;
    private const ulong Exponent3 = (1075UL + 154) << 52;
    private const ulong Exponent4 = (1075UL + 205) << 52;
    private const ulong Exponent5 = (1075UL + 256) << 52;
    private const ulong Exponent6 = (1075UL + 308) << 52;
    private const ulong Exponent7 = (1075UL + 359) << 52;
    private const ulong Exponent8 = (1075UL + 410) << 52;
    private const ulong Exponent9 = (1075UL + 461) << 52;

    private const ulong Half = 1UL << 51;
    private const ulong FoldBits = 0x1000003D1;

    private const ulong Lift51 = (1UL << 62) + (1UL << 50);
    private const ulong Lift52 = (1UL << 62) + (1UL << 51);

    private const ulong Bias0 = Exponent0 | Half;
    private const ulong Bias1 = Exponent1 | Half;
    private const ulong Bias2 = Exponent2 | Half;
    private const ulong Bias3 = Exponent3 | Half;
    private const ulong Bias4 = Exponent4 | Half;
    private const ulong Bias5 = Exponent5 | Half;
    private const ulong Bias6 = Exponent6 | Half;
    private const ulong Bias7 = Exponent7 | Half;
    private const ulong Bias8 = Exponent8 | Half;
    private const ulong Bias9 = Exponent9 | Half;

    // What columns start with. Start: less the biases of one product's terms. Folded: less those of the terms that folding
    // adds, and lifted (columns 5 to 8), or ready to be read as a double (9). Tight: lifted for carrying, and less what
    // the lift of column 4 makes, times K, in column 0.
    private const ulong Start0 = unchecked(0 - Bias0);
    private const ulong Start1 = unchecked(0 - 3 * Bias1);
    private const ulong Start2 = unchecked(0 - 5 * Bias2);
    private const ulong Start3 = unchecked(0 - 7 * Bias3);
    private const ulong Start4 = unchecked(0 - 9 * Bias4);
    private const ulong Start5 = unchecked(0 - 9 * Bias5);
    private const ulong Start6 = unchecked(0 - 7 * Bias6);
    private const ulong Start7 = unchecked(0 - 5 * Bias7);
    private const ulong Start8 = unchecked(0 - 3 * Bias8);
    private const ulong Start9 = unchecked(0 - Bias9);

    private const ulong Folded0 = unchecked(0 - Bias0);
    private const ulong Folded1 = unchecked(0 - 2 * Bias1);
    private const ulong Folded2 = unchecked(0 - 2 * Bias2);
    private const ulong Folded3 = unchecked(0 - 2 * Bias3);
    private const ulong Folded4 = unchecked(0 - 2 * Bias4);
    private const ulong Folded5 = unchecked(0 - Bias5 + Lift52);
    private const ulong Folded6 = Lift51;
    private const ulong Folded7 = Lift51;
    private const ulong Folded8 = Lift51;
    private const ulong Folded9 = Bias9;

    private const ulong Tight0 = unchecked(Lift52 - (FoldBits << 11));
    private const ulong Tight1 = Lift51;

    private const double Offset6 = (T52 + T51 / 2 + 1024) * Unit6;
    private const double Offset7 = (T52 + T51 / 2 + 2048) * Unit7;
    private const double Offset8 = (T52 + T51 / 2 + 2048) * Unit8;
    private const double Offset9 = (T52 + T51 + 2048) * Unit9;

    // Where constants are that operations use again and again: Magic_k at k; Magic_k + Magic_(k+1), where that is a double,
    // from here on; K·2^−256; what carrying leaves of a column.
    private const int MagicPairs = 10,
        FoldPlace = 20,
        Mask51Place = 21,
        Mask52Place = 22;

    /// <summary>
    /// In memory, to be broadcast as integers. Constants in the code the JIT compiler broadcasts as doubles, and that takes
    /// one of the processor's four pipes for arithmetic (Zen 4): 7% of a square.
    /// </summary>
    private static ReadOnlySpan<ulong> ConstantBits =>
        [
            Bias0,
            Bias1,
            Bias2,
            Bias3,
            Bias4,
            Bias5,
            Bias6,
            Bias7,
            Bias8,
            Bias9,
            0,
            Bias2 + 3,
            Bias3 + 3,
            Bias4 + 3,
            Bias5 + 3,
            0,
            Bias7 + 3,
            Bias8 + 3,
            Bias9 + 3,
            0,
            ((1023UL + 32 - 256) << 52) | (977UL << (52 - 32)),
            (1UL << 51) - 1,
            (1UL << 52) - 1,
        ];

    // The bytes are part of the assembly's image, which does not move.
    private static ulong* Constants => (ulong*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(ConstantBits));

    /// <summary>r = a·b.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(FieldVector<TVector>* r, FieldVector<TVector>* a, FieldVector<TVector>* b)
    {
        ulong* k = Constants;
        RequireBounds(a);
        RequireBounds(b);
        TVector c0 = TOps.Broadcast(unchecked(Start0 + Folded0 + Tight0));
        TVector c1 = TOps.Broadcast(unchecked(Start1 + Folded1 + Tight1));
        TVector c2 = TOps.Broadcast(unchecked(Start2 + Folded2 + Tight1));
        TVector c3 = TOps.Broadcast(unchecked(Start3 + Folded3 + Tight1));
        TVector c4 = TOps.Broadcast(unchecked(Start4 + Folded4 + Tight1));
        TVector c5 = TOps.Broadcast(unchecked(Start5 + Folded5));
        TVector c6 = TOps.Broadcast(unchecked(Start6 + Folded6));
        TVector c7 = TOps.Broadcast(unchecked(Start7 + Folded7));
        TVector c8 = TOps.Broadcast(unchecked(Start8 + Folded8));
        TVector c9 = TOps.Broadcast(unchecked(Start9 + Folded9));
        ProductFold(a, b, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9, k);
        Carry(r, c0, c1, c2, c3, c4, k);
    }

    /// <summary>r = a².</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Square(FieldVector<TVector>* r, FieldVector<TVector>* a)
    {
        ulong* k = Constants;
        RequireBounds(a);
        TVector c0 = TOps.Broadcast(unchecked(Start0 + Folded0 + Tight0));
        TVector c1 = TOps.Broadcast(unchecked(Start1 + Folded1 + Tight1) >> 1);
        TVector c2 = TOps.Broadcast(unchecked(Start2 + Folded2 + Tight1) >> 1);
        TVector c3 = TOps.Broadcast(unchecked(Start3 + Folded3 + Tight1) >> 1);
        TVector c4 = TOps.Broadcast(unchecked(Start4 + Folded4 + Tight1) >> 1);
        TVector c5 = TOps.Broadcast(unchecked(Start5 + Folded5) >> 1);
        TVector c6 = TOps.Broadcast(unchecked(Start6 + Folded6) >> 1);
        TVector c7 = TOps.Broadcast(unchecked(Start7 + Folded7) >> 1);
        TVector c8 = TOps.Broadcast(unchecked(Start8 + Folded8) >> 1);
        TVector c9 = TOps.Broadcast(unchecked(Start9 + Folded9));
        SquareFold(a, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9, k);
        Carry(r, c0, c1, c2, c3, c4, k);
    }

    /// <summary>r = 2·a·b.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyTwice(FieldVector<TVector>* r, FieldVector<TVector>* a, FieldVector<TVector>* b)
    {
        ulong* k = Constants;
        RequireBounds(a);
        RequireBounds(b);
        TVector c0 = TOps.Broadcast(unchecked(Start0 + Folded0 + Tight0 / 2));
        TVector c1 = TOps.Broadcast(unchecked(Start1 + Folded1 + Tight1 / 2));
        TVector c2 = TOps.Broadcast(unchecked(Start2 + Folded2 + Tight1 / 2));
        TVector c3 = TOps.Broadcast(unchecked(Start3 + Folded3 + Tight1 / 2));
        TVector c4 = TOps.Broadcast(unchecked(Start4 + Folded4 + Tight1 / 2));
        TVector c5 = TOps.Broadcast(unchecked(Start5 + Folded5));
        TVector c6 = TOps.Broadcast(unchecked(Start6 + Folded6));
        TVector c7 = TOps.Broadcast(unchecked(Start7 + Folded7));
        TVector c8 = TOps.Broadcast(unchecked(Start8 + Folded8));
        TVector c9 = TOps.Broadcast(unchecked(Start9 + Folded9));
        ProductFold(a, b, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9, k);
        c0 = TOps.AddBits(c0, c0);
        c1 = TOps.AddBits(c1, c1);
        c2 = TOps.AddBits(c2, c2);
        c3 = TOps.AddBits(c3, c3);
        c4 = TOps.AddBits(c4, c4);
        Carry(r, c0, c1, c2, c3, c4, k);
    }

    /// <summary>r = 2·a².</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void SquareTwice(FieldVector<TVector>* r, FieldVector<TVector>* a)
    {
        ulong* k = Constants;
        RequireBounds(a);
        TVector c0 = TOps.Broadcast(unchecked(Start0 + Folded0 + Tight0 / 2));
        TVector c1 = TOps.Broadcast(unchecked(Start1 + Folded1 + Tight1 / 2) >> 1);
        TVector c2 = TOps.Broadcast(unchecked(Start2 + Folded2 + Tight1 / 2) >> 1);
        TVector c3 = TOps.Broadcast(unchecked(Start3 + Folded3 + Tight1 / 2) >> 1);
        TVector c4 = TOps.Broadcast(unchecked(Start4 + Folded4 + Tight1 / 2) >> 1);
        TVector c5 = TOps.Broadcast(unchecked(Start5 + Folded5) >> 1);
        TVector c6 = TOps.Broadcast(unchecked(Start6 + Folded6) >> 1);
        TVector c7 = TOps.Broadcast(unchecked(Start7 + Folded7) >> 1);
        TVector c8 = TOps.Broadcast(unchecked(Start8 + Folded8) >> 1);
        TVector c9 = TOps.Broadcast(unchecked(Start9 + Folded9));
        SquareFold(a, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9, k);
        c0 = TOps.AddBits(c0, c0);
        c1 = TOps.AddBits(c1, c1);
        c2 = TOps.AddBits(c2, c2);
        c3 = TOps.AddBits(c3, c3);
        c4 = TOps.AddBits(c4, c4);
        Carry(r, c0, c1, c2, c3, c4, k);
    }

    /// <summary>r = 3·a².</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void SquareThrice(FieldVector<TVector>* r, FieldVector<TVector>* a)
    {
        ulong* k = Constants;
        RequireBounds(a);
        TVector c0 = TOps.Broadcast(unchecked(Start0 + Folded0));
        TVector c1 = TOps.Broadcast(unchecked(Start1 + Folded1) >> 1);
        TVector c2 = TOps.Broadcast(unchecked(Start2 + Folded2) >> 1);
        TVector c3 = TOps.Broadcast(unchecked(Start3 + Folded3) >> 1);
        TVector c4 = TOps.Broadcast(unchecked(Start4 + Folded4) >> 1);
        TVector c5 = TOps.Broadcast(unchecked(Start5 + Folded5) >> 1);
        TVector c6 = TOps.Broadcast(unchecked(Start6 + Folded6) >> 1);
        TVector c7 = TOps.Broadcast(unchecked(Start7 + Folded7) >> 1);
        TVector c8 = TOps.Broadcast(unchecked(Start8 + Folded8) >> 1);
        TVector c9 = TOps.Broadcast(unchecked(Start9 + Folded9));
        SquareFold(a, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9, k);
        c0 = TOps.AddBits(TOps.AddBits(c0, c0), TOps.AddBits(c0, TOps.Broadcast(Tight0)));
        c1 = TOps.AddBits(TOps.AddBits(c1, c1), TOps.AddBits(c1, TOps.Broadcast(Tight1)));
        c2 = TOps.AddBits(TOps.AddBits(c2, c2), TOps.AddBits(c2, TOps.Broadcast(Tight1)));
        c3 = TOps.AddBits(TOps.AddBits(c3, c3), TOps.AddBits(c3, TOps.Broadcast(Tight1)));
        c4 = TOps.AddBits(TOps.AddBits(c4, c4), TOps.AddBits(c4, TOps.Broadcast(Tight1)));
        Carry(r, c0, c1, c2, c3, c4, k);
    }

    /// <summary>r = a·b, not carried.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyColumns(ColumnVector<TVector>* r, FieldVector<TVector>* a, FieldVector<TVector>* b)
    {
        ulong* k = Constants;
        RequireBounds(a);
        RequireBounds(b);
        TVector c0 = TOps.Broadcast(unchecked(Start0 + Folded0));
        TVector c1 = TOps.Broadcast(unchecked(Start1 + Folded1));
        TVector c2 = TOps.Broadcast(unchecked(Start2 + Folded2));
        TVector c3 = TOps.Broadcast(unchecked(Start3 + Folded3));
        TVector c4 = TOps.Broadcast(unchecked(Start4 + Folded4));
        TVector c5 = TOps.Broadcast(unchecked(Start5 + Folded5));
        TVector c6 = TOps.Broadcast(unchecked(Start6 + Folded6));
        TVector c7 = TOps.Broadcast(unchecked(Start7 + Folded7));
        TVector c8 = TOps.Broadcast(unchecked(Start8 + Folded8));
        TVector c9 = TOps.Broadcast(unchecked(Start9 + Folded9));
        ProductFold(a, b, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9, k);
        r->C0 = c0;
        r->C1 = c1;
        r->C2 = c2;
        r->C3 = c3;
        r->C4 = c4;
    }

    /// <summary>r = a·b − c.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void MultiplySubtract(
        FieldVector<TVector>* r,
        FieldVector<TVector>* a,
        FieldVector<TVector>* b,
        FieldVector<TVector>* c
    )
    {
        ulong* k = Constants;
        RequireBounds(a);
        RequireBounds(b);
        RequireBounds(c);
        TVector c0 = TOps.Broadcast(unchecked(Start0 + Folded0 + Tight0 + Bias0));
        TVector c1 = TOps.Broadcast(unchecked(Start1 + Folded1 + Tight1 + Bias1));
        TVector c2 = TOps.Broadcast(unchecked(Start2 + Folded2 + Tight1 + Bias2));
        TVector c3 = TOps.Broadcast(unchecked(Start3 + Folded3 + Tight1 + Bias3));
        TVector c4 = TOps.Broadcast(unchecked(Start4 + Folded4 + Tight1 + Bias4));
        TVector c5 = TOps.Broadcast(unchecked(Start5 + Folded5));
        TVector c6 = TOps.Broadcast(unchecked(Start6 + Folded6));
        TVector c7 = TOps.Broadcast(unchecked(Start7 + Folded7));
        TVector c8 = TOps.Broadcast(unchecked(Start8 + Folded8));
        TVector c9 = TOps.Broadcast(unchecked(Start9 + Folded9));
        ProductFold(a, b, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9, k);
        c0 = TOps.SubtractBits(c0, ToBits(c->L0, k, 0));
        c1 = TOps.SubtractBits(c1, ToBits(c->L1, k, 1));
        c2 = TOps.SubtractBits(c2, ToBits(c->L2, k, 2));
        c3 = TOps.SubtractBits(c3, ToBits(c->L3, k, 3));
        c4 = TOps.SubtractBits(c4, ToBits(c->L4, k, 4));
        Carry(r, c0, c1, c2, c3, c4, k);
    }

    /// <summary>r = −a·b, all ten columns, to be added to.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void NegateProduct(WideVector<TVector>* r, FieldVector<TVector>* a, FieldVector<TVector>* b)
    {
        ulong* k = Constants;
        RequireBounds(a);
        RequireBounds(b);
        TVector c0 = TOps.Broadcast(unchecked(Folded0 + Tight0));
        TVector c1 = TOps.Broadcast(unchecked(Folded1 + Tight1));
        TVector c2 = TOps.Broadcast(unchecked(Folded2 + Tight1));
        TVector c3 = TOps.Broadcast(unchecked(Folded3 + Tight1));
        TVector c4 = TOps.Broadcast(unchecked(Folded4 + Tight1));
        TVector c5 = TOps.Broadcast(unchecked(Folded5));
        TVector c6 = TOps.Broadcast(unchecked(Folded6));
        TVector c7 = TOps.Broadcast(unchecked(Folded7));
        TVector c8 = TOps.Broadcast(unchecked(Folded8));
        TVector c9 = TOps.Broadcast(unchecked(Folded9));
        SubtractProduct(a, b, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9, k);
        r->C0 = c0;
        r->C1 = c1;
        r->C2 = c2;
        r->C3 = c3;
        r->C4 = c4;
        r->C5 = c5;
        r->C6 = c6;
        r->C7 = c7;
        r->C8 = c8;
        r->C9 = c9;
    }

    /// <summary>r = −2·a², all ten columns, to be added to.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void NegateTwiceSquare(WideVector<TVector>* r, FieldVector<TVector>* a)
    {
        ulong* k = Constants;
        RequireBounds(a);
        TVector c0 = TOps.Broadcast(unchecked(Folded0 - Start0 + Tight0) >> 1);
        TVector c1 = TOps.Broadcast(unchecked(Folded1 - Start1 + Tight1) >> 2);
        TVector c2 = TOps.Broadcast(unchecked(Folded2 - Start2 + Tight1) >> 2);
        TVector c3 = TOps.Broadcast(unchecked(Folded3 - Start3 + Tight1) >> 2);
        TVector c4 = TOps.Broadcast(unchecked(Folded4 - Start4 + Tight1) >> 2);
        TVector c5 = TOps.Broadcast(unchecked(Folded5 - Start5) >> 2);
        TVector c6 = TOps.Broadcast(unchecked(Folded6 - Start6) >> 2);
        TVector c7 = TOps.Broadcast(unchecked(Folded7 - Start7) >> 2);
        TVector c8 = TOps.Broadcast(unchecked(Folded8 - Start8) >> 2);
        TVector c9 = TOps.Broadcast(unchecked(Folded9 - Start9) >> 1);
        SubtractTwiceSquare(a, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9, k);
        r->C0 = c0;
        r->C1 = c1;
        r->C2 = c2;
        r->C3 = c3;
        r->C4 = c4;
        r->C5 = c5;
        r->C6 = c6;
        r->C7 = c7;
        r->C8 = c8;
        r->C9 = c9;
    }

    /// <summary>r = a·b + c, with one reduction for both.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyAdd(
        FieldVector<TVector>* r,
        FieldVector<TVector>* a,
        FieldVector<TVector>* b,
        WideVector<TVector>* c
    )
    {
        ulong* k = Constants;
        RequireBounds(a);
        RequireBounds(b);
        TVector c0 = c->C0;
        TVector c1 = c->C1;
        TVector c2 = c->C2;
        TVector c3 = c->C3;
        TVector c4 = c->C4;
        TVector c5 = c->C5;
        TVector c6 = c->C6;
        TVector c7 = c->C7;
        TVector c8 = c->C8;
        TVector c9 = c->C9;
        ProductFold(a, b, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9, k);
        Carry(r, c0, c1, c2, c3, c4, k);
    }

    /// <summary>The abscissa of a double: x = a² − 4·v, and d = 6·v − a², which is 2·v − x.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void DoubleX(
        FieldVector<TVector>* x,
        FieldVector<TVector>* d,
        FieldVector<TVector>* a,
        ColumnVector<TVector>* v
    )
    {
        ulong* k = Constants;
        RequireBounds(a);
        TVector c0 = TOps.Broadcast(unchecked(Start0 + Folded0 + Tight0));
        TVector c1 = TOps.Broadcast(unchecked(Start1 + Folded1 + Tight1) >> 1);
        TVector c2 = TOps.Broadcast(unchecked(Start2 + Folded2 + Tight1) >> 1);
        TVector c3 = TOps.Broadcast(unchecked(Start3 + Folded3 + Tight1) >> 1);
        TVector c4 = TOps.Broadcast(unchecked(Start4 + Folded4 + Tight1) >> 1);
        TVector c5 = TOps.Broadcast(unchecked(Start5 + Folded5) >> 1);
        TVector c6 = TOps.Broadcast(unchecked(Start6 + Folded6) >> 1);
        TVector c7 = TOps.Broadcast(unchecked(Start7 + Folded7) >> 1);
        TVector c8 = TOps.Broadcast(unchecked(Start8 + Folded8) >> 1);
        TVector c9 = TOps.Broadcast(unchecked(Start9 + Folded9));
        SquareFold(a, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9, k);
        TVector v0 = TOps.AddBits(v->C0, v->C0);
        TVector w0 = TOps.AddBits(v0, v0);
        v0 = TOps.AddBits(TOps.SubtractBits(TOps.AddBits(v0, w0), c0), TOps.Broadcast(unchecked(2 * Tight0)));
        c0 = TOps.SubtractBits(c0, w0);
        TVector v1 = TOps.AddBits(v->C1, v->C1);
        TVector w1 = TOps.AddBits(v1, v1);
        v1 = TOps.AddBits(TOps.SubtractBits(TOps.AddBits(v1, w1), c1), TOps.Broadcast(unchecked(2 * Tight1)));
        c1 = TOps.SubtractBits(c1, w1);
        TVector v2 = TOps.AddBits(v->C2, v->C2);
        TVector w2 = TOps.AddBits(v2, v2);
        v2 = TOps.AddBits(TOps.SubtractBits(TOps.AddBits(v2, w2), c2), TOps.Broadcast(unchecked(2 * Tight1)));
        c2 = TOps.SubtractBits(c2, w2);
        TVector v3 = TOps.AddBits(v->C3, v->C3);
        TVector w3 = TOps.AddBits(v3, v3);
        v3 = TOps.AddBits(TOps.SubtractBits(TOps.AddBits(v3, w3), c3), TOps.Broadcast(unchecked(2 * Tight1)));
        c3 = TOps.SubtractBits(c3, w3);
        TVector v4 = TOps.AddBits(v->C4, v->C4);
        TVector w4 = TOps.AddBits(v4, v4);
        v4 = TOps.AddBits(TOps.SubtractBits(TOps.AddBits(v4, w4), c4), TOps.Broadcast(unchecked(2 * Tight1)));
        c4 = TOps.SubtractBits(c4, w4);
        Carry(x, c0, c1, c2, c3, c4, k);
        Carry(d, v0, v1, v2, v3, v4, k);
    }

    /// <summary>The abscissa of a sum: x = a² − b − 2·v, and d = v − x.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void AddX(
        FieldVector<TVector>* x,
        FieldVector<TVector>* d,
        FieldVector<TVector>* a,
        FieldVector<TVector>* b,
        ColumnVector<TVector>* v
    )
    {
        ulong* k = Constants;
        RequireBounds(a);
        RequireBounds(b);
        TVector c0 = TOps.Broadcast(unchecked(Start0 + Folded0 + Tight0 + Bias0));
        TVector c1 = TOps.Broadcast(unchecked(Start1 + Folded1 + Tight1 + Bias1) >> 1);
        TVector c2 = TOps.Broadcast(unchecked(Start2 + Folded2 + Tight1 + Bias2) >> 1);
        TVector c3 = TOps.Broadcast(unchecked(Start3 + Folded3 + Tight1 + Bias3) >> 1);
        TVector c4 = TOps.Broadcast(unchecked(Start4 + Folded4 + Tight1 + Bias4) >> 1);
        TVector c5 = TOps.Broadcast(unchecked(Start5 + Folded5) >> 1);
        TVector c6 = TOps.Broadcast(unchecked(Start6 + Folded6) >> 1);
        TVector c7 = TOps.Broadcast(unchecked(Start7 + Folded7) >> 1);
        TVector c8 = TOps.Broadcast(unchecked(Start8 + Folded8) >> 1);
        TVector c9 = TOps.Broadcast(unchecked(Start9 + Folded9));
        TVector b0 = ToBits(b->L0, k, 0);
        TVector b1 = ToBits(b->L1, k, 1);
        TVector b2 = ToBits(b->L2, k, 2);
        TVector b3 = ToBits(b->L3, k, 3);
        TVector b4 = ToBits(b->L4, k, 4);
        SquareFold(a, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9, k);
        c0 = TOps.SubtractBits(c0, b0);
        TVector v0 = v->C0;
        TVector w0 = TOps.AddBits(v0, v0);
        v0 = TOps.AddBits(TOps.SubtractBits(TOps.AddBits(v0, w0), c0), TOps.Broadcast(unchecked(2 * Tight0)));
        c0 = TOps.SubtractBits(c0, w0);
        c1 = TOps.SubtractBits(c1, b1);
        TVector v1 = v->C1;
        TVector w1 = TOps.AddBits(v1, v1);
        v1 = TOps.AddBits(TOps.SubtractBits(TOps.AddBits(v1, w1), c1), TOps.Broadcast(unchecked(2 * Tight1)));
        c1 = TOps.SubtractBits(c1, w1);
        c2 = TOps.SubtractBits(c2, b2);
        TVector v2 = v->C2;
        TVector w2 = TOps.AddBits(v2, v2);
        v2 = TOps.AddBits(TOps.SubtractBits(TOps.AddBits(v2, w2), c2), TOps.Broadcast(unchecked(2 * Tight1)));
        c2 = TOps.SubtractBits(c2, w2);
        c3 = TOps.SubtractBits(c3, b3);
        TVector v3 = v->C3;
        TVector w3 = TOps.AddBits(v3, v3);
        v3 = TOps.AddBits(TOps.SubtractBits(TOps.AddBits(v3, w3), c3), TOps.Broadcast(unchecked(2 * Tight1)));
        c3 = TOps.SubtractBits(c3, w3);
        c4 = TOps.SubtractBits(c4, b4);
        TVector v4 = v->C4;
        TVector w4 = TOps.AddBits(v4, v4);
        v4 = TOps.AddBits(TOps.SubtractBits(TOps.AddBits(v4, w4), c4), TOps.Broadcast(unchecked(2 * Tight1)));
        c4 = TOps.SubtractBits(c4, w4);
        Carry(x, c0, c1, c2, c3, c4, k);
        Carry(d, v0, v1, v2, v3, v4, k);
    }

    /// <summary>
    /// The abscissa of the sum of two affine points, a being the slope of the line through them and b and c their
    /// abscissas: x = a² − b − c, and d = b − x.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void ChordX(
        FieldVector<TVector>* x,
        FieldVector<TVector>* d,
        FieldVector<TVector>* a,
        FieldVector<TVector>* b,
        FieldVector<TVector>* c
    )
    {
        ulong* k = Constants;
        RequireBounds(a);
        RequireBounds(b);
        RequireBounds(c);
        TVector c0 = TOps.Broadcast(unchecked(Start0 + Folded0 + Tight0 + 2 * Bias0));
        TVector c1 = TOps.Broadcast(unchecked(Start1 + Folded1 + Tight1 + 2 * Bias1) >> 1);
        TVector c2 = TOps.Broadcast(unchecked(Start2 + Folded2 + Tight1 + 2 * Bias2) >> 1);
        TVector c3 = TOps.Broadcast(unchecked(Start3 + Folded3 + Tight1 + 2 * Bias3) >> 1);
        TVector c4 = TOps.Broadcast(unchecked(Start4 + Folded4 + Tight1 + 2 * Bias4) >> 1);
        TVector c5 = TOps.Broadcast(unchecked(Start5 + Folded5) >> 1);
        TVector c6 = TOps.Broadcast(unchecked(Start6 + Folded6) >> 1);
        TVector c7 = TOps.Broadcast(unchecked(Start7 + Folded7) >> 1);
        TVector c8 = TOps.Broadcast(unchecked(Start8 + Folded8) >> 1);
        TVector c9 = TOps.Broadcast(unchecked(Start9 + Folded9));
        SquareFold(a, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9, k);
        TVector b0 = ToBits(b->L0, k, 0);
        c0 = TOps.SubtractBits(TOps.SubtractBits(c0, b0), ToBits(c->L0, k, 0));
        b0 = TOps.SubtractBits(TOps.AddBits(b0, TOps.Broadcast(unchecked(2 * Tight0 - Bias0))), c0);
        TVector b1 = ToBits(b->L1, k, 1);
        c1 = TOps.SubtractBits(TOps.SubtractBits(c1, b1), ToBits(c->L1, k, 1));
        b1 = TOps.SubtractBits(TOps.AddBits(b1, TOps.Broadcast(unchecked(2 * Tight1 - Bias1))), c1);
        TVector b2 = ToBits(b->L2, k, 2);
        c2 = TOps.SubtractBits(TOps.SubtractBits(c2, b2), ToBits(c->L2, k, 2));
        b2 = TOps.SubtractBits(TOps.AddBits(b2, TOps.Broadcast(unchecked(2 * Tight1 - Bias2))), c2);
        TVector b3 = ToBits(b->L3, k, 3);
        c3 = TOps.SubtractBits(TOps.SubtractBits(c3, b3), ToBits(c->L3, k, 3));
        b3 = TOps.SubtractBits(TOps.AddBits(b3, TOps.Broadcast(unchecked(2 * Tight1 - Bias3))), c3);
        TVector b4 = ToBits(b->L4, k, 4);
        c4 = TOps.SubtractBits(TOps.SubtractBits(c4, b4), ToBits(c->L4, k, 4));
        b4 = TOps.SubtractBits(TOps.AddBits(b4, TOps.Broadcast(unchecked(2 * Tight1 - Bias4))), c4);
        Carry(x, c0, c1, c2, c3, c4, k);
        Carry(d, b0, b1, b2, b3, b4, k);
    }

    /// <summary>r = a, carried.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void CarryColumns(FieldVector<TVector>* r, ColumnVector<TVector>* a)
    {
        ulong* k = Constants;
        TVector c0 = TOps.AddBits(a->C0, TOps.Broadcast(Tight0));
        TVector c1 = TOps.AddBits(a->C1, TOps.Broadcast(Tight1));
        TVector c2 = TOps.AddBits(a->C2, TOps.Broadcast(Tight1));
        TVector c3 = TOps.AddBits(a->C3, TOps.Broadcast(Tight1));
        TVector c4 = TOps.AddBits(a->C4, TOps.Broadcast(Tight1));
        Carry(r, c0, c1, c2, c3, c4, k);
    }

    /// <summary>r = a − b.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Subtract(FieldVector<TVector>* r, FieldVector<TVector>* a, FieldVector<TVector>* b)
    {
        ulong* k = Constants;
        RequireBounds(a);
        RequireBounds(b);
        TVector c0 = TOps.SubtractBits(TOps.AddBits(ToBits(a->L0, k, 0), TOps.Broadcast(Tight0)), ToBits(b->L0, k, 0));
        TVector c1 = TOps.SubtractBits(TOps.AddBits(ToBits(a->L1, k, 1), TOps.Broadcast(Tight1)), ToBits(b->L1, k, 1));
        TVector c2 = TOps.SubtractBits(TOps.AddBits(ToBits(a->L2, k, 2), TOps.Broadcast(Tight1)), ToBits(b->L2, k, 2));
        TVector c3 = TOps.SubtractBits(TOps.AddBits(ToBits(a->L3, k, 3), TOps.Broadcast(Tight1)), ToBits(b->L3, k, 3));
        TVector c4 = TOps.SubtractBits(TOps.AddBits(ToBits(a->L4, k, 4), TOps.Broadcast(Tight1)), ToBits(b->L4, k, 4));
        Carry(r, c0, c1, c2, c3, c4, k);
    }

    /// <summary>r = −a − b.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void NegateSum(FieldVector<TVector>* r, FieldVector<TVector>* a, FieldVector<TVector>* b)
    {
        ulong* k = Constants;
        RequireBounds(a);
        RequireBounds(b);
        TVector c0 = TOps.SubtractBits(
            TOps.SubtractBits(TOps.Broadcast(unchecked(Tight0 + 2 * Bias0)), ToBits(a->L0, k, 0)),
            ToBits(b->L0, k, 0)
        );
        TVector c1 = TOps.SubtractBits(
            TOps.SubtractBits(TOps.Broadcast(unchecked(Tight1 + 2 * Bias1)), ToBits(a->L1, k, 1)),
            ToBits(b->L1, k, 1)
        );
        TVector c2 = TOps.SubtractBits(
            TOps.SubtractBits(TOps.Broadcast(unchecked(Tight1 + 2 * Bias2)), ToBits(a->L2, k, 2)),
            ToBits(b->L2, k, 2)
        );
        TVector c3 = TOps.SubtractBits(
            TOps.SubtractBits(TOps.Broadcast(unchecked(Tight1 + 2 * Bias3)), ToBits(a->L3, k, 3)),
            ToBits(b->L3, k, 3)
        );
        TVector c4 = TOps.SubtractBits(
            TOps.SubtractBits(TOps.Broadcast(unchecked(Tight1 + 2 * Bias4)), ToBits(a->L4, k, 4)),
            ToBits(b->L4, k, 4)
        );
        Carry(r, c0, c1, c2, c3, c4, k);
    }

    /// <summary>Negates the lanes whose number, one of as many as there are lanes, is odd.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void NegateOdd(FieldVector<TVector>* r, int* numbers)
    {
        ulong* k = Constants;
        TVector sign = TOps.ShiftLeft(TOps.Widen(numbers), 63);
        r->L0 = TOps.Xor(r->L0, sign);
        r->L1 = TOps.Xor(r->L1, sign);
        r->L2 = TOps.Xor(r->L2, sign);
        r->L3 = TOps.Xor(r->L3, sign);
        r->L4 = TOps.Xor(r->L4, sign);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ProductFold(
        FieldVector<TVector>* a,
        FieldVector<TVector>* b,
        ref TVector c0,
        ref TVector c1,
        ref TVector c2,
        ref TVector c3,
        ref TVector c4,
        ref TVector c5,
        ref TVector c6,
        ref TVector c7,
        ref TVector c8,
        ref TVector c9,
        ulong* k
    )
    {
        (TVector a0, TVector a1, TVector a2, TVector a3, TVector a4) = (a->L0, a->L1, a->L2, a->L3, a->L4);
        (TVector b0, TVector b1, TVector b2, TVector b3, TVector b4) = (b->L0, b->L1, b->L2, b->L3, b->L4);
        TVector fold = TOps.BroadcastFrom(k + FoldPlace);
        Term(a3, b4, 7, ref c7, ref c8, k);
        Term(a4, b3, 7, ref c7, ref c8, k);
        Term(a4, b4, 8, ref c8, ref c9, k);
        Term(a2, b4, 6, ref c6, ref c7, k);
        TVector f9 = High9(c9, c8);
        TermWide(a2, b3, 5, ref c5, ref c6, k);
        Term(a4, b2, 6, ref c6, ref c7, k);
        Term(a3, b1, 4, ref c4, ref c5, k);
        Term(a0, b4, 4, ref c4, ref c5, k);
        Term(f9, fold, 4, ref c4, ref c5, k);
        TermWide(a1, b4, 5, ref c5, ref c6, k);
        TermWide(a4, b1, 5, ref c5, ref c6, k);
        Term(a3, b3, 6, ref c6, ref c7, k);
        Term(a1, b3, 4, ref c4, ref c5, k);
        Term(a4, b0, 4, ref c4, ref c5, k);
        Term(a2, b2, 4, ref c4, ref c5, k);
        TermWide(a3, b2, 5, ref c5, ref c6, k);
        Term(a3, b0, 3, ref c3, ref c4, k);
        TVector f7 = High(c7, TOps.ShiftRight(c6, 51), Exponent7, Offset7, k);
        Term(a0, b3, 3, ref c3, ref c4, k);
        Term(a2, b1, 3, ref c3, ref c4, k);
        TVector f6 = High(c6, TOps.ShiftRight(c5, 52), Exponent6, Offset6, k);
        TVector f8 = High(c8, TOps.ShiftRight(c7, 51), Exponent8, Offset8, k);
        TVector f5 = High5(c5, k);
        Term(a1, b2, 3, ref c3, ref c4, k);
        Term(f8, fold, 3, ref c3, ref c4, k);
        Term(a1, b0, 1, ref c1, ref c2, k);
        Term(f7, fold, 2, ref c2, ref c3, k);
        Term(a2, b0, 2, ref c2, ref c3, k);
        Term(a1, b1, 2, ref c2, ref c3, k);
        Term(a0, b1, 1, ref c1, ref c2, k);
        TermWide(f5, fold, 0, ref c0, ref c1, k);
        TermWide(a0, b0, 0, ref c0, ref c1, k);
        Term(a0, b2, 2, ref c2, ref c3, k);
        Term(f6, fold, 1, ref c1, ref c2, k);
    }

    /// <summary>c = 2·c + a² in columns 1 to 8, where c holds half of what is to be added to; c + a² in columns 0 and 9.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SquareFold(
        FieldVector<TVector>* a,
        ref TVector c0,
        ref TVector c1,
        ref TVector c2,
        ref TVector c3,
        ref TVector c4,
        ref TVector c5,
        ref TVector c6,
        ref TVector c7,
        ref TVector c8,
        ref TVector c9,
        ulong* k
    )
    {
        (TVector a0, TVector a1, TVector a2, TVector a3, TVector a4) = (a->L0, a->L1, a->L2, a->L3, a->L4);
        TVector fold = TOps.BroadcastFrom(k + FoldPlace);
        Term(a3, a4, 7, ref c7, ref c8, k);
        TermWide(a1, a4, 5, ref c5, ref c6, k);
        TermWide(a2, a3, 5, ref c5, ref c6, k);
        Term(a2, a4, 6, ref c6, ref c7, k);
        c8 = TOps.AddBits(c8, c8);
        Term(a4, a4, 8, ref c8, ref c9, k);
        Term(a1, a2, 3, ref c3, ref c4, k);
        Term(a1, a3, 4, ref c4, ref c5, k);
        Term(a0, a3, 3, ref c3, ref c4, k);
        Term(a0, a4, 4, ref c4, ref c5, k);
        c6 = TOps.AddBits(c6, c6);
        TVector f9 = High9(c9, c8);
        c4 = TOps.AddBits(c4, c4);
        Term(a0, a1, 1, ref c1, ref c2, k);
        c7 = TOps.AddBits(c7, c7);
        Term(a3, a3, 6, ref c6, ref c7, k);
        Term(a0, a2, 2, ref c2, ref c3, k);
        c5 = TOps.AddBits(c5, c5);
        Term(a2, a2, 4, ref c4, ref c5, k);
        Term(f9, fold, 4, ref c4, ref c5, k);
        TVector f8 = High(c8, TOps.ShiftRight(c7, 51), Exponent8, Offset8, k);
        TVector f6 = High(c6, TOps.ShiftRight(c5, 52), Exponent6, Offset6, k);
        c3 = TOps.AddBits(c3, c3);
        Term(f8, fold, 3, ref c3, ref c4, k);
        TVector f7 = High(c7, TOps.ShiftRight(c6, 51), Exponent7, Offset7, k);
        TVector f5 = High5(c5, k);
        c1 = TOps.AddBits(c1, c1);
        TermWide(a0, a0, 0, ref c0, ref c1, k);
        c2 = TOps.AddBits(c2, c2);
        Term(f7, fold, 2, ref c2, ref c3, k);
        Term(a1, a1, 2, ref c2, ref c3, k);
        TermWide(f5, fold, 0, ref c0, ref c1, k);
        Term(f6, fold, 1, ref c1, ref c2, k);
    }

    /// <summary>c −= a·b, all ten columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SubtractProduct(
        FieldVector<TVector>* a,
        FieldVector<TVector>* b,
        ref TVector c0,
        ref TVector c1,
        ref TVector c2,
        ref TVector c3,
        ref TVector c4,
        ref TVector c5,
        ref TVector c6,
        ref TVector c7,
        ref TVector c8,
        ref TVector c9,
        ulong* k
    )
    {
        (TVector a0, TVector a1, TVector a2, TVector a3, TVector a4) = (a->L0, a->L1, a->L2, a->L3, a->L4);
        (TVector b0, TVector b1, TVector b2, TVector b3, TVector b4) = (b->L0, b->L1, b->L2, b->L3, b->L4);
        TermSubtract(a4, b4, 8, ref c8, ref c9, k);
        TermSubtract(a3, b4, 7, ref c7, ref c8, k);
        TermSubtract(a4, b3, 7, ref c7, ref c8, k);
        TermSubtract(a2, b4, 6, ref c6, ref c7, k);
        TermSubtract(a3, b3, 6, ref c6, ref c7, k);
        TermSubtract(a4, b2, 6, ref c6, ref c7, k);
        TermSubtractWide(a1, b4, 5, ref c5, ref c6, k);
        TermSubtractWide(a2, b3, 5, ref c5, ref c6, k);
        TermSubtractWide(a3, b2, 5, ref c5, ref c6, k);
        TermSubtractWide(a4, b1, 5, ref c5, ref c6, k);
        TermSubtract(a0, b4, 4, ref c4, ref c5, k);
        TermSubtract(a1, b3, 4, ref c4, ref c5, k);
        TermSubtract(a2, b2, 4, ref c4, ref c5, k);
        TermSubtract(a3, b1, 4, ref c4, ref c5, k);
        TermSubtract(a4, b0, 4, ref c4, ref c5, k);
        TermSubtract(a0, b3, 3, ref c3, ref c4, k);
        TermSubtract(a1, b2, 3, ref c3, ref c4, k);
        TermSubtract(a2, b1, 3, ref c3, ref c4, k);
        TermSubtract(a3, b0, 3, ref c3, ref c4, k);
        TermSubtract(a0, b2, 2, ref c2, ref c3, k);
        TermSubtract(a1, b1, 2, ref c2, ref c3, k);
        TermSubtract(a2, b0, 2, ref c2, ref c3, k);
        TermSubtract(a0, b1, 1, ref c1, ref c2, k);
        TermSubtract(a1, b0, 1, ref c1, ref c2, k);
        TermSubtractWide(a0, b0, 0, ref c0, ref c1, k);
    }

    /// <summary>c = 4·c − 2·a² in columns 1 to 8, c = 2·c − 2·a² in columns 0 and 9.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SubtractTwiceSquare(
        FieldVector<TVector>* a,
        ref TVector c0,
        ref TVector c1,
        ref TVector c2,
        ref TVector c3,
        ref TVector c4,
        ref TVector c5,
        ref TVector c6,
        ref TVector c7,
        ref TVector c8,
        ref TVector c9,
        ulong* k
    )
    {
        (TVector a0, TVector a1, TVector a2, TVector a3, TVector a4) = (a->L0, a->L1, a->L2, a->L3, a->L4);
        TermSubtract(a3, a4, 7, ref c7, ref c8, k);
        TermSubtract(a2, a4, 6, ref c6, ref c7, k);
        TermSubtractWide(a1, a4, 5, ref c5, ref c6, k);
        TermSubtractWide(a2, a3, 5, ref c5, ref c6, k);
        TermSubtract(a0, a4, 4, ref c4, ref c5, k);
        TermSubtract(a1, a3, 4, ref c4, ref c5, k);
        TermSubtract(a0, a3, 3, ref c3, ref c4, k);
        TermSubtract(a1, a2, 3, ref c3, ref c4, k);
        TermSubtract(a0, a2, 2, ref c2, ref c3, k);
        TermSubtract(a0, a1, 1, ref c1, ref c2, k);
        c1 = TOps.AddBits(c1, c1);
        c2 = TOps.AddBits(c2, c2);
        c3 = TOps.AddBits(c3, c3);
        c4 = TOps.AddBits(c4, c4);
        c5 = TOps.AddBits(c5, c5);
        c6 = TOps.AddBits(c6, c6);
        c7 = TOps.AddBits(c7, c7);
        c8 = TOps.AddBits(c8, c8);
        TermSubtract(a4, a4, 8, ref c8, ref c9, k);
        TermSubtract(a3, a3, 6, ref c6, ref c7, k);
        TermSubtract(a2, a2, 4, ref c4, ref c5, k);
        TermSubtract(a1, a1, 2, ref c2, ref c3, k);
        TermSubtractWide(a0, a0, 0, ref c0, ref c1, k);
        c0 = TOps.AddBits(c0, c0);
        c1 = TOps.AddBits(c1, c1);
        c2 = TOps.AddBits(c2, c2);
        c3 = TOps.AddBits(c3, c3);
        c4 = TOps.AddBits(c4, c4);
        c5 = TOps.AddBits(c5, c5);
        c6 = TOps.AddBits(c6, c6);
        c7 = TOps.AddBits(c7, c7);
        c8 = TOps.AddBits(c8, c8);
        c9 = TOps.AddBits(c9, c9);
    }

    /// <summary>Adds a·b to a column and the next: the multiple of the upper one's unit nearest to a·b, and the rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Term(TVector a, TVector b, int column, ref TVector low, ref TVector high, ulong* k)
    {
        TVector h = TOps.MultiplyAdd(a, b, Magic(k, column + 1));
        TVector l = TOps.MultiplySubtract(a, b, TOps.Subtract(h, TOps.BroadcastFrom(k + MagicPairs + column)));
        high = TOps.AddBits(high, h);
        low = TOps.AddBits(low, l);
    }

    /// <summary>The same where the lower column is 52 bits wide: both magics together would need 54 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TermWide(TVector a, TVector b, int column, ref TVector low, ref TVector high, ulong* k)
    {
        TVector h = TOps.MultiplyAdd(a, b, Magic(k, column + 1));
        TVector l = TOps.MultiplySubtract(
            a,
            b,
            TOps.Subtract(TOps.Subtract(h, Magic(k, column + 1)), Magic(k, column))
        );
        high = TOps.AddBits(high, h);
        low = TOps.AddBits(low, l);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TermSubtract(TVector a, TVector b, int column, ref TVector low, ref TVector high, ulong* k)
    {
        TVector h = TOps.MultiplyAdd(a, b, Magic(k, column + 1));
        TVector l = TOps.MultiplySubtract(a, b, TOps.Subtract(h, TOps.BroadcastFrom(k + MagicPairs + column)));
        high = TOps.SubtractBits(high, h);
        low = TOps.SubtractBits(low, l);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TermSubtractWide(TVector a, TVector b, int column, ref TVector low, ref TVector high, ulong* k)
    {
        TVector h = TOps.MultiplyAdd(a, b, Magic(k, column + 1));
        TVector l = TOps.MultiplySubtract(
            a,
            b,
            TOps.Subtract(TOps.Subtract(h, Magic(k, column + 1)), Magic(k, column))
        );
        high = TOps.SubtractBits(high, h);
        low = TOps.SubtractBits(low, l);
    }

    /// <summary>A limb as an integer in units of its column, plus the column's bias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ToBits(TVector limb, ulong* k, int column) => TOps.Add(limb, Magic(k, column));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Magic(ulong* k, int column) => TOps.BroadcastFrom(k + column);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector High(TVector c, TVector carry, ulong exponent, double offset, ulong* k) =>
        TOps.Subtract(
            TOps.AddBits(TOps.MaskOr(c, TOps.BroadcastFrom(k + Mask51Place), TOps.Broadcast(exponent)), carry),
            TOps.Broadcast(offset)
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector High9(TVector c9, TVector c8) =>
        TOps.Subtract(TOps.AddBits(c9, TOps.ShiftRight(c8, 51)), TOps.Broadcast(Offset9));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector High5(TVector c5, ulong* k) =>
        TOps.Subtract(TOps.MaskOr(c5, TOps.BroadcastFrom(k + Mask52Place), TOps.Broadcast(Exponent5)), Magic(k, 5));

    /// <summary>Checks, in debug builds, the bounds that every operation relies on.</summary>
    [Conditional("DEBUG")]
    private static void RequireBounds(FieldVector<TVector>* a)
    {
        for (int lane = 0; lane < TOps.Count; lane++)
        {
            Debug.Assert(LaneLimbs.AreInBounds((double*)a + lane, TOps.Count), "a limb is beyond its bound");
        }
    }

    /// <summary>r = c, whose columns are lifted by <c>Tight</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(
        FieldVector<TVector>* r,
        TVector c0,
        TVector c1,
        TVector c2,
        TVector c3,
        TVector c4,
        ulong* k
    )
    {
        TVector mask = TOps.BroadcastFrom(k + Mask51Place);
        c0 = TOps.AddBits(c0, TOps.TimesFold(TOps.ShiftRight(c4, 51)));
        r->L0 = TOps.Subtract(
            TOps.MaskOr(c0, TOps.BroadcastFrom(k + Mask52Place), TOps.Broadcast(Exponent0)),
            Magic(k, 0)
        );
        TVector d1 = TOps.AddBits(TOps.MaskOr(c1, mask, TOps.Broadcast(Exponent1)), TOps.ShiftRight(c0, 52));
        r->L1 = TOps.Subtract(d1, TOps.Broadcast((T52 + T51 / 2 + 1024) * Unit1));
        TVector d2 = TOps.AddBits(TOps.MaskOr(c2, mask, TOps.Broadcast(Exponent2)), TOps.ShiftRight(c1, 51));
        r->L2 = TOps.Subtract(d2, TOps.Broadcast((T52 + T51 / 2 + 2048) * Unit2));
        TVector d3 = TOps.AddBits(TOps.MaskOr(c3, mask, TOps.Broadcast(Exponent3)), TOps.ShiftRight(c2, 51));
        r->L3 = TOps.Subtract(d3, TOps.Broadcast((T52 + T51 / 2 + 2048) * Unit3));
        TVector d4 = TOps.AddBits(TOps.MaskOr(c4, mask, TOps.Broadcast(Exponent4)), TOps.ShiftRight(c3, 51));
        r->L4 = TOps.Subtract(d4, TOps.Broadcast((T52 + T51 / 2 + 2048) * Unit4));
        RequireBounds(r);
    }
}

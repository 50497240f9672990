using System.Diagnostics;
using System.Runtime.CompilerServices;

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

    private const double Magic0 = 1.5 * T52 * Unit0;
    private const double Magic1 = 1.5 * T52 * Unit1;
    private const double Magic2 = 1.5 * T52 * Unit2;
    private const double Magic3 = 1.5 * T52 * Unit3;
    private const double Magic4 = 1.5 * T52 * Unit4;
    private const double Magic5 = 1.5 * T52 * Unit5;
    private const double Magic6 = 1.5 * T52 * Unit6;
    private const double Magic7 = 1.5 * T52 * Unit7;
    private const double Magic8 = 1.5 * T52 * Unit8;
    private const double Magic9 = 1.5 * T52 * Unit9;

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
    private const ulong Mask51 = (1UL << 51) - 1;
    private const ulong Mask52 = (1UL << 52) - 1;
    private const double Fold = 4294968273.0 / Unit5;
    private const ulong FoldBits = 0x1000003D1;

    private const ulong Lift51 = (1UL << 62) + (1UL << 50);
    private const ulong Lift52 = (1UL << 62) + (1UL << 51);

    private const ulong Bias0 = Exponent0 | Half;
    private const ulong Bias1 = Exponent1 | Half;
    private const ulong Bias2 = Exponent2 | Half;
    private const ulong Bias3 = Exponent3 | Half;
    private const ulong Bias4 = Exponent4 | Half;

    // What columns start with. Start: less the biases of one product's terms. Folded: less those of the terms that folding
    // adds, and lifted (columns 5 to 8), or ready to be read as a double (9). Tight: lifted for carrying, and less what
    // the lift of column 4 makes, times K, in column 0.
    private const ulong Start0 = unchecked(0 - (Exponent0 | Half));
    private const ulong Start1 = unchecked(0 - 3 * (Exponent1 | Half));
    private const ulong Start2 = unchecked(0 - 5 * (Exponent2 | Half));
    private const ulong Start3 = unchecked(0 - 7 * (Exponent3 | Half));
    private const ulong Start4 = unchecked(0 - 9 * (Exponent4 | Half));
    private const ulong Start5 = unchecked(0 - 9 * (Exponent5 | Half));
    private const ulong Start6 = unchecked(0 - 7 * (Exponent6 | Half));
    private const ulong Start7 = unchecked(0 - 5 * (Exponent7 | Half));
    private const ulong Start8 = unchecked(0 - 3 * (Exponent8 | Half));
    private const ulong Start9 = unchecked(0 - (Exponent9 | Half));

    private const ulong Folded0 = unchecked(0 - (Exponent0 | Half));
    private const ulong Folded1 = unchecked(0 - 2 * (Exponent1 | Half));
    private const ulong Folded2 = unchecked(0 - 2 * (Exponent2 | Half));
    private const ulong Folded3 = unchecked(0 - 2 * (Exponent3 | Half));
    private const ulong Folded4 = unchecked(0 - 2 * (Exponent4 | Half));
    private const ulong Folded5 = unchecked(0 - (Exponent5 | Half) + Lift52);
    private const ulong Folded6 = Lift51;
    private const ulong Folded7 = Lift51;
    private const ulong Folded8 = Lift51;
    private const ulong Folded9 = Exponent9 | Half;

    private const ulong Tight0 = unchecked(Lift52 - (FoldBits << 11));
    private const ulong Tight1 = Lift51;

    private const double Offset6 = (T52 + T51 / 2 + 1024) * Unit6;
    private const double Offset7 = (T52 + T51 / 2 + 2048) * Unit7;
    private const double Offset8 = (T52 + T51 / 2 + 2048) * Unit8;

    /// <summary>r = a·b.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(FieldVector<TVector>* r, FieldVector<TVector>* a, FieldVector<TVector>* b)
    {
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
        ProductFold(
            a->L0,
            a->L1,
            a->L2,
            a->L3,
            a->L4,
            b->L0,
            b->L1,
            b->L2,
            b->L3,
            b->L4,
            ref c0,
            ref c1,
            ref c2,
            ref c3,
            ref c4,
            ref c5,
            ref c6,
            ref c7,
            ref c8,
            ref c9
        );
        Carry(r, c0, c1, c2, c3, c4);
    }

    /// <summary>r = a².</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Square(FieldVector<TVector>* r, FieldVector<TVector>* a)
    {
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
        SquareFold(
            a->L0,
            a->L1,
            a->L2,
            a->L3,
            a->L4,
            ref c0,
            ref c1,
            ref c2,
            ref c3,
            ref c4,
            ref c5,
            ref c6,
            ref c7,
            ref c8,
            ref c9
        );
        Carry(r, c0, c1, c2, c3, c4);
    }

    /// <summary>r = 2·a·b.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyTwice(FieldVector<TVector>* r, FieldVector<TVector>* a, FieldVector<TVector>* b)
    {
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
        ProductFold(
            a->L0,
            a->L1,
            a->L2,
            a->L3,
            a->L4,
            b->L0,
            b->L1,
            b->L2,
            b->L3,
            b->L4,
            ref c0,
            ref c1,
            ref c2,
            ref c3,
            ref c4,
            ref c5,
            ref c6,
            ref c7,
            ref c8,
            ref c9
        );
        c0 = TOps.AddBits(c0, c0);
        c1 = TOps.AddBits(c1, c1);
        c2 = TOps.AddBits(c2, c2);
        c3 = TOps.AddBits(c3, c3);
        c4 = TOps.AddBits(c4, c4);
        Carry(r, c0, c1, c2, c3, c4);
    }

    /// <summary>r = 2·a².</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void SquareTwice(FieldVector<TVector>* r, FieldVector<TVector>* a)
    {
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
        SquareFold(
            a->L0,
            a->L1,
            a->L2,
            a->L3,
            a->L4,
            ref c0,
            ref c1,
            ref c2,
            ref c3,
            ref c4,
            ref c5,
            ref c6,
            ref c7,
            ref c8,
            ref c9
        );
        c0 = TOps.AddBits(c0, c0);
        c1 = TOps.AddBits(c1, c1);
        c2 = TOps.AddBits(c2, c2);
        c3 = TOps.AddBits(c3, c3);
        c4 = TOps.AddBits(c4, c4);
        Carry(r, c0, c1, c2, c3, c4);
    }

    /// <summary>r = 3·a².</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void SquareThrice(FieldVector<TVector>* r, FieldVector<TVector>* a)
    {
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
        SquareFold(
            a->L0,
            a->L1,
            a->L2,
            a->L3,
            a->L4,
            ref c0,
            ref c1,
            ref c2,
            ref c3,
            ref c4,
            ref c5,
            ref c6,
            ref c7,
            ref c8,
            ref c9
        );
        c0 = TOps.AddBits(TOps.AddBits(c0, c0), TOps.AddBits(c0, TOps.Broadcast(Tight0)));
        c1 = TOps.AddBits(TOps.AddBits(c1, c1), TOps.AddBits(c1, TOps.Broadcast(Tight1)));
        c2 = TOps.AddBits(TOps.AddBits(c2, c2), TOps.AddBits(c2, TOps.Broadcast(Tight1)));
        c3 = TOps.AddBits(TOps.AddBits(c3, c3), TOps.AddBits(c3, TOps.Broadcast(Tight1)));
        c4 = TOps.AddBits(TOps.AddBits(c4, c4), TOps.AddBits(c4, TOps.Broadcast(Tight1)));
        Carry(r, c0, c1, c2, c3, c4);
    }

    /// <summary>r = a·b, not carried.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyColumns(ColumnVector<TVector>* r, FieldVector<TVector>* a, FieldVector<TVector>* b)
    {
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
        ProductFold(
            a->L0,
            a->L1,
            a->L2,
            a->L3,
            a->L4,
            b->L0,
            b->L1,
            b->L2,
            b->L3,
            b->L4,
            ref c0,
            ref c1,
            ref c2,
            ref c3,
            ref c4,
            ref c5,
            ref c6,
            ref c7,
            ref c8,
            ref c9
        );
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
        ProductFold(
            a->L0,
            a->L1,
            a->L2,
            a->L3,
            a->L4,
            b->L0,
            b->L1,
            b->L2,
            b->L3,
            b->L4,
            ref c0,
            ref c1,
            ref c2,
            ref c3,
            ref c4,
            ref c5,
            ref c6,
            ref c7,
            ref c8,
            ref c9
        );
        c0 = TOps.SubtractBits(c0, ToBits(c->L0, Magic0));
        c1 = TOps.SubtractBits(c1, ToBits(c->L1, Magic1));
        c2 = TOps.SubtractBits(c2, ToBits(c->L2, Magic2));
        c3 = TOps.SubtractBits(c3, ToBits(c->L3, Magic3));
        c4 = TOps.SubtractBits(c4, ToBits(c->L4, Magic4));
        Carry(r, c0, c1, c2, c3, c4);
    }

    /// <summary>r = −a·b, all ten columns, to be added to.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void NegateProduct(WideVector<TVector>* r, FieldVector<TVector>* a, FieldVector<TVector>* b)
    {
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
        SubtractProduct(
            a->L0,
            a->L1,
            a->L2,
            a->L3,
            a->L4,
            b->L0,
            b->L1,
            b->L2,
            b->L3,
            b->L4,
            ref c0,
            ref c1,
            ref c2,
            ref c3,
            ref c4,
            ref c5,
            ref c6,
            ref c7,
            ref c8,
            ref c9
        );
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
        SubtractTwiceSquare(
            a->L0,
            a->L1,
            a->L2,
            a->L3,
            a->L4,
            ref c0,
            ref c1,
            ref c2,
            ref c3,
            ref c4,
            ref c5,
            ref c6,
            ref c7,
            ref c8,
            ref c9
        );
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
        ProductFold(
            a->L0,
            a->L1,
            a->L2,
            a->L3,
            a->L4,
            b->L0,
            b->L1,
            b->L2,
            b->L3,
            b->L4,
            ref c0,
            ref c1,
            ref c2,
            ref c3,
            ref c4,
            ref c5,
            ref c6,
            ref c7,
            ref c8,
            ref c9
        );
        Carry(r, c0, c1, c2, c3, c4);
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
        SquareFold(
            a->L0,
            a->L1,
            a->L2,
            a->L3,
            a->L4,
            ref c0,
            ref c1,
            ref c2,
            ref c3,
            ref c4,
            ref c5,
            ref c6,
            ref c7,
            ref c8,
            ref c9
        );
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
        Carry(x, c0, c1, c2, c3, c4);
        Carry(d, v0, v1, v2, v3, v4);
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
        TVector b0 = ToBits(b->L0, Magic0);
        TVector b1 = ToBits(b->L1, Magic1);
        TVector b2 = ToBits(b->L2, Magic2);
        TVector b3 = ToBits(b->L3, Magic3);
        TVector b4 = ToBits(b->L4, Magic4);
        SquareFold(
            a->L0,
            a->L1,
            a->L2,
            a->L3,
            a->L4,
            ref c0,
            ref c1,
            ref c2,
            ref c3,
            ref c4,
            ref c5,
            ref c6,
            ref c7,
            ref c8,
            ref c9
        );
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
        Carry(x, c0, c1, c2, c3, c4);
        Carry(d, v0, v1, v2, v3, v4);
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
        SquareFold(
            a->L0,
            a->L1,
            a->L2,
            a->L3,
            a->L4,
            ref c0,
            ref c1,
            ref c2,
            ref c3,
            ref c4,
            ref c5,
            ref c6,
            ref c7,
            ref c8,
            ref c9
        );
        TVector b0 = ToBits(b->L0, Magic0);
        c0 = TOps.SubtractBits(TOps.SubtractBits(c0, b0), ToBits(c->L0, Magic0));
        b0 = TOps.SubtractBits(TOps.AddBits(b0, TOps.Broadcast(unchecked(2 * Tight0 - Bias0))), c0);
        TVector b1 = ToBits(b->L1, Magic1);
        c1 = TOps.SubtractBits(TOps.SubtractBits(c1, b1), ToBits(c->L1, Magic1));
        b1 = TOps.SubtractBits(TOps.AddBits(b1, TOps.Broadcast(unchecked(2 * Tight1 - Bias1))), c1);
        TVector b2 = ToBits(b->L2, Magic2);
        c2 = TOps.SubtractBits(TOps.SubtractBits(c2, b2), ToBits(c->L2, Magic2));
        b2 = TOps.SubtractBits(TOps.AddBits(b2, TOps.Broadcast(unchecked(2 * Tight1 - Bias2))), c2);
        TVector b3 = ToBits(b->L3, Magic3);
        c3 = TOps.SubtractBits(TOps.SubtractBits(c3, b3), ToBits(c->L3, Magic3));
        b3 = TOps.SubtractBits(TOps.AddBits(b3, TOps.Broadcast(unchecked(2 * Tight1 - Bias3))), c3);
        TVector b4 = ToBits(b->L4, Magic4);
        c4 = TOps.SubtractBits(TOps.SubtractBits(c4, b4), ToBits(c->L4, Magic4));
        b4 = TOps.SubtractBits(TOps.AddBits(b4, TOps.Broadcast(unchecked(2 * Tight1 - Bias4))), c4);
        Carry(x, c0, c1, c2, c3, c4);
        Carry(d, b0, b1, b2, b3, b4);
    }

    /// <summary>r = a, carried.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void CarryColumns(FieldVector<TVector>* r, ColumnVector<TVector>* a)
    {
        TVector c0 = TOps.AddBits(a->C0, TOps.Broadcast(Tight0));
        TVector c1 = TOps.AddBits(a->C1, TOps.Broadcast(Tight1));
        TVector c2 = TOps.AddBits(a->C2, TOps.Broadcast(Tight1));
        TVector c3 = TOps.AddBits(a->C3, TOps.Broadcast(Tight1));
        TVector c4 = TOps.AddBits(a->C4, TOps.Broadcast(Tight1));
        Carry(r, c0, c1, c2, c3, c4);
    }

    /// <summary>r = a − b.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Subtract(FieldVector<TVector>* r, FieldVector<TVector>* a, FieldVector<TVector>* b)
    {
        RequireBounds(a);
        RequireBounds(b);
        TVector c0 = TOps.SubtractBits(
            TOps.AddBits(ToBits(a->L0, Magic0), TOps.Broadcast(Tight0)),
            ToBits(b->L0, Magic0)
        );
        TVector c1 = TOps.SubtractBits(
            TOps.AddBits(ToBits(a->L1, Magic1), TOps.Broadcast(Tight1)),
            ToBits(b->L1, Magic1)
        );
        TVector c2 = TOps.SubtractBits(
            TOps.AddBits(ToBits(a->L2, Magic2), TOps.Broadcast(Tight1)),
            ToBits(b->L2, Magic2)
        );
        TVector c3 = TOps.SubtractBits(
            TOps.AddBits(ToBits(a->L3, Magic3), TOps.Broadcast(Tight1)),
            ToBits(b->L3, Magic3)
        );
        TVector c4 = TOps.SubtractBits(
            TOps.AddBits(ToBits(a->L4, Magic4), TOps.Broadcast(Tight1)),
            ToBits(b->L4, Magic4)
        );
        Carry(r, c0, c1, c2, c3, c4);
    }

    /// <summary>r = −a − b.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void NegateSum(FieldVector<TVector>* r, FieldVector<TVector>* a, FieldVector<TVector>* b)
    {
        RequireBounds(a);
        RequireBounds(b);
        TVector c0 = TOps.SubtractBits(
            TOps.SubtractBits(TOps.Broadcast(unchecked(Tight0 + 2 * Bias0)), ToBits(a->L0, Magic0)),
            ToBits(b->L0, Magic0)
        );
        TVector c1 = TOps.SubtractBits(
            TOps.SubtractBits(TOps.Broadcast(unchecked(Tight1 + 2 * Bias1)), ToBits(a->L1, Magic1)),
            ToBits(b->L1, Magic1)
        );
        TVector c2 = TOps.SubtractBits(
            TOps.SubtractBits(TOps.Broadcast(unchecked(Tight1 + 2 * Bias2)), ToBits(a->L2, Magic2)),
            ToBits(b->L2, Magic2)
        );
        TVector c3 = TOps.SubtractBits(
            TOps.SubtractBits(TOps.Broadcast(unchecked(Tight1 + 2 * Bias3)), ToBits(a->L3, Magic3)),
            ToBits(b->L3, Magic3)
        );
        TVector c4 = TOps.SubtractBits(
            TOps.SubtractBits(TOps.Broadcast(unchecked(Tight1 + 2 * Bias4)), ToBits(a->L4, Magic4)),
            ToBits(b->L4, Magic4)
        );
        Carry(r, c0, c1, c2, c3, c4);
    }

    /// <summary>Negates the lanes whose number, one of as many as there are lanes, is odd.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void NegateOdd(FieldVector<TVector>* r, int* numbers)
    {
        TVector sign = TOps.ShiftLeft(TOps.Widen(numbers), 63);
        r->L0 = TOps.Xor(r->L0, sign);
        r->L1 = TOps.Xor(r->L1, sign);
        r->L2 = TOps.Xor(r->L2, sign);
        r->L3 = TOps.Xor(r->L3, sign);
        r->L4 = TOps.Xor(r->L4, sign);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ProductFold(
        TVector a0,
        TVector a1,
        TVector a2,
        TVector a3,
        TVector a4,
        TVector b0,
        TVector b1,
        TVector b2,
        TVector b3,
        TVector b4,
        ref TVector c0,
        ref TVector c1,
        ref TVector c2,
        ref TVector c3,
        ref TVector c4,
        ref TVector c5,
        ref TVector c6,
        ref TVector c7,
        ref TVector c8,
        ref TVector c9
    )
    {
        TVector fold = TOps.Broadcast(Fold);
        Term(a3, b4, Magic7, Magic8, ref c7, ref c8);
        Term(a4, b3, Magic7, Magic8, ref c7, ref c8);
        Term(a4, b4, Magic8, Magic9, ref c8, ref c9);
        Term(a2, b4, Magic6, Magic7, ref c6, ref c7);
        TVector f9 = High9(c9, c8);
        TermWide(a2, b3, Magic5, Magic6, ref c5, ref c6);
        Term(a4, b2, Magic6, Magic7, ref c6, ref c7);
        Term(a3, b1, Magic4, Magic5, ref c4, ref c5);
        Term(a0, b4, Magic4, Magic5, ref c4, ref c5);
        Term(f9, fold, Magic4, Magic5, ref c4, ref c5);
        TermWide(a1, b4, Magic5, Magic6, ref c5, ref c6);
        TermWide(a4, b1, Magic5, Magic6, ref c5, ref c6);
        Term(a3, b3, Magic6, Magic7, ref c6, ref c7);
        Term(a1, b3, Magic4, Magic5, ref c4, ref c5);
        Term(a4, b0, Magic4, Magic5, ref c4, ref c5);
        Term(a2, b2, Magic4, Magic5, ref c4, ref c5);
        TermWide(a3, b2, Magic5, Magic6, ref c5, ref c6);
        Term(a3, b0, Magic3, Magic4, ref c3, ref c4);
        TVector f7 = High(c7, TOps.ShiftRight(c6, 51), Exponent7, Offset7);
        Term(a0, b3, Magic3, Magic4, ref c3, ref c4);
        Term(a2, b1, Magic3, Magic4, ref c3, ref c4);
        TVector f6 = High(c6, TOps.ShiftRight(c5, 52), Exponent6, Offset6);
        TVector f8 = High(c8, TOps.ShiftRight(c7, 51), Exponent8, Offset8);
        TVector f5 = High5(c5);
        Term(a1, b2, Magic3, Magic4, ref c3, ref c4);
        Term(f8, fold, Magic3, Magic4, ref c3, ref c4);
        Term(a1, b0, Magic1, Magic2, ref c1, ref c2);
        Term(f7, fold, Magic2, Magic3, ref c2, ref c3);
        Term(a2, b0, Magic2, Magic3, ref c2, ref c3);
        Term(a1, b1, Magic2, Magic3, ref c2, ref c3);
        Term(a0, b1, Magic1, Magic2, ref c1, ref c2);
        TermWide(f5, fold, Magic0, Magic1, ref c0, ref c1);
        TermWide(a0, b0, Magic0, Magic1, ref c0, ref c1);
        Term(a0, b2, Magic2, Magic3, ref c2, ref c3);
        Term(f6, fold, Magic1, Magic2, ref c1, ref c2);
    }

    /// <summary>c = 2·c + a² in columns 1 to 8, where c holds half of what is to be added to; c + a² in columns 0 and 9.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SquareFold(
        TVector a0,
        TVector a1,
        TVector a2,
        TVector a3,
        TVector a4,
        ref TVector c0,
        ref TVector c1,
        ref TVector c2,
        ref TVector c3,
        ref TVector c4,
        ref TVector c5,
        ref TVector c6,
        ref TVector c7,
        ref TVector c8,
        ref TVector c9
    )
    {
        TVector fold = TOps.Broadcast(Fold);
        Term(a3, a4, Magic7, Magic8, ref c7, ref c8);
        TermWide(a1, a4, Magic5, Magic6, ref c5, ref c6);
        TermWide(a2, a3, Magic5, Magic6, ref c5, ref c6);
        Term(a2, a4, Magic6, Magic7, ref c6, ref c7);
        c8 = TOps.AddBits(c8, c8);
        Term(a4, a4, Magic8, Magic9, ref c8, ref c9);
        Term(a1, a2, Magic3, Magic4, ref c3, ref c4);
        Term(a1, a3, Magic4, Magic5, ref c4, ref c5);
        Term(a0, a3, Magic3, Magic4, ref c3, ref c4);
        Term(a0, a4, Magic4, Magic5, ref c4, ref c5);
        c6 = TOps.AddBits(c6, c6);
        TVector f9 = High9(c9, c8);
        c4 = TOps.AddBits(c4, c4);
        Term(a0, a1, Magic1, Magic2, ref c1, ref c2);
        c7 = TOps.AddBits(c7, c7);
        Term(a3, a3, Magic6, Magic7, ref c6, ref c7);
        Term(a0, a2, Magic2, Magic3, ref c2, ref c3);
        c5 = TOps.AddBits(c5, c5);
        Term(a2, a2, Magic4, Magic5, ref c4, ref c5);
        Term(f9, fold, Magic4, Magic5, ref c4, ref c5);
        TVector f8 = High(c8, TOps.ShiftRight(c7, 51), Exponent8, Offset8);
        TVector f6 = High(c6, TOps.ShiftRight(c5, 52), Exponent6, Offset6);
        c3 = TOps.AddBits(c3, c3);
        Term(f8, fold, Magic3, Magic4, ref c3, ref c4);
        TVector f7 = High(c7, TOps.ShiftRight(c6, 51), Exponent7, Offset7);
        TVector f5 = High5(c5);
        c1 = TOps.AddBits(c1, c1);
        TermWide(a0, a0, Magic0, Magic1, ref c0, ref c1);
        c2 = TOps.AddBits(c2, c2);
        Term(f7, fold, Magic2, Magic3, ref c2, ref c3);
        Term(a1, a1, Magic2, Magic3, ref c2, ref c3);
        TermWide(f5, fold, Magic0, Magic1, ref c0, ref c1);
        Term(f6, fold, Magic1, Magic2, ref c1, ref c2);
    }

    /// <summary>c −= a·b, all ten columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SubtractProduct(
        TVector a0,
        TVector a1,
        TVector a2,
        TVector a3,
        TVector a4,
        TVector b0,
        TVector b1,
        TVector b2,
        TVector b3,
        TVector b4,
        ref TVector c0,
        ref TVector c1,
        ref TVector c2,
        ref TVector c3,
        ref TVector c4,
        ref TVector c5,
        ref TVector c6,
        ref TVector c7,
        ref TVector c8,
        ref TVector c9
    )
    {
        TermSubtract(a4, b4, Magic8, Magic9, ref c8, ref c9);
        TermSubtract(a3, b4, Magic7, Magic8, ref c7, ref c8);
        TermSubtract(a4, b3, Magic7, Magic8, ref c7, ref c8);
        TermSubtract(a2, b4, Magic6, Magic7, ref c6, ref c7);
        TermSubtract(a3, b3, Magic6, Magic7, ref c6, ref c7);
        TermSubtract(a4, b2, Magic6, Magic7, ref c6, ref c7);
        TermSubtractWide(a1, b4, Magic5, Magic6, ref c5, ref c6);
        TermSubtractWide(a2, b3, Magic5, Magic6, ref c5, ref c6);
        TermSubtractWide(a3, b2, Magic5, Magic6, ref c5, ref c6);
        TermSubtractWide(a4, b1, Magic5, Magic6, ref c5, ref c6);
        TermSubtract(a0, b4, Magic4, Magic5, ref c4, ref c5);
        TermSubtract(a1, b3, Magic4, Magic5, ref c4, ref c5);
        TermSubtract(a2, b2, Magic4, Magic5, ref c4, ref c5);
        TermSubtract(a3, b1, Magic4, Magic5, ref c4, ref c5);
        TermSubtract(a4, b0, Magic4, Magic5, ref c4, ref c5);
        TermSubtract(a0, b3, Magic3, Magic4, ref c3, ref c4);
        TermSubtract(a1, b2, Magic3, Magic4, ref c3, ref c4);
        TermSubtract(a2, b1, Magic3, Magic4, ref c3, ref c4);
        TermSubtract(a3, b0, Magic3, Magic4, ref c3, ref c4);
        TermSubtract(a0, b2, Magic2, Magic3, ref c2, ref c3);
        TermSubtract(a1, b1, Magic2, Magic3, ref c2, ref c3);
        TermSubtract(a2, b0, Magic2, Magic3, ref c2, ref c3);
        TermSubtract(a0, b1, Magic1, Magic2, ref c1, ref c2);
        TermSubtract(a1, b0, Magic1, Magic2, ref c1, ref c2);
        TermSubtractWide(a0, b0, Magic0, Magic1, ref c0, ref c1);
    }

    /// <summary>c = 4·c − 2·a² in columns 1 to 8, c = 2·c − 2·a² in columns 0 and 9.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SubtractTwiceSquare(
        TVector a0,
        TVector a1,
        TVector a2,
        TVector a3,
        TVector a4,
        ref TVector c0,
        ref TVector c1,
        ref TVector c2,
        ref TVector c3,
        ref TVector c4,
        ref TVector c5,
        ref TVector c6,
        ref TVector c7,
        ref TVector c8,
        ref TVector c9
    )
    {
        TermSubtract(a3, a4, Magic7, Magic8, ref c7, ref c8);
        TermSubtract(a2, a4, Magic6, Magic7, ref c6, ref c7);
        TermSubtractWide(a1, a4, Magic5, Magic6, ref c5, ref c6);
        TermSubtractWide(a2, a3, Magic5, Magic6, ref c5, ref c6);
        TermSubtract(a0, a4, Magic4, Magic5, ref c4, ref c5);
        TermSubtract(a1, a3, Magic4, Magic5, ref c4, ref c5);
        TermSubtract(a0, a3, Magic3, Magic4, ref c3, ref c4);
        TermSubtract(a1, a2, Magic3, Magic4, ref c3, ref c4);
        TermSubtract(a0, a2, Magic2, Magic3, ref c2, ref c3);
        TermSubtract(a0, a1, Magic1, Magic2, ref c1, ref c2);
        c1 = TOps.AddBits(c1, c1);
        c2 = TOps.AddBits(c2, c2);
        c3 = TOps.AddBits(c3, c3);
        c4 = TOps.AddBits(c4, c4);
        c5 = TOps.AddBits(c5, c5);
        c6 = TOps.AddBits(c6, c6);
        c7 = TOps.AddBits(c7, c7);
        c8 = TOps.AddBits(c8, c8);
        TermSubtract(a4, a4, Magic8, Magic9, ref c8, ref c9);
        TermSubtract(a3, a3, Magic6, Magic7, ref c6, ref c7);
        TermSubtract(a2, a2, Magic4, Magic5, ref c4, ref c5);
        TermSubtract(a1, a1, Magic2, Magic3, ref c2, ref c3);
        TermSubtractWide(a0, a0, Magic0, Magic1, ref c0, ref c1);
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

    /// <summary>Adds a·b to two neighbouring columns: the multiple of the upper one's unit nearest to a·b, and the rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Term(TVector a, TVector b, double lowMagic, double highMagic, ref TVector low, ref TVector high)
    {
        TVector h = TOps.MultiplyAdd(a, b, TOps.Broadcast(highMagic));
        TVector l = TOps.MultiplySubtract(a, b, TOps.Subtract(h, TOps.Broadcast(highMagic + lowMagic)));
        high = TOps.AddBits(high, h);
        low = TOps.AddBits(low, l);
    }

    /// <summary>The same where the lower column is 52 bits wide: both magics together would need 54 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TermWide(
        TVector a,
        TVector b,
        double lowMagic,
        double highMagic,
        ref TVector low,
        ref TVector high
    )
    {
        TVector h = TOps.MultiplyAdd(a, b, TOps.Broadcast(highMagic));
        TVector e = TOps.Subtract(TOps.Subtract(h, TOps.Broadcast(highMagic)), TOps.Broadcast(lowMagic));
        TVector l = TOps.MultiplySubtract(a, b, e);
        high = TOps.AddBits(high, h);
        low = TOps.AddBits(low, l);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TermSubtract(
        TVector a,
        TVector b,
        double lowMagic,
        double highMagic,
        ref TVector low,
        ref TVector high
    )
    {
        TVector h = TOps.MultiplyAdd(a, b, TOps.Broadcast(highMagic));
        TVector l = TOps.MultiplySubtract(a, b, TOps.Subtract(h, TOps.Broadcast(highMagic + lowMagic)));
        high = TOps.SubtractBits(high, h);
        low = TOps.SubtractBits(low, l);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TermSubtractWide(
        TVector a,
        TVector b,
        double lowMagic,
        double highMagic,
        ref TVector low,
        ref TVector high
    )
    {
        TVector h = TOps.MultiplyAdd(a, b, TOps.Broadcast(highMagic));
        TVector e = TOps.Subtract(TOps.Subtract(h, TOps.Broadcast(highMagic)), TOps.Broadcast(lowMagic));
        TVector l = TOps.MultiplySubtract(a, b, e);
        high = TOps.SubtractBits(high, h);
        low = TOps.SubtractBits(low, l);
    }

    /// <summary>A limb as an integer in units of its column, plus the column's bias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ToBits(TVector limb, double magic) => TOps.Add(limb, TOps.Broadcast(magic));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector High(TVector c, TVector carry, ulong exponent, double offset) =>
        TOps.Subtract(
            TOps.AddBits(TOps.MaskOr(c, TOps.Broadcast(Mask51), TOps.Broadcast(exponent)), carry),
            TOps.Broadcast(offset)
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector High9(TVector c9, TVector c8) =>
        TOps.Subtract(TOps.AddBits(c9, TOps.ShiftRight(c8, 51)), TOps.Broadcast(Magic9 + 2048 * Unit9));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector High5(TVector c5) =>
        TOps.Subtract(TOps.MaskOr(c5, TOps.Broadcast(Mask52), TOps.Broadcast(Exponent5)), TOps.Broadcast(Magic5));

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
    private static void Carry(FieldVector<TVector>* r, TVector c0, TVector c1, TVector c2, TVector c3, TVector c4)
    {
        TVector mask = TOps.Broadcast(Mask51);
        c0 = TOps.AddBits(c0, TOps.TimesFold(TOps.ShiftRight(c4, 51)));
        r->L0 = TOps.Subtract(
            TOps.MaskOr(c0, TOps.Broadcast(Mask52), TOps.Broadcast(Exponent0)),
            TOps.Broadcast(Magic0)
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

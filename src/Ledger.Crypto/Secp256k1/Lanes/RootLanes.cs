using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ledger.Crypto.Secp256k1.Lanes;

/// <summary>The y of many points whose x is known.</summary>
internal static class RootLanes
{
    /// <summary>
    /// <see cref="AffinePoint.TryDecompress"/> for many: sets the y, normalized, odd or even, of points whose x is set,
    /// normalized, and says for which there is one; the others' y is of no meaning. By the widest vectors there are,
    /// else one by one. Nothing is allocated.
    /// </summary>
    /// <exception cref="ArgumentException">The spans are not of one count.</exception>
    public static void DecompressMany(Span<AffinePoint> points, ReadOnlySpan<bool> isOdd, Span<bool> found)
    {
        if (isOdd.Length < points.Length || found.Length < points.Length)
        {
            throw new ArgumentException("Points, signs and results are not of one count.");
        }
        if (Lanes512.IsSupported)
        {
            RootLanes<Vector512<double>, Lanes512>.DecompressMany(points, isOdd, found);
        }
        else if (Lanes256.IsSupported)
        {
            RootLanes<Vector256<double>, Lanes256>.DecompressMany(points, isOdd, found);
        }
        else
        {
            DecompressOneByOne(points, isOdd, found);
        }
    }

    /// <summary>The same without lanes.</summary>
    internal static void DecompressOneByOne(Span<AffinePoint> points, ReadOnlySpan<bool> isOdd, Span<bool> found)
    {
        for (int i = 0; i < points.Length; i++)
        {
            FieldElement x = points[i].X;
            found[i] = AffinePoint.TryDecompress(in x, isOdd[i], out points[i]);
        }
    }
}

/// <summary>What square roots of two vectors at once are taken in.</summary>
internal struct RootMemory<TVector>
    where TVector : unmanaged
{
    /// <summary>Given.</summary>
    public FieldVectors2<TVector> X;

    /// <summary>A root of x³ + 7 if there is one.</summary>
    public FieldVectors2<TVector> Y;

    /// <summary>y² − x³ − 7: zero where there is a root.</summary>
    public FieldVectors2<TVector> Remainder;

    public FieldVectors2<TVector> Square,
        X2,
        X3,
        X22,
        X44,
        X88;
}

[InlineArray(2)]
internal struct FieldVectors2<TVector>
    where TVector : unmanaged
{
    private FieldVector<TVector> _element;
}

/// <summary>The vector path, for one width.</summary>
internal static unsafe class RootLanes<TVector, TOps>
    where TVector : unmanaged
    where TOps : struct, ILaneOps<TVector>
{
    /// <summary>
    /// Vectors at a time. A root is a chain of 253 squarings, each waiting for the one before: two chains take hardly
    /// more time than one.
    /// </summary>
    public const int Groups = 2;

    /// <summary>Points at a time.</summary>
    public static int Count => Groups * TOps.Count;

    /// <summary>As <see cref="RootLanes.DecompressMany"/>.</summary>
    [SkipLocalsInit]
    public static void DecompressMany(Span<AffinePoint> points, ReadOnlySpan<bool> isOdd, Span<bool> found)
    {
        byte* bytes = stackalloc byte[sizeof(RootMemory<TVector>) + LaneLimbs.Alignment];
        RootMemory<TVector>* m = (RootMemory<TVector>*)LaneLimbs.Align(bytes);
        for (int start = 0; start < points.Length; start += Count)
        {
            Span<AffinePoint> some = points.Slice(start, Math.Min(Count, points.Length - start));
            for (int i = 0; i < Count; i++)
            {
                // What is left over repeats the first.
                LaneLimbs.Write(Limbs(&m->X, i), TOps.Count, in some[i < some.Length ? i : 0].X);
            }
            SquareRoot(m);
            for (int i = 0; i < some.Length; i++)
            {
                found[start + i] = TryChoose(m, i, isOdd[start + i]);
                some[i].Y = LaneLimbs.Read(Limbs(&m->Y, i), TOps.Count);
                some[i].IsInfinity = false;
            }
        }
    }

    /// <summary>Where point i's limbs start; they are as far apart as there are lanes.</summary>
    public static double* Limbs(FieldVectors2<TVector>* vectors, int i) =>
        (double*)((FieldVector<TVector>*)vectors + i / TOps.Count) + i % TOps.Count;

    /// <summary>Whether point i has a y, of which the odd or the even one is made to be in <c>Y</c>.</summary>
    public static bool TryChoose(RootMemory<TVector>* m, int i, bool isOdd)
    {
        double* y = Limbs(&m->Y, i);
        if (LaneLimbs.IsOdd(y, TOps.Count) != isOdd)
        {
            LaneLimbs.Negate(y, TOps.Count);
        }
        return LaneLimbs.IsZero(Limbs(&m->Remainder, i), TOps.Count);
    }

    /// <summary>
    /// Y = (X³ + 7)^((p+1)/4), which is a root if there is one as p = 3 mod 4. (p+1)/4 is, in binary, 223 ones, a zero,
    /// 22 ones, 0000, 11, 00; xN is the power of N ones. 253 squarings and 13 products: the chain of libsecp256k1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SquareRoot(RootMemory<TVector>* m)
    {
        FieldVector<TVector>* x = (FieldVector<TVector>*)&m->X;
        FieldVector<TVector>* y = (FieldVector<TVector>*)&m->Y;
        FieldVector<TVector>* remainder = (FieldVector<TVector>*)&m->Remainder;
        FieldVector<TVector>* square = (FieldVector<TVector>*)&m->Square;
        FieldVector<TVector>* x2 = (FieldVector<TVector>*)&m->X2;
        FieldVector<TVector>* x3 = (FieldVector<TVector>*)&m->X3;
        FieldVector<TVector>* x22 = (FieldVector<TVector>*)&m->X22;
        FieldVector<TVector>* x44 = (FieldVector<TVector>*)&m->X44;
        FieldVector<TVector>* x88 = (FieldVector<TVector>*)&m->X88;

        FieldVector<TVector> minusB = default;
        minusB.L0 = TOps.Broadcast(-(double)AffinePoint.CurveB);
        SquareTimes(y, x, 1);
        for (int i = 0; i < Groups; i++)
        {
            FieldLanes<TVector, TOps>.MultiplySubtract(&square[i], &y[i], &x[i], &minusB);
        }
        SquareTimes(x2, square, 1);
        Multiply(x2, x2, square);
        SquareTimes(x3, x2, 1);
        Multiply(x3, x3, square);
        SquareTimes(y, x3, 3);
        Multiply(y, y, x3); // x6
        SquareTimes(y, y, 3);
        Multiply(y, y, x3); // x9
        SquareTimes(y, y, 2);
        Multiply(y, y, x2); // x11
        SquareTimes(x22, y, 11);
        Multiply(x22, x22, y);
        SquareTimes(x44, x22, 22);
        Multiply(x44, x44, x22);
        SquareTimes(x88, x44, 44);
        Multiply(x88, x88, x44);
        SquareTimes(y, x88, 88);
        Multiply(y, y, x88); // x176
        SquareTimes(y, y, 44);
        Multiply(y, y, x44); // x220
        SquareTimes(y, y, 3);
        Multiply(y, y, x3); // x223
        SquareTimes(y, y, 23);
        Multiply(y, y, x22);
        SquareTimes(y, y, 6);
        Multiply(y, y, x2);
        SquareTimes(y, y, 2);
        for (int i = 0; i < Groups; i++)
        {
            FieldLanes<TVector, TOps>.MultiplySubtract(&remainder[i], &y[i], &y[i], &square[i]);
        }
    }

    private static void Multiply(FieldVector<TVector>* r, FieldVector<TVector>* a, FieldVector<TVector>* b)
    {
        for (int i = 0; i < Groups; i++)
        {
            FieldLanes<TVector, TOps>.Multiply(&r[i], &a[i], &b[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SquareTimes(FieldVector<TVector>* r, FieldVector<TVector>* a, int count)
    {
        FieldLanes<TVector, TOps>.Square(&r[0], &a[0]);
        FieldLanes<TVector, TOps>.Square(&r[1], &a[1]);
        for (int i = 1; i < count; i++)
        {
            FieldLanes<TVector, TOps>.Square(&r[0], &r[0]);
            FieldLanes<TVector, TOps>.Square(&r[1], &r[1]);
        }
    }
}

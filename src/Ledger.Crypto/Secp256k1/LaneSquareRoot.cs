using System.Runtime.CompilerServices;
using Ledger.Crypto.Secp256k1.Lanes;

namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// Square roots in two groups of lanes. Each of its 253 squarings waits for the one before: with two to do in turn the
/// processor always has something to do.
/// </summary>
internal static unsafe class LaneSquareRoot<TVector, TOps>
    where TVector : unmanaged
    where TOps : struct, ILaneOps<TVector>
{
    /// <summary>An element in every lane of two groups.</summary>
    [InlineArray(2)]
    internal struct Pair
    {
        private FieldVector<TVector> _element;
    }

    /// <summary>X is given; Y is what is looked for, and Error is zero in lanes that have it.</summary>
    internal struct Memory
    {
        public Pair X,
            Y,
            Error;
        public Pair Square,
            X2,
            X3,
            X22,
            X44,
            X88;
    }

    /// <summary>Where a lane, counted through both groups, begins.</summary>
    public static double* Lane(Pair* pair, int lane) =>
        (double*)((FieldVector<TVector>*)pair + (lane / TOps.Count)) + (lane % TOps.Count);

    /// <summary>
    /// Whether a lane has a square root, once they are taken; and makes its Y, of both roots, the one that is odd or even
    /// as asked.
    /// </summary>
    public static bool TryChoose(Memory* m, int lane, bool isOdd)
    {
        double* y = Lane(&m->Y, lane);
        if (LaneLimbs.IsOdd(y, TOps.Count) != isOdd)
        {
            LaneLimbs.Negate(y, TOps.Count);
        }
        return LaneLimbs.IsZero(Lane(&m->Error, lane), TOps.Count);
    }

    /// <summary>Y = (X³ + 7)^((p+1)/4), by the chain that <see cref="FieldElement.TrySquareRoot"/> explains.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OfCurveEquation(Memory* m)
    {
        Pair* a = &m->Square;
        Pair* y = &m->Y;
        *(&m->Error) = default;
        for (int lane = 0; lane < 2 * TOps.Count; lane++)
        {
            *Lane(&m->Error, lane) = -(double)AffinePoint.CurveB;
        }
        SquareTimes(a, &m->X, 1);
        for (int group = 0; group < 2; group++)
        {
            FieldLanes<TVector, TOps>.MultiplySubtract(
                At(a, group),
                At(a, group),
                At(&m->X, group),
                At(&m->Error, group)
            );
        }

        Append(&m->X2, a, 1, a);
        Append(&m->X3, &m->X2, 1, a);
        Append(y, &m->X3, 3, &m->X3); // x6
        Append(y, y, 3, &m->X3); // x9
        Append(y, y, 2, &m->X2); // x11
        Append(&m->X22, y, 11, y);
        Append(&m->X44, &m->X22, 22, &m->X22);
        Append(&m->X88, &m->X44, 44, &m->X44);
        Append(y, &m->X88, 88, &m->X88); // x176
        Append(y, y, 44, &m->X44); // x220
        Append(y, y, 3, &m->X3); // x223
        Append(y, y, 23, &m->X22);
        Append(y, y, 6, &m->X2);
        SquareTimes(y, y, 2);

        SquareTimes(&m->Error, y, 1);
        for (int group = 0; group < 2; group++)
        {
            FieldLanes<TVector, TOps>.Subtract(At(&m->Error, group), At(&m->Error, group), At(a, group));
        }
    }

    /// <summary>r = a^(2^count)·b. r may be a or b.</summary>
    private static void Append(Pair* r, Pair* a, int count, Pair* b)
    {
        Pair copy = *b;
        SquareTimes(r, a, count);
        FieldLanes<TVector, TOps>.Multiply(At(r, 0), At(r, 0), At(&copy, 0));
        FieldLanes<TVector, TOps>.Multiply(At(r, 1), At(r, 1), At(&copy, 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SquareTimes(Pair* r, Pair* a, int count)
    {
        FieldLanes<TVector, TOps>.Square(At(r, 0), At(a, 0));
        FieldLanes<TVector, TOps>.Square(At(r, 1), At(a, 1));
        for (int i = 1; i < count; i++)
        {
            FieldLanes<TVector, TOps>.Square(At(r, 0), At(r, 0));
            FieldLanes<TVector, TOps>.Square(At(r, 1), At(r, 1));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FieldVector<TVector>* At(Pair* pair, int group) => (FieldVector<TVector>*)pair + group;
}

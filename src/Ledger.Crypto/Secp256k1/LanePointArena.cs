using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Ledger.Crypto.Secp256k1.Lanes;

namespace Ledger.Crypto.Secp256k1;

/// <summary>The arena in vectors: as many additions side by side as there are lanes.</summary>
/// <remarks>
/// A point is ten doubles, the limbs of x and then of y (<see cref="LaneLimbs"/>); infinity is (0, 0), which is on no
/// curve y² = x³ + b. Additions are done in groups, one in each lane. Where the difference of the two x, or one of the
/// x, is zero in a lane, its rise and run, or its sum, are put there in scalar arithmetic: on secp256k1 only equal,
/// opposite and infinite points lead there, as no point has x = 0. All native memory is this
/// object's own, is reached only through places that were reserved, and lives as long as the object.
/// </remarks>
internal sealed unsafe class LanePointArena<TVector, TOps> : PointArena
    where TVector : unmanaged
    where TOps : struct, ILaneOps<TVector>
{
    private const int PointLength = 2 * LaneLimbs.Count;
    private const nuint Alignment = 64;

    /// <summary>What is kept of a group of additions from the way up to the way down.</summary>
    private struct Group
    {
        /// <summary>The x of both points, what the slope's rise is divided by, and the product of those before.</summary>
        public FieldVector<TVector> LeftX,
            RightX,
            Run,
            Product;
    }

    private double* _points;
    private uint[] _exceptions = [];
    private Group* _groups;
    private int _pointCount;
    private int _groupCount;

    ~LanePointArena()
    {
        NativeMemory.AlignedFree(_points);
        NativeMemory.AlignedFree(_groups);
    }

    public override void Reserve(int points, int additionsMax)
    {
        if (_pointCount < points)
        {
            NativeMemory.AlignedFree(_points);
            // One place more, since a transposition reads past the point that it fetches.
            _points = (double*)NativeMemory.AlignedAlloc(((nuint)points + 1) * PointLength * sizeof(double), Alignment);
            _pointCount = points;
        }
        int groups = (additionsMax + TOps.Count - 1) / TOps.Count;
        if (_groupCount < groups)
        {
            NativeMemory.AlignedFree(_groups);
            _groups = (Group*)NativeMemory.AlignedAlloc((nuint)groups * (nuint)sizeof(Group), Alignment);
            _groupCount = groups;
            _exceptions = new uint[groups];
        }
    }

    public override void Write(int place, in AffinePoint point)
    {
        double* r = At(place);
        if (point.IsInfinity)
        {
            new Span<double>(r, PointLength).Clear();
            return;
        }
        FieldElement coordinate = point.X;
        FieldElement.Normalize(ref coordinate);
        LaneLimbs.Write(r, 1, in coordinate);
        coordinate = point.Y;
        FieldElement.Normalize(ref coordinate);
        LaneLimbs.Write(r + LaneLimbs.Count, 1, in coordinate);
    }

    public override AffinePoint Read(int place)
    {
        double* point = At(place);
        FieldElement x = LaneLimbs.Read(point, 1);
        FieldElement y = LaneLimbs.Read(point + LaneLimbs.Count, 1);
        return x.IsZero() && y.IsZero() ? AffinePoint.Infinity : new AffinePoint(in x, in y);
    }

    public override void Copy(int reference, int place)
    {
        double* r = At(place);
        double* a = At(reference >> 1);
        double sign = (reference & 1) == 0 ? 1 : -1;
        for (int i = 0; i < LaneLimbs.Count; i++)
        {
            r[i] = a[i];
            r[LaneLimbs.Count + i] = sign * a[LaneLimbs.Count + i];
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddAll(ReadOnlySpan<int> left, ReadOnlySpan<int> right, int destination)
    {
        int groups = (left.Length + TOps.Count - 1) / TOps.Count;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(groups, _groupCount);
        if (groups == 0)
        {
            return;
        }
        // A vector cannot be loaded until all the words that were stored into it have left the processor's store queue.
        // So each group is fetched one turn before it is needed.
        FetchX(left, right, 0);
        Unsafe.SkipInit(out FieldVector<TVector> product);
        for (int group = 0; group < groups; group++)
        {
            Group* g = _groups + group;
            if (group + 1 < groups)
            {
                FetchX(left, right, group + 1);
            }
            FieldLanes<TVector, TOps>.Subtract(&g->Run, &g->RightX, &g->LeftX);
            uint exceptions = FindExceptions(g);
            _exceptions[group] = exceptions;
            if (exceptions != 0)
            {
                ReplaceRuns(g, exceptions, left, right, group * TOps.Count);
            }
            if (group == 0)
            {
                product = g->Run;
            }
            else
            {
                g->Product = product;
                FieldLanes<TVector, TOps>.Multiply(&product, &product, &g->Run);
            }
        }
        FieldVector<TVector> inverse;
        InvertLanes(&product, &inverse);

        Ordinates* fetched = stackalloc Ordinates[2];
        FetchY(left, right, groups - 1, fetched + ((groups - 1) & 1));
        FieldVector<TVector> slope;
        FieldVector<TVector> x;
        FieldVector<TVector> y;
        for (int group = groups - 1; group >= 0; group--)
        {
            Group* g = _groups + group;
            Ordinates* f = fetched + (group & 1);
            if (group > 0)
            {
                FetchY(left, right, group - 1, fetched + ((group - 1) & 1));
            }
            FieldLanes<TVector, TOps>.Subtract(&slope, &f->Right, &f->Left);
            if (_exceptions[group] != 0)
            {
                ReplaceRises(&slope, _exceptions[group], left, right, group * TOps.Count);
            }
            if (group == 0)
            {
                FieldLanes<TVector, TOps>.Multiply(&slope, &slope, &inverse);
            }
            else
            {
                FieldLanes<TVector, TOps>.Multiply(&x, &inverse, &g->Product);
                FieldLanes<TVector, TOps>.Multiply(&inverse, &inverse, &g->Run);
                FieldLanes<TVector, TOps>.Multiply(&slope, &slope, &x);
            }
            // x' = slope² − x1 − x2, y' = slope·(x1 − x') − y1.
            FieldLanes<TVector, TOps>.MultiplySubtract(&x, &slope, &slope, &g->RightX);
            FieldLanes<TVector, TOps>.Subtract(&x, &x, &g->LeftX);
            FieldLanes<TVector, TOps>.Subtract(&y, &g->LeftX, &x);
            FieldLanes<TVector, TOps>.MultiplySubtract(&y, &y, &slope, &f->Left);

            int first = group * TOps.Count;
            int count = Math.Min(TOps.Count, left.Length - first);
            StorePoints(&x, &y, count, destination + first);
            if (_exceptions[group] != 0)
            {
                ReplaceSums(_exceptions[group], left, right, first, destination);
            }
        }
        GC.KeepAlive(this);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void StorePoints(FieldVector<TVector>* x, FieldVector<TVector>* y, int count, int place)
    {
        if (typeof(TVector) == typeof(Vector512<double>) && count == TOps.Count)
        {
            LaneTranspose.Store((FieldVector<Vector512<double>>*)x, (FieldVector<Vector512<double>>*)y, At(place));
            return;
        }
        for (int lane = 0; lane < count; lane++)
        {
            double* r = At(place + lane);
            CopyLimbs(r, 1, (double*)x + lane, TOps.Count);
            CopyLimbs(r + LaneLimbs.Count, 1, (double*)y + lane, TOps.Count);
        }
    }

    /// <summary>The y of both points of a group.</summary>
    private struct Ordinates
    {
        public FieldVector<TVector> Left,
            Right;
    }

    /// <summary>
    /// Fetches the x of a group's points. The last group, when it is not full, repeats its first addition in the lanes
    /// that are left over.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FetchX(ReadOnlySpan<int> left, ReadOnlySpan<int> right, int group)
    {
        Group* g = _groups + group;
        int first = group * TOps.Count;
        if (typeof(TVector) == typeof(Vector512<double>) && first + TOps.Count <= left.Length)
        {
            fixed (
                int* l = left[first..],
                    r = right[first..]
            )
            {
                LaneTranspose.Load(_points, l, 0, (FieldVector<Vector512<double>>*)&g->LeftX);
                LaneTranspose.Load(_points, r, 0, (FieldVector<Vector512<double>>*)&g->RightX);
            }
            return;
        }
        for (int lane = 0; lane < TOps.Count; lane++)
        {
            int i = first + lane < left.Length ? first + lane : first;
            CopyLimbs((double*)&g->LeftX + lane, TOps.Count, At(left[i] >> 1), 1);
            CopyLimbs((double*)&g->RightX + lane, TOps.Count, At(right[i] >> 1), 1);
        }
    }

    /// <summary>Fetches the y of a group's points, with the signs of the references.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FetchY(ReadOnlySpan<int> left, ReadOnlySpan<int> right, int group, Ordinates* fetched)
    {
        int first = group * TOps.Count;
        if (typeof(TVector) == typeof(Vector512<double>) && first + TOps.Count <= left.Length)
        {
            fixed (
                int* l = left[first..],
                    r = right[first..]
            )
            {
                FieldVector<Vector512<double>>* leftY = (FieldVector<Vector512<double>>*)&fetched->Left;
                FieldVector<Vector512<double>>* rightY = (FieldVector<Vector512<double>>*)&fetched->Right;
                LaneTranspose.Load(_points, l, LaneLimbs.Count, leftY);
                LaneTranspose.Negate(l, leftY);
                LaneTranspose.Load(_points, r, LaneLimbs.Count, rightY);
                LaneTranspose.Negate(r, rightY);
            }
            return;
        }
        for (int lane = 0; lane < TOps.Count; lane++)
        {
            int i = first + lane < left.Length ? first + lane : first;
            LoadLane((double*)&fetched->Left + lane, At(left[i] >> 1) + LaneLimbs.Count, left[i]);
            LoadLane((double*)&fetched->Right + lane, At(right[i] >> 1) + LaneLimbs.Count, right[i]);
        }
    }

    /// <summary>
    /// A bit for each lane in which a difference of x or an x is zero. Nearly always the lowest limbs alone say that
    /// there is none.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint FindExceptions(Group* g) =>
        HasZero(g->Run.L0) || HasZero(g->LeftX.L0) || HasZero(g->RightX.L0) ? CompareExactly(g) : 0;

    private static uint CompareExactly(Group* g)
    {
        uint exceptions = 0;
        for (int lane = 0; lane < TOps.Count; lane++)
        {
            bool exceptional =
                LaneLimbs.IsZero((double*)&g->Run + lane, TOps.Count)
                || LaneLimbs.IsZero((double*)&g->LeftX + lane, TOps.Count)
                || LaneLimbs.IsZero((double*)&g->RightX + lane, TOps.Count);
            exceptions |= exceptional ? 1U << lane : 0;
        }
        return exceptions;
    }

    /// <summary>Puts the runs of exceptional additions in their lanes: of tangents, or 1.</summary>
    private void ReplaceRuns(Group* g, uint lanes, ReadOnlySpan<int> left, ReadOnlySpan<int> right, int first)
    {
        for (; lanes != 0; lanes &= lanes - 1)
        {
            int lane = BitOperations.TrailingZeroCount(lanes);
            int i = first + lane < left.Length ? first + lane : first;
            AffineAddition.TrySlope(Get(left[i]), Get(right[i]), out _, out FieldElement run);
            FieldElement.Normalize(ref run);
            LaneLimbs.Write((double*)&g->Run + lane, TOps.Count, in run);
        }
    }

    /// <summary>Puts the rises of exceptional additions in their lanes.</summary>
    private void ReplaceRises(
        FieldVector<TVector>* rises,
        uint lanes,
        ReadOnlySpan<int> left,
        ReadOnlySpan<int> right,
        int first
    )
    {
        for (; lanes != 0; lanes &= lanes - 1)
        {
            int lane = BitOperations.TrailingZeroCount(lanes);
            int i = first + lane < left.Length ? first + lane : first;
            AffineAddition.TrySlope(Get(left[i]), Get(right[i]), out FieldElement rise, out _);
            FieldElement.Normalize(ref rise);
            LaneLimbs.Write((double*)rises + lane, TOps.Count, in rise);
        }
    }

    /// <summary>Puts the sums that no slope leads to in their places.</summary>
    private void ReplaceSums(uint lanes, ReadOnlySpan<int> left, ReadOnlySpan<int> right, int first, int destination)
    {
        for (; lanes != 0; lanes &= lanes - 1)
        {
            int i = first + BitOperations.TrailingZeroCount(lanes);
            if (i < left.Length)
            {
                AffinePoint a = Get(left[i]);
                AffinePoint b = Get(right[i]);
                if (!AffineAddition.TrySlope(in a, in b, out _, out _))
                {
                    Write(destination + i, AffineAddition.AddWithoutSlope(in a, in b));
                }
            }
        }
    }

    private AffinePoint Get(int reference)
    {
        AffinePoint point = Read(reference >> 1);
        if ((reference & 1) != 0)
        {
            AffinePoint.Negate(in point, out point);
        }
        return point;
    }

    /// <summary>r = 1/a in every lane: the lanes' elements one by one, with one inversion.</summary>
    private static void InvertLanes(FieldVector<TVector>* a, FieldVector<TVector>* r)
    {
        Span<FieldElement> elements = stackalloc FieldElement[TOps.Count];
        Span<FieldElement> scratch = stackalloc FieldElement[TOps.Count];
        for (int lane = 0; lane < TOps.Count; lane++)
        {
            elements[lane] = LaneLimbs.Read((double*)a + lane, TOps.Count);
        }
        FieldElement.InvertAll(elements, scratch);
        for (int lane = 0; lane < TOps.Count; lane++)
        {
            FieldElement.Normalize(ref elements[lane]);
            LaneLimbs.Write((double*)r + lane, TOps.Count, in elements[lane]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double* At(int place) => _points + ((nint)place * PointLength);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyLimbs(double* r, int rStride, double* a, int aStride)
    {
        r[0] = a[0];
        r[rStride] = a[aStride];
        r[2 * rStride] = a[2 * aStride];
        r[3 * rStride] = a[3 * aStride];
        r[4 * rStride] = a[4 * aStride];
    }

    /// <summary>Copies an element into a lane, negated if its reference says so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadLane(double* r, double* a, int reference)
    {
        ulong sign = (ulong)reference << 63;
        ulong* from = (ulong*)a;
        ulong* to = (ulong*)r;
        to[0] = from[0] ^ sign;
        to[TOps.Count] = from[1] ^ sign;
        to[2 * TOps.Count] = from[2] ^ sign;
        to[3 * TOps.Count] = from[3] ^ sign;
        to[4 * TOps.Count] = from[4] ^ sign;
    }

    /// <summary>Whether any lane is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool HasZero(TVector a) =>
        sizeof(TVector) == sizeof(Vector512<double>)
            ? Vector512.EqualsAny(Unsafe.BitCast<TVector, Vector512<double>>(a), Vector512<double>.Zero)
            : Vector256.EqualsAny(Unsafe.BitCast<TVector, Vector256<double>>(a), Vector256<double>.Zero);
}

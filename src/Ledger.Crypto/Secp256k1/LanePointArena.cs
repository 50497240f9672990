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
    private const int LanesMax = 8;

    private static int GroupsMax => TogetherMax / TOps.Count;

    /// <summary>What is kept of a group of additions from the way up to the way down.</summary>
    private struct Group
    {
        /// <summary>
        /// The x of both points, what the slope's rise is divided by, and the product of that of all groups before.
        /// </summary>
        public FieldVector<TVector> LeftX,
            RightX,
            Run,
            Product;
    }

    /// <summary>The y of both points of a group.</summary>
    private struct Ordinates
    {
        public FieldVector<TVector> Left,
            Right;
    }

    /// <summary>What operations work in: the stack would not be aligned to vectors.</summary>
    private struct Workspace
    {
        public FieldVector<TVector> Inverse,
            Slope,
            X,
            Y,
            Difference,
            Beta;
        public Ordinates Even,
            Odd;
        public LaneSquareRoot<TVector, TOps>.Memory Roots;
    }

    private readonly Workspace* _work = (Workspace*)Allocate<Workspace>(1);

    // One group more, for the product of all.
    private readonly Group* _groups = (Group*)Allocate<Group>(GroupsMax + 1);
    private readonly uint[] _exceptions = new uint[GroupsMax];
    private double* _points;
    private int _pointCount;

    ~LanePointArena()
    {
        NativeMemory.AlignedFree(_work);
        NativeMemory.AlignedFree(_points);
        NativeMemory.AlignedFree(_groups);
    }

    private static void* Allocate<T>(int count)
        where T : unmanaged => NativeMemory.AlignedAlloc((nuint)count * (nuint)sizeof(T), LaneLimbs.Alignment);

    public override void Reserve(int points)
    {
        if (_pointCount < points)
        {
            // One place more, since a transposition reads past the point that it fetches.
            nuint byteCount = ((nuint)points + 1) * PointLength * sizeof(double);
            _points = (double*)NativeMemory.AlignedRealloc(_points, byteCount, LaneLimbs.Alignment);
            _pointCount = points;
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

    public override AffinePoint Read(int reference)
    {
        double* limbs = At(reference >> 1);
        FieldElement x = LaneLimbs.Read(limbs, 1);
        FieldElement y = LaneLimbs.Read(limbs + LaneLimbs.Count, 1);
        if (x.IsZero() && y.IsZero())
        {
            return AffinePoint.Infinity;
        }
        AffinePoint point = new(in x, in y);
        if ((reference & 1) != 0)
        {
            AffinePoint.Negate(in point, out point);
        }
        return point;
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

    /// <summary>Two groups at a time, whose square roots are taken side by side.</summary>
    public override void Lift(int place, ReadOnlySpan<FieldElement> x, ReadOnlySpan<bool> isOdd, Span<bool> found)
    {
        LaneSquareRoot<TVector, TOps>.Memory* roots = &_work->Roots;
        int together = 2 * TOps.Count;
        for (int first = 0; first < x.Length; first += together)
        {
            int count = Math.Min(together, x.Length - first);
            for (int lane = 0; lane < together; lane++)
            {
                // Lanes that are left over repeat the first.
                double* limbs = LaneSquareRoot<TVector, TOps>.Lane(&roots->X, lane);
                LaneLimbs.Write(limbs, TOps.Count, in x[first + (lane < count ? lane : 0)]);
            }
            LaneSquareRoot<TVector, TOps>.OfCurveEquation(roots);
            for (int lane = 0; lane < count; lane++)
            {
                found[first + lane] = LaneSquareRoot<TVector, TOps>.TryChoose(roots, lane, isOdd[first + lane]);
            }
            for (int lane = 0; lane < count; lane += TOps.Count)
            {
                StorePoints(
                    (FieldVector<TVector>*)&roots->X + (lane / TOps.Count),
                    (FieldVector<TVector>*)&roots->Y + (lane / TOps.Count),
                    Math.Min(TOps.Count, count - lane),
                    place + first + lane
                );
            }
        }
        GC.KeepAlive(this);
    }

    public override void MultiplyLambda(int from, int to, int count)
    {
        int* references = stackalloc int[TOps.Count];
        for (int lane = 0; lane < TOps.Count; lane++)
        {
            LaneLimbs.Write((double*)&_work->Beta + lane, TOps.Count, in Endomorphism.Beta);
        }
        for (int first = 0; first < count; first += TOps.Count)
        {
            for (int lane = 0; lane < TOps.Count; lane++)
            {
                references[lane] = Reference(from + Math.Min(first + lane, count - 1), negative: false);
            }
            Fetch(references, 0, &_work->X);
            Fetch(references, LaneLimbs.Count, &_work->Y);
            FieldLanes<TVector, TOps>.Multiply(&_work->X, &_work->X, &_work->Beta);
            StorePoints(&_work->X, &_work->Y, Math.Min(TOps.Count, count - first), to + first);
        }
        GC.KeepAlive(this);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void AddTogether(ReadOnlySpan<int> left, ReadOnlySpan<int> right, int destination)
    {
        int groups = (left.Length + TOps.Count - 1) / TOps.Count;
        // The last group, when it is not full, repeats its first addition in the lanes that are left over.
        int whole = left.Length / TOps.Count;
        int* lastLeft = stackalloc int[2 * LanesMax];
        int* lastRight = lastLeft + LanesMax;
        for (int lane = 0; whole != groups && lane < TOps.Count; lane++)
        {
            int i = whole * TOps.Count;
            i = i + lane < left.Length ? i + lane : i;
            lastLeft[lane] = left[i];
            lastRight[lane] = right[i];
        }
        fixed (
            int* lefts = left,
                rights = right
        )
        {
            Additions additions = new(lefts, rights, lastLeft, lastRight, whole);
            MultiplyRuns(in additions, groups);
            InvertLanes(&_groups[groups].Product, &_work->Inverse);
            FinishSums(in additions, groups, left.Length, destination);
        }
        GC.KeepAlive(this);
    }

    /// <summary>The references of a list of additions, group by group.</summary>
    private readonly struct Additions(int* lefts, int* rights, int* lastLeft, int* lastRight, int whole)
    {
        public int* Left(int group) => group < whole ? lefts + (group * TOps.Count) : lastLeft;

        public int* Right(int group) => group < whole ? rights + (group * TOps.Count) : lastRight;
    }

    /// <summary>The way up: every addition's run, and the products of them, lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyRuns(in Additions additions, int groups)
    {
        FieldVector<TVector>* one = &_groups->Product;
        *one = default;
        one->L0 = TOps.Broadcast(1.0);
        // Words that were stored one by one cannot be loaded as a vector until they have left the processor's store queue.
        // So each group is fetched one turn before it is needed.
        FetchX(in additions, 0);
        for (int group = 0; group < groups; group++)
        {
            Group* g = _groups + group;
            if (group + 1 < groups)
            {
                FetchX(in additions, group + 1);
            }
            FieldLanes<TVector, TOps>.Subtract(&g->Run, &g->RightX, &g->LeftX);
            uint exceptions = FindExceptions(g);
            _exceptions[group] = exceptions;
            if (exceptions != 0)
            {
                ReplaceRuns(g, exceptions, additions.Left(group), additions.Right(group));
            }
            FieldLanes<TVector, TOps>.Multiply(&g[1].Product, &g->Product, &g->Run);
        }
    }

    /// <summary>
    /// The way down: the inverse of all runs so far, times the product of those before, is that of one run; so the slope,
    /// and the sum (x', y'): x' = slope² − x1 − x2, y' = slope·(x1 − x') − y1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FinishSums(in Additions additions, int groups, int count, int destination)
    {
        Workspace* work = _work;
        FetchY(in additions, groups - 1);
        for (int group = groups - 1; group >= 0; group--)
        {
            Group* g = _groups + group;
            Ordinates* y = OrdinatesOf(group);
            if (group > 0)
            {
                FetchY(in additions, group - 1);
            }
            FieldLanes<TVector, TOps>.Multiply(&work->X, &work->Inverse, &g->Product);
            FieldLanes<TVector, TOps>.Subtract(&work->Slope, &y->Right, &y->Left);
            FieldLanes<TVector, TOps>.Multiply(&work->Inverse, &work->Inverse, &g->Run);
            if (_exceptions[group] != 0)
            {
                ReplaceRises(&work->Slope, _exceptions[group], additions.Left(group), additions.Right(group));
            }
            FieldLanes<TVector, TOps>.Multiply(&work->Slope, &work->Slope, &work->X);
            FieldLanes<TVector, TOps>.ChordX(&work->X, &work->Difference, &work->Slope, &g->LeftX, &g->RightX);
            FieldLanes<TVector, TOps>.MultiplySubtract(&work->Y, &work->Difference, &work->Slope, &y->Left);

            int first = group * TOps.Count;
            StorePoints(&work->X, &work->Y, Math.Min(TOps.Count, count - first), destination + first);
            if (_exceptions[group] != 0)
            {
                ReplaceSums(
                    _exceptions[group],
                    additions.Left(group),
                    additions.Right(group),
                    Math.Min(TOps.Count, count - first),
                    destination + first
                );
            }
        }
    }

    private Ordinates* OrdinatesOf(int group) => (group & 1) == 0 ? &_work->Even : &_work->Odd;

    /// <summary>Fetches the x of a group's points.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FetchX(in Additions additions, int group)
    {
        Group* g = _groups + group;
        Fetch(additions.Left(group), 0, &g->LeftX);
        Fetch(additions.Right(group), 0, &g->RightX);
    }

    /// <summary>Fetches the y of a group's points, with the signs of the references.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FetchY(in Additions additions, int group)
    {
        Ordinates* y = OrdinatesOf(group);
        Fetch(additions.Left(group), LaneLimbs.Count, &y->Left);
        Fetch(additions.Right(group), LaneLimbs.Count, &y->Right);
        FieldLanes<TVector, TOps>.NegateOdd(&y->Left, additions.Left(group));
        FieldLanes<TVector, TOps>.NegateOdd(&y->Right, additions.Right(group));
    }

    /// <summary>Fetches element x (<paramref name="element"/> 0) or y (5) of the points that references are to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fetch(int* references, int element, FieldVector<TVector>* r)
    {
        if (typeof(TVector) == typeof(Vector512<double>))
        {
            LaneTranspose.Load(_points, references, element, (FieldVector<Vector512<double>>*)r);
            return;
        }
        for (int lane = 0; lane < TOps.Count; lane++)
        {
            CopyLimbs((double*)r + lane, TOps.Count, At(references[lane] >> 1) + element, 1);
        }
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
    private void ReplaceRuns(Group* g, uint lanes, int* left, int* right)
    {
        for (; lanes != 0; lanes &= lanes - 1)
        {
            int lane = BitOperations.TrailingZeroCount(lanes);
            AffineAddition.TrySlope(Read(left[lane]), Read(right[lane]), out _, out FieldElement run);
            FieldElement.Normalize(ref run);
            LaneLimbs.Write((double*)&g->Run + lane, TOps.Count, in run);
        }
    }

    /// <summary>Puts the rises of exceptional additions in their lanes.</summary>
    private void ReplaceRises(FieldVector<TVector>* rises, uint lanes, int* left, int* right)
    {
        for (; lanes != 0; lanes &= lanes - 1)
        {
            int lane = BitOperations.TrailingZeroCount(lanes);
            AffineAddition.TrySlope(Read(left[lane]), Read(right[lane]), out FieldElement rise, out _);
            FieldElement.Normalize(ref rise);
            LaneLimbs.Write((double*)rises + lane, TOps.Count, in rise);
        }
    }

    /// <summary>Puts the sums that no slope leads to in their places.</summary>
    private void ReplaceSums(uint lanes, int* left, int* right, int count, int destination)
    {
        for (; lanes != 0; lanes &= lanes - 1)
        {
            int lane = BitOperations.TrailingZeroCount(lanes);
            if (lane < count)
            {
                AffinePoint a = Read(left[lane]);
                AffinePoint b = Read(right[lane]);
                if (!AffineAddition.TrySlope(in a, in b, out _, out _))
                {
                    Write(destination + lane, AffineAddition.AddWithoutSlope(in a, in b));
                }
            }
        }
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

    /// <summary>Whether any lane is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool HasZero(TVector a) =>
        sizeof(TVector) == sizeof(Vector512<double>)
            ? Vector512.EqualsAny(Unsafe.BitCast<TVector, Vector512<double>>(a), Vector512<double>.Zero)
            : Vector256.EqualsAny(Unsafe.BitCast<TVector, Vector256<double>>(a), Vector256<double>.Zero);
}

using Ledger.Crypto.Secp256k1.Lanes;

namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// Places for affine points, numbered from 0, and additions between them, many at a time with one field inversion: an
/// affine addition is 2M + 1S and an inversion, which Montgomery's trick turns into 3M, so 5M + 1S against the 8M + 3S
/// of a Jacobian one. The best kind that the processor has is made by <see cref="Create"/>.
/// </summary>
internal abstract class PointArena
{
    /// <summary>
    /// As many additions share an inversion: more would gain little, and what is kept of them from the way up to the way
    /// down would not stay in the processor's second-level cache.
    /// </summary>
    protected const int TogetherMax = 2048;

    /// <summary>An arena in the widest vectors there are, else in scalar arithmetic.</summary>
    public static PointArena Create()
    {
        if (Lanes512.IsSupported)
        {
            return new LanePointArena<System.Runtime.Intrinsics.Vector512<double>, Lanes512>();
        }
        if (Lanes256.IsSupported)
        {
            return new LanePointArena<System.Runtime.Intrinsics.Vector256<double>, Lanes256>();
        }
        return new ScalarPointArena();
    }

    /// <summary>What refers to the point at a place, or to its negative.</summary>
    public static int Reference(int place, bool negative) => (place << 1) | (negative ? 1 : 0);

    /// <summary>Makes room for so many points. Those that are there stay where they are.</summary>
    public abstract void Reserve(int points);

    /// <summary>Puts a point at a place.</summary>
    public abstract void Write(int place, in AffinePoint point);

    /// <summary>The point that a reference is to.</summary>
    public abstract AffinePoint Read(int reference);

    /// <summary>Puts the point that a reference is to at a place.</summary>
    public abstract void Copy(int reference, int place);

    /// <summary>
    /// Puts at places from <paramref name="place"/> on the points with these x, each normalized, and of both y the one
    /// that is odd or even as asked. Says of each whether there is one; if not, its place holds nothing of use.
    /// </summary>
    public abstract void Lift(int place, ReadOnlySpan<FieldElement> x, ReadOnlySpan<bool> isOdd, Span<bool> found);

    /// <summary>Puts λ times the points at places from one on at places from another on.</summary>
    public abstract void MultiplyLambda(int from, int to, int count);

    /// <summary>
    /// Puts left[i] + right[i] at place destination + i, for all i. Every point may be any other's equal or opposite,
    /// or infinity. No reference is to a place that is written.
    /// </summary>
    public void AddAll(ReadOnlySpan<int> left, ReadOnlySpan<int> right, int destination)
    {
        for (int i = 0; i < left.Length; i += TogetherMax)
        {
            int count = Math.Min(TogetherMax, left.Length - i);
            AddTogether(left.Slice(i, count), right.Slice(i, count), destination + i);
        }
    }

    /// <summary>The same for 1 to <see cref="TogetherMax"/> additions.</summary>
    protected abstract void AddTogether(ReadOnlySpan<int> left, ReadOnlySpan<int> right, int destination);
}

/// <summary>The arena in scalar arithmetic.</summary>
internal sealed class ScalarPointArena : PointArena
{
    private AffinePoint[] _points = [];
    private readonly FieldElement[] _runs = new FieldElement[TogetherMax];
    private readonly FieldElement[] _products = new FieldElement[TogetherMax];

    public override void Reserve(int points)
    {
        if (_points.Length < points)
        {
            Array.Resize(ref _points, points);
        }
    }

    public override void Write(int place, in AffinePoint point) => _points[place] = point;

    public override AffinePoint Read(int reference)
    {
        AffinePoint point = _points[reference >> 1];
        if ((reference & 1) != 0)
        {
            AffinePoint.Negate(in point, out point);
        }
        return point;
    }

    public override void Copy(int reference, int place) => _points[place] = Read(reference);

    public override void Lift(int place, ReadOnlySpan<FieldElement> x, ReadOnlySpan<bool> isOdd, Span<bool> found)
    {
        for (int i = 0; i < x.Length; i++)
        {
            found[i] = AffinePoint.TryDecompress(in x[i], isOdd[i], out _points[place + i]);
        }
    }

    public override void MultiplyLambda(int from, int to, int count)
    {
        for (int i = 0; i < count; i++)
        {
            AffinePoint.MultiplyLambda(in _points[from + i], out _points[to + i]);
        }
    }

    protected override void AddTogether(ReadOnlySpan<int> left, ReadOnlySpan<int> right, int destination)
    {
        // products[i] = the product of the runs before i.
        FieldElement product = FieldElement.One;
        for (int i = 0; i < left.Length; i++)
        {
            AffineAddition.TrySlope(Read(left[i]), Read(right[i]), out _, out _runs[i]);
            _products[i] = product;
            FieldElement.Multiply(in product, in _runs[i], out product);
        }
        FieldElement.Invert(in product, out FieldElement inverse);
        for (int i = left.Length - 1; i >= 0; i--)
        {
            FieldElement.Multiply(in inverse, in _products[i], out FieldElement slope);
            FieldElement.Multiply(in inverse, in _runs[i], out inverse);
            AffinePoint a = Read(left[i]);
            AffinePoint b = Read(right[i]);
            if (AffineAddition.TrySlope(in a, in b, out FieldElement rise, out _))
            {
                FieldElement.Multiply(in slope, in rise, out slope);
                AffineAddition.Add(in a, in b, in slope, out _points[destination + i]);
            }
            else
            {
                _points[destination + i] = AffineAddition.AddWithoutSlope(in a, in b);
            }
        }
    }
}

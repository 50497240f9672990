using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// Sums Σ kᵢ·Pᵢ of many terms: Strauss's method for a few, Pippenger's for many (D. J. Bernstein, J. Doumen, T. Lange,
/// J.-J. Oosterwijk, "Faster batch forgery identification", INDOCRYPT 2012, §4). An instance keeps the memory for its
/// largest sum so far, so that later ones allocate nothing; it serves one thread.
/// </summary>
internal sealed class MultiScalar
{
    // Below as many terms Strauss's method is the faster.
    private const int PippengerTermsMin = 48;

    private const int StraussWidth = 5;

    // The buckets of one window are summed in so many segments side by side.
    private const int SegmentsMax = 8;

    private AffinePoint[] _points = [];
    private short[] _digits = [];
    private int[] _targets = [];
    private int[] _addends = [];
    private int[] _starts = [];
    private int[] _sizes = [];
    private FieldElement[] _denominators = [];
    private FieldElement[] _products = [];

    /// <summary>r = Σ scalarsᵢ·pointsᵢ, where no point is infinity.</summary>
    public void Sum(ReadOnlySpan<HalfScalar> scalars, ReadOnlySpan<AffinePoint> points, out JacobianPoint r)
    {
        if (scalars.Length < PippengerTermsMin)
        {
            Strauss(scalars, points, out r);
        }
        else
        {
            Pippenger(scalars, points, WindowBits(scalars.Length), out r);
        }
    }

    /// <summary>All terms in one chain of doublings, each with its own table of odd multiples up to 15P.</summary>
    internal void Strauss(ReadOnlySpan<HalfScalar> scalars, ReadOnlySpan<AffinePoint> points, out JacobianPoint r)
    {
        int tableLength = WindowedNaf.TableLength(StraussWidth);
        Reserve(ref _points, points.Length * tableLength);
        Reserve(ref _digits, points.Length * WindowedNaf.LengthMax);
        int length = 0;
        for (int i = 0; i < points.Length; i++)
        {
            Multiplication.OddMultiples(in points[i], _points.AsSpan(i * tableLength, tableLength));
            Span<short> digits = _digits.AsSpan(i * WindowedNaf.LengthMax, WindowedNaf.LengthMax);
            length = Math.Max(length, WindowedNaf.Recode(in scalars[i], StraussWidth, digits));
        }
        r = JacobianPoint.Infinity;
        for (int position = length - 1; position >= 0; position--)
        {
            JacobianPoint.Double(in r, out r);
            for (int i = 0; i < points.Length; i++)
            {
                int digit = _digits[(i * WindowedNaf.LengthMax) + position];
                Multiplication.AddDigit(ref r, digit, _points.AsSpan(i * tableLength, tableLength));
            }
        }
    }

    /// <summary>The bits of a window that make the fewest additions: each term costs one a window, each bucket two.</summary>
    private static int WindowBits(int terms)
    {
        int best = 3;
        long bestCost = long.MaxValue;
        for (int bits = 3; bits <= 14; bits++)
        {
            long cost = (long)WindowCount(bits) * (terms + (2L << (bits - 1)));
            (best, bestCost) = cost < bestCost ? (bits, cost) : (best, bestCost);
        }
        return best;
    }

    /// <summary>Windows of so many bits for numbers of 128 bits and the carry out of the last.</summary>
    private static int WindowCount(int bits) => (128 + bits) / bits;

    /// <summary>
    /// Numbers are written in windows of <paramref name="bits"/> bits with signed digits. In each window all points with
    /// the digit ±j are added up in bucket j; the sum of j·bucketⱼ is the window's; windows are put together by doubling.
    /// </summary>
    internal void Pippenger(
        ReadOnlySpan<HalfScalar> scalars,
        ReadOnlySpan<AffinePoint> points,
        int bits,
        out JacobianPoint r
    )
    {
        int terms = scalars.Length;
        int windows = WindowCount(bits);
        int buckets = 1 << (bits - 1);
        int segments = Math.Min(SegmentsMax, buckets);

        // _points holds the points of one window, sorted by bucket, then the buckets of all windows, then for each of
        // the windows' segments a running sum and a total.
        int bucketsStart = terms;
        int runningStart = bucketsStart + (windows * buckets);
        int totalStart = runningStart + (windows * segments);
        Reserve(ref _points, totalStart + (windows * segments));
        int sumsMax = Math.Max(terms / 2, 2 * windows * segments);
        Reserve(ref _targets, sumsMax);
        Reserve(ref _addends, sumsMax);
        Reserve(ref _denominators, sumsMax);
        Reserve(ref _products, sumsMax);
        Reserve(ref _digits, windows * terms);
        Reserve(ref _starts, buckets + 1);
        Reserve(ref _sizes, buckets);

        for (int i = 0; i < terms; i++)
        {
            Recode(in scalars[i], bits, windows, _digits.AsSpan(i), terms);
        }
        for (int window = 0; window < windows; window++)
        {
            Sort(_digits.AsSpan(window * terms, terms), points, buckets);
            FillBuckets(_points.AsSpan(bucketsStart + (window * buckets), buckets));
        }
        SumSegments(windows * segments, buckets / segments, bucketsStart, runningStart, totalStart);

        r = JacobianPoint.Infinity;
        for (int window = windows - 1; window >= 0; window--)
        {
            for (int i = 0; i < bits; i++)
            {
                JacobianPoint.Double(in r, out r);
            }
            ReadOnlySpan<AffinePoint> running = _points.AsSpan(runningStart + (window * segments), segments);
            ReadOnlySpan<AffinePoint> total = _points.AsSpan(totalStart + (window * segments), segments);
            CombineSegments(running, total, buckets / segments, out JacobianPoint sum);
            JacobianPoint.Add(in r, in sum, out r);
        }
    }

    /// <summary>
    /// Writes digit w of a number to digits[w·stride]: from −2^(bits−1) + 1 to 2^(bits−1), a digit above the half
    /// borrowing 1 from the next.
    /// </summary>
    private static void Recode(in HalfScalar scalar, int bits, int windows, Span<short> digits, int stride)
    {
        UInt128 k = scalar.Magnitude;
        int half = 1 << (bits - 1);
        int carry = 0;
        for (int window = 0; window < windows; window++)
        {
            int digit = ((int)(ulong)k & ((2 * half) - 1)) + carry;
            carry = digit > half ? 1 : 0;
            digit -= carry << bits;
            digits[window * stride] = (short)(scalar.IsNegative ? -digit : digit);
            k >>= bits;
        }
        Debug.Assert(carry == 0 && k == 0, "the last window takes the last carry");
    }

    /// <summary>
    /// Copies the points whose digit is not zero, negated where it is negative, to the front of <see cref="_points"/> in
    /// the order of their buckets; fills <see cref="_starts"/> and <see cref="_sizes"/>.
    /// </summary>
    private void Sort(ReadOnlySpan<short> digits, ReadOnlySpan<AffinePoint> points, int buckets)
    {
        Span<int> sizes = _sizes.AsSpan(0, buckets);
        Span<int> starts = _starts.AsSpan(0, buckets + 1);
        sizes.Clear();
        foreach (short digit in digits)
        {
            if (digit != 0)
            {
                sizes[Math.Abs((int)digit) - 1]++;
            }
        }
        int next = 0;
        for (int bucket = 0; bucket < buckets; bucket++)
        {
            starts[bucket] = next;
            next += sizes[bucket];
        }
        for (int i = 0; i < digits.Length; i++)
        {
            int digit = digits[i];
            if (digit > 0)
            {
                _points[starts[digit - 1]++] = points[i];
            }
            else if (digit < 0)
            {
                AffinePoint.Negate(in points[i], out _points[starts[-digit - 1]++]);
            }
        }
        for (int bucket = 0; bucket < buckets; bucket++)
        {
            starts[bucket] -= sizes[bucket];
        }
    }

    /// <summary>Adds up the sorted points of each bucket, all buckets at once, halving the number of points each time.</summary>
    private void FillBuckets(Span<AffinePoint> sums)
    {
        while (true)
        {
            int count = 0;
            for (int bucket = 0; bucket < sums.Length; bucket++)
            {
                int size = _sizes[bucket];
                int kept = (size + 1) / 2;
                int start = _starts[bucket];
                for (int i = 0; i + kept < size; i++)
                {
                    _targets[count] = start + i;
                    _addends[count++] = start + kept + i;
                }
                _sizes[bucket] = kept;
            }
            if (count == 0)
            {
                break;
            }
            AddAll(count);
        }
        for (int bucket = 0; bucket < sums.Length; bucket++)
        {
            sums[bucket] = _sizes[bucket] == 0 ? AffinePoint.Infinity : _points[_starts[bucket]];
        }
    }

    /// <summary>
    /// For each segment of buckets b₀, b₁ …, of all windows at once: running = Σ bₖ and total = Σ k·bₖ. From the last
    /// bucket down, the total takes the running sum of before while the running sum takes the next bucket.
    /// </summary>
    private void SumSegments(int segments, int length, int bucketsStart, int runningStart, int totalStart)
    {
        for (int segment = 0; segment < segments; segment++)
        {
            _points[runningStart + segment] = _points[bucketsStart + (segment * length) + length - 1];
            _points[totalStart + segment] = AffinePoint.Infinity;
        }
        for (int k = length - 2; k >= 0; k--)
        {
            // The totals take the running sums as they were before: those come earlier in the list.
            for (int segment = 0; segment < segments; segment++)
            {
                _targets[segment] = runningStart + segment;
                _addends[segment] = bucketsStart + (segment * length) + k;
                _targets[segments + segment] = totalStart + segment;
                _addends[segments + segment] = runningStart + segment;
            }
            AddAll(2 * segments);
        }
    }

    /// <summary>
    /// The sum of j·bucketⱼ over one window, where bucket k of segment s has the digit s·length + k + 1: the totals, and
    /// each running sum s·length + 1 times.
    /// </summary>
    [SkipLocalsInit]
    private static void CombineSegments(
        ReadOnlySpan<AffinePoint> running,
        ReadOnlySpan<AffinePoint> total,
        int length,
        out JacobianPoint r
    )
    {
        // suffix = Σ running from s up, weighted = Σ s·runningₛ.
        JacobianPoint suffix = JacobianPoint.Infinity;
        JacobianPoint weighted = JacobianPoint.Infinity;
        for (int s = running.Length - 1; s > 0; s--)
        {
            JacobianPoint.Add(in suffix, in running[s], out suffix);
            JacobianPoint.Add(in weighted, in suffix, out weighted);
        }
        JacobianPoint.Add(in suffix, in running[0], out suffix);
        for (int i = BitOperations.Log2((uint)length); i > 0; i--)
        {
            JacobianPoint.Double(in weighted, out weighted);
        }
        JacobianPoint.Add(in weighted, in suffix, out r);
        foreach (ref readonly AffinePoint sum in total)
        {
            JacobianPoint.Add(in r, in sum, out r);
        }
    }

    private void AddAll(int count) =>
        AffineSums.AddAll(
            _points,
            _targets.AsSpan(0, count),
            _addends.AsSpan(0, count),
            _denominators.AsSpan(0, count),
            _products.AsSpan(0, count)
        );

    private static void Reserve<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = GC.AllocateUninitializedArray<T>((int)BitOperations.RoundUpToPowerOf2((uint)length));
        }
    }
}

using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// Sums Σ kᵢ·Pᵢ of many terms by Pippenger's method (N. Pippenger, "On the evaluation of powers and monomials", 1980; as
/// used for signatures by D. J. Bernstein, J. Doumen, T. Lange, J.-J. Oosterwijk, "Faster batch forgery identification",
/// 2012, §4), with nearly all additions affine and many at a time. An instance keeps the memory for its largest sum so
/// far, so that later ones allocate nothing; it serves one thread.
/// </summary>
/// <remarks>
/// Numbers are written in windows of some bits with signed digits. In each window all points with the digit ±j are added
/// up in bucket j; the sum of j·bucketⱼ is the window's; windows are put together by doubling.
/// </remarks>
internal sealed class MultiScalar(PointArena arena)
{
    // The buckets of one window are summed in so many segments side by side.
    private const int SegmentsMax = 8;

    // As many windows are filled together as have so many points: one inversion for more additions, until the points
    // fall out of the processor's second-level cache.
    private const int PointsTogetherMax = 8192;

    /// <summary>No point yet: infinity that is known to be.</summary>
    private const int None = -1;

    private readonly PointArena _arena = arena;
    private short[] _digits = [];
    private int[] _left = [];
    private int[] _right = [];
    private int[] _starts = [];
    private int[] _sizes = [];
    private int[] _entries = [];
    private int[] _buckets = [];
    private int[] _running = [];
    private int[] _totals = [];

    /// <summary>A sum in the widest vectors that the processor has.</summary>
    public MultiScalar()
        : this(PointArena.Create()) { }

    /// <summary>r = Σ scalarsᵢ·pointsᵢ.</summary>
    public void Sum(ReadOnlySpan<HalfScalar> scalars, ReadOnlySpan<AffinePoint> points, out JacobianPoint r) =>
        Sum(scalars, points, WindowBits(scalars.Length), out r);

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

    internal void Sum(ReadOnlySpan<HalfScalar> scalars, ReadOnlySpan<AffinePoint> points, int bits, out JacobianPoint r)
    {
        int terms = scalars.Length;
        int windows = WindowCount(bits);
        int buckets = 1 << (bits - 1);
        int segments = Math.Min(SegmentsMax, buckets);
        int together = Math.Clamp(PointsTogetherMax / Math.Max(terms, 1), 1, windows);

        // The arena's places: the terms' points, the buckets of all windows, and sums on the way to them or from them.
        int bucketsPlace = terms;
        int sumsPlace = bucketsPlace + (windows * buckets);
        int sumsMax = Math.Max(together * terms, 2 * windows * buckets);
        _arena.Reserve(sumsPlace + sumsMax, Math.Max(together * terms / 2, 2 * windows * segments));
        Reserve(ref _left, Math.Max(together * terms / 2, 2 * windows * segments));
        Reserve(ref _right, _left.Length);
        Reserve(ref _digits, windows * terms);
        Reserve(ref _entries, together * terms);
        Reserve(ref _starts, together * buckets);
        Reserve(ref _sizes, together * buckets);
        Reserve(ref _buckets, windows * buckets);
        Reserve(ref _running, windows * segments);
        Reserve(ref _totals, windows * segments);

        for (int i = 0; i < terms; i++)
        {
            _arena.Write(i, in points[i]);
            Recode(in scalars[i], bits, windows, _digits.AsSpan(i), terms);
        }
        for (int window = 0; window < windows; window += together)
        {
            int count = Math.Min(together, windows - window);
            int end = 0;
            for (int i = 0; i < count; i++)
            {
                end = Sort(_digits.AsSpan((window + i) * terms, terms), i * buckets, buckets, end);
            }
            FillBuckets(count * buckets, window * buckets, bucketsPlace, sumsPlace);
        }
        SumSegments(windows * segments, buckets / segments, sumsPlace);

        r = JacobianPoint.Infinity;
        for (int window = windows - 1; window >= 0; window--)
        {
            for (int i = 0; i < bits; i++)
            {
                JacobianPoint.Double(in r, out r);
            }
            CombineSegments(window * segments, segments, buckets / segments, out JacobianPoint sum);
            JacobianPoint.Add(in r, in sum, out r);
        }
    }

    /// <summary>
    /// Writes digit w of a number to digits[w·stride]: from −2^(bits−1) + 1 to 2^(bits−1), a digit above the half
    /// borrowing 1 from the next; or all of them with the other sign.
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
    /// Lists references to the points of one window by bucket, from <paramref name="next"/> on in the list of entries,
    /// and returns where the list then ends.
    /// </summary>
    private int Sort(ReadOnlySpan<short> digits, int firstBucket, int buckets, int next)
    {
        Span<int> sizes = _sizes.AsSpan(firstBucket, buckets);
        Span<int> starts = _starts.AsSpan(firstBucket, buckets);
        Span<int> entries = _entries;
        sizes.Clear();
        foreach (short digit in digits)
        {
            if (digit != 0)
            {
                sizes[Math.Abs((int)digit) - 1]++;
            }
        }
        for (int bucket = 0; bucket < buckets; bucket++)
        {
            starts[bucket] = next;
            next += sizes[bucket];
        }
        for (int i = 0; i < digits.Length; i++)
        {
            int digit = digits[i];
            if (digit != 0)
            {
                entries[starts[Math.Abs(digit) - 1]++] = PointArena.Reference(i, digit < 0);
            }
        }
        for (int bucket = 0; bucket < buckets; bucket++)
        {
            starts[bucket] -= sizes[bucket];
        }
        return next;
    }

    /// <summary>
    /// Adds up the listed points of each bucket, all buckets at once, halving the lists until each has one point at
    /// most, and notes where that is.
    /// </summary>
    private void FillBuckets(int count, int firstBucket, int bucketsPlace, int sumsPlace)
    {
        Span<int> entries = _entries;
        for (int place = sumsPlace; ; )
        {
            int sums = 0;
            for (int bucket = 0; bucket < count; bucket++)
            {
                int size = _sizes[bucket];
                int kept = (size + 1) / 2;
                int start = _starts[bucket];
                for (int i = start; i + kept < start + size; i++)
                {
                    _left[sums] = entries[i];
                    _right[sums] = entries[i + kept];
                    entries[i] = PointArena.Reference(place + sums, negative: false);
                    sums++;
                }
                _sizes[bucket] = kept;
            }
            if (sums == 0)
            {
                break;
            }
            _arena.AddAll(_left.AsSpan(0, sums), _right.AsSpan(0, sums), place);
            place += sums;
        }
        for (int bucket = 0; bucket < count; bucket++)
        {
            int index = firstBucket + bucket;
            _buckets[index] = None;
            if (_sizes[bucket] != 0)
            {
                // The next windows' sums overwrite these.
                _arena.Copy(entries[_starts[bucket]], bucketsPlace + index);
                _buckets[index] = PointArena.Reference(bucketsPlace + index, negative: false);
            }
        }
    }

    /// <summary>
    /// For each segment of buckets b₀, b₁ …, of all windows at once: running = Σ bₖ and total = Σ k·bₖ. From the last
    /// bucket down, the total takes the running sum of before while the running sum takes the next bucket.
    /// </summary>
    private void SumSegments(int segments, int length, int place)
    {
        _running.AsSpan(0, segments).Fill(None);
        _totals.AsSpan(0, segments).Fill(None);
        for (int k = length - 1; k >= 0; k--)
        {
            int sums = 0;
            for (int segment = 0; segment < segments; segment++)
            {
                int running = _running[segment];
                Accumulate(ref _totals[segment], running, place, ref sums);
                Accumulate(ref _running[segment], _buckets[(segment * length) + k], place, ref sums);
            }
            if (sums != 0)
            {
                _arena.AddAll(_left.AsSpan(0, sums), _right.AsSpan(0, sums), place);
                place += sums;
            }
        }
    }

    /// <summary>Puts sum += addend on the list of additions, if neither is none.</summary>
    private void Accumulate(ref int sum, int addend, int place, ref int sums)
    {
        if (sum == None)
        {
            sum = addend;
        }
        else if (addend != None)
        {
            _left[sums] = sum;
            _right[sums] = addend;
            sum = PointArena.Reference(place + sums, negative: false);
            sums++;
        }
    }

    /// <summary>
    /// The sum of j·bucketⱼ over one window, where bucket k of segment s has the digit s·length + k + 1: the totals, and
    /// each running sum s·length + 1 times.
    /// </summary>
    [SkipLocalsInit]
    private void CombineSegments(int first, int segments, int length, out JacobianPoint r)
    {
        // suffix = Σ running from s up, weighted = Σ s·runningₛ.
        JacobianPoint suffix = JacobianPoint.Infinity;
        JacobianPoint weighted = JacobianPoint.Infinity;
        r = JacobianPoint.Infinity;
        for (int s = segments - 1; s >= 0; s--)
        {
            Add(ref suffix, _running[first + s]);
            Add(ref r, _totals[first + s]);
            if (s > 0)
            {
                JacobianPoint.Add(in weighted, in suffix, out weighted);
            }
        }
        for (int i = BitOperations.Log2((uint)length); i > 0; i--)
        {
            JacobianPoint.Double(in weighted, out weighted);
        }
        JacobianPoint.Add(in r, in suffix, out r);
        JacobianPoint.Add(in r, in weighted, out r);
    }

    private void Add(ref JacobianPoint sum, int reference)
    {
        if (reference != None)
        {
            AffinePoint point = _arena.Read(reference >> 1);
            JacobianPoint.Add(in sum, in point, out sum);
        }
    }

    private static void Reserve<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = GC.AllocateUninitializedArray<T>((int)BitOperations.RoundUpToPowerOf2((uint)length));
        }
    }
}

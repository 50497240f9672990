using System.Numerics;

namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// Sums Σ kᵢ·Pᵢ of many terms by Pippenger's method (N. Pippenger, "On the evaluation of powers and monomials", 1980; as
/// used for signatures by D. J. Bernstein, J. Doumen, T. Lange, J.-J. Oosterwijk, "Faster batch forgery identification",
/// 2012, §4), with nearly all additions affine and many at a time. An instance keeps the memory for its largest sum so
/// far, so that later ones allocate nothing; it serves one thread.
/// </summary>
/// <remarks>
/// (1) Numbers are written in windows of some bits with signed digits, and in each window all points with the digit ±j
/// are added up in bucket j.
/// (2) The window's sum, Σ j·bucketⱼ, is wanted bit by bit of j: Σ 2^b·(the sum of the buckets whose number has bit b).
/// For bit 0 those are the odd buckets; then neighbours 2i and 2i + 1 are added up to a new bucket i, of half as many, in
/// which bit 0 is what was bit 1.
/// (3) All those sums, one for each bit of the numbers, are put together by doubling.
/// </remarks>
internal sealed class MultiScalar(PointArena arena)
{
    /// <summary>Bits of a scalar.</summary>
    private const int ScalarBits = 128;

    // As many windows are filled together as have so many points: one inversion for more additions, until the points
    // fall out of the processor's second-level cache.
    private const int PointsTogetherMax = 8192;

    /// <summary>No point yet: infinity that is known to be.</summary>
    private const int None = -1;

    private readonly PointArena _arena = arena;
    private ushort[] _digits = [];
    private UInt128[] _biased = [];
    private int[] _left = [];
    private int[] _right = [];
    private int[] _starts = [];
    private int[] _sizes = [];
    private int[] _entries = [];
    private int[] _buckets = [];

    /// <summary>
    /// r = Σ scalarsᵢ·Pᵢ, where Pᵢ is what the i-th reference is to. Uses the arena's places from
    /// <paramref name="free"/> on, which makes room for itself.
    /// </summary>
    public void Sum(ReadOnlySpan<UInt128> scalars, ReadOnlySpan<int> points, int free, out JacobianPoint r) =>
        Sum(scalars, points, free, WindowBits(scalars.Length), out r);

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

    /// <summary>Windows of so many bits: the last has fewer, and so takes the carry of the one before as it is.</summary>
    private static int WindowCount(int bits) => (ScalarBits / bits) + 1;

    internal void Sum(ReadOnlySpan<UInt128> scalars, ReadOnlySpan<int> points, int free, int bits, out JacobianPoint r)
    {
        int terms = scalars.Length;
        int windows = WindowCount(bits);
        // One bucket for each absolute value of a digit, that of zero included, which stays empty.
        int buckets = (1 << (bits - 1)) + 1;
        int together = Math.Clamp(PointsTogetherMax / Math.Max(terms, 1), 1, windows);

        // The arena's places: the buckets of all windows, and sums on the way to them or from them.
        int sumsPlace = free + (windows * buckets);
        int additionsMax = Math.Max(together * terms, windows * buckets);
        _arena.Reserve(sumsPlace + Math.Max(together * terms, 2 * windows * buckets));
        Reserve(ref _left, additionsMax);
        Reserve(ref _right, additionsMax);
        Reserve(ref _biased, terms);
        Reserve(ref _digits, terms);
        Reserve(ref _entries, additionsMax);
        Reserve(ref _starts, Math.Max(together * buckets, windows * bits));
        Reserve(ref _sizes, Math.Max(together * buckets, windows * bits));
        Reserve(ref _buckets, windows * buckets);

        UInt128 bias = Bias(bits);
        for (int i = 0; i < terms; i++)
        {
            _biased[i] = scalars[i] + bias;
        }
        for (int window = 0; window < windows; window += together)
        {
            int count = Math.Min(together, windows - window);
            int end = 0;
            for (int i = 0; i < count; i++)
            {
                ReadDigits(terms, (window + i) * bits, bits);
                Sort(points, i * buckets, buckets, ref end);
            }
            AddUpLists(count * buckets, sumsPlace);
            KeepBuckets(window * buckets, count * buckets, free);
        }
        AddUpBits(windows, bits, buckets, sumsPlace);

        r = JacobianPoint.Infinity;
        for (int bit = (windows * bits) - 1; bit >= 0; bit--)
        {
            JacobianPoint.Double(in r, out r);
            if (_sizes[bit] != 0)
            {
                AffinePoint sum = _arena.Read(_entries[_starts[bit]]);
                JacobianPoint.Add(in r, in sum, out r);
            }
        }
    }

    /// <summary>Half of a window's range in every window but the last: what is added so that digits need no carries.</summary>
    private static UInt128 Bias(int bits)
    {
        UInt128 bias = 0;
        for (int offset = 0; offset + bits <= ScalarBits; offset += bits)
        {
            bias |= UInt128.One << (offset + bits - 1);
        }
        return bias;
    }

    /// <summary>
    /// Reads the digits of one window: from −half to half − 1 where the window's bits are those of k + bias, less half;
    /// in the last, which has fewer bits, what is left and the carry out of 128 bits. A digit is kept as its absolute
    /// value, times two, and 1 if it is negative.
    /// </summary>
    private void ReadDigits(int terms, int offset, int bits)
    {
        ReadOnlySpan<UInt128> biased = _biased.AsSpan(0, terms);
        Span<ushort> digits = _digits.AsSpan(0, terms);
        if (offset + bits > ScalarBits)
        {
            UInt128 bias = Bias(bits);
            for (int i = 0; i < biased.Length; i++)
            {
                int carry = biased[i] < bias ? 1 << (ScalarBits - offset) : 0;
                digits[i] = (ushort)(2 * (carry + (offset < ScalarBits ? (int)(biased[i] >> offset) : 0)));
            }
            return;
        }
        int half = 1 << (bits - 1);
        ulong mask = (ulong)(2 * half) - 1;
        for (int i = 0; i < biased.Length; i++)
        {
            ulong low = (ulong)biased[i];
            ulong high = (ulong)(biased[i] >> 64);
            ulong window = offset < 64 ? (low >> offset) | (high << 1 << (63 - offset)) : high >> (offset - 64);
            int digit = (int)(window & mask) - half;
            int sign = digit >> 31; // 0 or −1
            digits[i] = (ushort)((2 * ((digit ^ sign) - sign)) - sign);
        }
    }

    /// <summary>
    /// Lists references to the points of one window, signed by its digits, by bucket, from <paramref name="end"/> on in
    /// the list of entries, and moves the end.
    /// </summary>
    private void Sort(ReadOnlySpan<int> points, int firstBucket, int buckets, ref int end)
    {
        ReadOnlySpan<ushort> digits = _digits.AsSpan(0, points.Length);
        Span<int> sizes = _sizes.AsSpan(firstBucket, buckets);
        Span<int> starts = _starts.AsSpan(firstBucket, buckets);
        Span<int> entries = _entries.AsSpan(end, points.Length);
        sizes.Clear();
        foreach (ushort digit in digits)
        {
            sizes[digit >> 1]++;
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
            entries[starts[digit >> 1]++] = points[i] ^ (digit & 1);
        }
        for (int bucket = 0; bucket < buckets; bucket++)
        {
            starts[bucket] += end - sizes[bucket];
        }
        sizes[0] = 0;
        end += next;
    }

    /// <summary>
    /// Adds up the points of each list, all lists at once, halving them until each has one point at most.
    /// </summary>
    private void AddUpLists(int count, int place)
    {
        Span<int> entries = _entries;
        while (true)
        {
            int sums = 0;
            for (int list = 0; list < count; list++)
            {
                int size = _sizes[list];
                int kept = (size + 1) / 2;
                int start = _starts[list];
                for (int i = start; i + kept < start + size; i++)
                {
                    _left[sums] = entries[i];
                    _right[sums] = entries[i + kept];
                    entries[i] = PointArena.Reference(place + sums, negative: false);
                    sums++;
                }
                _sizes[list] = kept;
            }
            if (sums == 0)
            {
                return;
            }
            _arena.AddAll(_left.AsSpan(0, sums), _right.AsSpan(0, sums), place);
            place += sums;
        }
    }

    /// <summary>Copies the lists' sums, which the next windows' overwrite, to their buckets' places.</summary>
    private void KeepBuckets(int first, int count, int place)
    {
        for (int i = 0; i < count; i++)
        {
            _buckets[first + i] = None;
            if (_sizes[i] != 0)
            {
                _arena.Copy(_entries[_starts[i]], place + first + i);
                _buckets[first + i] = PointArena.Reference(place + first + i, negative: false);
            }
        }
    }

    /// <summary>
    /// Leaves in list window·bits + b the sum of those buckets of the window that have bit b in their number, if any.
    /// </summary>
    private void AddUpBits(int windows, int bits, int buckets, int place)
    {
        int end = 0;
        for (int bit = 0, last = buckets - 1; ; bit++, last /= 2)
        {
            for (int window = 0; window < windows; window++)
            {
                ReadOnlySpan<int> old = _buckets.AsSpan(window * buckets, last + 1);
                int list = (window * bits) + bit;
                _starts[list] = end;
                for (int i = 1; i <= last; i += 2)
                {
                    if (old[i] != None)
                    {
                        _entries[end++] = old[i];
                    }
                }
                _sizes[list] = end - _starts[list];
            }
            if (last == 1)
            {
                break;
            }
            int sums = 0;
            for (int window = 0; window < windows; window++)
            {
                Span<int> old = _buckets.AsSpan(window * buckets, last + 1);
                for (int i = 1; i <= last / 2; i++)
                {
                    old[i] = Sum(old[2 * i], 2 * i < last ? old[(2 * i) + 1] : None, place, ref sums);
                }
            }
            _arena.AddAll(_left.AsSpan(0, sums), _right.AsSpan(0, sums), place);
            place += sums;
        }
        AddUpLists(windows * bits, place);
    }

    /// <summary>What will refer to the sum of two points: puts it on the list of additions if there are two.</summary>
    private int Sum(int a, int b, int place, ref int sums)
    {
        if (a == None || b == None)
        {
            return a == None ? b : a;
        }
        _left[sums] = a;
        _right[sums] = b;
        return PointArena.Reference(place + sums++, negative: false);
    }

    private static void Reserve<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = GC.AllocateUninitializedArray<T>((int)BitOperations.RoundUpToPowerOf2((uint)length));
        }
    }
}

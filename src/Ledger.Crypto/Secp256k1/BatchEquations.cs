using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ledger.Crypto.Secp256k1;

/// <summary>How signatures of a batch are verified by themselves.</summary>
internal interface ISingleVerification
{
    /// <summary>As many signatures, at least one of which is not valid, take less time alone than in halves.</summary>
    int CountMax { get; }

    /// <summary>
    /// Sets the verdicts of some lanes of the batch, no more than <see cref="CountMax"/>. <paramref name="verdicts"/>
    /// has one for every lane.
    /// </summary>
    void Verify(ReadOnlySpan<int> lanes, Span<bool> verdicts);
}

/// <summary>
/// Equations g·G + p·P = R, one for each signature of a batch, and the question whether all of a range of them hold,
/// answered by one multi-scalar multiplication: Σ aᵢ·(gᵢ·G + pᵢ·Pᵢ − Rᵢ) = 0 for random 128-bit aᵢ (M. Bellare,
/// J. A. Garay, T. Rabin, "Fast batch verification for modular exponentiation and digital signatures", EUROCRYPT 1998).
/// </summary>
/// <remarks>
/// What a "yes" is worth. The aᵢ are bits of SHA-512 in counter mode under a seed that is the hash of the whole batch:
/// keys, messages and signatures. Take them, as is usual, for independent and uniform given the batch. If an equation of
/// the range does not hold, then for any choice of the other coefficients at most one value of its own makes the sum
/// zero, since the group's order is prime and above 2¹²⁸: one question about a batch that was fixed beforehand is
/// answered wrongly with probability 2⁻¹²⁸ at most, and all the questions that a bisection of n signatures asks with
/// 2n·2⁻¹²⁸. Who makes a batch can compute its coefficients and try again with another; each of T tries, a hash of the
/// whole batch each, succeeds with that probability. A "no" is certain.
/// <para>An instance keeps its memory from batch to batch and serves one thread.</para>
/// </remarks>
internal sealed class BatchEquations
{
    /// <summary>The most equations at a time: beyond it the memory grows faster than the gain.</summary>
    public const int CountMax = 2048;

    // As many or fewer equations are not combined.
    private const int SinglesMax = 48;

    // Two terms of 128 bits for G, two for every key and one for every R.
    private const int TermsMax = 2 + (3 * CountMax);

    // Slots of the hash table of keys: a power of two, and at most half full.
    private const int SlotCount = 2 * CountMax;

    [ThreadStatic]
    private static BatchEquations? t_instance;

    private readonly MultiScalar _multiScalar = new();
    private readonly Scalar[] _ofGenerator = new Scalar[CountMax];
    private readonly Scalar[] _ofKey = new Scalar[CountMax];
    private readonly UInt128[] _ofPoint = new UInt128[CountMax];
    private readonly AffinePoint[] _keys = new AffinePoint[CountMax];
    private readonly AffinePoint[] _points = new AffinePoint[CountMax];
    private readonly int[] _lanes = new int[CountMax];

    // Which equation was the first with the same key, and a hash table of those, which holds 1 more than their index.
    private readonly int[] _firstWithKey = new int[CountMax];
    private readonly int[] _slots = new int[SlotCount];

    // What one question is made of: the sum of its scalars for each first equation with a key, and its terms.
    private readonly Scalar[] _keySums = new Scalar[CountMax];
    private readonly HalfScalar[] _termScalars = new HalfScalar[TermsMax];
    private readonly AffinePoint[] _termPoints = new AffinePoint[TermsMax];
    private readonly byte[] _seedAndCounter = new byte[SHA256.HashSizeInBytes + sizeof(int)];

    private readonly byte[] _hash = new byte[SHA512.HashSizeInBytes];
    private int _hashed;
    private int _count;

    private BatchEquations() { }

    /// <summary>This thread's instance.</summary>
    public static BatchEquations OfThisThread => t_instance ??= new BatchEquations();

    /// <summary>Forgets all equations and takes the seed of the batch's coefficients.</summary>
    public void Start(ReadOnlySpan<byte> seed)
    {
        _count = 0;
        _hashed = -1;
        _slots.AsSpan().Clear();
        seed.CopyTo(_seedAndCounter);
    }

    /// <summary>Adds g·G + p·P = R for a lane of the batch. P and R are not infinity, P is normalized.</summary>
    public void Add(int lane, in Scalar g, in Scalar p, in AffinePoint pointP, in AffinePoint pointR)
    {
        UInt128 coefficient = Coefficient(lane);
        Scalar a = new((ulong)coefficient, (ulong)(coefficient >> 64), 0, 0);
        _lanes[_count] = lane;
        _ofGenerator[_count] = a * g;
        _ofKey[_count] = a * p;
        _ofPoint[_count] = coefficient;
        _keys[_count] = pointP;
        _points[_count] = pointR;
        _firstWithKey[_count] = FindFirstWithKey(_count);
        _count++;
    }

    /// <summary>The first equation with the key of this one, which may be itself. Batches often repeat a key.</summary>
    private int FindFirstWithKey(int index)
    {
        ref readonly AffinePoint key = ref _keys[index];
        // Whoever chooses keys for the slots they fall in makes this a search through a list, short as batches are.
        for (ulong hash = key.X.N0 * 0x9E3779B97F4A7C15; ; hash += 1UL << 32)
        {
            ref int slot = ref _slots[(int)(hash >> 32) & (SlotCount - 1)];
            if (slot == 0)
            {
                slot = index + 1;
                return index;
            }
            ref readonly AffinePoint other = ref _keys[slot - 1];
            if (FieldElement.HaveSameLimbs(in key.X, in other.X) && FieldElement.HaveSameLimbs(in key.Y, in other.Y))
            {
                return slot - 1;
            }
        }
    }

    /// <summary>Whether all equations from one to before another hold.</summary>
    private bool AllHold(int from, int to)
    {
        int terms = 0;
        Scalar ofGenerator = Scalar.Zero;
        for (int i = from; i < to; i++)
        {
            _keySums[_firstWithKey[i]] = Scalar.Zero;
        }
        for (int i = from; i < to; i++)
        {
            ofGenerator += _ofGenerator[i];
            _keySums[_firstWithKey[i]] += _ofKey[i];
            _termScalars[terms] = new HalfScalar(_ofPoint[i], isNegative: true);
            _termPoints[terms++] = _points[i];
        }
        terms = AddTerms(terms, in ofGenerator, in AffinePoint.Generator);
        // Each key's sum once: it is taken away where its key first comes up.
        for (int i = from; i < to; i++)
        {
            int first = _firstWithKey[i];
            if (!_keySums[first].IsZero)
            {
                terms = AddTerms(terms, in _keySums[first], in _keys[first]);
                _keySums[first] = Scalar.Zero;
            }
        }
        _multiScalar.Sum(_termScalars.AsSpan(0, terms), _termPoints.AsSpan(0, terms), out JacobianPoint sum);
        return sum.IsInfinity;
    }

    /// <summary>Adds k·P as two terms of 128 bits, and returns how many terms there are.</summary>
    private int AddTerms(int terms, in Scalar k, in AffinePoint point)
    {
        Endomorphism.Split(in k, out _termScalars[terms], out _termScalars[terms + 1]);
        _termPoints[terms] = point;
        AffinePoint.MultiplyLambda(in point, out _termPoints[terms + 1]);
        return terms + 2;
    }

    /// <summary>
    /// Writes the verdict of every lane that has an equation: true where equations were found to hold together; where
    /// they were not, down to short ranges, what <paramref name="single"/> says.
    /// </summary>
    public void Decide<TSingle>(in TSingle single, Span<bool> verdicts)
        where TSingle : ISingleVerification, allows ref struct => Decide(in single, 0, _count, false, verdicts);

    private bool Decide<TSingle>(in TSingle single, int from, int to, bool knownToFail, Span<bool> verdicts)
        where TSingle : ISingleVerification, allows ref struct
    {
        if (!knownToFail && to - from > Math.Min(SinglesMax, single.CountMax) && AllHold(from, to))
        {
            for (int i = from; i < to; i++)
            {
                verdicts[_lanes[i]] = true;
            }
            return true;
        }
        if (to - from <= single.CountMax)
        {
            return VerifySingles(in single, from, to, verdicts);
        }
        // If the left half holds, the right one does not and need not be asked.
        int middle = (from + to) / 2;
        bool left = Decide(in single, from, middle, false, verdicts);
        bool right = Decide(in single, middle, to, left, verdicts);
        return left && right;
    }

    private bool VerifySingles<TSingle>(in TSingle single, int from, int to, Span<bool> verdicts)
        where TSingle : ISingleVerification, allows ref struct
    {
        ReadOnlySpan<int> lanes = _lanes.AsSpan(from, to - from);
        single.Verify(lanes, verdicts);
        bool allValid = true;
        foreach (int lane in lanes)
        {
            allValid &= verdicts[lane];
        }
        return allValid;
    }

    private UInt128 Coefficient(int lane)
    {
        // A hash is four coefficients.
        const int PerHash = SHA512.HashSizeInBytes / 16;
        if (lane / PerHash != _hashed)
        {
            _hashed = lane / PerHash;
            BinaryPrimitives.WriteInt32BigEndian(_seedAndCounter.AsSpan(SHA256.HashSizeInBytes), _hashed);
            SHA512.HashData(_seedAndCounter, _hash);
        }
        return BinaryPrimitives.ReadUInt128BigEndian(_hash.AsSpan(lane % PerHash * 16));
    }
}

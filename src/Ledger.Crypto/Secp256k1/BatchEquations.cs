using System.Buffers.Binary;
using System.Security.Cryptography;
using Ledger.Crypto.Secp256k1.Lanes;

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
/// Equations k·(g·G + p·P) = R, one for each signature of a batch, and the question whether all of a range of them hold,
/// answered by one multi-scalar multiplication: Σ aᵢ·(kᵢ·(gᵢ·G + pᵢ·Pᵢ) − Rᵢ) = 0 for random 128-bit aᵢ (M. Bellare,
/// J. A. Garay, T. Rabin, "Fast batch verification for modular exponentiation and digital signatures", EUROCRYPT 1998).
/// </summary>
/// <remarks>
/// What a "yes" is worth. The aᵢ are bits of SHA-256 in counter mode under a seed that is the hash of the whole batch:
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

    /// <summary>As many signatures or fewer take less time by themselves than their equations do together.</summary>
    public static int SinglesMax => EcdsaLanes.IsSupported ? 48 : 4;

    // Two terms of 128 bits for G, two for every key and one for every R.
    private const int TermsMax = 2 + (3 * CountMax);

    // The arena's places: P and λP and R of every slot, G and λG, and what sums need.
    private const int KeyPlace = 0;
    private const int LambdaKeyPlace = CountMax;
    private const int NoncePlace = 2 * CountMax;
    private const int GeneratorPlace = 3 * CountMax;
    private const int LambdaGeneratorPlace = GeneratorPlace + 1;
    private const int FreePlace = LambdaGeneratorPlace + 1;

    // Places of the hash table of keys: a power of two, and at most half full.
    private const int KeyTableLength = 2 * CountMax;

    // A digest of 32 bytes is two coefficients.
    private const int DigestCount = CountMax / 2;

    [ThreadStatic]
    private static BatchEquations? t_instance;

    /// <summary>For each slot the x of P and of R, normalized, and which of both y each has: set before they are lifted.</summary>
    public readonly FieldElement[] KeyX = new FieldElement[CountMax],
        NonceX = new FieldElement[CountMax];

    /// <inheritdoc cref="KeyX"/>
    public readonly bool[] KeyIsOdd = new bool[CountMax],
        NonceIsOdd = new bool[CountMax];

    /// <summary>Whether there are such points: set when they are lifted.</summary>
    public readonly bool[] KeyFound = new bool[CountMax],
        NonceFound = new bool[CountMax];

    private readonly PointArena _arena = PointArena.Create();
    private readonly MultiScalar _multiScalar;

    // For each equation: its lane in the batch, the slot of its R, the first slot with its key, and its scalars.
    private readonly int[] _lanes = new int[CountMax];
    private readonly int[] _slots = new int[CountMax];
    private readonly int[] _keySlots = new int[CountMax];
    private readonly Scalar[] _ofGenerator = new Scalar[CountMax];
    private readonly Scalar[] _ofKey = new Scalar[CountMax];
    private readonly UInt128[] _ofNonce = new UInt128[CountMax];

    // The hash table of keys holds 1 more than their first slots.
    private readonly int[] _keyTable = new int[KeyTableLength];

    // What one question is made of: the sum of its scalars for each first slot with a key, and its terms.
    private readonly Scalar[] _keySums = new Scalar[CountMax];
    private readonly UInt128[] _termScalars = new UInt128[TermsMax];
    private readonly int[] _termPoints = new int[TermsMax];

    private readonly byte[] _counters = new byte[DigestCount * sizeof(int)];
    private readonly int[] _counterLengths = new int[DigestCount];
    private readonly byte[] _coefficients = new byte[DigestCount * SHA256.HashSizeInBytes];
    private int _count;

    private BatchEquations()
    {
        _multiScalar = new MultiScalar(_arena);
        _arena.Reserve(FreePlace);
        _arena.Write(GeneratorPlace, in AffinePoint.Generator);
        _arena.MultiplyLambda(GeneratorPlace, LambdaGeneratorPlace, 1);
        for (int i = 0; i < DigestCount; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(_counters.AsSpan(i * sizeof(int)), i);
            _counterLengths[i] = sizeof(int);
        }
    }

    /// <summary>This thread's instance.</summary>
    public static BatchEquations OfThisThread => t_instance ??= new BatchEquations();

    /// <summary>Forgets all equations, and draws coefficients for so many lanes from the batch's seed, 32 bytes.</summary>
    public void Start(ReadOnlySpan<byte> seed, int lanes)
    {
        _count = 0;
        _keyTable.AsSpan().Clear();
        int digests = (lanes + 1) / 2;
        Sha256Lanes.HashMany(
            seed,
            _counters.AsSpan(0, digests * sizeof(int)),
            _counterLengths.AsSpan(0, digests),
            _coefficients.AsSpan(0, digests * SHA256.HashSizeInBytes)
        );
    }

    /// <summary>Makes points of the x in the first slots.</summary>
    public void Lift(int slots)
    {
        _arena.Lift(KeyPlace, KeyX.AsSpan(0, slots), KeyIsOdd, KeyFound);
        _arena.Lift(NoncePlace, NonceX.AsSpan(0, slots), NonceIsOdd, NonceFound);
        _arena.MultiplyLambda(KeyPlace, LambdaKeyPlace, slots);
    }

    /// <summary>
    /// Adds scale·(g·G + p·P) = R for a lane of the batch, P and R being those of a slot, both of which were found.
    /// </summary>
    public void Add(int lane, int slot, in Scalar scale, in Scalar g, in Scalar p)
    {
        UInt128 coefficient = BinaryPrimitives.ReadUInt128BigEndian(_coefficients.AsSpan(lane * sizeof(ulong) * 2));
        Scalar a = new Scalar((ulong)coefficient, (ulong)(coefficient >> 64), 0, 0) * scale;
        _lanes[_count] = lane;
        _slots[_count] = slot;
        _keySlots[_count] = FindFirstWithKey(slot);
        _ofGenerator[_count] = a * g;
        _ofKey[_count] = a * p;
        _ofNonce[_count] = coefficient;
        _count++;
    }

    /// <summary>The first slot with the key of this one, which may be itself. Batches often repeat a key.</summary>
    private int FindFirstWithKey(int slot)
    {
        ref readonly FieldElement x = ref KeyX[slot];
        // Whoever chooses keys for the places they fall in makes this a search through a list, short as batches are.
        for (ulong hash = x.N0 * 0x9E3779B97F4A7C15; ; hash += 1UL << 32)
        {
            ref int entry = ref _keyTable[(int)(hash >> 32) & (KeyTableLength - 1)];
            if (entry == 0)
            {
                entry = slot + 1;
                return slot;
            }
            int other = entry - 1;
            if (KeyIsOdd[slot] == KeyIsOdd[other] && FieldElement.HaveSameLimbs(in x, in KeyX[other]))
            {
                return other;
            }
        }
    }

    /// <summary>
    /// r = Σ aᵢ·(kᵢ·(gᵢ·G + pᵢ·Pᵢ) − Rᵢ) over the equations from one to before another: infinity if all of them hold.
    /// </summary>
    private void Sum(int from, int to, out JacobianPoint r)
    {
        int terms = 0;
        Scalar ofGenerator = Scalar.Zero;
        for (int i = from; i < to; i++)
        {
            _keySums[_keySlots[i]] = Scalar.Zero;
        }
        for (int i = from; i < to; i++)
        {
            ofGenerator += _ofGenerator[i];
            _keySums[_keySlots[i]] += _ofKey[i];
            _termScalars[terms] = _ofNonce[i];
            _termPoints[terms++] = PointArena.Reference(NoncePlace + _slots[i], negative: true);
        }
        terms = AddTerms(terms, in ofGenerator, GeneratorPlace, LambdaGeneratorPlace);
        // Each key's sum once: it is taken away where its key first comes up.
        for (int i = from; i < to; i++)
        {
            int slot = _keySlots[i];
            if (!_keySums[slot].IsZero)
            {
                terms = AddTerms(terms, in _keySums[slot], KeyPlace + slot, LambdaKeyPlace + slot);
                _keySums[slot] = Scalar.Zero;
            }
        }
        _multiScalar.Sum(_termScalars.AsSpan(0, terms), _termPoints.AsSpan(0, terms), FreePlace, out r);
    }

    /// <summary>Adds k·P as two terms of 128 bits, of P and of λP, and returns how many terms there are.</summary>
    private int AddTerms(int terms, in Scalar k, int place, int lambdaPlace)
    {
        Endomorphism.Split(in k, out HalfScalar k1, out HalfScalar k2);
        _termScalars[terms] = k1.Magnitude;
        _termPoints[terms] = PointArena.Reference(place, k1.IsNegative);
        _termScalars[terms + 1] = k2.Magnitude;
        _termPoints[terms + 1] = PointArena.Reference(lambdaPlace, k2.IsNegative);
        return terms + 2;
    }

    /// <summary>
    /// Writes the verdict of every lane that has an equation: true where equations were found to hold together; where
    /// they were not, down to short ranges, what <paramref name="single"/> says.
    /// </summary>
    public void Decide<TSingle>(in TSingle single, Span<bool> verdicts)
        where TSingle : ISingleVerification, allows ref struct
    {
        if (_count <= Math.Min(SinglesMax, single.CountMax))
        {
            single.Verify(_lanes.AsSpan(0, _count), verdicts);
            return;
        }
        Sum(0, _count, out JacobianPoint sum);
        Decide(in single, 0, _count, in sum, verdicts);
    }

    /// <summary>The same for a range of equations whose sum is known. That of its right half is what the left one's lacks.</summary>
    private void Decide<TSingle>(in TSingle single, int from, int to, in JacobianPoint sum, Span<bool> verdicts)
        where TSingle : ISingleVerification, allows ref struct
    {
        if (sum.IsInfinity)
        {
            foreach (int lane in _lanes.AsSpan(from, to - from))
            {
                verdicts[lane] = true;
            }
            return;
        }
        if (to - from <= single.CountMax)
        {
            single.Verify(_lanes.AsSpan(from, to - from), verdicts);
            return;
        }
        int middle = (from + to) / 2;
        Sum(from, middle, out JacobianPoint left);
        JacobianPoint.Negate(in left, out JacobianPoint right);
        JacobianPoint.Add(in sum, in right, out right);
        Decide(in single, from, middle, in left, verdicts);
        Decide(in single, middle, to, in right, verdicts);
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ledger.Crypto.Secp256k1;

/// <summary>How signatures of a batch are verified by themselves.</summary>
internal interface ISingleVerification
{
    /// <summary>
    /// Sets the verdicts of some lanes of the batch, no more than <see cref="BatchEquations.SinglesMax"/>.
    /// <paramref name="verdicts"/> has one for every lane.
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

    /// <summary>As many or fewer equations are not combined.</summary>
    public const int SinglesMax = 32;

    // Each equation has three terms of 128 bits: two for the halves of p, one for a. G has two for all equations.
    private const int TermsPerEquation = 3;

    [ThreadStatic]
    private static BatchEquations? t_instance;

    private readonly MultiScalar _multiScalar = new();
    private readonly Scalar[] _ofGenerator = new Scalar[CountMax];
    private readonly HalfScalar[] _scalars = new HalfScalar[(TermsPerEquation * CountMax) + 2];
    private readonly AffinePoint[] _points = new AffinePoint[(TermsPerEquation * CountMax) + 2];
    private readonly int[] _lanes = new int[CountMax];
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
        seed.CopyTo(_seedAndCounter);
    }

    /// <summary>Adds g·G + p·P = R for a lane of the batch. P and R are not infinity.</summary>
    public void Add(int lane, in Scalar g, in Scalar p, in AffinePoint pointP, in AffinePoint pointR)
    {
        UInt128 coefficient = Coefficient(lane);
        Scalar a = new((ulong)coefficient, (ulong)(coefficient >> 64), 0, 0);
        _lanes[_count] = lane;
        _ofGenerator[_count] = a * g;
        int term = 2 + (TermsPerEquation * _count);
        Endomorphism.Split(a * p, out _scalars[term], out _scalars[term + 1]);
        _points[term] = pointP;
        AffinePoint.MultiplyLambda(in pointP, out _points[term + 1]);
        _scalars[term + 2] = new HalfScalar(coefficient, isNegative: true);
        _points[term + 2] = pointR;
        _count++;
    }

    /// <summary>Whether all equations from one to before another hold.</summary>
    private bool AllHold(int from, int to)
    {
        Scalar ofGenerator = Scalar.Zero;
        for (int i = from; i < to; i++)
        {
            ofGenerator += _ofGenerator[i];
        }
        // The two terms of G go right before the range's, where the term of another equation may have to make room.
        int start = TermsPerEquation * from;
        (HalfScalar scalar0, HalfScalar scalar1) = (_scalars[start], _scalars[start + 1]);
        (AffinePoint point0, AffinePoint point1) = (_points[start], _points[start + 1]);
        Endomorphism.Split(in ofGenerator, out _scalars[start], out _scalars[start + 1]);
        _points[start] = AffinePoint.Generator;
        AffinePoint.MultiplyLambda(in AffinePoint.Generator, out _points[start + 1]);

        int terms = 2 + (TermsPerEquation * (to - from));
        _multiScalar.Sum(_scalars.AsSpan(start, terms), _points.AsSpan(start, terms), out JacobianPoint sum);

        (_scalars[start], _scalars[start + 1]) = (scalar0, scalar1);
        (_points[start], _points[start + 1]) = (point0, point1);
        return sum.IsInfinity;
    }

    /// <summary>
    /// Writes the verdict of every lane that has an equation: true where equations were found to hold together; where
    /// they were not, down to ranges of <see cref="SinglesMax"/>, what <paramref name="single"/> says.
    /// </summary>
    public void Decide<TSingle>(in TSingle single, Span<bool> verdicts)
        where TSingle : ISingleVerification, allows ref struct => Decide(in single, 0, _count, false, verdicts);

    private bool Decide<TSingle>(in TSingle single, int from, int to, bool knownToFail, Span<bool> verdicts)
        where TSingle : ISingleVerification, allows ref struct
    {
        if (to - from <= SinglesMax)
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
        if (!knownToFail && AllHold(from, to))
        {
            for (int i = from; i < to; i++)
            {
                verdicts[_lanes[i]] = true;
            }
            return true;
        }
        // If the left half holds, the right one does not and need not be asked.
        int middle = (from + to) / 2;
        bool left = Decide(in single, from, middle, false, verdicts);
        bool right = Decide(in single, middle, to, left, verdicts);
        return left && right;
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

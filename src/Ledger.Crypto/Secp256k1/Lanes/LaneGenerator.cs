using System.Runtime.InteropServices;

namespace Ledger.Crypto.Secp256k1.Lanes;

/// <summary>
/// What all lanes share: the multiples of the base point that digits of <see cref="Width"/> bits refer to, made once.
/// </summary>
internal static unsafe class LaneGenerator
{
    /// <summary>Bits of a digit.</summary>
    public const int Width = 6;

    /// <summary>Doubles of a table's point: y, x, βx and β²x, and four unused: eight from the start of any stay within the point.</summary>
    public const int PointLength = 24;

    /// <summary>The digits that refer to the table.</summary>
    public static readonly EisensteinDigits Digits;

    /// <summary>The multiples; the first, for the digit zero, is not used but must be some point.</summary>
    public static readonly double* Table;

    /// <summary>
    /// Every lane's sum starts here and not at infinity, which the formulas for addition cannot take: at t·G for a t
    /// without any special form. The doublings make it 2^126·t·G, and <see cref="MinusOffset"/> takes that off again.
    /// </summary>
    public static readonly double* StartLimbs;

    /// <summary>β's limbs.</summary>
    public static readonly double* Beta;

    /// <summary>−2^126·t, to be added to the multiplier of the base point.</summary>
    public static readonly Scalar MinusOffset;

    static LaneGenerator()
    {
        (int A, int B)[] numbers = LeastNumbers(Width);
        Digits = new EisensteinDigits(Width, numbers);

        Scalar t = Scalar.ReadReduced("a scalar with no special form at"u8);
        AffinePoint start = Multiple(in t);
        FieldElement.Normalize(ref start.X);
        FieldElement.Normalize(ref start.Y);
        StartLimbs = Allocate(2 * LaneLimbs.Count);
        LaneLimbs.Write(StartLimbs, 1, in start.X);
        LaneLimbs.Write(StartLimbs + LaneLimbs.Count, 1, in start.Y);
        Beta = Allocate(LaneLimbs.Count);
        LaneLimbs.Write(Beta, 1, in Endomorphism.Beta);
        Scalar offset = t;
        for (int i = 0; i < EisensteinDigits.TopBit; i++)
        {
            offset += offset;
        }
        MinusOffset = -offset;

        AffinePoint[] points = Multiples(numbers);
        Table = Allocate((points.Length + 1) * PointLength);
        for (int i = 0; i < points.Length; i++)
        {
            WritePoint(Table + (i + 1) * PointLength, in points[i]);
        }
        WritePoint(Table, in points[0]);
    }

    /// <summary>Memory that is never given back.</summary>
    private static double* Allocate(int count) =>
        (double*)NativeMemory.AlignedAlloc((nuint)(count * sizeof(double)), 64);

    /// <summary>Of each class of digits under the units, except zero's, one of least norm.</summary>
    private static (int A, int B)[] LeastNumbers(int width)
    {
        int radix = 1 << width;
        bool[,] seen = new bool[radix, radix];
        seen[0, 0] = true;

        // All numbers by norm; those longer than radix are congruent to shorter ones.
        List<(int Norm, int A, int B)> byNorm = [];
        for (int a = -radix; a <= radix; a++)
        {
            for (int b = -radix; b <= radix; b++)
            {
                byNorm.Add((a * a - a * b + b * b, a, b));
            }
        }
        byNorm.Sort();
        List<(int A, int B)> least = [];
        foreach ((_, int first, int second) in byNorm)
        {
            (int a, int b) = (first, second);
            if (seen[a & (radix - 1), b & (radix - 1)])
            {
                continue;
            }
            least.Add((a, b));
            for (int rotation = 0; rotation < 3; rotation++)
            {
                seen[a & (radix - 1), b & (radix - 1)] = true;
                seen[-a & (radix - 1), -b & (radix - 1)] = true;
                (a, b) = (-b, a - b);
            }
        }
        return [.. least];
    }

    /// <summary>(a + bλ)·G for each.</summary>
    private static AffinePoint[] Multiples((int A, int B)[] numbers)
    {
        JacobianPoint[] small = new JacobianPoint[1 << Width];
        small[0] = new JacobianPoint(in AffinePoint.Generator);
        for (int i = 1; i < small.Length; i++)
        {
            JacobianPoint.Add(in small[i - 1], in AffinePoint.Generator, out small[i]);
        }
        AffinePoint[] multiples = ToAffine(small);
        JacobianPoint[] sums = new JacobianPoint[numbers.Length];
        for (int i = 0; i < sums.Length; i++)
        {
            AffinePoint a = Signed(multiples, numbers[i].A);
            AffinePoint b = Signed(multiples, numbers[i].B);
            AffinePoint.MultiplyLambda(in b, out b);
            sums[i] = JacobianPoint.Infinity;
            JacobianPoint.Add(in sums[i], in a, out sums[i]);
            JacobianPoint.Add(in sums[i], in b, out sums[i]);
        }
        return ToAffine(sums);
    }

    /// <summary>k·G, given G, 2G, 3G …</summary>
    private static AffinePoint Signed(AffinePoint[] multiples, int k)
    {
        if (k == 0)
        {
            return AffinePoint.Infinity;
        }
        AffinePoint r = multiples[Math.Abs(k) - 1];
        if (k < 0)
        {
            AffinePoint.Negate(in r, out r);
        }
        return r;
    }

    private static AffinePoint[] ToAffine(JacobianPoint[] points)
    {
        AffinePoint[] r = new AffinePoint[points.Length];
        JacobianPoint.ToAffine(points, r, new FieldElement[points.Length], new FieldElement[points.Length]);
        return r;
    }

    private static AffinePoint Multiple(in Scalar k)
    {
        Multiplication.MultiplyWithGenerator(in k, Scalar.Zero, in AffinePoint.Generator, out JacobianPoint sum);
        return sum.ToAffine();
    }

    private static void WritePoint(double* r, in AffinePoint point)
    {
        AffinePoint p = point;
        FieldElement.Normalize(ref p.Y);
        LaneLimbs.Write(r, 1, in p.Y);
        for (int rotation = 0; rotation < 3; rotation++)
        {
            FieldElement x = p.X;
            FieldElement.Normalize(ref x);
            LaneLimbs.Write(r + (1 + rotation) * LaneLimbs.Count, 1, in x);
            AffinePoint.MultiplyLambda(in p, out p);
        }
    }
}

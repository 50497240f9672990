using System.Runtime.CompilerServices;

namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// Multiplication of the base point and one other: a·G + b·P in one chain of 128 doublings (Strauss's method, also
/// called Shamir's trick: "Guide to Elliptic Curve Cryptography", §3.3.3), with both scalars split by the
/// endomorphism and recoded in windowed non-adjacent form.
/// </summary>
internal static class Multiplication
{
    /// <summary>The width for points that are seen once: a table of 8 odd multiples.</summary>
    public const int PointWidth = 5;

    private const int PointTableLength = 1 << (PointWidth - 2);

    /// <summary>r = a·G + b·P, where P is not infinity.</summary>
    public static void MultiplyWithGenerator(in Scalar a, in Scalar b, in AffinePoint p, out JacobianPoint r)
    {
        Endomorphism.Split(in a, out HalfScalar a1, out HalfScalar a2);
        Endomorphism.Split(in b, out HalfScalar b1, out HalfScalar b2);
        GeneratorTable table = GeneratorTable.Instance;
        Multiply(in a1, in a2, table.Odd, table.OddLambda, table.Width, in b1, in b2, in p, out r);
    }

    /// <summary>
    /// r = (a1 + a2·λ)·G + (b1 + b2·λ)·P, where the odd multiples of G and λG that a width's digits refer to are given.
    /// P is not infinity, nor are its odd multiples up to 15P.
    /// </summary>
    [SkipLocalsInit]
    internal static void Multiply(
        in HalfScalar a1,
        in HalfScalar a2,
        ReadOnlySpan<AffinePoint> generatorOdd,
        ReadOnlySpan<AffinePoint> generatorOddLambda,
        int generatorWidth,
        in HalfScalar b1,
        in HalfScalar b2,
        in AffinePoint p,
        out JacobianPoint r
    )
    {
        Span<AffinePoint> odd = stackalloc AffinePoint[PointTableLength];
        Span<AffinePoint> oddLambda = stackalloc AffinePoint[PointTableLength];
        OddMultiples(in p, odd);
        for (int i = 0; i < PointTableLength; i++)
        {
            AffinePoint.MultiplyLambda(in odd[i], out oddLambda[i]);
        }

        Span<short> digits = stackalloc short[4 * WindowedNaf.LengthMax];
        Span<short> digitsA1 = digits[..WindowedNaf.LengthMax];
        Span<short> digitsA2 = digits.Slice(WindowedNaf.LengthMax, WindowedNaf.LengthMax);
        Span<short> digitsB1 = digits.Slice(2 * WindowedNaf.LengthMax, WindowedNaf.LengthMax);
        Span<short> digitsB2 = digits[(3 * WindowedNaf.LengthMax)..];
        int length = WindowedNaf.Recode(in a1, generatorWidth, digitsA1);
        length = Math.Max(length, WindowedNaf.Recode(in a2, generatorWidth, digitsA2));
        length = Math.Max(length, WindowedNaf.Recode(in b1, PointWidth, digitsB1));
        length = Math.Max(length, WindowedNaf.Recode(in b2, PointWidth, digitsB2));

        r = JacobianPoint.Infinity;
        for (int i = length - 1; i >= 0; i--)
        {
            JacobianPoint.Double(in r, out r);
            AddDigit(ref r, digitsA1[i], generatorOdd);
            AddDigit(ref r, digitsA2[i], generatorOddLambda);
            AddDigit(ref r, digitsB1[i], odd);
            AddDigit(ref r, digitsB2[i], oddLambda);
        }
    }

    /// <summary>r += digit·P, with the odd multiples of P.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void AddDigit(ref JacobianPoint r, int digit, ReadOnlySpan<AffinePoint> odd)
    {
        if (digit > 0)
        {
            JacobianPoint.Add(in r, in odd[digit >> 1], out r);
        }
        else if (digit < 0)
        {
            AffinePoint.Negate(in odd[-digit >> 1], out AffinePoint negated);
            JacobianPoint.Add(in r, in negated, out r);
        }
    }

    /// <summary>P, 3P, 5P … in affine coordinates, none of them infinity; as many as the span is long, 64 at most.</summary>
    [SkipLocalsInit]
    internal static void OddMultiples(in AffinePoint p, Span<AffinePoint> r)
    {
        int count = r.Length;
        Span<JacobianPoint> points = stackalloc JacobianPoint[count];
        Span<FieldElement> inverses = stackalloc FieldElement[count];
        Span<FieldElement> scratch = stackalloc FieldElement[count];
        points[0] = new JacobianPoint(in p);
        JacobianPoint.Double(in points[0], out JacobianPoint twice);
        for (int i = 1; i < count; i++)
        {
            JacobianPoint.Add(in points[i - 1], in twice, out points[i]);
        }
        JacobianPoint.ToAffine(points, r, inverses, scratch);
    }
}

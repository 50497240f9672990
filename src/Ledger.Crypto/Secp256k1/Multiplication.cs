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
        OddMultiples(in p, odd, out FieldElement z);
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

        // The sum is on the curve of P's multiples; multiples of G are brought there as they are added.
        r = JacobianPoint.Infinity;
        for (int i = length - 1; i >= 0; i--)
        {
            JacobianPoint.Double(in r, out r);
            AddGeneratorDigit(ref r, digitsA1[i], generatorOdd, in z);
            AddGeneratorDigit(ref r, digitsA2[i], generatorOddLambda, in z);
            AddDigit(ref r, digitsB1[i], odd);
            AddDigit(ref r, digitsB2[i], oddLambda);
        }
        FieldElement.Multiply(in r.Z, in z, out r.Z);
    }

    /// <summary>r += digit·P, with the odd multiples of P.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddDigit(ref JacobianPoint r, int digit, ReadOnlySpan<AffinePoint> odd)
    {
        if (digit > 0)
        {
            JacobianPoint.Add(in r, in odd[digit >> 1], out r);
        }
        else if (digit < 0)
        {
            JacobianPoint.Subtract(in r, in odd[-digit >> 1], out r);
        }
    }

    /// <summary>The same with multiples that are on G's curve, where r's is the one that z leads to.</summary>
    private static void AddGeneratorDigit(
        ref JacobianPoint r,
        int digit,
        ReadOnlySpan<AffinePoint> odd,
        in FieldElement z
    )
    {
        if (digit != 0)
        {
            JacobianPoint.AddFrom(in r, in odd[Math.Abs(digit) >> 1], digit < 0, in z, out r);
        }
    }

    /// <summary>
    /// P, 3P, 5P … in affine coordinates, but of the curve y² = x³ + b·z⁶, which is isomorphic to P's own by
    /// (x, y) ↦ (x·z², y·z³): z is chosen such that this takes no inversion. None of them is infinity. As many as the
    /// span is long, from 2 to 64.
    /// </summary>
    /// <remarks>
    /// Each multiple is the last one plus 2P, and both have one Z: an addition then is 4M + 2S, and brings 2P to the Z of
    /// the sum, that Z times the difference of the x (N. Meloni, "New point addition formulae for ECC applications",
    /// WAIFI 2007). At the end all are brought to the Z of the last. An addition would meet an equal or opposite point
    /// only if P or an odd multiple up to the last were infinity.
    /// </remarks>
    [SkipLocalsInit]
    internal static void OddMultiples(in AffinePoint p, Span<AffinePoint> r, out FieldElement z)
    {
        int last = r.Length - 1;
        Span<FieldElement> ratios = stackalloc FieldElement[r.Length];
        JacobianPoint.Double(new JacobianPoint(in p), out JacobianPoint twice);
        AffinePoint.Scale(in p.X, in p.Y, in twice.Z, out r[0]);
        FieldElement twiceX = twice.X;
        FieldElement twiceY = twice.Y; // both of magnitude 3, then 1
        for (int i = 1; i <= last; i++)
        {
            // As in JacobianPoint.Add, with (u1, s1) = 2P. Multiples have x of magnitude 5 and y of 3 until they are scaled.
            ref FieldElement h = ref ratios[i];
            FieldElement.Subtract(in r[i - 1].X, in twiceX, i == 1 ? 3 : 1, out h); // magnitude 7
            FieldElement.Subtract(in r[i - 1].Y, in twiceY, i == 1 ? 3 : 1, out FieldElement rise); // magnitude 5
            FieldElement.Square(in h, out FieldElement power);
            FieldElement.Multiply(in twiceX, in power, out twiceX);
            FieldElement.Multiply(in power, in h, out power);
            FieldElement.Multiply(in twiceY, in power, out twiceY);

            Unsafe.SkipInit(out r[i]);
            r[i].IsInfinity = false;
            FieldElement.Add(in power, in twiceX, out power);
            FieldElement.Add(in power, in twiceX, out power); // magnitude 3
            FieldElement.Square(in rise, out r[i].X);
            FieldElement.Subtract(in r[i].X, in power, 3, out r[i].X); // magnitude 5
            FieldElement.Subtract(in twiceX, in r[i].X, 5, out power); // magnitude 7
            FieldElement.Multiply(in power, in rise, out r[i].Y);
            FieldElement.Subtract(in r[i].Y, in twiceY, 1, out r[i].Y); // magnitude 3
        }
        FieldElement.NormalizeWeak(ref r[last].X);
        FieldElement.NormalizeWeak(ref r[last].Y);

        FieldElement scale = ratios[last];
        for (int i = last - 1; i >= 0; i--)
        {
            AffinePoint.Scale(in r[i].X, in r[i].Y, in scale, out r[i]);
            FieldElement.Multiply(in scale, i == 0 ? ref twice.Z : ref ratios[i], out scale);
        }
        z = scale;
    }
}

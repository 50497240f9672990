using System.Runtime.CompilerServices;

namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// Many independent additions of affine points with one field inversion: an affine addition is 2M + 1S and an inversion,
/// which Montgomery's trick turns into 3M, so 5M + 1S against the 8M + 3S of a Jacobian one.
/// </summary>
internal static class AffineSums
{
    /// <summary>
    /// points[targets[i]] += points[addends[i]] for all i. The targets are distinct. An addend may be a target that is
    /// earlier in the list, and is then taken as it was before. <paramref name="denominators"/> and
    /// <paramref name="products"/> are scratch, as long as the lists.
    /// </summary>
    [SkipLocalsInit]
    public static void AddAll(
        Span<AffinePoint> points,
        ReadOnlySpan<int> targets,
        ReadOnlySpan<int> addends,
        Span<FieldElement> denominators,
        Span<FieldElement> products
    )
    {
        int count = targets.Length;
        if (count == 0)
        {
            return;
        }
        // products[i] = the product of the denominators before i.
        FieldElement product = FieldElement.One;
        for (int i = 0; i < count; i++)
        {
            Denominator(in points[targets[i]], in points[addends[i]], out denominators[i]);
            products[i] = product;
            FieldElement.Multiply(in product, in denominators[i], out product);
        }
        FieldElement.Invert(in product, out FieldElement inverse);
        for (int i = count - 1; i >= 0; i--)
        {
            FieldElement.Multiply(in inverse, in products[i], out FieldElement one);
            FieldElement.Multiply(in inverse, in denominators[i], out inverse);
            AddOne(ref points[targets[i]], in points[addends[i]], in one);
        }
    }

    /// <summary>
    /// What the slope of the line through a and b is divided by, never zero: x2 − x1; for equal points, the tangent's
    /// 2y; and 1 where no slope is needed.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Denominator(in AffinePoint a, in AffinePoint b, out FieldElement r)
    {
        FieldElement.Subtract(in b.X, in a.X, 1, out r); // magnitude 3
        if (a.IsInfinity | b.IsInfinity || r.IsZero())
        {
            ExceptionalDenominator(in a, in b, out r);
        }
    }

    private static void ExceptionalDenominator(in AffinePoint a, in AffinePoint b, out FieldElement r)
    {
        if (a.IsInfinity || b.IsInfinity || !FieldElement.AreEqual(in a.Y, in b.Y))
        {
            r = FieldElement.One;
        }
        else
        {
            FieldElement.Add(in a.Y, in a.Y, out r);
        }
    }

    /// <summary>a += b, given the inverse of their denominator.</summary>
    [SkipLocalsInit]
    private static void AddOne(ref AffinePoint a, in AffinePoint b, in FieldElement inverse)
    {
        if (b.IsInfinity)
        {
            return;
        }
        if (a.IsInfinity)
        {
            a = b;
            return;
        }
        FieldElement.Subtract(in b.X, in a.X, 1, out FieldElement run);
        FieldElement.Subtract(in b.Y, in a.Y, 1, out FieldElement rise);
        if (run.IsZero())
        {
            if (!rise.IsZero())
            {
                a = AffinePoint.Infinity;
                return;
            }
            // The tangent: 3x²/2y.
            FieldElement.Square(in a.X, out rise);
            FieldElement.MultiplySmall(in rise, 3, out rise);
        }
        // x' = slope² − x1 − x2, y' = slope·(x1 − x') − y1.
        FieldElement.Multiply(in rise, in inverse, out FieldElement slope);
        FieldElement.Square(in slope, out FieldElement x);
        FieldElement.Subtract(in x, in a.X, 1, out x);
        FieldElement.Subtract(in x, in b.X, 1, out x);
        FieldElement.NormalizeWeak(ref x);
        FieldElement.Subtract(in a.X, in x, 1, out FieldElement y);
        FieldElement.Multiply(in y, in slope, out y);
        FieldElement.Subtract(in y, in a.Y, 1, out a.Y);
        FieldElement.NormalizeWeak(ref a.Y);
        a.X = x;
    }
}

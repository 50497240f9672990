using System.Runtime.CompilerServices;

namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// The addition of affine points in two steps, between which its one division is done: 2M + 1S and an inversion, for
/// any two points.
/// </summary>
internal static class AffineAddition
{
    /// <summary>
    /// What the slope of the line through a and b is divided by, never zero: x2 − x1; for equal points, the tangent's
    /// 2y; and 1 where there is no slope.
    /// </summary>
    public static void Denominator(in AffinePoint a, in AffinePoint b, out FieldElement r)
    {
        FieldElement.Subtract(in b.X, in a.X, 1, out r); // magnitude 3
        if (a.IsInfinity || b.IsInfinity)
        {
            r = FieldElement.One;
        }
        else if (r.IsZero())
        {
            r = FieldElement.One;
            if (FieldElement.AreEqual(in a.Y, in b.Y))
            {
                FieldElement.Add(in a.Y, in a.Y, out r);
            }
        }
    }

    /// <summary>r = a + b, given the inverse of their denominator. r may be a or b.</summary>
    [SkipLocalsInit]
    public static void Add(in AffinePoint a, in AffinePoint b, in FieldElement inverse, out AffinePoint r)
    {
        if (a.IsInfinity || b.IsInfinity)
        {
            r = a.IsInfinity ? b : a;
            return;
        }
        FieldElement.Subtract(in b.X, in a.X, 1, out FieldElement run);
        FieldElement.Subtract(in b.Y, in a.Y, 1, out FieldElement rise);
        if (run.IsZero())
        {
            if (!rise.IsZero())
            {
                r = AffinePoint.Infinity;
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
        FieldElement.Subtract(in y, in a.Y, 1, out y);
        FieldElement.NormalizeWeak(ref y);
        r = new AffinePoint(in x, in y);
    }
}

using System.Runtime.CompilerServices;

namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// The addition of any two affine points, in parts, so that the divisions of many additions can be done together: the
/// slope of the line through both is rise/run, and the sum then costs 1M + 1S.
/// </summary>
internal static class AffineAddition
{
    /// <summary>
    /// The slope: (y2 − y1)/(x2 − x1), or for equal points the tangent's 3x²/2y, with a run that is not zero. False,
    /// with a run of 1, if the sum has no slope because one of the points or the sum is infinity.
    /// </summary>
    [SkipLocalsInit]
    public static bool TrySlope(in AffinePoint a, in AffinePoint b, out FieldElement rise, out FieldElement run)
    {
        FieldElement.Subtract(in b.Y, in a.Y, 1, out rise); // magnitude 3
        FieldElement.Subtract(in b.X, in a.X, 1, out run); // magnitude 3
        if (a.IsInfinity || b.IsInfinity)
        {
            run = FieldElement.One;
            return false;
        }
        if (run.IsZero())
        {
            if (!rise.IsZero())
            {
                run = FieldElement.One;
                return false;
            }
            FieldElement.Square(in a.X, out rise);
            FieldElement.MultiplySmall(in rise, 3, out rise);
            FieldElement.Add(in a.Y, in a.Y, out run);
        }
        return true;
    }

    /// <summary>r = a + b, given the slope: x' = slope² − x1 − x2, y' = slope·(x1 − x') − y1. r may be a or b.</summary>
    [SkipLocalsInit]
    public static void Add(in AffinePoint a, in AffinePoint b, in FieldElement slope, out AffinePoint r)
    {
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

    /// <summary>a + b where there is no slope.</summary>
    public static AffinePoint AddWithoutSlope(in AffinePoint a, in AffinePoint b)
    {
        if (a.IsInfinity)
        {
            return b;
        }
        return b.IsInfinity ? a : AffinePoint.Infinity;
    }
}

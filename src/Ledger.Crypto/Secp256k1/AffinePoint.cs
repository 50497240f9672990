using System.Runtime.CompilerServices;

namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// A point in affine coordinates: the identity ("infinity"), or (X, Y) with both of magnitude 1.
/// </summary>
/// <remarks>
/// The formulas for points use neither the curve's constant 7 nor its order, so they hold on every curve
/// y² = x³ + b over this field; only <see cref="IsOnCurve"/> and <see cref="TryDecompress"/> know b.
/// </remarks>
internal struct AffinePoint
{
    public FieldElement X;
    public FieldElement Y;
    public bool IsInfinity;

    /// <summary>The constant b of y² = x³ + b.</summary>
    public const ulong CurveB = 7;

    /// <summary>The base point G (SEC 2, §2.4.1).</summary>
    public static readonly AffinePoint Generator = new(
        FieldElement.FromWords(0x59F2815B16F81798, 0x029BFCDB2DCE28D9, 0x55A06295CE870B07, 0x79BE667EF9DCBBAC),
        FieldElement.FromWords(0x9C47D08FFB10D4B8, 0xFD17B448A6855419, 0x5DA4FBFC0E1108A8, 0x483ADA7726A3C465)
    );

    public static readonly AffinePoint Infinity = new() { IsInfinity = true };

    public AffinePoint(in FieldElement x, in FieldElement y)
    {
        X = x;
        Y = y;
        IsInfinity = false;
    }

    /// <summary>Whether the point, not infinity, satisfies y² = x³ + 7.</summary>
    [SkipLocalsInit]
    public readonly bool IsOnCurve()
    {
        FieldElement.Square(in Y, out FieldElement left);
        CurveEquation(in X, out FieldElement right);
        return FieldElement.AreEqual(in right, in left);
    }

    /// <summary>
    /// The point with a given x (magnitude 1) and with a y, normalized, that is odd or even; false if x³ + 7 has no root.
    /// </summary>
    [SkipLocalsInit]
    public static bool TryDecompress(in FieldElement x, bool isOdd, out AffinePoint r)
    {
        CurveEquation(in x, out FieldElement square);
        Unsafe.SkipInit(out r);
        r.X = x;
        r.IsInfinity = false;
        if (!FieldElement.TrySquareRoot(in square, out r.Y))
        {
            return false;
        }
        // A root is never zero: −7 is not a cube in this field, as the group's order is odd.
        FieldElement.Normalize(ref r.Y);
        if (r.Y.IsOdd != isOdd)
        {
            FieldElement.Negate(in r.Y, 1, out r.Y);
            FieldElement.Normalize(ref r.Y);
        }
        return true;
    }

    /// <summary>x³ + 7, of magnitude 2.</summary>
    private static void CurveEquation(in FieldElement x, out FieldElement r)
    {
        FieldElement.Square(in x, out r);
        FieldElement.Multiply(in r, in x, out r);
        FieldElement.Add(in r, new FieldElement(CurveB), out r);
    }

    /// <summary>r = −a; Y of magnitude 1.</summary>
    public static void Negate(in AffinePoint a, out AffinePoint r)
    {
        r = a;
        FieldElement.Negate(in a.Y, 1, out r.Y);
        FieldElement.NormalizeWeak(ref r.Y);
    }

    /// <summary>r = λ·a = (βX, Y).</summary>
    public static void MultiplyLambda(in AffinePoint a, out AffinePoint r)
    {
        r = a;
        FieldElement.Multiply(in a.X, in Endomorphism.Beta, out r.X);
    }

    /// <summary>
    /// r = (x·scale², y·scale³): the isomorphism from a curve y² = x³ + b to y² = x³ + b·scale⁶, and what affine
    /// coordinates are to Jacobian ones with scale = 1/Z. x and y may be r's.
    /// </summary>
    [SkipLocalsInit]
    public static void Scale(in FieldElement x, in FieldElement y, in FieldElement scale, out AffinePoint r)
    {
        Unsafe.SkipInit(out r);
        r.IsInfinity = false;
        FieldElement.Square(in scale, out FieldElement power);
        FieldElement.Multiply(in x, in power, out r.X);
        FieldElement.Multiply(in power, in scale, out power);
        FieldElement.Multiply(in y, in power, out r.Y);
    }
}

using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// A point in Jacobian coordinates: the identity ("infinity"), or the point (X/Z², Y/Z³) with X of magnitude 4 at most,
/// Y of 3, Z of 1 and not zero.
/// </summary>
/// <remarks>
/// Formulas are named as in the Explicit-Formulas Database (EFD, shortw, Jacobian, a = 0). Every operation is total: it
/// takes equal, opposite and infinite points. r may be one of the operands. Doubling asks that no point is of order
/// two, which holds in any group of odd order.
/// </remarks>
internal struct JacobianPoint
{
    public FieldElement X;
    public FieldElement Y;
    public FieldElement Z;
    public bool IsInfinity;

    private const int XMagnitude = 4;
    private const int YMagnitude = 3;

    public static readonly JacobianPoint Infinity = new() { IsInfinity = true };

    /// <summary>The same point with Z = 1.</summary>
    public JacobianPoint(in AffinePoint a)
    {
        X = a.X;
        Y = a.Y;
        Z = FieldElement.One;
        IsInfinity = a.IsInfinity;
    }

    /// <summary>Checks the magnitudes that the summary promises.</summary>
    [Conditional("DEBUG")]
    private static void RequireInvariants(in JacobianPoint a)
    {
        FieldElement.RequireMagnitude(in a.X, XMagnitude);
        FieldElement.RequireMagnitude(in a.Y, YMagnitude);
        FieldElement.RequireMagnitude(in a.Z, 1);
    }

    /// <summary>r = 2a. 3M + 4S: the tangent's slope is L/(YZ) with L = 3X²/2, and Z' = YZ.</summary>
    /// <remarks>S = Y², T = −XS, X' = L² + 2T, Y' = −(L(X' + T) + S²), Z' = YZ (EFD "dbl-2009-l", with Z' halved).</remarks>
    [SkipLocalsInit]
    public static void Double(in JacobianPoint a, out JacobianPoint r)
    {
        RequireInvariants(in a);
        if (a.IsInfinity)
        {
            r = a;
            return;
        }
        Unsafe.SkipInit(out r);
        r.IsInfinity = false;
        FieldElement.Multiply(in a.Y, in a.Z, out r.Z);
        FieldElement.Square(in a.Y, out FieldElement s);
        FieldElement.Square(in a.X, out FieldElement l);
        FieldElement.MultiplySmall(in l, 3, out l);
        FieldElement.Half(in l, out l); // magnitude 3
        FieldElement.Negate(in s, 1, out FieldElement t);
        FieldElement.Multiply(in t, in a.X, out t);
        FieldElement.Square(in l, out r.X);
        FieldElement.Add(in r.X, in t, out r.X);
        FieldElement.Add(in r.X, in t, out r.X); // magnitude 3
        FieldElement.Square(in s, out s);
        FieldElement.Add(in t, in r.X, out t); // magnitude 4
        FieldElement.Multiply(in t, in l, out t);
        FieldElement.Add(in t, in s, out t);
        FieldElement.Negate(in t, 2, out r.Y); // magnitude 3
    }

    /// <summary>r = a + b. 8M + 3S (EFD "madd": CMO 1998 with Z2 = 1).</summary>
    public static void Add(in JacobianPoint a, in AffinePoint b, out JacobianPoint r)
    {
        if (b.IsInfinity)
        {
            r = a;
            return;
        }
        AddAffine(in a, in a.Z, in b.X, in b.Y, out r);
    }

    /// <summary>r = a − b.</summary>
    [SkipLocalsInit]
    public static void Subtract(in JacobianPoint a, in AffinePoint b, out JacobianPoint r)
    {
        if (b.IsInfinity)
        {
            r = a;
            return;
        }
        FieldElement.Negate(in b.Y, 1, out FieldElement y);
        AddAffine(in a, in a.Z, in b.X, in y, out r);
    }

    /// <summary>
    /// r = a ± b, where a and r are on the curve that (x, y) ↦ (x·scale², y·scale³) leads to from the curve of b.
    /// 9M + 3S: on b's curve a has the Z that it has on its own times scale.
    /// </summary>
    [SkipLocalsInit]
    public static void AddFrom(
        in JacobianPoint a,
        in AffinePoint b,
        bool negative,
        in FieldElement scale,
        out JacobianPoint r
    )
    {
        if (b.IsInfinity)
        {
            r = a;
            return;
        }
        FieldElement y = b.Y;
        if (negative)
        {
            FieldElement.Negate(in b.Y, 1, out y);
        }
        if (a.IsInfinity)
        {
            AffinePoint.Scale(in b.X, in y, in scale, out AffinePoint moved);
            r = new JacobianPoint(in moved);
            return;
        }
        FieldElement.Multiply(in a.Z, in scale, out FieldElement z);
        AddAffine(in a, in z, in b.X, in y, out r);
    }

    /// <summary>
    /// r = a + (x, y), a point on a curve on which a has Z = <paramref name="z"/>; y of magnitude 2 at most.
    /// </summary>
    [SkipLocalsInit]
    private static void AddAffine(
        in JacobianPoint a,
        in FieldElement z,
        in FieldElement x,
        in FieldElement y,
        out JacobianPoint r
    )
    {
        RequireInvariants(in a);
        if (a.IsInfinity)
        {
            Unsafe.SkipInit(out r);
            (r.X, r.Y, r.Z, r.IsInfinity) = (x, y, FieldElement.One, false);
            return;
        }
        FieldElement.Square(in z, out FieldElement zz);
        FieldElement.Multiply(in x, in zz, out FieldElement u2);
        FieldElement.Multiply(in zz, in z, out zz);
        FieldElement.Multiply(in y, in zz, out FieldElement s2);
        AddFinish(in a, in a.Z, in a.X, in u2, in a.Y, in s2, out r);
    }

    /// <summary>r = a + b. 12M + 4S (EFD "add-1998-cmo-2").</summary>
    [SkipLocalsInit]
    public static void Add(in JacobianPoint a, in JacobianPoint b, out JacobianPoint r)
    {
        RequireInvariants(in a);
        RequireInvariants(in b);
        if (a.IsInfinity)
        {
            r = b;
            return;
        }
        if (b.IsInfinity)
        {
            r = a;
            return;
        }
        FieldElement.Square(in a.Z, out FieldElement zzA);
        FieldElement.Square(in b.Z, out FieldElement zzB);
        FieldElement.Multiply(in a.X, in zzB, out FieldElement u1);
        FieldElement.Multiply(in b.X, in zzA, out FieldElement u2);
        FieldElement.Multiply(in zzB, in b.Z, out zzB);
        FieldElement.Multiply(in a.Y, in zzB, out FieldElement s1);
        FieldElement.Multiply(in zzA, in a.Z, out zzA);
        FieldElement.Multiply(in b.Y, in zzA, out FieldElement s2);
        FieldElement.Multiply(in a.Z, in b.Z, out FieldElement z);
        AddFinish(in a, in z, in u1, in u2, in s1, in s2, out r);
    }

    /// <summary>
    /// The end of an addition, where over the common denominator Z = <paramref name="z"/> the points are (u1, s1), which
    /// is <paramref name="a"/>, and (u2, s2): H = u2 − u1, R = s2 − s1, V = u1·H², X' = R² − H³ − 2V,
    /// Y' = R(V − X') − s1·H³, Z' = Z·H. H is zero for equal and opposite points. z, u1 and s1 may be r's own Z, X and Y:
    /// each is read for the last time before it is written.
    /// </summary>
    [SkipLocalsInit]
    private static void AddFinish(
        in JacobianPoint a,
        in FieldElement z,
        in FieldElement u1,
        in FieldElement u2,
        in FieldElement s1,
        in FieldElement s2,
        out JacobianPoint r
    )
    {
        FieldElement.Subtract(in u2, in u1, XMagnitude, out FieldElement h); // magnitude 6
        FieldElement.Subtract(in s1, in s2, 1, out FieldElement minusR); // magnitude 5
        if (h.IsZero())
        {
            if (minusR.IsZero())
            {
                Double(in a, out r);
            }
            else
            {
                r = Infinity;
            }
            return;
        }
        Unsafe.SkipInit(out r);
        r.IsInfinity = false;
        FieldElement.Multiply(in z, in h, out r.Z);
        FieldElement.Square(in h, out FieldElement minusHh);
        FieldElement.Negate(in minusHh, 1, out minusHh);
        FieldElement.Multiply(in minusHh, in h, out FieldElement minusHhh);
        FieldElement.Multiply(in minusHh, in u1, out FieldElement minusV);
        FieldElement.Square(in minusR, out r.X);
        FieldElement.Add(in r.X, in minusHhh, out r.X);
        FieldElement.Add(in r.X, in minusV, out r.X);
        FieldElement.Add(in r.X, in minusV, out r.X); // magnitude 4
        FieldElement.Add(in minusV, in r.X, out minusV); // X' − V, magnitude 5
        FieldElement.Multiply(in minusHhh, in s1, out minusHhh);
        FieldElement.Multiply(in minusV, in minusR, out r.Y);
        FieldElement.Add(in r.Y, in minusHhh, out r.Y); // magnitude 2
    }

    /// <summary>r = −a.</summary>
    public static void Negate(in JacobianPoint a, out JacobianPoint r)
    {
        RequireInvariants(in a);
        r = a;
        FieldElement.Negate(in a.Y, YMagnitude, out r.Y);
        FieldElement.NormalizeWeak(ref r.Y);
    }

    /// <summary>Whether x, of magnitude 1, is this point's affine x, without a division: x·Z² = X. Not for infinity.</summary>
    [SkipLocalsInit]
    public readonly bool HasX(in FieldElement x)
    {
        FieldElement.Square(in Z, out FieldElement t);
        FieldElement.Multiply(in t, in x, out t);
        return FieldElement.AreEqual(in X, in t);
    }

    /// <summary>The point in affine coordinates, normalized.</summary>
    [SkipLocalsInit]
    public readonly AffinePoint ToAffine()
    {
        if (IsInfinity)
        {
            return AffinePoint.Infinity;
        }
        FieldElement.Invert(in Z, out FieldElement inverse);
        AffinePoint.Scale(in X, in Y, in inverse, out AffinePoint r);
        FieldElement.Normalize(ref r.X);
        FieldElement.Normalize(ref r.Y);
        return r;
    }

    /// <summary>
    /// Converts points, none of them infinity, to affine coordinates with one inversion for all.
    /// <paramref name="inverses"/> and <paramref name="scratch"/> are as long as <paramref name="points"/>.
    /// </summary>
    public static void ToAffine(
        ReadOnlySpan<JacobianPoint> points,
        Span<AffinePoint> r,
        Span<FieldElement> inverses,
        Span<FieldElement> scratch
    )
    {
        for (int i = 0; i < points.Length; i++)
        {
            inverses[i] = points[i].Z;
        }
        FieldElement.InvertAll(inverses[..points.Length], scratch);
        for (int i = 0; i < points.Length; i++)
        {
            AffinePoint.Scale(in points[i].X, in points[i].Y, in inverses[i], out r[i]);
        }
    }
}

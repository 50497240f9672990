using System.Numerics;
using Ledger.Crypto.Secp256k1;
using Ledger.Crypto.Tests.Secp256k1.Reference;

namespace Ledger.Crypto.Tests.Secp256k1;

/// <summary>Between the reference's numbers and the types under test.</summary>
internal static class Convert
{
    public static FieldElement Field(BigInteger value)
    {
        Assert.True(FieldElement.TryRead(ReferenceCurve.ToBytes(value), out FieldElement r));
        return r;
    }

    public static BigInteger Number(FieldElement value)
    {
        FieldElement.Normalize(ref value);
        byte[] bytes = new byte[32];
        value.Write(bytes);
        return ReferenceCurve.FromBytes(bytes);
    }

    public static Scalar Scalar(BigInteger value)
    {
        Assert.True(Crypto.Secp256k1.Scalar.TryRead(ReferenceCurve.ToBytes(value), out Scalar r));
        return r;
    }

    public static BigInteger Number(Scalar value)
    {
        byte[] bytes = new byte[32];
        value.Write(bytes);
        return ReferenceCurve.FromBytes(bytes);
    }

    public static BigInteger Number(HalfScalar value) =>
        value.IsNegative ? -(BigInteger)value.Magnitude : (BigInteger)value.Magnitude;

    public static AffinePoint Affine(ReferencePoint point) =>
        point.IsInfinity ? AffinePoint.Infinity : new AffinePoint(Field(point.X), Field(point.Y));

    public static ReferencePoint Point(AffinePoint point) =>
        point.IsInfinity ? ReferencePoint.Infinity : new ReferencePoint(Number(point.X), Number(point.Y));

    public static ReferencePoint Point(JacobianPoint point) => Point(point.ToAffine());

    /// <summary>The same point with another Z.</summary>
    public static JacobianPoint Jacobian(ReferencePoint point, BigInteger z)
    {
        JacobianPoint r = new(Affine(point));
        if (!point.IsInfinity)
        {
            BigInteger p = ReferenceCurve.P;
            r.X = Field(point.X * z % p * z % p);
            r.Y = Field(point.Y * z % p * z % p * z % p);
            r.Z = Field(z);
        }
        return r;
    }
}

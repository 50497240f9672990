using System.Numerics;
using Ledger.Crypto.Secp256k1;
using Ledger.Crypto.Tests.Secp256k1.Reference;

namespace Ledger.Crypto.Tests.Secp256k1;

public class PointTests
{
    private static int Seed => Seeds.Take(20_260_104);

    [Fact]
    public void Sec1_ReferencePoints_RoundTripAndTamperedAreRefused()
    {
        EdgeBiased random = new(Seed);
        for (int i = 0; i < 30; i++)
        {
            ReferencePoint point = ReferenceCurve.G * random.NextNonZeroScalar();
            foreach (byte[] encoding in new[] { point.Compressed(), point.Uncompressed() })
            {
                Assert.True(Sec1.TryReadPoint(encoding, out AffinePoint read));
                Assert.Equal(point, Convert.Point(read));
                byte[] written = new byte[33];
                Sec1.WriteCompressed(in read, written);
                Assert.Equal(point.Compressed(), written);

                Assert.False(Sec1.TryReadPoint(encoding.AsSpan(1), out _));
                Assert.False(Sec1.TryReadPoint([.. encoding, 0], out _));
                for (int first = 0; first < 256; first++)
                {
                    byte[] other = [(byte)first, .. encoding.AsSpan(1)];
                    bool expected = ReferenceCurve.Parse(other) != null;
                    Assert.Equal(expected, Sec1.TryReadPoint(other, out _));
                }
            }
            byte[] offCurve = point.Uncompressed();
            offCurve[64] ^= 1;
            Assert.False(Sec1.TryReadPoint(offCurve, out _));
        }
        Assert.False(Sec1.TryReadPoint([], out _));
        Assert.False(Sec1.TryReadPoint([0], out _));
    }

    [Fact]
    public void Sec1_CoordinatesFromP_Refused()
    {
        // x + p for the smallest x on the curve still fits in 32 bytes, and names no point.
        int found = 0;
        for (int x = 0; found < 5; x++)
        {
            if (ReferenceCurve.SolveY(x) is not { } y)
            {
                continue;
            }
            found++;
            BigInteger p = ReferenceCurve.P;
            Assert.True(Sec1.TryReadPoint([2, .. ReferenceCurve.ToBytes(x)], out _));
            Assert.False(Sec1.TryReadPoint([2, .. ReferenceCurve.ToBytes(x + p)], out _));
            Assert.False(Sec1.TryReadPoint([4, .. ReferenceCurve.ToBytes(x + p), .. ReferenceCurve.ToBytes(y)], out _));
        }
        Assert.False(Sec1.TryReadPoint([2, .. ReferenceCurve.ToBytes((BigInteger.One << 256) - 1)], out _));
    }

    [Fact]
    public void Double_AndAdd_SmallMultiplesOfG_EveryPairAgreesWithReference()
    {
        // −4G to 4G, λG among them: infinity, equal and opposite points in every form and with several Z.
        EdgeBiased random = new(Seed);
        ReferencePoint lambdaG = ReferenceCurve.G * ReferenceCurve.Lambda;
        List<ReferencePoint> points = [lambdaG, -lambdaG, lambdaG + ReferenceCurve.G];
        for (int i = -4; i <= 4; i++)
        {
            ReferencePoint multiple = ReferenceCurve.G * Math.Abs(i);
            points.Add(i < 0 ? -multiple : multiple);
        }
        foreach (ReferencePoint a in points)
        {
            JacobianPoint x = Convert.Jacobian(a, random.NextBelow(ReferenceCurve.P - 1) + 1);
            JacobianPoint.Double(in x, out JacobianPoint twice);
            Assert.Equal(a + a, Convert.Point(twice));
            foreach (ReferencePoint b in points)
            {
                JacobianPoint y = Convert.Jacobian(b, random.NextBelow(ReferenceCurve.P - 1) + 1);
                JacobianPoint.Add(in x, in y, out JacobianPoint sum);
                Assert.Equal(a + b, Convert.Point(sum));
                AffinePoint affine = Convert.Affine(b);
                JacobianPoint.Add(in x, in affine, out sum);
                Assert.Equal(a + b, Convert.Point(sum));
            }
        }
    }

    [Fact]
    public void MultiplyWithGenerator_EdgeBiasedScalars_AgreesWithReference()
    {
        EdgeBiased random = new(Seed);
        for (int i = 0; i < 60; i++)
        {
            BigInteger a = random.NextBelow(ReferenceCurve.N);
            BigInteger b = random.NextBelow(ReferenceCurve.N);
            ReferencePoint point = ReferenceCurve.G * random.NextNonZeroScalar();
            Multiplication.MultiplyWithGenerator(
                Convert.Scalar(a),
                Convert.Scalar(b),
                Convert.Affine(point),
                out JacobianPoint r
            );
            Assert.True((ReferenceCurve.G * a) + (point * b) == Convert.Point(r), $"turn {i}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(30)]
    [InlineData(300)]
    [InlineData(1500)]
    public void Sum_ManyTermsWithRepeatsAndOpposites_AgreesWithOneByOne(int terms)
    {
        EdgeBiased random = new(Seed + terms);
        AffinePoint[] points = new AffinePoint[terms];
        HalfScalar[] scalars = new HalfScalar[terms];
        BigInteger expected = 0;
        for (int i = 0; i < terms; i++)
        {
            // Few different points, so that buckets meet equal and opposite ones.
            BigInteger multiple = random.Random.Next(1, 12);
            BigInteger k = random.Random.Next(4) switch
            {
                0 => random.Random.Next(3),
                // Near 2¹²⁸, where the digits' bias carries out of the number.
                1 => (BigInteger.One << 128) - random.Random.Next(1, 4),
                _ => random.Next256() >> 128,
            };
            bool negative = random.Random.Next(2) == 0;
            points[i] = MultipleOfG(multiple).ToAffine();
            scalars[i] = new HalfScalar((UInt128)k, negative);
            expected += multiple * (negative ? -k : k);
        }
        JacobianPoint wanted = MultipleOfG(ReferenceCurve.Mod(expected, ReferenceCurve.N));
        foreach ((string name, PointArena arena) in PointArenas.All())
        {
            Assert.True(Convert.Point(wanted) == Convert.Point(arena.Sum(scalars, points)), name);
            for (int bits = 3; bits <= 12; bits++)
            {
                JacobianPoint r = arena.Sum(scalars, points, bits);
                Assert.True(Convert.Point(wanted) == Convert.Point(r), $"{name}, {bits} bits");
            }
        }
    }

    [Fact]
    public void Lift_EveryWidthAndLength_AgreesWithReference()
    {
        EdgeBiased random = new(Seed);
        for (int count = 0; count <= 40; count++)
        {
            BigInteger[] x = [.. Enumerable.Range(0, count).Select(_ => random.NextBelow(ReferenceCurve.P))];
            bool[] isOdd = [.. x.Select(_ => random.Random.Next(2) == 1)];
            FieldElement[] elements = [.. x.Select(Convert.Field)];
            foreach ((string name, PointArena arena) in PointArenas.All())
            {
                const int Before = 3;
                bool[] found = new bool[count];
                arena.Reserve(Before + count);
                arena.Lift(Before, elements, isOdd, found);
                for (int i = 0; i < count; i++)
                {
                    ReferencePoint? expected = ReferenceCurve.Parse([
                        (byte)(isOdd[i] ? 3 : 2),
                        .. ReferenceCurve.ToBytes(x[i]),
                    ]);
                    string which = $"{name}, point {i} of {count}: {x[i]:x}";
                    Assert.True((expected != null) == found[i], which);
                    AffinePoint point = arena.Read(PointArena.Reference(Before + i, negative: false));
                    Assert.True(expected == null || expected == Convert.Point(point), which);
                }
            }
        }
    }

    [Fact]
    public void MultiplyLambda_EveryWidthAndLength_AgreesWithReference()
    {
        for (int count = 0; count <= 20; count++)
        {
            foreach ((string name, PointArena arena) in PointArenas.All())
            {
                arena.Reserve(2 * count);
                for (int i = 0; i < count; i++)
                {
                    arena.Write(i, MultipleOfG(i + 1).ToAffine());
                }
                arena.MultiplyLambda(0, count, count);
                for (int i = 0; i < count; i++)
                {
                    ReferencePoint expected = ReferenceCurve.G * (ReferenceCurve.Lambda * (i + 1) % ReferenceCurve.N);
                    AffinePoint point = arena.Read(PointArena.Reference(count + i, negative: false));
                    Assert.True(expected == Convert.Point(point), $"{name}, point {i} of {count}");
                }
            }
        }
    }

    private static JacobianPoint MultipleOfG(BigInteger k)
    {
        Multiplication.MultiplyWithGenerator(
            Convert.Scalar(k),
            Scalar.Zero,
            in AffinePoint.Generator,
            out JacobianPoint r
        );
        return r;
    }
}

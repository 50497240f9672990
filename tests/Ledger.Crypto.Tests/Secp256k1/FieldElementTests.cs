using System.Numerics;
using Ledger.Crypto.Secp256k1;
using Ledger.Crypto.Tests.Secp256k1.Reference;

namespace Ledger.Crypto.Tests.Secp256k1;

public class FieldElementTests
{
    private static int Seed => Seeds.Take(20_260_101);
    private static readonly BigInteger P = ReferenceCurve.P;

    [Fact]
    public void Operations_EdgeBiased_AgreeWithReference()
    {
        EdgeBiased random = new(Seed);
        for (int i = 0; i < 20_000; i++)
        {
            BigInteger a = random.NextBelow(P);
            BigInteger b = random.NextBelow(P);
            FieldElement x = Convert.Field(a);
            FieldElement y = Convert.Field(b);

            FieldElement.Multiply(in x, in y, out FieldElement product);
            FieldElement.Square(in x, out FieldElement square);
            FieldElement.Add(in x, in y, out FieldElement sum);
            FieldElement.Subtract(in x, in y, 1, out FieldElement difference);
            FieldElement.Half(in x, out FieldElement half);
            FieldElement.MultiplySmall(in x, 7, out FieldElement times7);
            string inputs = $"turn {i}: {a:x} {b:x}";
            Assert.True(a * b % P == Convert.Number(product), inputs);
            Assert.True(a * a % P == Convert.Number(square), inputs);
            Assert.True((a + b) % P == Convert.Number(sum), inputs);
            Assert.True(ReferenceCurve.Mod(a - b, P) == Convert.Number(difference), inputs);
            Assert.True(a == Convert.Number(half) * 2 % P, inputs);
            Assert.True(a * 7 % P == Convert.Number(times7), inputs);
            Assert.True((a == b) == FieldElement.AreEqual(in x, in y), inputs);
        }
    }

    [Fact]
    public void Product_LimbsAtTheirBounds_AgreesWithReference()
    {
        // Every limb at the most, or next to the most, or nothing, that a factor of the highest magnitude may have.
        ulong most = FieldElement.FactorMagnitudeMax * FieldElement.LimbBound;
        ulong mostTop = FieldElement.FactorMagnitudeMax * FieldElement.TopLimbBound;
        EdgeBiased random = new(Seed);
        for (int i = 0; i < 20_000; i++)
        {
            FieldElement a = Extreme(random.Random, most, mostTop, i == 0);
            FieldElement b = Extreme(random.Random, most, mostTop, i == 0);
            FieldElement.Multiply(in a, in b, out FieldElement product);
            FieldElement.Square(in a, out FieldElement square);
            BigInteger x = Value(a);
            BigInteger y = Value(b);
            Assert.True(x * y % P == Convert.Number(product), $"turn {i}");
            Assert.True(x * x % P == Convert.Number(square), $"turn {i}");
            // What a product leaves is of magnitude 1.
            foreach (FieldElement r in new[] { product, square })
            {
                Assert.InRange(r.N0, 0UL, FieldElement.LimbBound);
                Assert.InRange(r.N1, 0UL, FieldElement.LimbBound);
                Assert.InRange(r.N2, 0UL, FieldElement.LimbBound);
                Assert.InRange(r.N3, 0UL, FieldElement.LimbBound);
                Assert.InRange(r.N4, 0UL, FieldElement.TopLimbBound);
            }

            FieldElement weak = a;
            FieldElement.NormalizeWeak(ref weak);
            Assert.True(x % P == Convert.Number(weak), $"turn {i}");
            Assert.True(x % P == Convert.Number(a), $"turn {i}");
        }
    }

    [Fact]
    public void IsZero_MultiplesOfP_True()
    {
        // 2p(m + 1) − p·j in several shapes: p itself, and zero as a − a.
        FieldElement one = FieldElement.One;
        for (int magnitude = 1; magnitude < 8; magnitude++)
        {
            FieldElement.Negate(in one, magnitude, out FieldElement minusOne);
            FieldElement.Add(in minusOne, in one, out FieldElement zero);
            Assert.True(zero.IsZero());
            Assert.False(minusOne.IsZero());
            FieldElement.Normalize(ref zero);
            Assert.Equal(BigInteger.Zero, Convert.Number(zero));
        }
    }

    [Fact]
    public void TryRead_PAndMore_Refused()
    {
        for (int i = 0; i < 3; i++)
        {
            Assert.False(FieldElement.TryRead(ReferenceCurve.ToBytes(P + i), out _));
        }
        Assert.False(FieldElement.TryRead(ReferenceCurve.ToBytes((BigInteger.One << 256) - 1), out _));
        Assert.True(FieldElement.TryRead(ReferenceCurve.ToBytes(P - 1), out _));
    }

    [Fact]
    public void InvertAndSquareRoot_EdgeBiased_UndoTheirOpposites()
    {
        EdgeBiased random = new(Seed);
        for (int i = 0; i < 500; i++)
        {
            BigInteger a = random.NextBelow(P);
            FieldElement x = Convert.Field(a);
            FieldElement.Invert(in x, out FieldElement inverse);
            Assert.True(ReferenceCurve.Inverse(a, P) == Convert.Number(inverse), $"turn {i}");

            bool isSquare = FieldElement.TrySquareRoot(in x, out FieldElement root);
            Assert.True(isSquare == (a.IsZero || BigInteger.ModPow(a, (P - 1) / 2, P).IsOne), $"turn {i}");
            if (isSquare)
            {
                BigInteger y = Convert.Number(root);
                Assert.True(y * y % P == a, $"turn {i}");
            }
        }
    }

    [Fact]
    public void InvertAll_OneToTwenty_EachItsInverse()
    {
        EdgeBiased random = new(Seed);
        for (int count = 0; count <= 20; count++)
        {
            BigInteger[] values = new BigInteger[count];
            FieldElement[] elements = new FieldElement[count];
            for (int i = 0; i < count; i++)
            {
                values[i] = (random.Next256() % (P - 1)) + 1;
                elements[i] = Convert.Field(values[i]);
            }
            FieldElement.InvertAll(elements, new FieldElement[count]);
            for (int i = 0; i < count; i++)
            {
                Assert.True(values[i] * Convert.Number(elements[i]) % P == 1, $"{i} of {count}");
            }
        }
    }

    private static FieldElement Extreme(Random random, ulong most, ulong mostTop, bool all)
    {
        ulong Limb(ulong bound) =>
            all
                ? bound
                : random.Next(3) switch
                {
                    0 => 0UL,
                    1 => bound - (ulong)random.Next(3),
                    _ => (ulong)random.NextInt64((long)bound),
                };
        FieldElement r = FieldElement.One;
        // Of the highest magnitude, as debug builds track it.
        FieldElement.MultiplySmall(in r, FieldElement.FactorMagnitudeMax, out r);
        (r.N0, r.N1, r.N2, r.N3, r.N4) = (Limb(most), Limb(most), Limb(most), Limb(most), Limb(mostTop));
        return r;
    }

    private static BigInteger Value(in FieldElement a) =>
        a.N0
        + ((BigInteger)a.N1 << 52)
        + ((BigInteger)a.N2 << 104)
        + ((BigInteger)a.N3 << 156)
        + ((BigInteger)a.N4 << 208);
}

using System.Numerics;
using Ledger.Crypto.Secp256k1;
using Ledger.Crypto.Tests.Secp256k1.Reference;

namespace Ledger.Crypto.Tests.Secp256k1;

public class ScalarTests
{
    private static int Seed => Seeds.Take(20_260_102);
    private static readonly BigInteger N = ReferenceCurve.N;

    [Fact]
    public void Operations_EdgeBiased_AgreeWithReference()
    {
        EdgeBiased random = new(Seed);
        for (int i = 0; i < 50_000; i++)
        {
            BigInteger a = random.NextBelow(N);
            BigInteger b = random.NextBelow(N);
            Scalar x = Convert.Scalar(a);
            Scalar y = Convert.Scalar(b);
            string inputs = $"turn {i}: {a:x} {b:x}";
            Assert.True(a * b % N == Convert.Number(x * y), inputs);
            Assert.True((a + b) % N == Convert.Number(x + y), inputs);
            Assert.True(ReferenceCurve.Mod(-a, N) == Convert.Number(-x), inputs);
            Assert.True((a > N / 2) == x.IsHigh, inputs);
            Assert.True((a == b) == (x == y), inputs);
            Assert.True((a < ReferenceCurve.P - N) == x.TryAddOrder(out FieldElement sum), inputs);
            Assert.True(!x.TryAddOrder(out sum) || Convert.Number(sum) == a + N, inputs);
        }
    }

    [Fact]
    public void Read_EdgeBiased_RefusesOrReduces()
    {
        EdgeBiased random = new(Seed);
        for (int i = 0; i < 20_000; i++)
        {
            BigInteger a = random.Next256();
            byte[] bytes = ReferenceCurve.ToBytes(a);
            Assert.True((a < N) == Scalar.TryRead(bytes, out Scalar exact), $"{a:x}");
            Assert.True(Convert.Number(exact) == (a < N ? a : 0), $"{a:x}");
            Assert.True(Convert.Number(Scalar.ReadReduced(bytes)) == a % N, $"{a:x}");
        }
    }

    [Fact]
    public void Invert_EdgeBiased_AgreesWithReference()
    {
        EdgeBiased random = new(Seed);
        for (int i = 0; i < 500; i++)
        {
            BigInteger a = random.NextBelow(N);
            Assert.True(ReferenceCurve.Inverse(a, N) == Convert.Number(Convert.Scalar(a).Invert()), $"{a:x}");
        }
        Scalar[] scalars = [.. Enumerable.Range(0, 20).Select(_ => Convert.Scalar(random.NextNonZeroScalar()))];
        Scalar[] inverses = [.. scalars];
        Scalar.InvertAll(inverses, new Scalar[20]);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(Scalar.One, scalars[i] * inverses[i]);
        }
    }

    [Fact]
    public void Split_EdgeBiased_HalvesAddUpAndAreShort()
    {
        BigInteger bound1 = ReferenceCurve.Hex("A2A8918CA85BAFE22016D0B917E4DD78");
        BigInteger bound2 = ReferenceCurve.Hex("8A65287BD47179FB2BE08846CEA267EE");
        EdgeBiased random = new(Seed);
        for (int i = 0; i < 50_000; i++)
        {
            BigInteger k = random.NextBelow(N);
            Endomorphism.Split(Convert.Scalar(k), out HalfScalar half1, out HalfScalar half2);
            BigInteger k1 = Convert.Number(half1);
            BigInteger k2 = Convert.Number(half2);
            Assert.True(ReferenceCurve.Mod(k1 + (k2 * ReferenceCurve.Lambda), N) == k, $"{k:x}");
            Assert.True(BigInteger.Abs(k1) < bound1 && BigInteger.Abs(k2) < bound2, $"{k:x}");
        }
    }

    [Fact]
    public void Constants_LambdaAndBeta_AreCubeRootsOfOneThatBelongTogether()
    {
        BigInteger beta = Convert.Number(Endomorphism.Beta);
        BigInteger lambda = Convert.Number(Endomorphism.Lambda);
        Assert.Equal(BigInteger.One, BigInteger.ModPow(beta, 3, ReferenceCurve.P));
        Assert.Equal(BigInteger.One, BigInteger.ModPow(lambda, 3, N));
        ReferencePoint g = ReferenceCurve.G;
        Assert.Equal(new ReferencePoint(beta * g.X % ReferenceCurve.P, g.Y), g * lambda);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(12)]
    [InlineData(15)]
    public void Recode_EdgeBiased_DigitsAddUp(int width)
    {
        EdgeBiased random = new(Seed + width);
        Span<short> digits = stackalloc short[WindowedNaf.LengthMax];
        for (int i = 0; i < 5_000; i++)
        {
            BigInteger k = random.Next256() >> 128;
            bool negative = random.Random.Next(2) == 1;
            int length = WindowedNaf.Recode(new HalfScalar((UInt128)k, negative), width, digits);
            BigInteger sum = 0;
            int lastNonZero = -width;
            for (int j = 0; j < digits.Length; j++)
            {
                if (digits[j] == 0)
                {
                    continue;
                }
                Assert.True(j < length && (digits[j] & 1) == 1 && Math.Abs(digits[j]) < 1 << (width - 1));
                Assert.True(j - lastNonZero >= width);
                lastNonZero = j;
                sum += digits[j] * (BigInteger.One << j);
            }
            Assert.True(sum == (negative ? -k : k), $"{k:x}");
        }
    }
}

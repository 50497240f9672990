using System.Numerics;
using static Ledger.Testing.ReferenceEcdsa;

namespace Ledger.Crypto.Tests.Reference;

/// <summary>What the reference must satisfy before it may judge anything.</summary>
public sealed class ReferenceEcdsaTests
{
    [Fact]
    public void Multiply_SmallFactors_IsRepeatedChordAndTangent()
    {
        Point? sum = null;
        for (int factor = 0; factor <= 40; factor++)
        {
            Assert.Equal(sum, Multiply(factor, G));
            Assert.Equal(Negate(sum), Multiply(N - factor, G));
            Assert.Equal(sum, Multiply(N + factor, G));
            sum = Add(sum, G);
        }
    }

    [Fact]
    public void Multiply_RandomFactors_IsLinear()
    {
        Random random = Seeds.Random(20_260_143);
        byte[] bytes = new byte[32];
        for (int i = 0; i < 20; i++)
        {
            random.NextBytes(bytes);
            BigInteger a = Number(bytes);
            random.NextBytes(bytes);
            BigInteger b = Number(bytes);
            Point? sum = Add(Multiply(a, G), Multiply(b, G));
            Assert.True(Multiply(a + b, G) == sum, $"round {i}");
            Assert.True(Multiply(a, Multiply(b, G)) == Multiply(a * b % N, G), $"round {i}");
            Assert.True(Decode(Encode(sum!)) == sum, $"round {i}");
        }
    }
}

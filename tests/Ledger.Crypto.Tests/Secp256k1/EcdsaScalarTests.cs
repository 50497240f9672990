using System.Numerics;
using Ledger.Crypto.Secp256k1;
using Ledger.Crypto.Tests.Secp256k1.Reference;

namespace Ledger.Crypto.Tests.Secp256k1;

public class EcdsaScalarTests
{
    private static int Seed => Seeds.Take(20_260_103);

    [Fact]
    public void Verify_ReferenceSignatures_ValidAndMutationsAreNot()
    {
        EdgeBiased random = new(Seed);
        for (int i = 0; i < 100; i++)
        {
            BigInteger key = random.NextNonZeroScalar();
            ReferencePoint point = ReferenceCurve.G * key;
            byte[] hash = ReferenceCurve.ToBytes(random.Next256());
            byte[] signature = ReferenceCurve.Sign(key, hash, random.NextNonZeroScalar());
            string turn = $"turn {i}";
            if (signature.AsSpan(32).IndexOfAnyExcept((byte)0) < 0)
            {
                continue;
            }
            Assert.True(EcdsaScalar.Verify(point.Compressed(), hash, signature), turn);
            Assert.True(EcdsaScalar.Verify(point.Uncompressed(), hash, signature), turn);
            Assert.False(EcdsaScalar.Verify((-point).Compressed(), hash, signature), turn);
            signature[random.Random.Next(64)] ^= (byte)(1 << random.Random.Next(8));
            Assert.False(EcdsaScalar.Verify(point.Compressed(), hash, signature), turn);
        }
    }
}

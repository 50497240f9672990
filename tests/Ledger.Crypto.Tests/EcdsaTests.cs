using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using Ledger.Crypto.Tests.Reference;
using Ledger.Tests;
using static Ledger.Crypto.Tests.Reference.ReferenceEcdsa;

namespace Ledger.Crypto.Tests;

public sealed class EcdsaTests
{
    /// <summary>x of a point, 1, whose y is even for prefix 02: 1³ + 7 is a square.</summary>
    private static readonly byte[] PointOne = [0x02, .. Bytes(1)];

    [Fact]
    public void Verify_Wycheproof_IsCurveVerdictAndLowS()
    {
        JsonElement file = Vectors.Json("wycheproof", "ecdsa_secp256k1_sha256_p1363_test.json");
        int count = 0;
        int highS = 0;
        foreach (JsonElement group in file.GetProperty("testGroups").EnumerateArray())
        {
            byte[] point = Convert.FromHexString(
                group.GetProperty("publicKey").GetProperty("uncompressed").GetString()!
            );
            byte[] key = [(byte)(2 + (point[64] & 1)), .. point[1..33]];
            Assert.True(Ecdsa.IsPublicKey(key));
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                string name = $"tcId {test.GetProperty("tcId")}: {test.GetProperty("comment")}";
                byte[] hash = SHA256.HashData(Convert.FromHexString(test.GetProperty("msg").GetString()!));
                byte[] signature = Convert.FromHexString(test.GetProperty("sig").GetString()!);
                bool valid = test.GetProperty("result").GetString() == "valid";
                bool high = signature.Length == 64 && Number(signature.AsSpan(32)) > N / 2;

                // The curve's verdict is the published one; the ledger's is that, and low S.
                Assert.True(VerifyOnCurve(key, hash, signature) == valid, name);
                Assert.True(Ecdsa.Verify(key, hash, signature) == (valid && !high), name);
                if (valid && high)
                {
                    Assert.True(Ecdsa.Verify(key, hash, Negate(signature)), name);
                    highS++;
                }
                count++;
            }
        }
        Assert.Equal(file.GetProperty("numberOfTests").GetInt32(), count);
        Assert.True(highS > 0, "No high-S signature was among the vectors.");
    }
}

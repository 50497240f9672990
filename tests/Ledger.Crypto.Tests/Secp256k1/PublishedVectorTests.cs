using System.Text.Json;
using Ledger.Crypto.Secp256k1;
using Ledger.Crypto.Tests.Secp256k1.Reference;

namespace Ledger.Crypto.Tests.Secp256k1;

public class PublishedVectorTests
{
    [Fact]
    public void EcdsaVerify_Wycheproof_CurveVerdictAndLedgerVerdict()
    {
        string path = Vectors.Path("wycheproof/ecdsa_secp256k1_sha256_p1363_test.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        int count = 0;
        int refusedHighS = 0;
        foreach (JsonElement group in document.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            byte[] key = System.Convert.FromHexString(
                group.GetProperty("publicKey").GetProperty("uncompressed").GetString()!
            );
            byte[] compressed = ReferenceCurve.Parse(key)!.Value.Compressed();
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                string name = $"test {test.GetProperty("tcId")}: {test.GetProperty("comment")}";
                byte[] hash = System.Security.Cryptography.SHA256.HashData(
                    System.Convert.FromHexString(test.GetProperty("msg").GetString()!)
                );
                byte[] signature = System.Convert.FromHexString(test.GetProperty("sig").GetString()!);
                bool valid = test.GetProperty("result").GetString() == "valid";

                // High s is valid ECDSA and refused by the ledger; its mirror image, n − s, is the one it accepts.
                bool isHigh =
                    signature.Length == 64 && ReferenceCurve.FromBytes(signature.AsSpan(32)) > ReferenceCurve.N / 2;
                Assert.True(valid == CurveVerify(key, hash, signature), name);
                Assert.True((valid && !isHigh) == EcdsaScalar.Verify(key, hash, signature), name);
                Assert.True((valid && !isHigh) == EcdsaScalar.Verify(compressed, hash, signature), name);
                refusedHighS += valid && isHigh ? 1 : 0;
                count++;
            }
        }
        Assert.Equal(document.RootElement.GetProperty("numberOfTests").GetInt32(), count);
        Assert.NotEqual(0, refusedHighS);
    }

    /// <summary>ECDSA without the rule on s: the production steps from a signature that is read without it.</summary>
    private static bool CurveVerify(byte[] key, byte[] hash, byte[] signature) =>
        EcdsaSignature.TryRead(signature, lowSOnly: false, out EcdsaSignature parsed)
        && Sec1.TryReadPoint(key, out AffinePoint point)
        && EcdsaScalar.Verify(in point, Scalar.ReadReduced(hash), in parsed);

    [Fact]
    public void SchnorrVerify_Bip340_AllVerdicts()
    {
        string[] lines = File.ReadAllLines(Vectors.Path("bip340/test-vectors.csv"));
        int count = 0;
        foreach (string line in lines.Skip(1))
        {
            string[] fields = line.Split(',');
            byte[] key = System.Convert.FromHexString(fields[2]);
            byte[] message = System.Convert.FromHexString(fields[4]);
            byte[] signature = System.Convert.FromHexString(fields[5]);
            bool expected = fields[6] == "TRUE";
            Assert.True(expected == Schnorr.Verify(key, message, signature), line);
            if (message.Length == Schnorr.BatchMessageBytes)
            {
                // The batch is long enough to be combined, and all else in it is the first vector, which is valid.
                string[] first = lines[1].Split(',');
                const int Lanes = 40;
                byte[] keys = new byte[Lanes * 32];
                byte[] messages = new byte[Lanes * 32];
                byte[] signatures = new byte[Lanes * 64];
                for (int i = 0; i < Lanes; i++)
                {
                    (i == 17 ? key : System.Convert.FromHexString(first[2])).CopyTo(keys, i * 32);
                    (i == 17 ? message : System.Convert.FromHexString(first[4])).CopyTo(messages, i * 32);
                    (i == 17 ? signature : System.Convert.FromHexString(first[5])).CopyTo(signatures, i * 64);
                }
                bool[] verdicts = new bool[Lanes];
                Assert.True(expected == Schnorr.VerifyBatch(keys, messages, signatures, verdicts), line);
                for (int i = 0; i < Lanes; i++)
                {
                    Assert.True(verdicts[i] == (expected || i != 17), line);
                }
            }
            count++;
        }
        Assert.True(count >= 19, "BIP-340 has 19 vectors");
    }
}

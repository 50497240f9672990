using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using static Ledger.Testing.ReferenceEcdsa;

namespace Ledger.Crypto.Tests;

public sealed class EcdsaTests
{
    private static readonly byte[] Key = Encode(Multiply(0x1234567, G)!);
    private static readonly byte[] Hash = SHA256.HashData("message"u8);
    private static readonly byte[] Signature = LowS(Sign(0x1234567, Hash, 0x89abcdef));

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

    [Fact]
    public void VerifyAndVerifyBatch_SeededInputs_AgreeWithReference()
    {
        const int Count = 2000;
        int seed = Seeds.Take(20_260_141);
        EcdsaInputs inputs = new(seed);
        List<EcdsaInputs.Input> all = [];
        int valid = 0;
        for (int i = 0; i < Count; i++)
        {
            EcdsaInputs.Input input = inputs.Next();
            all.Add(input);
            bool expected = Verify(input.PublicKey, input.Hash, input.Signature);
            string name = $"input {i}: {input.Kind}";
            Assert.True(Ecdsa.Verify(input.PublicKey, input.Hash, input.Signature) == expected, name);
            Assert.True(Ecdsa.IsPublicKey(input.PublicKey) == (Decode(input.PublicKey) is not null), name);
            valid += expected ? 1 : 0;
        }
        Assert.InRange(valid, Count / 10, Count * 9 / 10); // the generator must make plenty of both

        Random random = new(seed);
        for (int first = 0; first < Count; )
        {
            int count = Math.Min(random.Next(0, 70), Count - first);
            EcdsaInputs.Input[] batch = [.. all.Skip(first).Take(count)];
            bool[] verdicts = [.. batch.Select(_ => random.Next(2) == 0)];
            Ecdsa.VerifyBatch(
                batch.SelectMany(i => i.PublicKey).ToArray(),
                batch.SelectMany(i => i.Hash).ToArray(),
                batch.SelectMany(i => i.Signature).ToArray(),
                verdicts
            );
            for (int i = 0; i < count; i++)
            {
                bool expected = Ecdsa.Verify(batch[i].PublicKey, batch[i].Hash, batch[i].Signature);
                Assert.True(verdicts[i] == expected, $"input {first + i}, {i} of a batch of {count}: {batch[i].Kind}");
            }
            first += count;
        }
    }

    [Fact]
    public void Verify_AnyBitFlipped_IsFalse()
    {
        Assert.True(Ecdsa.Verify(Key, Hash, Signature));
        foreach (int part in (ReadOnlySpan<int>)[0, 1, 2])
        {
            byte[][] input =
            [
                [.. Key],
                [.. Hash],
                [.. Signature],
            ];
            byte[] bytes = input[part];
            for (int bit = 0; bit < bytes.Length * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(Ecdsa.Verify(input[0], input[1], input[2]), $"part {part}, bit {bit}");
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Fact]
    public void Verify_HighS_IsFalseThoughTheCurveAgrees()
    {
        byte[] high = Negate(Signature);
        Assert.True(VerifyOnCurve(Key, Hash, high));
        Assert.False(Ecdsa.Verify(Key, Hash, high));
    }

    [Fact]
    public void Verify_SExactlyHalfN_IsTrueAndOneMoreIsFalse()
    {
        // Of a chosen s and nonce follows the key that signs so: d = (s·k − hash)/r.
        foreach (BigInteger s in (BigInteger[])[1, N / 2, (N / 2) + 1, N - 1])
        {
            BigInteger r = Multiply(5, G)!.X % N;
            BigInteger d = ((s * 5) + N - (Number(Hash) % N)) * BigInteger.ModPow(r, N - 2, N) % N;
            byte[] key = Encode(Multiply(d, G)!);
            byte[] signature = [.. Bytes(r), .. Bytes(s)];
            Assert.True(VerifyOnCurve(key, Hash, signature));
            Assert.Equal(s <= N / 2, Ecdsa.Verify(key, Hash, signature));
        }
    }

    [Fact]
    public void Verify_ROrSOutOfRange_IsFalse()
    {
        BigInteger top = (BigInteger.One << 256) - 1;
        byte[] r = Signature[..32];
        byte[] s = Signature[32..];
        foreach (BigInteger wrong in (BigInteger[])[0, N, N + 1, P, top])
        {
            Assert.False(Ecdsa.Verify(Key, Hash, [.. Bytes(wrong), .. s]));
            Assert.False(Ecdsa.Verify(Key, Hash, [.. r, .. Bytes(wrong)]));
            foreach (BigInteger other in (BigInteger[])[0, N, N + 1, P, top])
            {
                Assert.False(Ecdsa.Verify(Key, Hash, [.. Bytes(wrong), .. Bytes(other)]));
            }
        }
    }

    [Fact]
    public void IsInRangeAndIsLowS_Edges_AreThoseOfTheDefinition()
    {
        foreach (BigInteger r in (BigInteger[])[0, 1, N - 1, N, (BigInteger.One << 256) - 1])
        {
            foreach (BigInteger s in (BigInteger[])[0, 1, N / 2, (N / 2) + 1, N - 1, N, (BigInteger.One << 256) - 1])
            {
                byte[] signature = [.. Bytes(r), .. Bytes(s)];
                bool isInRange = r >= 1 && r < N && s >= 1 && s < N;
                Assert.Equal(isInRange, Ecdsa.IsInRange(signature));
                Assert.Equal(isInRange && s <= N / 2, Ecdsa.IsLowS(signature));
            }
        }
        Assert.False(Ecdsa.IsInRange(Signature[..63]));
        Assert.False(Ecdsa.IsLowS([.. Signature, 0]));
    }

    [Fact]
    public void Verify_RPlusN_IsFalseThoughEqualModN()
    {
        // With the tiny r of an R whose x is at least n, r + n still fits 32 bytes and must not be read as r.
        EcdsaInputs inputs = new(1);
        EcdsaInputs.Input input;
        do
        {
            input = inputs.Next();
        } while (!input.Kind.StartsWith("x of R", StringComparison.Ordinal) || !Accepted(input));
        byte[] longer = [.. Bytes(Number(input.Signature.AsSpan(0, 32)) + N), .. input.Signature[32..]];
        Assert.False(Ecdsa.Verify(input.PublicKey, input.Hash, longer));

        static bool Accepted(EcdsaInputs.Input i) => Ecdsa.Verify(i.PublicKey, i.Hash, i.Signature);
    }

    [Fact]
    public void Verify_WrongLengths_IsFalse()
    {
        for (int length = 0; length <= 130; length++)
        {
            byte[] other = new byte[length];
            Assert.True(length == 33 || !Ecdsa.Verify(Resized(Key, length), Hash, Signature));
            Assert.True(length == 32 || !Ecdsa.Verify(Key, Resized(Hash, length), Signature));
            Assert.True(length == 64 || !Ecdsa.Verify(Key, Hash, Resized(Signature, length)));
            Assert.False(Ecdsa.Verify(other, other, other));
            Assert.False(Ecdsa.IsPublicKey(other));
            Assert.Equal(length == 33, Ecdsa.IsPublicKey(Resized(Key, length)));
        }

        static byte[] Resized(byte[] bytes, int length)
        {
            byte[] resized = new byte[length];
            bytes.AsSpan(0, Math.Min(length, bytes.Length)).CopyTo(resized);
            return resized;
        }
    }

    [Fact]
    public void IsPublicKey_EveryPrefix_IsTrueOnlyFor02And03()
    {
        for (int prefix = 0; prefix <= 255; prefix++)
        {
            byte[] key = [(byte)prefix, .. Key[1..]];
            Assert.Equal(prefix is 2 or 3, Ecdsa.IsPublicKey(key));
            Assert.True(prefix == Key[0] || !Ecdsa.Verify(key, Hash, Signature));
        }
    }

    [Fact]
    public void IsPublicKey_OtherEncodingsOfTheSamePoint_IsFalse()
    {
        Point point = Decode(Key)!;
        byte[] x = Bytes(point.X);
        byte[] y = Bytes(point.Y);
        byte hybrid = (byte)(point.Y.IsEven ? 6 : 7);
        byte[][] encodings =
        [
            [4, .. x, .. y],
            [hybrid, .. x, .. y],
            [4, .. x],
            [hybrid, .. x],
            [.. x, .. y],
            [.. x],
            [.. Key, 0],
            [0, .. Key],
            [.. Key.Reverse()],
        ];
        foreach (byte[] encoding in encodings)
        {
            Assert.False(Ecdsa.IsPublicKey(encoding), Convert.ToHexString(encoding));
            Assert.False(Ecdsa.Verify(encoding, Hash, Signature), Convert.ToHexString(encoding));
        }
    }

    [Fact]
    public void IsPublicKey_Infinity_IsFalse()
    {
        Assert.False(Ecdsa.IsPublicKey([0]));
        Assert.False(Ecdsa.IsPublicKey([]));
        foreach (byte prefix in (ReadOnlySpan<byte>)[0, 2, 3, 4])
        {
            Assert.False(Ecdsa.IsPublicKey([prefix, .. new byte[32]])); // x = 0: 7 is not a square
            Assert.False(Ecdsa.Verify([prefix, .. new byte[32]], Hash, Signature));
        }
    }

    [Fact]
    public void IsPublicKey_XNotBelowP_IsFalseThoughItsResidueIsOnTheCurve()
    {
        int onCurve = 0;
        for (BigInteger x = 0; x < 977; x++)
        {
            bool expected = Decode([2, .. Bytes(x)]) is not null;
            onCurve += expected ? 1 : 0;
            foreach (byte prefix in (ReadOnlySpan<byte>)[2, 3])
            {
                Assert.Equal(expected, Ecdsa.IsPublicKey([prefix, .. Bytes(x)]));
                Assert.False(Ecdsa.IsPublicKey([prefix, .. Bytes(x + P)]), $"x = p + {x}");
            }
        }
        Assert.InRange(onCurve, 400, 600); // about half of all x
    }

    [Fact]
    public void VerifyBatch_TotalLengthWrong_Throws()
    {
        foreach (int count in (ReadOnlySpan<int>)[0, 1, 3])
        {
            byte[] keys = new byte[33 * count];
            byte[] hashes = new byte[32 * count];
            byte[] signatures = new byte[64 * count];
            bool[] verdicts = new bool[count];
            Ecdsa.VerifyBatch(keys, hashes, signatures, verdicts);
            Assert.DoesNotContain(true, verdicts);
            foreach (int off in (ReadOnlySpan<int>)[1, 32, 33, 64])
            {
                Assert.Throws<ArgumentException>(
                    "publicKeys",
                    () => Ecdsa.VerifyBatch(new byte[keys.Length + off], hashes, signatures, verdicts)
                );
                Assert.Throws<ArgumentException>(
                    "hashes",
                    () => Ecdsa.VerifyBatch(keys, new byte[hashes.Length + off], signatures, verdicts)
                );
                Assert.Throws<ArgumentException>(
                    "signatures",
                    () => Ecdsa.VerifyBatch(keys, hashes, new byte[signatures.Length + off], verdicts)
                );
            }
        }
    }

    [Fact]
    public void Verify_Warm_AllocatesNothing()
    {
        byte[] keys = [.. Key, .. Key];
        byte[] hashes = [.. Hash, .. Hash];
        byte[] signatures = [.. Signature, .. new byte[64]];
        bool[] verdicts = new bool[2];
        byte[] notAKey = new byte[33];
        Allocation.AssertNone(() => Ecdsa.Verify(Key, Hash, Signature));
        Allocation.AssertNone(() => Ecdsa.Verify(notAKey, Hash, Signature));
        Allocation.AssertNone(() => Ecdsa.IsPublicKey(Key));
        Allocation.AssertNone(() => Ecdsa.VerifyBatch(keys, hashes, signatures, verdicts));
        Assert.Equal([true, false], verdicts);
    }

    private static byte[] LowS(byte[] signature) =>
        Number(signature.AsSpan(32)) > N / 2 ? Negate(signature) : signature;
}

using System.Numerics;
using Ledger.Crypto.Secp256k1;
using Ledger.Crypto.Tests.Secp256k1.Reference;

namespace Ledger.Crypto.Tests.Secp256k1;

public class BatchTests
{
    private static int Seed => Seeds.Take(20_260_108);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(100)]
    [InlineData(2049)]
    public void EcdsaHintedBatch_OneInvalidAtEachOfSomePlaces_OnlyThatOneIsRefused(int count)
    {
        PackedInputs inputs = new VerificationInputs(Seed).Pack(count, validShare: 1);
        bool[] verdicts = new bool[count];
        Assert.True(EcdsaHintedBatchVerify(inputs, verdicts));
        Assert.DoesNotContain(false, verdicts);
        foreach (int place in new[] { 0, count / 3, count / 2, count - 1 }.Where(p => p >= 0 && p < count).Distinct())
        {
            inputs.Hashes[32 * place] ^= 1;
            Assert.False(EcdsaHintedBatchVerify(inputs, verdicts));
            for (int i = 0; i < count; i++)
            {
                Assert.True(verdicts[i] == (i != place), $"place {place}, lane {i}");
            }
            inputs.Hashes[32 * place] ^= 1;
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(300)]
    [InlineData(600)]
    public void EcdsaHintedBatch_SomeInvalidAnywhere_ThoseAndOnlyThoseAreRefused(int invalid)
    {
        const int Count = 600;
        PackedInputs inputs = new VerificationInputs(Seed).Pack(Count, validShare: 1);
        bool[] expected = new bool[Count];
        expected.AsSpan().Fill(true);
        int[] places = [.. Enumerable.Range(0, Count)];
        new Random(Seed + invalid).Shuffle(places);
        foreach (int place in places.Take(invalid))
        {
            inputs.Hashes[32 * place] ^= 1;
            expected[place] = false;
        }
        bool[] verdicts = new bool[Count];
        Assert.False(EcdsaHintedBatchVerify(inputs, verdicts));
        Assert.Equal(expected, verdicts);
    }

    [Fact]
    public void EcdsaHintedBatch_ErrorsThatCancelWithoutCoefficients_AreBothRefused()
    {
        // Two copies of one signature with hashes e + δ and e − δ: the errors of their equations are opposite, so the
        // plain sum still holds and only the random coefficients tell.
        PackedInputs inputs = new VerificationInputs(Seed).Pack(64, validShare: 1);
        bool[] verdicts = new bool[64];
        for (int lane = 10; lane <= 11; lane++)
        {
            inputs.Key(9).CopyTo(inputs.PublicKeys.AsSpan(33 * lane));
            inputs.Hash(9).CopyTo(inputs.Hashes.AsSpan(32 * lane));
            inputs.Signature(9).CopyTo(inputs.Signatures.AsSpan(64 * lane));
        }
        BigInteger hash = ReferenceCurve.FromBytes(inputs.Hash(9)) % ReferenceCurve.N;
        ReferenceCurve.ToBytes(ReferenceCurve.Mod(hash + 5, ReferenceCurve.N)).CopyTo(inputs.Hashes, 32 * 10);
        ReferenceCurve.ToBytes(ReferenceCurve.Mod(hash - 5, ReferenceCurve.N)).CopyTo(inputs.Hashes, 32 * 11);
        inputs.RecoveryIds[10] = inputs.RecoveryIds[9];
        inputs.RecoveryIds[11] = inputs.RecoveryIds[9];
        Assert.False(EcdsaHintedBatchVerify(inputs, verdicts));
        for (int i = 0; i < 64; i++)
        {
            Assert.True(verdicts[i] == i is not (10 or 11), $"lane {i}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void EcdsaHintedBatch_FewKeysAndRepeatedSignatures_EachVerdictItsOwn(int keyCount)
    {
        // Equal and opposite keys and equal R: sums meet equal points, and keys' scalars are added up.
        const int Count = 300;
        EdgeBiased random = new(Seed);
        BigInteger[] keys = [.. Enumerable.Range(0, keyCount).Select(_ => random.NextNonZeroScalar())];
        PackedInputs inputs = new(new byte[33 * Count], new byte[32 * Count], new byte[64 * Count], new byte[Count]);
        bool[] expected = new bool[Count];
        for (int i = 0; i < Count; i++)
        {
            int from = random.Random.Next(3) == 0 ? random.Random.Next(i + 1) : i;
            if (from < i)
            {
                inputs.Key(from).CopyTo(inputs.PublicKeys.AsSpan(33 * i));
                inputs.Hash(from).CopyTo(inputs.Hashes.AsSpan(32 * i));
                inputs.Signature(from).CopyTo(inputs.Signatures.AsSpan(64 * i));
                inputs.RecoveryIds[i] = inputs.RecoveryIds[from];
            }
            else
            {
                BigInteger key = keys[random.Random.Next(keyCount)];
                byte[] secret = ReferenceCurve.ToBytes(random.Random.Next(2) == 0 ? key : ReferenceCurve.N - key);
                random.NextBytes(32).CopyTo(inputs.Hashes, 32 * i);
                (byte[] signature, int recoveryId) = InputSigner.Sign(secret, inputs.Hash(i));
                InputSigner.PublicKey(secret).CopyTo(inputs.PublicKeys, 33 * i);
                signature.CopyTo(inputs.Signatures, 64 * i);
                inputs.RecoveryIds[i] = (byte)recoveryId;
            }
            expected[i] = true;
        }
        bool[] verdicts = new bool[Count];
        Assert.True(EcdsaHintedBatchVerify(inputs, verdicts));
        Assert.Equal(expected, verdicts);
        foreach (int place in new[] { 0, 140, 299 })
        {
            inputs.Hashes[32 * place] ^= 1;
            expected[place] = false;
        }
        Assert.False(EcdsaHintedBatchVerify(inputs, verdicts));
        Assert.Equal(expected, verdicts);
    }

    [Fact]
    public void EcdsaHintedBatch_AnyHints_ChangeNoVerdict()
    {
        PackedInputs inputs = new VerificationInputs(Seed).Pack(60, validShare: 0.8);
        bool[] expected = new bool[60];
        for (int i = 0; i < 60; i++)
        {
            expected[i] = EcdsaScalar.Verify(inputs.Key(i), inputs.Hash(i), inputs.Signature(i));
        }
        foreach (byte hint in new byte[] { 0, 1, 2, 3, 4, 255 })
        {
            inputs.RecoveryIds.AsSpan().Fill(hint);
            bool[] verdicts = new bool[60];
            EcdsaHintedBatchVerify(inputs, verdicts);
            Assert.Equal(expected, verdicts);
        }
    }

    [Fact]
    public void EcdsaHintedBatch_LengthsThatDiffer_Throws()
    {
        Assert.Throws<ArgumentException>(() => EcdsaHintedBatch.Verify(new byte[33], [], [], [], new bool[1]));
        Assert.Throws<ArgumentException>(() =>
            EcdsaHintedBatch.Verify(new byte[33], new byte[32], new byte[64], new byte[2], new bool[1])
        );
    }

    [Fact]
    public void EcdsaHintedBatch_SecondBatch_AllocatesNothing()
    {
        PackedInputs inputs = new VerificationInputs(Seed).Pack(200, validShare: 0.99);
        bool[] verdicts = new bool[200];
        Allocation.AssertNone(() => EcdsaHintedBatchVerify(inputs, verdicts), turns: 20);
    }

    [Fact]
    public void SchnorrVerifyBatch_SignedAndSpoiled_AgreesWithVerify()
    {
        const int Count = 60;
        EdgeBiased random = new(Seed);
        byte[] keys = new byte[32 * Count];
        byte[] messages = new byte[32 * Count];
        byte[] signatures = new byte[64 * Count];
        for (int i = 0; i < Count; i++)
        {
            (byte[] key, byte[] message, byte[] signature) = SignSchnorr(random);
            Assert.True(Schnorr.Verify(key, message, signature), $"turn {i}");
            key.CopyTo(keys, 32 * i);
            message.CopyTo(messages, 32 * i);
            signature.CopyTo(signatures, 64 * i);
        }
        bool[] verdicts = new bool[Count];
        Assert.True(Schnorr.VerifyBatch(keys, messages, signatures, verdicts));
        Assert.DoesNotContain(false, verdicts);
        for (int turn = 0; turn < 30; turn++)
        {
            byte[] spoiled =
                turn % 3 == 0 ? keys
                : turn % 3 == 1 ? messages
                : signatures;
            spoiled[random.Random.Next(spoiled.Length)] ^= (byte)(1 << random.Random.Next(8));
            Assert.False(Schnorr.VerifyBatch(keys, messages, signatures, verdicts));
            for (int i = 0; i < Count; i++)
            {
                bool expected = Schnorr.Verify(
                    keys.AsSpan(32 * i, 32),
                    messages.AsSpan(32 * i, 32),
                    signatures.AsSpan(64 * i, 64)
                );
                Assert.True(expected == verdicts[i], $"turn {turn}, lane {i}");
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(100_000)]
    public void SchnorrVerify_MessagesOfAnyLength_ValidAndSpoiledNot(int length)
    {
        EdgeBiased random = new(Seed);
        (byte[] key, byte[] message, byte[] signature) = SignSchnorr(random, length);
        Assert.True(Schnorr.Verify(key, message, signature));
        Assert.False(Schnorr.Verify(key, [.. message, 0], signature));
        signature[40] ^= 1;
        Assert.False(Schnorr.Verify(key, message, signature));
    }

    private static bool EcdsaHintedBatchVerify(PackedInputs inputs, bool[] verdicts) =>
        EcdsaHintedBatch.Verify(inputs.PublicKeys, inputs.Hashes, inputs.Signatures, inputs.RecoveryIds, verdicts);

    /// <summary>BIP-340 signing by the reference, with a random nonce.</summary>
    private static (byte[] Key, byte[] Message, byte[] Signature) SignSchnorr(EdgeBiased random, int length = 32)
    {
        BigInteger n = ReferenceCurve.N;
        BigInteger d = random.NextNonZeroScalar();
        BigInteger k = random.NextNonZeroScalar();
        byte[] message = random.NextBytes(length);
        ReferencePoint p = ReferenceCurve.G * d;
        ReferencePoint r = ReferenceCurve.G * k;
        d = p.Y.IsEven ? d : n - d;
        k = r.Y.IsEven ? k : n - k;
        byte[] tag = System.Security.Cryptography.SHA256.HashData("BIP0340/challenge"u8);
        byte[] key = ReferenceCurve.ToBytes(p.X);
        byte[] e = System.Security.Cryptography.SHA256.HashData([
            .. tag,
            .. tag,
            .. ReferenceCurve.ToBytes(r.X),
            .. key,
            .. message,
        ]);
        BigInteger s = (k + (ReferenceCurve.FromBytes(e) * d)) % n;
        return (key, message, [.. ReferenceCurve.ToBytes(r.X), .. ReferenceCurve.ToBytes(s)]);
    }
}

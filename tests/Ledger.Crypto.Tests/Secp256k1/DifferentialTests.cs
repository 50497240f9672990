using System.Globalization;
using System.Numerics;
using Ledger.Crypto.Secp256k1;
using Ledger.Crypto.Tests.Secp256k1.Reference;

namespace Ledger.Crypto.Tests.Secp256k1;

/// <summary>Inputs to verification, packed: keys of 33 bytes, hashes of 32, signatures of 64, and recovery hints.</summary>
internal sealed record PackedInputs(byte[] PublicKeys, byte[] Hashes, byte[] Signatures, byte[] RecoveryIds)
{
    public int Count => RecoveryIds.Length;

    public ReadOnlySpan<byte> Key(int i) => PublicKeys.AsSpan(33 * i, 33);

    public ReadOnlySpan<byte> Hash(int i) => Hashes.AsSpan(32 * i, 32);

    public ReadOnlySpan<byte> Signature(int i) => Signatures.AsSpan(64 * i, 64);

    public string Describe(int i) =>
        $"key {System.Convert.ToHexString(Key(i))} hash {System.Convert.ToHexString(Hash(i))} "
        + $"signature {System.Convert.ToHexString(Signature(i))} hint {RecoveryIds[i]}";
}

/// <summary>
/// Every way that the project verifies ECDSA, against libsecp256k1: random, mutated and adversarial inputs. The short
/// form runs with the tests; LEDGER_DIFFERENTIAL_COUNT asks for any other number of inputs.
/// </summary>
public class DifferentialTests
{
    private const int CountByDefault = 6_000;
    private const int BatchCount = 500;

    internal delegate void VerifyPath(PackedInputs inputs, Span<bool> verdicts);

    /// <summary>The paths under test. A further one, of another vector width for example, is one line more.</summary>
    internal static readonly (string Name, VerifyPath Verify)[] Paths =
    [
        ("scalar", VerifyOneByOne),
        (
            "hinted batch",
            (inputs, verdicts) =>
                EcdsaHintedBatch.Verify(
                    inputs.PublicKeys,
                    inputs.Hashes,
                    inputs.Signatures,
                    inputs.RecoveryIds,
                    verdicts
                )
        ),
        .. Lanes.EcdsaLanesTests.Paths,
    ];

    [Fact]
    public void Verify_EveryPath_AgreesWithLibsecp256k1()
    {
        Assert.SkipUnless(Libsecp256k1.IsAvailable, Libsecp256k1.Absent);
        string? asked = Environment.GetEnvironmentVariable("LEDGER_DIFFERENTIAL_COUNT");
        int count = asked == null ? CountByDefault : int.Parse(asked, CultureInfo.InvariantCulture);
        int seed = Seeds.Take(20_260_105);
        int valid = 0;
        int batches = (count + BatchCount - 1) / BatchCount;
        bool[] verdicts = new bool[BatchCount];
        for (int batch = 0; batch < batches; batch++)
        {
            // Some batches are all valid, some have few invalid inputs, some are mostly invalid.
            double validShare = (batch % 4) switch
            {
                0 => 1,
                1 => 0.99,
                2 => 0.6,
                _ => 0.1,
            };
            PackedInputs inputs = new VerificationInputs(seed + batch).Pack(BatchCount, validShare);
            bool[] expected = new bool[BatchCount];
            for (int i = 0; i < BatchCount; i++)
            {
                expected[i] = Libsecp256k1.Verify(inputs.Key(i), inputs.Hash(i), inputs.Signature(i));
                valid += expected[i] ? 1 : 0;
            }
            foreach ((string name, VerifyPath verify) in Paths)
            {
                verdicts.AsSpan().Fill(batch % 2 == 0);
                verify(inputs, verdicts);
                for (int i = 0; i < BatchCount; i++)
                {
                    Assert.True(expected[i] == verdicts[i], $"{name}, batch {batch}: {inputs.Describe(i)}");
                }
            }
        }
        // Were all valid or none, the comparison would say little.
        Assert.InRange(valid, batches * BatchCount / 3, batches * BatchCount * 9 / 10);
    }

    [Fact]
    public void Recover_AllInputs_AgreesWithLibsecp256k1()
    {
        Assert.SkipUnless(Libsecp256k1.IsAvailable, Libsecp256k1.Absent);
        int seed = Seeds.Take(20_260_106);
        PackedInputs inputs = new VerificationInputs(seed).Pack(1_000, validShare: 0.7);
        byte[] key = new byte[33];
        int recovered = 0;
        for (int i = 0; i < inputs.Count; i++)
        {
            bool highS = ReferenceCurve.FromBytes(inputs.Signature(i)[32..]) > ReferenceCurve.N / 2;
            for (int recoveryId = 0; recoveryId < 4; recoveryId++)
            {
                byte[]? expected = highS ? null : Libsecp256k1.Recover(inputs.Hash(i), inputs.Signature(i), recoveryId);
                string input = $"id {recoveryId}: {inputs.Describe(i)}";
                bool found = EcdsaRecovery.TryRecover(inputs.Hash(i), inputs.Signature(i), recoveryId, key);
                Assert.True(found == (expected != null), input);
                Assert.True(!found || key.AsSpan().SequenceEqual(expected), input);
                recovered += found ? 1 : 0;
            }
            bool valid = Libsecp256k1.Verify(inputs.Key(i), inputs.Hash(i), inputs.Signature(i));
            Assert.Equal(
                valid,
                EcdsaRecovery.TryFindRecoveryId(inputs.Key(i), inputs.Hash(i), inputs.Signature(i), out int id)
            );
            if (valid)
            {
                Assert.True(EcdsaRecovery.TryRecover(inputs.Hash(i), inputs.Signature(i), id, key));
                Assert.Equal(inputs.Key(i), key);
            }
        }
        Assert.True(recovered > 1_000);
    }

    [Fact]
    public void Verify_AdversarialInputs_AgreesWithReference()
    {
        // The reference judges the judge, where there is one. Fewer inputs, since each takes it some 50 ms.
        int seed = Seeds.Take(20_260_107);
        PackedInputs inputs = new VerificationInputs(seed).Pack(80, validShare: 0.5);
        for (int i = 0; i < inputs.Count; i++)
        {
            bool expected = ReferenceCurve.Verify(inputs.Key(i), inputs.Hash(i), inputs.Signature(i));
            Assert.True(
                !Libsecp256k1.IsAvailable
                    || expected == Libsecp256k1.Verify(inputs.Key(i), inputs.Hash(i), inputs.Signature(i)),
                inputs.Describe(i)
            );
            Assert.True(
                expected == EcdsaScalar.Verify(inputs.Key(i), inputs.Hash(i), inputs.Signature(i)),
                inputs.Describe(i)
            );
        }
    }

    private static void VerifyOneByOne(PackedInputs inputs, Span<bool> verdicts)
    {
        for (int i = 0; i < inputs.Count; i++)
        {
            verdicts[i] = EcdsaScalar.Verify(inputs.Key(i), inputs.Hash(i), inputs.Signature(i));
        }
    }
}

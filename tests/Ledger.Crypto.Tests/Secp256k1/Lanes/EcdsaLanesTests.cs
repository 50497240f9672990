using System.Numerics;
using System.Text.Json;
using Ledger.Crypto.Secp256k1;
using Ledger.Crypto.Secp256k1.Lanes;
using Ledger.Crypto.Tests.Secp256k1.Reference;

namespace Ledger.Crypto.Tests.Secp256k1.Lanes;

/// <summary>Every vector width, in one process, must give the verdicts of the scalar path.</summary>
public class EcdsaLanesTests
{
    private static int Seed => Seeds.Take(20_260_110);

    /// <summary>The paths that this processor, as configured, has.</summary>
    internal static readonly (string Name, DifferentialTests.VerifyPath Verify)[] Paths =
    [
        ("lanes, the widest", (i, v) => EcdsaLanes.VerifyBatch(i.PublicKeys, i.Hashes, i.Signatures, v)),
        ("lanes, one by one", (i, v) => EcdsaLanes.VerifyBatchScalar(i.PublicKeys, i.Hashes, i.Signatures, v)),
        .. (
            Lanes512.IsSupported
                ? new (string, DifferentialTests.VerifyPath)[]
                {
                    ("AVX-512", (i, v) => EcdsaLanes.VerifyBatch512(i.PublicKeys, i.Hashes, i.Signatures, v)),
                }
                : []
        ),
        .. (
            Lanes256.IsSupported
                ? new (string, DifferentialTests.VerifyPath)[]
                {
                    ("AVX2", (i, v) => EcdsaLanes.VerifyBatch256(i.PublicKeys, i.Hashes, i.Signatures, v)),
                }
                : []
        ),
    ];

    [Fact]
    public void VerifyBatch_EveryLength_MatchesScalar()
    {
        int seed = Seed;
        for (int count = 0; count <= 33; count++)
        {
            CheckAgainstScalar(new VerificationInputs(seed + count).Pack(count, validShare: 0.6), $"count {count}");
        }
        CheckAgainstScalar(new VerificationInputs(seed).Pack(64 + 64 + 3, validShare: 0.6), "blocks");
    }

    [Fact]
    public void VerifyBatch_Shuffled_VerdictsMoveAlong()
    {
        PackedInputs inputs = new VerificationInputs(Seed).Pack(48, validShare: 0.5);
        Random random = new(Seed);
        for (int turn = 0; turn < 8; turn++)
        {
            CheckAgainstScalar(inputs, $"turn {turn}");
            int[] order = [.. Enumerable.Range(0, inputs.Count)];
            random.Shuffle(order);
            inputs = Pack([
                .. order.Select(i =>
                    (inputs.Key(i).ToArray(), inputs.Hash(i).ToArray(), inputs.Signature(i).ToArray())
                ),
            ]);
        }
    }

    /// <summary>One invalid, malformed or exceptional input among valid ones, in each lane, changes only its own verdict.</summary>
    [Fact]
    public void VerifyBatch_OneOtherInEachLane_NeighboursUnchanged()
    {
        PackedInputs valid = new VerificationInputs(Seed).Pack(17, validShare: 1);
        PackedInputs others = new VerificationInputs(Seed + 1).Pack(30, validShare: 0);
        (byte[], byte[], byte[])[] neighbours =
        [
            .. Enumerable
                .Range(0, valid.Count)
                .Select(i => (valid.Key(i).ToArray(), valid.Hash(i).ToArray(), valid.Signature(i).ToArray())),
        ];
        for (int lane = 0; lane < valid.Count; lane++)
        {
            for (int other = 0; other < others.Count; other++)
            {
                (byte[], byte[], byte[])[] some = [.. neighbours];
                some[lane] = (
                    others.Key(other).ToArray(),
                    others.Hash(other).ToArray(),
                    others.Signature(other).ToArray()
                );
                CheckAgainstScalar(Pack(some), $"lane {lane}, other {other}");
            }
        }
    }

    /// <summary>
    /// Signatures whose key is chosen so that one addition on the way meets its own point or the opposite one, which the
    /// formulas cannot add: at every digit of both multipliers, in every lane in turn. Each once valid, and once with
    /// another r: from such an addition on all coordinates turn zero, and a comparison with any r would say yes.
    /// </summary>
    [Fact]
    public void VerifyBatch_AdditionOfEqualOrOppositePoints_MatchesScalar()
    {
        Random random = new(Seed);
        List<(byte[] Key, byte[] Hash, byte[] Signature)> inputs = [];
        for (int bit = EisensteinDigits.TopBit; bit >= 0; bit -= 3)
        {
            foreach (bool generator in new[] { false, true })
            {
                if (generator && bit % LaneGenerator.Width != 0)
                {
                    continue;
                }
                foreach (bool opposite in new[] { false, true })
                {
                    // The very last addition of opposite points makes infinity: no valid signature ends so.
                    bool infinite = opposite && generator && bit == 0;
                    inputs.Add(Colliding(random, bit, generator, opposite, valid: !infinite));
                    inputs.Add(Colliding(random, bit, generator, opposite, valid: false));
                }
            }
        }
        for (int shift = 0; shift < 8; shift++)
        {
            PackedInputs packed = Pack([.. inputs.Skip(shift), .. inputs.Take(shift)]);
            bool[] expected = CheckAgainstScalar(packed, $"shift {shift}");

            Assert.Equal((inputs.Count / 2) - 1, expected.Count(v => v));
        }
    }

    [Fact]
    public void VerifyBatch_Wycheproof_MatchesScalar()
    {
        string path = Vectors.Path("wycheproof/ecdsa_secp256k1_sha256_p1363_test.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        List<(byte[] Key, byte[] Hash, byte[] Signature)> inputs = [];
        List<bool> expected = [];
        foreach (JsonElement group in document.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            byte[] key = ReferenceCurve
                .Parse(
                    System.Convert.FromHexString(
                        group.GetProperty("publicKey").GetProperty("uncompressed").GetString()!
                    )
                )!
                .Value.Compressed();
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                byte[] signature = System.Convert.FromHexString(test.GetProperty("sig").GetString()!);
                if (signature.Length == 64)
                {
                    byte[] hash = System.Security.Cryptography.SHA256.HashData(
                        System.Convert.FromHexString(test.GetProperty("msg").GetString()!)
                    );
                    inputs.Add((key, hash, signature));
                    expected.Add(
                        test.GetProperty("result").GetString() == "valid"
                            && ReferenceCurve.FromBytes(signature.AsSpan(32)) <= ReferenceCurve.N / 2
                    );
                }
            }
        }
        Assert.True(inputs.Count > 100);
        Assert.Equal(expected, CheckAgainstScalar(Pack([.. inputs]), "wycheproof"));
    }

    [Fact]
    public void VerifyBatch_AnyPath_AllocatesNothing()
    {
        PackedInputs inputs = new VerificationInputs(Seed).Pack(70, validShare: 0.9);
        bool[] verdicts = new bool[inputs.Count];
        foreach ((_, DifferentialTests.VerifyPath verify) in Paths)
        {
            Allocation.AssertNone(() => verify(inputs, verdicts), turns: 20);
        }
    }

    [Fact]
    public void VerifyBatch_SpansOfDifferentCounts_Throws()
    {
        Assert.Throws<ArgumentException>(() =>
            EcdsaLanes.VerifyBatch(new byte[33], new byte[32], new byte[63], new bool[1])
        );
        Assert.Throws<ArgumentException>(() =>
            EcdsaLanes.VerifyBatch(new byte[33], new byte[64], new byte[64], new bool[1])
        );
        Assert.Throws<ArgumentException>(() =>
            EcdsaLanes.VerifyBatch(new byte[65], new byte[32], new byte[64], new bool[1])
        );
        Assert.Throws<ArgumentException>(() => EcdsaLanes.VerifyBatch(new byte[33], new byte[32], new byte[64], []));
    }

    private static bool[] CheckAgainstScalar(PackedInputs inputs, string what)
    {
        bool[] expected = new bool[inputs.Count];
        for (int i = 0; i < inputs.Count; i++)
        {
            expected[i] = EcdsaScalar.Verify(inputs.Key(i), inputs.Hash(i), inputs.Signature(i));
        }
        bool[] verdicts = new bool[inputs.Count];
        foreach ((string name, DifferentialTests.VerifyPath verify) in Paths)
        {
            for (int i = 0; i < inputs.Count; i++)
            {
                verdicts[i] = !expected[i];
            }
            verify(inputs, verdicts);
            for (int i = 0; i < inputs.Count; i++)
            {
                Assert.True(
                    expected[i] == verdicts[i],
                    $"{name}, {what}, input {i}, expected {expected[i]}: {inputs.Describe(i)}"
                );
            }
        }
        return expected;
    }

    private static PackedInputs Pack(ReadOnlySpan<(byte[] Key, byte[] Hash, byte[] Signature)> inputs)
    {
        PackedInputs r = new(
            new byte[33 * inputs.Length],
            new byte[32 * inputs.Length],
            new byte[64 * inputs.Length],
            new byte[inputs.Length]
        );
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i].Key.CopyTo(r.PublicKeys, 33 * i);
            inputs[i].Hash.CopyTo(r.Hashes, 32 * i);
            inputs[i].Signature.CopyTo(r.Signatures, 64 * i);
        }
        return r;
    }

    /// <summary>
    /// With u1 and u2, and so all digits, chosen, the sum before an addition is (a + b·q)·G where q is the key's secret,
    /// and what is added is (c + d·q)·G: q = ±(a ∓ c)/(±d − b) makes them equal or opposite. Then s = r/u2, e = u1·s.
    /// </summary>
    private static (byte[] Key, byte[] Hash, byte[] Signature) Colliding(
        Random random,
        int atBit,
        bool atGenerator,
        bool opposite,
        bool valid
    )
    {
        BigInteger n = ReferenceCurve.N;
        BigInteger start = ReferenceCurve.Mod(
            -Convert.Number(LaneGenerator.MinusOffset) * ReferenceCurve.Inverse(BigInteger.One << 126, n),
            n
        );
        EisensteinDigits keyDigits = PointLanes<System.Runtime.Intrinsics.Vector512<double>, Lanes512>.KeyDigits;
        while (true)
        {
            BigInteger u1 = Draw(random);
            BigInteger u2 = Draw(random);
            BigInteger[] g = Digits(
                LaneGenerator.Digits,
                ReferenceCurve.Mod(u1 + Convert.Number(LaneGenerator.MinusOffset), n)
            );
            BigInteger[] k = Digits(keyDigits, u2);
            (BigInteger a, BigInteger b) = (start, 0);
            for (int bit = EisensteinDigits.TopBit; bit > atBit; bit--)
            {
                b += bit % keyDigits.Width == 0 ? k[bit / keyDigits.Width] : 0;
                a += bit % LaneGenerator.Width == 0 ? g[bit / LaneGenerator.Width] : 0;
                (a, b) = (2 * a % n, 2 * b % n);
            }
            if (atGenerator)
            {
                b += k[atBit / keyDigits.Width];
            }
            BigInteger c = atGenerator ? g[atBit / LaneGenerator.Width] : 0;
            BigInteger d = atGenerator ? 0 : k[atBit / keyDigits.Width];
            (c, d) = opposite ? (-c, -d) : (c, d);
            BigInteger divisor = ReferenceCurve.Mod(d - b, n);
            if ((c.IsZero && d.IsZero) || divisor.IsZero)
            {
                continue;
            }
            BigInteger q = ReferenceCurve.Mod((a - c) * ReferenceCurve.Inverse(divisor, n), n);
            BigInteger nonce = ReferenceCurve.Mod(u1 + (u2 * q), n);
            if (q.IsZero || (valid && nonce.IsZero))
            {
                continue;
            }
            BigInteger r = Draw(random);
            if (valid)
            {
                r = ReferenceCurve.FromBytes(InputSigner.PublicKey(ReferenceCurve.ToBytes(nonce)).AsSpan(1)) % n;
            }
            BigInteger s = r * ReferenceCurve.Inverse(u2, n) % n;
            if (s > n / 2)
            {
                continue;
            }
            return (
                InputSigner.PublicKey(ReferenceCurve.ToBytes(q)),
                ReferenceCurve.ToBytes(u1 * s % n),
                [.. ReferenceCurve.ToBytes(r), .. ReferenceCurve.ToBytes(s)]
            );
        }
    }

    private static BigInteger Draw(Random random)
    {
        byte[] bytes = new byte[32];
        random.NextBytes(bytes);
        return (ReferenceCurve.FromBytes(bytes) % (ReferenceCurve.N - 1)) + 1;
    }

    private static BigInteger[] Digits(EisensteinDigits recoder, BigInteger k)
    {
        Endomorphism.Split(Convert.Scalar(k), out HalfScalar k1, out HalfScalar k2);
        int[] digits = new int[recoder.Length];
        recoder.Recode(in k1, in k2, digits, 1);
        return
        [
            .. digits.Select(digit =>
                (BigInteger)recoder.Value(digit).A + (recoder.Value(digit).B * ReferenceCurve.Lambda)
            ),
        ];
    }
}

using System.Numerics;
using Ledger.Crypto.Curve25519;
using Ledger.Crypto.Native;
using Ledger.Crypto.Tests.Reference;
using static Ledger.Crypto.Tests.Reference.ReferenceEd25519;

namespace Ledger.Crypto.Tests;

/// <summary>The definition that <see cref="Ed25519"/> states, where libraries differ, against the reference.</summary>
public sealed class Ed25519DefinitionTests
{
    /// <summary>The twelve cases of "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko, 2020).</summary>
    [Theory]
    [InlineData(
        0,
        "A and R of small order",
        false,
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a0000000000000000000000000000000000000000000000000000000000000000"
    )]
    [InlineData(
        1,
        "A of small order",
        false,
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04"
    )]
    [InlineData(
        2,
        "R of small order",
        true,
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
        "aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e"
    )]
    [InlineData(
        3,
        "A and R of mixed order",
        true,
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
        "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
        "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009"
    )]
    [InlineData(
        4,
        "valid with the cofactor only",
        false,
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
        "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
        "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09"
    )]
    [InlineData(
        5,
        "valid with the cofactor and 8k unreduced only",
        false,
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
        "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
        "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405"
    )]
    [InlineData(
        6,
        "S above L",
        false,
        "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
        "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
        "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514"
    )]
    [InlineData(
        7,
        "S far above L",
        false,
        "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
        "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
        "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa19427e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22"
    )]
    [InlineData(
        8,
        "R not canonical, k of its canonical bytes",
        false,
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
        "9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff03be9678ac102edcd92b0210bb34d7428d12ffc5df5f37e359941266a4e35f0f"
    )]
    [InlineData(
        9,
        "R not canonical",
        false,
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
        "9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffca8c5b64cd208982aa38d4936621a4775aa233aa0505711d8fdcfdaa943d4908"
    )]
    [InlineData(
        10,
        "A not canonical, k of its canonical bytes",
        false,
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "e96b7021eb39c1a163b6da4e3093dcd3f21387da4cc4572be588fafae23c155b",
        "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04"
    )]
    [InlineData(
        11,
        "A not canonical",
        false,
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "39a591f5321bbe07fd5a23dc2f39d025d74526615746727ceefd6e82ae65c06f",
        "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04"
    )]
    public void Verify_TamingTheManyEdDSAs_IsTheDefinitionsVerdict(
        int number,
        string what,
        bool isValid,
        string publicKey,
        string message,
        string signature
    )
    {
        byte[] key = Convert.FromHexString(publicKey);
        byte[] text = Convert.FromHexString(message);
        byte[] bytes = Convert.FromHexString(signature);
        Assert.True(isValid == Verify(key, text, bytes), $"the reference, case {number}: {what}");
        Assert.True(isValid == Ed25519.Verify(key, text, bytes), $"case {number}: {what}");
        // What each is there for: an equation with the cofactor and without other checks would take these.
        Assert.True(VerifyCofactored(key, text, bytes) == number is <= 5 or >= 9, $"with the cofactor, case {number}");
    }

    [Fact]
    public void IsPublicKey_EveryEncodingOfTheTorsionPoints_IsFalse()
    {
        byte[][] encodings = [.. TorsionEncodings()];
        Assert.Equal(14, encodings.Length); // 8 canonical ones; two more of y = 0, and of y = 1; of y = 1 and −1 with a sign
        Assert.Equal(8, encodings.Count(e => DecodeCanonical(e) is not null));
        byte[] message = [1, 2, 3];
        foreach (byte[] key in encodings)
        {
            string hex = Convert.ToHexString(key);
            Assert.False(Ed25519.IsPublicKey(key), hex);
            Assert.True(Edwards25519.IsOnCurve(key), hex);
            Assert.Equal(DecodeCanonical(key) is not null, Edwards25519.IsCanonical(key));

            // Such a key makes a signature for any message without a secret: R = −[k]A, S = 0, once k fits.
            foreach (byte[] r in encodings)
            {
                Assert.False(Ed25519.Verify(key, message, [.. r, .. new byte[32]]), hex);
            }
        }
    }

    [Fact]
    public void IsPublicKey_YNotBelowP_IsFalseThoughItsResidueIsOnTheCurve()
    {
        int points = 0;
        for (int y = 0; y < 19; y++)
        {
            foreach (BigInteger sign in (BigInteger[])[0, BigInteger.One << 255])
            {
                byte[] residue = Bytes(y + sign);
                byte[] key = Bytes(y + P + sign);
                Assert.False(Ed25519.IsPublicKey(key), Convert.ToHexString(key));
                Assert.Equal(IsPublicKey(residue), Ed25519.IsPublicKey(residue));
                points += IsPublicKey(residue) ? 1 : 0;
            }
        }
        Assert.InRange(points, 10, 28);
    }

    [Fact]
    public void IsPublicKey_SeededBytes_AgreesWithReference()
    {
        Random random = Seeds.Random(20_260_130);
        BigInteger[] edges =
        [
            0,
            1,
            P / 2,
            P - 1,
            P,
            P + 1,
            BigInteger.One << 254,
            (BigInteger.One << 255) - 1,
            L,
            8 * L,
        ];
        int keys = 0;
        for (int i = 0; i < 2_000; i++)
        {
            byte[] bytes = new byte[32];
            if (i % 4 == 0)
            {
                BigInteger y = edges[random.Next(edges.Length)] + random.Next(-50, 50);
                bytes = Bytes(BigInteger.Clamp(y, 0, (BigInteger.One << 255) - 1));
                bytes[31] |= (byte)(random.Next(2) << 7);
            }
            else
            {
                random.NextBytes(bytes);
            }
            bool expected = IsPublicKey(bytes);
            keys += expected ? 1 : 0;
            Assert.True(expected == Ed25519.IsPublicKey(bytes), Convert.ToHexString(bytes));
        }
        Assert.InRange(keys, 700, 1_300); // about half of all y
    }

    [Fact]
    public void IsPublicKey_OtherLengths_IsFalse()
    {
        byte[] key = Encode(B);
        Assert.True(Ed25519.IsPublicKey(key));
        Assert.False(Ed25519.IsPublicKey([]));
        Assert.False(Ed25519.IsPublicKey(key[..31]));
        Assert.False(Ed25519.IsPublicKey([.. key, 0]));
    }

    [Fact]
    public void IsPublicKey_Warm_AllocatesNothing()
    {
        byte[] key = Encode(B);
        Allocation.AssertNone(() => Ed25519.IsPublicKey(key));
    }

    /// <summary>The check leaves the curve to libcrypto when it verifies: a key that is none must not verify there either.</summary>
    [Fact]
    public void Verify_KeysThatAreNoPoints_IsFalseByLibcryptoToo()
    {
        Random random = Seeds.Random(20_260_131);
        byte[] message = [1];
        int refused = 0;
        while (refused < 500)
        {
            byte[] key = new byte[32];
            random.NextBytes(key);
            if (Decode(key) is null)
            {
                // Had it a secret 0, this would be its signature.
                byte[] signature = [.. Encode(B), .. Bytes(1)];
                Assert.False(LibCrypto.Verify(key, message, signature), Convert.ToHexString(key));
                Assert.False(Ed25519.Verify(key, message, signature), Convert.ToHexString(key));
                refused++;
            }
        }
    }

    [Fact]
    public void IsInRange_AroundL_IsTrueBelow()
    {
        byte[] r = Encode(B);
        foreach (BigInteger s in (BigInteger[])[0, 1, L - 1, L, L + 1, 2 * L, (BigInteger.One << 256) - 1])
        {
            Assert.Equal(s < L, Ed25519.IsInRange([.. r, .. Bytes(s)]));
        }
        Assert.False(Ed25519.IsInRange(new byte[63]));
        Assert.False(Ed25519.IsInRange(new byte[65]));
    }

    [Fact]
    public void Verify_SPlusL_IsFalseThoughTheEquationHolds()
    {
        byte[] message = [1, 2, 3];
        (byte[] key, byte[] signature) = Sign(123, Neutral, 456, Neutral, message);
        Assert.True(Ed25519.Verify(key, message, signature));
        for (int factor = 1; factor <= 15; factor++)
        {
            byte[] s = Bytes(Number(signature.AsSpan(32)) + (factor * L));
            Assert.False(Ed25519.Verify(key, message, [.. signature[..32], .. s]));
        }
    }

    [Fact]
    public void Verify_ROfSmallOrder_IsTrueWhereTheEquationHolds()
    {
        // Nonce 0, and every torsion point as R: it must cancel what [k]A has of small order.
        int valid = 0;
        for (int torsionOfA = 0; torsionOfA < 8; torsionOfA++)
        {
            for (int torsionOfR = 0; torsionOfR < 8; torsionOfR++)
            {
                byte[] message = [(byte)torsionOfA, (byte)torsionOfR];
                (byte[] key, byte[] signature) = Sign(789, Torsion[torsionOfA], 0, Torsion[torsionOfR], message);
                bool expected = Verify(key, message, signature);
                Assert.True(VerifyCofactored(key, message, signature));
                Assert.Equal(expected, Ed25519.Verify(key, message, signature));
                valid += expected ? 1 : 0;
            }
        }
        Assert.InRange(valid, 1, 63);
    }

    [Fact]
    public void Verify_NonCanonicalR_IsFalseThoughTheEquationHolds()
    {
        // R = 1 and −1 with a sign, and y = p + 1: points that a key of order L·2 or L can sign with.
        foreach (byte[] encodedR in TorsionEncodings().Where(e => DecodeCanonical(e) is null))
        {
            BigInteger secret = 789;
            for (int i = 0; i < 8; i++)
            {
                byte[] message = [(byte)i];
                byte[] key = Encode(Add(Multiply(secret, B), Torsion[i]));
                byte[] signature = [.. encodedR, .. Bytes(Challenge(key, message, encodedR) * secret % L)];
                Assert.True(VerifyCofactored(key, message, signature));
                Assert.False(Ed25519.Verify(key, message, signature), Convert.ToHexString(encodedR));
            }
        }
    }

    [Fact]
    public void Verify_SeededSignatures_AgreesWithReference()
    {
        Random random = Seeds.Random(20_260_132);
        int valid = 0;
        const int Count = 300;
        for (int i = 0; i < Count; i++)
        {
            byte[] message = new byte[random.Next(40)];
            random.NextBytes(message);
            Point torsionOfA = random.Next(2) == 0 ? Neutral : Torsion[random.Next(8)];
            Point torsionOfR = random.Next(2) == 0 ? Neutral : Torsion[random.Next(8)];
            BigInteger a = random.Next(10) == 0 ? 0 : Scalar();
            BigInteger r = random.Next(10) == 0 ? 0 : Scalar();
            (byte[] key, byte[] signature) = Sign(a, torsionOfA, r, torsionOfR, message);
            switch (random.Next(16))
            {
                case 0:
                    signature[random.Next(64)] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    key[random.Next(32)] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    Bytes(Number(signature.AsSpan(32)) + L).CopyTo(signature, 32);
                    break;
                case 3:
                    Bytes(L - Number(signature.AsSpan(32))).CopyTo(signature, 32);
                    break;
                default:
                    break;
            }
            bool expected = Verify(key, message, signature);
            valid += expected ? 1 : 0;
            Assert.True(
                expected == Ed25519.Verify(key, message, signature),
                $"key {Convert.ToHexString(key)} message {Convert.ToHexString(message)} signature {Convert.ToHexString(signature)}"
            );
        }
        Assert.InRange(valid, Count / 6, Count * 2 / 3);

        BigInteger Scalar()
        {
            byte[] bytes = new byte[32];
            random.NextBytes(bytes);
            return Number(bytes) % L;
        }
    }

    [Fact]
    public void KnownAnswers_OfTheInstalledLibraryAndTheReference_AreRight()
    {
        Ed25519KnownAnswers.Require(LibCrypto.Verify);
        Ed25519KnownAnswers.Require(Verify);
    }

    [Fact]
    public void KnownAnswers_OfLibrariesWithOtherDefinitions_Throw()
    {
        (string Says, Ed25519KnownAnswers.Verifier Verify)[] libraries =
        [
            ("accepts a signature that is one only when", VerifyCofactored),
            (
                "refuses a signature whose R has small order",
                (key, message, signature) =>
                    Verify(key, message, signature) && Multiply(8, Decode(signature[..32])!) != Neutral
            ),
            (
                "refuses a signature by a key of mixed order",
                (key, message, signature) => Verify(key, message, signature) && Multiply(L, Decode(key)!) == Neutral
            ),
            ("refuses an ordinary signature", (_, _, _) => false),
            (
                "accepts a signature by a key that is no point",
                (key, message, signature) => Decode(key) is null || Verify(key, message, signature)
            ),
        ];
        foreach ((string says, Ed25519KnownAnswers.Verifier verify) in libraries)
        {
            Exception failure = Assert.Throws<System.Security.Cryptography.CryptographicException>(() =>
                Ed25519KnownAnswers.Require(verify)
            );
            Assert.Contains(says, failure.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>All 32-byte strings that stand for one of the eight points, canonical or not.</summary>
    private static IEnumerable<byte[]> TorsionEncodings() =>
        from y in Torsion.Select(p => p.Y).Distinct()
        from number in (BigInteger[])[y, y + P]
        where number >> 255 == 0
        from sign in (BigInteger[])[0, BigInteger.One << 255]
        select Bytes(number + sign);
}

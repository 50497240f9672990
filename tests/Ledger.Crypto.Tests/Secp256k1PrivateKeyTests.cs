using System.Numerics;
using System.Security.Cryptography;
using static Ledger.Crypto.Tests.Reference.ReferenceEcdsa;

namespace Ledger.Crypto.Tests;

public sealed class Secp256k1PrivateKeyTests
{
    private const string Base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    /// <summary>From the did:key specification (W3C CCG): private key, public key, identifier.</summary>
    [Theory]
    [InlineData(
        "9085d2bef69286a6cbb51623c8fa258629945cd55ca705cc4e66700396894e0c",
        "03874c15c7fda20e539c6e5ba573c139884c351188799f5458b4b41f7924f235cd",
        "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"
    )]
    [InlineData(
        "f0f4df55a2b3ff13051ea814a8f24ad00f2e469af73c363ac7e9fb999a9072ed",
        "03d4b8cf1953bd38ea9f79a51c4fd4be325ff9c103b26db490d121a03201bd5343",
        "zQ3shtxV1FrJfhqE1dvxYRcCknWNjHc3c5X1y3ZSoPDi2aur2"
    )]
    [InlineData(
        "6b0b91287ae3348f8c2f2552d766f30e3604867e34adc37ccbb74a8e6b893e02",
        "02b52d132694fdf9452926f8cc654c80d02d2823d97b556f1dd800e9b5844955d3",
        "zQ3shZc2QzApp2oymGvQbzP8eKheVshBHbU4ZYjeXqwSKEn6N"
    )]
    public void PublicKey_PublishedPairs_IsPublishedKey(string privateKey, string publicKey, string identifier)
    {
        using Secp256k1PrivateKey key = Secp256k1PrivateKey.FromBytes(Convert.FromHexString(privateKey));
        Assert.Equal(publicKey, Convert.ToHexStringLower(key.PublicKey));
        Assert.Equal("e701" + publicKey, Convert.ToHexStringLower(FromBase58(identifier[1..])));
        Assert.True(Ecdsa.IsPublicKey(key.PublicKey));
    }

    [Fact]
    public void PublicKey_PublishedJwk_HasItsCoordinates()
    {
        Point point = Decode(
            Convert.FromHexString("03874c15c7fda20e539c6e5ba573c139884c351188799f5458b4b41f7924f235cd")
        )!;
        Assert.Equal("h0wVx_2iDlOcblulc8E5iEw1EYh5n1RYtLQfeSTyNc0", Base64Url(point.X));
        Assert.Equal("O2EATIGbu6DezKFptj5scAIRntgfecanVNXxat1rnwE", Base64Url(point.Y));

        static string Base64Url(BigInteger number) => System.Buffers.Text.Base64Url.EncodeToString(Bytes(number));
    }

    [Fact]
    public void Sign_PublishedRfc6979Message_IsPublishedSignature()
    {
        // The vector that Bitcoin libraries share: private key 1, SHA-256 of "Satoshi Nakamoto".
        using Secp256k1PrivateKey key = Secp256k1PrivateKey.FromBytes(Bytes(1));
        byte[] signature = new byte[64];
        key.Sign(SHA256.HashData("Satoshi Nakamoto"u8), signature);
        Assert.Equal(
            "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"
                + "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5",
            Convert.ToHexStringLower(signature)
        );
    }

    [Fact]
    public void Sign_SeededKeysAndHashes_IsReferenceRfc6979AndVerifies()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        byte[] hash = new byte[32];
        byte[] secret = new byte[32];
        byte[] signature = new byte[64];
        for (int i = 0; i < 200; i++)
        {
            random.NextBytes(secret);
            random.NextBytes(hash);
            if (i % 10 == 0)
            {
                hash = Bytes((BigInteger.One << 256) - 1 - i); // above n: reduced
            }
            using Secp256k1PrivateKey key = Secp256k1PrivateKey.FromBytes(secret);
            key.Sign(hash, signature);
            string name = $"seed {seed}, round {i}";
            Assert.True(signature.AsSpan().SequenceEqual(SignDeterministic(secret, hash)), name);
            Assert.True(Ecdsa.Verify(key.PublicKey, hash, signature), name);
            Assert.True(key.PublicKey.SequenceEqual(Encode(Multiply(Number(secret), G)!)), name);
        }
    }

    [Fact]
    public void FromBytes_NotAPrivateKey_Throws()
    {
        foreach (BigInteger number in (BigInteger[])[0, N, N + 1, (BigInteger.One << 256) - 1])
        {
            Assert.Throws<ArgumentException>(() => Secp256k1PrivateKey.FromBytes(Bytes(number)));
        }
        foreach (int length in (ReadOnlySpan<int>)[0, 31, 33, 64])
        {
            byte[] bytes = new byte[length];
            Assert.Throws<ArgumentException>(() => Secp256k1PrivateKey.FromBytes(bytes));
        }
        using Secp256k1PrivateKey largest = Secp256k1PrivateKey.FromBytes(Bytes(N - 1));
        Assert.True(largest.PublicKey.SequenceEqual(Encode(Negate(G)!)));
    }

    [Fact]
    public void Generate_Twice_AreDifferentKeysThatRestore()
    {
        using Secp256k1PrivateKey first = Secp256k1PrivateKey.Generate();
        using Secp256k1PrivateKey second = Secp256k1PrivateKey.Generate();
        Assert.False(first.PublicKey.SequenceEqual(second.PublicKey));

        byte[] secret = new byte[32];
        first.CopyTo(secret);
        using Secp256k1PrivateKey restored = Secp256k1PrivateKey.FromBytes(secret);
        Assert.True(first.PublicKey.SequenceEqual(restored.PublicKey));
        Assert.Throws<ArgumentException>(() => first.CopyTo(new byte[31]));
        Assert.Throws<ArgumentException>(() => first.CopyTo(new byte[33]));
    }

    [Fact]
    public void Sign_WrongLength_Throws()
    {
        using Secp256k1PrivateKey key = Secp256k1PrivateKey.Generate();
        Assert.Throws<ArgumentException>(() => key.Sign(new byte[31], new byte[64]));
        Assert.Throws<ArgumentException>(() => key.Sign(new byte[33], new byte[64]));
        Assert.Throws<ArgumentException>(() => key.Sign(new byte[32], new byte[63]));
        Assert.Throws<ArgumentException>(() => key.Sign(new byte[32], new byte[65]));
    }

    [Fact]
    public void AnyUse_Disposed_Throws()
    {
        Secp256k1PrivateKey key = Secp256k1PrivateKey.Generate();
        key.Dispose();
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Sign(new byte[32], new byte[64]));
        Assert.Throws<ObjectDisposedException>(() => key.CopyTo(new byte[32]));
    }

    [Fact]
    public void Sign_ManyThreadsOneKey_SignsAlike()
    {
        using Secp256k1PrivateKey key = Secp256k1PrivateKey.FromBytes(Bytes(7));
        byte[][] hashes = [.. Enumerable.Range(0, 64).Select(i => SHA256.HashData([(byte)i]))];
        byte[][] expected = [.. hashes.Select(h => SignDeterministic(Bytes(7), h))];
        Parallel.For(
            0,
            1024,
            i =>
            {
                byte[] signature = new byte[64];
                key.Sign(hashes[i % 64], signature);
                Assert.Equal(expected[i % 64], signature);
            }
        );
    }

    [Fact]
    public void Sign_Warm_AllocatesNothing()
    {
        using Secp256k1PrivateKey key = Secp256k1PrivateKey.FromBytes(Bytes(7));
        byte[] hash = new byte[32];
        byte[] signature = new byte[64];
        Allocation.AssertNone(() => key.Sign(hash, signature));
    }

    private static byte[] FromBase58(string text)
    {
        BigInteger number = 0;
        foreach (char digit in text)
        {
            number = (number * 58) + Base58.IndexOf(digit, StringComparison.Ordinal);
        }
        return number.ToByteArray(isUnsigned: true, isBigEndian: true);
    }
}

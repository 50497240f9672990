using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Ledger.Crypto;
using static Ledger.Testing.ReferenceEcdsa;

namespace Ledger.Client.Tests;

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

    /// <summary>
    /// The vectors that Bitcoin libraries share: private key, message whose SHA-256 is signed, signature.
    /// </summary>
    [Theory]
    [InlineData(
        "0000000000000000000000000000000000000000000000000000000000000001",
        "Satoshi Nakamoto",
        "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d82442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5"
    )]
    [InlineData(
        "0000000000000000000000000000000000000000000000000000000000000001",
        "All those moments will be lost in time, like tears in rain. Time to die...",
        "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21"
    )]
    [InlineData(
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140",
        "Satoshi Nakamoto",
        "fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d06b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5"
    )]
    [InlineData(
        "f8b8af8ce3c7cca5e300d33939540c10d45ce001b8f252bfbc57ba0342904181",
        "Alan Turing",
        "7063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c58dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea"
    )]
    public void Sign_PublishedRfc6979Messages_IsPublishedSignature(string privateKey, string message, string expected)
    {
        using Secp256k1PrivateKey key = Secp256k1PrivateKey.FromBytes(Convert.FromHexString(privateKey));
        byte[] signature = new byte[64];
        key.Sign(SHA256.HashData(Encoding.ASCII.GetBytes(message)), signature);
        Assert.Equal(expected, Convert.ToHexStringLower(signature));
    }

    [Fact]
    public void Sign_SeededKeysAndHashes_IsReferenceRfc6979AndVerifies()
    {
        foreach ((byte[] secret, byte[] hash) in SecretsAndHashes(Seeds.Random(20_260_120), 100))
        {
            using Secp256k1PrivateKey key = Secp256k1PrivateKey.FromBytes(secret);
            byte[] signature = new byte[64];
            key.Sign(hash, signature);
            Assert.Equal(SignDeterministic(secret, hash), signature);
            Assert.True(Ecdsa.Verify(key.PublicKey, hash, signature));
            Assert.Equal(Encode(Multiply(Number(secret), G)!), key.PublicKey);
        }
    }

    [Fact]
    public void Sign_SeededKeysAndHashes_IsWhatLibsecp256k1Signs()
    {
        Assert.SkipUnless(Libsecp256k1.IsAvailable, Libsecp256k1.Absent);
        foreach ((byte[] secret, byte[] hash) in SecretsAndHashes(Seeds.Random(20_260_121), 500))
        {
            using Secp256k1PrivateKey key = Secp256k1PrivateKey.FromBytes(secret);
            byte[] signature = new byte[64];
            key.Sign(hash, signature);
            Assert.Equal(Libsecp256k1.Sign(secret, hash), signature);
            Assert.Equal(Libsecp256k1.PublicKey(secret), key.PublicKey);
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
    public void Sign_WhileAnotherThreadDisposes_IsRightOrRefused()
    {
        byte[] hash = SHA256.HashData("message"u8);
        byte[] expected = SignDeterministic(Bytes(7), hash);
        for (int round = 0; round < 50; round++)
        {
            Secp256k1PrivateKey key = Secp256k1PrivateKey.FromBytes(Bytes(7));
            using Barrier start = new(2);
            byte[] signature = [.. expected];
            Parallel.Invoke(
                () =>
                {
                    start.SignalAndWait();
                    key.Dispose();
                },
                () =>
                {
                    start.SignalAndWait();
                    try
                    {
                        key.Sign(hash, signature);
                    }
                    catch (ObjectDisposedException) { }
                }
            );
            Assert.Equal(expected, signature);
        }
    }

    /// <summary>Random ones, edges among them: the smallest and largest keys, and hashes beyond the order, which are reduced.</summary>
    private static IEnumerable<(byte[] Secret, byte[] Hash)> SecretsAndHashes(Random random, int count)
    {
        for (int i = 0; i < count; i++)
        {
            byte[] secret = new byte[32];
            byte[] hash = new byte[32];
            random.NextBytes(secret);
            random.NextBytes(hash);
            yield return (i % 10) switch
            {
                0 => (secret, Bytes((BigInteger.One << 256) - 1 - i)),
                1 => (secret, Bytes(N + (i / 10))),
                2 => (Bytes(1 + i), hash),
                3 => (Bytes(N - 1 - i), hash),
                4 => (secret, new byte[32]),
                _ => (secret, hash),
            };
        }
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

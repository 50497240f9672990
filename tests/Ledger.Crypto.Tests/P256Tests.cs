using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Ledger.Crypto.Tests;

public class P256Tests
{
    // FIPS 186-5 and SP 800-186, §3.2.1.3; judged here by plain affine arithmetic, independent of what it judges.
    private static readonly BigInteger P = Hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    private static readonly BigInteger B = Hex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");
    private static readonly BigInteger N = Hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

    private static readonly (BigInteger X, BigInteger Y) G = (
        Hex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
        Hex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
    );

    // RFC 6979, A.2.5.
    private static readonly BigInteger Secret = Hex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
    private static readonly byte[] Key = Convert.FromHexString(
        "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    );

    [Theory]
    [InlineData(
        "sample",
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
        "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
    )]
    [InlineData(
        "test",
        "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
        "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"
    )]
    public void Verify_OfRfc6979_TakesTheLowOfBoth(string message, string r, string s)
    {
        byte[] hash = SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(message));
        BigInteger low = BigInteger.Min(Hex(s), N - Hex(s));

        Assert.True(P256.Verify(Key, hash, [.. Convert.FromHexString(r), .. Bytes(low)]));
        Assert.False(P256.Verify(Key, hash, [.. Convert.FromHexString(r), .. Bytes(N - low)]));
    }

    [Fact]
    public void Verify_OfManySignatures_AgreesWithTheReference()
    {
        Random random = new(256);
        for (int i = 0; i < 40; i++)
        {
            byte[] hash = new byte[32];
            random.NextBytes(hash);
            byte[] signature = Sign(hash, nonce: random.NextInt64() + 1);
            byte[] other = [.. signature];
            other[random.Next(64)] ^= (byte)(1 << random.Next(8));

            Assert.Equal(IsLow(signature), P256.Verify(Key, hash, signature));
            Assert.Equal(ReferenceVerify(hash, other), P256.Verify(Key, hash, other));
            P256.NormalizeS(signature);
            Assert.True(P256.Verify(Key, hash, signature));
        }
    }

    // Where libraries differ: hashes beyond the order, and sums that meet infinity or double.
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")]
    [InlineData("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void Verify_OfAnEdgeHash_AgreesWithTheReference(string hex)
    {
        byte[] hash = Convert.FromHexString(hex);
        byte[] signature = Sign(hash, nonce: 7);
        P256.NormalizeS(signature);

        Assert.True(ReferenceVerify(hash, signature));
        Assert.True(P256.Verify(Key, hash, signature));
    }

    [Fact]
    public void Verify_OfASumAtInfinity_IsFalse()
    {
        // u1·G + u2·Q = (z + r·d)/s · G, and z = −r·d.
        BigInteger r = G.X % N;
        byte[] hash = Bytes(N - (r * Secret % N));
        Assert.False(P256.Verify(Key, hash, [.. Bytes(r), .. Bytes(1)]));
    }

    [Fact]
    public void Verify_OfAnXBeyondTheOrder_CountsModuloIt()
    {
        // A point whose x is at least n: r is x − n. Any such R has keys under which it signs; Q = r⁻¹(sR − zG), with s = r and z = 0: R.
        BigInteger x = N;
        byte[] r;
        do
        {
            x++;
            r = [2, .. Bytes(x)];
        } while (!P256.IsPublicKey(r));
        byte[] small = Bytes(x - N);

        Assert.True(P256.Verify(r, new byte[32], [.. small, .. small]));
        Assert.False(P256.Verify(r, Bytes(1), [.. small, .. small]));
    }

    [Fact]
    public void IsInRange_AtTheEdges_IsFrom1ToNMinus1()
    {
        byte[] one = Bytes(1);
        foreach (
            (BigInteger scalar, bool isIn) in ((BigInteger, bool)[])
                [(0, false), (1, true), (N - 1, true), (N, false), (N + 1, false)]
        )
        {
            Assert.Equal(isIn, P256.IsScalar(Bytes(scalar)));
            Assert.Equal(isIn, P256.IsInRange([.. Bytes(scalar), .. one]));
            Assert.Equal(isIn, P256.IsInRange([.. one, .. Bytes(scalar)]));
        }
        Assert.True(P256.IsLowS([.. one, .. Bytes(N / 2)]));
        Assert.False(P256.IsLowS([.. one, .. Bytes((N / 2) + 1)]));
        Assert.False(P256.IsInRange(new byte[63]));
        Assert.False(P256.IsInRange([.. one, .. one, 0]));
    }

    [Fact]
    public void Verify_OfOtherLengths_IsFalse()
    {
        byte[] hash = new byte[32];
        byte[] signature = Sign(hash, 7);
        P256.NormalizeS(signature);
        Assert.True(P256.Verify(Key, hash, signature));
        Assert.False(P256.Verify(Key, [.. hash, 0], signature));
        Assert.False(P256.Verify(Key, hash.AsSpan(1), signature));
        Assert.False(P256.Verify(Key, hash, [.. signature, 0]));
        Assert.False(P256.Verify(Key, hash, signature.AsSpan(1)));
        Assert.False(P256.Verify([.. Key, 0], hash, signature));
        Assert.False(P256.Verify(Key.AsSpan(1), hash, signature));
        Assert.False(P256.Verify([], [], []));
    }

    [Fact]
    public void TryDecompress_OfManyX_AgreesWithTheReference()
    {
        Random random = new(7);
        int points = 0;
        byte[] found = new byte[P256.PointBytes];
        for (int i = 0; i < 200; i++)
        {
            byte[] key = new byte[33];
            random.NextBytes(key);
            key[0] = (byte)(2 + (i & 1));
            BigInteger x = Number(key.AsSpan(1));
            BigInteger square = Mod((x * x * x) - (3 * x) + B, P);
            bool isPoint = x < P && BigInteger.ModPow(square, (P - 1) / 2, P).IsOne; // Euler's criterion

            Assert.Equal(isPoint, P256.TryDecompress(key, found));
            if (isPoint)
            {
                BigInteger y = Number(found.AsSpan(32));
                Assert.Equal(x, Number(found.AsSpan(0, 32)));
                Assert.Equal(square, y * y % P);
                Assert.Equal(key[0] == 3, !y.IsEven);
                points++;
            }
        }
        Assert.InRange(points, 60, 140);
    }

    [Fact]
    public void IsPublicKey_OfOtherEncodings_IsFalse()
    {
        Assert.True(P256.IsPublicKey(Key));
        foreach (byte first in (byte[])[0, 1, 4, 5, 6, 7, 255])
        {
            Assert.False(P256.IsPublicKey([first, .. Key[1..]]));
        }
        Assert.False(P256.IsPublicKey([0]));
        Assert.False(P256.IsPublicKey([4, .. Bytes(G.X), .. Bytes(G.Y)]));

        // x and x + p: one point must not have two encodings. 5 is an x of the curve, and 5 + p has 256 bits too.
        Assert.True(P256.IsPublicKey([2, .. Bytes(5)]));
        Assert.False(P256.IsPublicKey([2, .. Bytes(5 + P)]));
    }

    [Fact]
    public void Sm2IsPublicKey_OfTheGenerator_IsTrue()
    {
        // GB/T 32918.5, appendix A.
        string x = "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7";
        byte[] point = new byte[Sm2.PointBytes];

        Assert.True(Sm2.TryDecompress(Convert.FromHexString("02" + x), point));
        Assert.Equal(
            x + "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0",
            Convert.ToHexStringLower(point)
        );
        Assert.True(Sm2.IsPublicKey(Convert.FromHexString("03" + x)));
        Assert.False(Sm2.IsPublicKey(Convert.FromHexString("04" + x)));
        Assert.False(Sm2.IsPublicKey([2, .. Enumerable.Repeat((byte)0xff, 32)]));
        Assert.False(Sm2.IsPublicKey([]));
    }

    private static byte[] Sign(byte[] hash, BigInteger nonce)
    {
        BigInteger r = Multiply(nonce, G)!.Value.X % N;
        BigInteger s = BigInteger.ModPow(nonce, N - 2, N) * (Number(hash) + (r * Secret)) % N;
        return [.. Bytes(r), .. Bytes(s)];
    }

    private static bool IsLow(byte[] signature) => Number(signature.AsSpan(32)) <= N / 2;

    private static bool ReferenceVerify(byte[] hash, byte[] signature)
    {
        BigInteger r = Number(signature.AsSpan(0, 32));
        BigInteger s = Number(signature.AsSpan(32));
        if (r.IsZero || s.IsZero || r >= N || s > N / 2)
        {
            return false;
        }
        BigInteger inverse = BigInteger.ModPow(s, N - 2, N);
        (BigInteger X, BigInteger Y)? sum = Add(
            Multiply(Number(hash) * inverse % N, G),
            Multiply(r * inverse % N, Multiply(Secret, G))
        );
        return sum is not null && sum.Value.X % N == r;
    }

    private static (BigInteger X, BigInteger Y)? Multiply(BigInteger factor, (BigInteger X, BigInteger Y)? point)
    {
        (BigInteger X, BigInteger Y)? sum = null;
        for (; !factor.IsZero; factor >>= 1, point = Add(point, point))
        {
            sum = factor.IsEven ? sum : Add(sum, point);
        }
        return sum;
    }

    private static (BigInteger X, BigInteger Y)? Add(
        (BigInteger X, BigInteger Y)? left,
        (BigInteger X, BigInteger Y)? right
    )
    {
        if (left is not { } a || right is not { } b)
        {
            return left ?? right;
        }
        if (a.X == b.X && a.Y != b.Y)
        {
            return null;
        }
        BigInteger slope =
            a.X == b.X
                ? ((3 * a.X * a.X) - 3) * BigInteger.ModPow(2 * a.Y, P - 2, P)
                : (b.Y - a.Y) * BigInteger.ModPow(Mod(b.X - a.X, P), P - 2, P);
        BigInteger x = Mod((slope * slope) - a.X - b.X, P);
        return (x, Mod((slope * (a.X - x)) - a.Y, P));
    }

    private static BigInteger Mod(BigInteger number, BigInteger modulus) => ((number % modulus) + modulus) % modulus;

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger number)
    {
        byte[] digits = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - digits.Length], .. digits];
    }

    private static BigInteger Hex(string hex) =>
        BigInteger.Parse("0" + hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}

using System.Numerics;

namespace Ledger.Crypto.Tests.Reference;

/// <summary>
/// ECDSA over secp256k1 as SEC 1 and SEC 2 write it, in BigInteger and affine coordinates: slow, plain, and independent of
/// what it judges.
/// </summary>
internal static class ReferenceEcdsa
{
    /// <summary>The field's prime, 2²⁵⁶ − 2³² − 977.</summary>
    public static readonly BigInteger P = (BigInteger.One << 256) - (BigInteger.One << 32) - 977;

    /// <summary>The order of the group.</summary>
    public static readonly BigInteger N = Hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

    public static readonly Point G = new(
        Hex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
        Hex("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8")
    );

    /// <summary>A point other than infinity, which is null.</summary>
    public sealed record Point(BigInteger X, BigInteger Y);

    /// <summary>The curve's verdict (SEC 1 §4.1.4): any s from 1 to n − 1.</summary>
    public static bool VerifyOnCurve(
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> hash,
        ReadOnlySpan<byte> signature
    )
    {
        if (hash.Length != 32 || signature.Length != 64 || Decode(publicKey) is not { } q)
        {
            return false;
        }
        BigInteger r = Number(signature[..32]);
        BigInteger s = Number(signature[32..]);
        if (r.IsZero || s.IsZero || r >= N || s >= N)
        {
            return false;
        }
        BigInteger inverse = BigInteger.ModPow(s, N - 2, N);
        Point? sum = Add(Multiply(Number(hash) * inverse % N, G), Multiply(r * inverse % N, q));
        return sum is not null && sum.X % N == r;
    }

    /// <summary>The ledger's verdict: the curve's, and s at most n/2.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature) =>
        VerifyOnCurve(publicKey, hash, signature) && Number(signature[32..]) <= N / 2;

    /// <summary>Decodes a compressed key (SEC 1 §2.3.4); null when it is not one.</summary>
    public static Point? Decode(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != 33 || publicKey[0] is not (2 or 3))
        {
            return null;
        }
        BigInteger x = Number(publicKey[1..]);
        if (x >= P)
        {
            return null;
        }
        BigInteger square = (BigInteger.ModPow(x, 3, P) + 7) % P;
        BigInteger y = BigInteger.ModPow(square, (P + 1) / 4, P); // p mod 4 is 3
        if (y * y % P != square)
        {
            return null;
        }
        return new Point(x, y.IsEven == (publicKey[0] == 2) ? y : P - y);
    }

    public static byte[] Encode(Point point) => [(byte)(point.Y.IsEven ? 2 : 3), .. Bytes(point.X)];

    /// <summary>Signs with a nonce of the caller's choice; s comes out as it falls, high or low.</summary>
    public static byte[] Sign(BigInteger privateKey, ReadOnlySpan<byte> hash, BigInteger nonce)
    {
        BigInteger r = Multiply(nonce, G)!.X % N;
        BigInteger s = BigInteger.ModPow(nonce, N - 2, N) * (Number(hash) + (r * privateKey)) % N;
        return [.. Bytes(r), .. Bytes(s)];
    }

    /// <summary>The other signature that the curve takes for the same one: (r, n − s).</summary>
    public static byte[] Negate(ReadOnlySpan<byte> signature) =>
        [.. signature[..32], .. Bytes(N - Number(signature[32..]))];

    public static Point? Multiply(BigInteger factor, Point? point)
    {
        Point? sum = null;
        for (; !factor.IsZero; factor >>= 1)
        {
            if (!factor.IsEven)
            {
                sum = Add(sum, point);
            }
            point = Add(point, point);
        }
        return sum;
    }

    public static Point? Add(Point? a, Point? b)
    {
        if (a is null || b is null)
        {
            return a ?? b;
        }
        if (a.X == b.X && a.Y != b.Y)
        {
            return null;
        }
        BigInteger slope =
            a.X == b.X
                ? 3 * a.X * a.X * BigInteger.ModPow(2 * a.Y, P - 2, P) // no point of this curve has y = 0
                : (b.Y - a.Y) * BigInteger.ModPow(Mod(b.X - a.X), P - 2, P);
        BigInteger x = Mod((slope * slope) - a.X - b.X);
        return new Point(x, Mod((slope * (a.X - x)) - a.Y));
    }

    public static BigInteger Number(ReadOnlySpan<byte> bigEndian) =>
        new(bigEndian, isUnsigned: true, isBigEndian: true);

    public static byte[] Bytes(BigInteger number)
    {
        byte[] bytes = new byte[32];
        byte[] digits = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        digits.CopyTo(bytes, bytes.Length - digits.Length);
        return bytes;
    }

    private static BigInteger Mod(BigInteger number)
    {
        BigInteger rest = number % P;
        return rest.Sign < 0 ? rest + P : rest;
    }

    private static BigInteger Hex(string hex) => Number(Convert.FromHexString(hex));
}

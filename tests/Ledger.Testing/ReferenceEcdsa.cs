using System.Numerics;
using System.Security.Cryptography;

namespace Ledger.Testing;

/// <summary>
/// ECDSA over secp256k1 as SEC 1 and SEC 2 write it, in BigInteger and affine coordinates: slow, plain, and independent of
/// what it judges.
/// </summary>
public static class ReferenceEcdsa
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

    /// <summary>Signs with the nonce of RFC 6979 §3.2 for SHA-256, and negates a high s.</summary>
    public static byte[] SignDeterministic(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> hash)
    {
        byte[] reduced = Bytes(Number(hash) % N); // bits2octets
        byte[] v = [.. Enumerable.Repeat((byte)1, 32)]; // step b
        byte[] k = new byte[32]; // step c
        k = HMACSHA256.HashData(k, (byte[])[.. v, 0, .. privateKey, .. reduced]); // step d
        v = HMACSHA256.HashData(k, v);
        k = HMACSHA256.HashData(k, (byte[])[.. v, 1, .. privateKey, .. reduced]); // step f
        v = HMACSHA256.HashData(k, v);
        v = HMACSHA256.HashData(k, v); // step h; a nonce out of range has yet to be seen
        byte[] signature = Sign(Number(privateKey), hash, Number(v));
        return Number(signature.AsSpan(32)) > N / 2 ? Negate(signature) : signature;
    }

    /// <summary>The other signature that the curve takes for the same one: (r, n − s).</summary>
    public static byte[] Negate(ReadOnlySpan<byte> signature) =>
        [.. signature[..32], .. Bytes(N - Number(signature[32..]))];

    /// <summary>factor · point, by doubling and adding.</summary>
    public static Point? Multiply(BigInteger factor, Point? point)
    {
        Projective sum = Projective.Infinity;
        for (Projective power = Projective.Of(point); !factor.IsZero; factor >>= 1, power += power)
        {
            if (!factor.IsEven)
            {
                sum += power;
            }
        }
        return sum.ToAffine();
    }

    /// <summary>The group law as drawn: chord and tangent. Multiplication by it would take a fraction of a second.</summary>
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
                ? 3 * a.X * a.X * Invert(2 * a.Y) // no point of this curve has y = 0
                : (b.Y - a.Y) * Invert(b.X - a.X);
        BigInteger x = Mod((slope * slope) - a.X - b.X);
        return new Point(x, Mod((slope * (a.X - x)) - a.Y));
    }

    public static Point? Negate(Point? point) => point is null ? null : point with { Y = P - point.Y };

    public static BigInteger Number(ReadOnlySpan<byte> bigEndian) =>
        new(bigEndian, isUnsigned: true, isBigEndian: true);

    public static byte[] Bytes(BigInteger number)
    {
        byte[] bytes = new byte[32];
        byte[] digits = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        digits.CopyTo(bytes, bytes.Length - digits.Length);
        return bytes;
    }

    private static BigInteger Invert(BigInteger number) => BigInteger.ModPow(Mod(number), P - 2, P);

    private static BigInteger Mod(BigInteger number)
    {
        BigInteger rest = number % P;
        return rest.Sign < 0 ? rest + P : rest;
    }

    private static BigInteger Hex(string hex) => Number(Convert.FromHexString(hex));

    /// <summary>(X : Y : Z) stands for (X/Z, Y/Z), and (0 : 1 : 0) for infinity.</summary>
    private readonly record struct Projective(BigInteger X, BigInteger Y, BigInteger Z)
    {
        public static readonly Projective Infinity = new(0, 1, 0);

        private static readonly BigInteger ThreeB = 3 * 7;

        public static Projective Of(Point? point) => point is null ? Infinity : new(point.X, point.Y, 1);

        /// <summary>
        /// Renes, Costello and Batina, "Complete addition formulas for prime order elliptic curves" (2016), equation (3)
        /// with a = 0: one formula for every pair of points, equal, opposite and infinite ones among them.
        /// </summary>
        public static Projective operator +(Projective p, Projective q)
        {
            BigInteger xx = p.X * q.X % P;
            BigInteger yy = p.Y * q.Y % P;
            BigInteger zz = ThreeB * p.Z * q.Z % P;
            BigInteger xy = ((p.X * q.Y) + (q.X * p.Y)) % P;
            BigInteger yz = ((p.Y * q.Z) + (q.Y * p.Z)) % P;
            BigInteger xz = ThreeB * ((p.X * q.Z) + (q.X * p.Z)) % P;
            return new Projective(
                Mod((xy * (yy - zz)) - (yz * xz)),
                Mod(((yy + zz) * (yy - zz)) + (3 * xx * xz)),
                Mod((yz * (yy + zz)) + (3 * xx * xy))
            );
        }

        public Point? ToAffine()
        {
            if (Z.IsZero)
            {
                return null;
            }
            BigInteger inverse = Invert(Z);
            return new Point(X * inverse % P, Y * inverse % P);
        }
    }
}

using System.Numerics;
using System.Security.Cryptography;

namespace Ledger.Crypto.Tests.Reference;

/// <summary>
/// Ed25519 as RFC 8032 §5.1 and this ledger's definition write it, in BigInteger: slow, plain, and independent of what it
/// judges.
/// </summary>
internal static class ReferenceEd25519
{
    /// <summary>The field's prime, 2²⁵⁵ − 19.</summary>
    public static readonly BigInteger P = (BigInteger.One << 255) - 19;

    /// <summary>The order of the base point.</summary>
    public static readonly BigInteger L =
        (BigInteger.One << 252) + BigInteger.Parse("27742317777372353535851937790883648493");

    private static readonly BigInteger D = Mod(-121665 * Invert(121666));

    /// <summary>The base point: y = 4/5, x even.</summary>
    public static readonly Point B = Decode(Bytes(4 * Invert(5) % P))!;

    public static readonly Point Neutral = new(0, 1);

    /// <summary>The eight points whose order divides 8, the neutral one first, each the sum of a generator and the last.</summary>
    public static readonly Point[] Torsion = FindTorsion();

    public sealed record Point(BigInteger X, BigInteger Y);

    /// <summary>The ledger's verdict.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (!IsPublicKey(publicKey) || signature.Length != 64 || DecodeCanonical(signature[..32]) is not { } r)
        {
            return false;
        }
        BigInteger s = Number(signature[32..]);
        return s < L
            && Multiply(s, B) == Add(r, Multiply(Challenge(publicKey, message, signature), Decode(publicKey)!));
    }

    /// <summary>The verdict of RFC 8032 with its equation multiplied by 8, and no key or R refused that decodes.</summary>
    public static bool VerifyCofactored(
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> message,
        ReadOnlySpan<byte> signature
    )
    {
        if (Decode(publicKey) is not { } a || Decode(signature[..32]) is not { } r)
        {
            return false;
        }
        BigInteger s = Number(signature[32..]);
        Point right = Add(r, Multiply(Challenge(publicKey, message, signature), a));
        return s < L && Multiply(8 * s, B) == Multiply(8, right);
    }

    /// <summary>A canonical encoding of a point whose order does not divide 8.</summary>
    public static bool IsPublicKey(ReadOnlySpan<byte> bytes) =>
        DecodeCanonical(bytes) is { } point && Multiply(8, point) != Neutral;

    /// <summary>Signs with a secret, a nonce and torsion of the caller's choice: A = [a]B + torsion, R = [r]B + torsion.</summary>
    public static (byte[] PublicKey, byte[] Signature) Sign(
        BigInteger a,
        Point torsionOfA,
        BigInteger r,
        Point torsionOfR,
        ReadOnlySpan<byte> message
    )
    {
        byte[] publicKey = Encode(Add(Multiply(a, B), torsionOfA));
        byte[] encodedR = Encode(Add(Multiply(r, B), torsionOfR));
        BigInteger s = (r + (Challenge(publicKey, message, encodedR) * a)) % L;
        return (publicKey, [.. encodedR, .. Bytes(s)]);
    }

    /// <summary>k = SHA-512(R ‖ A ‖ M) modulo L.</summary>
    public static BigInteger Challenge(
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> message,
        ReadOnlySpan<byte> signature
    ) => Number(SHA512.HashData([.. signature[..32], .. publicKey, .. message])) % L;

    /// <summary>The point of 32 bytes, null when it is none; y is taken modulo P, and a sign of x = 0 is ignored.</summary>
    public static Point? Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != 32)
        {
            return null;
        }
        BigInteger number = Number(bytes);
        BigInteger sign = number >> 255;
        BigInteger y = (number - (sign << 255)) % P;
        BigInteger square = Mod(((y * y) - 1) * Invert((D * y * y) + 1));

        // A root of a square is either this or, as p mod 8 is 5, this times a root of −1.
        BigInteger x = BigInteger.ModPow(square, (P + 3) / 8, P);
        if (x * x % P != square)
        {
            x = x * BigInteger.ModPow(2, (P - 1) / 4, P) % P;
        }
        return x * x % P != square ? null : new Point(x.IsEven == sign.IsZero ? x : Mod(-x), y);
    }

    /// <summary>The point of 32 bytes, null when encoding it gives other bytes.</summary>
    public static Point? DecodeCanonical(ReadOnlySpan<byte> bytes) =>
        Decode(bytes) is { } point && bytes.SequenceEqual(Encode(point)) ? point : null;

    public static byte[] Encode(Point point) => Bytes(point.Y + ((point.X & 1) << 255));

    /// <summary>factor · point, by doubling and adding.</summary>
    public static Point Multiply(BigInteger factor, Point point)
    {
        Projective sum = new(0, 1, 1);
        for (Projective power = new(point.X, point.Y, 1); !factor.IsZero; factor >>= 1, power += power)
        {
            if (!factor.IsEven)
            {
                sum += power;
            }
        }
        BigInteger inverse = Invert(sum.Z);
        return new Point(sum.X * inverse % P, sum.Y * inverse % P);
    }

    /// <summary>The law of the curve as written: complete, as d is no square.</summary>
    public static Point Add(Point a, Point b)
    {
        BigInteger product = D * a.X * b.X * a.Y * b.Y;
        return new Point(
            Mod(((a.X * b.Y) + (b.X * a.Y)) * Invert(1 + product)),
            Mod(((a.Y * b.Y) + (a.X * b.X)) * Invert(1 - product))
        );
    }

    public static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true);

    /// <summary>32 bytes, little-endian.</summary>
    public static byte[] Bytes(BigInteger number)
    {
        byte[] bytes = new byte[32];
        Assert.True(number.TryWriteBytes(bytes, out _, isUnsigned: true));
        return bytes;
    }

    private static Point[] FindTorsion()
    {
        // L times a point leaves of it what has small order; some point leaves one of order 8.
        for (BigInteger y = 2; ; y++)
        {
            if (Decode(Bytes(y)) is { } point && Multiply(L, point) is var left && Multiply(4, left) != Neutral)
            {
                return [.. Enumerable.Range(0, 8).Select(factor => Multiply(factor, left))];
            }
        }
    }

    private static BigInteger Invert(BigInteger number) => BigInteger.ModPow(Mod(number), P - 2, P);

    private static BigInteger Mod(BigInteger number)
    {
        BigInteger rest = number % P;
        return rest.Sign < 0 ? rest + P : rest;
    }

    /// <summary>(X : Y : Z) stands for (X/Z, Y/Z).</summary>
    private readonly record struct Projective(BigInteger X, BigInteger Y, BigInteger Z)
    {
        /// <summary>Bernstein, Birkner, Joye, Lange and Peters, "Twisted Edwards curves" (2008), section 6, with a = −1.</summary>
        public static Projective operator +(Projective p, Projective q)
        {
            BigInteger a = p.Z * q.Z % P;
            BigInteger b = a * a % P;
            BigInteger c = p.X * q.X % P;
            BigInteger d = p.Y * q.Y % P;
            BigInteger e = D * c * d % P;
            BigInteger f = b - e;
            BigInteger g = b + e;
            return new Projective(
                Mod(a * f * ((((p.X + p.Y) * (q.X + q.Y)) - c - d) % P)),
                Mod(a * g * (d + c)),
                Mod(f * g)
            );
        }
    }
}

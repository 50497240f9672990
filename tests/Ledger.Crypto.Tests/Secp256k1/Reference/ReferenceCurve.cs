using System.Globalization;
using System.Numerics;

namespace Ledger.Crypto.Tests.Secp256k1.Reference;

/// <summary>
/// secp256k1 and ECDSA as their definitions say, in BigInteger: slow, plain, and sharing nothing with the code it judges.
/// </summary>
internal static class ReferenceCurve
{
    public static readonly BigInteger P = Hex("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F");
    public static readonly BigInteger N = Hex("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141");
    public static readonly BigInteger Lambda = Hex("5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72");
    public static readonly ReferencePoint G = new(
        Hex("79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798"),
        Hex("483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8")
    );

    public static BigInteger Hex(string hex) =>
        BigInteger.Parse("0" + hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    public static BigInteger Mod(BigInteger value, BigInteger modulus)
    {
        BigInteger r = value % modulus;
        return r.Sign < 0 ? r + modulus : r;
    }

    public static BigInteger Inverse(BigInteger value, BigInteger primeModulus) =>
        BigInteger.ModPow(Mod(value, primeModulus), primeModulus - 2, primeModulus);

    public static BigInteger FromBytes(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    public static byte[] ToBytes(BigInteger value)
    {
        byte[] bytes = new byte[32];
        byte[] raw = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        raw.CopyTo(bytes, 32 - raw.Length);
        return bytes;
    }

    /// <summary>A y with y² = x³ + b, or null.</summary>
    public static BigInteger? SolveY(BigInteger x, int b = 7)
    {
        BigInteger square = Mod((x * x * x) + b, P);
        BigInteger y = BigInteger.ModPow(square, (P + 1) / 4, P);
        return Mod(y * y, P) == square ? y : null;
    }

    /// <summary>The point of a SEC 1 encoding of 33 or 65 bytes, or null.</summary>
    public static ReferencePoint? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 33 && bytes[0] is 2 or 3)
        {
            BigInteger x = FromBytes(bytes[1..]);
            if (bytes.Length != 33 || x >= P || SolveY(x) is not { } y)
            {
                return null;
            }
            return new ReferencePoint(x, y.IsEven == (bytes[0] == 2) ? y : P - y);
        }
        if (bytes.Length == 65 && bytes[0] == 4)
        {
            BigInteger x = FromBytes(bytes[1..33]);
            BigInteger y = FromBytes(bytes[33..]);
            return x < P && y < P && Mod((y * y) - (x * x * x) - 7, P).IsZero ? new ReferencePoint(x, y) : null;
        }
        return null;
    }

    /// <summary>ECDSA verification by SEC 1, §4.1.4; with <paramref name="lowSOnly"/>, high s is refused.</summary>
    public static bool Verify(
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> hash,
        ReadOnlySpan<byte> signature,
        bool lowSOnly = true
    )
    {
        if (signature.Length != 64 || Parse(publicKey) is not { } q)
        {
            return false;
        }
        BigInteger r = FromBytes(signature[..32]);
        BigInteger s = FromBytes(signature[32..]);
        if (r.IsZero || r >= N || s.IsZero || s >= N || (lowSOnly && s > N / 2))
        {
            return false;
        }
        BigInteger w = Inverse(s, N);
        ReferencePoint point = (G * Mod(FromBytes(hash) * w, N)) + (q * Mod(r * w, N));
        return !point.IsInfinity && point.X % N == r;
    }

    /// <summary>A low-S signature with a chosen nonce.</summary>
    public static byte[] Sign(BigInteger key, ReadOnlySpan<byte> hash, BigInteger nonce)
    {
        BigInteger r = (G * nonce).X % N;
        BigInteger s = Mod(Inverse(nonce, N) * (FromBytes(hash) + (r * key)), N);
        s = s > N / 2 ? N - s : s;
        return [.. ToBytes(r), .. ToBytes(s)];
    }
}

/// <summary>A point in affine coordinates, or infinity; the group law by its definition.</summary>
internal readonly record struct ReferencePoint
{
    public ReferencePoint(BigInteger x, BigInteger y) => (X, Y, IsInfinity) = (x, y, false);

    private ReferencePoint(bool isInfinity) => IsInfinity = isInfinity;

    public static readonly ReferencePoint Infinity = new(isInfinity: true);

    public BigInteger X { get; }

    public BigInteger Y { get; }

    public bool IsInfinity { get; }

    public static ReferencePoint operator -(ReferencePoint a) =>
        a.IsInfinity ? a : new ReferencePoint(a.X, ReferenceCurve.Mod(-a.Y, ReferenceCurve.P));

    public static ReferencePoint operator +(ReferencePoint a, ReferencePoint b)
    {
        BigInteger p = ReferenceCurve.P;
        if (a.IsInfinity)
        {
            return b;
        }
        if (b.IsInfinity)
        {
            return a;
        }
        BigInteger slope;
        if (a.X != b.X)
        {
            slope = (b.Y - a.Y) * ReferenceCurve.Inverse(b.X - a.X, p);
        }
        else if (a.Y == b.Y && !a.Y.IsZero)
        {
            slope = 3 * a.X * a.X * ReferenceCurve.Inverse(2 * a.Y, p);
        }
        else
        {
            return Infinity;
        }
        BigInteger x = ReferenceCurve.Mod((slope * slope) - a.X - b.X, p);
        return new ReferencePoint(x, ReferenceCurve.Mod((slope * (a.X - x)) - a.Y, p));
    }

    public static ReferencePoint operator *(ReferencePoint a, BigInteger k)
    {
        ReferencePoint r = Infinity;
        for (int i = (int)k.GetBitLength() - 1; i >= 0; i--)
        {
            r += r;
            if (!((k >> i) & 1).IsZero)
            {
                r += a;
            }
        }
        return r;
    }

    public byte[] Compressed() => [(byte)(Y.IsEven ? 2 : 3), .. ReferenceCurve.ToBytes(X)];

    public byte[] Uncompressed() => [4, .. ReferenceCurve.ToBytes(X), .. ReferenceCurve.ToBytes(Y)];
}

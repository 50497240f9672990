using System.Numerics;
using Ledger.Crypto.Tests.Secp256k1.Reference;

namespace Ledger.Crypto.Tests.Secp256k1;

/// <summary>Seeded numbers that fall on the edges of the arithmetic far more often than even ones would.</summary>
internal sealed class EdgeBiased(int seed)
{
    private readonly Random _random = new(seed);

    public Random Random => _random;

    /// <summary>A number below 2²⁵⁶: even, or made of long runs of equal bits, or close to 0, p, n, n/2, λ or 2²⁵⁶.</summary>
    public BigInteger Next256()
    {
        switch (_random.Next(4))
        {
            case 0:
                byte[] bytes = new byte[32];
                _random.NextBytes(bytes);
                return ReferenceCurve.FromBytes(bytes);
            case 1:
                return Runs();
            case 2:
                BigInteger[] edges =
                [
                    0,
                    ReferenceCurve.P,
                    ReferenceCurve.N,
                    ReferenceCurve.N / 2,
                    ReferenceCurve.Lambda,
                    ReferenceCurve.N - ReferenceCurve.Lambda,
                    ReferenceCurve.P - ReferenceCurve.N,
                    BigInteger.One << 256,
                    BigInteger.One << 128,
                ];
                return ReferenceCurve.Mod(
                    edges[_random.Next(edges.Length)] + _random.Next(-9, 10),
                    BigInteger.One << 256
                );
            default:
                // One bit, or its neighbourhood.
                return ReferenceCurve.Mod(
                    (BigInteger.One << _random.Next(257)) + _random.Next(-2, 3),
                    BigInteger.One << 256
                );
        }
    }

    public BigInteger NextBelow(BigInteger modulus) => Next256() % modulus;

    /// <summary>A number from 1 to n − 1.</summary>
    public BigInteger NextNonZeroScalar() => (Next256() % (ReferenceCurve.N - 1)) + 1;

    public byte[] NextBytes(int count)
    {
        byte[] bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    private BigInteger Runs()
    {
        BigInteger r = 0;
        int bit = 0;
        while (bit < 256)
        {
            int length = Math.Min(_random.Next(1, 80), 256 - bit);
            if (_random.Next(2) == 1)
            {
                r |= ((BigInteger.One << length) - 1) << bit;
            }
            bit += length;
        }
        return r;
    }
}

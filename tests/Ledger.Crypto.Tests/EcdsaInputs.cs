using System.Numerics;
using static Ledger.Testing.ReferenceEcdsa;

namespace Ledger.Crypto.Tests;

/// <summary>
/// Seeded keys, hashes and signatures where implementations go wrong: valid ones, ones a step beside, and ones built
/// backwards from a wanted u₁, u₂ or R so that sums meet infinity, equal points, and an x from n to p − 1.
/// </summary>
internal sealed class EcdsaInputs(int seed)
{
    private static readonly BigInteger[] Edges =
    [
        0,
        1,
        2,
        N / 2,
        (N / 2) + 1,
        N - 1,
        N,
        N + 1,
        P - 1,
        P,
        P + 1,
        (BigInteger.One << 128) - 1,
        BigInteger.One << 128,
        (BigInteger.One << 256) - 1,
    ];

    private readonly Random _random = new(seed);

    public sealed record Input(string Kind, byte[] PublicKey, byte[] Hash, byte[] Signature);

    /// <summary>The next input; all keys are 33, hashes 32 and signatures 64 bytes.</summary>
    public Input Next()
    {
        Input valid = _random.Next(4) switch
        {
            0 => FromSum(Scalar(), Scalar()),
            1 => FromSum(Edge() % N, Scalar()),
            2 => FromSum(Scalar(), Edge() % N),
            _ => FromSmallestR(),
        };
        return _random.Next(12) switch
        {
            0 => Flip(valid, "key", valid.PublicKey),
            1 => Flip(valid, "hash", valid.Hash),
            2 => Flip(valid, "signature", valid.Signature),
            3 => valid with { Kind = valid.Kind + ", other s", Signature = ReferenceEcdsa.Negate(valid.Signature) },
            4 => valid with
            {
                Kind = valid.Kind + ", edge r",
                Signature = [.. Bytes(Edge()), .. valid.Signature[32..]],
            },
            5 => valid with
            {
                Kind = valid.Kind + ", edge s",
                Signature = [.. valid.Signature[..32], .. Bytes(Edge())],
            },
            6 => valid with { Kind = valid.Kind + ", edge hash", Hash = Bytes(Edge()) },
            7 => valid with { Kind = valid.Kind + ", edge key", PublicKey = [(byte)_random.Next(8), .. Bytes(Edge())] },
            8 => valid with { Kind = valid.Kind + ", other parity", PublicKey = OtherParity(valid.PublicKey) },
            _ => valid,
        };
    }

    /// <summary>A random key, with hash and signature such that the verifier computes u₁·G + u₂·Q; low S if it can be.</summary>
    public Input FromSum(BigInteger u1, BigInteger u2)
    {
        BigInteger q = _random.Next(4) == 0 ? Small() : Scalar();
        if (_random.Next(8) == 0)
        {
            u1 = (N - (u2 * q % N)) % N; // u₁·G = −u₂·Q: the sum is infinity
        }
        else if (_random.Next(8) == 0)
        {
            u1 = u2 * q % N; // u₁·G = u₂·Q: the sum is a doubling
        }
        Point key = Multiply(q, G)!;
        Point? sum = Multiply((u1 + (u2 * q)) % N, G);
        return Complete($"u1 {u1}, u2 {u2}", key, u1, u2, sum is null ? 1 : sum.X % N);
    }

    /// <summary>A key computed so that R has an x that is n or more: r is x − n, and r + n must be tried.</summary>
    private Input FromSmallestR()
    {
        Point? r = null;
        while (r is null)
        {
            r = Decode([(byte)_random.Next(2, 4), .. Bytes(N + _random.NextInt64(0, long.MaxValue))]);
        }
        BigInteger u1 = Scalar();
        BigInteger u2 = Scalar();
        Point key = Multiply(Inverse(u2), Add(r, ReferenceEcdsa.Negate(Multiply(u1, G))))!;
        return Complete($"x of R is {r.X}", key, u1, u2, r.X - N);
    }

    private static Input Complete(string kind, Point key, BigInteger u1, BigInteger u2, BigInteger r)
    {
        // u₂ = r/s and u₁ = hash/s. With u₂ = 0 there is no such s; the signature is then merely wrong.
        BigInteger s = u2.IsZero ? 1 : r * Inverse(u2) % N;
        BigInteger hash = u1 * s % N;
        if (s > N / 2)
        {
            // −R has the same x: the same r is also right for −u₁ and −u₂, that is for −s, with the same hash.
            s = N - s;
        }
        return new Input(kind, Encode(key), Bytes(hash), [.. Bytes(r), .. Bytes(s)]);
    }

    private Input Flip(Input input, string what, byte[] part)
    {
        byte[] flipped = [.. part];
        int bit = _random.Next(flipped.Length * 8);
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        string kind = $"{input.Kind}, bit {bit} of the {what}";
        return what switch
        {
            "key" => input with { Kind = kind, PublicKey = flipped },
            "hash" => input with { Kind = kind, Hash = flipped },
            _ => input with { Kind = kind, Signature = flipped },
        };
    }

    private static byte[] OtherParity(byte[] publicKey) => [(byte)(publicKey[0] ^ 1), .. publicKey[1..]];

    private BigInteger Edge() => Edges[_random.Next(Edges.Length)];

    private BigInteger Small() => _random.Next(1, 20);

    private BigInteger Scalar()
    {
        byte[] bytes = new byte[32];
        _random.NextBytes(bytes);
        return (Number(bytes) % (N - 1)) + 1;
    }

    private static BigInteger Inverse(BigInteger scalar) => BigInteger.ModPow(scalar, N - 2, N);
}

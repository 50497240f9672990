using System.Numerics;
using Ledger.Crypto.Secp256k1;
using Ledger.Crypto.Tests.Secp256k1.Reference;

namespace Ledger.Crypto.Tests.Secp256k1;

/// <summary>Seeded inputs to ECDSA verification, valid and not, that seek out the exceptional cases.</summary>
internal sealed class VerificationInputs(int seed)
{
    private static readonly BigInteger N = ReferenceCurve.N;
    private static readonly BigInteger P = ReferenceCurve.P;

    private readonly EdgeBiased _random = new(seed);

    /// <summary>So many inputs, of which about a share is valid.</summary>
    public PackedInputs Pack(int count, double validShare)
    {
        PackedInputs r = new(new byte[33 * count], new byte[32 * count], new byte[64 * count], new byte[count]);
        for (int i = 0; i < count; i++)
        {
            Input input = Valid();
            if (_random.Random.NextDouble() >= validShare)
            {
                input = Spoil(input);
            }
            input.Key.CopyTo(r.PublicKeys, 33 * i);
            input.Hash.CopyTo(r.Hashes, 32 * i);
            input.Signature.CopyTo(r.Signatures, 64 * i);
            // A wrong hint may change no verdict.
            r.RecoveryIds[i] = (byte)(_random.Random.Next(50) == 0 ? _random.Random.Next(256) : input.RecoveryId);
        }
        return r;
    }

    private readonly record struct Input(byte[] Key, byte[] Hash, byte[] Signature, int RecoveryId);

    private Input Valid()
    {
        switch (_random.Random.Next(16))
        {
            case 0:
                // Key, nonce and hash from the edges: Q = ±G, ±λG and small multiples, u1 = 0, hash ≥ n.
                return Signed(EdgeKey(), EdgeKey(), _random.Next256());
            case 1:
                // u1·G = u2·Q: the last addition is a doubling. e = r·d.
                BigInteger key = EdgeKey();
                BigInteger nonce = EdgeKey();
                return Signed(key, nonce, XOf(nonce) % N * key % N);
            case 2:
                // R = ±Q.
                BigInteger both = EdgeKey();
                return Signed(both, _random.Random.Next(2) == 0 ? both : N - both, _random.Next256());
            case 3:
                return WithChosenPoint(xFromOrder: true);
            case 4:
                return WithChosenPoint(xFromOrder: false);
            default:
                byte[] secret = ReferenceCurve.ToBytes(_random.NextNonZeroScalar());
                byte[] hash = _random.NextBytes(32);
                (byte[] signature, int recoveryId) = InputSigner.Sign(secret, hash);
                return new Input(InputSigner.PublicKey(secret), hash, signature, recoveryId);
        }
    }

    private Input Spoil(Input input)
    {
        (byte[] key, byte[] hash, byte[] signature) = ([.. input.Key], [.. input.Hash], [.. input.Signature]);
        BigInteger r = ReferenceCurve.FromBytes(signature.AsSpan(0, 32));
        BigInteger s = ReferenceCurve.FromBytes(signature.AsSpan(32));
        switch (_random.Random.Next(14))
        {
            case 0:
                signature[_random.Random.Next(64)] ^= (byte)(1 << _random.Random.Next(8));
                break;
            case 1:
                hash[_random.Random.Next(32)] ^= (byte)(1 << _random.Random.Next(8));
                break;
            case 2:
                key[_random.Random.Next(33)] ^= (byte)(1 << _random.Random.Next(8));
                break;
            case 3:
                // The same signature with high s.
                ReferenceCurve.ToBytes(N - s).CopyTo(signature, 32);
                break;
            case 4:
                ReferenceCurve.ToBytes(Edge(r)).CopyTo(signature, 0);
                break;
            case 5:
                ReferenceCurve.ToBytes(Edge(s)).CopyTo(signature, 32);
                break;
            case 6:
                key[0] ^= 1;
                break;
            case 7:
                key[0] = (byte)_random.Random.Next(256);
                break;
            case 8:
                // x from p up: the same residue as a small x, or none.
                ReferenceCurve.ToBytes(P + _random.Random.Next(1000)).CopyTo(key, 1);
                break;
            case 9:
                ReferenceCurve.ToBytes(_random.Next256()).CopyTo(key, 1);
                break;
            case 10:
                // R = infinity: e = −r·d, with r and s of anything.
                BigInteger d = EdgeKey();
                BigInteger anyR = XOf(EdgeKey()) % N;
                hash = ReferenceCurve.ToBytes(ReferenceCurve.Mod(-anyR * d, N));
                ReferenceCurve.ToBytes(anyR).CopyTo(signature, 0);
                ReferenceCurve.ToBytes((_random.Next256() % (N / 2)) + 1).CopyTo(signature, 32);
                key = InputSigner.PublicKey(ReferenceCurve.ToBytes(d));
                break;
            case 11:
                // r + n where it fits: not below n.
                ReferenceCurve.ToBytes((r + N) % (BigInteger.One << 256)).CopyTo(signature, 0);
                break;
            case 12:
                signature = [.. signature.AsSpan(32), .. signature.AsSpan(0, 32)];
                break;
            default:
                return new Input(_random.NextBytes(33), _random.NextBytes(32), _random.NextBytes(64), input.RecoveryId);
        }
        return new Input(key, hash, signature, input.RecoveryId);
    }

    private BigInteger Edge(BigInteger value)
    {
        BigInteger[] edges = [0, 1, N - 1, N, N + 1, N / 2, (N / 2) + 1, value + 1, P - 1, P, P - N, _random.Next256()];
        return edges[_random.Random.Next(edges.Length)] % (BigInteger.One << 256);
    }

    private BigInteger EdgeKey()
    {
        BigInteger lambda = ReferenceCurve.Lambda;
        BigInteger[] edges = [1, 2, 3, N - 1, N - 2, lambda, N - lambda, lambda * lambda % N, N / 2, (N + 1) / 2];
        return _random.Random.Next(2) == 0 ? edges[_random.Random.Next(edges.Length)] : _random.NextNonZeroScalar();
    }

    private static BigInteger XOf(BigInteger key) =>
        ReferenceCurve.FromBytes(InputSigner.PublicKey(ReferenceCurve.ToBytes(key)).AsSpan(1));

    /// <summary>A low-S signature by the definition, which takes hash and nonce as they are given.</summary>
    private static Input Signed(BigInteger key, BigInteger nonce, BigInteger hash)
    {
        byte[] point = InputSigner.PublicKey(ReferenceCurve.ToBytes(nonce));
        BigInteger x = ReferenceCurve.FromBytes(point.AsSpan(1));
        BigInteger r = x % N;
        BigInteger s = ReferenceCurve.Mod(ReferenceCurve.Inverse(nonce, N) * (hash + (r * key)), N);
        int recoveryId = (point[0] & 1) | (x >= N ? 2 : 0);
        if (s > N / 2)
        {
            s = N - s;
            recoveryId ^= 1;
        }
        return new Input(
            InputSigner.PublicKey(ReferenceCurve.ToBytes(key)),
            ReferenceCurve.ToBytes(hash),
            [.. ReferenceCurve.ToBytes(r), .. ReferenceCurve.ToBytes(s)],
            recoveryId
        );
    }

    /// <summary>
    /// A valid signature whose R has an x that no one can choose by signing: a tiny one, or one from n to p − 1, where
    /// r = x − n. Whoever may choose the key and the hash as well starts from R: with any u1 and u2, Q = (R − u1·G)/u2,
    /// s = r/u2, e = u1·s.
    /// </summary>
    private Input WithChosenPoint(bool xFromOrder)
    {
        BigInteger x;
        BigInteger? y;
        do
        {
            x = _random.Random.Next(1, 100_000) + (xFromOrder ? N : 0);
            y = ReferenceCurve.SolveY(x);
        } while (y == null);
        ReferencePoint point = new(x, y.Value);
        BigInteger r = x % N;
        BigInteger u1 = _random.Random.Next(4) == 0 ? 0 : _random.NextBelow(N);
        BigInteger s;
        BigInteger u2;
        do
        {
            u2 = _random.NextNonZeroScalar();
            s = r * ReferenceCurve.Inverse(u2, N) % N;
        } while (s > N / 2);
        BigInteger inverse = ReferenceCurve.Inverse(u2, N);
        Multiplication.MultiplyWithGenerator(
            Convert.Scalar(ReferenceCurve.Mod(-u1 * inverse, N)),
            Convert.Scalar(inverse),
            Convert.Affine(point),
            out JacobianPoint key
        );
        byte[] encoded = new byte[33];
        Sec1.WriteCompressed(key.ToAffine(), encoded);
        return new Input(
            encoded,
            ReferenceCurve.ToBytes(u1 * s % N),
            [.. ReferenceCurve.ToBytes(r), .. ReferenceCurve.ToBytes(s)],
            (y.Value.IsEven ? 0 : 1) | (xFromOrder ? 2 : 0)
        );
    }
}

using System.Numerics;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Ledger.Benchmarks.Rivals;
using Ledger.Crypto;
using Ledger.Testing;

namespace Ledger.Benchmarks.Crypto.Secp256k1;

/// <summary>ECDSA verification one at a time, from bytes: 33 of the key, 32 of the hash, 64 of the signature.</summary>
public class VerifyBenchmarks
{
    private const int Signatures = 16;

    private SignedHashes _signed = SignedHashes.Ecdsa(0);
    private ECParameters[] _parameters = [];
    private readonly bool[] _verdicts = new bool[Signatures];

    [GlobalSetup]
    public void Setup()
    {
        _signed = SignedHashes.Ecdsa(Signatures);
        _parameters = [.. Enumerable.Range(0, Signatures).Select(i => Uncompress(_signed.PublicKeyOf(i)))];
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Signatures)]
    public bool[] Ledger()
    {
        for (int i = 0; i < Signatures; i++)
        {
            _verdicts[i] = Ecdsa.Verify(_signed.PublicKeyOf(i), _signed.HashOf(i), _signed.SignatureOf(i));
        }
        return _verdicts;
    }

    [Benchmark(Description = Libsecp256k1.Name, OperationsPerInvoke = Signatures)]
    public bool[] Secp256k1() => Libsecp256k1Loop.VerifyAll(_signed, _verdicts);

    /// <summary>It does not read compressed keys, so it is given both coordinates.</summary>
    [Benchmark(Description = "OpenSSL by ECDsa", OperationsPerInvoke = Signatures)]
    public bool[] Platform()
    {
        for (int i = 0; i < Signatures; i++)
        {
            using ECDsa key = ECDsa.Create(_parameters[i]);
            _verdicts[i] = key.VerifyHash(_signed.HashOf(i), _signed.SignatureOf(i));
        }
        return _verdicts;
    }

    [Benchmark(Description = "NBitcoin.Secp256k1", OperationsPerInvoke = Signatures)]
    public bool[] NBitcoin() => NBitcoinSecp256k1.VerifyAll(_signed, _verdicts);

    // y² = x³ + 7 modulo p; p is 3 modulo 4.
    private static ECParameters Uncompress(ReadOnlySpan<byte> publicKey)
    {
        BigInteger p = BigInteger.Pow(2, 256) - BigInteger.Pow(2, 32) - 977;
        BigInteger x = new(publicKey[1..], isUnsigned: true, isBigEndian: true);
        BigInteger y = BigInteger.ModPow(BigInteger.ModPow(x, 3, p) + 7, (p + 1) / 4, p);
        if (y.IsEven != (publicKey[0] == 2))
        {
            y = p - y;
        }
        byte[] bytes = y.ToByteArray(isUnsigned: true, isBigEndian: true);
        return new ECParameters
        {
            Curve = ECCurve.CreateFromValue("1.3.132.0.10"),
            Q = new ECPoint { X = publicKey[1..].ToArray(), Y = [.. new byte[32 - bytes.Length], .. bytes] },
        };
    }
}

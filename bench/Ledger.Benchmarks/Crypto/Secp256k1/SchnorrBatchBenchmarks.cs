using BenchmarkDotNet.Attributes;
using Ledger.Benchmarks.Rivals;
using Ledger.Benchmarks.Running;
using Ledger.Crypto.Secp256k1;
using Ledger.Testing;

namespace Ledger.Benchmarks.Crypto.Secp256k1;

/// <summary>
/// BIP-340 verification of independent signatures in batches, from bytes; against ours and the rival's one after the
/// other.
/// </summary>
public class SchnorrBatchBenchmarks
{
    private SignedHashes _signed = SignedHashes.Schnorr(0);
    private bool[] _verdicts = [];

    [Params(64, 1024), Tiny(51)] // enough to be added up
    public int Signatures { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _signed = SignedHashes.Schnorr(Signatures);
        _verdicts = new bool[Signatures];
    }

    [Benchmark(Baseline = true)]
    public bool[] Ledger()
    {
        Schnorr.VerifyBatch(_signed.PublicKeys, _signed.Hashes, _signed.Signatures, _verdicts);
        return _verdicts;
    }

    [Benchmark(Description = "one by one")]
    public bool[] OneByOne()
    {
        for (int i = 0; i < _verdicts.Length; i++)
        {
            _verdicts[i] = Schnorr.Verify(_signed.PublicKeyOf(i), _signed.HashOf(i), _signed.SignatureOf(i));
        }
        return _verdicts;
    }

    [Benchmark(Description = Libsecp256k1.Name)]
    public bool[] Secp256k1() => Libsecp256k1Loop.VerifyAllSchnorr(_signed, _verdicts);

    [Benchmark(Description = "NBitcoin.Secp256k1")]
    public bool[] NBitcoin() => NBitcoinSecp256k1.VerifyAllSchnorr(_signed, _verdicts);
}

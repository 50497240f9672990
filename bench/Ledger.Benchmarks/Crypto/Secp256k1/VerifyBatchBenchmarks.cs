using BenchmarkDotNet.Attributes;
using Ledger.Benchmarks.Rivals;
using Ledger.Benchmarks.Running;
using Ledger.Crypto;
using Ledger.Testing;

namespace Ledger.Benchmarks.Crypto.Secp256k1;

/// <summary>
/// ECDSA verification of independent signatures in batches, from bytes. The rival has no batches and takes one after the
/// other; how others compare with it is in <see cref="VerifyBenchmarks"/>.
/// </summary>
public class VerifyBatchBenchmarks
{
    private SignedHashes _signed = SignedHashes.Ecdsa(0);
    private bool[] _verdicts = [];

    [Params(1, 8, 64, 1024), Tiny(9)]
    public int Signatures { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _signed = SignedHashes.Ecdsa(Signatures);
        _verdicts = new bool[Signatures];
    }

    [Benchmark(Baseline = true)]
    public bool[] Ledger()
    {
        Ecdsa.VerifyBatch(_signed.PublicKeys, _signed.Hashes, _signed.Signatures, _verdicts);
        return _verdicts;
    }

    [Benchmark(Description = Libsecp256k1.Name)]
    public bool[] Secp256k1() => Libsecp256k1Loop.VerifyAll(_signed, _verdicts);

    [Benchmark(Description = "NBitcoin.Secp256k1")]
    public bool[] NBitcoin() => NBitcoinSecp256k1.VerifyAll(_signed, _verdicts);
}

using BenchmarkDotNet.Attributes;
using Ledger.Benchmarks.Rivals;
using Ledger.Benchmarks.Running;
using Ledger.Crypto;

namespace Ledger.Benchmarks.Crypto.Secp256k1;

/// <summary>
/// ECDSA verification of independent signatures in batches, from bytes. The rival has no batches and takes one after the
/// other; how others compare with it is in <see cref="VerifyBenchmarks"/>.
/// </summary>
public unsafe class VerifyBatchBenchmarks
{
    private SignedHashes _signed = new(0);
    private bool[] _verdicts = [];

    [Params(1, 8, 64, 1024), Tiny(9)]
    public int Signatures { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _signed = new(Signatures);
        _verdicts = new bool[Signatures];
    }

    [Benchmark(Baseline = true)]
    public bool[] Ledger()
    {
        Ecdsa.VerifyBatch(_signed.PublicKeys, _signed.Hashes, _signed.Signatures, _verdicts);
        return _verdicts;
    }

    [Benchmark(Description = "libsecp256k1")]
    public bool[] Secp256k1()
    {
        fixed (byte* keys = _signed.PublicKeys)
        fixed (byte* hashes = _signed.Hashes)
        fixed (byte* signatures = _signed.Signatures)
        {
            for (int i = 0; i < Signatures; i++)
            {
                _verdicts[i] = Libsecp256k1.Verify(keys + (33 * i), hashes + (32 * i), signatures + (64 * i));
            }
        }
        return _verdicts;
    }
}

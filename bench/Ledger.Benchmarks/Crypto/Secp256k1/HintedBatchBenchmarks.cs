using BenchmarkDotNet.Attributes;
using Ledger.Benchmarks.Rivals;
using Ledger.Benchmarks.Running;
using Ledger.Crypto;
using Ledger.Crypto.Secp256k1;
using Ledger.Testing;

namespace Ledger.Benchmarks.Crypto.Secp256k1;

/// <summary>
/// ECDSA verification of a batch with the recovery bits kept beside it, as an audit replays a log; against the same batch
/// without them.
/// </summary>
public class HintedBatchBenchmarks
{
    private SignedHashes _signed = SignedHashes.Ecdsa(0);
    private byte[] _hints = [];
    private bool[] _verdicts = [];

    [Params(64, 1024), Tiny(131)] // enough to be added up
    public int Signatures { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _signed = SignedHashes.Ecdsa(Signatures);
        _verdicts = new bool[Signatures];
        _hints = new byte[Signatures];
        for (int i = 0; i < Signatures; i++)
        {
            if (
                !EcdsaRecovery.TryFindRecoveryId(
                    _signed.PublicKeyOf(i),
                    _signed.HashOf(i),
                    _signed.SignatureOf(i),
                    out int hint
                )
            )
            {
                throw new InvalidOperationException($"Signature {i} is not valid.");
            }
            _hints[i] = (byte)hint;
        }
    }

    [Benchmark(Baseline = true)]
    public bool[] Ledger()
    {
        EcdsaHintedBatch.Verify(_signed.PublicKeys, _signed.Hashes, _signed.Signatures, _hints, _verdicts);
        return _verdicts;
    }

    [Benchmark(Description = "without hints")]
    public bool[] Unhinted()
    {
        Ecdsa.VerifyBatch(_signed.PublicKeys, _signed.Hashes, _signed.Signatures, _verdicts);
        return _verdicts;
    }

    [Benchmark(Description = Libsecp256k1.Name)]
    public bool[] Secp256k1() => Libsecp256k1Loop.VerifyAll(_signed, _verdicts);
}

using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Ledger.Benchmarks.Running;
using Ledger.Crypto;

namespace Ledger.Benchmarks.Crypto.Merkle;

/// <summary>The root of a tree, from the hashes of its leaves.</summary>
public class RootBenchmarks
{
    private byte[] _leafHashes = [];
    private byte[] _level = [];
    private readonly byte[] _root = new byte[32];

    [Params(1_000_000), Tiny(21)]
    public int Leaves { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _leafHashes = new byte[32 * Leaves];
        new Random(1).NextBytes(_leafHashes);
        _level = new byte[_leafHashes.Length];
    }

    [Benchmark(Baseline = true)]
    public byte[] Ledger()
    {
        _leafHashes.CopyTo(_level, 0); // both work in place
        MerkleLevels.Root(_level, _root);
        return _root;
    }

    [Benchmark(Description = "loop of SHA256.HashData")]
    public byte[] Platform()
    {
        _leafHashes.CopyTo(_level, 0);
        Span<byte> message = stackalloc byte[65];
        message[0] = 1;
        int count = Leaves;
        while (count > 1)
        {
            for (int i = 0; i < count / 2; i++)
            {
                _level.AsSpan(64 * i, 64).CopyTo(message[1..]);
                SHA256.HashData(message, _level.AsSpan(32 * i, 32));
            }
            if (count % 2 != 0)
            {
                _level.AsSpan(32 * (count - 1), 32).CopyTo(_level.AsSpan(32 * (count / 2)));
            }
            count = (count + 1) / 2;
        }
        _level.AsSpan(0, 32).CopyTo(_root);
        return _root;
    }
}

using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Ledger.Benchmarks.Rivals;
using Ledger.Benchmarks.Running;
using Ledger.Crypto;

namespace Ledger.Benchmarks.Crypto.Sha256;

/// <summary>Merkle nodes: H(0x01 ‖ left ‖ right), 65 bytes each. The rivals get their messages already put together.</summary>
public unsafe class NodeBenchmarks
{
    private const int MessageBytes = 65;

    private byte[] _pairs = [];
    private byte[] _messages = [];
    private byte[] _digests = [];

    [Params(1, 16, 1024), Tiny(3)]
    public int Nodes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _pairs = new byte[64 * Nodes];
        new Random(1).NextBytes(_pairs);
        _digests = new byte[32 * Nodes];
        _messages = new byte[MessageBytes * Nodes];
        for (int i = 0; i < Nodes; i++)
        {
            _messages[MessageBytes * i] = 1;
            _pairs.AsSpan(64 * i, 64).CopyTo(_messages.AsSpan((MessageBytes * i) + 1));
        }
    }

    [Benchmark(Baseline = true)]
    public byte[] Ledger()
    {
        MerkleHash.HashNodes(_pairs, _digests);
        return _digests;
    }

    [Benchmark(Description = "SHA256.HashData")]
    public byte[] Platform()
    {
        for (int i = 0; i < Nodes; i++)
        {
            SHA256.HashData(_messages.AsSpan(MessageBytes * i, MessageBytes), _digests.AsSpan(32 * i, 32));
        }
        return _digests;
    }

    [Benchmark(Description = "OpenSSL SHA256()")]
    public byte[] Native()
    {
        fixed (byte* messages = _messages)
        fixed (byte* digests = _digests)
        {
            for (int i = 0; i < Nodes; i++)
            {
                OpenSsl.Sha256(messages + (MessageBytes * i), MessageBytes, digests + (32 * i));
            }
        }
        return _digests;
    }
}

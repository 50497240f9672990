using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Ledger.Benchmarks.Rivals;
using Ledger.Benchmarks.Running;
using Ledger.Crypto;

namespace Ledger.Benchmarks.Crypto.Sha256;

/// <summary>Merkle leaves: H(0x00 ‖ entry). The rivals get their messages already put together.</summary>
public unsafe class LeafBenchmarks
{
    private const int Leaves = 1024;

    private byte[] _entries = [];
    private byte[] _messages = [];
    private int[] _lengths = [];
    private byte[] _digests = [];

    /// <summary>Bytes of an entry: all alike, or within a hundred of it.</summary>
    [Params("300", "200 to 400"), Tiny("200 to 400")]
    public string EntryBytes { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        Random random = new(1);
        _lengths = new int[Leaves];
        foreach (ref int length in _lengths.AsSpan())
        {
            length = EntryBytes == "300" ? 300 : random.Next(200, 401);
        }
        _entries = new byte[_lengths.Sum()];
        random.NextBytes(_entries);
        _digests = new byte[32 * Leaves];

        _messages = new byte[_entries.Length + Leaves];
        ReadOnlySpan<byte> entries = _entries;
        Span<byte> messages = _messages;
        foreach (int length in _lengths)
        {
            entries[..length].CopyTo(messages[1..]);
            entries = entries[length..];
            messages = messages[(length + 1)..];
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Leaves)]
    public byte[] Ledger()
    {
        MerkleHash.HashLeaves(_entries, _lengths, _digests);
        return _digests;
    }

    [Benchmark(Description = "SHA256.HashData", OperationsPerInvoke = Leaves)]
    public byte[] Platform()
    {
        ReadOnlySpan<byte> messages = _messages;
        for (int i = 0; i < Leaves; i++)
        {
            SHA256.HashData(messages[..(_lengths[i] + 1)], _digests.AsSpan(32 * i, 32));
            messages = messages[(_lengths[i] + 1)..];
        }
        return _digests;
    }

    [Benchmark(Description = "OpenSSL SHA256()", OperationsPerInvoke = Leaves)]
    public byte[] Native()
    {
        fixed (byte* messages = _messages)
        fixed (byte* digests = _digests)
        {
            byte* message = messages;
            for (int i = 0; i < Leaves; i++)
            {
                OpenSsl.Sha256(message, (nuint)_lengths[i] + 1, digests + (32 * i));
                message += _lengths[i] + 1;
            }
        }
        return _digests;
    }
}

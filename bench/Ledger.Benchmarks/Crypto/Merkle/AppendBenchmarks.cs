using System.Numerics;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Ledger.Benchmarks.Running;
using Ledger.Crypto;

namespace Ledger.Benchmarks.Crypto.Merkle;

/// <summary>Appends entries of 300 bytes to a large tree: leaf hashes, nodes and the new root.</summary>
public class AppendBenchmarks
{
    private const int EntryBytes = 300;
    private const long TreeSize = 10_000_000;

    private byte[] _entries = [];
    private int[] _lengths = [];
    private byte[] _leafHashes = [];
    private byte[] _nodes = [];
    private CompactRange _before = new();
    private readonly CompactRange _range = new();
    private byte[] _subtrees = [];
    private readonly byte[] _root = new byte[32];

    [Params(1000), Tiny(21)]
    public int Entries { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Random random = new(1);
        _entries = new byte[EntryBytes * Entries];
        random.NextBytes(_entries);
        _lengths = [.. Enumerable.Repeat(EntryBytes, Entries)];
        _leafHashes = new byte[32 * Entries];
        _nodes = new byte[32 * BitOperations.PopCount((ulong)TreeSize)];
        random.NextBytes(_nodes);
        if (!CompactRange.TryRestore(TreeSize, _nodes, out CompactRange? before))
        {
            throw new InvalidOperationException("The nodes do not fit the size.");
        }
        _before = before;
        _subtrees = new byte[32 * 64];
    }

    [Benchmark(Baseline = true)]
    public byte[] Ledger()
    {
        // Every call appends to the same tree, so its right edge is put back first, as the rival's is.
        _range.CopyFrom(_before);
        MerkleHash.HashLeaves(_entries, _lengths, _leafHashes);
        _range.Append(_leafHashes);
        _range.Root(_root);
        return _root;
    }

    [Benchmark(Description = "loop of SHA256.HashData")]
    public byte[] Platform()
    {
        // The subtree of level L at 32·L.
        ReadOnlySpan<byte> nodes = _nodes;
        for (long rest = TreeSize; rest != 0; rest &= rest - 1)
        {
            nodes[^32..].CopyTo(_subtrees.AsSpan(32 * BitOperations.TrailingZeroCount(rest)));
            nodes = nodes[..^32];
        }

        Span<byte> leaf = stackalloc byte[1 + EntryBytes];
        leaf[0] = 0;
        Span<byte> node = stackalloc byte[65];
        node[0] = 1;
        Span<byte> hash = stackalloc byte[32];
        long size = TreeSize;
        for (int i = 0; i < Entries; i++, size++)
        {
            _entries.AsSpan(EntryBytes * i, EntryBytes).CopyTo(leaf[1..]);
            SHA256.HashData(leaf, hash);
            int level = 0;
            for (; (size >> level & 1) != 0; level++)
            {
                _subtrees.AsSpan(32 * level, 32).CopyTo(node[1..]);
                hash.CopyTo(node[33..]);
                SHA256.HashData(node, hash);
            }
            hash.CopyTo(_subtrees.AsSpan(32 * level));
        }

        int lowest = BitOperations.TrailingZeroCount(size);
        _subtrees.AsSpan(32 * lowest, 32).CopyTo(hash);
        for (long rest = size & (size - 1); rest != 0; rest &= rest - 1)
        {
            _subtrees.AsSpan(32 * BitOperations.TrailingZeroCount(rest), 32).CopyTo(node[1..]);
            hash.CopyTo(node[33..]);
            SHA256.HashData(node, hash);
        }
        hash.CopyTo(_root);
        return _root;
    }
}

using System.Runtime.CompilerServices;
using Ledger.Crypto;
using Ledger.Log;
using Ledger.Protocol;
using Ledger.Rules.Audit;

namespace Ledger.Tests;

/// <summary>A log as a follower reads it: what a ledger published, or whatever a test has it say.</summary>
internal sealed class TestSource : IAuditSource
{
    // What its checkpoint was made of, and its proofs are.
    private List<byte[]> _signed;

    /// <summary>What a ledger has published by now.</summary>
    public TestSource(TemporaryLedger ledger)
    {
        using ReadView view = ledger.Ledger.Read();
        Entries = [.. view.Entries(0)];
        _signed = [.. Entries];
        Published = [.. view.PublishedCheckpoints(0).Select(checkpoint => checkpoint.Note)];
        Newest = view.Head.Note.ToArray();
    }

    public List<byte[]> Entries { get; }

    public List<byte[]> Published { get; }

    public byte[]? Newest { get; set; }

    /// <summary>Entries after which the source breaks off, as a connection does; null: never.</summary>
    public int? BreaksAfter { get; set; }

    /// <summary>How it breaks off.</summary>
    public Exception Break { get; init; } = new IOException("the connection broke");

    /// <summary>Makes the newest checkpoint that of the entries as they are, as somebody does who has the log's key.</summary>
    public TestSource Sign(Ed25519PrivateKey key)
    {
        Published.Clear();
        _signed = [.. Entries];
        Newest = new Checkpoint(TemporaryLedger.Origin, Entries.Count, Root(Entries.Count)).Sign(key);
        return this;
    }

    public Task<ReadOnlyMemory<byte>?> NewestCheckpointAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Newest is null ? (ReadOnlyMemory<byte>?)null : Newest);

    public Task<long> SizeAsync(long covered, CancellationToken cancellationToken) => Task.FromResult(covered);

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> EntriesAsync(
        long first,
        long size,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask;
        int given = 0;
        foreach (byte[] entry in Entries.Take((int)size).Skip((int)first))
        {
            if (given++ == BreaksAfter)
            {
                throw Break;
            }

            yield return entry;
        }
    }

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> CheckpointsAsync(
        long fromSize,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask;
        foreach (byte[] note in Published.Where(note => SizeOf(note) >= fromSize))
        {
            yield return note;
        }
    }

    public Task<byte[]> ConsistencyProofAsync(long size1, long size2, CancellationToken cancellationToken)
    {
        MerkleTree tree = new(new TileCache((_, _) => throw new InvalidOperationException()));
        foreach (byte[] entry in _signed.Take((int)size2))
        {
            tree.Append(Leaf(entry));
        }

        return Task.FromResult<byte[]>(
            size1 <= tree.Size && size2 <= tree.Size
                ? [.. tree.View().ConsistencyProof(size1, size2).SelectMany(hash => hash)]
                : []
        );
    }

    private static long SizeOf(byte[] note) => long.Parse(System.Text.Encoding.UTF8.GetString(note).Split('\n')[1]);

    private byte[] Root(int size)
    {
        CompactRange range = new();
        foreach (byte[] entry in Entries.Take(size))
        {
            range.Append(Leaf(entry));
        }

        byte[] root = new byte[MerkleHash.HashBytes];
        range.Root(root);
        return root;
    }

    private static byte[] Leaf(byte[] entry)
    {
        byte[] hash = new byte[MerkleHash.HashBytes];
        MerkleHash.HashLeaf(entry, hash);
        return hash;
    }
}

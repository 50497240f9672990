using System.Security.Cryptography;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Store;
using Ledger.V1;

namespace Ledger.Log;

/// <summary>
/// Takes up a stored log: rebuilds the tree's right edge from the entries and checks that head, entries and tiles agree. It
/// repairs nothing: what disagrees is named, and the log does not start.
/// </summary>
internal static class LogRecovery
{
    private const string Remedy = StoreException.Remedy;

    /// <summary>The stored head and its tree.</summary>
    /// <exception cref="StoreException">Head, entries and tiles disagree.</exception>
    public static (StoredHead Head, MerkleTree Tree) Load(ChainStore store)
    {
        StoredHead head = store.Head();
        using StoreSnapshot snapshot = store.Snapshot();
        long last = snapshot.LastIndex();
        if (last != head.Chain.Size - 1)
        {
            throw new StoreException(
                $"The store's head names {head.Chain.Size} entries, but the last entry has index {last}. {Remedy}"
            );
        }

        CheckSeal(snapshot, head);
        MerkleTree tree = MerkleTree.Restore(
            new TileCache(store.Tile),
            head.Chain.Size,
            LastLeafHashes(snapshot, head.Chain.Size)
        );
        if (!tree.View().CompactRange().AsSpan().SequenceEqual(head.CompactRange))
        {
            throw new StoreException($"The store's last entries and tiles do not add up to its head. {Remedy}");
        }

        return (head, tree);
    }

    // The last entry of every batch is a seal, and the head holds its hash.
    private static void CheckSeal(StoreSnapshot snapshot, StoredHead head)
    {
        if (head.Chain.Size == 0)
        {
            return;
        }

        byte[] bytes = Entry(snapshot, head.Chain.Size - 1);
        if (
            !SHA256.HashData(bytes).AsSpan().SequenceEqual(head.Chain.SealHash.Span)
            || !EntryCodec.Decode(bytes, out Entry? entry).IsOk
            || entry!.Seal is not { } seal
            || (long)seal.Height != head.Chain.Height - 1
            || (long)entry.TimeMs != head.Chain.TimeMs
        )
        {
            throw new StoreException($"The store's last entry is not the seal that its head names. {Remedy}");
        }
    }

    private static byte[] LastLeafHashes(StoreSnapshot snapshot, long size)
    {
        int count = (int)(size % TreeTile.Width);
        byte[] hashes = new byte[count * MerkleHash.HashBytes];
        for (int i = 0; i < count; i++)
        {
            MerkleHash.HashLeaf(
                Entry(snapshot, size - count + i),
                hashes.AsSpan(i * MerkleHash.HashBytes, MerkleHash.HashBytes)
            );
        }

        return hashes;
    }

    private static byte[] Entry(StoreSnapshot snapshot, long index) =>
        snapshot.Entry(index) ?? throw new StoreException($"Entry {index} is missing. {Remedy}");
}

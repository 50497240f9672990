using System.Security.Cryptography;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Rules.Map;
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

    /// <summary>The state map of the stored head.</summary>
    /// <param name="store">The store.</param>
    /// <param name="head">Its head.</param>
    /// <param name="nodesMax">Nodes in memory, about.</param>
    /// <exception cref="StoreException">The map is not what the head names.</exception>
    public static StoredMap LoadMap(ChainStore store, StoredHead head, int nodesMax = StateMap.NodesUsual)
    {
        const string MapRemedy = "Run `ledger fsck --rebuild-map`, which makes it anew.";
        using StoreSnapshot snapshot = store.Snapshot();
        try
        {
            MapLeaf[] changed = [.. snapshot.MapChanged()];
            StateMap map = StateMap.Restore(snapshot, changed, head.Chain.Height, nodesMax);
            return map.Root.Span.SequenceEqual(head.StateRoot.Span)
                ? new StoredMap(map, snapshot.MapFlushed(), changed.Length)
                : throw new StoreException($"The store's state map is not the one that its head names. {MapRemedy}");
        }
        catch (FormatException e)
        {
            throw new StoreException($"{e.Message} {MapRemedy}");
        }
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
            || (EntryCodec.NamesStateMap(seal.Format) && !seal.StateRoot.Span.SequenceEqual(head.StateRoot.Span))
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

/// <summary>The state map as a store has it.</summary>
/// <param name="Map">The map, which still has to be read from a snapshot of its own (<see cref="StateMap.At"/>).</param>
/// <param name="Flushed">Version whose nodes are written.</param>
/// <param name="Changed">Leaves that changed since.</param>
internal sealed record StoredMap(StateMap Map, long Flushed, int Changed);

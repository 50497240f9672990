using Ledger.Crypto;
using Ledger.Rules;
using Ledger.Rules.Map;
using RocksDbSharp;

namespace Ledger.Store;

/// <summary>
/// The state map in the store. Every batch writes its leaves and, as one row, which they are. Nodes are written now and then, all that
/// were made since the last time: whatever was made anew in between is written once. When the store is opened, the nodes are those of
/// that time, and the rows of the batches since say which leaves to look at again (<see cref="StateMap.Restore"/>).
/// </summary>
/// <remarks>
/// A flush need neither be synced nor whole: until its last write says that it is done, the rows of the batches are there, and a node
/// that was written is as good as the one before it.
/// </remarks>
internal static class MapRows
{
    /// <summary>Leaves after which nodes are usually written: a start has to look at so many again, and a little more.</summary>
    public const int LeavesEnough = 32_768;

    private const int WriteBytesEnough = 256 * 1024;

    /// <summary>Adds what a batch changed to a write.</summary>
    public static void Put(WriteBatch writes, StoreFamilies families, AppliedBatch batch)
    {
        ReadOnlySpan<MapLeaf> leaves = batch.Written.Leaves;
        byte[] changed = new byte[leaves.Length * MapHash.HashBytes];
        for (int i = 0; i < leaves.Length; i++)
        {
            Put(writes, families, leaves[i]);
            leaves[i].KeyHash.CopyTo(changed.AsSpan(i * MapHash.HashBytes));
        }

        writes.Put(StoreKeys.MapChangesKey(batch.Map.Version), changed, families.Map);
    }

    /// <summary>Adds a leaf to a write.</summary>
    public static void Put(WriteBatch writes, StoreFamilies families, in MapLeaf leaf)
    {
        Span<byte> key = stackalloc byte[StoreKeys.MapLeafKeyBytes];
        StoreKeys.WriteMapLeafKey(leaf.KeyHash, key);
        writes.Put(key, leaf.ValueHash, families.Map);
    }

    /// <summary>Writes the nodes that were made since an earlier version.</summary>
    /// <param name="db">The database.</param>
    /// <param name="families">Its column families.</param>
    /// <param name="map">A version whose batch is in the database.</param>
    /// <param name="after">The version that was flushed last.</param>
    public static void Flush(RocksDb db, StoreFamilies families, StateMap map, long after)
    {
        byte[] version = new byte[StoreKeys.NumberBytes];
        StoreKeys.WriteNumber(map.Version, version);
        WriteBatch writes = new();
        try
        {
            writes.Put(StoreKeys.MapFlushing, version, families.Map);
            int bytes = 0;
            foreach (MapRow row in map.Rows(after))
            {
                writes.Put(StoreKeys.MapNodeKey(row.Path, row.Depth), row.Row, families.Map);
                bytes += row.Row.Length;
                if (bytes >= WriteBytesEnough)
                {
                    db.Write(writes);
                    writes.Dispose();
                    writes = new WriteBatch();
                    bytes = 0;
                }
            }

            for (long changes = after + 1; changes <= map.Version; changes++)
            {
                writes.Delete(StoreKeys.MapChangesKey(changes), families.Map);
            }

            writes.Put(StoreKeys.MapFlushed, version, families.Map);
            writes.Delete(StoreKeys.MapFlushing, families.Map);
            db.Write(writes);
        }
        finally
        {
            writes.Dispose();
        }
    }

    /// <summary>The leaves whose keys a row of a batch names; their values are not there.</summary>
    /// <param name="row">The row.</param>
    /// <exception cref="FormatException">The row is damaged.</exception>
    public static IEnumerable<MapLeaf> Changed(byte[] row)
    {
        if (row.Length % MapHash.HashBytes != 0)
        {
            throw new FormatException("A row of the state map's changes is damaged.");
        }

        for (int at = 0; at < row.Length; at += MapHash.HashBytes)
        {
            yield return new MapLeaf(row.AsSpan(at, MapHash.HashBytes), MapHash.Empty);
        }
    }
}

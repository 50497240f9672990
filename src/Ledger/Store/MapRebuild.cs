using System.Security.Cryptography;
using Ledger.Rules.Map;
using Ledger.Rules.State;
using RocksDbSharp;

namespace Ledger.Store;

/// <summary>
/// Makes the state map of a stopped store anew from its records. What it is worth, its root says: it must be the one that the store's
/// head, and with it the last seal, names. Interrupted, it begins anew. All nodes are in memory at once, some 500 bytes a record.
/// </summary>
internal static class MapRebuild
{
    private const int LeavesAtOnce = 4_096;

    /// <summary>Rebuilds the map.</summary>
    /// <param name="db">The database; nobody else uses it.</param>
    /// <returns>Records in the map.</returns>
    /// <exception cref="StoreException">The records are not those that the head names, or one is damaged.</exception>
    public static long Run(RocksDb db)
    {
        FormatUpgrade.Clear(db, [StoreKeys.Map]);
        StoreFamilies families = new(db);
        StoreLease lease = new(db);
        StoredHead head = db.Get(StoreKeys.Head, families.Meta) is { } bytes
            ? StoredHead.Decode(bytes)
            : StoredHead.Empty;
        long records = PutLeaves(db, families, lease);
        using StoreSnapshot snapshot = new(lease, families);
        StateMap map = StateMap.Restore(snapshot, [], head.Chain.Height, nodesMax: int.MaxValue);
        if (!map.Root.Span.SequenceEqual(head.StateRoot.Span))
        {
            throw new StoreException(
                $"The store's records do not have the state root that its head names. {StoreException.Remedy}"
            );
        }

        if (records > 0)
        {
            // Every node was made for this version.
            MapRows.Flush(db, families, map, after: map.Version - 1);
        }

        return records;
    }

    private static long PutLeaves(RocksDb db, StoreFamilies families, StoreLease lease)
    {
        long records = 0;
        WriteBatch writes = new();
        try
        {
            foreach ((byte[] key, byte[] row) in StoreScan.Rows(lease, families.State, new ReadOptions(), [], []))
            {
                if (row.Length < RecordCodec.HeaderBytes)
                {
                    throw new StoreException($"A record is damaged. {StoreException.Remedy}");
                }

                byte[] value = [.. row[..MapValue.IndexBytes], .. row[RecordCodec.HeaderBytes..]];
                MapRows.Put(writes, families, new MapLeaf(SHA256.HashData(key), SHA256.HashData(value)));
                if (++records % LeavesAtOnce == 0)
                {
                    db.Write(writes);
                    writes.Dispose();
                    writes = new WriteBatch();
                }
            }

            db.Write(writes, new WriteOptions().SetSync(true));
        }
        finally
        {
            writes.Dispose();
        }

        return records;
    }
}

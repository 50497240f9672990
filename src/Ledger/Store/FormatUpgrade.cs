using System.Buffers.Binary;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Rules;
using Ledger.Rules.Map;
using Ledger.V1;
using RocksDbSharp;

namespace Ledger.Store;

/// <summary>
/// Renews a store of an older layout. Entries, tiles and checkpoints are the same in all; what follows from the entries
/// is dropped and written again as the executor makes it. The version is written last: an upgrade that was interrupted begins anew.
/// There is no way back.
/// </summary>
internal static class FormatUpgrade
{
    /// <summary>
    /// Whether a version can be upgraded. 1 counted minted tokens in the classes, and kept every version of counters. 2 kept versions
    /// by index alone. 3 kept no events, and had fewer lists. 4 had no state map, and kept every checkpoint.
    /// </summary>
    public static bool IsFrom(uint? version) => version is >= 1 and < StoreKeys.FormatVersion;

    /// <summary>Upgrades the database.</summary>
    /// <param name="db">The database; nobody else uses it.</param>
    /// <param name="origin">Origin of its log.</param>
    /// <exception cref="StoreException">An entry is not what the rules make of the log: it was damaged, or changed.</exception>
    public static void Run(RocksDb db, string origin)
    {
        Clear(db, StoreKeys.Derived);
        StoreFamilies families = new(db);
        ChainHead head = ChainHead.Empty;
        CompactRange tree = new();
        StateMap? map = null;
        (long flushed, int changed) = (0, 0);
        List<ProposedOperation> batch = [];
        List<byte[]> entries = [];
        StoreLease lease = new(db);
        foreach ((byte[] key, byte[] bytes) in StoreScan.Rows(lease, families.Entries, new ReadOptions(), [], []))
        {
            long index = StoreKeys.ReadNumber(key);
            Entry entry = Read(index, bytes);
            entries.Add(bytes);
            if (entry.Operation is { } operation)
            {
                batch.Add(new ProposedOperation(Read(index, operation, origin), VerifiedWith: null));
                continue;
            }

            if ((long)entry.TimeMs < head.TimeMs)
            {
                throw Disagrees(index);
            }

            // The records as they are written so far.
            using StoreSnapshot records = new(lease, families);
            ProposedBatch proposed = new((long)entry.TimeMs, batch, entry.Seal.Format);
            map = map?.At(records) ?? StateMap.Empty(records);
            AppliedBatch applied = BatchExecutor.Execute(records, map, head, proposed);
            Compare(head.Size, entries, applied.Entries);

            using WriteBatch writes = new();
            BatchRows.Put(writes, families, applied);
            db.Write(writes);
            head = applied.Head;
            tree.Append(applied.LeafHashes.Span);
            map = applied.Map;
            changed += applied.Written.Records.Count;
            if (changed >= MapRows.LeavesEnough)
            {
                MapRows.Flush(db, families, map, flushed);
                (flushed, changed) = (map.Version, 0);
            }

            map = map.Trim(flushed);
            batch.Clear();
            entries.Clear();
        }

        if (entries.Count > 0)
        {
            throw Disagrees(head.Size);
        }

        CheckpointRows.Thin(lease, families, head);
        byte[] version = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(version, StoreKeys.FormatVersion);
        using WriteBatch last = new();
        if (map is not null)
        {
            StoredHead renewed = new(head, map.Root, tree.Nodes());
            RequireSame(db.Get(StoreKeys.Head, families.Meta), renewed);
            last.Put(StoreKeys.Head, renewed.Encode(), families.Meta);
        }

        last.Put(StoreKeys.Format, version, families.Meta);
        db.Write(last, new WriteOptions().SetSync(true));
    }

    /// <summary>Leaves nothing of column families that follow from the entries but those of this version, empty.</summary>
    /// <param name="db">The database; nobody else uses it.</param>
    /// <param name="names">Some of <see cref="StoreKeys.Derived"/>.</param>
    public static void Clear(RocksDb db, IEnumerable<string> names)
    {
        Cache cache = Cache.CreateLru(0);
        foreach (string name in names)
        {
            if (db.TryGetColumnFamily(name, out _))
            {
                db.DropColumnFamily(name);
            }

            db.CreateColumnFamily(StoreFamilies.Options(name, cache), name);
        }
    }

    // The head stays the one that it was, but for the state root, which it now names.
    private static void RequireSame(byte[]? stored, StoredHead renewed)
    {
        if (stored is null || !stored.AsSpan().SequenceEqual(renewed.EncodeWithoutStateRoot()))
        {
            throw Disagrees(renewed.Chain.Size);
        }
    }

    private static void Compare(long first, List<byte[]> stored, IReadOnlyList<byte[]> applied)
    {
        for (int i = 0; i < stored.Count; i++)
        {
            if (i >= applied.Count || !stored[i].AsSpan().SequenceEqual(applied[i]))
            {
                throw Disagrees(first + i);
            }
        }
    }

    private static Entry Read(long index, byte[] bytes) =>
        EntryCodec.Decode(bytes, out Entry? entry).IsOk ? entry! : throw Disagrees(index);

    private static SubmittedOperation Read(long index, OperationEntry entry, string origin) =>
        OperationCodec.Decode(entry.Operation.Memory, entry.Signatures, origin, out SubmittedOperation? operation).IsOk
            ? operation!
            : throw Disagrees(index);

    private static StoreException Disagrees(long index) =>
        new(
            $"The store cannot be brought to format version {StoreKeys.FormatVersion}: entry {index} is not what the rules make of the log. {StoreException.Remedy}"
        );
}

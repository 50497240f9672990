using System.Buffers.Binary;
using System.Text;
using Ledger.Log;
using Ledger.Rules.State;
using RocksDbSharp;

namespace Ledger.Store;

/// <summary>
/// The ledger on disk: one RocksDB database. One thread commits; any thread reads, at a snapshot. This folder holds the only
/// code that knows RocksDB.
/// </summary>
public sealed class ChainStore : IDisposable
{
    // A torn record at the tail of the write-ahead log is what a crash leaves and is dropped: nothing of it was acknowledged.
    // Damage anywhere else refuses to open.
    private const Recovery WalRecovery = Recovery.TolerateCorruptedTailRecords;
    private const ulong WriteBufferBytes = 32 * 1024 * 1024;
    private const ulong WalBytesMax = 64 * 1024 * 1024;
    private const ulong BlockCacheBytes = 64 * 1024 * 1024;

    private readonly RocksDb _db;
    private readonly WriteOptions _synced = new WriteOptions().SetSync(true);

    private ChainStore(RocksDb db, string path)
    {
        _db = db;
        Path = path;
        Families = new StoreFamilies(db);
    }

    /// <summary>The database's folder.</summary>
    public string Path { get; }

    internal StoreFamilies Families { get; }

    /// <summary>Opens the store for writing; creates it when the folder is missing or empty.</summary>
    /// <param name="path">Folder of the database.</param>
    /// <param name="origin">Origin of the log, stored at creation and compared ever after.</param>
    /// <param name="logKey">Verifier key of the log, likewise.</param>
    /// <exception cref="StoreException">Another process has it open, or it is of another format, log or key, or damaged.</exception>
    public static ChainStore Open(string path, string origin, string logKey)
    {
        ArgumentNullException.ThrowIfNull(origin);
        ArgumentNullException.ThrowIfNull(logKey);
        bool exists = IsStore(path);
        Directory.CreateDirectory(path);
        ChainStore store = new(
            Guard(
                path,
                () =>
                    RocksDb.Open(
                        Options().SetCreateIfMissing(true).SetCreateMissingColumnFamilies(true),
                        path,
                        ColumnFamilies()
                    )
            ),
            path
        );
        try
        {
            if (exists && store.Get(store.Families.Meta, StoreKeys.Format) is not null)
            {
                store.CheckIdentity(origin, logKey);
            }
            else
            {
                store.Found(origin, logKey);
            }

            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Opens a store that no process writes, and writes nothing.</summary>
    /// <param name="path">Folder of the database.</param>
    /// <exception cref="StoreException">There is no store, or it is of another format, or damaged.</exception>
    public static ChainStore OpenReadOnly(string path)
    {
        if (!IsStore(path))
        {
            throw new StoreException($"There is no store in {path}. Name the folder that `ledger serve` was given.");
        }

        ChainStore store = new(Guard(path, () => RocksDb.OpenReadOnly(Options(), path, ColumnFamilies(), false)), path);
        try
        {
            store.CheckFormat();
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Whether a folder holds a store.</summary>
    public static bool IsStore(string path) => File.Exists(System.IO.Path.Combine(path, "CURRENT"));

    /// <summary>Origin of the log.</summary>
    public string Origin => Encoding.UTF8.GetString(Required(StoreKeys.Origin));

    /// <summary>Verifier key of the log.</summary>
    public string LogKey => Encoding.UTF8.GetString(Required(StoreKeys.LogKey));

    /// <summary>A consistent view of everything committed so far.</summary>
    public StoreSnapshot Snapshot() => new(_db, Families);

    /// <summary>Stops using the database. Snapshots must have been disposed of.</summary>
    public void Dispose() => _db.Dispose();

    /// <summary>Where the log stands.</summary>
    /// <exception cref="StoreException">The head is damaged.</exception>
    internal StoredHead Head() =>
        Get(Families.Meta, StoreKeys.Head) is { } bytes ? StoredHead.Decode(bytes) : StoredHead.Empty;

    /// <summary>The lowest row of a full tile.</summary>
    /// <exception cref="StoreException">It is not there.</exception>
    internal byte[] Tile(int level, long number)
    {
        Span<byte> key = stackalloc byte[StoreKeys.TileKeyBytes];
        StoreKeys.WriteTileKey(level, number, key);
        return Get(Families.Tiles, key) is { Length: TreeTile.Bytes } tile
            ? tile
            : throw new StoreException(
                $"Tile {number} of level {level} is missing or damaged. Run `ledger fsck`, then restore a backup or copy the log from a peer."
            );
    }

    /// <summary>Makes a batch durable, all of it or nothing.</summary>
    /// <exception cref="RocksDbException">The write failed or its fate is unknown: the process must stop and recover on open.</exception>
    internal void Commit(LogBatch batch)
    {
        using WriteBatch writes = new();
        Span<byte> number = stackalloc byte[StoreKeys.NumberBytes];
        Span<byte> value = stackalloc byte[StoreKeys.NumberBytes];
        for (int i = 0; i < batch.Entries.Count; i++)
        {
            StoreKeys.WriteNumber(batch.FirstIndex + i, number);
            writes.Put(number, batch.Entries[i], Families.Entries);
        }

        Span<byte> idKey = stackalloc byte[StoreKeys.OperationIdKeyBytes];
        for (int i = 0; i < batch.OperationIds.Count; i++)
        {
            StoreKeys.WriteOperationIdKey(batch.OperationIds[i].Span, idKey);
            StoreKeys.WriteNumber(batch.FirstIndex + i, value);
            writes.Put(idKey, value, Families.Indexes);
        }

        Span<byte> tileKey = stackalloc byte[StoreKeys.TileKeyBytes];
        foreach (TreeTile tile in batch.FullTiles)
        {
            StoreKeys.WriteTileKey(tile.Level, tile.Number, tileKey);
            writes.Put(tileKey, tile.LowestRow.Span, Families.Tiles);
        }

        foreach ((RecordKey key, VersionedRecord record) in batch.State.Records)
        {
            writes.Put(key.ToBytes(), RecordCodec.Encode(record), Families.State);
        }

        foreach ((RecordKey key, VersionedRecord record) in batch.State.Superseded)
        {
            writes.Put(
                StoreKeys.VersionKey(key.ToBytes(), record.Index),
                RecordCodec.Encode(record),
                Families.Versions
            );
        }

        foreach ((IndexKey index, bool present) in batch.State.IndexChanges)
        {
            byte[] key = index.ToBytes();
            if (present)
            {
                writes.Put(key, default(ReadOnlySpan<byte>), Families.Indexes);
            }
            else
            {
                writes.Delete(key, Families.Indexes);
            }
        }

        if (!batch.PublishedCheckpoint.IsEmpty)
        {
            Span<byte> checkpointKey = stackalloc byte[StoreKeys.CheckpointKeyBytes];
            StoreKeys.WriteCheckpointKey(batch.PublishedSize, checkpointKey);
            writes.Put(checkpointKey, batch.PublishedCheckpoint.Span, Families.Meta);
        }

        writes.Put(StoreKeys.Head, batch.Head.Encode(), Families.Meta);

        // THE COMMIT POINT. Before this line returns nothing of the batch is promised to anyone, and a crash leaves nothing of
        // it; after it everything of the batch is on disk for good.
        _db.Write(writes, _synced);
    }

    /// <summary>A read that failed: a file of the database is damaged, or the disk is.</summary>
    internal static StoreException Unreadable(RocksDbException e) =>
        new($"The store cannot be read: {e.Message}. Restore a backup or copy the log from a peer.", e);

    private static DbOptions Options() =>
        new DbOptions()
            .SetParanoidChecks(true)
            .SetWalRecoveryMode(WalRecovery)
            .SetMaxTotalWalSize(WalBytesMax)
            .SetKeepLogFileNum(4)
            .SetMaxOpenFiles(512);

    private static ColumnFamilies ColumnFamilies()
    {
        // One cache for all families. Point reads ask the bloom filter first: most lookups of an operation id miss.
        Cache cache = Cache.CreateLru(BlockCacheBytes);
        ColumnFamilies families = [];
        foreach (string name in StoreKeys.All)
        {
            BlockBasedTableOptions table = new BlockBasedTableOptions().SetBlockCache(cache).SetFormatVersion(5);
            if (name is StoreKeys.State or StoreKeys.Indexes)
            {
                table.SetFilterPolicy(BloomFilterPolicy.Create(10, false)).SetWholeKeyFiltering(true);
            }

            // Entries are written once, in order; tiles are random bytes that no compression shrinks.
            families.Add(
                name,
                new ColumnFamilyOptions()
                    .SetBlockBasedTableFactory(table)
                    .SetWriteBufferSize(WriteBufferBytes)
                    .SetCompression(name == StoreKeys.Tiles ? Compression.No : Compression.Lz4)
            );
        }

        return families;
    }

    private static RocksDb Guard(string path, Func<RocksDb> open)
    {
        try
        {
            return open();
        }
        catch (RocksDbException e) when (e.Message.Contains("/LOCK", StringComparison.Ordinal))
        {
            throw new StoreException($"The store in {path} is in use by another process. Stop that node first.", e);
        }
        catch (RocksDbException e)
        {
            throw new StoreException(
                $"The store in {path} cannot be opened: {e.Message}. Restore a backup or copy the log from a peer.",
                e
            );
        }
    }

    private void Found(string origin, string logKey)
    {
        byte[] version = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(version, StoreKeys.FormatVersion);
        using WriteBatch writes = new();
        writes.Put(StoreKeys.Format, version, Families.Meta);
        writes.Put(StoreKeys.Origin, Encoding.UTF8.GetBytes(origin), Families.Meta);
        writes.Put(StoreKeys.LogKey, Encoding.UTF8.GetBytes(logKey), Families.Meta);
        _db.Write(writes, _synced);
    }

    private void CheckIdentity(string origin, string logKey)
    {
        CheckFormat();
        if (Origin != origin)
        {
            throw new StoreException(
                $"The store in {Path} belongs to the log {Origin}, not {origin}. Name its origin or another folder."
            );
        }

        if (LogKey != logKey)
        {
            throw new StoreException(
                $"The store in {Path} was signed with the key {LogKey}, not {logKey}. Put the log's key back, or name another folder."
            );
        }
    }

    private void CheckFormat()
    {
        byte[] bytes = Required(StoreKeys.Format);
        uint version = bytes.Length == sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0;
        if (version != StoreKeys.FormatVersion)
        {
            throw new StoreException(
                $"The store in {Path} has format version {version}; this program reads version {StoreKeys.FormatVersion}."
            );
        }
    }

    private byte[] Required(ReadOnlySpan<byte> key) =>
        Get(Families.Meta, key)
        ?? throw new StoreException(
            $"The store in {Path} lacks its {Encoding.UTF8.GetString(key)} record: it is damaged, or not a ledger's store."
        );

    private byte[]? Get(ColumnFamilyHandle family, ReadOnlySpan<byte> key)
    {
        try
        {
            return _db.Get(key, family);
        }
        catch (RocksDbException e)
        {
            throw Unreadable(e);
        }
    }
}

/// <summary>The column families' handles.</summary>
internal sealed class StoreFamilies(RocksDb db)
{
    public ColumnFamilyHandle Entries { get; } = db.GetColumnFamily(StoreKeys.Entries);

    public ColumnFamilyHandle Tiles { get; } = db.GetColumnFamily(StoreKeys.Tiles);

    public ColumnFamilyHandle State { get; } = db.GetColumnFamily(StoreKeys.State);

    public ColumnFamilyHandle Versions { get; } = db.GetColumnFamily(StoreKeys.Versions);

    public ColumnFamilyHandle Map { get; } = db.GetColumnFamily(StoreKeys.Map);

    public ColumnFamilyHandle Indexes { get; } = db.GetColumnFamily(StoreKeys.Indexes);

    public ColumnFamilyHandle Meta { get; } = db.GetColumnFamily(StoreKeys.Meta);
}

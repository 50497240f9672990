using System.Buffers.Binary;
using System.Text;
using Ledger.Files;
using Ledger.Rules;
using Ledger.Rules.Map;
using RocksDbSharp;

namespace Ledger.Store;

/// <summary>
/// The ledger on disk: one RocksDB database. One thread commits; any thread reads, at a snapshot. This folder holds the only
/// code that knows RocksDB.
/// </summary>
public sealed class ChainStore : IDisposable
{
    // Whole batches are recovered up to the first record of the write-ahead log that is not whole: cut short, or zeros or garbage in
    // its place, as a loss of power leaves a record that nobody was told of. Whether anything is missing that was told, the last
    // signed checkpoint says, which is kept elsewhere (LastSigned).
    private const Recovery WalRecovery = Recovery.PointInTime;
    private const ulong WalBytesMax = 64 * 1024 * 1024;

    private readonly StoreLease _lease;
    private readonly WriteOptions _synced = new WriteOptions().SetSync(true);
    private readonly WriteOptions _unsynced = new();

    // Where the database writes its diary when the store is only read; null: in the store.
    private readonly DirectoryInfo? _diary;

    private ChainStore(RocksDb db, string path, DirectoryInfo? diary = null)
    {
        _diary = diary;
        _lease = new StoreLease(db);
        Path = path;
        Families = new StoreFamilies(db);
    }

    /// <summary>The database's folder.</summary>
    public string Path { get; }

    internal StoreFamilies Families { get; }

    /// <summary>
    /// Around the write of each commit. Tests put something here that fails before the write, after it, or in its stead; otherwise
    /// it just writes.
    /// </summary>
    internal Action<Action> AroundWrite { get; set; } = static write => write();

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
        StoreRoom.Require(path);
        WriteAheadLogs.RequireReadable(path);
        DurableFile.MakeFolder(path);
        RocksDb db = Guard(
            path,
            () =>
                RocksDb.Open(
                    Options().SetCreateIfMissing(true).SetCreateMissingColumnFamilies(true),
                    path,
                    StoreFamilies.Options(exists ? FamiliesIn(path) : StoreKeys.All)
                )
        );
        try
        {
            if (exists && !IsBlank(db))
            {
                CheckIdentity(db, path, origin, logKey);
                if (FormatUpgrade.IsFrom(ReadFormat(db)))
                {
                    FormatUpgrade.Run(db, origin);
                }

                CheckFormat(db, path);
                return new ChainStore(db, path);
            }

            if (exists)
            {
                FormatUpgrade.Clear(db, StoreKeys.Derived);
            }

            ChainStore store = new(db, path);
            store.Found(origin, logKey);
            return store;
        }
        catch
        {
            db.Dispose();
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

        WriteAheadLogs.RequireReadable(path);

        // Also a database that is only read keeps a diary, and this folder may be one that nobody can write.
        DirectoryInfo diary = Directory.CreateTempSubdirectory("ledger-store-");
        RocksDb? db = null;
        try
        {
            db = Guard(
                path,
                () =>
                    RocksDb.OpenReadOnly(
                        Options().SetDbLogDir(diary.FullName),
                        path,
                        StoreFamilies.Options(FamiliesIn(path)),
                        false
                    )
            );
            CheckFormat(db, path);
            return new ChainStore(db, path, diary);
        }
        catch
        {
            db?.Dispose();
            diary.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Makes the state map of a store that no process has open anew from its records.</summary>
    /// <param name="path">Folder of the database.</param>
    /// <returns>Records in the map.</returns>
    /// <exception cref="StoreException">
    /// There is no store, it is in use, of another format, or damaged, or its records are not those that its head names.
    /// </exception>
    public static long RebuildMap(string path)
    {
        if (!IsStore(path))
        {
            throw new StoreException($"There is no store in {path}. Name the folder that `ledger serve` was given.");
        }

        WriteAheadLogs.RequireReadable(path);
        return Guard(
            path,
            () =>
            {
                using RocksDb db = RocksDb.Open(Options(), path, StoreFamilies.Options(FamiliesIn(path)));
                CheckFormat(db, path);
                return MapRebuild.Run(db);
            }
        );
    }

    /// <summary>Whether a folder holds a store.</summary>
    public static bool IsStore(string path) => File.Exists(System.IO.Path.Combine(path, "CURRENT"));

    /// <summary>Origin of the log.</summary>
    public string Origin => Text(_lease.Db, Path, StoreKeys.Origin);

    /// <summary>Verifier key of the log.</summary>
    public string LogKey => Text(_lease.Db, Path, StoreKeys.LogKey);

    /// <summary>A consistent view of everything committed so far.</summary>
    public StoreSnapshot Snapshot() => new(_lease, Families);

    /// <summary>Takes no more readers. The database is closed when those that it has are done.</summary>
    public void Dispose()
    {
        _lease.Close();
        if (_diary?.Exists == true)
        {
            _diary.Delete(recursive: true);
            _diary.Refresh();
        }
    }

    /// <summary>Where the log stands.</summary>
    /// <exception cref="StoreException">The head is damaged.</exception>
    internal StoredHead Head() =>
        Get(Families.Meta, StoreKeys.Head) is { } bytes ? StoredHead.Decode(bytes) : StoredHead.Empty;

    /// <summary>Entries that were followed, not decided here: of their checkpoints those that the source had are kept. 0: none.</summary>
    internal long Followed() => Get(Families.Meta, StoreKeys.Followed) is { } bytes ? StoreKeys.ReadNumber(bytes) : 0;

    /// <summary>The lowest row of a full tile.</summary>
    /// <exception cref="StoreException">It is not there.</exception>
    internal byte[] Tile(int level, long number)
    {
        Span<byte> key = stackalloc byte[StoreKeys.TileKeyBytes];
        StoreKeys.WriteTileKey(level, number, key);
        return Get(Families.Tiles, key) is { Length: StoreKeys.TileBytes } tile
            ? tile
            : throw new StoreException(
                $"Tile {number} of level {level} is missing or damaged. {StoreException.Remedy}"
            );
    }

    /// <summary>Makes a batch durable, all of it or nothing.</summary>
    /// <param name="batch">What the batch did.</param>
    /// <param name="fullTiles">Tiles that its entries completed.</param>
    /// <param name="head">Where the log stands afterwards.</param>
    /// <param name="published">The checkpoint of the batch before, which has been published since; null at the start.</param>
    /// <exception cref="RocksDbException">The write failed or its fate is unknown: the process must stop and recover on open.</exception>
    internal void Commit(
        AppliedBatch batch,
        IReadOnlyList<StoredTile> fullTiles,
        StoredHead head,
        StoredCheckpoint? published
    )
    {
        using WriteBatch writes = Rows(batch, fullTiles, head, published);

        // THE COMMIT POINT. Before this line returns nothing of the batch is promised to anyone, and a crash leaves nothing of
        // it; after it everything of the batch is on disk for good.
        AroundWrite(() => _lease.Db.Write(writes, _synced));
    }

    /// <summary>
    /// Commits a batch of a log that is followed: one of a portion, all of which was verified before. It is durable with the last of
    /// them; until then a crash leaves some of them, whole and in order, and nobody was told of any.
    /// </summary>
    /// <param name="batch">What the batch did.</param>
    /// <param name="fullTiles">Tiles that its entries completed.</param>
    /// <param name="head">Where the log stands afterwards.</param>
    /// <param name="published">The checkpoint of the batch before; null when the source did not have it.</param>
    /// <param name="isLast">Whether the portion ends with it.</param>
    /// <exception cref="StoreException">The write failed or its fate is unknown: the process must stop and recover on open.</exception>
    internal void CommitFollowed(
        AppliedBatch batch,
        IReadOnlyList<StoredTile> fullTiles,
        StoredHead head,
        StoredCheckpoint? published,
        bool isLast
    )
    {
        using WriteBatch writes = Rows(batch, fullTiles, head, published);
        Span<byte> size = stackalloc byte[StoreKeys.NumberBytes];
        StoreKeys.WriteNumber(head.Chain.Size, size);
        writes.Put(StoreKeys.Followed, size, Families.Meta);
        try
        {
            AroundWrite(() => _lease.Db.Write(writes, isLast ? _synced : _unsynced));
        }
        catch (RocksDbException e)
        {
            throw StoreFault.Describe($"The store in {Path}", e);
        }
    }

    // Everything that a batch puts into the store.
    private WriteBatch Rows(
        AppliedBatch batch,
        IReadOnlyList<StoredTile> fullTiles,
        StoredHead head,
        StoredCheckpoint? published
    )
    {
        WriteBatch writes = new();
        PutEntries(writes, batch);
        BatchRows.Put(writes, Families, batch);
        Span<byte> tileKey = stackalloc byte[StoreKeys.TileKeyBytes];
        foreach (StoredTile tile in fullTiles)
        {
            StoreKeys.WriteTileKey(tile.Level, tile.Number, tileKey);
            writes.Put(tileKey, tile.Hashes.Span, Families.Tiles);
        }

        CheckpointRows.Put(writes, Families, Snapshot, published, batch.Before.TimeMs, batch.Head.TimeMs);
        writes.Put(StoreKeys.Head, head.Encode(), Families.Meta);
        return writes;
    }

    /// <summary>Writes the nodes of the state map that were made since an earlier version, behind the log.</summary>
    /// <param name="map">A version whose batch was committed.</param>
    /// <param name="after">The version whose nodes were written last.</param>
    internal void FlushMap(StateMap map, long after) => MapRows.Flush(_lease.Db, Families, map, after);

    /// <summary>Column families that are in the database, and that this program does not know.</summary>
    internal IEnumerable<string> UnknownFamilies() =>
        RocksDb.ListColumnFamilies(Options(), Path).Except(StoreKeys.All).Except([StoreKeys.Default]);

    /// <summary>A read that failed: a file of the database is damaged, or the disk is.</summary>
    internal static StoreException Unreadable(RocksDbException e) => StoreFault.Describe("The store", e);

    private static DbOptions Options() =>
        new DbOptions()
            .SetParanoidChecks(true)
            .SetWalRecoveryMode(WalRecovery)
            .SetMaxTotalWalSize(WalBytesMax)
            .SetKeepLogFileNum(4)
            .SetMaxOpenFiles(512);

    private void PutEntries(WriteBatch writes, AppliedBatch batch)
    {
        Span<byte> number = stackalloc byte[StoreKeys.NumberBytes];
        for (int i = 0; i < batch.Entries.Count; i++)
        {
            StoreKeys.WriteNumber(batch.Before.Size + i, number);
            writes.Put(number, batch.Entries[i], Families.Entries);
        }
    }

    private static T Guard<T>(string path, Func<T> open)
    {
        try
        {
            return open();
        }
        catch (RocksDbException e)
        {
            throw StoreFault.Describe($"The store in {path}", e);
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
        _lease.Db.Write(writes, _synced);
    }

    // Made by a start that ended before it wrote anything.
    private static bool IsBlank(RocksDb db) =>
        GetMeta(db, StoreKeys.Format) is null
        && GetMeta(db, StoreKeys.Head) is null
        && GetMeta(db, StoreKeys.Origin) is null;

    private static void CheckIdentity(RocksDb db, string path, string origin, string logKey)
    {
        if (Text(db, path, StoreKeys.Origin) is var stored && stored != origin)
        {
            throw new StoreException(
                $"The store in {path} belongs to the log {stored}, not {origin}. Name its origin or another folder."
            );
        }

        if (Text(db, path, StoreKeys.LogKey) is var key && key != logKey)
        {
            throw new StoreException(
                $"The store in {path} was signed with the key {key}, not {logKey}. Put the log's key back, or name another folder."
            );
        }
    }

    // Those of the format, but such as a store of an older one lacks: nothing is created before it is known whose store it is.
    private static IEnumerable<string> FamiliesIn(string path)
    {
        string[] present = Guard(path, () => RocksDb.ListColumnFamilies(Options(), path).ToArray());
        return StoreKeys.All.Where(name => present.Contains(name) || !StoreKeys.Later.Contains(name));
    }

    private static void CheckFormat(RocksDb db, string path)
    {
        uint? version = ReadFormat(db);
        if (FormatUpgrade.IsFrom(version))
        {
            throw new StoreException(
                $"The store in {path} has format version {version}, and is read as version {StoreKeys.FormatVersion} once `ledger serve` has opened it."
            );
        }

        if (version != StoreKeys.FormatVersion)
        {
            throw new StoreException(
                version is null
                    ? $"The store in {path} has no format version: it is damaged, or not a ledger's store."
                    : $"The store in {path} has format version {version}; this program reads version {StoreKeys.FormatVersion}."
            );
        }

        if (StoreKeys.Later.FirstOrDefault(name => !db.TryGetColumnFamily(name, out _)) is { } missing)
        {
            throw new StoreException($"The store in {path} lacks its column family {missing}. {StoreException.Remedy}");
        }
    }

    private static uint? ReadFormat(RocksDb db) =>
        GetMeta(db, StoreKeys.Format) is { Length: sizeof(uint) } bytes
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : null;

    private static string Text(RocksDb db, string path, ReadOnlySpan<byte> key) =>
        GetMeta(db, key) is { } bytes
            ? Encoding.UTF8.GetString(bytes)
            : throw new StoreException(
                $"The store in {path} lacks its {Encoding.UTF8.GetString(key)} record: it is damaged, or not a ledger's store."
            );

    private static byte[]? GetMeta(RocksDb db, ReadOnlySpan<byte> key) =>
        Get(db, db.GetColumnFamily(StoreKeys.Meta), key);

    private byte[]? Get(ColumnFamilyHandle family, ReadOnlySpan<byte> key) => Get(_lease.Db, family, key);

    private static byte[]? Get(RocksDb db, ColumnFamilyHandle family, ReadOnlySpan<byte> key)
    {
        try
        {
            return db.Get(key, family);
        }
        catch (RocksDbException e)
        {
            throw Unreadable(e);
        }
    }
}

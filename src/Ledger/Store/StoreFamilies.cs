using RocksDbSharp;

namespace Ledger.Store;

/// <summary>The column families: how they are laid out on disk, and their handles.</summary>
internal sealed class StoreFamilies(RocksDb db)
{
    private const ulong WriteBufferBytes = 32 * 1024 * 1024;
    private const ulong BlockCacheBytes = 64 * 1024 * 1024;

    public ColumnFamilyHandle Entries { get; } = db.GetColumnFamily(StoreKeys.Entries);

    public ColumnFamilyHandle Tiles { get; } = db.GetColumnFamily(StoreKeys.Tiles);

    public ColumnFamilyHandle State { get; } = db.GetColumnFamily(StoreKeys.State);

    public ColumnFamilyHandle Versions { get; } = db.GetColumnFamily(StoreKeys.Versions);

    public ColumnFamilyHandle Map { get; } = db.GetColumnFamily(StoreKeys.Map);

    public ColumnFamilyHandle Indexes { get; } = db.GetColumnFamily(StoreKeys.Indexes);

    public ColumnFamilyHandle Events { get; } = db.GetColumnFamily(StoreKeys.Events);

    public ColumnFamilyHandle Meta { get; } = db.GetColumnFamily(StoreKeys.Meta);

    /// <summary>Every family, with one block cache for all.</summary>
    public static ColumnFamilies Options() => Options(StoreKeys.All);

    /// <summary>Some families, with one block cache for all.</summary>
    public static ColumnFamilies Options(IEnumerable<string> names)
    {
        Cache cache = Cache.CreateLru(BlockCacheBytes);
        ColumnFamilies families = [];
        foreach (string name in names)
        {
            families.Add(name, Options(name, cache));
        }

        return families;
    }

    /// <summary>One family.</summary>
    public static ColumnFamilyOptions Options(string name, Cache cache)
    {
        // Point reads ask the bloom filter first: most lookups of an operation id miss.
        BlockBasedTableOptions table = new BlockBasedTableOptions().SetBlockCache(cache).SetFormatVersion(5);
        if (name is StoreKeys.State or StoreKeys.Indexes or StoreKeys.Map)
        {
            table.SetFilterPolicy(BloomFilterPolicy.Create(10, false)).SetWholeKeyFiltering(true);
        }

        // Entries and events are written once, in order; hashes are random bytes that no compression shrinks.
        return new ColumnFamilyOptions()
            .SetBlockBasedTableFactory(table)
            .SetWriteBufferSize(WriteBufferBytes)
            .SetCompression(name is StoreKeys.Tiles or StoreKeys.Map ? Compression.No : Compression.Lz4);
    }
}

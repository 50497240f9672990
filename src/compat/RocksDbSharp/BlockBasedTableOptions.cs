namespace RocksDbSharp;

/// <summary>How table files are laid out, cached and filtered. Not safe for use by two threads at a time.</summary>
public class BlockBasedTableOptions
{
    internal TableOptionsSafeHandle Safe { get; } = Native.rocksdb_block_based_options_create();

    /// <summary>Sets the size of a block before compression.</summary>
    /// <param name="blockSize">Bytes; default 4 KiB.</param>
    public BlockBasedTableOptions SetBlockSize(ulong blockSize)
    {
        Native.rocksdb_block_based_options_set_block_size(Safe, checked((nuint)blockSize));
        return this;
    }

    /// <summary>Adds a filter to each table, which spares point reads of absent keys the disk.</summary>
    /// <param name="filterPolicy">The filter. The options take it over: a policy serves once.</param>
    /// <exception cref="InvalidOperationException">The policy was used before.</exception>
    public BlockBasedTableOptions SetFilterPolicy(BloomFilterPolicy filterPolicy)
    {
        ArgumentNullException.ThrowIfNull(filterPolicy);
        nint policy = filterPolicy.Safe.Detach();
        if (policy == 0)
        {
            throw new InvalidOperationException("A filter policy serves one set of table options: create another one.");
        }

        Native.rocksdb_block_based_options_set_filter_policy(Safe, policy);
        return this;
    }

    /// <summary>Reads without a block cache.</summary>
    /// <param name="noBlockCache">Default false.</param>
    public BlockBasedTableOptions SetNoBlockCache(bool noBlockCache)
    {
        Native.rocksdb_block_based_options_set_no_block_cache(Safe, noBlockCache);
        return this;
    }

    /// <summary>Sets the block cache; several column families and databases can share one.</summary>
    /// <param name="blockCache">Default: one of 8 MiB for each.</param>
    public BlockBasedTableOptions SetBlockCache(Cache blockCache)
    {
        ArgumentNullException.ThrowIfNull(blockCache);
        Native.rocksdb_block_based_options_set_block_cache(Safe, blockCache.Safe);
        return this;
    }

    /// <summary>Puts whole keys in the filter, which point reads need.</summary>
    /// <param name="wholeKeyFiltering">Default true.</param>
    public BlockBasedTableOptions SetWholeKeyFiltering(bool wholeKeyFiltering)
    {
        Native.rocksdb_block_based_options_set_whole_key_filtering(Safe, wholeKeyFiltering);
        return this;
    }

    /// <summary>Sets the format that new tables are written in.</summary>
    /// <param name="formatVersion">Default 5, which RocksDB 6.6 and later read.</param>
    public BlockBasedTableOptions SetFormatVersion(int formatVersion)
    {
        Native.rocksdb_block_based_options_set_format_version(Safe, formatVersion);
        return this;
    }

    /// <summary>Keeps indexes and filters in the block cache, so that its size bounds them too.</summary>
    /// <param name="cacheIndexAndFilterBlocks">Default false: in memory as long as the table is open.</param>
    public BlockBasedTableOptions SetCacheIndexAndFilterBlocks(bool cacheIndexAndFilterBlocks)
    {
        Native.rocksdb_block_based_options_set_cache_index_and_filter_blocks(Safe, cacheIndexAndFilterBlocks);
        return this;
    }

    /// <summary>Never evicts the indexes and filters of level 0 from the cache.</summary>
    /// <param name="pinL0FilterAndIndexBlocksInCache">Default false.</param>
    public BlockBasedTableOptions SetPinL0FilterAndIndexBlocksInCache(bool pinL0FilterAndIndexBlocksInCache)
    {
        Native.rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(
            Safe,
            pinL0FilterAndIndexBlocksInCache
        );
        return this;
    }
}

/// <summary>A Bloom filter for <see cref="BlockBasedTableOptions.SetFilterPolicy"/>.</summary>
public class BloomFilterPolicy
{
    private BloomFilterPolicy(FilterPolicySafeHandle policy) => Safe = policy;

    internal FilterPolicySafeHandle Safe { get; }

    /// <summary>Makes a Bloom filter policy.</summary>
    /// <param name="bits_per_key">10, the default, lets about 1 in 100 absent keys through.</param>
    /// <param name="use_block_based_builder">
    /// A filter per block, not per table. RocksDB 7 and later build a filter per table in either case.
    /// </param>
#pragma warning disable CA1707 // The names that these parameters have in the library that this one stands for.
    public static BloomFilterPolicy Create(int bits_per_key = 10, bool use_block_based_builder = true) =>
        new(
            use_block_based_builder
                ? Native.rocksdb_filterpolicy_create_bloom(bits_per_key)
                : Native.rocksdb_filterpolicy_create_bloom_full(bits_per_key)
        );
#pragma warning restore CA1707
}

/// <summary>A cache of blocks. It lives as long as a database uses it.</summary>
public class Cache
{
    private Cache(CacheSafeHandle cache) => Safe = cache;

    internal CacheSafeHandle Safe { get; }

    /// <summary>Makes a cache that evicts what was not used for longest.</summary>
    /// <param name="capacity">Bytes.</param>
    public static Cache CreateLru(ulong capacity) => new(Native.rocksdb_cache_create_lru(checked((nuint)capacity)));

    /// <summary>What the cache holds, in bytes.</summary>
    public ulong GetUsage() => Native.rocksdb_cache_get_usage(Safe);

    /// <summary>What the cache holds and cannot evict because it is in use, in bytes.</summary>
    public ulong GetPinnedUsage() => Native.rocksdb_cache_get_pinned_usage(Safe);
}

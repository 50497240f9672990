namespace RocksDbSharp;

// Settings of a column family.
public abstract partial class Options<T>
{
    /// <summary>Sets how blocks are compressed.</summary>
    /// <param name="value">Default <see cref="Compression.Snappy"/>.</param>
    public T SetCompression(Compression value)
    {
        Native.rocksdb_options_set_compression(Safe, (int)value);
        return (T)this;
    }

    /// <summary>Sets the size at which a write buffer is sealed and flushed to a table file.</summary>
    /// <param name="value">Bytes; default 64 MiB.</param>
    public T SetWriteBufferSize(ulong value)
    {
        Native.rocksdb_options_set_write_buffer_size(Safe, checked((nuint)value));
        return (T)this;
    }

    /// <summary>Limits the write buffers in memory, the one being filled included; writes wait when all are full.</summary>
    /// <param name="value">At least 2, the default.</param>
    public T SetMaxWriteBufferNumber(int value)
    {
        Native.rocksdb_options_set_max_write_buffer_number(Safe, value);
        return (T)this;
    }

    /// <summary>Sets how many sealed write buffers are merged into one table file.</summary>
    /// <param name="value">At least 1, the default.</param>
    public T SetMinWriteBufferNumberToMerge(int value)
    {
        Native.rocksdb_options_set_min_write_buffer_number_to_merge(Safe, value);
        return (T)this;
    }

    /// <summary>Sets the number of level-0 files that starts a compaction.</summary>
    /// <param name="value">Default 4; negative for never.</param>
    public T SetLevel0FileNumCompactionTrigger(int value)
    {
        Native.rocksdb_options_set_level0_file_num_compaction_trigger(Safe, value);
        return (T)this;
    }

    /// <summary>Sets the number of level-0 files at which writes are slowed down.</summary>
    /// <param name="value">Default 20; negative for never.</param>
    public T SetLevel0SlowdownWritesTrigger(int value)
    {
        Native.rocksdb_options_set_level0_slowdown_writes_trigger(Safe, value);
        return (T)this;
    }

    /// <summary>Sets the number of level-0 files at which writes stop.</summary>
    /// <param name="value">Default 36.</param>
    public T SetLevel0StopWritesTrigger(int value)
    {
        Native.rocksdb_options_set_level0_stop_writes_trigger(Safe, value);
        return (T)this;
    }

    /// <summary>Slows writes down when compaction is this far behind.</summary>
    /// <param name="value">Bytes; 0 for the hard limit; default 64 GiB.</param>
    public T SetSoftPendingCompactionBytesLimit(ulong value)
    {
        Native.rocksdb_options_set_soft_pending_compaction_bytes_limit(Safe, checked((nuint)value));
        return (T)this;
    }

    /// <summary>Stops writes when compaction is this far behind.</summary>
    /// <param name="value">Bytes; 0, with a soft limit of 0 too, for never; default 256 GiB.</param>
    public T SetHardPendingCompactionBytesLimit(ulong value)
    {
        Native.rocksdb_options_set_hard_pending_compaction_bytes_limit(Safe, checked((nuint)value));
        return (T)this;
    }

    /// <summary>Turns compactions off, but for those asked for.</summary>
    /// <param name="value">1 for off; 0, the default, for on.</param>
    public T SetDisableAutoCompactions(int value)
    {
        Native.rocksdb_options_set_disable_auto_compactions(Safe, value);
        return (T)this;
    }

    /// <summary>Sizes the levels from the last one upwards, which bounds the space that stale data takes.</summary>
    /// <param name="value">Default false in RocksDB 7.8, true from 8.4.</param>
    public T SetLevelCompactionDynamicLevelBytes(bool value)
    {
        Native.rocksdb_options_set_level_compaction_dynamic_level_bytes(Safe, value);
        return (T)this;
    }

    /// <summary>Sets the size of a table file that compaction aims at.</summary>
    /// <param name="value">Bytes; default 64 MiB.</param>
    public T SetTargetFileSizeBase(ulong value)
    {
        Native.rocksdb_options_set_target_file_size_base(Safe, value);
        return (T)this;
    }

    /// <summary>Sets the size of level 1.</summary>
    /// <param name="value">Bytes; default 256 MiB.</param>
    public T SetMaxBytesForLevelBase(ulong value)
    {
        Native.rocksdb_options_set_max_bytes_for_level_base(Safe, value);
        return (T)this;
    }

    /// <summary>Leaves filters out of the last level, where a key that exists is found without them.</summary>
    /// <param name="value">1 for leaving them out; 0, the default, for keeping them.</param>
    public T SetOptimizeFiltersForHits(int value)
    {
        Native.rocksdb_options_set_optimize_filters_for_hits(Safe, value);
        return (T)this;
    }

    /// <summary>Sets how table files are laid out, cached and filtered.</summary>
    /// <param name="table_options">Copied now; later changes to them have no effect.</param>
#pragma warning disable CA1707 // The name that the parameter has in the library that this one stands for.
    public T SetBlockBasedTableFactory(BlockBasedTableOptions table_options)
    {
        ArgumentNullException.ThrowIfNull(table_options);
        Native.rocksdb_options_set_block_based_table_factory(Safe, table_options.Safe);
        return (T)this;
    }
#pragma warning restore CA1707
}

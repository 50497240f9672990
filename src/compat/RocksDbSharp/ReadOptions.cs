namespace RocksDbSharp;

/// <summary>How to read. May be shared by threads that read, as long as none of them changes it.</summary>
public class ReadOptions
{
    internal ReadOptionsSafeHandle Safe { get; } = Native.rocksdb_readoptions_create();

    internal SnapshotSafeHandle? Snapshot { get; private set; }

    /// <summary>Checks the checksum of every block read from a file.</summary>
    /// <param name="value">Default true.</param>
    public ReadOptions SetVerifyChecksums(bool value)
    {
        Native.rocksdb_readoptions_set_verify_checksums(Safe, value);
        return this;
    }

    /// <summary>Keeps what is read in the block cache; false spares the cache a long scan.</summary>
    /// <param name="value">Default true.</param>
    public ReadOptions SetFillCache(bool value)
    {
        Native.rocksdb_readoptions_set_fill_cache(Safe, value);
        return this;
    }

    /// <summary>Reads as of the snapshot. Reading after it is disposed throws <see cref="ObjectDisposedException"/>.</summary>
    /// <param name="snapshot">A snapshot of the database that these options are used with.</param>
    public ReadOptions SetSnapshot(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        Native.rocksdb_readoptions_set_snapshot(Safe, snapshot.Safe);
        Snapshot = snapshot.Safe;
        return this;
    }

    /// <summary>Ends backward iteration at this key.</summary>
    /// <param name="key">The first key that an iterator may stand on. Copied.</param>
    /// <exception cref="InvalidOperationException">An open iterator uses these options.</exception>
    public ReadOptions SetIterateLowerBound(byte[] key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return SetIterateLowerBound(key, (ulong)key.Length);
    }

    /// <inheritdoc cref="SetIterateLowerBound(byte[])"/>
    /// <param name="key">Holds the key. Copied.</param>
    /// <param name="keyLen">The number of bytes of <paramref name="key"/> that are the key.</param>
    public ReadOptions SetIterateLowerBound(byte[] key, ulong keyLen)
    {
        Safe.SetLowerBound(key.AsSpan(0, checked((int)keyLen)));
        return this;
    }

    /// <summary>Ends forward iteration before this key.</summary>
    /// <param name="key">The first key that an iterator may not stand on. Copied.</param>
    /// <exception cref="InvalidOperationException">An open iterator uses these options.</exception>
    public ReadOptions SetIterateUpperBound(byte[] key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return SetIterateUpperBound(key, (ulong)key.Length);
    }

    /// <inheritdoc cref="SetIterateUpperBound(byte[])"/>
    /// <param name="key">Holds the key. Copied.</param>
    /// <param name="keyLen">The number of bytes of <paramref name="key"/> that are the key.</param>
    public ReadOptions SetIterateUpperBound(byte[] key, ulong keyLen)
    {
        Safe.SetUpperBound(key.AsSpan(0, checked((int)keyLen)));
        return this;
    }

    /// <summary>Reads ahead in steps of this size when iterating.</summary>
    /// <param name="size">Bytes; 0 (the default) starts small and grows.</param>
    public ReadOptions SetReadaheadSize(ulong size)
    {
        Native.rocksdb_readoptions_set_readahead_size(Safe, checked((nuint)size));
        return this;
    }

    /// <summary>Iterates in key order across all prefixes, whatever the table's index. Of use with a prefix extractor only.</summary>
    /// <param name="enable">Default false.</param>
    public ReadOptions SetTotalOrderSeek(bool enable)
    {
        Native.rocksdb_readoptions_set_total_order_seek(Safe, enable);
        return this;
    }
}

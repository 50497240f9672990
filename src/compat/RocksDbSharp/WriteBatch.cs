namespace RocksDbSharp;

/// <summary>
/// Changes that <see cref="RocksDb.Write"/> makes all together or not at all, in the order they were added.
/// </summary>
/// <remarks>Not safe for use by two threads at a time. Adding allocates no managed memory.</remarks>
public sealed unsafe class WriteBatch : IDisposable
{
    internal WriteBatchSafeHandle Safe { get; } = Native.rocksdb_writebatch_create();

    /// <summary>Frees the batch.</summary>
    public void Dispose() => Safe.Dispose();

    /// <summary>Empties the batch for another use; it keeps its memory.</summary>
    public WriteBatch Clear()
    {
        using Lease batch = new(Safe);
        Native.rocksdb_writebatch_clear(batch.Pointer);
        return this;
    }

    /// <summary>The number of changes.</summary>
    public int Count()
    {
        using Lease batch = new(Safe);
        return Native.rocksdb_writebatch_count(batch.Pointer);
    }

    /// <summary>Sets a key's value.</summary>
    /// <param name="key">The key, of any length.</param>
    /// <param name="value">The value, of any length.</param>
    /// <param name="cf">The column family; the default one when null.</param>
    public WriteBatch Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ColumnFamilyHandle? cf = null)
    {
        // Safe: the spans are pinned for the call, and RocksDB copies them before it returns.
        fixed (byte* keyBytes = key)
        fixed (byte* valueBytes = value)
        {
            using Lease batch = new(Safe);
            if (cf is null)
            {
                Native.rocksdb_writebatch_put(
                    batch.Pointer,
                    keyBytes,
                    (nuint)key.Length,
                    valueBytes,
                    (nuint)value.Length
                );
            }
            else
            {
                ColumnFamily family = ColumnFamily.Of(cf);
                using Lease db = new(family.Db);
                Native.rocksdb_writebatch_put_cf(
                    batch.Pointer,
                    family.Handle,
                    keyBytes,
                    (nuint)key.Length,
                    valueBytes,
                    (nuint)value.Length
                );
            }
        }

        return this;
    }

    /// <summary>Removes a key; nothing happens when it is absent.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cf">The column family; the default one when null.</param>
    public WriteBatch Delete(ReadOnlySpan<byte> key, ColumnFamilyHandle? cf = null)
    {
        // Safe: the span is pinned for the call, and RocksDB copies it before it returns.
        fixed (byte* keyBytes = key)
        {
            using Lease batch = new(Safe);
            if (cf is null)
            {
                Native.rocksdb_writebatch_delete(batch.Pointer, keyBytes, (nuint)key.Length);
            }
            else
            {
                ColumnFamily family = ColumnFamily.Of(cf);
                using Lease db = new(family.Db);
                Native.rocksdb_writebatch_delete_cf(batch.Pointer, family.Handle, keyBytes, (nuint)key.Length);
            }
        }

        return this;
    }

    /// <summary>Removes all keys from a first one to before a last one.</summary>
    /// <param name="startKey">Holds the first key to remove.</param>
    /// <param name="sklen">The number of bytes of <paramref name="startKey"/> that are the key.</param>
    /// <param name="endKey">Holds the first key to keep.</param>
    /// <param name="eklen">The number of bytes of <paramref name="endKey"/> that are the key.</param>
    /// <param name="cf">The column family; the default one when null.</param>
    public WriteBatch DeleteRange(
        byte[] startKey,
        ulong sklen,
        byte[] endKey,
        ulong eklen,
        ColumnFamilyHandle? cf = null
    )
    {
        ReadOnlySpan<byte> start = startKey.AsSpan(0, checked((int)sklen));
        ReadOnlySpan<byte> end = endKey.AsSpan(0, checked((int)eklen));

        // Safe: the spans are pinned for the call, and RocksDB copies them before it returns.
        fixed (byte* startBytes = start)
        fixed (byte* endBytes = end)
        {
            using Lease batch = new(Safe);
            if (cf is null)
            {
                Native.rocksdb_writebatch_delete_range(
                    batch.Pointer,
                    startBytes,
                    (nuint)start.Length,
                    endBytes,
                    (nuint)end.Length
                );
            }
            else
            {
                ColumnFamily family = ColumnFamily.Of(cf);
                using Lease db = new(family.Db);
                Native.rocksdb_writebatch_delete_range_cf(
                    batch.Pointer,
                    family.Handle,
                    startBytes,
                    (nuint)start.Length,
                    endBytes,
                    (nuint)end.Length
                );
            }
        }

        return this;
    }

    /// <summary>The batch in RocksDB's own encoding, which is also what the log holds of it. Its length is the batch's size.</summary>
    public byte[] ToBytes()
    {
        using Lease batch = new(Safe);
        nuint length;
        byte* bytes = Native.rocksdb_writebatch_data(batch.Pointer, &length);

        // Safe: the bytes are the batch's own, which lives until the lease ends and is not changed meanwhile.
        return new ReadOnlySpan<byte>(bytes, checked((int)length)).ToArray();
    }
}

namespace RocksDbSharp;

/// <summary>A position in a column family's keys, in byte order. Sees the database as it was when it was made.</summary>
/// <remarks>
/// Not safe for use by two threads at a time. A file that cannot be read or is corrupt ends no scan in silence: the call
/// that moves onto it throws <see cref="RocksDbException"/>. Disposing the database first is allowed: it closes when
/// its last iterator is disposed.
/// </remarks>
public sealed unsafe class Iterator : IDisposable
{
    private readonly IteratorSafeHandle _iterator;
    private bool _valid;

    internal Iterator(IteratorSafeHandle iterator) => _iterator = iterator;

    /// <summary>Frees the iterator and what it keeps the database from discarding.</summary>
    public void Dispose() => _iterator.Dispose();

    /// <summary>Whether the iterator stands on a key. False before the first move and past either end.</summary>
    public bool Valid()
    {
        ObjectDisposedException.ThrowIf(_iterator.IsClosed, this);
        return _valid;
    }

    /// <summary>Moves to the first key.</summary>
    public Iterator SeekToFirst()
    {
        using Lease iterator = new(_iterator);
        Native.rocksdb_iter_seek_to_first(iterator.Pointer);
        return Settle(iterator.Pointer);
    }

    /// <summary>Moves to the last key.</summary>
    public Iterator SeekToLast()
    {
        using Lease iterator = new(_iterator);
        Native.rocksdb_iter_seek_to_last(iterator.Pointer);
        return Settle(iterator.Pointer);
    }

    /// <summary>Moves to the first key at or after <paramref name="key"/>.</summary>
    /// <param name="key">Need not exist.</param>
    public Iterator Seek(ReadOnlySpan<byte> key)
    {
        using Lease iterator = new(_iterator);

        // Safe: the span is pinned for the call, and RocksDB copies what it keeps.
        fixed (byte* keyBytes = key)
        {
            Native.rocksdb_iter_seek(iterator.Pointer, keyBytes, (nuint)key.Length);
        }

        return Settle(iterator.Pointer);
    }

    /// <summary>Moves to the last key at or before <paramref name="key"/>.</summary>
    /// <param name="key">Need not exist.</param>
    public Iterator SeekForPrev(ReadOnlySpan<byte> key)
    {
        using Lease iterator = new(_iterator);

        // Safe: the span is pinned for the call, and RocksDB copies what it keeps.
        fixed (byte* keyBytes = key)
        {
            Native.rocksdb_iter_seek_for_prev(iterator.Pointer, keyBytes, (nuint)key.Length);
        }

        return Settle(iterator.Pointer);
    }

    /// <summary>Moves to the next key.</summary>
    /// <exception cref="InvalidOperationException">The iterator stands on no key.</exception>
    public Iterator Next()
    {
        using Lease iterator = new(_iterator);
        ThrowUnlessValid();
        Native.rocksdb_iter_next(iterator.Pointer);
        return Settle(iterator.Pointer);
    }

    /// <summary>Moves to the key before.</summary>
    /// <exception cref="InvalidOperationException">The iterator stands on no key.</exception>
    public Iterator Prev()
    {
        using Lease iterator = new(_iterator);
        ThrowUnlessValid();
        Native.rocksdb_iter_prev(iterator.Pointer);
        return Settle(iterator.Pointer);
    }

    /// <summary>A copy of the key.</summary>
    /// <exception cref="InvalidOperationException">The iterator stands on no key.</exception>
    public byte[] Key() => GetKeySpan().ToArray();

    /// <summary>A copy of the value.</summary>
    /// <exception cref="InvalidOperationException">The iterator stands on no key.</exception>
    public byte[] Value() => GetValueSpan().ToArray();

    /// <summary>The key where RocksDB has it. Gone with the next move or <see cref="Dispose"/>: do not keep it.</summary>
    /// <exception cref="InvalidOperationException">The iterator stands on no key.</exception>
    public ReadOnlySpan<byte> GetKeySpan()
    {
        using Lease iterator = new(_iterator);
        ThrowUnlessValid();
        nuint length;
        byte* key = Native.rocksdb_iter_key(iterator.Pointer, &length);

        // Safe as long as the caller keeps to the rule above: RocksDB leaves the bytes in place until then.
        return new ReadOnlySpan<byte>(key, checked((int)length));
    }

    /// <summary>The value where RocksDB has it. Gone with the next move or <see cref="Dispose"/>: do not keep it.</summary>
    /// <exception cref="InvalidOperationException">The iterator stands on no key.</exception>
    public ReadOnlySpan<byte> GetValueSpan()
    {
        using Lease iterator = new(_iterator);
        ThrowUnlessValid();
        nuint length;
        byte* value = Native.rocksdb_iter_value(iterator.Pointer, &length);

        // Safe as long as the caller keeps to the rule above: RocksDB leaves the bytes in place until then.
        return new ReadOnlySpan<byte>(value, checked((int)length));
    }

    // An iterator that is not valid is either past the end or has failed; only its status tells which.
    private Iterator Settle(nint iterator)
    {
        _valid = Native.rocksdb_iter_valid(iterator) != 0;
        if (!_valid)
        {
            Native.rocksdb_iter_get_error(iterator, out nint error);
            RocksDbException.ThrowIfError(error);
        }

        return this;
    }

    // RocksDB checks this in debug builds only, and reads freed memory in others.
    private void ThrowUnlessValid()
    {
        if (!_valid)
        {
            throw new InvalidOperationException("The iterator stands on no key.");
        }
    }
}

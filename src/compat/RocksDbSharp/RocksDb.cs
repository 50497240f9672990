using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RocksDbSharp;

/// <summary>An open RocksDB database.</summary>
/// <remarks>
/// Safe for use by any number of threads. Disposing it while another thread is in a call, or while iterators, snapshots
/// or checkpoints are open, is safe: the database closes, and gives up its lock, when the last of them is done.
/// Afterwards every method throws <see cref="ObjectDisposedException"/>.
/// </remarks>
public sealed unsafe class RocksDb : IDisposable
{
    private static readonly ReadOptions DefaultReadOptions = new();
    private static readonly WriteOptions DefaultWriteOptions = new();

    private readonly DbSafeHandle _db;
    private readonly Dictionary<string, ColumnFamily> _families;
    private readonly ColumnFamily _default;

    private RocksDb(nint db, string[] names, nint[] families)
    {
        _db = new DbSafeHandle(db, families);
        _families = names.Zip(families).ToDictionary(pair => pair.First, pair => new ColumnFamily(_db, pair.Second));
        _default = _families[ColumnFamilies.DefaultName];
    }

    /// <summary>Opens a database that has the default column family only.</summary>
    /// <param name="options">The options, of the database and of the column family.</param>
    /// <param name="path">The database's directory.</param>
    /// <exception cref="RocksDbException">There is none, it is locked or damaged, or has other column families.</exception>
    public static RocksDb Open(OptionsHandle options, string path) =>
        Open(options, path, new ColumnFamilies(options), readOnly: false, errorIfLogFileExists: false);

    /// <summary>Opens a database.</summary>
    /// <param name="options">The options of the database.</param>
    /// <param name="path">The database's directory.</param>
    /// <param name="columnFamilies">All the column families that it has.</param>
    /// <exception cref="RocksDbException">There is none, it is locked or damaged, or has other column families.</exception>
    public static RocksDb Open(DbOptions options, string path, ColumnFamilies columnFamilies) =>
        Open(options, path, columnFamilies, readOnly: false, errorIfLogFileExists: false);

    /// <summary>Opens the default column family for reading, without the lock. Writes nothing to the directory.</summary>
    /// <param name="options">The options, of the database and of the column family.</param>
    /// <param name="path">The database's directory.</param>
    /// <param name="errorIfLogFileExists">Refuses when there is a log, which another process may be writing.</param>
    /// <exception cref="RocksDbException">There is none or it is damaged.</exception>
    public static RocksDb OpenReadOnly(OptionsHandle options, string path, bool errorIfLogFileExists) =>
        Open(options, path, new ColumnFamilies(options), readOnly: true, errorIfLogFileExists);

    /// <summary>
    /// Opens a database for reading, without the lock. Writes nothing to the directory. Shows the database as it is now,
    /// the log included; what another process writes later is not seen.
    /// </summary>
    /// <param name="options">The options of the database.</param>
    /// <param name="path">The database's directory.</param>
    /// <param name="columnFamilies">The column families to read, the default one among them.</param>
    /// <param name="errIfLogFileExists">Refuses when there is a log, which another process may be writing.</param>
    /// <exception cref="RocksDbException">There is none or it is damaged.</exception>
    public static RocksDb OpenReadOnly(
        DbOptions options,
        string path,
        ColumnFamilies columnFamilies,
        bool errIfLogFileExists
    ) => Open(options, path, columnFamilies, readOnly: true, errIfLogFileExists);

    /// <summary>Reads the names of a database's column families without opening it.</summary>
    /// <param name="options">Options of the database.</param>
    /// <param name="name">The database's directory.</param>
    /// <exception cref="RocksDbException">There is none or it is damaged.</exception>
    public static IEnumerable<string> ListColumnFamilies(DbOptions options, string name)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(name);
        nint* list = Native.rocksdb_list_column_families(options.Safe, name, out nuint count, out nint error);
        RocksDbException.ThrowIfError(error);
        string[] names = new string[checked((int)count)];
        for (int i = 0; i < names.Length; i++)
        {
            // Safe: the list has that many strings, and lives until it is destroyed below.
            names[i] = Marshal.PtrToStringUTF8(list[i])!;
        }

        Native.rocksdb_list_column_families_destroy(list, count);
        return names;
    }

    /// <summary>Closes the database, or leaves that to the last open iterator, snapshot, checkpoint or call.</summary>
    public void Dispose() => _db.Dispose();

    /// <summary>Finds a column family that the database was opened with.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">The database was not opened with it.</exception>
    public ColumnFamilyHandle GetColumnFamily(string name) => _families[name];

    /// <summary>Reads a value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cf">The column family; the default one when null.</param>
    /// <param name="readOptions">RocksDB's defaults when null.</param>
    /// <returns>The value, null when the key is absent.</returns>
    /// <exception cref="RocksDbException">The value could not be read, or its block is corrupt.</exception>
    public byte[]? Get(ReadOnlySpan<byte> key, ColumnFamilyHandle? cf = null, ReadOptions? readOptions = null)
    {
        using PinnedValue value = Pin(key, cf, readOptions);
        return value.Found ? value.Bytes.ToArray() : null;
    }

    /// <summary>Reads a value where RocksDB has it in memory.</summary>
    /// <typeparam name="T">What the value is read into.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="deserializer">Reads the value.</param>
    /// <param name="cf">The column family; the default one when null.</param>
    /// <param name="readOptions">RocksDB's defaults when null.</param>
    /// <returns>What the deserializer made of the value, the default of <typeparamref name="T"/> when the key is absent.</returns>
    /// <exception cref="RocksDbException">The value could not be read, or its block is corrupt.</exception>
    public T? Get<T>(
        ReadOnlySpan<byte> key,
        ISpanDeserializer<T> deserializer,
        ColumnFamilyHandle? cf = null,
        ReadOptions? readOptions = null
    )
    {
        ArgumentNullException.ThrowIfNull(deserializer);
        using PinnedValue value = Pin(key, cf, readOptions);
        return value.Found ? deserializer.Deserialize(value.Bytes) : default;
    }

    /// <summary>Reads a value into a buffer, as much of it as there is room for.</summary>
    /// <param name="key">The key.</param>
    /// <param name="buffer">Where the value goes.</param>
    /// <param name="offset">Where in <paramref name="buffer"/> it starts.</param>
    /// <param name="length">The room that there is.</param>
    /// <param name="cf">The column family; the default one when null.</param>
    /// <param name="readOptions">RocksDB's defaults when null.</param>
    /// <returns>The value's own length in bytes, also when it did not fit; -1 when the key is absent.</returns>
    /// <exception cref="RocksDbException">The value could not be read, or its block is corrupt.</exception>
    public long Get(
        byte[] key,
        byte[] buffer,
        long offset,
        long length,
        ColumnFamilyHandle? cf = null,
        ReadOptions? readOptions = null
    )
    {
        ArgumentNullException.ThrowIfNull(key);
        return Get(key, key.Length, buffer, offset, length, cf, readOptions);
    }

    /// <inheritdoc cref="Get(byte[], byte[], long, long, ColumnFamilyHandle, ReadOptions)"/>
    /// <param name="key">Holds the key.</param>
    /// <param name="keyLength">The number of bytes of <paramref name="key"/> that are the key.</param>
    /// <param name="buffer">Where the value goes.</param>
    /// <param name="offset">Where in <paramref name="buffer"/> it starts.</param>
    /// <param name="length">The room that there is.</param>
    /// <param name="cf">The column family; the default one when null.</param>
    /// <param name="readOptions">RocksDB's defaults when null.</param>
    public long Get(
        byte[] key,
        long keyLength,
        byte[] buffer,
        long offset,
        long length,
        ColumnFamilyHandle? cf = null,
        ReadOptions? readOptions = null
    )
    {
        Span<byte> room = buffer.AsSpan(checked((int)offset), checked((int)length));
        using PinnedValue value = Pin(key.AsSpan(0, checked((int)keyLength)), cf, readOptions);
        if (!value.Found)
        {
            return -1;
        }

        ReadOnlySpan<byte> bytes = value.Bytes;
        bytes[..Math.Min(bytes.Length, room.Length)].CopyTo(room);
        return bytes.Length;
    }

    /// <summary>Reads a value whose length is known.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fixedSizeValueOutput">Where the value goes; as long as the value.</param>
    /// <param name="cf">The column family; the default one when null.</param>
    /// <param name="readOptions">RocksDB's defaults when null.</param>
    /// <returns>False when the key is absent, the buffer then being as it was.</returns>
    /// <exception cref="RocksDbSharpException">The value has another length.</exception>
    /// <exception cref="RocksDbException">The value could not be read, or its block is corrupt.</exception>
    public bool GetFixedSizeValue(
        ReadOnlySpan<byte> key,
        Span<byte> fixedSizeValueOutput,
        ColumnFamilyHandle? cf = null,
        ReadOptions? readOptions = null
    )
    {
        using PinnedValue value = Pin(key, cf, readOptions);
        if (!value.Found)
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = value.Bytes;
        if (bytes.Length != fixedSizeValueOutput.Length)
        {
            throw new RocksDbSharpException(
                $"The value has {bytes.Length} bytes, not {fixedSizeValueOutput.Length} as expected."
            );
        }

        bytes.CopyTo(fixedSizeValueOutput);
        return true;
    }

    /// <summary>Whether a key exists.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cf">The column family; the default one when null.</param>
    /// <param name="readOptions">RocksDB's defaults when null.</param>
    /// <exception cref="RocksDbException">It could not be read, or its block is corrupt.</exception>
    public bool HasKey(ReadOnlySpan<byte> key, ColumnFamilyHandle? cf = null, ReadOptions? readOptions = null)
    {
        using PinnedValue value = Pin(key, cf, readOptions);
        return value.Found;
    }

    /// <summary>Reads several values, all as of one moment.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="cf">The column family of each key; the default one for all when null.</param>
    /// <param name="readOptions">RocksDB's defaults when null.</param>
    /// <returns>Each key, in the order given, with its value, null when it is absent.</returns>
    /// <exception cref="RocksDbException">A value could not be read, or its block is corrupt.</exception>
    public KeyValuePair<byte[], byte[]?>[] MultiGet(
        byte[][] keys,
        ColumnFamilyHandle[]? cf = null,
        ReadOptions? readOptions = null
    )
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (cf is not null && cf.Length != keys.Length)
        {
            throw new ArgumentException("There must be one column family for each key.", nameof(cf));
        }

        int count = keys.Length;
        KeyValuePair<byte[], byte[]?>[] results = new KeyValuePair<byte[], byte[]?>[count];
        ReadOptions options = readOptions ?? DefaultReadOptions;
        using Lease db = new(_db);
        using Lease snapshot = LeaseSnapshot(options);

        // Keys lie end to end in one pinned buffer; pinning each by itself would cost more than the copy.
        byte[] keyBytes = ArrayPool<byte>.Shared.Rent(keys.Sum(static key => key.Length));
        nuint[] lengths = new nuint[2 * count];
        nint[] pointers = new nint[4 * count];

        // Safe: everything RocksDB reads or fills is pinned for the call, and each value has the length that RocksDB gives it and is freed after it is copied.
        fixed (byte* keyStart = keyBytes)
        fixed (nuint* keyLengths = lengths)
        fixed (nint* families = pointers)
        {
            nint* keyPointers = families + count;
            nint* values = keyPointers + count;
            nint* errors = values + count;
            nuint* valueLengths = keyLengths + count;
            int used = 0;
            for (int i = 0; i < count; i++)
            {
                keys[i].CopyTo(keyBytes, used);
                keyPointers[i] = (nint)(keyStart + used);
                keyLengths[i] = (nuint)keys[i].Length;
                families[i] = Family(cf?[i]).Handle;
                used += keys[i].Length;
            }

            Native.rocksdb_multi_get_cf(
                db.Pointer,
                options.Safe.DangerousGetHandle(),
                families,
                (nuint)count,
                (byte**)keyPointers,
                keyLengths,
                (byte**)values,
                valueLengths,
                errors
            );
            GC.KeepAlive(options);

            nint error = 0;
            for (int i = 0; i < count; i++)
            {
                byte[]? value = null;
                if (values[i] != 0)
                {
                    value = new ReadOnlySpan<byte>((byte*)values[i], checked((int)valueLengths[i])).ToArray();
                    Native.rocksdb_free(values[i]);
                }

                results[i] = new(keys[i], value);
                if (error == 0)
                {
                    error = errors[i];
                }
                else
                {
                    Native.rocksdb_free(errors[i]);
                }
            }

            ArrayPool<byte>.Shared.Return(keyBytes);
            RocksDbException.ThrowIfError(error);
        }

        return results;
    }

    /// <summary>Sets a key's value.</summary>
    /// <param name="key">The key, of any length.</param>
    /// <param name="value">The value, of any length.</param>
    /// <param name="cf">The column family; the default one when null.</param>
    /// <param name="writeOptions">RocksDB's defaults when null.</param>
    /// <exception cref="RocksDbException">The write failed, or its outcome is not known.</exception>
    public void Put(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> value,
        ColumnFamilyHandle? cf = null,
        WriteOptions? writeOptions = null
    )
    {
        WriteOptions options = writeOptions ?? DefaultWriteOptions;
        nint family = Family(cf).Handle;
        using Lease db = new(_db);
        nint error = 0;

        // Safe: the spans are pinned for the call.
        fixed (byte* keyBytes = key)
        fixed (byte* valueBytes = value)
        {
            Native.rocksdb_put_cf(
                db.Pointer,
                options.Safe.DangerousGetHandle(),
                family,
                keyBytes,
                (nuint)key.Length,
                valueBytes,
                (nuint)value.Length,
                &error
            );
        }

        GC.KeepAlive(options);
        RocksDbException.ThrowIfError(error);
    }

    /// <summary>Removes a key; nothing happens when it is absent.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cf">The column family; the default one when null.</param>
    /// <param name="writeOptions">RocksDB's defaults when null.</param>
    /// <exception cref="RocksDbException">The write failed, or its outcome is not known.</exception>
    public void Remove(ReadOnlySpan<byte> key, ColumnFamilyHandle? cf = null, WriteOptions? writeOptions = null)
    {
        WriteOptions options = writeOptions ?? DefaultWriteOptions;
        nint family = Family(cf).Handle;
        using Lease db = new(_db);
        nint error = 0;

        // Safe: the span is pinned for the call.
        fixed (byte* keyBytes = key)
        {
            Native.rocksdb_delete_cf(
                db.Pointer,
                options.Safe.DangerousGetHandle(),
                family,
                keyBytes,
                (nuint)key.Length,
                &error
            );
        }

        GC.KeepAlive(options);
        RocksDbException.ThrowIfError(error);
    }

    /// <summary>Makes all the changes of a batch, or none.</summary>
    /// <param name="writeBatch">The changes. The batch may be used again afterwards.</param>
    /// <param name="writeOptions">RocksDB's defaults when null.</param>
    /// <exception cref="RocksDbException">The write failed, or its outcome is not known.</exception>
    public void Write(WriteBatch writeBatch, WriteOptions? writeOptions = null)
    {
        ArgumentNullException.ThrowIfNull(writeBatch);
        WriteOptions options = writeOptions ?? DefaultWriteOptions;
        using Lease db = new(_db);
        using Lease batch = new(writeBatch.Safe);
        nint error = 0;
        Native.rocksdb_write(db.Pointer, options.Safe.DangerousGetHandle(), batch.Pointer, &error);
        GC.KeepAlive(options);
        RocksDbException.ThrowIfError(error);
    }

    /// <summary>Makes an iterator, which stands on no key until it is moved.</summary>
    /// <param name="cf">The column family; the default one when null.</param>
    /// <param name="readOptions">RocksDB's defaults when null.</param>
    public Iterator NewIterator(ColumnFamilyHandle? cf = null, ReadOptions? readOptions = null)
    {
        ReadOptions options = readOptions ?? DefaultReadOptions;
        return new Iterator(new IteratorSafeHandle(_db, Family(cf).Handle, options.Safe, options.Snapshot));
    }

    /// <summary>Takes a snapshot of the database as it is now.</summary>
    public Snapshot CreateSnapshot() => new(_db);

    /// <summary>Prepares to copy the database while it is open.</summary>
    /// <exception cref="RocksDbException">The database cannot be copied.</exception>
    public Checkpoint Checkpoint() => new(_db);

    /// <summary>Writes the memtable of the default column family to a table file.</summary>
    /// <param name="flushOptions">Whether to wait for it.</param>
    /// <exception cref="RocksDbException">The write failed.</exception>
    public void Flush(FlushOptions flushOptions)
    {
        ArgumentNullException.ThrowIfNull(flushOptions);
        Native.rocksdb_flush_cf(_db, flushOptions.Safe, _default.Handle, out nint error);
        RocksDbException.ThrowIfError(error);
    }

    /// <summary>
    /// Flushes and compacts the table files that hold a range of keys, and waits for it. The C API does not say whether
    /// it worked; a failure shows in the next write or read.
    /// </summary>
    /// <param name="start">The first key; null for the first there is.</param>
    /// <param name="limit">The last key; null for the last there is.</param>
    /// <param name="cf">The column family; the default one when null.</param>
    public void CompactRange(byte[]? start, byte[]? limit, ColumnFamilyHandle? cf = null)
    {
        // Safe: the arrays are pinned for the call. An empty array is not null, so that it is a key and not the absence of one.
        fixed (byte* startBytes = &BytesOrNull(start))
        fixed (byte* limitBytes = &BytesOrNull(limit))
        {
            Native.rocksdb_compact_range_cf(
                _db,
                Family(cf).Handle,
                startBytes,
                (nuint)(start?.Length ?? 0),
                limitBytes,
                (nuint)(limit?.Length ?? 0)
            );
        }
    }

    /// <summary>Reads a property of the database, as the default column family has it.</summary>
    /// <param name="propertyName">Its name, such as <c>rocksdb.stats</c>.</param>
    /// <returns>Its value; null when there is no such property.</returns>
    public string? GetProperty(string propertyName) => GetProperty(propertyName, _default);

    /// <summary>Reads a property of a column family.</summary>
    /// <param name="propertyName">Its name, such as <c>rocksdb.estimate-num-keys</c>.</param>
    /// <param name="cf">The column family.</param>
    /// <returns>Its value; null when there is no such property.</returns>
    public string? GetProperty(string propertyName, ColumnFamilyHandle cf)
    {
        ArgumentNullException.ThrowIfNull(propertyName);
        ArgumentNullException.ThrowIfNull(cf);
        return RocksDbException.TakeString(Native.rocksdb_property_value_cf(_db, Family(cf).Handle, propertyName));
    }

    private static RocksDb Open(
        OptionsHandle options,
        string path,
        ColumnFamilies columnFamilies,
        bool readOnly,
        bool errorIfLogFileExists
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(columnFamilies);
        string[] names = [.. columnFamilies.Names];
        nint[] familyOptions = [.. columnFamilies.Select(static family => family.AnyOptions.Safe.DangerousGetHandle())];
        nint[] families = new nint[names.Length];
        nint db = readOnly
            ? Native.rocksdb_open_for_read_only_column_families(
                options.Safe,
                path,
                names.Length,
                names,
                familyOptions,
                families,
                errorIfLogFileExists,
                out nint error
            )
            : Native.rocksdb_open_column_families(
                options.Safe,
                path,
                names.Length,
                names,
                familyOptions,
                families,
                out error
            );
        GC.KeepAlive(columnFamilies);
        RocksDbException.ThrowIfError(error);
        return new RocksDb(db, names, families);
    }

    private static ref readonly byte BytesOrNull(byte[]? bytes)
    {
        if (bytes is null)
        {
            return ref Unsafe.NullRef<byte>();
        }

        return ref MemoryMarshal.GetArrayDataReference(bytes);
    }

    private static Lease LeaseSnapshot(ReadOptions options) =>
        options.Snapshot is { } snapshot ? new Lease(snapshot) : default;

    private ColumnFamily Family(ColumnFamilyHandle? cf)
    {
        if (cf is null)
        {
            return _default;
        }

        ColumnFamily family = ColumnFamily.Of(cf);
        return family.Db == _db
            ? family
            : throw new ArgumentException("The column family is of another database.", nameof(cf));
    }

    private PinnedValue Pin(ReadOnlySpan<byte> key, ColumnFamilyHandle? cf, ReadOptions? readOptions)
    {
        ReadOptions options = readOptions ?? DefaultReadOptions;
        using Lease snapshot = LeaseSnapshot(options);
        nint family = Family(cf).Handle;
        Lease db = new(_db);
        nint error = 0;
        nint slice;

        // Safe: the key is pinned for the call.
        fixed (byte* keyBytes = key)
        {
            slice = Native.rocksdb_get_pinned_cf(
                db.Pointer,
                options.Safe.DangerousGetHandle(),
                family,
                keyBytes,
                (nuint)key.Length,
                &error
            );
        }

        GC.KeepAlive(options);
        if (error != 0)
        {
            db.Dispose();
            RocksDbException.ThrowIfError(error);
        }

        return new PinnedValue(slice, db);
    }

    /// <summary>A value in RocksDB's memory, in a block that stays cached until this is disposed.</summary>
    private readonly ref struct PinnedValue(nint slice, Lease db) : IDisposable
    {
        private readonly Lease _db = db;

        internal bool Found => slice != 0;

        internal ReadOnlySpan<byte> Bytes
        {
            get
            {
                nuint length;
                byte* bytes = Native.rocksdb_pinnableslice_value(slice, &length);

                // Safe: the bytes stay until the slice is destroyed, and this struct does not leave the method that reads them.
                return new ReadOnlySpan<byte>(bytes, checked((int)length));
            }
        }

        public void Dispose()
        {
            if (slice != 0)
            {
                Native.rocksdb_pinnableslice_destroy(slice);
            }

            _db.Dispose();
        }
    }
}

/// <summary>A column family of an open database, alive as long as the database's handle is.</summary>
internal sealed class ColumnFamily(DbSafeHandle db, nint family) : ColumnFamilyHandle
{
    public IntPtr Handle => family;

    internal DbSafeHandle Db => db;

    internal static ColumnFamily Of(ColumnFamilyHandle cf) =>
        cf as ColumnFamily ?? throw new ArgumentException("Not a column family handle of this library.", nameof(cf));
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace RocksDbSharp;

/// <summary>
/// The functions of RocksDB's C API (<c>rocksdb/c.h</c>, 7.8) that this library calls, under their own names.
/// </summary>
/// <remarks>
/// Pointers stay raw here. Functions on the read and write paths take an <see cref="nint"/> that the caller holds a
/// <see cref="Lease"/> on; the rest take the <see cref="SafeHandle"/>, and the generated stub holds it for the call.
/// Functions that only read a field of the object are called without a GC transition: they neither block nor call back.
/// </remarks>
internal static unsafe partial class Native
{
    internal const string Library = "rocksdb";

    static Native() =>
        NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, static (name, _, _) => LibraryLoader.Resolve(name));

    // Database

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint rocksdb_open_column_families(
        OptionsSafeHandle options,
        string path,
        int count,
        string[] names,
        nint[] familyOptions,
        [Out] nint[] families,
        out nint error
    );

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint rocksdb_open_for_read_only_column_families(
        OptionsSafeHandle options,
        string path,
        int count,
        string[] names,
        nint[] familyOptions,
        [Out] nint[] families,
        [MarshalAs(UnmanagedType.U1)] bool errorIfLogFileExists,
        out nint error
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_close(nint db);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint* rocksdb_list_column_families(
        OptionsSafeHandle options,
        string path,
        out nuint count,
        out nint error
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_list_column_families_destroy(nint* names, nuint count);

    [LibraryImport(Library)]
    internal static partial void rocksdb_column_family_handle_destroy(nint family);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_get_pinned_cf(
        nint db,
        nint options,
        nint family,
        byte* key,
        nuint keyLength,
        nint* error
    );

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial byte* rocksdb_pinnableslice_value(nint slice, nuint* length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_pinnableslice_destroy(nint slice);

    [LibraryImport(Library)]
    internal static partial void rocksdb_multi_get_cf(
        nint db,
        nint options,
        nint* families,
        nuint count,
        byte** keys,
        nuint* keyLengths,
        byte** values,
        nuint* valueLengths,
        nint* errors
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_put_cf(
        nint db,
        nint options,
        nint family,
        byte* key,
        nuint keyLength,
        byte* value,
        nuint valueLength,
        nint* error
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_delete_cf(
        nint db,
        nint options,
        nint family,
        byte* key,
        nuint keyLength,
        nint* error
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_write(nint db, nint options, nint batch, nint* error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_flush_cf(
        DbSafeHandle db,
        FlushOptionsSafeHandle options,
        nint family,
        out nint error
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_compact_range_cf(
        DbSafeHandle db,
        nint family,
        byte* start,
        nuint startLength,
        byte* limit,
        nuint limitLength
    );

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint rocksdb_property_value_cf(DbSafeHandle db, nint family, string name);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_create_snapshot(DbSafeHandle db);

    [LibraryImport(Library)]
    internal static partial void rocksdb_release_snapshot(nint db, nint snapshot);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_checkpoint_object_create(DbSafeHandle db, out nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void rocksdb_checkpoint_create(
        CheckpointSafeHandle checkpoint,
        string path,
        ulong logSizeForFlush,
        out nint error
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_checkpoint_object_destroy(nint checkpoint);

    [LibraryImport(Library)]
    internal static partial void rocksdb_free(nint memory);

    // Iterator

    [LibraryImport(Library)]
    internal static partial nint rocksdb_create_iterator_cf(
        DbSafeHandle db,
        ReadOptionsSafeHandle options,
        nint family
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_destroy(nint iterator);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial byte rocksdb_iter_valid(nint iterator);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_seek_to_first(nint iterator);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_seek_to_last(nint iterator);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_seek(nint iterator, byte* key, nuint keyLength);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_seek_for_prev(nint iterator, byte* key, nuint keyLength);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_next(nint iterator);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_prev(nint iterator);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial byte* rocksdb_iter_key(nint iterator, nuint* length);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial byte* rocksdb_iter_value(nint iterator, nuint* length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_get_error(nint iterator, out nint error);

    // Write batch

    [LibraryImport(Library)]
    internal static partial WriteBatchSafeHandle rocksdb_writebatch_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_destroy(nint batch);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_clear(nint batch);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int rocksdb_writebatch_count(nint batch);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial byte* rocksdb_writebatch_data(nint batch, nuint* length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_put(
        nint batch,
        byte* key,
        nuint keyLength,
        byte* value,
        nuint valueLength
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_put_cf(
        nint batch,
        nint family,
        byte* key,
        nuint keyLength,
        byte* value,
        nuint valueLength
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_delete(nint batch, byte* key, nuint keyLength);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_delete_cf(nint batch, nint family, byte* key, nuint keyLength);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_delete_range(
        nint batch,
        byte* start,
        nuint startLength,
        byte* end,
        nuint endLength
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_delete_range_cf(
        nint batch,
        nint family,
        byte* start,
        nuint startLength,
        byte* end,
        nuint endLength
    );

    // Read, write and flush options

    [LibraryImport(Library)]
    internal static partial ReadOptionsSafeHandle rocksdb_readoptions_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_verify_checksums(
        ReadOptionsSafeHandle options,
        [MarshalAs(UnmanagedType.U1)] bool value
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_fill_cache(
        ReadOptionsSafeHandle options,
        [MarshalAs(UnmanagedType.U1)] bool value
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_snapshot(
        ReadOptionsSafeHandle options,
        SnapshotSafeHandle snapshot
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_iterate_lower_bound(
        ReadOptionsSafeHandle options,
        byte* key,
        nuint keyLength
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_iterate_upper_bound(
        ReadOptionsSafeHandle options,
        byte* key,
        nuint keyLength
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_readahead_size(ReadOptionsSafeHandle options, nuint value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_total_order_seek(
        ReadOptionsSafeHandle options,
        [MarshalAs(UnmanagedType.U1)] bool value
    );

    [LibraryImport(Library)]
    internal static partial WriteOptionsSafeHandle rocksdb_writeoptions_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_writeoptions_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writeoptions_set_sync(
        WriteOptionsSafeHandle options,
        [MarshalAs(UnmanagedType.U1)] bool value
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_writeoptions_disable_WAL(WriteOptionsSafeHandle options, int disable);

    [LibraryImport(Library)]
    internal static partial FlushOptionsSafeHandle rocksdb_flushoptions_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_flushoptions_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial void rocksdb_flushoptions_set_wait(
        FlushOptionsSafeHandle options,
        [MarshalAs(UnmanagedType.U1)] bool value
    );
}

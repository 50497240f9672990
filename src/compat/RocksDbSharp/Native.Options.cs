using System.Runtime.InteropServices;

namespace RocksDbSharp;

// Options of the database, of a column family and of its tables.
internal static partial class Native
{
    [LibraryImport(Library)]
    internal static partial OptionsSafeHandle rocksdb_options_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_create_if_missing(
        OptionsSafeHandle options,
        [MarshalAs(UnmanagedType.U1)] bool value
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_create_missing_column_families(
        OptionsSafeHandle options,
        [MarshalAs(UnmanagedType.U1)] bool value
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_error_if_exists(
        OptionsSafeHandle options,
        [MarshalAs(UnmanagedType.U1)] bool value
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_paranoid_checks(
        OptionsSafeHandle options,
        [MarshalAs(UnmanagedType.U1)] bool value
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_increase_parallelism(OptionsSafeHandle options, int totalThreads);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_max_open_files(OptionsSafeHandle options, int value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_max_total_wal_size(OptionsSafeHandle options, ulong value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_db_write_buffer_size(OptionsSafeHandle options, nuint value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_wal_recovery_mode(OptionsSafeHandle options, int mode);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_bytes_per_sync(OptionsSafeHandle options, ulong value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_allow_concurrent_memtable_write(
        OptionsSafeHandle options,
        [MarshalAs(UnmanagedType.U1)] bool value
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_info_log_level(OptionsSafeHandle options, int value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_keep_log_file_num(OptionsSafeHandle options, nuint value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_max_log_file_size(OptionsSafeHandle options, nuint value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_stats_dump_period_sec(OptionsSafeHandle options, uint value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_enable_statistics(OptionsSafeHandle options);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_options_statistics_get_string(OptionsSafeHandle options);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_compression(OptionsSafeHandle options, int value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_write_buffer_size(OptionsSafeHandle options, nuint value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_max_write_buffer_number(OptionsSafeHandle options, int value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_min_write_buffer_number_to_merge(
        OptionsSafeHandle options,
        int value
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_level0_file_num_compaction_trigger(
        OptionsSafeHandle options,
        int value
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_level0_slowdown_writes_trigger(
        OptionsSafeHandle options,
        int value
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_level0_stop_writes_trigger(OptionsSafeHandle options, int value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_soft_pending_compaction_bytes_limit(
        OptionsSafeHandle options,
        nuint value
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_hard_pending_compaction_bytes_limit(
        OptionsSafeHandle options,
        nuint value
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_disable_auto_compactions(OptionsSafeHandle options, int value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_level_compaction_dynamic_level_bytes(
        OptionsSafeHandle options,
        [MarshalAs(UnmanagedType.U1)] bool value
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_target_file_size_base(OptionsSafeHandle options, ulong value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_max_bytes_for_level_base(OptionsSafeHandle options, ulong value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_optimize_filters_for_hits(OptionsSafeHandle options, int value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_block_based_table_factory(
        OptionsSafeHandle options,
        TableOptionsSafeHandle tableOptions
    );

    [LibraryImport(Library)]
    internal static partial TableOptionsSafeHandle rocksdb_block_based_options_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_block_size(
        TableOptionsSafeHandle options,
        nuint value
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_filter_policy(
        TableOptionsSafeHandle options,
        nint policy
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_no_block_cache(
        TableOptionsSafeHandle options,
        [MarshalAs(UnmanagedType.U1)] bool value
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_block_cache(
        TableOptionsSafeHandle options,
        CacheSafeHandle cache
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_whole_key_filtering(
        TableOptionsSafeHandle options,
        [MarshalAs(UnmanagedType.U1)] bool value
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_format_version(
        TableOptionsSafeHandle options,
        int value
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_cache_index_and_filter_blocks(
        TableOptionsSafeHandle options,
        [MarshalAs(UnmanagedType.U1)] bool value
    );

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(
        TableOptionsSafeHandle options,
        [MarshalAs(UnmanagedType.U1)] bool value
    );

    [LibraryImport(Library)]
    internal static partial FilterPolicySafeHandle rocksdb_filterpolicy_create_bloom(double bitsPerKey);

    [LibraryImport(Library)]
    internal static partial FilterPolicySafeHandle rocksdb_filterpolicy_create_bloom_full(double bitsPerKey);

    [LibraryImport(Library)]
    internal static partial void rocksdb_filterpolicy_destroy(nint policy);

    [LibraryImport(Library)]
    internal static partial CacheSafeHandle rocksdb_cache_create_lru(nuint capacity);

    [LibraryImport(Library)]
    internal static partial void rocksdb_cache_destroy(nint cache);

    [LibraryImport(Library)]
    internal static partial nuint rocksdb_cache_get_usage(CacheSafeHandle cache);

    [LibraryImport(Library)]
    internal static partial nuint rocksdb_cache_get_pinned_usage(CacheSafeHandle cache);
}

namespace RocksDbSharp;

// Settings of the database.
public abstract partial class Options<T>
{
    /// <summary>Creates the database when there is none.</summary>
    /// <param name="value">Default false.</param>
    public T SetCreateIfMissing(bool value = true)
    {
        Native.rocksdb_options_set_create_if_missing(Safe, value);
        return (T)this;
    }

    /// <summary>Creates the listed column families that the database lacks.</summary>
    /// <param name="value">Default false: opening fails.</param>
    public T SetCreateMissingColumnFamilies(bool value = true)
    {
        Native.rocksdb_options_set_create_missing_column_families(Safe, value);
        return (T)this;
    }

    /// <summary>Makes opening a database that exists an error.</summary>
    /// <param name="value">Default false.</param>
    public T SetErrorIfExists(bool value = true)
    {
        Native.rocksdb_options_set_error_if_exists(Safe, value);
        return (T)this;
    }

    /// <summary>Checks files when they are opened and stops taking writes after a failed one.</summary>
    /// <param name="value">Default true.</param>
    public T SetParanoidChecks(bool value = true)
    {
        Native.rocksdb_options_set_paranoid_checks(Safe, value);
        return (T)this;
    }

    /// <summary>Sets the number of background threads for flushes and compactions.</summary>
    /// <param name="totalThreads">At least 1; the number of cores is a good value.</param>
    public T IncreaseParallelism(int totalThreads)
    {
        Native.rocksdb_options_increase_parallelism(Safe, totalThreads);
        return (T)this;
    }

    /// <summary>Limits the number of table files kept open.</summary>
    /// <param name="value">A number of files, or -1 (the default) for all of them.</param>
    public T SetMaxOpenFiles(int value)
    {
        Native.rocksdb_options_set_max_open_files(Safe, value);
        return (T)this;
    }

    /// <summary>Flushes the column families that hold on to the oldest logs when all logs together pass this size.</summary>
    /// <param name="n">Bytes; 0 (the default) lets RocksDB choose: four times all write buffers.</param>
    public T SetMaxTotalWalSize(ulong n)
    {
        Native.rocksdb_options_set_max_total_wal_size(Safe, n);
        return (T)this;
    }

    /// <summary>Limits the write buffers of all column families together.</summary>
    /// <param name="size">Bytes; 0 (the default) for no limit but each column family's own.</param>
    public T SetDbWriteBufferSize(ulong size)
    {
        Native.rocksdb_options_set_db_write_buffer_size(Safe, checked((nuint)size));
        return (T)this;
    }

    /// <summary>Chooses what opening does with a damaged write-ahead log.</summary>
    /// <param name="mode">Default <see cref="Recovery.PointInTime"/>.</param>
    public T SetWalRecoveryMode(Recovery mode)
    {
        Native.rocksdb_options_set_wal_recovery_mode(Safe, (int)mode);
        return (T)this;
    }

    /// <summary>Asks the system to write table files back in steps of this size, to smooth I/O. No guarantee of durability.</summary>
    /// <param name="value">Bytes; 0 (the default) leaves it to the system.</param>
    public T SetBytesPerSync(ulong value)
    {
        Native.rocksdb_options_set_bytes_per_sync(Safe, value);
        return (T)this;
    }

    /// <summary>Lets several writers fill a memtable at once.</summary>
    /// <param name="value">Default true.</param>
    public T SetAllowConcurrentMemtableWrite(bool value)
    {
        Native.rocksdb_options_set_allow_concurrent_memtable_write(Safe, value);
        return (T)this;
    }

    /// <summary>Sets the least severe messages written to the LOG file.</summary>
    /// <param name="value">Default <see cref="InfoLogLevel.Info"/>.</param>
    public T SetInfoLogLevel(InfoLogLevel value)
    {
        Native.rocksdb_options_set_info_log_level(Safe, (int)value);
        return (T)this;
    }

    /// <summary>Limits the number of LOG files kept.</summary>
    /// <param name="value">At least 1; default 1000.</param>
    public T SetKeepLogFileNum(ulong value)
    {
        Native.rocksdb_options_set_keep_log_file_num(Safe, checked((nuint)value));
        return (T)this;
    }

    /// <summary>Starts a new LOG file when this size is passed.</summary>
    /// <param name="value">Bytes; 0 (the default) for one file however large.</param>
    public T SetMaxLogFileSize(ulong value)
    {
        Native.rocksdb_options_set_max_log_file_size(Safe, checked((nuint)value));
        return (T)this;
    }

    /// <summary>Sets how often statistics are written to the LOG file.</summary>
    /// <param name="value">Seconds; 0 for never; default 600.</param>
    public T SetStatsDumpPeriodSec(uint value)
    {
        Native.rocksdb_options_set_stats_dump_period_sec(Safe, value);
        return (T)this;
    }

    /// <summary>Counts what the database does, for <see cref="GetStatisticsString"/>, at a cost of a few per cent.</summary>
    public T EnableStatistics()
    {
        Native.rocksdb_options_enable_statistics(Safe);
        return (T)this;
    }

    /// <summary>The counters as text, one a line; null unless <see cref="EnableStatistics"/> was called.</summary>
    public string? GetStatisticsString() =>
        RocksDbException.TakeString(Native.rocksdb_options_statistics_get_string(Safe));
}

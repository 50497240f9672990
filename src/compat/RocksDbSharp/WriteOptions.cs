namespace RocksDbSharp;

/// <summary>How to write. May be shared by threads that write, as long as none of them changes it.</summary>
public class WriteOptions
{
    internal WriteOptionsSafeHandle Safe { get; } = Native.rocksdb_writeoptions_create();

    /// <summary>Returns from a write only when the log is on the disk (fdatasync).</summary>
    /// <param name="value">Default false: a crash of the machine, not of the process, may lose the write.</param>
    public WriteOptions SetSync(bool value)
    {
        Native.rocksdb_writeoptions_set_sync(Safe, value);
        return this;
    }

    /// <summary>Writes without the log: a crash of the process loses what was not flushed.</summary>
    /// <param name="disable">1 for no log; 0, the default, for the log.</param>
    public WriteOptions DisableWal(int disable)
    {
        Native.rocksdb_writeoptions_disable_WAL(Safe, disable);
        return this;
    }
}

/// <summary>How <see cref="RocksDb.Flush"/> works.</summary>
public class FlushOptions
{
    internal FlushOptionsSafeHandle Safe { get; } = Native.rocksdb_flushoptions_create();

    /// <summary>Returns only when the flush is done.</summary>
    /// <param name="waitForFlush">Default true.</param>
    public FlushOptions SetWaitForFlush(bool waitForFlush)
    {
        Native.rocksdb_flushoptions_set_wait(Safe, waitForFlush);
        return this;
    }
}

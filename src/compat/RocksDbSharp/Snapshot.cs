namespace RocksDbSharp;

/// <summary>
/// The database as it was when the snapshot was taken, for <see cref="ReadOptions.SetSnapshot"/>. Any number of threads
/// may read at it. Dispose it soon: RocksDB keeps what it shows.
/// </summary>
public sealed class Snapshot : IDisposable
{
    internal Snapshot(DbSafeHandle db) => Safe = new SnapshotSafeHandle(db);

    internal SnapshotSafeHandle Safe { get; }

    /// <summary>Lets the snapshot go. Iterators made at it go on.</summary>
    public void Dispose() => Safe.Dispose();
}

/// <summary>Makes copies of a database while it is open, from <see cref="RocksDb.Checkpoint"/>.</summary>
public sealed class Checkpoint : IDisposable
{
    private readonly CheckpointSafeHandle _checkpoint;

    internal Checkpoint(DbSafeHandle db) => _checkpoint = new CheckpointSafeHandle(db);

    /// <summary>
    /// Makes a database of its own with all that was written before the call. Table files are hard links when the
    /// directory is on the same file system; the log is copied.
    /// </summary>
    /// <param name="checkpointDir">The directory to make; it must not exist, its parent must.</param>
    /// <param name="logSizeForFlush">
    /// Flushes first when the log holds at least this many bytes: 0, the default, flushes always.
    /// </param>
    /// <exception cref="RocksDbException">The directory exists or cannot be written.</exception>
    public void Save(string checkpointDir, ulong logSizeForFlush = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(checkpointDir);
        Native.rocksdb_checkpoint_create(_checkpoint, checkpointDir, logSizeForFlush, out nint error);
        RocksDbException.ThrowIfError(error);
    }

    /// <summary>Frees what copying needs; copies stay.</summary>
    public void Dispose() => _checkpoint.Dispose();
}

namespace Ledger.Rules.Audit;

/// <summary>
/// Where an auditor reads a log: a running node, the store of a stopped one, or tiles. A source that verifies what it shows throws
/// <see cref="LogSourceException"/> where that is not what the checkpoint names.
/// </summary>
public interface IAuditSource
{
    /// <summary>The newest signed checkpoint that is at hand; null when none is.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<ReadOnlyMemory<byte>?> NewestCheckpointAsync(CancellationToken cancellationToken);

    /// <summary>How many entries there are to read, with those that no checkpoint at hand covers yet.</summary>
    /// <param name="covered">Entries that the newest checkpoint covers.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>At least <paramref name="covered"/>; the last one is a seal.</returns>
    Task<long> SizeAsync(long covered, CancellationToken cancellationToken);

    /// <summary>Entries, in order.</summary>
    /// <param name="first">Index of the first.</param>
    /// <param name="size">Index after the last.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    IAsyncEnumerable<ReadOnlyMemory<byte>> EntriesAsync(long first, long size, CancellationToken cancellationToken);

    /// <summary>The published checkpoints that are kept, by size.</summary>
    /// <param name="fromSize">The smallest size of interest.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    IAsyncEnumerable<ReadOnlyMemory<byte>> CheckpointsAsync(long fromSize, CancellationToken cancellationToken);

    /// <summary>That the tree of one size is a prefix of the tree of another: 32-byte hashes, joined.</summary>
    /// <param name="size1">At least 1.</param>
    /// <param name="size2">At least <paramref name="size1"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<byte[]> ConsistencyProofAsync(long size1, long size2, CancellationToken cancellationToken);
}

/// <summary>A log that grows while it is read: a running node.</summary>
public interface IGrowingSource : IAuditSource
{
    /// <summary>Waits until the log has more entries.</summary>
    /// <param name="size">Than so many.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task WaitAsync(long size, CancellationToken cancellationToken);
}

using Ledger.Protocol;
using Ledger.Rules.Audit;

namespace Ledger.Rules.Tests.Audit;

/// <summary>A log as an auditor reads it, which says whatever a test has it say.</summary>
internal sealed class MemorySource(SignedLog log) : IAuditSource
{
    public List<byte[]> Entries { get; set; } = [.. log.Entries];

    /// <summary>Published checkpoints by size, signed; the newest is not among them.</summary>
    public List<byte[]> Published { get; set; } = [.. log.Checkpoints.SkipLast(1).Select(SignedLog.Sign)];

    public byte[] Newest { get; set; } = SignedLog.Sign(log.Checkpoints[^1]);

    public byte[] Proof { get; set; } = [];

    /// <summary>What it finds itself before the entry of an index; null: nothing.</summary>
    public Finding? Finding { get; set; }

    public Task<ReadOnlyMemory<byte>?> NewestCheckpointAsync(CancellationToken cancellationToken) =>
        Task.FromResult<ReadOnlyMemory<byte>?>(Newest);

    public Task<long> SizeAsync(long covered, CancellationToken cancellationToken) => Task.FromResult(covered);

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> EntriesAsync(
        long first,
        long size,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask;
        long index = first;
        foreach (byte[] entry in Entries.Take((int)size).Skip((int)first))
        {
            if (index++ == Finding?.Index)
            {
                throw new LogSourceException(Finding);
            }
            yield return entry;
        }
    }

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> CheckpointsAsync(
        long fromSize,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask;
        foreach (byte[] note in Published)
        {
            yield return note;
        }
    }

    public Task<byte[]> ConsistencyProofAsync(long size1, long size2, CancellationToken cancellationToken) =>
        Finding?.Index < 0 ? throw new LogSourceException(Finding) : Task.FromResult(Proof);
}

using System.Runtime.CompilerServices;
using Ledger.Log;
using Ledger.Protocol;
using Ledger.Rules.Audit;
using Ledger.Store;

namespace Ledger.Audit;

/// <summary>The store of a stopped node, as an auditor reads it. Nothing is written.</summary>
public sealed class StoreSource : IAuditSource, IDisposable
{
    private readonly string _directory;
    private readonly StoreSnapshot _snapshot;

    /// <summary>Opens the store in a ledger's folder.</summary>
    /// <exception cref="StoreException">There is none, or it cannot be read.</exception>
    public StoreSource(string directory)
    {
        _directory = directory;
        Store = ChainStore.OpenReadOnly(EmbeddedLedger.StorePath(directory));
        _snapshot = Store.Snapshot();
    }

    /// <summary>The log's verifier key, as the store has it. Compare it with one that you got elsewhere.</summary>
    public string LogKey => Store.LogKey;

    internal ChainStore Store { get; }

    internal StoreSnapshot Snapshot => _snapshot;

    /// <inheritdoc />
    /// <remarks>The last one that was signed, kept beside the store, or the last one in the store: each may be behind the other.</remarks>
    public async Task<ReadOnlyMemory<byte>?> NewestCheckpointAsync(CancellationToken cancellationToken)
    {
        (long storedSize, byte[]? stored) = _snapshot.Checkpoints(0).LastOrDefault();
        string path = LastSigned.PathIn(_directory);
        if (!File.Exists(path))
        {
            return stored is null ? (ReadOnlyMemory<byte>?)null : stored;
        }

        // A file that cannot be read as this log's is shown as it is: the audit says what is wrong with it.
        byte[] file = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        if (
            !VerifierKey.TryParse(LogKey, out VerifierKey? logKey)
            || LastSigned.Newest(file, logKey, out _) is not (Checkpoint checkpoint, Range note)
        )
        {
            return file;
        }

        return checkpoint.Size < storedSize ? stored : file[note];
    }

    /// <inheritdoc />
    /// <remarks>A store that has just been recovered may be ahead of every checkpoint that was kept.</remarks>
    public Task<long> SizeAsync(long covered, CancellationToken cancellationToken) =>
        Task.FromResult(Math.Max(covered, Store.Head().Chain.Size));

    /// <inheritdoc />
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> EntriesAsync(
        long first,
        long size,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach ((long index, byte[] entry) in _snapshot.Entries(first))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (index >= size)
            {
                yield break;
            }

            yield return entry;
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> CheckpointsAsync(
        long fromSize,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach ((long _, byte[] note) in _snapshot.Checkpoints(fromSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return note;
        }
    }

    /// <inheritdoc />
    public Task<byte[]> ConsistencyProofAsync(long size1, long size2, CancellationToken cancellationToken)
    {
        (StoredHead _, MerkleTree tree) = LogRecovery.Load(Store);
        return Task.FromResult(tree.View().ConsistencyProof(size1, size2).SelectMany(static hash => hash).ToArray());
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _snapshot.Dispose();
        Store.Dispose();
    }
}

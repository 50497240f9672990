using System.Runtime.CompilerServices;
using Ledger.Log;
using Ledger.Store;
using Ledger.Rules.Audit;

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
    /// <remarks>The last one that was signed, kept beside the store; without that file, the last one in the store.</remarks>
    public async Task<ReadOnlyMemory<byte>> NewestCheckpointAsync(CancellationToken cancellationToken)
    {
        string path = LastSigned.PathIn(_directory);
        if (File.Exists(path))
        {
            return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }

        byte[]? newest = _snapshot.Checkpoints(0).Select(static c => c.Checkpoint).LastOrDefault();
        return newest
            ?? throw new StoreException(
                $"The store in {_directory} holds no checkpoint yet: there is nothing to audit."
            );
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> EntriesAsync(
        long size,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach ((long index, byte[] entry) in _snapshot.Entries(0))
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
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach ((long _, byte[] note) in _snapshot.Checkpoints(0))
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

using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>
/// What this client knows of the log's tree: every checkpoint that it accepts and the ones before must be heads of one growing
/// tree, so a log that shows two histories to one client is caught. Safe on any number of threads.
/// </summary>
internal sealed class KnownTree(
    Func<long, long, CancellationToken, Task<GetConsistencyProofResponse>> fetchProof,
    TimeSpan interval,
    TimeProvider time
) : IDisposable
{
    // Answers of a few batches arrive mixed: their checkpoints are asked for once each.
    private const int RecentMax = 64;

    private readonly SemaphoreSlim _turn = new(1, 1);

    // Written by whoever has the turn.
    private readonly Queue<Checkpoint> _recent = new();
    private long _provedAt;
    private volatile SignedCheckpoint? _newest;

    /// <summary>The newest checkpoint that is consistent with all before; null until there is one.</summary>
    public SignedCheckpoint? Newest => _newest;

    /// <summary>Takes up what an earlier client knew. Call this before anything else.</summary>
    public void Start(Checkpoint checkpoint, ReadOnlyMemory<byte> note) => Add(new SignedCheckpoint(checkpoint, note));

    /// <summary>Accepts a checkpoint that the log signed, once it is consistent with what is known.</summary>
    /// <param name="signed">The checkpoint, already opened.</param>
    /// <param name="always">Whether it is proved now, however recent the last proof is.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="VerificationException">The log has shown two histories, or does not prove that it has not.</exception>
    public async ValueTask AcceptAsync(SignedCheckpoint signed, bool always, CancellationToken cancellationToken)
    {
        Checkpoint checkpoint = signed.Checkpoint;
        if (checkpoint.Equals(_newest?.Checkpoint))
        {
            return;
        }
        await _turn.WaitAsync(cancellationToken);
        try
        {
            foreach (Checkpoint known in _recent)
            {
                if (known.Size == checkpoint.Size)
                {
                    Require(known.Equals(checkpoint), known, checkpoint);
                    return;
                }
            }
            // The empty tree is a prefix of every other; nothing can be shown of it, nor need be.
            if (checkpoint.Size == 0 && !checkpoint.Root.Span.SequenceEqual(MerkleHash.EmptyRoot))
            {
                throw new VerificationException(
                    VerificationCheck.Consistency,
                    "the empty tree has another root than that of nothing"
                );
            }
            if (_newest?.Checkpoint is { Size: > 0 } newest && checkpoint.Size > 0)
            {
                if (!always && time.GetElapsedTime(_provedAt) < interval)
                {
                    return;
                }
                await ProveAsync(newest, checkpoint, cancellationToken);
                _provedAt = time.GetTimestamp();
            }
            Add(signed);
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Add(SignedCheckpoint signed)
    {
        _recent.Enqueue(signed.Checkpoint);
        if (_recent.Count > RecentMax)
        {
            _recent.Dequeue();
        }
        if (_newest is not { } newest || signed.Size > newest.Size)
        {
            _newest = signed;
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task ProveAsync(Checkpoint known, Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        (Checkpoint older, Checkpoint newer) =
            known.Size <= checkpoint.Size ? (known, checkpoint) : (checkpoint, known);
        if (older.Size == newer.Size)
        {
            Require(older.Equals(newer), known, checkpoint);
            return;
        }
        GetConsistencyProofResponse answer = await fetchProof(older.Size, newer.Size, cancellationToken);
        byte[] proof = ProvenEntry.Join(answer.Hashes);
        Require(
            ConsistencyProof.Verify(older.Size, newer.Size, older.Root.Span, newer.Root.Span, proof),
            known,
            checkpoint
        );
    }

    private static void Require(bool holds, Checkpoint known, Checkpoint checkpoint)
    {
        if (!holds)
        {
            throw new VerificationException(
                VerificationCheck.Consistency,
                $"the tree of {checkpoint.Size} with root {Convert.ToHexStringLower(checkpoint.Root.Span)} and the known tree of "
                    + $"{known.Size} with root {Convert.ToHexStringLower(known.Root.Span)} are not one growing tree"
            );
        }
    }
}

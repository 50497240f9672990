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
)
{
    // Roots are compared with those of so many sizes that were seen last, proved or not.
    private const int SeenMax = 1_024;

    private readonly Lock _gate = new();

    // Written behind the gate, and no call is made behind it.
    private readonly Dictionary<long, Seen> _seen = [];
    private readonly Queue<long> _seenSizes = new();
    private long? _provedAt;
    private volatile SignedCheckpoint? _newest;

    private sealed class Seen(Checkpoint checkpoint)
    {
        public Checkpoint Checkpoint { get; } = checkpoint;

        public bool IsProved { get; set; }

        public Task? Proving { get; set; }
    }

    /// <summary>The newest checkpoint that is consistent with all before; null until there is one.</summary>
    public SignedCheckpoint? Newest => _newest;

    /// <summary>Takes up what an earlier client knew. Call this before anything else.</summary>
    public void Start(Checkpoint checkpoint, ReadOnlyMemory<byte> note)
    {
        lock (_gate)
        {
            Add(new SignedCheckpoint(checkpoint, note), Compare(checkpoint));
        }
    }

    /// <summary>Accepts a checkpoint that the log signed, once it is consistent with what is known.</summary>
    /// <param name="signed">The checkpoint, already opened.</param>
    /// <param name="always">Whether it is proved now, however recent the last proof is.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="VerificationException">The log has shown two histories, or does not prove that it has not.</exception>
    public async ValueTask AcceptAsync(SignedCheckpoint signed, bool always, CancellationToken cancellationToken)
    {
        if (!signed.Checkpoint.Equals(_newest?.Checkpoint) && Take(signed, always) is { } proving)
        {
            await proving.WaitAsync(cancellationToken);
        }
    }

    // The proof to wait for; null when the checkpoint needs none.
    private Task? Take(SignedCheckpoint signed, bool always)
    {
        lock (_gate)
        {
            Seen seen = Compare(signed.Checkpoint);
            // The empty tree is a prefix of every other; nothing can be shown of it, nor need be.
            if (!seen.IsProved && (signed.Size == 0 || _newest is not { Size: > 0 }))
            {
                Add(signed, seen);
            }
            if (seen.IsProved)
            {
                return null;
            }
            if (seen.Proving is { IsCompleted: false } underWay)
            {
                return underWay;
            }
            if (!always && _provedAt is { } provedAt && time.GetElapsedTime(provedAt) < interval)
            {
                return null;
            }
            _provedAt = time.GetTimestamp();
            // On its own: whoever asked first may give up, and others wait for the same proof.
            return seen.Proving = Task.Run(() => ProveAsync(signed, seen));
        }
    }

    private async Task ProveAsync(SignedCheckpoint signed, Seen seen)
    {
        try
        {
            while (true)
            {
                Checkpoint known = _newest!.Checkpoint;
                await ProveAsync(known, signed.Checkpoint);
                lock (_gate)
                {
                    // If another was accepted meanwhile, both continue the one that was known, and not yet each other.
                    if (known.Equals(_newest.Checkpoint))
                    {
                        Add(signed, seen);
                        return;
                    }
                }
            }
        }
        catch
        {
            lock (_gate)
            {
                _provedAt = null;
            }
            throw;
        }
    }

    private async Task ProveAsync(Checkpoint known, Checkpoint checkpoint)
    {
        (Checkpoint older, Checkpoint newer) =
            known.Size <= checkpoint.Size ? (known, checkpoint) : (checkpoint, known);
        if (older.Size == newer.Size)
        {
            Require(older.Equals(newer), known, checkpoint);
            return;
        }
        GetConsistencyProofResponse answer;
        try
        {
            answer = await fetchProof(older.Size, newer.Size, CancellationToken.None);
        }
        catch (RefusedException e)
        {
            throw new VerificationException(
                VerificationCheck.Consistency,
                $"the node does not show that its tree of {newer.Size} continues that of {older.Size}, {Reasons.Name(e.Reason)}"
            );
        }
        byte[] proof = ProvenEntry.Join(answer.Hashes);
        Require(
            ConsistencyProof.Verify(older.Size, newer.Size, older.Root.Span, newer.Root.Span, proof),
            known,
            checkpoint
        );
    }

    // What is remembered of a checkpoint's size, and its root is the one that was seen of that size.
    private Seen Compare(Checkpoint checkpoint)
    {
        if (checkpoint.Size == 0 && !checkpoint.Root.Span.SequenceEqual(MerkleHash.EmptyRoot))
        {
            throw new VerificationException(
                VerificationCheck.Consistency,
                "the empty tree has another root than that of nothing"
            );
        }
        if (_newest?.Checkpoint is { } newest && newest.Size == checkpoint.Size)
        {
            Require(newest.Equals(checkpoint), newest, checkpoint);
        }
        if (_seen.TryGetValue(checkpoint.Size, out Seen? seen))
        {
            Require(seen.Checkpoint.Equals(checkpoint), seen.Checkpoint, checkpoint);
            return seen;
        }
        if (_seenSizes.Count == SeenMax)
        {
            _seen.Remove(_seenSizes.Dequeue());
        }
        _seenSizes.Enqueue(checkpoint.Size);
        return _seen[checkpoint.Size] = new Seen(checkpoint);
    }

    private void Add(SignedCheckpoint signed, Seen seen)
    {
        seen.IsProved = true;
        if (_newest is not { } newest || signed.Size > newest.Size)
        {
            _newest = signed;
        }
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

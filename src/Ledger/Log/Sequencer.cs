using System.Security.Cryptography;
using Google.Protobuf;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Rules;
using Ledger.Rules.State;
using Ledger.Store;
using Ledger.V1;

namespace Ledger.Log;

/// <summary>
/// The one thread that orders operations. It takes all that have gathered while it committed the last batch, judges and applies
/// them in order, seals the batch, commits it, signs the new head, and only then tells the callers.
/// </summary>
internal sealed class Sequencer
{
    private readonly LedgerOptions _options;
    private readonly Action<LogBatch> _commit;
    private readonly Func<StoreSnapshot> _snapshot;
    private readonly WorkQueue<PendingOperation> _pool;
    private readonly Action<Publication> _publish;
    private readonly Thread _thread;

    // Owned by the sequencer thread from the start on.
    private readonly MerkleTree _tree;
    private readonly List<PendingOperation> _taken = [];
    private Publication _current;
    private StoredHead _head;

    /// <summary>Goes on from a stored head.</summary>
    /// <param name="options">Key, clock and what to do when a commit fails.</param>
    /// <param name="pool">Verified operations.</param>
    /// <param name="tree">The log's tree.</param>
    /// <param name="head">Where the log stands.</param>
    /// <param name="current">What was published last.</param>
    /// <param name="commit">Makes a batch durable or throws.</param>
    /// <param name="snapshot">Takes a snapshot of all that is durable.</param>
    /// <param name="publish">Lets readers see a new head.</param>
    public Sequencer(
        LedgerOptions options,
        WorkQueue<PendingOperation> pool,
        MerkleTree tree,
        StoredHead head,
        Publication current,
        Action<LogBatch> commit,
        Func<StoreSnapshot> snapshot,
        Action<Publication> publish
    )
    {
        _options = options;
        _pool = pool;
        _tree = tree;
        _head = head;
        _current = current;
        _commit = commit;
        _snapshot = snapshot;
        _publish = publish;
        _thread = new Thread(Run) { IsBackground = true, Name = "sequencer" };
    }

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Finishes what is in the pool, which takes no more, and ends the thread.</summary>
    public void Stop()
    {
        _pool.Close();
        _thread.Join();
    }

    private void Run()
    {
        try
        {
            while (_pool.Take(_taken, Limits.BatchOperationsMax, Limits.BatchBytesMax))
            {
                TakeBatch();
            }
        }
        catch (Exception e)
        {
            // A failed or uncertain commit, or a bug: memory may no longer agree with the disk. Nothing more is decided here.
            _options.OnFatal(e);
            _pool.Close();
            Judgement uncertain = Judgement.Refuse(ReasonCode.Internal);
            do
            {
                _taken.ForEach(pending => pending.Complete(Submission.Unrecorded(uncertain)));
            } while (_pool.Take(_taken, Limits.BatchOperationsMax, Limits.BatchBytesMax));
        }
    }

    // Steps 1 to 6 are the life of a batch; up to 4 nothing has left this thread.
    private void TakeBatch()
    {
        // 1. Judge and apply, in order.
        Batch batch = new(_current.Snapshot, _head.Size, NextTimeMs());
        foreach (PendingOperation pending in _taken)
        {
            batch.Take(pending);
        }

        if (batch.Entries.Count > 0)
        {
            // 2. Seal: the last entry of every batch names the seal before it.
            byte[] sealHash = batch.Seal(_head, NoStateRoot);

            // 3. Grow the tree.
            IReadOnlyList<TreeTile> full = _tree.Append(batch.LeafHashes);
            TreeView view = _tree.View();
            StoredHead next = new(view.Size, batch.TimeMs, _head.Height + 1, sealHash, view.CompactRange());

            // 4. Commit. A crash before this returns leaves nothing of the batch, after it everything.
            _commit(
                new LogBatch(
                    _head.Size,
                    batch.Entries,
                    batch.OperationIds,
                    batch.State,
                    full,
                    next,
                    _head.Size == 0 ? default : _current.Head.Note,
                    _head.Size
                )
            );

            // 5. Sign and publish: what is signed is durable.
            _head = next;
            _current = new Publication(Sign(_options, view, next.TimeMs), _snapshot());
            _publish(_current);
        }

        // 6. Tell the callers.
        batch.Tell(_current.Head);
    }

    /// <summary>Signs the head of a durable tree.</summary>
    public static LogHead Sign(LedgerOptions options, TreeView view, long timeMs)
    {
        Checkpoint checkpoint = new(options.Origin, view.Size, view.Root(view.Size));
        return new LogHead(view, checkpoint, checkpoint.Sign(options.SigningKey), timeMs);
    }

    // The log's time is data: given once, here, and never earlier than before, whatever the clock does.
    private long NextTimeMs() => Math.Max(_head.TimeMs, _options.Time.GetUtcNow().ToUnixTimeMilliseconds());

    // The place of the authenticated state map's root after the batch. The format has no map yet, and says so with zeros.
    private static readonly byte[] NoStateRoot = new byte[MerkleHash.HashBytes];

    /// <summary>A batch in the making.</summary>
    private sealed class Batch(StoreSnapshot before, long firstIndex, long timeMs)
    {
        private readonly Dictionary<ReadOnlyMemory<byte>, Answer> _recorded = new(IdComparer.Instance);
        private readonly List<(PendingOperation Pending, Answer Answer)> _answers = [];

        public long TimeMs { get; } = timeMs;

        public BatchState State { get; } = new(before, timeMs);

        public List<byte[]> Entries { get; } = [];

        public List<ReadOnlyMemory<byte>> OperationIds { get; } = [];

        public byte[] LeafHashes { get; private set; } = [];

        public void Take(PendingOperation pending) => _answers.Add((pending, Judge(pending)));

        /// <summary>Appends the seal and hashes all leaves at once.</summary>
        /// <returns>SHA-256 of the seal's entry.</returns>
        public byte[] Seal(StoredHead head, ReadOnlySpan<byte> stateRoot)
        {
            Seal seal = new()
            {
                Height = (ulong)head.Height,
                PreviousSeal = ByteString.CopyFrom(head.SealHash),
                FirstIndex = (ulong)firstIndex,
                StateRoot = ByteString.CopyFrom(stateRoot),
            };
            byte[] entry = EntryCodec.EncodeSeal(firstIndex + Entries.Count, TimeMs, seal);
            Entries.Add(entry);

            int[] lengths = new int[Entries.Count];
            int bytes = 0;
            for (int i = 0; i < lengths.Length; i++)
            {
                lengths[i] = Entries[i].Length;
                bytes += lengths[i];
            }

            byte[] joined = new byte[bytes];
            int at = 0;
            foreach (byte[] part in Entries)
            {
                part.CopyTo(joined, at);
                at += part.Length;
            }

            LeafHashes = new byte[lengths.Length * MerkleHash.HashBytes];
            MerkleHash.HashLeaves(joined, lengths, LeafHashes);
            return SHA256.HashData(entry);
        }

        /// <summary>Tells the callers. Everything of the batch is durable.</summary>
        public void Tell(LogHead head)
        {
            foreach ((PendingOperation pending, Answer answer) in _answers)
            {
                Receipt? receipt =
                    answer.First
                    ?? (
                        answer.Index is { } index ? ReceiptOf(index, pending.Operation.Id.Span, answer.Judgement) : null
                    );
                pending.Complete(new Submission(answer.Judgement, receipt, receipt is null ? null : head));
            }
        }

        private Answer Judge(PendingOperation pending)
        {
            SubmittedOperation operation = pending.Operation;

            // A second submission gets the first one's receipt, from this batch or from the log.
            if (_recorded.TryGetValue(operation.Id, out Answer? earlier))
            {
                return earlier;
            }

            if (Receipts.Find(before, operation.Id.Span) is { } first)
            {
                return new Answer(Receipts.JudgementOf(first), First: first);
            }

            Judgement admission = StateMachine.Admit(State, operation, pending.Keys, TimeMs);
            if (!admission.IsOk)
            {
                return new Answer(admission);
            }

            long index = firstIndex + Entries.Count;
            ReasonCode outcome = StateMachine.Apply(State, operation, index);
            Entries.Add(EntryCodec.EncodeOperation(index, TimeMs, operation, outcome));
            OperationIds.Add(operation.Id);
            Answer answer = new(outcome == ReasonCode.Applied ? Judgement.Ok : Judgement.Refuse(outcome), Index: index);
            _recorded.Add(operation.Id, answer);
            return answer;
        }

        private Receipt ReceiptOf(long index, ReadOnlySpan<byte> operationId, Judgement judgement) =>
            new()
            {
                Index = (ulong)index,
                TimeMs = (ulong)TimeMs,
                OperationId = ByteString.CopyFrom(operationId),
                Outcome = judgement.Reason,
                LeafHash = ByteString.CopyFrom(
                    LeafHashes.AsSpan((int)(index - firstIndex) * MerkleHash.HashBytes, MerkleHash.HashBytes)
                ),
            };

        /// <summary>What became of one operation: recorded here at an index, recorded before, or turned away.</summary>
        private sealed record Answer(Judgement Judgement, long? Index = null, Receipt? First = null);
    }

    /// <summary>Compares operation ids by their bytes; they are hashes already.</summary>
    private sealed class IdComparer : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public static readonly IdComparer Instance = new();

        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<byte> id) => BitConverter.ToInt32(id.Span);
    }
}

using Ledger.Rules;
using Ledger.Rules.Map;
using Ledger.Store;

namespace Ledger.Log;

/// <summary>
/// The one thread on which the log grows. It takes batches in the order that was settled, executes them, commits what they did,
/// publishes the new head, and only then are the callers told.
/// </summary>
internal sealed class Sequencer
{
    private readonly IBatchOrder _order;
    private readonly ChainStore _store;
    private readonly Publisher _publisher;
    private readonly MapFlusher _mapFlusher;
    private readonly LogThread _thread;

    // Owned by the sequencer thread from the start on.
    private readonly MerkleTree _tree;
    private StoredHead _head;

    /// <summary>Goes on from a stored head.</summary>
    /// <param name="order">Where batches get their place.</param>
    /// <param name="store">Where they are committed.</param>
    /// <param name="publisher">Lets the world see what was committed; it has published the stored head.</param>
    /// <param name="mapFlusher">Writes the state map behind the log.</param>
    /// <param name="head">Where the log stands.</param>
    /// <param name="tree">The log's tree.</param>
    /// <param name="onFailure">Told what went wrong: a failed or uncertain commit, or a bug.</param>
    public Sequencer(
        IBatchOrder order,
        ChainStore store,
        Publisher publisher,
        MapFlusher mapFlusher,
        StoredHead head,
        MerkleTree tree,
        Action<Exception> onFailure
    )
    {
        _order = order;
        _store = store;
        _publisher = publisher;
        _mapFlusher = mapFlusher;
        _head = head;
        _tree = tree;
        _thread = new LogThread("sequencer", Run, onFailure);
    }

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Waits for the end of the thread, after the last batch of the order.</summary>
    public void Join() => _thread.Join();

    private void Run()
    {
        while (_order.Next(_head.Chain.TimeMs) is { } batch)
        {
            Take(batch);
        }
    }

    // The life of a batch, once it has its place. Up to the commit nothing has left this thread. When any step fails, memory may
    // no longer agree with the disk: nothing more is decided here, and the next start recovers what was committed.
    private void Take(OrderedBatch batch)
    {
        // 1. Execute: what the batch does is a pure function of what was there before it.
        Publication before = _publisher.Current;
        AppliedBatch applied = BatchExecutor.Execute(before.Snapshot, before.Map, _head.Chain, batch.Proposed);
        if (!applied.IsEmpty)
        {
            // 2. Grow the tree.
            IReadOnlyList<TreeTile> full = _tree.Append(applied.LeafHashes.Span);
            TreeView tree = _tree.View();
            StoredHead head = new(applied.Head, applied.Map.Root, tree.CompactRange());

            // 3. Commit. A crash before this returns leaves nothing of the batch, after it everything.
            StoredCheckpoint? published = before.Head.Size == 0 ? null : new(before.Head.Size, before.Head.Note);
            _store.Commit(applied, [.. full.Select(static tile => tile.ToStored())], head, published);
            _head = head;

            // 4. Publish: what is signed is durable, and so is that it was signed. A crash before this returns leaves a batch that
            // nobody was told of, and that the next start publishes.
            StateMap map = applied.Map.Trim(_mapFlusher.Flushed);
            _publisher.Publish(tree, map, head.Chain.TimeMs);
            _mapFlusher.Note(map, applied.Written.Records.Count);
        }

        // 5. Answer the callers.
        Receipts.Answer(batch.Callers, applied, _publisher.Current);
    }
}

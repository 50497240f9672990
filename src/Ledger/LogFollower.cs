using Ledger.Crypto;
using Ledger.Log;
using Ledger.Protocol;
using Ledger.Rules;
using Ledger.Rules.Audit;
using Ledger.Rules.Map;
using Ledger.Store;
using Ledger.V1;

namespace Ledger;

/// <summary>
/// A copy of a log, kept up to date from a source that is not believed. Entries come in order, are recomputed as an audit does it, and
/// must have the root of a checkpoint that the log signed; only then they are stored. It holds no key and signs nothing: what it
/// shows are the log's own checkpoints. Backups, mirrors, restored folders and imports are all this.
/// </summary>
/// <remarks>
/// <para>What comes is taken in portions, each some whole batches. Of a portion (1) every entry is recomputed over what is stored and what
/// comes before it in the portion, and every signature verified; (2) the root is compared with the checkpoint, or proved consistent with
/// it; (3) its batches are committed, and synced once. So nothing is stored that was not proven, a crash leaves whole batches of a proven
/// portion, and the next run goes on behind them.</para>
/// <para>The newest checkpoint that the log is known to have signed is in <c>last-signed</c> before what it covers is here. So a copy that
/// lacks entries of it can never be taken for a whole one.</para>
/// <para>One caller at a time follows; closing it waits for what is being committed.</para>
/// </remarks>
public sealed class LogFollower : IDisposable
{
    private readonly string _directory;
    private readonly ChainStore _store;
    private readonly LastSigned _lastSigned;
    private readonly Lock _gate = new();

    // Written by who follows, under the gate.
    private readonly MerkleTree _tree;
    private StoredHead _head;

    // The state map; the version of it whose nodes are written, and how many leaves changed since.
    private StateMap _map;
    private long _mapFlushed;
    private int _mapChanged;
    private LogHead? _reached;
    private Publisher? _publisher;
    private bool _closed;
    private bool _failed;

    // The newest checkpoint that the log is known to have signed, which may be ahead of the store; null: none.
    private Checkpoint? _known;
    private Finding? _finding;

    private LogFollower(string directory, VerifierKey logKey, ChainStore store, LastSigned lastSigned)
    {
        _directory = directory;
        _store = store;
        _lastSigned = lastSigned;
        LogKey = logKey;
        (_head, _tree) = LogRecovery.Load(store);
        (_map, _mapFlushed, _mapChanged) = LogRecovery.LoadMap(store, _head);
        TreeView tree = _tree.View();
        foreach ((Checkpoint checkpoint, byte[] note) in LastSigned.Notes(LastSigned.PathIn(directory), logKey))
        {
            if (checkpoint.Size <= tree.Size && !checkpoint.Root.Span.SequenceEqual(tree.Root(checkpoint.Size)))
            {
                throw new StoreException(
                    $"The tree of {checkpoint.Size} entries in {directory} is not the one that the log has signed. {StoreException.Remedy}"
                );
            }

            if (checkpoint.Size == tree.Size)
            {
                _reached = new LogHead(tree, checkpoint, note, _head.Chain.TimeMs);
            }

            _known = checkpoint.Size > (_known?.Size ?? -1) ? checkpoint : _known;
        }
    }

    /// <summary>The log's public key.</summary>
    public VerifierKey LogKey { get; }

    /// <summary>Entries that are here.</summary>
    public long Size => _head.Chain.Size;

    /// <summary>The head that the copy is at, with the log's own checkpoint; null while it is between two.</summary>
    public LogHead? Reached => _reached;

    /// <summary>The newest checkpoint that the log is known to have signed, which may be ahead of what is here; null: none.</summary>
    public Checkpoint? Known => _known;

    /// <summary>Root of the first entries that are here, 32 bytes.</summary>
    /// <param name="size">How many, at most <see cref="Size"/>.</param>
    public byte[] RootAt(long size)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            return _tree.View().Root(size);
        }
    }

    /// <summary>Opens a copy, or begins one.</summary>
    /// <param name="directory">Its folder.</param>
    /// <param name="logKey">The log's public key.</param>
    /// <param name="hold">
    /// How the copy comes about: the mark that it gets before anything else. Null: it is a copy already, and keeps its mark.
    /// </param>
    /// <exception cref="StoreException">The folder is a node's own, a copy of another kind or log, in use or damaged.</exception>
    public static LogFollower Open(string directory, VerifierKey logKey, SigningHold? hold)
    {
        ArgumentNullException.ThrowIfNull(logKey);
        SigningHold? there = SigningHold.Find(directory);
        string path = EmbeddedLedger.StorePath(directory);
        if (there is null && (hold is null || ChainStore.IsStore(path)))
        {
            throw new StoreException(
                $"{directory} is no copy of a log: a node may sign from it, and such a folder follows nobody. Name another folder."
            );
        }

        if (hold is not null && there is not null && hold.Kind != there.Kind)
        {
            throw new StoreException(
                $"{directory} is a {(there.Kind == CopyKind.Mirror ? "mirror" : "backup, or was restored from one")}: name another folder."
            );
        }

        if (hold is not null && hold != there)
        {
            hold.Write(directory);
        }

        ChainStore store = ChainStore.Open(path, logKey.Name, logKey.ToString());
        LastSigned lastSigned = new([LastSigned.PathIn(directory)], logKey);
        try
        {
            return new LogFollower(directory, logKey, store, lastSigned);
        }
        catch
        {
            lastSigned.Dispose();
            store.Dispose();
            throw;
        }
    }

    /// <summary>Follows a source up to the newest checkpoint that it shows.</summary>
    /// <param name="source">Where the log is read. Nothing of it is believed.</param>
    /// <param name="progress">Told the number of entries here and there. May be null.</param>
    /// <param name="cancellationToken">Ends it; what was committed stays.</param>
    /// <returns>
    /// What is wrong with the source, with its index: then it is followed no further, now or later. Null: all that its checkpoint covers
    /// is here.
    /// </returns>
    /// <exception cref="OperationCanceledException">It was ended or closed.</exception>
    public async Task<Finding?> CatchUpAsync(
        IAuditSource source,
        Action<long, long>? progress,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            return _finding ??= await FollowAsync(source, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (LogSourceException e)
        {
            return _finding = e.Finding;
        }
    }

    /// <summary>From now on nodes may sign from the folder. It must be closed for them.</summary>
    /// <exception cref="InvalidOperationException">It has not reached what the log is known to have signed.</exception>
    public void LiftHold()
    {
        if (_reached is null || _known!.Size > Size)
        {
            throw new InvalidOperationException("The copy lacks entries that the log has signed.");
        }

        SigningHold.Lift(_directory);
    }

    /// <summary>Closes the store, unless a ledger that serves the copy does that.</summary>
    public void Dispose()
    {
        if (Close())
        {
            _lastSigned.Dispose();
            _store.Dispose();
        }
    }

    /// <summary>Bytes of entries with which a portion is full.</summary>
    internal int PortionBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Around the write of each batch, for tests: see <see cref="ChainStore.AroundWrite"/>.</summary>
    internal void AroundWrite(Action<Action> around) => _store.AroundWrite = around;

    /// <summary>What serves the copy: from now on it closes the store.</summary>
    internal (Publisher Publisher, ChainStore Store, LastSigned LastSigned) Serve()
    {
        _publisher = new Publisher(
            _store,
            _lastSigned,
            _reached ?? throw new InvalidOperationException("The copy is between two checkpoints."),
            _map
        );
        return (_publisher, _store, _lastSigned);
    }

    /// <summary>Commits nothing more. Waits for what is being committed.</summary>
    /// <returns>False when it was closed before.</returns>
    internal bool Close()
    {
        lock (_gate)
        {
            (bool was, _closed) = (_closed, true);
            return !was;
        }
    }

    private async Task<Finding?> FollowAsync(
        IAuditSource source,
        Action<long, long>? progress,
        CancellationToken cancellationToken
    )
    {
        ReadOnlyMemory<byte>? shown = await source.NewestCheckpointAsync(cancellationToken).ConfigureAwait(false);
        if (shown is not { } note)
        {
            return new Finding(-1, "the source has no checkpoint that the log signed");
        }

        if (!Checkpoint.TryOpen(note.Span, LogKey, out Checkpoint? newest, out string problem))
        {
            return new Finding(-1, $"the newest checkpoint is not one of this log: {problem}");
        }

        Finding? finding = await CompareAsync(source, newest, cancellationToken).ConfigureAwait(false);
        if (finding is not null)
        {
            return finding;
        }

        Know(newest, note);
        if (newest.Size > Size)
        {
            finding = await TakeAsync(source, newest, note, progress, cancellationToken).ConfigureAwait(false);
        }
        else if (_reached?.Checkpoint.Size != Size)
        {
            Reach(newest, note);
        }

        return finding;
    }

    // That the checkpoint continues what is here, and what the log was seen to sign.
    private async Task<Finding?> CompareAsync(
        IAuditSource source,
        Checkpoint newest,
        CancellationToken cancellationToken
    )
    {
        List<Checkpoint> seen = [Here()];
        if (_known is not null && _known.Size != Size)
        {
            seen.Add(_known);
        }

        foreach (Checkpoint earlier in seen)
        {
            if (newest.Size < earlier.Size)
            {
                return new Finding(
                    newest.Size,
                    $"the log has shrunk: it had {earlier.Size} entries, and the source shows a checkpoint of {newest.Size}"
                );
            }

            if (!await source.ContinuesAsync(earlier, newest, cancellationToken).ConfigureAwait(false))
            {
                return new Finding(
                    earlier.Size,
                    earlier.Size == newest.Size
                        ? $"the log has forked: the source shows a checkpoint of {earlier.Size} entries with another root than the one that was signed before"
                        : $"the log has forked: the checkpoint of {newest.Size} entries does not continue the first {earlier.Size} that are known"
                );
            }
        }

        return null;
    }

    // Takes the entries up to the checkpoint, portion by portion.
    private async Task<Finding?> TakeAsync(
        IAuditSource source,
        Checkpoint newest,
        ReadOnlyMemory<byte> note,
        Action<long, long>? progress,
        CancellationToken cancellationToken
    )
    {
        using Portion portion = Begin();
        try
        {
            return await TakeAsync(portion, source, newest, note, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (LogSourceException e)
        {
            return portion.Auditor.EndAt(e.Finding);
        }
    }

    private async Task<Finding?> TakeAsync(
        Portion portion,
        IAuditSource source,
        Checkpoint newest,
        ReadOnlyMemory<byte> note,
        Action<long, long>? progress,
        CancellationToken cancellationToken
    )
    {
        Auditor auditor = portion.Auditor;
        IAsyncEnumerator<ReadOnlyMemory<byte>> published = source
            .CheckpointsAsync(Size + 1, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        await using (published.ConfigureAwait(false))
        {
            bool more = await published.MoveNextAsync().ConfigureAwait(false);
            await foreach (
                ReadOnlyMemory<byte> entry in source
                    .EntriesAsync(Size, newest.Size, cancellationToken)
                    .ConfigureAwait(false)
            )
            {
                Finding? finding = portion.Add(entry);
                while (finding is null && more && auditor.AtSeal)
                {
                    finding = portion.Compare(published.Current, out bool isAhead);
                    if (isAhead)
                    {
                        break;
                    }

                    more = await published.MoveNextAsync().ConfigureAwait(false);
                }

                if (finding is null && (auditor.Size == newest.Size || portion.IsFull))
                {
                    finding =
                        auditor.Settle()
                        ?? await ProveAsync(source, auditor, newest, cancellationToken).ConfigureAwait(false);
                    if (finding is null)
                    {
                        Commit(portion, auditor.Size == newest.Size ? (newest, note) : null);
                    }
                }

                if (finding is not null)
                {
                    return finding;
                }

                progress?.Invoke(auditor.Size, newest.Size);
                if (auditor.Size == newest.Size)
                {
                    return null;
                }
            }
        }

        return auditor.Settle()
            ?? new Finding(
                auditor.Size,
                $"the newest checkpoint names {newest.Size} entries, but the source has {auditor.Size}"
            );
    }

    // That the entries so far are those that the log signed.
    private static async Task<Finding?> ProveAsync(
        IAuditSource source,
        Auditor auditor,
        Checkpoint newest,
        CancellationToken cancellationToken
    )
    {
        if (auditor.Size == newest.Size)
        {
            return auditor.Compare(newest);
        }

        Checkpoint here = new(newest.Origin, auditor.Size, auditor.Root());
        return await source.ContinuesAsync(here, newest, cancellationToken).ConfigureAwait(false)
            ? null
            : new Finding(
                auditor.Size,
                $"the entries are not those of the checkpoint of {newest.Size} entries that the log signed"
            );
    }

    // What the log has signed is noted before what it covers is here.
    private void Know(Checkpoint newest, ReadOnlyMemory<byte> note)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            if (newest.Size > (_known?.Size ?? -1))
            {
                _lastSigned.Write(note);
                _known = newest;
            }
        }
    }

    // A failure leaves a tree in memory that may no longer be the store's: nothing more is taken before the next start.
    private void Commit(Portion portion, (Checkpoint Checkpoint, ReadOnlyMemory<byte> Note)? reached)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            _reached = null;
            _failed = true;
            for (int i = 0; i < portion.Batches.Count; i++)
            {
                AppliedBatch batch = portion.Batches[i];
                IReadOnlyList<TreeTile> full = _tree.Append(batch.LeafHashes.Span);
                StoredHead head = new(batch.Head, batch.Map.Root, _tree.View().CompactRange());
                _store.CommitFollowed(
                    batch,
                    [.. full.Select(static tile => tile.ToStored())],
                    head,
                    portion.PublishedAt(batch.Before.Size),
                    isLast: i == portion.Batches.Count - 1
                );
                _head = head;
                _mapChanged += batch.Written.Records.Count;
            }

            KeepMap(portion.Batches[^1].Map);

            _failed = false;
            portion.GoOn();
            if (reached is { } at)
            {
                Reach(at.Checkpoint, at.Note);
            }
        }
    }

    // What was committed is in the store, so that a part of the map that is not in memory is read from there.
    private void KeepMap(StateMap map)
    {
        if (_mapChanged >= MapRows.LeavesEnough)
        {
            _store.FlushMap(map, _mapFlushed);
            (_mapFlushed, _mapChanged) = (map.Version, 0);
        }

        _map = map.Trim(_mapFlushed);
    }

    private void Reach(Checkpoint checkpoint, ReadOnlyMemory<byte> note)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            _reached = new LogHead(_tree.View(), checkpoint, note.ToArray(), _head.Chain.TimeMs);
            _publisher?.Publish(_reached, _map);
        }
    }

    // Whoever closes it waits for the gate, and closes the store then: under it, the store may be read.
    private Checkpoint Here()
    {
        lock (_gate)
        {
            ThrowIfClosed();
            return new Checkpoint(LogKey.Name, Size, _tree.View().Root(Size));
        }
    }

    private Portion Begin()
    {
        lock (_gate)
        {
            ThrowIfClosed();
            return new Portion(this);
        }
    }

    private void ThrowIfClosed()
    {
        if (_closed)
        {
            throw new OperationCanceledException("The copy is being closed.");
        }

        if (_failed)
        {
            throw new InvalidOperationException("The copy could not be written before.");
        }
    }

    /// <summary>Batches that have been recomputed and are not stored yet.</summary>
    private sealed class Portion : IDisposable
    {
        private readonly LogFollower _follower;
        private readonly MemoryRecords _records = new();

        // By size: checkpoints that were published in the portion, or at its start.
        private readonly Dictionary<long, StoredCheckpoint> _published = [];
        private StoreSnapshot _stored;
        private long _bytes;

        public Portion(LogFollower follower)
        {
            _follower = follower;
            _stored = follower._store.Snapshot();
            _records.GoOnOver(_stored, follower._map.At(_stored));
            if (follower._reached is { Size: > 0 } reached)
            {
                _published.Add(reached.Size, new StoredCheckpoint(reached.Size, reached.Note));
            }

            Auditor = new Auditor(
                follower.LogKey,
                _records,
                follower._head.Chain,
                FormatOf(_stored, follower.Size),
                CompactRange.FromNodes(follower._tree.View(), follower.Size)
            )
            {
                BatchReplayed = Batches.Add,
            };
        }

        public Auditor Auditor { get; }

        public List<AppliedBatch> Batches { get; } = [];

        public bool IsFull => _bytes >= _follower.PortionBytes && Auditor.AtSeal;

        public Finding? Add(ReadOnlyMemory<byte> entry)
        {
            _bytes += entry.Length;
            return Auditor.Add(entry);
        }

        // Compares the next published checkpoint, unless it is of a size that has not come yet.
        public Finding? Compare(ReadOnlyMemory<byte> note, out bool isAhead)
        {
            isAhead = false;
            if (!Checkpoint.TryOpen(note.Span, Auditor.LogKey, out Checkpoint? checkpoint, out string problem))
            {
                return new Finding(Auditor.Size, $"a published checkpoint is not one of this log: {problem}");
            }

            isAhead = checkpoint.Size > Auditor.Size;
            if (isAhead)
            {
                return null;
            }

            _published[checkpoint.Size] = new StoredCheckpoint(checkpoint.Size, note.ToArray());
            return Auditor.Compare(checkpoint);
        }

        public StoredCheckpoint? PublishedAt(long size) =>
            _published.TryGetValue(size, out StoredCheckpoint checkpoint) ? checkpoint : null;

        // What was in it is stored now.
        public void GoOn()
        {
            Batches.Clear();
            _bytes = 0;
            StoreSnapshot stored = _follower._store.Snapshot();
            _records.GoOnOver(stored, _follower._map.At(stored));
            _stored.Dispose();
            _stored = stored;
        }

        public void Dispose() => _stored.Dispose();

        private static uint FormatOf(StoreSnapshot stored, long size) =>
            size == 0 ? 0
            : EntryCodec.Decode(stored.Entry(size - 1)!, out Entry? last).IsOk && last!.Seal is { } seal ? seal.Format
            : throw new StoreException($"The store's last entry is not a seal. {StoreException.Remedy}");
    }
}

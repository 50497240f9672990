using System.Runtime.InteropServices;
using Google.Protobuf;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Rules.State;

/// <summary>
/// The state that one batch makes of the records before it. What is written, is written in a <see cref="Scope"/>, and is undone
/// when the scope ends without being kept. Nothing reaches the records below. One thread.
/// </summary>
public sealed class BatchState : IRecords
{
    private readonly IRecords _before;

    // Everything that the batch has read or written: the records before it are asked at most once, also for a missing one.
    private readonly Dictionary<RecordKey, VersionedRecord?> _current = [];
    private readonly List<RecordChange> _changes = [];
    private readonly List<IndexChange> _indexChanges = [];
    private readonly Dictionary<OperationId, long> _recorded = [];

    // What the entry of the open scopes did so far, and what those before it did.
    private readonly List<Effect> _effects = [];
    private readonly List<KeyValuePair<long, EntryEvents>> _events = [];

    // Open scopes: 0 outside, 1 in an entry's own, more in scopes within it; and of each, by its bit, whether it is kept.
    private int _depth;
    private uint _kept;

    // The entry of the open scopes, and whether it has written a record a second time.
    private long _index = -1;
    private bool _rewrote;

    /// <summary>An empty batch.</summary>
    /// <param name="before">The records before the batch. They must not change while the batch is in use.</param>
    /// <param name="timeMs">Time of the batch, Unix milliseconds.</param>
    /// <param name="format">Format of the batch.</param>
    public BatchState(IRecords before, long timeMs, uint format = EntryCodec.LatestFormat)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentOutOfRangeException.ThrowIfNegative(timeMs);
        _before = before;
        TimeMs = timeMs;
        Format = format;
    }

    /// <summary>Time of the batch, Unix milliseconds.</summary>
    public long TimeMs { get; }

    /// <summary>Format of the batch: which rules judge it.</summary>
    public uint Format { get; }

    /// <summary>Every version that the batch wrote, in order of the entries; an entry writes a record once.</summary>
    public IReadOnlyList<RecordChange> Changes => _changes;

    /// <summary>Keys that the batch put into indexes and took out of them, in order.</summary>
    public IReadOnlyList<IndexChange> IndexChanges => _indexChanges;

    /// <summary>What the entries of the batch did, by index, in order; entries that did nothing are left out.</summary>
    public IReadOnlyList<KeyValuePair<long, EntryEvents>> Events => _events;

    /// <summary>The records that the batch wrote, each once, as the batch leaves it.</summary>
    public IEnumerable<KeyValuePair<RecordKey, VersionedRecord>> Records
    {
        get
        {
            foreach (RecordChange change in _changes)
            {
                if (ReferenceEquals(_current[change.Key], change.After))
                {
                    yield return new(change.Key, change.After);
                }
            }
        }
    }

    /// <summary>The changes that replaced a version of a kind whose history is kept, in order.</summary>
    public IEnumerable<RecordChange> Superseded =>
        _changes.Where(static change => change.Before is not null && RecordKinds.Of(change.Key.Kind).HasHistory);

    /// <inheritdoc/>
    public VersionedRecord? Find(RecordKey key) => Current(key);

    /// <inheritdoc/>
    public long? IndexOf(ReadOnlySpan<byte> operationId) =>
        _recorded.TryGetValue(new OperationId(operationId), out long index) ? index : _before.IndexOf(operationId);

    /// <summary>Notes that an entry records an operation, whatever became of it.</summary>
    /// <param name="operationId">32 bytes, of no operation that was recorded before.</param>
    /// <param name="index">Index of the entry.</param>
    public void Record(ReadOnlySpan<byte> operationId, long index) =>
        _recorded.Add(new OperationId(operationId), index);

    /// <summary>Opens the scope of an entry.</summary>
    /// <param name="index">Index of the entry, above those before it.</param>
    /// <exception cref="InvalidOperationException">Another scope is open.</exception>
    public Scope Open(long index)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(index, _index);
        if (_depth != 0)
        {
            throw new InvalidOperationException("The entry before is still open.");
        }

        _index = index;
        _rewrote = false;
        return new Scope(this);
    }

    /// <summary>Opens a scope within the open one: what it writes is kept only if both are.</summary>
    /// <exception cref="InvalidOperationException">No scope is open.</exception>
    public Scope OpenWithin()
    {
        RequireOpen();
        return new Scope(this);
    }

    /// <summary>Writes a record in the open scope. Written again by the same entry, it is still one version.</summary>
    /// <param name="key">The record's key.</param>
    /// <param name="record">The record; never changed afterwards.</param>
    /// <exception cref="InvalidOperationException">No scope is open.</exception>
    public void Put(RecordKey key, IMessage record)
    {
        ArgumentNullException.ThrowIfNull(record);
        RequireOpen();
        ref VersionedRecord? current = ref Current(key);
        _rewrote |= current?.Index == _index;
        VersionedRecord version = new(_index, TimeMs, record);
        _changes.Add(new RecordChange(key, current, version));
        Indexing.AddChanges(current?.Record, record, _indexChanges);
        current = version;
    }

    /// <summary>Notes an effect of the open scope's entry.</summary>
    /// <param name="effect">The effect; never changed afterwards.</param>
    /// <exception cref="InvalidOperationException">No scope is open.</exception>
    public void Emit(Effect effect)
    {
        ArgumentNullException.ThrowIfNull(effect);
        RequireOpen();
        _effects.Add(effect);
    }

    /// <summary>Ends what an entry did with who did it. Nothing is noted of an entry without an effect.</summary>
    /// <param name="actor">DID that acted.</param>
    /// <param name="approver">DID that approved; empty: nobody did.</param>
    /// <exception cref="InvalidOperationException">A scope is open.</exception>
    public void EndEntry(string actor, string approver)
    {
        if (_depth != 0)
        {
            throw new InvalidOperationException("The entry is still open.");
        }

        if (_effects.Count > 0)
        {
            EntryEvents events = new()
            {
                TimeMs = (ulong)TimeMs,
                Actor = actor,
                Approver = approver,
            };
            events.Effects.AddRange(_effects);
            _events.Add(new(_index, events));
            _effects.Clear();
        }
    }

    private void RequireOpen()
    {
        if (_depth == 0)
        {
            throw new InvalidOperationException("The state changes in the scope of an entry only.");
        }
    }

    // The reference is good until the next call: another key may make the dictionary grow.
    private ref VersionedRecord? Current(RecordKey key)
    {
        ref VersionedRecord? current = ref CollectionsMarshal.GetValueRefOrAddDefault(_current, key, out bool isThere);
        if (!isThere)
        {
            try
            {
                current = _before.Find(key);
            }
            catch
            {
                _current.Remove(key); // a read that fails must not leave a place that says the record is missing
                throw;
            }
        }

        return ref current;
    }

    private void Undo(int changes, int indexChanges, int effects)
    {
        for (int i = _changes.Count - 1; i >= changes; i--)
        {
            _current[_changes[i].Key] = _changes[i].Before;
        }

        _changes.RemoveRange(changes, _changes.Count - changes);
        _indexChanges.RemoveRange(indexChanges, _indexChanges.Count - indexChanges);
        _effects.RemoveRange(effects, _effects.Count - effects);
    }

    // An entry that wrote a record several times made one change of it: from what was before the entry to what it left.
    private void Merge(int first)
    {
        Dictionary<RecordKey, int> places = [];
        int end = first;
        for (int i = first; i < _changes.Count; i++)
        {
            RecordChange change = _changes[i];
            if (places.TryAdd(change.Key, end))
            {
                _changes[end++] = change;
            }
            else
            {
                int place = places[change.Key];
                _changes[place] = _changes[place] with { After = change.After };
            }
        }

        _changes.RemoveRange(end, _changes.Count - end);
    }

    /// <summary>
    /// What is written between the opening of a scope and its end stays if <see cref="Keep"/> was called, and is undone
    /// otherwise, whichever way the scope is left. Scopes end in the reverse order of their opening.
    /// </summary>
    public readonly ref struct Scope
    {
        private const int DepthMax = 31;

        private readonly BatchState _state;
        private readonly int _depth;
        private readonly int _changes;
        private readonly int _indexChanges;
        private readonly int _effects;

        internal Scope(BatchState state)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(state._depth, DepthMax);
            _state = state;
            _depth = ++state._depth;
            state._kept &= ~Bit;
            _changes = state._changes.Count;
            _indexChanges = state._indexChanges.Count;
            _effects = state._effects.Count;
        }

        /// <summary>Keeps what was written so far and is written until the end.</summary>
        public void Keep() => _state._kept |= Bit;

        /// <summary>Ends the scope.</summary>
        /// <exception cref="InvalidOperationException">A scope within this one is still open, or this one has ended.</exception>
        public void Dispose()
        {
            if (_state._depth != _depth)
            {
                throw new InvalidOperationException("Scopes end in the reverse order of their opening.");
            }

            if ((_state._kept & Bit) == 0)
            {
                _state.Undo(_changes, _indexChanges, _effects);
            }
            else if (_depth == 1 && _state._rewrote)
            {
                _state.Merge(_changes);
            }

            _state._depth--;
        }

        private uint Bit => 1u << _depth;
    }
}

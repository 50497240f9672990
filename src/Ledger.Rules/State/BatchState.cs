using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Ledger.Rules.State;

/// <summary>
/// The state that one batch makes of the records before it. Reads see the batch's own writes; nothing reaches the records
/// below until the whole batch is committed. One thread.
/// </summary>
public sealed class BatchState : IRecords
{
    private readonly IRecords _underlying;

    // Everything that the batch has read or written: the store is asked at most once for a record, also for a missing one.
    private readonly Dictionary<RecordKey, Slot> _slots = [];
    private readonly List<(RecordKey Key, VersionedRecord Record)> _superseded = [];
    private readonly Dictionary<IndexKey, bool> _indexChanges = [];

    /// <summary>An empty batch.</summary>
    /// <param name="underlying">The records before the batch. They must not change while the batch is in use.</param>
    /// <param name="timeMs">Time of the batch, Unix milliseconds.</param>
    public BatchState(IRecords underlying, long timeMs)
    {
        ArgumentNullException.ThrowIfNull(underlying);
        ArgumentOutOfRangeException.ThrowIfNegative(timeMs);
        _underlying = underlying;
        TimeMs = timeMs;
    }

    /// <summary>Time of the batch, Unix milliseconds.</summary>
    public long TimeMs { get; }

    /// <summary>Records that the batch wrote, each as the batch leaves it.</summary>
    public IEnumerable<KeyValuePair<RecordKey, VersionedRecord>> Records
    {
        get
        {
            foreach ((RecordKey key, Slot slot) in _slots)
            {
                if (slot.Written)
                {
                    yield return new(key, slot.Record!);
                }
            }
        }
    }

    /// <summary>
    /// Versions that the batch replaced, in order: those from before the batch, and those that the batch itself wrote and
    /// then wrote again.
    /// </summary>
    public IReadOnlyList<(RecordKey Key, VersionedRecord Record)> Superseded => _superseded;

    /// <summary>Index keys that the batch touched, and whether each is there afterwards.</summary>
    public IReadOnlyDictionary<IndexKey, bool> IndexChanges => _indexChanges;

    /// <inheritdoc/>
    public VersionedRecord? Find(RecordKey key) => SlotOf(key).Record;

    /// <summary>Writes a new version of a record.</summary>
    /// <param name="index">Index of the entry that writes it: above that of the version it replaces.</param>
    /// <param name="key">The record's key.</param>
    /// <param name="record">The record; never changed afterwards.</param>
    /// <exception cref="ArgumentOutOfRangeException">The entry has already written this record, or came before it.</exception>
    public void Put(long index, RecordKey key, IMessage record)
    {
        ArgumentNullException.ThrowIfNull(record);
        ref Slot slot = ref SlotOf(key);
        if (slot.Record is { } replaced)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(index, replaced.Index);
            _superseded.Add((key, replaced));
        }

        slot = new Slot(new VersionedRecord(index, TimeMs, record), Written: true);
    }

    /// <summary>Adds a key to an index.</summary>
    public void AddIndex(IndexKey key) => _indexChanges[key] = true;

    /// <summary>Takes a key out of an index.</summary>
    public void RemoveIndex(IndexKey key) => _indexChanges[key] = false;

    // The reference is good until the next call: another key may make the dictionary grow.
    private ref Slot SlotOf(RecordKey key)
    {
        ref Slot slot = ref CollectionsMarshal.GetValueRefOrNullRef(_slots, key);
        if (Unsafe.IsNullRef(ref slot))
        {
            // Read before a slot is made: a read that fails must not leave a slot that says the record is missing.
            VersionedRecord? record = _underlying.Find(key);
            slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_slots, key, out _);
            slot = new Slot(record, Written: false);
        }

        return ref slot;
    }

    private readonly record struct Slot(VersionedRecord? Record, bool Written);
}

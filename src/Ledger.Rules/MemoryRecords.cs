using Ledger.Rules.Map;
using Ledger.Rules.State;

namespace Ledger.Rules;

/// <summary>
/// Current records and indexes in memory: what an audit replays a log into. They may lie over others, of which nothing is copied: then
/// they hold what was applied since.
/// </summary>
public sealed class MemoryRecords : IRecords
{
    private readonly Dictionary<RecordKey, VersionedRecord> _records = [];
    private readonly HashSet<IndexKey> _indexes = [];
    private readonly Dictionary<OperationId, long> _operations = [];
    private IRecords? _beneath;

    /// <summary>Every current record.</summary>
    public IReadOnlyDictionary<RecordKey, VersionedRecord> Records => _records;

    /// <summary>Every key of the indexes.</summary>
    public IReadOnlySet<IndexKey> Indexes => _indexes;

    /// <summary>The state map of the records, as of the last batch.</summary>
    public StateMap Map { get; private set; } = StateMap.Empty();

    /// <inheritdoc/>
    public VersionedRecord? Find(RecordKey key) => _records.GetValueOrDefault(key) ?? _beneath?.Find(key);

    /// <inheritdoc/>
    public long? IndexOf(ReadOnlySpan<byte> operationId) =>
        _operations.TryGetValue(new OperationId(operationId), out long index) ? index : _beneath?.IndexOf(operationId);

    /// <summary>Forgets what was applied, and goes on over other records.</summary>
    /// <param name="beneath">They hold what was applied until now, and do not change while these are used.</param>
    /// <param name="map">Their state map.</param>
    public void GoOnOver(IRecords beneath, StateMap map)
    {
        _records.Clear();
        _indexes.Clear();
        _operations.Clear();
        _beneath = beneath;
        Map = map;
    }

    /// <summary>Takes over what a batch did.</summary>
    /// <param name="batch">A batch that was executed over these records.</param>
    public void Apply(AppliedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (AppliedOperation applied in batch.Operations)
        {
            if (applied.IsRecorded)
            {
                _operations.Add(new OperationId(applied.Operation.Id.Span), applied.Index);
            }
        }

        Apply(batch.State);
        Map = batch.Map;
    }

    /// <summary>Takes over what was written.</summary>
    /// <param name="state">Written over these records.</param>
    public void Apply(BatchState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        foreach (RecordChange change in state.Changes)
        {
            _records[change.Key] = change.After;
        }

        foreach (IndexChange change in state.IndexChanges)
        {
            if (change.IsPresent)
            {
                _indexes.Add(change.Key);
            }
            else
            {
                _indexes.Remove(change.Key);
            }
        }
    }
}

namespace Ledger.Rules.State;

/// <summary>Current records and indexes in memory: what an audit replays a log into.</summary>
public sealed class MemoryRecords : IRecords
{
    private readonly Dictionary<RecordKey, VersionedRecord> _records = [];
    private readonly HashSet<IndexKey> _indexes = [];

    /// <summary>Every current record.</summary>
    public IReadOnlyDictionary<RecordKey, VersionedRecord> Records => _records;

    /// <summary>Every key of the indexes.</summary>
    public IReadOnlySet<IndexKey> Indexes => _indexes;

    /// <inheritdoc/>
    public VersionedRecord? Find(RecordKey key) => _records.GetValueOrDefault(key);

    /// <summary>Takes over what a batch wrote.</summary>
    /// <param name="batch">A batch over these records.</param>
    public void Apply(BatchState batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach ((RecordKey key, VersionedRecord record) in batch.Records)
        {
            _records[key] = record;
        }

        foreach ((IndexKey key, bool present) in batch.IndexChanges)
        {
            if (present)
            {
                _indexes.Add(key);
            }
            else
            {
                _indexes.Remove(key);
            }
        }
    }
}

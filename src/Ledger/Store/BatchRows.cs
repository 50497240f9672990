using Google.Protobuf;
using Ledger.Rules;
using Ledger.Rules.Map;
using Ledger.Rules.State;
using Ledger.V1;
using RocksDbSharp;

namespace Ledger.Store;

/// <summary>
/// The rows that follow from what a batch did: current records, superseded versions, the state map, indexes, events. A store can lose them all and have
/// them back from its entries.
/// </summary>
internal static class BatchRows
{
    /// <summary>Adds the rows to a write.</summary>
    public static void Put(WriteBatch writes, StoreFamilies families, AppliedBatch batch)
    {
        Span<byte> idKey = stackalloc byte[StoreKeys.OperationIdKeyBytes];
        Span<byte> index = stackalloc byte[StoreKeys.NumberBytes];
        foreach (AppliedOperation operation in batch.Operations)
        {
            if (operation.IsRecorded)
            {
                StoreKeys.WriteOperationIdKey(operation.Operation.Id.Span, idKey);
                StoreKeys.WriteNumber(operation.Index, index);
                writes.Put(idKey, index, families.Indexes);
            }
        }

        PutRecords(writes, families, batch.Written.Records);
        MapRows.Put(writes, families, batch);

        foreach (RecordChange change in batch.State.Superseded)
        {
            VersionedRecord before = change.Before!;
            byte[] key = StoreKeys.VersionKey(change.Key.ToBytes(), before.TimeMs, before.Index);
            writes.Put(key, VersionRow.Encode(change), families.Versions);
        }

        foreach (IndexChange change in batch.State.IndexChanges)
        {
            byte[] key = change.Key.ToBytes();
            if (change.IsPresent)
            {
                writes.Put(key, default(ReadOnlySpan<byte>), families.Indexes);
            }
            else
            {
                writes.Delete(key, families.Indexes);
            }
        }

        foreach ((long entry, EntryEvents events) in batch.State.Events)
        {
            StoreKeys.WriteNumber(entry, index);
            writes.Put(index, events.ToByteArray(), families.Events);
        }
    }

    private static void PutRecords(WriteBatch writes, StoreFamilies families, IReadOnlyList<WrittenRecord> records)
    {
        byte[] row = [];
        foreach (WrittenRecord record in records)
        {
            if (row.Length < record.RowBytes)
            {
                row = new byte[2 * record.RowBytes];
            }

            record.WriteRow(row.AsSpan(0, record.RowBytes));
            writes.Put(record.KeyBytes.Span, row.AsSpan(0, record.RowBytes), families.State);
        }
    }
}

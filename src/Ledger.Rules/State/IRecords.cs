using Google.Protobuf;

namespace Ledger.Rules.State;

/// <summary>What the log adds up to at one point: a snapshot of the store, memory, or a batch on top of either.</summary>
public interface IRecords
{
    /// <summary>The current version of a record; null when there is none.</summary>
    VersionedRecord? Find(RecordKey key);

    /// <summary>Index of the entry that recorded an operation; null when none did.</summary>
    /// <param name="operationId">32 bytes.</param>
    long? IndexOf(ReadOnlySpan<byte> operationId);
}

/// <summary>Typed reads.</summary>
public static class RecordsExtensions
{
    /// <summary>The current record, without its version; null when there is none. Never change it: clone it first.</summary>
    /// <typeparam name="T">Type of record that goes with the key's kind; another one is a bug and throws.</typeparam>
    /// <param name="records">Where to look.</param>
    /// <param name="key">The record's key.</param>
    public static T? Find<T>(this IRecords records, RecordKey key)
        where T : class, IMessage
    {
        ArgumentNullException.ThrowIfNull(records);
        return (T?)records.Find(key)?.Record;
    }
}

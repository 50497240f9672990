using Google.Protobuf;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Queries;

/// <summary>A record as one entry left it.</summary>
/// <typeparam name="T">Type of the record.</typeparam>
/// <param name="Record">The record. Shared with other readers: never change it.</param>
/// <param name="Version">Index and time of the entry that wrote it.</param>
public sealed record Versioned<T>(T Record, RecordVersion Version)
    where T : class, IMessage
{
    internal Versioned(VersionedRecord found)
        : this((T)found.Record, new RecordVersion { Index = (ulong)found.Index, TimeMs = (ulong)found.TimeMs }) { }
}

using Google.Protobuf;

namespace Ledger.Rules.State;

/// <summary>A record as one entry left it.</summary>
/// <param name="Index">Index of the entry that wrote it: the version's number.</param>
/// <param name="TimeMs">Time of that entry, Unix milliseconds.</param>
/// <param name="Record">
/// The record. Shared between readers and batches and never changed: whoever wants another clones it first.
/// </param>
public sealed record VersionedRecord(long Index, long TimeMs, IMessage Record);

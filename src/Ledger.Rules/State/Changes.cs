namespace Ledger.Rules.State;

/// <summary>What one entry did to one record.</summary>
/// <param name="Key">The record's key.</param>
/// <param name="Before">The version before the entry; null when there was none.</param>
/// <param name="After">The version that the entry wrote.</param>
public readonly record struct RecordChange(RecordKey Key, VersionedRecord? Before, VersionedRecord After);

/// <summary>What an entry did to one key of an index.</summary>
/// <param name="Key">The key.</param>
/// <param name="IsPresent">Whether it is there afterwards.</param>
public readonly record struct IndexChange(IndexKey Key, bool IsPresent);

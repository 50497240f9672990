using System.Buffers.Binary;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Store;

/// <summary>A version of a record.</summary>
/// <param name="Version">The version.</param>
/// <param name="Next">Which version followed it; null for the newest.</param>
public sealed record StoredVersion(VersionedRecord Version, RecordVersion? Next)
{
    // Index and time of the version that followed, before the record as it is stored elsewhere: whoever reads one knows the next.
    private const int NextBytes = 2 * StoreKeys.NumberBytes;

    /// <summary>The row of a version that was superseded.</summary>
    internal static byte[] Encode(RecordChange change)
    {
        byte[] record = RecordCodec.Encode(change.Before!);
        byte[] row = new byte[NextBytes + record.Length];
        StoreKeys.WriteNumber(change.After.Index, row);
        StoreKeys.WriteNumber(change.After.TimeMs, row.AsSpan(StoreKeys.NumberBytes));
        record.CopyTo(row, NextBytes);
        return row;
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are no such row: what was stored is damaged.</exception>
    internal static StoredVersion Decode(RecordKind kind, ReadOnlySpan<byte> row)
    {
        if (row.Length < NextBytes)
        {
            throw new FormatException($"A stored version of kind {kind} is {row.Length} bytes long.");
        }

        RecordVersion next = new()
        {
            Index = BinaryPrimitives.ReadUInt64BigEndian(row),
            TimeMs = BinaryPrimitives.ReadUInt64BigEndian(row[StoreKeys.NumberBytes..]),
        };
        return new StoredVersion(RecordCodec.Decode(kind, row[NextBytes..]), next);
    }
}

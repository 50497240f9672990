using System.Buffers.Binary;
using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Store;

/// <summary>
/// The row of a version that was superseded: index and time of the version that followed (8 bytes each), then the record as it is
/// stored elsewhere. Whoever reads one knows the next.
/// </summary>
internal static class VersionRow
{
    private const int NextBytes = 2 * StoreKeys.NumberBytes;

    /// <summary>Encodes what a change replaced.</summary>
    public static byte[] Encode(RecordChange change)
    {
        byte[] record = RecordCodec.Encode(change.Before!);
        byte[] row = new byte[NextBytes + record.Length];
        StoreKeys.WriteNumber(change.After.Index, row);
        StoreKeys.WriteNumber(change.After.TimeMs, row.AsSpan(StoreKeys.NumberBytes));
        record.CopyTo(row, NextBytes);
        return row;
    }

    /// <summary>Decodes a row.</summary>
    /// <param name="kind">Kind of record, from its key.</param>
    /// <param name="row">What <see cref="Encode"/> made.</param>
    /// <exception cref="FormatException">The bytes are no such row: what was stored is damaged.</exception>
    public static StoredVersion Decode(RecordKind kind, ReadOnlySpan<byte> row)
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

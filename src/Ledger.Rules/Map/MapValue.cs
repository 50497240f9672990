using System.Buffers.Binary;
using Google.Protobuf;
using Ledger.Rules.State;

namespace Ledger.Rules.Map;

/// <summary>
/// The value that the state map holds for a record: index of the entry that wrote it (8 bytes, big-endian) ‖ the record. So a proof says
/// which entry to look at.
/// </summary>
public static class MapValue
{
    /// <summary>Bytes before the record.</summary>
    public const int IndexBytes = sizeof(long);

    /// <summary>The length of a record's value.</summary>
    public static int Bytes(VersionedRecord version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return IndexBytes + version.Record.CalculateSize();
    }

    /// <summary>Writes a record's value.</summary>
    /// <param name="version">The record.</param>
    /// <param name="destination">As long as <see cref="Bytes"/> says.</param>
    public static void Write(VersionedRecord version, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(version);
        BinaryPrimitives.WriteInt64BigEndian(destination, version.Index);
        version.Record.WriteTo(destination[IndexBytes..]);
    }
}

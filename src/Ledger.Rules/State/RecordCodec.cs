using System.Buffers.Binary;
using Google.Protobuf;
using Ledger.Protocol;

namespace Ledger.Rules.State;

/// <summary>
/// Stored bytes of a record: index (8 bytes, big-endian) ‖ time in Unix milliseconds (8 bytes, big-endian) ‖ protobuf. The
/// records have no maps and no unknown fields, so one record has one encoding.
/// </summary>
public static class RecordCodec
{
    /// <summary>Bytes before the protobuf message.</summary>
    public const int HeaderBytes = 16;

    /// <summary>Encodes a record.</summary>
    public static byte[] Encode(VersionedRecord version)
    {
        ArgumentNullException.ThrowIfNull(version);
        int size = version.Record.CalculateSize();
        byte[] bytes = new byte[HeaderBytes + size];
        BinaryPrimitives.WriteInt64BigEndian(bytes, version.Index);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), version.TimeMs);
        version.Record.WriteTo(bytes.AsSpan(HeaderBytes));
        return bytes;
    }

    /// <summary>Decodes a record.</summary>
    /// <param name="kind">Kind of record, from its key.</param>
    /// <param name="bytes">What <see cref="Encode"/> made.</param>
    /// <exception cref="FormatException">The bytes are no such record: what was stored is damaged.</exception>
    public static VersionedRecord Decode(RecordKind kind, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes)
        {
            throw new FormatException($"A stored record of kind {kind} is {bytes.Length} bytes long.");
        }

        long index = BinaryPrimitives.ReadInt64BigEndian(bytes);
        long timeMs = BinaryPrimitives.ReadInt64BigEndian(bytes[8..]);
        if (index < 0 || timeMs < 0)
        {
            throw new FormatException($"A stored record of kind {kind} has a negative index or time.");
        }

        try
        {
            return new VersionedRecord(index, timeMs, RecordKinds.Of(kind).Parser.ParseFrom(bytes[HeaderBytes..]));
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new FormatException($"A stored record of kind {kind} is damaged.", exception);
        }
    }
}

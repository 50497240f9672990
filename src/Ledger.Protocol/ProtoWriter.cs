using Google.Protobuf;

namespace Ledger.Protocol;

/// <summary>
/// Writes the canonical protobuf encoding of messages whose parts are already bytes: the caller writes fields in ascending
/// order, and a field of the default value is left out. The span must have room; <see cref="FieldBytes(ulong)"/> and its
/// sisters say how much. Field numbers are 1 to 15, so a tag is one byte.
/// </summary>
internal ref struct ProtoWriter(Span<byte> destination)
{
    private const int WireVarint = 0;
    private const int WireBytes = 2;

    private Span<byte> _rest = destination;

    /// <summary>Bytes that are not yet written.</summary>
    public readonly int Remaining => _rest.Length;

    public static int FieldBytes(ulong value) => value == 0 ? 0 : 1 + CodedOutputStream.ComputeUInt64Size(value);

    public static int FieldBytes(int length) => length == 0 ? 0 : MessageBytes(length);

    /// <summary>Bytes of a field that is there even when it is empty: a message, or one of a list.</summary>
    public static int MessageBytes(int length) => 1 + CodedOutputStream.ComputeLengthSize(length) + length;

    public void Field(int number, ulong value)
    {
        if (value != 0)
        {
            Varint(Tag(number, WireVarint));
            Varint(value);
        }
    }

    public void Field(int number, scoped ReadOnlySpan<byte> value)
    {
        if (value.Length != 0)
        {
            Header(number, value.Length);
            value.CopyTo(_rest);
            _rest = _rest[value.Length..];
        }
    }

    /// <summary>Starts a message; its fields follow.</summary>
    public void Header(int number, int length)
    {
        Varint(Tag(number, WireBytes));
        Varint((ulong)length);
    }

    private static uint Tag(int number, int wireType) => (uint)((number << 3) | wireType);

    private void Varint(ulong value)
    {
        int i = 0;
        for (; value > 0x7f; value >>= 7)
        {
            _rest[i++] = (byte)(value | 0x80);
        }
        _rest[i++] = (byte)value;
        _rest = _rest[i..];
    }
}

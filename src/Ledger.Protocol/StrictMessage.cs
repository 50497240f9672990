using System.Buffers;
using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Protocol;

/// <summary>
/// Reads a message that has exactly one encoding: fields ascending, each once, minimal varints, packed lists, valid UTF-8,
/// no default values, nothing unknown and nothing left over. The rule behind all of these is one:
/// <c>Encode(Decode(b)) == b</c>, so that is what is checked.
/// </summary>
/// <typeparam name="T">Kind of message.</typeparam>
internal sealed class StrictMessage<T>(MessageParser<T> parser)
    where T : class, IMessage<T>
{
    private const int StackBytesMax = 1024;

    private readonly MessageParser<T> _parser = parser.WithDiscardUnknownFields(true);
    private readonly MessageParser<T> _keepingUnknown = parser.WithDiscardUnknownFields(false);

    /// <summary>Parses bytes strictly.</summary>
    /// <param name="bytes">Any bytes. The caller bounds their number.</param>
    /// <param name="message">The message when all is well.</param>
    /// <returns><see cref="ReasonCode.Applied"/> when all is well.</returns>
    public ReasonCode TryParse(ReadOnlySpan<byte> bytes, out T? message)
    {
        message = TryParse(_parser, bytes);
        if (message is null)
        {
            return ReasonCode.Malformed;
        }
        int size = message.CalculateSize();
        if (size == bytes.Length && EncodesTo(message, bytes))
        {
            return ReasonCode.Applied;
        }
        // What was discarded is what the other parser keeps, so it shows in the size.
        T? complete = TryParse(_keepingUnknown, bytes);
        message = null;
        return complete is null ? ReasonCode.Malformed
            : complete.CalculateSize() != size ? ReasonCode.UnknownField
            : ReasonCode.NotCanonical;
    }

    /// <summary>Parses bytes as protobuf does anywhere: in any encoding, and past what is not known.</summary>
    /// <returns>Null when they are not protobuf.</returns>
    public T? ParseLeniently(ReadOnlySpan<byte> bytes) => TryParse(_parser, bytes);

    private static T? TryParse(MessageParser<T> parser, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null; // truncated, random, or nested too deeply
        }
    }

    private static bool EncodesTo(T message, ReadOnlySpan<byte> bytes)
    {
        byte[]? rented = bytes.Length <= StackBytesMax ? null : ArrayPool<byte>.Shared.Rent(bytes.Length);
        Span<byte> encoded = (rented ?? stackalloc byte[StackBytesMax])[..bytes.Length];
        message.WriteTo(encoded);
        bool equal = encoded.SequenceEqual(bytes);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
        return equal;
    }
}

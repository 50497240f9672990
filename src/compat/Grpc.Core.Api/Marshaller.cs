using System.Buffers;
using System.Text;

namespace Grpc.Core;

/// <summary>
/// Turns messages of a type into bytes and back. It is made from a pair of functions on whole arrays or on contexts.
/// Servers and clients use the contextual pair, which either constructor gives; the other pair is there only if it was
/// given.
/// </summary>
/// <typeparam name="T">The message.</typeparam>
public class Marshaller<T>
{
    /// <summary>Makes a marshaller from functions on whole arrays.</summary>
    /// <param name="serializer">A message to its bytes.</param>
    /// <param name="deserializer">All the bytes of a message to the message.</param>
    public Marshaller(Func<T, byte[]> serializer, Func<byte[], T> deserializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        ArgumentNullException.ThrowIfNull(deserializer);
        Serializer = serializer;
        Deserializer = deserializer;
        ContextualSerializer = (message, context) => context.Complete(serializer(message));
        ContextualDeserializer = context => deserializer(context.PayloadAsNewBuffer());
    }

    /// <summary>Makes a marshaller from functions on contexts, which can avoid copies.</summary>
    /// <param name="serializer">Writes a message to the context and completes it.</param>
    /// <param name="deserializer">Reads a message from the context.</param>
    public Marshaller(Action<T, SerializationContext> serializer, Func<DeserializationContext, T> deserializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        ArgumentNullException.ThrowIfNull(deserializer);
        ContextualSerializer = serializer;
        ContextualDeserializer = deserializer;
        Serializer = _ => throw new NotImplementedException();
        Deserializer = _ => throw new NotImplementedException();
    }

    /// <summary>
    /// A message to its bytes. It throws <see cref="NotImplementedException"/> if only a contextual pair was given.
    /// </summary>
    public Func<T, byte[]> Serializer { get; }

    /// <summary>All the bytes of a message to the message. It throws as <see cref="Serializer"/> does.</summary>
    public Func<byte[], T> Deserializer { get; }

    /// <summary>Writes a message to a context and completes it.</summary>
    public Action<T, SerializationContext> ContextualSerializer { get; }

    /// <summary>Reads a message from a context.</summary>
    public Func<DeserializationContext, T> ContextualDeserializer { get; }
}

/// <summary>Makes marshallers.</summary>
public static class Marshallers
{
    /// <summary>Text as UTF-8.</summary>
    public static Marshaller<string> StringMarshaller { get; } =
        new(Encoding.UTF8.GetBytes, bytes => Encoding.UTF8.GetString(bytes));

    /// <summary>Makes a marshaller from functions on whole arrays.</summary>
    /// <typeparam name="T">The message.</typeparam>
    /// <param name="serializer">A message to its bytes.</param>
    /// <param name="deserializer">All the bytes of a message to the message.</param>
    /// <returns>The marshaller.</returns>
    public static Marshaller<T> Create<T>(Func<T, byte[]> serializer, Func<byte[], T> deserializer) =>
        new(serializer, deserializer);

    /// <summary>Makes a marshaller from functions on contexts, which can avoid copies.</summary>
    /// <typeparam name="T">The message.</typeparam>
    /// <param name="serializer">Writes a message to the context and completes it.</param>
    /// <param name="deserializer">Reads a message from the context.</param>
    /// <returns>The marshaller.</returns>
    public static Marshaller<T> Create<T>(
        Action<T, SerializationContext> serializer,
        Func<DeserializationContext, T> deserializer
    ) => new(serializer, deserializer);
}

/// <summary>
/// Where a serializer puts a message: either <see cref="Complete(byte[])"/> once, or <see cref="SetPayloadLength"/> if
/// the length is known, <see cref="GetBufferWriter"/>, and <see cref="Complete()"/> once all is written.
/// </summary>
public abstract class SerializationContext
{
    /// <summary>Takes the whole message and ends serialization.</summary>
    /// <param name="payload">The bytes; the caller does not touch them again.</param>
    public virtual void Complete(byte[] payload) => throw new NotImplementedException();

    /// <summary>Gives the buffer to write to. It is the context's own and lives as long as it.</summary>
    /// <returns>The buffer.</returns>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotImplementedException();

    /// <summary>Tells the length ahead, so that buffers need not grow. A context may ignore it.</summary>
    /// <param name="payloadLength">In bytes.</param>
    public virtual void SetPayloadLength(int payloadLength) { }

    /// <summary>Ends serialization to the buffer writer.</summary>
    public virtual void Complete() => throw new NotImplementedException();
}

/// <summary>Where a deserializer finds a message. The payload may be taken once, in one form or the other.</summary>
public abstract class DeserializationContext
{
    /// <summary>The length of the message in bytes.</summary>
    public abstract int PayloadLength { get; }

    /// <summary>The message in an array that belongs to the caller.</summary>
    /// <returns>The bytes.</returns>
    public virtual byte[] PayloadAsNewBuffer() => throw new NotImplementedException();

    /// <summary>The message where it lies; valid only while the deserializer runs.</summary>
    /// <returns>The bytes.</returns>
    public virtual ReadOnlySequence<byte> PayloadAsReadOnlySequence() => throw new NotImplementedException();
}

namespace Grpc.Core;

/// <summary>The receiving end of a stream of messages: for one reader at a time.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message that the last successful <see cref="MoveNext"/> received.</summary>
    T Current { get; }

    /// <summary>Waits for the next message.</summary>
    /// <param name="cancellationToken">Gives up waiting, and with it the whole call.</param>
    /// <returns>True if <see cref="Current"/> is the next message; false at the orderly end of the stream.</returns>
    /// <exception cref="RpcException">On a client, the call ended in a status other than OK.</exception>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}

/// <summary>The sending end of a stream of messages: one write at a time, each awaited before the next.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>How the following writes are made; null for the defaults.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Writes a message.</summary>
    /// <param name="message">The message.</param>
    /// <returns>Done when the transport has taken the message, not when the peer has.</returns>
    Task WriteAsync(T message);

    /// <summary>Writes a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives up the write, and with it the whole call. An implementation that does not
    /// take tokens accepts only one that can never be cancelled.</param>
    /// <returns>Done when the transport has taken the message, not when the peer has.</returns>
    Task WriteAsync(T message, CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled
            ? throw new NotSupportedException("This writer takes no cancellation token.")
            : WriteAsync(message);
}

/// <summary>The requests of a call that streams them.</summary>
/// <typeparam name="T">The request message.</typeparam>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Tells the server that no request follows.</summary>
    /// <returns>Done when the transport has taken the end.</returns>
    Task CompleteAsync();
}

/// <summary>The responses of a call that streams them.</summary>
/// <typeparam name="T">The response message.</typeparam>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>;

/// <summary>Reads streams without a token.</summary>
public static class AsyncStreamReaderExtensions
{
    /// <summary>Waits for the next message without a way to give up.</summary>
    /// <typeparam name="T">The message.</typeparam>
    /// <param name="streamReader">The stream.</param>
    /// <returns>True if there is a next message; false at the orderly end of the stream.</returns>
    public static Task<bool> MoveNext<T>(this IAsyncStreamReader<T> streamReader)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(streamReader);
        return streamReader.MoveNext(CancellationToken.None);
    }
}

/// <summary>How a message is written; by default compressed if the call is, and sent at once.</summary>
[Flags]
public enum WriteFlags
{
    /// <summary>The message may wait in a buffer for the next.</summary>
    BufferHint = 1,

    /// <summary>The message is not compressed even if the call is.</summary>
    NoCompress = 2,
}

/// <summary>Options for writing a message.</summary>
/// <param name="flags">The options.</param>
public class WriteOptions(WriteFlags flags = default)
{
    /// <summary>No flags.</summary>
    public static readonly WriteOptions Default = new();

    /// <summary>The options.</summary>
    public WriteFlags Flags { get; } = flags;
}

namespace Grpc.Core;

/// <summary>
/// Thrown on a client when a call ends in any status but OK, and by a server method to end its call with a status of
/// its choice.
/// </summary>
public class RpcException : Exception
{
    /// <summary>Makes an exception without trailers, whose message is the status.</summary>
    /// <param name="status">How the call ended.</param>
    public RpcException(Status status)
        : this(status, Metadata.Empty) { }

    /// <summary>Makes an exception without trailers.</summary>
    /// <param name="status">How the call ended.</param>
    /// <param name="message">The exception's message, in place of the status.</param>
    public RpcException(Status status, string message)
        : this(status, Metadata.Empty, message) { }

    /// <summary>Makes an exception whose message is the status.</summary>
    /// <param name="status">How the call ended.</param>
    /// <param name="trailers">The metadata that came, or is to go, with the status.</param>
    public RpcException(Status status, Metadata trailers)
        : this(status, trailers, status.ToString()) { }

    /// <summary>Makes an exception.</summary>
    /// <param name="status">How the call ended.</param>
    /// <param name="trailers">The metadata that came, or is to go, with the status.</param>
    /// <param name="message">The exception's message, in place of the status.</param>
    /// <exception cref="ArgumentNullException"><paramref name="trailers"/> is null.</exception>
    public RpcException(Status status, Metadata trailers, string message)
        : base(message, status.DebugException)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        Status = status;
        Trailers = trailers;
    }

    /// <summary>How the call ended.</summary>
    public Status Status { get; }

    /// <summary>The code of <see cref="Status"/>, short for exception filters.</summary>
    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>The metadata sent with the status; empty when there was none.</summary>
    public Metadata Trailers { get; }
}

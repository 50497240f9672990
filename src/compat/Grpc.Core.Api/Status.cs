namespace Grpc.Core;

/// <summary>The outcome of a call, as the gRPC protocol numbers it.</summary>
public enum StatusCode
{
    /// <summary>The call succeeded.</summary>
    OK = 0,

    /// <summary>The call was cancelled, typically by the caller.</summary>
    Cancelled = 1,

    /// <summary>An error that no other code describes, or one received from a peer that sent no code.</summary>
    Unknown = 2,

    /// <summary>
    /// The request is wrong whatever the state of the system (compare <see cref="FailedPrecondition"/>).
    /// </summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed first; the operation may still have taken effect.</summary>
    DeadlineExceeded = 4,

    /// <summary>The entity asked for does not exist.</summary>
    NotFound = 5,

    /// <summary>The entity to be created exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A quota, a limit or some storage is used up; also a message over the permitted size.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state that the operation needs; do not retry before that changes.</summary>
    FailedPrecondition = 9,

    /// <summary>Aborted by a conflict between concurrent callers; retry at a higher level.</summary>
    Aborted = 10,

    /// <summary>Past the end of the valid range, which may grow (compare <see cref="InvalidArgument"/>).</summary>
    OutOfRange = 11,

    /// <summary>The operation is not implemented or not enabled here.</summary>
    Unimplemented = 12,

    /// <summary>An invariant of the system is broken.</summary>
    Internal = 13,

    /// <summary>The service cannot be reached at present; a retry with back-off may succeed.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or corrupt beyond recovery.</summary>
    DataLoss = 15,

    /// <summary>The request lacks valid authentication credentials.</summary>
    Unauthenticated = 16,
}

/// <summary>The result of a call: a code, a text for people and, on the side that failed, the cause.</summary>
public struct Status
{
    /// <summary>Success, with no detail.</summary>
    public static readonly Status DefaultSuccess = new(StatusCode.OK, "");

    /// <summary>Cancellation, with no detail.</summary>
    public static readonly Status DefaultCancelled = new(StatusCode.Cancelled, "");

    /// <summary>Makes a status.</summary>
    /// <param name="statusCode">The code.</param>
    /// <param name="detail">What happened, for people; it travels to the peer.</param>
    public Status(StatusCode statusCode, string detail)
        : this(statusCode, detail, null) { }

    /// <summary>Makes a status that remembers what caused it.</summary>
    /// <param name="statusCode">The code.</param>
    /// <param name="detail">What happened, for people; it travels to the peer.</param>
    /// <param name="debugException">The cause, for local diagnosis; it never leaves the process.</param>
    public Status(StatusCode statusCode, string detail, Exception? debugException)
    {
        StatusCode = statusCode;
        Detail = detail;
        DebugException = debugException;
    }

    /// <summary>The code; <see cref="StatusCode.OK"/> for the default value.</summary>
    public StatusCode StatusCode { get; }

    /// <summary>What happened, for people; empty when nothing was said, null in the default value.</summary>
    public string Detail { get; }

    /// <summary>The local cause, if one is known. It is not sent over the wire.</summary>
    public Exception? DebugException { get; }

    /// <summary>Code, detail and cause as one line for a log.</summary>
    /// <returns>For example <c>Status(StatusCode="NotFound", Detail="no such DID")</c>.</returns>
    public override readonly string ToString()
    {
        string cause = DebugException is { } e ? $", DebugException=\"{e.GetType()}: {e.Message}\"" : "";
        return $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\"{cause})";
    }
}

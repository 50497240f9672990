namespace Grpc.Core;

/// <summary>What a caller asks of one call. A value: each <c>With…</c> gives a changed copy.</summary>
public struct CallOptions
{
    /// <summary>Makes options.</summary>
    /// <param name="headers">Request headers; null for none.</param>
    /// <param name="deadline">When the call fails with <see cref="StatusCode.DeadlineExceeded"/> (UTC); null for
    /// never.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <param name="writeOptions">How requests are written; null for the defaults.</param>
    /// <param name="propagationToken">Context of the server call on whose behalf this call is made; null for
    /// none.</param>
    /// <param name="credentials">Credentials for this call, besides the channel's; null for none.</param>
    public CallOptions(
        Metadata? headers = null,
        DateTime? deadline = null,
        CancellationToken cancellationToken = default,
        WriteOptions? writeOptions = null,
        ContextPropagationToken? propagationToken = null,
        CallCredentials? credentials = null
    )
    {
        Headers = headers;
        Deadline = deadline;
        CancellationToken = cancellationToken;
        WriteOptions = writeOptions;
        PropagationToken = propagationToken;
        Credentials = credentials;
    }

    /// <summary>Request headers; null for none.</summary>
    public Metadata? Headers { readonly get; private set; }

    /// <summary>When the call fails with <see cref="StatusCode.DeadlineExceeded"/> (UTC); null for never.</summary>
    public DateTime? Deadline { readonly get; private set; }

    /// <summary>Cancels the call.</summary>
    public CancellationToken CancellationToken { readonly get; private set; }

    /// <summary>How requests are written; null for the defaults.</summary>
    public WriteOptions? WriteOptions { readonly get; private set; }

    /// <summary>Context of the server call on whose behalf this call is made; null for none.</summary>
    public ContextPropagationToken? PropagationToken { readonly get; private set; }

    /// <summary>Credentials for this call, besides the channel's; null for none.</summary>
    public CallCredentials? Credentials { readonly get; private set; }

    /// <summary>
    /// Whether the call waits for a connection instead of failing while there is none; false by default.
    /// </summary>
    public bool IsWaitForReady { readonly get; private set; }

    /// <summary>These options with other <see cref="Headers"/>.</summary>
    /// <param name="headers">The headers.</param>
    /// <returns>The copy.</returns>
    public readonly CallOptions WithHeaders(Metadata headers) => this with { Headers = headers };

    /// <summary>These options with another <see cref="Deadline"/>.</summary>
    /// <param name="deadline">The deadline (UTC).</param>
    /// <returns>The copy.</returns>
    public readonly CallOptions WithDeadline(DateTime deadline) => this with { Deadline = deadline };

    /// <summary>These options with another <see cref="CancellationToken"/>.</summary>
    /// <param name="cancellationToken">The token.</param>
    /// <returns>The copy.</returns>
    public readonly CallOptions WithCancellationToken(CancellationToken cancellationToken) =>
        this with
        {
            CancellationToken = cancellationToken,
        };

    /// <summary>These options with other <see cref="WriteOptions"/>.</summary>
    /// <param name="writeOptions">The write options.</param>
    /// <returns>The copy.</returns>
    public readonly CallOptions WithWriteOptions(WriteOptions writeOptions) =>
        this with
        {
            WriteOptions = writeOptions,
        };

    /// <summary>These options with another <see cref="PropagationToken"/>.</summary>
    /// <param name="propagationToken">The token.</param>
    /// <returns>The copy.</returns>
    public readonly CallOptions WithPropagationToken(ContextPropagationToken propagationToken) =>
        this with
        {
            PropagationToken = propagationToken,
        };

    /// <summary>These options with other <see cref="Credentials"/>.</summary>
    /// <param name="credentials">The credentials.</param>
    /// <returns>The copy.</returns>
    public readonly CallOptions WithCredentials(CallCredentials credentials) => this with { Credentials = credentials };

    /// <summary>These options with another <see cref="IsWaitForReady"/>.</summary>
    /// <param name="waitForReady">Whether the call waits for a connection.</param>
    /// <returns>The copy.</returns>
    public readonly CallOptions WithWaitForReady(bool waitForReady = true) =>
        this with
        {
            IsWaitForReady = waitForReady,
        };
}

/// <summary>What a server call hands on to the calls that it makes itself. Opaque: it is made by a server.</summary>
public abstract class ContextPropagationToken
{
    internal ContextPropagationToken() { }
}

/// <summary>Which parts of a server call's context its own calls inherit.</summary>
/// <param name="propagateDeadline">Whether they inherit the deadline.</param>
/// <param name="propagateCancellation">Whether they are cancelled with it.</param>
public class ContextPropagationOptions(bool propagateDeadline = true, bool propagateCancellation = true)
{
    /// <summary>Everything is inherited.</summary>
    public static readonly ContextPropagationOptions Default = new();

    /// <summary>Whether the deadline is inherited.</summary>
    public bool IsPropagateDeadline { get; } = propagateDeadline;

    /// <summary>Whether cancellation is inherited.</summary>
    public bool IsPropagateCancellation { get; } = propagateCancellation;
}

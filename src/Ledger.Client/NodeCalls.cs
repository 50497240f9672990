using System.Globalization;
using Grpc.Core;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>What a node answered to a call: a response or a refusal.</summary>
internal readonly record struct Answer<T>(T? Response, Refusal? Refusal)
    where T : class
{
    /// <summary>The response; a refusal is thrown.</summary>
    public T OrThrow() => Response ?? throw Refusal!.ToException(entry: null);
}

/// <summary>A refusal as the node put it. Nothing of it has been verified.</summary>
internal sealed record Refusal(ReasonCode Reason, string Message, byte[]? Receipt, TimeSpan? RetryAfter)
{
    /// <summary>How it is told to the caller.</summary>
    /// <param name="entry">The entry that records it, proven; null when nothing was recorded.</param>
    public RefusedException ToException(ProvenEntry? entry) => new(Reason, Message, entry, RetryAfter);
}

/// <summary>
/// Makes calls: each with a deadline, and again when its answer was lost or the node asks for it. Every call may be repeated: reads
/// change nothing, and an operation is recorded once however often it is sent.
/// </summary>
internal sealed class NodeCalls(LedgerClientOptions options)
{
    private const string ReasonTrailer = "ledger-reason";
    private const string ReceiptTrailer = "ledger-receipt-bin";
    private const string RetryTrailer = "retry-after-ms";
    private const int FirstDelayMs = 50;
    private const int DelayMsMax = 2_000;
    private const int DoublingsMax = 8;

    /// <summary>Makes a call whose refusal is an exception.</summary>
    public async Task<T> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellationToken)
        where T : class => (await TryCallAsync(call, cancellationToken)).OrThrow();

    /// <summary>Makes a call.</summary>
    /// <exception cref="NodeUnavailableException">No usable answer came, also after trying again.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<Answer<T>> TryCallAsync<T>(
        Func<CallOptions, AsyncUnaryCall<T>> call,
        CancellationToken cancellationToken
    )
        where T : class
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                DateTime deadline = DateTime.UtcNow + options.CallTimeout; // on gRPC's own clock
                using AsyncUnaryCall<T> sent = call(
                    new CallOptions(deadline: deadline, cancellationToken: cancellationToken)
                );
                return new Answer<T>(await sent, null);
            }
            catch (RpcException e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (AsRefusal(e) is { } refusal)
                {
                    return new Answer<T>(null, refusal);
                }
                if (attempt >= options.RetriesMax || !IsWorthRetrying(e))
                {
                    throw Unavailable(e);
                }
                await Task.Delay(DelayBefore(e, attempt), cancellationToken);
            }
        }
    }

    /// <summary>How a failed call is reported, other than by a refusal.</summary>
    public static Exception Failure(RpcException e) =>
        AsRefusal(e) is { } refusal ? refusal.ToException(entry: null) : Unavailable(e);

    /// <summary>
    /// Whether a stream that broke can be taken up again where it ended: the node went away, or is in no condition to go on, or cut this
    /// reader off for being too slow.
    /// </summary>
    public static bool CanResume(RpcException e) =>
        ReasonOf(e) == ReasonCode.SubscriberTooSlow || (AsRefusal(e) is null && IsWorthRetrying(e));

    // A refusal is final. What the node says of its own condition is not: it says nothing of what was asked.
    private static Refusal? AsRefusal(RpcException e) =>
        ReasonOf(e) is { } reason and not (ReasonCode.Overloaded or ReasonCode.Stopping or ReasonCode.Internal)
            ? new Refusal(
                reason,
                e.Status.Detail,
                e.Trailers.Get(ReceiptTrailer)?.ValueBytes,
                RetryAfterMs(e) is { } ms ? TimeSpan.FromMilliseconds(ms) : null
            )
            : null;

    private static ReasonCode? ReasonOf(RpcException e)
    {
        string number = e.Trailers.Get(ReasonTrailer) is { IsBinary: false } trailer
            ? trailer.Value.Split(' ', 2)[0]
            : "";
        return
            int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int reason)
            && reason != (int)ReasonCode.Applied
            ? (ReasonCode)reason
            : null;
    }

    private static bool IsWorthRetrying(RpcException e) =>
        ReasonOf(e) is not null // of the node's condition, or it would be a refusal
        || e.StatusCode
            is StatusCode.Unavailable
                or StatusCode.DeadlineExceeded
                or StatusCode.Internal
                or StatusCode.Unknown
                or StatusCode.Cancelled;

    private static NodeUnavailableException Unavailable(RpcException e) =>
        new(e.StatusCode, ReasonOf(e), $"The node did not answer: {e.Status.Detail} ({e.StatusCode}).", e);

    /// <summary>How long to wait before the next attempt.</summary>
    /// <param name="e">How the last one ended; null: without an error.</param>
    /// <param name="attempt">How many failed in a row before it.</param>
    /// <returns>As the node asks, or doubling, with up to a half taken off so that clients who failed together do not return together.</returns>
    public static TimeSpan DelayBefore(RpcException? e, int attempt)
    {
        int? asked = e is null ? null : RetryAfterMs(e);
        int ms = Math.Min(asked ?? FirstDelayMs << Math.Min(attempt, DoublingsMax), DelayMsMax);
        return TimeSpan.FromMilliseconds(
            asked is not null ? ms + Random.Shared.Next(ms + 1) : ms - Random.Shared.Next((ms / 2) + 1)
        );
    }

    // What the node asks for; null when it does not.
    private static int? RetryAfterMs(RpcException e) =>
        int.TryParse(
            e.Trailers.Get(RetryTrailer) is { IsBinary: false } trailer ? trailer.Value : "",
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out int ms
        )
            ? ms
            : null;
}

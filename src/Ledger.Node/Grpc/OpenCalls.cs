using Microsoft.AspNetCore.Http;

namespace Ledger.Node.Grpc;

/// <summary>
/// The calls under way, so that a stopping node can wait for the last byte of each answer. The server itself closes a connection
/// when its last stream has ended, which may be before what ends that stream has left: a caller would not learn what became of
/// an operation that was recorded.
/// </summary>
internal sealed class OpenCalls : IDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;

    /// <summary>Fires when streams are to end.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>Counts a call from its start until its answer has been handed to the connection.</summary>
    /// <param name="context">The call.</param>
    /// <param name="next">The rest of the way.</param>
    public Task Track(HttpContext context, RequestDelegate next)
    {
        Interlocked.Increment(ref _open);
        if (_closing.IsCancellationRequested)
        {
            // Who comes this late is served if there is time, and not waited for.
            Leave();
        }
        else
        {
            context.Response.OnCompleted(Leave, this);
        }

        return next(context);
    }

    /// <summary>Ends the streams and waits for all calls that began before.</summary>
    /// <param name="linger">
    /// How long callers who still had a call open may take to read its end: what they have not read when the connection closes,
    /// some clients drop.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task CloseAsync(TimeSpan linger, CancellationToken cancellationToken)
    {
        bool any = Interlocked.Increment(ref _open) > 1;
        await _closing.CancelAsync();
        Leave();
        await _none.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (any)
        {
            await Task.Delay(linger, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _closing.Dispose();

    private static Task Leave(object calls)
    {
        ((OpenCalls)calls).Leave();
        return Task.CompletedTask;
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _open) == 0 && _closing.IsCancellationRequested)
        {
            _none.TrySetResult();
        }
    }
}

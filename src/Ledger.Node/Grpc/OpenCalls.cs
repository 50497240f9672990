using Grpc.AspNetCore.Server;
using Grpc.Core;
using Ledger.V1;
using Microsoft.AspNetCore.Http;

namespace Ledger.Node.Grpc;

/// <summary>What is known of a call under way. A feature of its request.</summary>
internal sealed class OpenCall
{
    private long _waitsSince;

    /// <summary>Whether its request could be read: what fails from then on is the node's fault.</summary>
    public bool IsHandled { get; set; }

    internal HttpContext? Context { get; init; }

    // Guarded by the gate of OpenCalls.
    internal bool IsStream { get; set; }

    internal bool IsCompressed { get; set; }

    internal bool IsEarly { get; init; }

    // What it holds of OpenCalls.AnswerBytes.
    internal long AnswerBytes;

    /// <summary>The last message of a stream that was not taken at once. It has been, or is given up, before the call ends.</summary>
    public Task LastWrite { get; set; } = Task.CompletedTask;

    /// <summary>Whether an answer, or a message of a stream, waits for its reader from now on.</summary>
    public void Waits(bool waits) => Volatile.Write(ref _waitsSince, waits ? Environment.TickCount64 : 0);

    internal bool WaitsLongerThan(TimeSpan time) =>
        Volatile.Read(ref _waitsSince) is > 0 and var since
        && Environment.TickCount64 - since > (long)time.TotalMilliseconds;
}

/// <summary>
/// The calls under way. What they have of the node all together is bounded: a caller is refused while there is no room, before
/// anything is done. HTTP/2 lets a reader hold a call open for ever by not reading, and no limit of the server fires on that: who
/// has stopped reading is cut off. A stopping node waits here for the last byte of each answer: the server itself closes a connection when its
/// last stream has ended, which may be before what ends that stream has left, and a caller would not learn what became of an
/// operation that was recorded.
/// </summary>
internal sealed class OpenCalls : IDisposable
{
    // Whoever watches over the node asks it this, and must not take a busy node for a dead one.
    private const string HealthCheck = "/grpc.health.v1.Health/Check";

    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _noneEarly = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly NodeLimits _limits;
    private readonly TimeSpan _stallTimeout;
    private readonly Timer _sweep;
    private long _answerBytes;

    // Guarded by the gate.
    private readonly HashSet<OpenCall> _open = [];
    private int _early;
    private int _streams;
    private int _compressions;
    private bool _isClosing;
    private TaskCompletionSource? _none;

    /// <summary>Counts calls from now on.</summary>
    /// <param name="options">How much room there is, and how long an answer may wait for its reader.</param>
    public OpenCalls(NodeOptions options)
    {
        _limits = options.Limits;
        _stallTimeout = options.StallTimeout;
        TimeSpan period = TimeSpan.FromMilliseconds(Math.Clamp(_stallTimeout.TotalMilliseconds / 4, 10, 1_000));
        _sweep = new Timer(static calls => ((OpenCalls)calls!).CutOffStalled(), this, period, period);
    }

    /// <summary>Fires when streams are to end.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>Calls that have not ended.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Bytes of answers that wait for their readers.</summary>
    public long AnswerBytes => Volatile.Read(ref _answerBytes);

    /// <summary>Counts a call from its start until its answer has been handed to the connection; refuses it without room.</summary>
    /// <param name="context">The call.</param>
    /// <param name="next">The rest of the way.</param>
    public Task Track(HttpContext context, RequestDelegate next)
    {
        Method method = context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method is { } known
            ? new Method(known.Type != MethodType.Unary, known.FullName == HealthCheck)
            : default;
        return Track(context, method, next, Refuse);

        Task Refuse(string full)
        {
            ServerRefusals.Refuse(context, Refusals.Error(ReasonCode.Overloaded, full));
            return Task.CompletedTask;
        }
    }

    /// <summary>Counts a request to the HTTP port as a call, likewise.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">The rest of the way.</param>
    /// <param name="refuse">Answers without room; it is told what is full.</param>
    public Task Track(HttpContext context, RequestDelegate next, Func<string, Task> refuse) =>
        Track(context, default, next, refuse);

    private async Task Track(HttpContext context, Method method, RequestDelegate next, Func<string, Task> refuse)
    {
        OpenCall? call = TryEnter(context, method, out string full);
        if (call is null)
        {
            await refuse(full);
            return;
        }

        context.Features.Set(call);
        try
        {
            await next(context);
            await HandOver(context.Response);
        }
        finally
        {
            // Who was cut off left it behind, and what it holds is counted until it has gone.
            await call.LastWrite.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Leave(call);
        }
    }

    /// <summary>Makes a call a stream, which stays for as long as its caller likes.</summary>
    /// <param name="call">A call that is under way, and no stream yet.</param>
    /// <param name="full">What is full, when there is no room.</param>
    public bool TryBecomeStream(OpenCall call, out string full)
    {
        lock (_gate)
        {
            bool hasRoom = _streams < _limits.StreamsMax;
            full = hasRoom ? "" : StreamsAreOpen;
            call.IsStream = hasRoom;
            _streams += hasRoom ? 1 : 0;
            return hasRoom;
        }
    }

    /// <summary>Takes room in which the answer of a call is compressed as it is sent, until the call ends.</summary>
    /// <param name="call">A call that is under way, and does so once.</param>
    /// <returns>False when there is none left.</returns>
    public bool TryCompress(OpenCall call)
    {
        lock (_gate)
        {
            if (_compressions >= _limits.CompressionsMax)
            {
                return false;
            }

            call.IsCompressed = true;
            _compressions++;
        }

        Hold(call, NodeLimits.CompressionBytes);
        return true;
    }

    /// <summary>Counts bytes of an answer until they have been read or the call ends.</summary>
    public void Hold(OpenCall call, int bytes)
    {
        Interlocked.Add(ref call.AnswerBytes, bytes);
        Interlocked.Add(ref _answerBytes, bytes);
    }

    /// <summary>Ends the streams and waits for all calls that began before.</summary>
    /// <param name="linger">
    /// How long callers who still had a call open may take to read its end: what they have not read when the connection closes,
    /// some clients drop.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task CloseAsync(TimeSpan linger, CancellationToken cancellationToken)
    {
        bool any;
        lock (_gate)
        {
            _isClosing = true;
            any = _open.Count > 0;
            CompleteWhenNone();
        }

        await _closing.CancelAsync();
        await _noneEarly.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (any)
        {
            await Task.Delay(linger, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits until no call is left, early or late. To be asked when no more can come.</summary>
    public Task EndAsync()
    {
        lock (_gate)
        {
            _none ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            CompleteWhenNone();
            return _none.Task;
        }
    }

    public void Dispose()
    {
        _sweep.Dispose();
        _closing.Dispose();
    }

    private string StreamsAreOpen => $"{_limits.StreamsMax} streams are open";

    private OpenCall? TryEnter(HttpContext context, Method method, out string full)
    {
        lock (_gate)
        {
            full =
                method.IsHealthCheck ? ""
                : _open.Count >= _limits.CallsMax ? $"{_limits.CallsMax} calls are under way"
                : method.IsStream && _streams >= _limits.StreamsMax ? StreamsAreOpen
                : AnswerBytes >= _limits.AnswerBytesMax
                    ? $"{_limits.AnswerBytesMax} bytes of answers wait for their readers"
                : "";
            if (full.Length > 0)
            {
                return null;
            }

            // Who comes when streams end is served if there is time; only the store waits for it.
            OpenCall call = new()
            {
                Context = context,
                IsStream = method.IsStream,
                IsEarly = !_isClosing,
            };
            _open.Add(call);
            _early += call.IsEarly ? 1 : 0;
            _streams += call.IsStream ? 1 : 0;
            return call;
        }
    }

    private void Leave(OpenCall call)
    {
        Interlocked.Add(ref _answerBytes, -call.AnswerBytes);
        lock (_gate)
        {
            _open.Remove(call);
            _early -= call.IsEarly ? 1 : 0;
            _streams -= call.IsStream ? 1 : 0;
            _compressions -= call.IsCompressed ? 1 : 0;
            CompleteWhenNone();
        }
    }

    private void CompleteWhenNone()
    {
        if (_isClosing && _early == 0)
        {
            _noneEarly.TrySetResult();
        }

        if (_open.Count == 0)
        {
            _none?.TrySetResult();
        }
    }

    // The server would let go of a call whose answer it still holds for its reader: here it is waited for.
    private static async Task HandOver(HttpResponse response)
    {
        if (response.HasStarted)
        {
            try
            {
                await response.BodyWriter.FlushAsync();
            }
            catch (InvalidOperationException)
            {
                // The server ended the call itself in the meantime, for its deadline: there is nothing left to hand over.
            }
        }

        await response.CompleteAsync();
    }

    // Their flow-control windows are shut, so no status can reach these callers: their streams are reset and buffers freed.
    private void CutOffStalled()
    {
        lock (_gate)
        {
            // None of them leaves, and gives its context to another call, before the gate opens.
            foreach (OpenCall call in _open.Where(call => call.WaitsLongerThan(_stallTimeout)).ToArray())
            {
                call.Waits(false);
                call.Context!.Abort();
            }
        }
    }

    private readonly record struct Method(bool IsStream, bool IsHealthCheck);
}

using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Log;

/// <summary>
/// The machine's clock, as far as the log believes it. A single batch of a time far ahead would bind the log: its time never goes
/// back, and all later deadlines would be judged by it, until the world has caught up. So a time that the clock leaps to is not
/// taken before the operator says that it is right.
/// </summary>
/// <remarks>
/// While the node runs, the monotonic clock is the witness: wall time may go ahead of it by <see cref="AheadMax"/>. Across a start
/// there is no such witness, and time may pass while a node is stopped: up to <see cref="RestMax"/> since the last batch is taken.
/// An empty log has nothing to compare with. A clock that falls behind does no harm: the log's time stands, and when it comes back
/// nothing has leapt. Owned by the thread that orders.
/// </remarks>
internal sealed class LogClock
{
    /// <summary>How far wall time may leap ahead of the time that has passed by the monotonic clock.</summary>
    public static readonly TimeSpan AheadMax = TimeSpan.FromSeconds(5);

    /// <summary>How long after its last batch a log may be started without the operator's word.</summary>
    public static readonly TimeSpan RestMax = TimeSpan.FromDays(7);

    // Two clocks drift apart: the witness is asked anew from time to time.
    private static readonly TimeSpan WitnessAge = TimeSpan.FromHours(1);

    private readonly TimeProvider _time;
    private readonly long _startMs;
    private readonly long _acceptedMs;
    private (long WallMs, long Timestamp)? _witness;

    /// <summary>Reads the clock at a start.</summary>
    /// <param name="time">The machine's clocks.</param>
    /// <param name="lastBatchMs">Time of the log's last batch, Unix milliseconds; 0: it has none.</param>
    /// <param name="accepted">Up to when the operator vouches for the clock; null: not at all.</param>
    public LogClock(TimeProvider time, long lastBatchMs, DateTimeOffset? accepted)
    {
        _time = time;
        _startMs = lastBatchMs;
        _acceptedMs = accepted?.ToUnixTimeMilliseconds() ?? long.MinValue;
        Read(lastBatchMs, out _);
    }

    /// <summary>The time of the next batch.</summary>
    /// <param name="notBeforeMs">Time of the batch before it, Unix milliseconds.</param>
    /// <param name="timeMs">Not before that.</param>
    /// <returns><see cref="ReasonCode.ClockJumped"/> when the clock is not believed: no batch may have its time.</returns>
    public Judgement Read(long notBeforeMs, out long timeMs)
    {
        long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        timeMs = Math.Max(notBeforeMs, nowMs);
        long timestamp = _time.GetTimestamp();
        TimeSpan age = _witness is { } seen ? _time.GetElapsedTime(seen.Timestamp, timestamp) : TimeSpan.Zero;
        long? expectedMs = _witness?.WallMs + (long)age.TotalMilliseconds;
        bool isConfirmed = nowMs <= expectedMs + (long)AheadMax.TotalMilliseconds;
        bool isBelieved =
            isConfirmed
            || nowMs <= _acceptedMs
            || (notBeforeMs == _startMs && (_startMs == 0 || nowMs - _startMs <= (long)RestMax.TotalMilliseconds));
        if (!isBelieved)
        {
            return Judgement.Refuse(
                ReasonCode.ClockJumped,
                $"the log's last batch is of {TimeText.OfMs((ulong)notBeforeMs)} and the node's clock says {TimeText.OfMs((ulong)nowMs)}"
            );
        }

        // Never moved back: a clock that was put back and then right again has not leapt.
        if (!isConfirmed || (age >= WitnessAge && nowMs > expectedMs))
        {
            _witness = (nowMs, timestamp);
        }

        return Judgement.Ok;
    }
}

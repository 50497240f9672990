namespace Ledger.Testing;

/// <summary>The machine's clock, which a test can put forward: as if that time had passed.</summary>
public class ForwardTime : TimeProvider
{
    private long _forwardMs;

    /// <summary>Lets time pass.</summary>
    /// <param name="time">A clock that can be put forward; another is waited for.</param>
    /// <param name="span">How long.</param>
    public static async Task PassAsync(TimeProvider time, TimeSpan span)
    {
        // A timer may fire, and the machine's clock be put back, by a little: what ends by then has ended surely.
        TimeSpan surely = span + TimeSpan.FromMilliseconds(100);
        switch (time)
        {
            case ManualTime manual:
                manual.Now += span;
                break;
            case ForwardTime forward:
                Interlocked.Add(ref forward._forwardMs, (long)surely.TotalMilliseconds);
                break;
            default:
                await Task.Delay(surely, time, TestContext.Current.CancellationToken);
                break;
        }
    }

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddMilliseconds(Volatile.Read(ref _forwardMs));

    /// <inheritdoc />
    public override long GetTimestamp() =>
        base.GetTimestamp() + Volatile.Read(ref _forwardMs) * (TimestampFrequency / 1_000);
}

namespace Ledger.Testing;

/// <summary>Clocks that stand where the test puts them, for any number of threads.</summary>
public sealed class ManualTime : TimeProvider
{
    private long _ticks = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).Ticks;

    /// <summary>What time it is.</summary>
    public DateTimeOffset Now
    {
        get => new(Volatile.Read(ref _ticks), TimeSpan.Zero);
        set => Volatile.Write(ref _ticks, value.UtcTicks);
    }

    /// <summary>The same in Unix milliseconds.</summary>
    public long NowMs => Now.ToUnixTimeMilliseconds();

    /// <summary>How far wall time is ahead of the time that has passed.</summary>
    public TimeSpan Ahead { get; set; }

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => Now + Ahead;

    /// <inheritdoc />
    public override long GetTimestamp() => Volatile.Read(ref _ticks);
}

namespace Ledger.Testing;

/// <summary>A clock that stands where the test puts it, for any number of threads.</summary>
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

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => Now;
}

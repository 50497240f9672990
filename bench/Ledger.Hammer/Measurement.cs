using System.Diagnostics;

namespace Ledger.Hammer;

/// <summary>What was measured in one mode.</summary>
/// <param name="Mode">The mode.</param>
/// <param name="Items">Operations or reads that were answered well in the timed part.</param>
/// <param name="Warmup">Those before it.</param>
/// <param name="InFlight">What was under way at once.</param>
/// <param name="Elapsed">From the first call to the last answer.</param>
/// <param name="ClientTime">Processor time of the load generator meanwhile.</param>
/// <param name="NodeTime">Processor time of the node meanwhile; null when it is another's.</param>
/// <param name="Latencies">Of each, ascending, in ticks of the stopwatch; of a batch, that of its call.</param>
/// <param name="Errors">Failures by reason, those of the warm-up too.</param>
internal sealed record Measurement(
    Mode Mode,
    int Items,
    int Warmup,
    int InFlight,
    TimeSpan Elapsed,
    TimeSpan ClientTime,
    TimeSpan? NodeTime,
    long[] Latencies,
    IReadOnlyDictionary<string, int> Errors
)
{
    // A node that answers nothing for so long will not.
    private static readonly TimeSpan StallMax = TimeSpan.FromSeconds(60);

    /// <summary>Operations or reads a second.</summary>
    public double Throughput => Items / Elapsed.TotalSeconds;

    /// <summary>Processor time of the load generator for one item, in microseconds.</summary>
    public double ClientMicroseconds => PerItem(ClientTime);

    /// <summary>Processor time of the node for one item, in microseconds; null when it is another's.</summary>
    public double? NodeMicroseconds => NodeTime is { } time ? PerItem(time) : null;

    /// <summary>The latency that a share of all stays below, in milliseconds; 0 when there is none.</summary>
    /// <param name="share">From 0 to 1, the slowest.</param>
    public double Percentile(double share) =>
        Latencies.Length == 0
            ? 0
            : Latencies[Math.Clamp((int)Math.Ceiling(share * Latencies.Length) - 1, 0, Latencies.Length - 1)]
                * 1_000.0
                / Stopwatch.Frequency;

    /// <summary>Warms up, then measures.</summary>
    /// <exception cref="TimeoutException">The node answers no more.</exception>
    public static async Task<Measurement> TakeAsync(
        Mode mode,
        Workload workload,
        int warmup,
        int inFlight,
        TimeSpan? duration,
        ServedNode? node
    )
    {
        int first = await WatchedAsync(workload, workload.RunAsync(0, warmup, new Stopping(null)));
        // What preparing left behind is collected now and not while it is timed.
        GC.Collect();
        TimeSpan clientBefore = Environment.CpuUsage.TotalTime;
        TimeSpan? nodeBefore = node?.ProcessorTime;
        long startedAt = Stopwatch.GetTimestamp();
        int sent = await WatchedAsync(workload, workload.RunAsync(first, workload.Count, new Stopping(duration)));
        TimeSpan elapsed = Stopwatch.GetElapsedTime(startedAt);
        TimeSpan clientTime = Environment.CpuUsage.TotalTime - clientBefore;
        TimeSpan? nodeTime = node?.ProcessorTime - nodeBefore;
        long[] latencies = workload.Latencies(first, first + sent);
        return new Measurement(
            mode,
            latencies.Length,
            first,
            inFlight,
            elapsed,
            clientTime,
            nodeTime,
            latencies,
            workload.Errors
        );
    }

    private double PerItem(TimeSpan time) => Items == 0 ? 0 : time.TotalMicroseconds / Items;

    private static async Task<int> WatchedAsync(Workload workload, Task<int> running)
    {
        for (int done = -1; ; done = workload.Done)
        {
            if (await Task.WhenAny(running, Task.Delay(StallMax)) == running)
            {
                return await running;
            }
            if (workload.Done == done)
            {
                throw new TimeoutException($"The node has answered nothing for {StallMax.TotalSeconds} seconds.");
            }
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Hammer;

/// <summary>
/// Work for a node, prepared before it is timed: numbered items that are sent in order. What came of each is remembered.
/// </summary>
internal abstract class Workload
{
    private readonly ConcurrentDictionary<string, int> _errors = new();
    private readonly long?[] _ticks; // null: not answered, or not well
    private int _done;

    /// <param name="count">Items: operations or reads.</param>
    protected Workload(int count) => _ticks = new long?[count];

    /// <summary>Items.</summary>
    public int Count => _ticks.Length;

    /// <summary>Failures by reason.</summary>
    public IReadOnlyDictionary<string, int> Errors => _errors;

    /// <summary>Items that were answered so far, well or not.</summary>
    public int Done => Volatile.Read(ref _done);

    /// <summary>Sends items, so many at a time, until they are all answered or the time is over.</summary>
    /// <returns>The number of items that were answered: the first so many.</returns>
    public abstract Task<int> RunAsync(int first, int end, Stopping stopping);

    /// <summary>Latencies of successful items in ascending order, in ticks of the stopwatch.</summary>
    public long[] Latencies(int first, int end)
    {
        long[] latencies = [.. _ticks.AsSpan(first, end - first).ToArray().OfType<long>()];
        Array.Sort(latencies);
        return latencies;
    }

    /// <summary>Runs loops that each take the next item when the last is answered.</summary>
    protected static async Task<int> LoopAsync(int first, int end, int loops, Stopping stopping, Func<int, Task> send)
    {
        int next = first;
        Task[] running = new Task[Math.Min(loops, Math.Max(1, end - first))];
        for (int i = 0; i < running.Length; i++)
        {
            running[i] = Task.Run(RunOneAsync);
        }
        await Task.WhenAll(running);
        return Math.Min(next, end) - first;

        async Task RunOneAsync()
        {
            while (!stopping.IsOver)
            {
                int item = Interlocked.Increment(ref next) - 1;
                if (item >= end)
                {
                    return;
                }
                await send(item);
            }
        }
    }

    protected void Answered(int item, long startedAt)
    {
        _ticks[item] = Stopwatch.GetTimestamp() - startedAt;
        Interlocked.Increment(ref _done);
    }

    protected void Failed(string reason)
    {
        _errors.AddOrUpdate(reason, 1, static (_, count) => count + 1);
        Interlocked.Increment(ref _done);
    }

    protected void Failed(RpcException e) =>
        Failed(e.Trailers.GetValue("ledger-reason")?.Split(' ')[^1] ?? e.StatusCode.ToString());

    protected void Failed(ReasonCode reason) => Failed(Reasons.Name(reason));
}

/// <summary>When to stop.</summary>
internal sealed class Stopping(TimeSpan? duration)
{
    private readonly long _startedAt = Stopwatch.GetTimestamp();

    public bool IsOver => duration is { } bound && Stopwatch.GetElapsedTime(_startedAt) >= bound;
}

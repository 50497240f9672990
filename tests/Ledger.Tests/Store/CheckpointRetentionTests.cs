using Ledger.Store;

namespace Ledger.Tests.Store;

public class CheckpointRetentionTests
{
    public static TheoryData<int> Runs => [.. Enumerable.Range(1, 24)];

    [Theory]
    [MemberData(nameof(Runs))]
    public void IsKept_RandomTimes_IsWhatTheWordsSayAndWhatIsLeftBatchByBatch(int run)
    {
        long[] times = Times(Seeds.Random(run), 1_200);
        HashSet<int> left = [];
        for (int newest = 1; newest < times.Length; newest++)
        {
            // As a store does it: with each batch the checkpoint of the one before comes, and those go that have come of age.
            if (CheckpointRetention.IsKept(times[newest - 1], times[newest], times[newest]))
            {
                left.Add(newest - 1);
            }

            foreach ((long fromMs, long toMs) in CheckpointRetention.ComeOfAge(times[newest - 1], times[newest]))
            {
                left.RemoveWhere(i =>
                    times[i] >= fromMs
                    && times[i] < toMs
                    && !CheckpointRetention.IsKept(times[i], times[i + 1], times[newest])
                );
            }

            if (newest % 7 == 0 || newest > times.Length - 20)
            {
                int[] naive = Naive(times[..(newest + 1)]);
                Assert.Equal(naive, left.Order());
                Assert.Equal(
                    naive,
                    Enumerable
                        .Range(0, newest)
                        .Where(i => CheckpointRetention.IsKept(times[i], times[i + 1], times[newest]))
                );
            }
        }
    }

    [Fact]
    public void ComeOfAge_WithinAMinute_IsNothing()
    {
        Assert.Empty(CheckpointRetention.ComeOfAge(0, 59_999));
        Assert.Empty(CheckpointRetention.ComeOfAge(10_000_000_000, 10_000_000_000));
        Assert.Empty(CheckpointRetention.ComeOfAge(0, 60 * 60_000 + 59_999)); // of the first hour nothing is old
        Assert.Equal([(0, 60_000)], CheckpointRetention.ComeOfAge(0, 61 * 60_000));
    }

    [Fact]
    public void IsKept_ABatchEachMillisecond_LeavesFewOfMany()
    {
        // Two hours with a hundred batches a second: an hour of seconds, and a minute each before.
        long newest = 1_767_000_000_000;
        long start = newest - 2 * 3_600_000;
        long kept = 0;
        for (long time = start; time < newest; time += 10)
        {
            kept += CheckpointRetention.IsKept(time, time + 10, newest) ? 1 : 0;
        }

        Assert.InRange(kept, 3_600 + 58, 3_660 + 61);
    }

    // Counted back from the newest batch, of which nothing is stored: the words of the documentation, one after the other.
    private static int[] Naive(long[] times)
    {
        DateTimeOffset newest = At(times[^1]);
        DateTimeOffset thisMinute = newest.AddTicks(-(newest.Ticks % TimeSpan.TicksPerMinute));
        DateTimeOffset thisHour = newest.AddTicks(-(newest.Ticks % TimeSpan.TicksPerHour));
        IEnumerable<int> all = Enumerable.Range(0, times.Length);
        HashSet<int> seconds = LastOfEach(all, TimeSpan.TicksPerSecond);
        HashSet<int> minutes = LastOfEach(all, TimeSpan.TicksPerMinute);
        HashSet<int> hours = LastOfEach(all, TimeSpan.TicksPerHour);
        return
        [
            .. all.SkipLast(1)
                .Where(i =>
                    At(times[i]) < thisHour.AddDays(-30) ? hours.Contains(i)
                    : At(times[i]) < thisMinute.AddHours(-1) ? minutes.Contains(i)
                    : seconds.Contains(i)
                ),
        ];

        HashSet<int> LastOfEach(IEnumerable<int> batches, long ticks) =>
            [.. batches.GroupBy(i => At(times[i]).Ticks / ticks).Select(group => group.Last())];
    }

    private static DateTimeOffset At(long timeMs) => DateTimeOffset.FromUnixTimeMilliseconds(timeMs);

    // Bursts within a millisecond, steady work, pauses, and gaps of days and months; from the epoch on or from today.
    private static long[] Times(Random random, int count)
    {
        long[] times = new long[count];
        long time = random.Next(2) == 0 ? random.Next(5_000) : 1_767_000_000_000 + random.NextInt64(3_600_000);
        int mood = 0;
        for (int i = 0; i < count; i++)
        {
            mood = random.Next(25) == 0 ? random.Next(6) : mood;
            time += mood switch
            {
                0 => random.Next(3) == 0 ? 1 : 0,
                1 => random.Next(400),
                2 => random.Next(20_000),
                3 => random.Next(200_000),
                4 => random.NextInt64(8_000_000),
                _ => random.Next(30) == 0 ? random.NextInt64(3_000_000_000) : random.Next(1_500),
            };
            times[i] = time;
        }

        return times;
    }
}

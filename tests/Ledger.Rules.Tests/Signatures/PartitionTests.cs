using Ledger.Rules.Signatures;

namespace Ledger.Rules.Tests.Signatures;

public sealed class PartitionTests
{
    private const int CountMax = 2_000;
    private const int ThreadsMax = 128;

    [Fact]
    public void Of_EveryCountAndThreads_CoversAllInWholeGroups()
    {
        for (int count = 0; count <= CountMax; count++)
        {
            for (int threads = 1; threads <= ThreadsMax; threads++)
            {
                Assert.Null(FindProblem(Partition.Of(count, threads), count, threads, Partition.Group));
                Assert.Null(FindProblem(Partition.OfSingle(count, threads), count, threads, group: 1));
            }
        }
    }

    [Fact]
    public void Of_EnoughForEveryThread_UsesAllOfThem()
    {
        Assert.Equal(1, Partition.Of(127, 8).Parts); // two halves are not worth a thread each
        Assert.Equal(2, Partition.Of(128, 8).Parts);
        Assert.Equal(8, Partition.Of(64 * 8, 8).Parts);
        Assert.Equal(8, Partition.Of(4_096, 8).Parts);
        Assert.Equal(1, Partition.Of(4_096, 1).Parts);
        Assert.Equal(1, Partition.OfSingle(15, 8).Parts);
        Assert.Equal(2, Partition.OfSingle(16, 8).Parts);
        Assert.Equal(8, Partition.OfSingle(64, 8).Parts);
    }

    [Fact]
    public void Of_OutOfRange_IsABug()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Partition.Of(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Partition.Of(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Partition.OfSingle(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Partition.OfSingle(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Partition.Of(1, 1).Part(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Partition.Of(1, 1).Part(-1));
    }

    private static string? FindProblem(Partition partition, int count, int threads, int group)
    {
        if (partition.Parts < 1 || partition.Parts > threads)
        {
            return $"{count} on {threads}: {partition}";
        }

        int next = 0;
        for (int part = 0; part < partition.Parts; part++)
        {
            (int first, int length) = partition.Part(part);
            if (first != next || (length <= 0 && count > 0))
            {
                return $"{count} on {threads}: part {part} is {first}, {length}";
            }

            if (part < partition.Parts - 1 && length % group != 0)
            {
                return $"{count} on {threads}: part {part} is no whole groups, {length}";
            }

            next += length;
        }

        return next == count ? null : $"{count} on {threads}: {next} are covered";
    }
}

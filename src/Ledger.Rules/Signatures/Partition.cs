namespace Ledger.Rules.Signatures;

/// <summary>
/// How a number of signatures is shared among threads: parts that lie side by side, each large enough to be worth a thread. A pure function of both numbers.
/// </summary>
/// <param name="Count">Signatures, 0 or more.</param>
/// <param name="Parts">Parts, at least 1; none is empty unless there are no signatures.</param>
/// <param name="Each">Signatures in every part but the last, which has the rest.</param>
public readonly record struct Partition(int Count, int Parts, int Each)
{
    /// <summary>The width of the vector core: two groups of eight, interleaved.</summary>
    public const int Group = 16;

    // Below this many signatures a part, sharing the work costs more than it gains.
    private const int PartSignaturesMin = 64;

    // Signatures that are verified one by one cost some ten times as much each, so fewer are worth a thread.
    private const int SinglePartSignaturesMin = 8;

    /// <summary>Shares signatures that are verified one by one: any number makes a part.</summary>
    /// <param name="count">Signatures, 0 or more.</param>
    /// <param name="threads">Threads, 1 or more.</param>
    public static Partition OfSingle(int count, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        int parts = Math.Clamp(count / SinglePartSignaturesMin, 1, threads);
        int each = (count + parts - 1) / parts;
        return each == 0 ? new Partition(0, 1, 0) : new Partition(count, (count + each - 1) / each, each);
    }

    /// <summary>Shares signatures of the vector core among threads, in whole groups.</summary>
    /// <param name="count">Signatures, 0 or more.</param>
    /// <param name="threads">Threads, 1 or more.</param>
    public static Partition Of(int count, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        int parts = Math.Clamp(count / PartSignaturesMin, 1, threads);
        if (parts == 1)
        {
            return new Partition(count, 1, count);
        }

        // Rounding up to whole groups may leave nothing for the last parts: there are as many as have something to do.
        int each = RoundUp((count + parts - 1) / parts);
        return new Partition(count, (count + each - 1) / each, each);
    }

    /// <summary>The signatures of one part.</summary>
    /// <param name="part">From 0, below <see cref="Parts"/>.</param>
    public (int First, int Count) Part(int part)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(part);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(part, Parts);
        int first = part * Each;
        return (first, Math.Min(Each, Count - first));
    }

    private static int RoundUp(int count) => (count + Group - 1) / Group * Group;
}

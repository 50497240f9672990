namespace Ledger.Crypto.Tests;

internal static class Allocation
{
    /// <summary>
    /// Asserts that an action, once warm, allocates no managed memory on its thread. Skips in debug builds, which hold to
    /// no such thing.
    /// </summary>
    public static void AssertNone(Action action, int turns = 1000)
    {
#if DEBUG
        Assert.Skip("A debug build may allocate.");
#endif
        for (int i = 0; i < turns / 10; i++)
        {
            action(); // fills caches and pools
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < turns; i++)
        {
            action();
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}

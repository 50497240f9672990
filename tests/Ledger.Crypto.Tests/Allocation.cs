namespace Ledger.Crypto.Tests;

internal static class Allocation
{
    /// <summary>Asserts that an action, once warm, allocates no managed memory on its thread.</summary>
    public static void AssertNone(Action action)
    {
        for (int i = 0; i < 100; i++)
        {
            action(); // fills caches and pools
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            action();
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}

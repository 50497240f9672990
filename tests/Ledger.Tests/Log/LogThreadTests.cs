using System.Collections.Concurrent;
using Ledger.Log;

namespace Ledger.Tests.Log;

public sealed class LogThreadTests
{
    private readonly ConcurrentQueue<Exception> _told = new();

    [Fact]
    public void Join_WorkThatEnds_TellsNothing()
    {
        bool worked = false;
        LogThread thread = new("t", () => worked = true, _told.Enqueue);
        thread.Start();
        thread.Join();
        Assert.True(worked);
        Assert.Empty(_told);
    }

    [Fact]
    public void Join_WorkThatFails_HasToldWhatHappenedOnce()
    {
        IOException failure = new();
        LogThread thread = new("t", () => throw failure, _told.Enqueue);
        thread.Start();
        thread.Join();
        thread.Join();
        Assert.Same(failure, Assert.Single(_told));
    }

    [Fact]
    public void Join_NeverStarted_ReturnsAtOnce()
    {
        new LogThread("t", () => { }, _told.Enqueue).Join();
        Assert.Empty(_told);
    }
}

using System.Collections.Concurrent;
using Ledger.Log;

namespace Ledger.Tests.Log;

public sealed class WorkQueueTests
{
    // Each piece of work weighs what it says.
    private readonly WorkQueue<int> _queue = new(static weight => weight);
    private readonly List<int> _taken = [];

    [Fact]
    public void Take_WhatHasGathered_ComesInOrder()
    {
        Assert.True(_queue.TryAddRange([3, 1]));
        Assert.True(_queue.TryAddRange([2]));
        Assert.True(_queue.Take(_taken, 100, 100));
        Assert.Equal([3, 1, 2], _taken);
    }

    [Fact]
    public void Take_MoreThanTheNumber_LeavesTheRest()
    {
        _queue.TryAddRange([1, 2, 3, 4, 5]);
        Assert.True(_queue.Take(_taken, 2, 100));
        Assert.Equal([1, 2], _taken);
        Assert.True(_queue.Take(_taken, 3, 100));
        Assert.Equal([3, 4, 5], _taken);
    }

    [Fact]
    public void Take_MoreThanTheWeight_LeavesTheRest()
    {
        _queue.TryAddRange([4, 6, 1, 9, 2]);
        Assert.True(_queue.Take(_taken, 100, 10));
        Assert.Equal([4, 6], _taken);
        Assert.True(_queue.Take(_taken, 100, 10));
        Assert.Equal([1, 9], _taken);
        Assert.True(_queue.Take(_taken, 100, 10));
        Assert.Equal([2], _taken);
    }

    [Fact]
    public void Take_FirstHeavierThanTheWeight_IsTakenAlone()
    {
        _queue.TryAddRange([11, 0, 12]);
        Assert.True(_queue.Take(_taken, 100, 10));
        Assert.Equal([11], _taken);
        Assert.True(_queue.Take(_taken, 100, 10));
        Assert.Equal([0], _taken);
    }

    [Fact]
    public void Close_WorkIsWaiting_CanStillBeTaken()
    {
        _queue.TryAddRange([1]);
        _queue.Close();
        Assert.False(_queue.TryAddRange([2]));
        Assert.True(_queue.Take(_taken, 100, 100));
        Assert.Equal([1], _taken);
        Assert.False(_queue.Take(_taken, 100, 100));
        Assert.Empty(_taken);
    }

    [Fact]
    public void Abandon_WorkIsWaiting_IsDropped()
    {
        _queue.TryAddRange([1]);
        _queue.Abandon();
        Assert.False(_queue.TryAddRange([2]));
        Assert.False(_queue.Take(_taken, 100, 100));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Close_TakersAreWaiting_LetsThemAllGo(bool abandon)
    {
        Task<bool>[] takers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => _queue.Take([], 1, 1)))];
        if (abandon)
        {
            _queue.Abandon();
        }
        else
        {
            _queue.Close();
        }

        Assert.All(await Task.WhenAll(takers), Assert.False);
    }

    [Fact]
    public async Task Take_SeveralTakersAndOneCallerThatAddsAll_WakesThoseWhoSleepBesideWork()
    {
        // Each taker takes one piece and holds it until all have one: a sleeper that nobody wakes would hang the others.
        const int Takers = 6;
        using Barrier barrier = new(Takers);
        ConcurrentBag<int> taken = [];
        Task[] takers =
        [
            .. Enumerable
                .Range(0, Takers)
                .Select(_ =>
                    Task.Factory.StartNew(
                        () =>
                        {
                            List<int> own = [];
                            Assert.True(_queue.Take(own, 1, 100));
                            taken.Add(own[0]);
                            barrier.SignalAndWait(TestContext.Current.CancellationToken);
                        },
                        TaskCreationOptions.LongRunning
                    )
                ),
        ];
        _queue.TryAddRange([.. Enumerable.Range(0, Takers)]);
        await Task.WhenAll(takers);
        Assert.Equal(Enumerable.Range(0, Takers), taken.Order());
    }

    [Fact]
    public async Task Take_ManyAddersAndTakers_LosesAndRepeatsNothing()
    {
        const int Each = 5_000;
        const int Adders = 4;
        ConcurrentBag<int> taken = [];
        Task[] takers =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        List<int> own = [];
                        while (_queue.Take(own, 7, 1_000_000))
                        {
                            own.ForEach(taken.Add);
                        }
                    })
                ),
        ];
        await Task.WhenAll(
            Enumerable
                .Range(0, Adders)
                .Select(adder =>
                    Task.Run(() =>
                    {
                        for (int i = 0; i < Each; i++)
                        {
                            Assert.True(_queue.TryAddRange([(adder * Each) + i]));
                        }
                    })
                )
        );
        _queue.Close();
        await Task.WhenAll(takers);
        Assert.Equal(Enumerable.Range(0, Adders * Each), taken.Order());
    }
}

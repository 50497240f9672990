using Ledger.Log;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Tests.Log;

public sealed class LocalOrderTests
{
    private readonly WorkQueue<PendingOperation> _pool = new(static pending => pending.Weight);
    private readonly ManualTime _time = new();

    private LocalOrder Order => field ??= new LocalOrder(_pool, new LogClock(_time, lastBatchMs: 0, accepted: null));

    [Fact]
    public void Next_WhatHasGathered_IsOneBatchWithItsCallersAndKeys()
    {
        PendingOperation[] pending = Pending.Creations(3);
        _pool.TryAddRange(pending);

        OrderedBatch batch = Order.Next(0)!;

        Assert.Equal(pending, batch.Callers);
        Assert.Equal(pending.Select(it => it.Operation), batch.Proposed.Operations.Select(it => it.Operation));
        Assert.Equal(pending.Select(it => it.Keys), batch.Proposed.Operations.Select(it => it.VerifiedWith));
        Assert.Equal(_time.NowMs, batch.Proposed.TimeMs);
    }

    [Fact]
    public void Next_ClockBeforeTheLog_GivesTheLogsTime()
    {
        long now = _time.NowMs;
        _pool.TryAddRange(Pending.Creations(1));
        Assert.Equal(now + 5, Order.Next(now + 5)!.Proposed.TimeMs);
        _pool.TryAddRange(Pending.Creations(1));
        Assert.Equal(now, Order.Next(now - 5)!.Proposed.TimeMs);
        _time.Now -= TimeSpan.FromDays(1);
        _pool.TryAddRange(Pending.Creations(1));
        Assert.Equal(now, Order.Next(now)!.Proposed.TimeMs);
    }

    [Fact]
    public void Next_MoreOperationsThanABatchHolds_EndsTheBatch()
    {
        PendingOperation one = Pending.Creations(1)[0];
        _pool.TryAddRange([.. Enumerable.Repeat(one, Limits.BatchOperationsMax + 1)]);
        Assert.True(one.Weight * Limits.BatchOperationsMax <= Limits.BatchBytesMax);
        Assert.Equal(Limits.BatchOperationsMax, Order.Next(0)!.Callers.Count);
        Assert.Single(Order.Next(0)!.Callers);
    }

    [Fact]
    public void Next_OperationsOfManyRows_EndTheBatchByWeight()
    {
        // A thousand tokens take 3,000 rows of 64: five such operations are a batch, however few their bytes.
        Signer signer = new(_time) { Did = $"did:pilot:test:{new string('a', 52)}" };
        SignedOperation mint = signer.Sign(Operations.BatchMint("c", signer.Did, Limits.MintItemsMax));
        PendingOperation one = Pending.Prepared(mint, signer.Document);
        _pool.TryAddRange([.. Enumerable.Repeat(one, 12)]);
        Assert.Equal([5, 5, 2], Enumerable.Range(0, 3).Select(_ => Order.Next(0)!.Callers.Count));
    }

    [Fact]
    public void Next_PoolClosed_FinishesWhatWaitsAndEnds()
    {
        _pool.TryAddRange(Pending.Creations(1));
        _pool.Close();
        Assert.NotNull(Order.Next(0));
        Assert.Null(Order.Next(0));
    }
}

using Ledger.Store;

namespace Ledger.Tests.Store;

/// <summary>
/// The database is closed when its owner and the last of its readers have left, in whichever order, and not before: RocksDB's
/// handles are raw, and closing it under one crashes the process.
/// </summary>
public sealed class StoreLeaseTests : IAsyncLifetime
{
    private readonly TemporaryLedger _ledger = TemporaryLedger.Open();
    private ChainStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        await _ledger.Found();
        await _ledger.Register();
        await _ledger.Ledger.StopAsync();
        _store = Open();
    }

    public async ValueTask DisposeAsync()
    {
        _store.Dispose();
        await _ledger.DisposeAsync();
    }

    [Fact]
    public void Dispose_SnapshotIsHeld_ClosesWithTheSnapshot()
    {
        StoreSnapshot snapshot = _store.Snapshot();
        _store.Dispose();
        Assert.NotNull(snapshot.Entry(0));
        Assert.Equal(3, snapshot.LastIndex());
        Assert.Equal(4, snapshot.Entries(0).Count()); // begun and ended after the owner has left
        Assert.Throws<ObjectDisposedException>(_store.Snapshot);
        Assert.False(IsClosed());
        snapshot.Dispose();
        snapshot.Dispose();
        Assert.True(IsClosed());
    }

    [Fact]
    public void Dispose_EnumerationIsHalfRead_ClosesWithTheEnumeration()
    {
        StoreSnapshot snapshot = _store.Snapshot();
        IEnumerator<(long Index, byte[] Entry)> entries = snapshot.Entries(0).GetEnumerator();
        Assert.True(entries.MoveNext());
        snapshot.Dispose();
        _store.Dispose();
        Assert.False(IsClosed());
        for (int index = 1; index < 4; index++)
        {
            Assert.True(entries.MoveNext());
            Assert.Equal(index, entries.Current.Index);
        }

        Assert.False(entries.MoveNext()); // its end lets go too
        Assert.True(IsClosed());
        entries.Dispose();
    }

    [Fact]
    public void Dispose_EnumerationIsLeftEarly_LetsGo()
    {
        StoreSnapshot snapshot = _store.Snapshot();
        foreach ((long index, byte[] _) in snapshot.Entries(0))
        {
            Assert.Equal(0, index);
            break;
        }

        snapshot.Dispose();
        _store.Dispose();
        Assert.True(IsClosed());
    }

    [Fact]
    public void Dispose_EnumerationThatNobodyStarted_HoldsNothing()
    {
        StoreSnapshot snapshot = _store.Snapshot();
        IEnumerable<(long, byte[])> entries = snapshot.Entries(0);
        snapshot.Dispose();
        _store.Dispose();
        Assert.True(IsClosed());
        Assert.Throws<ObjectDisposedException>(() => entries.Any());
    }

    [Fact]
    public void Dispose_EveryOrder_ClosesWithTheLast()
    {
        foreach (int[] order in Orders([0, 1, 2, 3]))
        {
            _store.Dispose();
            using ChainStore store = Open();
            StoreSnapshot first = store.Snapshot();
            StoreSnapshot second = store.Snapshot();
            IEnumerator<(long, byte[])> entries = first.Entries(0).GetEnumerator();
            entries.MoveNext();
            IDisposable[] parts = [store, first, second, entries];
            foreach (int part in order)
            {
                Assert.False(IsClosed());
                parts[part].Dispose();
            }

            Assert.True(IsClosed());
        }
    }

    [Fact]
    public void Snapshot_FromManyThreadsWhileTheOwnerLeaves_ReadsOrIsRefused()
    {
        int refused = 0;
        Parallel.For(
            0,
            64,
            i =>
            {
                if (i == 20)
                {
                    _store.Dispose();
                    return;
                }

                try
                {
                    using StoreSnapshot snapshot = _store.Snapshot();
                    Assert.NotNull(snapshot.Entry(0));
                }
                catch (ObjectDisposedException)
                {
                    Interlocked.Increment(ref refused);
                }
            }
        );
        Assert.True(IsClosed());
        Assert.Throws<ObjectDisposedException>(_store.Snapshot);
    }

    private ChainStore Open() =>
        ChainStore.Open(EmbeddedLedger.StorePath(_ledger.Folder), TemporaryLedger.Origin, _ledger.Verifier.ToString());

    // Whether the database can be opened by another.
    private bool IsClosed()
    {
        try
        {
            Open().Dispose();
            return true;
        }
        catch (StoreException e) when (e.Message.Contains("in use", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private static IEnumerable<int[]> Orders(int[] items) =>
        items.Length == 0
            ?
            [
                [],
            ]
            : items.SelectMany(
                first => Orders([.. items.Where(item => item != first)]),
                (first, rest) => (int[])[first, .. rest]
            );
}

using System.Runtime.CompilerServices;

namespace RocksDbSharp.Tests;

public sealed class LifetimeTests : DatabaseTest
{
    [Fact]
    public void Members_AfterDispose_Throw()
    {
        RocksDb db = Open("a");
        ColumnFamilyHandle a = db.GetColumnFamily("a");
        WriteBatch batch = new();
        db.Dispose();
        db.Dispose();

        Assert.Throws<ObjectDisposedException>(() => db.Get(Bytes("key")));
        Assert.Throws<ObjectDisposedException>(() => db.Get(Bytes("key"), a));
        Assert.Throws<ObjectDisposedException>(() => db.Get(Bytes("key"), new byte[1], 0, 1));
        Assert.Throws<ObjectDisposedException>(() => db.HasKey(Bytes("key")));
        Assert.Throws<ObjectDisposedException>(() => db.MultiGet([Bytes("key")]));
        Assert.Throws<ObjectDisposedException>(() => db.Put(Bytes("key"), []));
        Assert.Throws<ObjectDisposedException>(() => db.Remove(Bytes("key")));
        Assert.Throws<ObjectDisposedException>(() => db.Write(batch));
        Assert.Throws<ObjectDisposedException>(() => db.NewIterator());
        Assert.Throws<ObjectDisposedException>(() => db.CreateSnapshot());
        Assert.Throws<ObjectDisposedException>(() => db.Checkpoint());
        Assert.Throws<ObjectDisposedException>(() => db.Flush(new FlushOptions()));
        Assert.Throws<ObjectDisposedException>(() => db.CompactRange(null, null));
        Assert.Throws<ObjectDisposedException>(() => db.GetProperty("rocksdb.stats"));
        Assert.Throws<ObjectDisposedException>(() => batch.Put(Bytes("key"), [], a));
        Assert.Throws<ObjectDisposedException>(() => batch.Delete(Bytes("key"), a));
    }

    [Fact]
    public void WriteBatch_AfterDispose_Throws()
    {
        using RocksDb db = Open();
        WriteBatch batch = new();
        batch.Dispose();
        batch.Dispose();

        Assert.Throws<ObjectDisposedException>(() => batch.Put(Bytes("key"), []));
        Assert.Throws<ObjectDisposedException>(() => batch.Delete(Bytes("key")));
        Assert.Throws<ObjectDisposedException>(() => batch.Clear());
        Assert.Throws<ObjectDisposedException>(() => batch.Count());
        Assert.Throws<ObjectDisposedException>(() => batch.ToBytes());
        Assert.Throws<ObjectDisposedException>(() => db.Write(batch));
    }

    [Fact]
    public void Iterator_AfterDispose_Throws()
    {
        using RocksDb db = Open();
        db.Put(Bytes("key"), []);
        Iterator iterator = db.NewIterator().SeekToFirst();
        iterator.Dispose();
        iterator.Dispose();

        Assert.Throws<ObjectDisposedException>(() => iterator.Valid());
        Assert.Throws<ObjectDisposedException>(() => iterator.SeekToFirst());
        Assert.Throws<ObjectDisposedException>(() => iterator.SeekToLast());
        Assert.Throws<ObjectDisposedException>(() => iterator.Seek([]));
        Assert.Throws<ObjectDisposedException>(() => iterator.SeekForPrev([]));
        Assert.Throws<ObjectDisposedException>(() => iterator.Next());
        Assert.Throws<ObjectDisposedException>(() => iterator.Prev());
        Assert.Throws<ObjectDisposedException>(() => iterator.Key());
        Assert.Throws<ObjectDisposedException>(() => iterator.Value());
    }

    [Fact]
    public void Snapshot_AfterDispose_IsNotReadAt()
    {
        using RocksDb db = Open();
        db.Put(Bytes("key"), []);
        Snapshot snapshot = db.CreateSnapshot();
        ReadOptions options = new ReadOptions().SetSnapshot(snapshot);
        Assert.True(db.HasKey(Bytes("key"), null, options));
        snapshot.Dispose();
        snapshot.Dispose();

        Assert.Throws<ObjectDisposedException>(() => db.HasKey(Bytes("key"), null, options));
        Assert.Throws<ObjectDisposedException>(() => db.MultiGet([Bytes("key")], null, options));
        Assert.Throws<ObjectDisposedException>(() => db.NewIterator(null, options));
        Assert.Throws<ObjectDisposedException>(() => new ReadOptions().SetSnapshot(snapshot));
        using Snapshot another = db.CreateSnapshot();
        Assert.True(db.HasKey(Bytes("key"), null, options.SetSnapshot(another)));
    }

    [Fact]
    public void NewIterator_Refused_KeepsNothingOpen()
    {
        RocksDb db = Open();
        Snapshot snapshot = db.CreateSnapshot();
        ReadOptions options = new ReadOptions().SetSnapshot(snapshot);
        snapshot.Dispose();
        Assert.Throws<ObjectDisposedException>(() => db.NewIterator(null, options));
        db.Dispose();

        Open().Dispose();
        options.SetIterateLowerBound(Bytes("key"));
    }

    [Fact]
    public void Checkpoint_AfterDispose_Throws()
    {
        using RocksDb db = Open();
        Checkpoint checkpoint = db.Checkpoint();
        checkpoint.Dispose();
        checkpoint.Dispose();

        Assert.Throws<ObjectDisposedException>(() => checkpoint.Save(Beside("copy")));
    }

    [Fact]
    public void Dispose_DatabaseBeforeIterator_ClosesWithTheIterator()
    {
        RocksDb db = Open("a");
        ColumnFamilyHandle a = db.GetColumnFamily("a");
        db.Put(Bytes("1"), Bytes("one"), a);
        db.Put(Bytes("2"), Bytes("two"), a);
        db.CompactRange(null, null, a);
        Iterator iterator = db.NewIterator(a);

        db.Dispose();

        Assert.Equal("one", Text(iterator.SeekToFirst().Value()));
        Assert.Equal("two", Text(iterator.Next().Value()));
        Assert.Throws<RocksDbException>(() => Open("a"));
        iterator.Dispose();
        Open("a").Dispose();
    }

    // Every order in which the owner of a database, a snapshot, an iterator at it and a checkpoint can let go.
    [Fact]
    public void Dispose_AnyOrder_ClosesWithTheLast()
    {
        foreach (int[] order in Orders([0, 1, 2, 3]))
        {
            RocksDb db = Open();
            db.Put(Bytes("key"), Bytes("value"));
            Snapshot snapshot = db.CreateSnapshot();
            Iterator iterator = db.NewIterator(readOptions: new ReadOptions().SetSnapshot(snapshot));
            IDisposable[] parts = [db, snapshot, iterator, db.Checkpoint()];
            foreach (int part in order)
            {
                Assert.Throws<RocksDbException>(() => Open());
                parts[part].Dispose();
            }

            Open().Dispose();
        }
    }

    [Fact]
    public void Iterator_SnapshotAndOptionsGone_GoesOn()
    {
        using RocksDb db = Open();
        db.Put(Bytes("a"), Bytes("1"));
        db.Put(Bytes("b"), Bytes("2"));
        db.Put(Bytes("c"), Bytes("3"));
        using Iterator iterator = Bounded(db);
        db.Remove(Bytes("b"));
        db.CompactRange(null, null);
        Collect();

        Assert.Equal("2", Text(iterator.SeekToLast().Value()));
        Assert.Equal("2", Text(iterator.SeekToFirst().Value()));
        Assert.False(iterator.Next().Valid());
    }

    [Fact]
    public void Finalizers_NothingDisposed_CloseTheDatabase()
    {
        Abandon(this);
        Collect();

        Open("a").Dispose();
    }

    [Fact]
    public void Open_Options_MayBeCollectedAtOnce()
    {
        using RocksDb db = OpenWithManyOptions(this);
        Collect();
        for (int i = 0; i < 1000; i++)
        {
            db.Put(Bytes($"key {i}"), new byte[100]);
        }

        db.CompactRange(null, null);
        Collect();
        Assert.NotNull(db.Get(Bytes("key 500")));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Iterator Bounded(RocksDb db)
    {
        using Snapshot snapshot = db.CreateSnapshot();
        return db.NewIterator(
            readOptions: new ReadOptions()
                .SetSnapshot(snapshot)
                .SetIterateLowerBound(Bytes("b"))
                .SetIterateUpperBound(Bytes("c"))
        );
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Abandon(LifetimeTests test)
    {
        RocksDb db = test.Open("a");
        db.Put(Bytes("key"), Bytes("value"), db.GetColumnFamily("a"));
        Snapshot snapshot = db.CreateSnapshot();
        db.NewIterator(db.GetColumnFamily("a"), new ReadOptions().SetSnapshot(snapshot)).SeekToFirst();
        db.Checkpoint();
        new WriteBatch().Put(Bytes("key"), Bytes("value"));
        BloomFilterPolicy.Create();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static RocksDb OpenWithManyOptions(LifetimeTests test)
    {
        BlockBasedTableOptions table = new BlockBasedTableOptions()
            .SetBlockCache(Cache.CreateLru(1 << 20))
            .SetFilterPolicy(BloomFilterPolicy.Create(10, false));
        return RocksDb.Open(
            NewOptions(),
            test.Path,
            new ColumnFamilies(new ColumnFamilyOptions().SetBlockBasedTableFactory(table))
        );
    }

    // Twice: what the first pass finalizes may let go of more.
    private static void Collect()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
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

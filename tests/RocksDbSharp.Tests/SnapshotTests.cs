namespace RocksDbSharp.Tests;

public sealed class SnapshotTests : DatabaseTest
{
    [Fact]
    public void CreateSnapshot_LaterWrites_AreNotSeen()
    {
        using RocksDb db = Open("a");
        ColumnFamilyHandle a = db.GetColumnFamily("a");
        db.Put(Bytes("key"), Bytes("before"), a);
        using Snapshot snapshot = db.CreateSnapshot();
        ReadOptions options = new ReadOptions().SetSnapshot(snapshot);
        db.Put(Bytes("key"), Bytes("after"), a);
        db.Put(Bytes("other"), Bytes("after"), a);
        db.CompactRange(null, null, a);

        Assert.Equal("before", Text(db.Get(Bytes("key"), a, options)));
        Assert.Null(db.Get(Bytes("other"), a, options));
        Assert.Equal("after", Text(db.Get(Bytes("key"), a)));
        using Iterator iterator = db.NewIterator(a, options);
        Assert.Equal("before", Text(iterator.SeekToFirst().Value()));
        Assert.False(iterator.Next().Valid());
    }

    [Fact]
    public void CreateSnapshot_Several_EachShowsItsMoment()
    {
        using RocksDb db = Open();
        List<Snapshot> snapshots = [];
        for (int i = 0; i < 10; i++)
        {
            db.Put(Bytes("key"), Bytes($"{i}"));
            snapshots.Add(db.CreateSnapshot());
        }

        db.Remove(Bytes("key"));
        ReadOptions options = new();
        for (int i = 9; i >= 0; i--)
        {
            using Snapshot snapshot = snapshots[i];
            Assert.Equal($"{i}", Text(db.Get(Bytes("key"), readOptions: options.SetSnapshot(snapshot))));
        }
    }
}

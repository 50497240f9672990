namespace RocksDbSharp.Tests;

public sealed class RocksDbTests : DatabaseTest
{
    [Fact]
    public void Get_AfterPut_ReturnsValue()
    {
        using RocksDb db = Open();
        db.Put(Bytes("key"), Bytes("value"));

        Assert.Equal("value", Text(db.Get(Bytes("key"))));
        Assert.True(db.HasKey(Bytes("key")));
    }

    [Fact]
    public void Get_AbsentKey_ReturnsNull()
    {
        using RocksDb db = Open();

        Assert.Null(db.Get(Bytes("key")));
        Assert.False(db.HasKey(Bytes("key")));
    }

    [Fact]
    public void Get_AfterRemove_ReturnsNull()
    {
        using RocksDb db = Open();
        db.Put(Bytes("key"), Bytes("value"));
        db.Remove(Bytes("key"));
        db.Remove(Bytes("never there"));

        Assert.Null(db.Get(Bytes("key")));
    }

    [Fact]
    public void Get_AfterReopen_ReturnsValueOfEveryFamily()
    {
        using (RocksDb db = Open("a", "b"))
        {
            db.Put(Bytes("key"), Bytes("default"));
            db.Put(Bytes("key"), Bytes("of a"), db.GetColumnFamily("a"));
            db.Put(Bytes("key"), Bytes("of b"), db.GetColumnFamily("b"));
            db.Remove(Bytes("key"), db.GetColumnFamily("b"));
        }

        using RocksDb again = Open("a", "b");
        Assert.Equal("default", Text(again.Get(Bytes("key"))));
        Assert.Equal("default", Text(again.Get(Bytes("key"), again.GetColumnFamily("default"))));
        Assert.Equal("of a", Text(again.Get(Bytes("key"), again.GetColumnFamily("a"))));
        Assert.Null(again.Get(Bytes("key"), again.GetColumnFamily("b")));
        Assert.Equal(["a", "b", "default"], RocksDb.ListColumnFamilies(NewOptions(), Path).Order());
    }

    [Fact]
    public void Write_Batch_AppliesInOrder()
    {
        using RocksDb db = Open("a");
        ColumnFamilyHandle a = db.GetColumnFamily("a");
        db.Put(Bytes("old"), Bytes("1"), a);
        using WriteBatch batch = new();
        batch.Put(Bytes("new"), Bytes("2"), a).Put(Bytes("new"), Bytes("3")).Delete(Bytes("old"), a);
        Assert.Equal(3, batch.Count());
        Assert.Null(db.Get(Bytes("new"), a));

        db.Write(batch, new WriteOptions().SetSync(true));

        Assert.Equal("2", Text(db.Get(Bytes("new"), a)));
        Assert.Equal("3", Text(db.Get(Bytes("new"))));
        Assert.Null(db.Get(Bytes("old"), a));
    }

    [Fact]
    public void CreateSnapshot_LaterWrites_AreNotSeen()
    {
        using RocksDb db = Open();
        db.Put(Bytes("key"), Bytes("before"));
        using Snapshot snapshot = db.CreateSnapshot();
        db.Put(Bytes("key"), Bytes("after"));
        db.Put(Bytes("other"), Bytes("after"));
        ReadOptions options = new ReadOptions().SetSnapshot(snapshot);

        Assert.Equal("before", Text(db.Get(Bytes("key"), readOptions: options)));
        Assert.Null(db.Get(Bytes("other"), readOptions: options));
        Assert.Equal("after", Text(db.Get(Bytes("key"))));
        using Iterator iterator = db.NewIterator(readOptions: options);
        Assert.Equal("before", Text(iterator.SeekToFirst().Value()));
        Assert.False(iterator.Next().Valid());
    }
}

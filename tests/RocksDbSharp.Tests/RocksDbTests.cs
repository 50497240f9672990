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
    public void Get_EmptyKeyAndEmptyValue_AreLikeAnyOther()
    {
        using RocksDb db = Open("a");
        ColumnFamilyHandle a = db.GetColumnFamily("a");
        db.Put([], Bytes("of the empty key"), a);
        db.Put(Bytes("key"), [], a);

        Assert.Equal("of the empty key", Text(db.Get([], a)));
        Assert.Equal("", Text(db.Get(Bytes("key"), a)));
        Assert.True(db.HasKey(Bytes("key"), a));
        db.CompactRange(null, null, a);
        Assert.Equal("of the empty key", Text(db.Get([], a)));
        Assert.Equal("", Text(db.Get(Bytes("key"), a)));
        db.Remove([], a);
        Assert.Null(db.Get([], a));
    }

    [Fact]
    public void Get_ValueOfOneMebibyte_IsReturnedWhole()
    {
        byte[] value = new byte[1 << 20];
        new Random(1).NextBytes(value);
        using RocksDb db = Open();
        db.Put(Bytes("key"), value);

        Assert.Equal(value, db.Get(Bytes("key")));
        db.Flush(new FlushOptions().SetWaitForFlush(true));
        Assert.Equal(value, db.Get(Bytes("key")));
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
    }

    [Fact]
    public void Get_IntoBuffer_ReturnsLengthAndCopiesWhatFits()
    {
        using RocksDb db = Open();
        db.Put(Bytes("key"), Bytes("value"));
        byte[] buffer = Bytes("..........");

        Assert.Equal(5, db.Get(Bytes("key"), buffer, 2, 8));
        Assert.Equal("..value...", Text(buffer));
        Assert.Equal(5, db.Get(Bytes("key and more"), 3, buffer, 8, 2));
        Assert.Equal("..value.va", Text(buffer));
        Assert.Equal(5, db.Get(Bytes("key"), buffer, 0, 0));
        Assert.Equal(-1, db.Get(Bytes("absent"), buffer, 0, 10));
        Assert.Equal("..value.va", Text(buffer));
        Assert.Throws<ArgumentOutOfRangeException>(() => db.Get(Bytes("key"), buffer, 5, 6));
    }

    [Fact]
    public void GetFixedSizeValue_AnyLength_CopiesOnlyTheExpectedOne()
    {
        using RocksDb db = Open();
        db.Put(Bytes("key"), Bytes("value"));
        byte[] buffer = Bytes(".....");

        Assert.False(db.GetFixedSizeValue(Bytes("absent"), buffer));
        Assert.Equal(".....", Text(buffer));
        Assert.True(db.GetFixedSizeValue(Bytes("key"), buffer));
        Assert.Equal("value", Text(buffer));
        Assert.Throws<RocksDbSharpException>(() => db.GetFixedSizeValue(Bytes("key"), new byte[4]));
        Assert.Throws<RocksDbSharpException>(() => db.GetFixedSizeValue(Bytes("key"), new byte[6]));
    }

    [Fact]
    public void Get_WithDeserializer_ReadsTheValueInPlace()
    {
        using RocksDb db = Open();
        db.Put(Bytes("key"), Bytes("value"));

        Assert.Equal("value", db.Get(Bytes("key"), new TextDeserializer()));
        Assert.Null(db.Get(Bytes("absent"), new TextDeserializer()));
        Assert.Throws<FormatException>(() => db.Get(Bytes("key"), new FailingDeserializer()));
        Assert.Equal("value", Text(db.Get(Bytes("key"))));
    }

    [Fact]
    public void MultiGet_SomeAbsent_ReturnsEachInOrder()
    {
        using RocksDb db = Open();
        db.Put(Bytes("a"), Bytes("1"));
        db.Put([], Bytes("2"));
        db.Put(Bytes("c"), []);

        KeyValuePair<byte[], byte[]?>[] found = db.MultiGet([Bytes("c"), Bytes("absent"), [], Bytes("a")]);

        Assert.Equal(["c", "absent", "", "a"], found.Select(pair => Text(pair.Key)));
        Assert.Equal<byte[]?>(
            [
                [],
                null,
                Bytes("2"),
                Bytes("1"),
            ],
            found.Select(pair => pair.Value)
        );
        Assert.Empty(db.MultiGet([]));
    }

    [Fact]
    public void MultiGet_WithFamiliesAndSnapshot_ReadsEachKeyInItsFamilyAtTheSnapshot()
    {
        using RocksDb db = Open("a");
        ColumnFamilyHandle a = db.GetColumnFamily("a");
        ColumnFamilyHandle other = db.GetColumnFamily("default");
        db.Put(Bytes("key"), Bytes("of a"), a);
        db.Put(Bytes("key"), Bytes("of default"));
        using Snapshot snapshot = db.CreateSnapshot();
        db.Remove(Bytes("key"), a);

        KeyValuePair<byte[], byte[]?>[] found = db.MultiGet(
            [Bytes("key"), Bytes("key")],
            [a, other],
            new ReadOptions().SetSnapshot(snapshot)
        );

        Assert.Equal(["of a", "of default"], found.Select(pair => Text(pair.Value)));
        Assert.Throws<ArgumentException>(() => db.MultiGet([Bytes("key")], [a, other]));
    }

    [Fact]
    public void GetColumnFamily_Unknown_Throws()
    {
        using RocksDb db = Open();

        Assert.Throws<KeyNotFoundException>(() => db.GetColumnFamily("absent"));
    }

    [Fact]
    public void Get_FamilyOfAnotherDatabase_IsRefused()
    {
        using RocksDb db = Open("a");
        using RocksDb other = RocksDb.Open(NewOptions(), Beside("other"), WithFamilies("a"));

        Assert.Throws<ArgumentException>(() => db.Get(Bytes("key"), other.GetColumnFamily("a")));
        Assert.Throws<ArgumentException>(() => db.Get(Bytes("key"), new ForeignHandle()));
        Assert.Throws<ArgumentException>(() => new WriteBatch().Delete(Bytes("key"), new ForeignHandle()));
    }

    [Fact]
    public void CompactRange_BoundedRange_LeavesTheRestInMemory()
    {
        using RocksDb db = Open("a");
        ColumnFamilyHandle a = db.GetColumnFamily("a");
        db.Put(Bytes("m"), Bytes("1"), a);

        db.CompactRange(Bytes("x"), Bytes("z"), a);
        Assert.Equal("1", db.GetProperty("rocksdb.num-entries-active-mem-table", a));
        db.CompactRange([], [], a);
        Assert.Equal("1", db.GetProperty("rocksdb.num-entries-active-mem-table", a));
        db.CompactRange([], Bytes("z"), a);
        Assert.Equal("0", db.GetProperty("rocksdb.num-entries-active-mem-table", a));
        Assert.Equal("1", Text(db.Get(Bytes("m"), a)));
    }

    [Fact]
    public void GetProperty_KnownAndUnknown_ReturnsTextOrNull()
    {
        using RocksDb db = Open("a");
        db.Put(Bytes("key"), Bytes("value"), db.GetColumnFamily("a"));

        Assert.Equal("0", db.GetProperty("rocksdb.estimate-num-keys"));
        Assert.Equal("1", db.GetProperty("rocksdb.estimate-num-keys", db.GetColumnFamily("a")));
        Assert.Null(db.GetProperty("rocksdb.no-such-property"));
    }

    [Fact]
    public void Checkpoint_Save_MakesADatabaseOfItsOwn()
    {
        using RocksDb db = Open("a");
        ColumnFamilyHandle a = db.GetColumnFamily("a");
        db.Put(Bytes("key"), Bytes("before"), a);
        using (Checkpoint checkpoint = db.Checkpoint())
        {
            checkpoint.Save(Beside("copy"));
            Assert.Throws<RocksDbException>(() => checkpoint.Save(Beside("copy")));
        }

        db.Put(Bytes("key"), Bytes("after"), a);

        using RocksDb copy = RocksDb.Open(new DbOptions(), Beside("copy"), WithFamilies("a"));
        Assert.Equal("before", Text(copy.Get(Bytes("key"), copy.GetColumnFamily("a"))));
        copy.Put(Bytes("key"), Bytes("of the copy"), copy.GetColumnFamily("a"));
        Assert.Equal("after", Text(db.Get(Bytes("key"), a)));
    }

    private sealed class TextDeserializer : ISpanDeserializer<string>
    {
        public string Deserialize(ReadOnlySpan<byte> buffer) => Text(buffer);
    }

    private sealed class FailingDeserializer : ISpanDeserializer<string>
    {
        public string Deserialize(ReadOnlySpan<byte> buffer) => throw new FormatException(Text(buffer));
    }

    private sealed class ForeignHandle : ColumnFamilyHandle
    {
        public IntPtr Handle => 1;
    }
}

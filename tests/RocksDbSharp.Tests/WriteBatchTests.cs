using System.Text;

namespace RocksDbSharp.Tests;

public sealed class WriteBatchTests : DatabaseTest
{
    [Fact]
    public void Write_Batch_AppliesInOrder()
    {
        using RocksDb db = Open("a");
        ColumnFamilyHandle a = db.GetColumnFamily("a");
        db.Put(Bytes("old"), Bytes("1"), a);
        db.Put(Bytes("old"), Bytes("1"));
        using WriteBatch batch = new();
        batch.Put(Bytes("new"), Bytes("2"), a).Put(Bytes("new"), Bytes("3")).Delete(Bytes("old"), a);
        batch.Delete(Bytes("old")).Put(Bytes("old"), Bytes("4"));
        Assert.Equal(5, batch.Count());
        Assert.Null(db.Get(Bytes("new"), a));

        db.Write(batch, new WriteOptions().SetSync(true));

        Assert.Equal("2", Text(db.Get(Bytes("new"), a)));
        Assert.Equal("3", Text(db.Get(Bytes("new"))));
        Assert.Null(db.Get(Bytes("old"), a));
        Assert.Equal("4", Text(db.Get(Bytes("old"))));
    }

    [Fact]
    public void Put_EmptyKeyAndEmptyValue_AreLikeAnyOther()
    {
        using RocksDb db = Open("a");
        using WriteBatch batch = new();
        batch.Put([], [], db.GetColumnFamily("a")).Put([], Bytes("1")).Put(Bytes("2"), []);

        db.Write(batch);

        Assert.Equal("", Text(db.Get([], db.GetColumnFamily("a"))));
        Assert.Equal("1", Text(db.Get([])));
        Assert.Equal("", Text(db.Get(Bytes("2"))));
    }

    [Fact]
    public void Put_BufferReusedAfterwards_KeepsWhatWasPut()
    {
        using RocksDb db = Open();
        using WriteBatch batch = new();
        byte[] key = new byte[1];
        for (byte i = 0; i < 10; i++)
        {
            key[0] = i;
            batch.Put(key, key);
        }

        db.Write(batch);

        Assert.Equal([3], db.Get([3])!);
    }

    [Fact]
    public void Clear_UsedBatch_StartsAfresh()
    {
        using RocksDb db = Open();
        using WriteBatch batch = new();
        int empty = batch.ToBytes().Length;
        batch.Put(Bytes("a"), Bytes("1"));
        Assert.True(batch.ToBytes().Length > empty);
        db.Write(batch);

        batch.Clear();
        Assert.Equal(0, batch.Count());
        Assert.Equal(empty, batch.ToBytes().Length);
        db.Remove(Bytes("a"));
        db.Write(batch.Put(Bytes("b"), Bytes("2")));

        Assert.Null(db.Get(Bytes("a")));
        Assert.Equal("2", Text(db.Get(Bytes("b"))));
    }

    [Fact]
    public void ToBytes_Batch_HoldsKeysAndValuesVerbatim()
    {
        using WriteBatch batch = new WriteBatch().Put(Bytes("the key"), Bytes("the value"));

        string bytes = Encoding.Latin1.GetString(batch.ToBytes());

        Assert.Contains("the key", bytes, StringComparison.Ordinal);
        Assert.EndsWith("the value", bytes, StringComparison.Ordinal);
    }

    [Fact]
    public void DeleteRange_Keys_RemovesFromFirstToBeforeLast()
    {
        using RocksDb db = Open("a");
        ColumnFamilyHandle a = db.GetColumnFamily("a");
        foreach (string key in new[] { "a", "b", "c", "d" })
        {
            db.Put(Bytes(key), Bytes(key), a);
            db.Put(Bytes(key), Bytes(key));
        }

        using WriteBatch batch = new();
        batch.DeleteRange(Bytes("b and more"), 1, Bytes("d"), 1, a).DeleteRange([], 0, Bytes("b"), 1);
        db.Write(batch);

        Assert.Equal(["a", "d"], Keys(db, a));
        Assert.Equal(["b", "c", "d"], Keys(db, db.GetColumnFamily("default")));
    }

    // A crash while the last batch goes to the log leaves a part of its record there, however short.
    [Fact]
    public void Write_LogCutAnywhereInTheLastBatch_RecoversWithoutAnyOfIt()
    {
        string log = WriteThreeBatches();
        byte[] whole = File.ReadAllBytes(log);

        // Before a batch's first key: the record's header (7 bytes), the batch's (12), the change's type and key length.
        int third = whole.AsSpan().IndexOf(Bytes("third of default")) - 21;
        Assert.InRange(third, 21, whole.Length);
        int cuts = 0;
        for (int length = third + 1; length < whole.Length; length += 3, cuts++)
        {
            File.WriteAllBytes(log, whole[..length]);

            Assert.Null(Recover(Recovery.AbsoluteConsistency));
            Assert.Equal(["first", "second"], Recover(Recovery.TolerateCorruptedTailRecords));
            Assert.Equal(["first", "second"], Recover(Recovery.PointInTime));
        }

        Assert.InRange(cuts, 20, 100);
        File.WriteAllBytes(log, whole);
        Assert.Equal(["first", "second", "third"], Recover(Recovery.AbsoluteConsistency));
    }

    // Damage to a record that was written whole is not what a crash leaves. Point-in-time recovery drops it and all that
    // follows, without a word; the stricter modes refuse to open.
    [Theory]
    [InlineData("second", Recovery.AbsoluteConsistency, null)]
    [InlineData("second", Recovery.TolerateCorruptedTailRecords, null)]
    [InlineData("second", Recovery.PointInTime, "first")]
    [InlineData("third", Recovery.AbsoluteConsistency, null)]
    [InlineData("third", Recovery.TolerateCorruptedTailRecords, null)]
    [InlineData("third", Recovery.PointInTime, "first,second")]
    public void Open_RecordOfTheLogDamaged_RecoversAsTheModeSays(string damaged, Recovery mode, string? recovered)
    {
        string log = WriteThreeBatches();
        byte[] bytes = File.ReadAllBytes(log);
        bytes[bytes.AsSpan().IndexOf(Bytes($"{damaged} of a"))] ^= 1;
        File.WriteAllBytes(log, bytes);

        Assert.Equal(recovered?.Split(','), Recover(mode));
    }

    // The log of a database that has nothing but the log.
    private string WriteThreeBatches()
    {
        using RocksDb db = Open("a");
        foreach (string name in new[] { "first", "second", "third" })
        {
            using WriteBatch batch = new();
            batch.Put(Bytes($"{name} of default"), new byte[20]);
            batch.Put(Bytes($"{name} of a"), new byte[20], db.GetColumnFamily("a"));
            db.Write(batch);
        }

        return Directory.EnumerateFiles(Path, "*.log").Single();
    }

    // The batches that a copy of the database recovers, each of them whole; null when it refuses to open.
    private List<string>? Recover(Recovery mode)
    {
        using TemporaryDirectory copy = new();
        foreach (string file in Directory.EnumerateFiles(Path))
        {
            File.Copy(file, copy.In(System.IO.Path.GetFileName(file)));
        }

        RocksDb db;
        try
        {
            db = RocksDb.Open(NewOptions().SetWalRecoveryMode(mode), copy.Path, WithFamilies("a"));
        }
        catch (RocksDbException exception)
        {
            Assert.Contains("Corruption", exception.Message, StringComparison.Ordinal);
            return null;
        }

        using (db)
        {
            List<string> names = [.. Keys(db, db.GetColumnFamily("a")).Select(key => key.Replace(" of a", ""))];
            Assert.Equal(names.Select(name => $"{name} of default"), Keys(db, db.GetColumnFamily("default")));
            return names;
        }
    }

    private static List<string> Keys(RocksDb db, ColumnFamilyHandle family)
    {
        List<string> keys = [];
        using Iterator iterator = db.NewIterator(family);
        for (iterator.SeekToFirst(); iterator.Valid(); iterator.Next())
        {
            keys.Add(Text(iterator.GetKeySpan()));
        }

        return keys;
    }
}

namespace RocksDbSharp.Tests;

public sealed class AllocationTests : DatabaseTest
{
    [Fact]
    public void HotPaths_Repeated_AllocateNothing()
    {
        using RocksDb db = Open("a");
        ColumnFamilyHandle a = db.GetColumnFamily("a");
        byte[] key = Bytes("key");
        byte[] value = new byte[300];
        byte[] buffer = new byte[300];
        WriteOptions options = new();
        using Snapshot snapshot = db.CreateSnapshot();
        ReadOptions atSnapshot = new ReadOptions().SetSnapshot(snapshot);
        using WriteBatch batch = new();
        LengthDeserializer length = new();
        db.Put(key, value, a);
        using Iterator iterator = db.NewIterator(a);

        AssertAllocates(0, () => batch.Clear().Put(key, value, a).Put(key, value).Delete(key, a).Delete(key).Count());
        AssertAllocates(0, () => db.Write(batch, options));
        AssertAllocates(0, () => db.Put(key, value, a));
        AssertAllocates(0, () => db.Remove(key));
        AssertAllocates(0, () => db.HasKey(key, a));
        AssertAllocates(0, () => db.HasKey(key, a, atSnapshot));
        AssertAllocates(0, () => db.Get(key, buffer, 0, buffer.Length, a));
        AssertAllocates(0, () => db.GetFixedSizeValue(key, buffer, a));
        AssertAllocates(0, () => db.Get(key, length, a));
        AssertAllocates(0, () => iterator.Seek(key).GetValueSpan().CopyTo(buffer));
        AssertAllocates(0, () => iterator.SeekToLast().Prev().Valid());
    }

    [Fact]
    public void Get_Array_AllocatesTheArrayAlone()
    {
        using RocksDb db = Open();
        byte[] key = Bytes("key");
        db.Put(key, new byte[1000]);
        long array = AllocatedBytes(() => GC.KeepAlive(new byte[1000]));

        AssertAllocates(array, () => db.Get(key));
    }

    private static void AssertAllocates(long expected, Action action) => Assert.Equal(expected, AllocatedBytes(action));

    // Of one call, as the fewest of many: the first ones compile, and make what is made once.
    private static long AllocatedBytes(Action action)
    {
        long fewest = long.MaxValue;
        for (int i = 0; i < 100; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            fewest = Math.Min(fewest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return fewest;
    }

    private sealed class LengthDeserializer : ISpanDeserializer<int>
    {
        public int Deserialize(ReadOnlySpan<byte> buffer) => buffer.Length;
    }
}

namespace RocksDbSharp.Tests;

/// <summary>One bit of a table file flipped under a database, in the middle of 1000 values.</summary>
public sealed class CorruptionTests : DatabaseTest
{
    private const int Keys = 1000;
    private const int Damaged = 500;

    [Fact]
    public void Get_DamagedBlock_Throws()
    {
        using RocksDb db = OpenDamaged();

        RocksDbException exception = Assert.Throws<RocksDbException>(() => db.Get(Key(Damaged)));
        Assert.Contains("checksum mismatch", exception.Message, StringComparison.Ordinal);
        Assert.Throws<RocksDbException>(() => db.HasKey(Key(Damaged)));
        Assert.Throws<RocksDbException>(() => db.Get(Key(Damaged), new byte[100], 0, 100));
        Assert.Throws<RocksDbException>(() => db.GetFixedSizeValue(Key(Damaged), new byte[100]));
        Assert.Throws<RocksDbException>(() =>
            db.Get(Key(Damaged), readOptions: new ReadOptions().SetVerifyChecksums(true))
        );
        Assert.Equal(Value(0), db.Get(Key(0)));
    }

    [Fact]
    public void Get_DamagedBlockWithoutVerifyChecksums_ReturnsTheDamage()
    {
        using RocksDb db = OpenDamaged();

        byte[]? value = db.Get(Key(Damaged), readOptions: new ReadOptions().SetVerifyChecksums(false));

        Assert.NotNull(value);
        Assert.NotEqual(Value(Damaged), value);
    }

    [Fact]
    public void MultiGet_OneKeyInTheDamagedBlock_Throws()
    {
        using RocksDb db = OpenDamaged();

        Assert.Throws<RocksDbException>(() => db.MultiGet([Key(0), Key(Damaged), Key(Keys - 1)]));
        Assert.Throws<RocksDbException>(() => db.MultiGet([Key(Damaged), Key(Damaged), Key(0)]));
        Assert.Equal(2, db.MultiGet([Key(0), Key(Keys - 1)]).Count(pair => pair.Value is not null));
    }

    [Fact]
    public void Next_OntoTheDamagedBlock_ThrowsAndDoesNotEndInSilence()
    {
        using RocksDb db = OpenDamaged();
        using Iterator iterator = db.NewIterator();
        int seen = 0;

        Assert.Throws<RocksDbException>(() =>
        {
            for (iterator.SeekToFirst(); iterator.Valid(); iterator.Next())
            {
                seen++;
            }
        });

        Assert.InRange(seen, 1, Damaged);
        Assert.False(iterator.Valid());
        Assert.Equal(Value(0), iterator.SeekToFirst().Value());
    }

    [Fact]
    public void Prev_OntoTheDamagedBlock_Throws()
    {
        using RocksDb db = OpenDamaged();
        using Iterator iterator = db.NewIterator();
        int seen = 0;

        Assert.Throws<RocksDbException>(() =>
        {
            for (iterator.SeekToLast(); iterator.Valid(); iterator.Prev())
            {
                seen++;
            }
        });

        Assert.InRange(seen, 1, Keys - Damaged);
    }

    [Fact]
    public void Seek_OntoTheDamagedBlock_Throws()
    {
        using RocksDb db = OpenDamaged();
        using Iterator iterator = db.NewIterator();

        Assert.Throws<RocksDbException>(() => iterator.Seek(Key(Damaged)));
        Assert.Throws<RocksDbException>(() => iterator.SeekForPrev(Key(Damaged)));
        Assert.Equal(Value(0), iterator.Seek(Key(0)).Value());
    }

    [Fact]
    public void Open_ManifestDamaged_Throws()
    {
        Open().Dispose();
        string manifest = Directory.EnumerateFiles(Path, "MANIFEST-*").Single();
        byte[] bytes = File.ReadAllBytes(manifest);
        bytes[^1] ^= 1;
        File.WriteAllBytes(manifest, bytes);

        Assert.Throws<RocksDbException>(() => Open());
    }

    [Fact]
    public void Open_TableFileMissing_Throws()
    {
        OpenDamaged().Dispose();
        File.Delete(Directory.EnumerateFiles(Path, "*.sst").Single());

        Assert.Throws<RocksDbException>(() => Open());
    }

    private static byte[] Key(int i) => Bytes($"key {i:d4}");

    private static byte[] Value(int i) => Bytes($"value {i:d4} ".PadRight(100, '.'));

    private RocksDb OpenDamaged()
    {
        DbOptions options = NewOptions().SetCompression(Compression.No);
        using (RocksDb db = RocksDb.Open(options, Path))
        {
            using WriteBatch batch = new();
            for (int i = 0; i < Keys; i++)
            {
                batch.Put(Key(i), Value(i));
            }

            db.Write(batch);
            db.CompactRange(null, null);
        }

        string table = Directory.EnumerateFiles(Path, "*.sst").Single();
        byte[] bytes = File.ReadAllBytes(table);
        bytes[bytes.AsSpan().IndexOf(Value(Damaged))] ^= 1;
        File.WriteAllBytes(table, bytes);
        return RocksDb.Open(options, Path);
    }
}

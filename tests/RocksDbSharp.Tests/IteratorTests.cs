namespace RocksDbSharp.Tests;

public sealed class IteratorTests : DatabaseTest
{
    [Fact]
    public void Next_FromFirst_VisitsKeysInByteOrder()
    {
        using RocksDb db = Open();
        byte[][] keys =
        [
            [0xff],
            [0x80],
            [0x7f, 0],
            [0x7f],
            [0],
            [],
        ];
        foreach (byte[] key in keys)
        {
            db.Put(key, key);
        }

        using Iterator iterator = db.NewIterator();
        List<byte[]> visited = [];
        for (iterator.SeekToFirst(); iterator.Valid(); iterator.Next())
        {
            Assert.Equal(iterator.Key(), iterator.Value());
            Assert.True(iterator.GetKeySpan().SequenceEqual(iterator.Key()));
            Assert.True(iterator.GetValueSpan().SequenceEqual(iterator.Value()));
            visited.Add(iterator.Key());
        }

        Assert.Equal(keys.Reverse(), visited);
        visited.Clear();
        for (iterator.SeekToLast(); iterator.Valid(); iterator.Prev())
        {
            visited.Add(iterator.Key());
        }

        Assert.Equal(keys, visited);
    }

    [Fact]
    public void Seek_AbsentKey_MovesToItsNeighbour()
    {
        using RocksDb db = Filled("b", "d");
        using Iterator iterator = db.NewIterator();

        Assert.Equal("b", Text(iterator.Seek([]).Key()));
        Assert.Equal("d", Text(iterator.Seek(Bytes("c")).Key()));
        Assert.Equal("d", Text(iterator.Seek(Bytes("d")).Key()));
        Assert.False(iterator.Seek(Bytes("e")).Valid());
        Assert.Equal("d", Text(iterator.SeekForPrev(Bytes("e")).Key()));
        Assert.Equal("d", Text(iterator.SeekForPrev(Bytes("d")).Key()));
        Assert.Equal("b", Text(iterator.SeekForPrev(Bytes("c")).Key()));
        Assert.False(iterator.SeekForPrev(Bytes("a")).Valid());
        Assert.False(iterator.SeekForPrev([]).Valid());
    }

    [Fact]
    public void Bounds_BothSet_EndBothDirections()
    {
        using RocksDb db = Filled("a", "b", "c", "d");
        ReadOptions options = new ReadOptions().SetIterateLowerBound(Bytes("b")).SetIterateUpperBound(Bytes("d"));
        using Iterator iterator = db.NewIterator(readOptions: options);

        Assert.Equal("b", Text(iterator.SeekToFirst().Key()));
        Assert.Equal("c", Text(iterator.Next().Key()));
        Assert.False(iterator.Next().Valid());
        Assert.Equal("c", Text(iterator.SeekToLast().Key()));
        Assert.Equal("b", Text(iterator.Prev().Key()));
        Assert.False(iterator.Prev().Valid());
        Assert.Equal("b", Text(iterator.Seek(Bytes("a")).Key()));
        Assert.False(iterator.Seek(Bytes("d")).Valid());
        Assert.Equal("c", Text(iterator.SeekForPrev(Bytes("z")).Key()));
    }

    [Fact]
    public void Bounds_LengthGiven_UsesThatMuchOfTheArray()
    {
        using RocksDb db = Filled("a", "b", "ba", "c", "ca");
        ReadOptions options = new ReadOptions()
            .SetIterateLowerBound(Bytes("bzzz"), 1)
            .SetIterateUpperBound(Bytes("czzz"), 1);

        Assert.Equal(["b", "ba"], Keys(db, options));
        Assert.Throws<ArgumentOutOfRangeException>(() => options.SetIterateUpperBound(Bytes("c"), 2));
    }

    [Fact]
    public void Bounds_Empty_AreKeysToo()
    {
        using RocksDb db = Filled("", "a");

        Assert.Empty(Keys(db, new ReadOptions().SetIterateUpperBound([])));
        Assert.Equal(["", "a"], Keys(db, new ReadOptions().SetIterateLowerBound([])));
    }

    [Fact]
    public void Bounds_ChangedWhileAnIteratorUsesThem_IsRefused()
    {
        using RocksDb db = Filled("a", "b", "c");
        ReadOptions options = new ReadOptions().SetIterateUpperBound(Bytes("c"));
        using (Iterator iterator = db.NewIterator(readOptions: options))
        {
            Assert.Throws<InvalidOperationException>(() => options.SetIterateUpperBound(Bytes("b")));
            Assert.Throws<InvalidOperationException>(() => options.SetIterateLowerBound(Bytes("b")));
            Assert.Equal("b", Text(iterator.SeekToLast().Key()));
        }

        options.SetIterateUpperBound(Bytes("b")).SetIterateLowerBound(Bytes("a"));
        Assert.Equal(["a"], Keys(db, options));
    }

    [Fact]
    public void Bounds_ArrayChangedAfterwards_HaveNoPartInIt()
    {
        using RocksDb db = Filled("a", "b", "c");
        byte[] bound = Bytes("c");
        ReadOptions options = new ReadOptions().SetIterateUpperBound(bound);
        using Iterator iterator = db.NewIterator(readOptions: options);
        bound[0] = (byte)'b';

        Assert.Equal("b", Text(iterator.SeekToLast().Key()));
    }

    [Fact]
    public void NewIterator_OfAFamily_SeesOnlyThat()
    {
        using RocksDb db = Open("a");
        db.Put(Bytes("default"), []);
        db.Put(Bytes("of a"), [], db.GetColumnFamily("a"));
        using Iterator iterator = db.NewIterator(db.GetColumnFamily("a"));

        Assert.Equal("of a", Text(iterator.SeekToFirst().Key()));
        Assert.False(iterator.Next().Valid());
    }

    [Fact]
    public void NewIterator_LaterWrites_AreNotSeen()
    {
        using RocksDb db = Filled("a", "c");
        using Iterator iterator = db.NewIterator();
        db.Put(Bytes("b"), []);
        db.Remove(Bytes("c"));
        db.CompactRange(null, null);

        Assert.Equal("a", Text(iterator.SeekToFirst().Key()));
        Assert.Equal("c", Text(iterator.Next().Key()));
        Assert.Equal("c", Text(iterator.Value()));
    }

    [Fact]
    public void NewIterator_TuningOptions_DoNotChangeWhatIsSeen()
    {
        using RocksDb db = Filled("a", "b");
        ReadOptions options = new ReadOptions()
            .SetReadaheadSize(1 << 20)
            .SetTotalOrderSeek(true)
            .SetFillCache(false)
            .SetVerifyChecksums(true);

        Assert.Equal(["a", "b"], Keys(db, options));
    }

    [Fact]
    public void Move_StandingOnNoKey_IsRefused()
    {
        using RocksDb db = Filled("a");
        using Iterator iterator = db.NewIterator();

        Assert.False(iterator.Valid());
        Assert.Throws<InvalidOperationException>(() => iterator.Next());
        Assert.Throws<InvalidOperationException>(() => iterator.Prev());
        Assert.Throws<InvalidOperationException>(() => iterator.Key());
        Assert.Throws<InvalidOperationException>(() => iterator.Value());
        iterator.SeekToFirst().Next();
        Assert.False(iterator.Valid());
        Assert.Throws<InvalidOperationException>(() => iterator.Next());
        Assert.Throws<InvalidOperationException>(() => iterator.GetKeySpan().Length);
        Assert.Throws<InvalidOperationException>(() => iterator.GetValueSpan().Length);
        Assert.Equal("a", Text(iterator.SeekToLast().Key()));
    }

    // Random writes and moves, against a sorted set that does the same.
    [Fact]
    public void Moves_RandomKeysAndBounds_MatchASortedSet()
    {
        int seed = Random.Shared.Next();
        Random random = new(seed);
        using RocksDb db = Open();
        SortedSet<string> model = new(StringComparer.Ordinal);
        for (int round = 0; round < 60; round++)
        {
            for (int i = 0; i < 20; i++)
            {
                string key = RandomKey(random);
                if (random.Next(3) == 0)
                {
                    db.Remove(Bytes(key));
                    model.Remove(key);
                }
                else
                {
                    db.Put(Bytes(key), Bytes(key));
                    model.Add(key);
                }
            }

            if (round % 10 == 5)
            {
                db.CompactRange(null, null);
            }

            string lower = RandomKey(random);
            string upper = RandomKey(random);
            if (string.CompareOrdinal(lower, upper) > 0)
            {
                (lower, upper) = (upper, lower);
            }

            List<string> keys =
            [
                .. model.Where(key => string.CompareOrdinal(key, lower) >= 0 && string.CompareOrdinal(key, upper) < 0),
            ];
            ReadOptions options = new ReadOptions()
                .SetIterateLowerBound(Bytes(lower))
                .SetIterateUpperBound(Bytes(upper));
            using Iterator iterator = db.NewIterator(readOptions: options);
            int at = -1;
            for (int i = 0; i < 50; i++)
            {
                string key = RandomKey(random);
                switch (random.Next(6))
                {
                    case 0:
                        iterator.SeekToFirst();
                        at = 0;
                        break;
                    case 1:
                        iterator.SeekToLast();
                        at = keys.Count - 1;
                        break;
                    case 2:
                        iterator.Seek(Bytes(key));
                        at = keys.FindIndex(other => string.CompareOrdinal(other, key) >= 0);
                        break;
                    case 3:
                        iterator.SeekForPrev(Bytes(key));
                        at = keys.FindLastIndex(other => string.CompareOrdinal(other, key) <= 0);
                        break;
                    case 4 when iterator.Valid():
                        iterator.Next();
                        at++;
                        break;
                    case 5 when iterator.Valid():
                        iterator.Prev();
                        at--;
                        break;
                    default:
                        continue;
                }

                bool valid = at >= 0 && at < keys.Count;
                Assert.True(valid == iterator.Valid(), $"seed {seed}, round {round}, move {i}");
                if (valid)
                {
                    Assert.True(keys[at] == Text(iterator.Key()), $"seed {seed}, round {round}, move {i}");
                    Assert.True(keys[at] == Text(iterator.Value()), $"seed {seed}, round {round}, move {i}");
                }
            }
        }
    }

    private static string RandomKey(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => "abcde"[random.Next(5)]));

    private static List<string> Keys(RocksDb db, ReadOptions options)
    {
        List<string> keys = [];
        using Iterator iterator = db.NewIterator(readOptions: options);
        for (iterator.SeekToFirst(); iterator.Valid(); iterator.Next())
        {
            keys.Add(Text(iterator.GetKeySpan()));
        }

        return keys;
    }

    private RocksDb Filled(params string[] keys)
    {
        RocksDb db = Open();
        foreach (string key in keys)
        {
            db.Put(Bytes(key), Bytes(key));
        }

        return db;
    }
}

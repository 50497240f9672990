using System.Security.Cryptography;
using System.Text.Json;
using Ledger.Crypto;
using Ledger.Rules.Map;
using Ledger.Testing;

namespace Ledger.Rules.Tests.Map;

public sealed class StateMapTests
{
    [Fact]
    public void Next_PublishedVectors_HaveTheirRoots()
    {
        foreach (
            JsonElement vector in Vectors.Json("jmt", "sha2_256_vectors.json").GetProperty("vectors").EnumerateArray()
        )
        {
            (byte[] Key, byte[] Value)[] data =
            [
                .. vector
                    .GetProperty("data")
                    .EnumerateArray()
                    .Select(static d => (Hex(d.GetProperty("key")), Hex(d.GetProperty("value")))),
            ];
            byte[] expected = Hex(vector.GetProperty("expected_root"));
            Assert.Equal(expected, NaiveMap.Root(data));
            MapLeaf[] leaves = [.. data.Select(static d => Leaf(SHA256.HashData(d.Key), SHA256.HashData(d.Value)))];
            Assert.Equal(expected, StateMap.Empty().Next(Sorted(leaves)).Root.ToArray());
        }

        static byte[] Hex(JsonElement text) => Convert.FromHexString(text.GetString()!);
    }

    [Theory]
    [InlineData(1, 256)]
    [InlineData(2, 8)]
    [InlineData(3, 2)]
    [InlineData(4, 1)]
    public void Next_RandomBatches_HaveTheReferencesRootAndProofs(int ofTest, int spread)
    {
        Random random = Seeds.Random(ofTest);
        NaiveMap naive = new();
        StateMap map = StateMap.Empty();
        List<MapLeaf> all = [];
        for (int batch = 0; batch < 60; batch++)
        {
            MapLeaf[] leaves = Change(random, all, random.Next(0, 40), spread);
            Put(naive, leaves);
            StateMap before = map;
            byte[] rootBefore = map.Root.ToArray();
            map = map.Next(leaves);
            Assert.Equal(naive.Root(), map.Root.ToArray());
            Assert.Equal(rootBefore, before.Root.ToArray());
            Assert.Equal(batch + 1, map.Version);
            AssertProves(map, naive, all, random, spread);
        }
    }

    [Fact]
    public void Next_InOneBatchOrMany_HasTheSameRoot()
    {
        Random random = Seeds.Random(5);
        List<MapLeaf> all = [];
        MapLeaf[] leaves = Change(random, all, 3_000, 256);
        byte[] root = StateMap.Empty().Next(leaves).Root.ToArray();
        StateMap map = StateMap.Empty();
        foreach (MapLeaf[] part in leaves.OrderBy(_ => random.Next()).Chunk(37))
        {
            map = map.Next(Sorted(part));
        }

        Assert.Equal(root, map.Root.ToArray());
    }

    [Fact]
    public void Next_KeysThatDifferInTheLastBitOnly_ProvesBoth()
    {
        byte[] key = SHA256.HashData("key"u8);
        byte[] sibling = [.. key];
        sibling[^1] ^= 1;
        NaiveMap naive = new();
        MapLeaf[] leaves = Sorted([Leaf(key, SHA256.HashData("a"u8)), Leaf(sibling, SHA256.HashData("b"u8))]);
        Put(naive, leaves);
        StateMap map = StateMap.Empty().Next(leaves);
        Assert.Equal(naive.Root(), map.Root.ToArray());
        MapPath path = map.Prove(key);
        Assert.Equal(256, path.Hashes.Count);
        Assert.True(MapProof.VerifyPresence(map.Root.Span, key, SHA256.HashData("a"u8), Join(path)));
    }

    [Theory]
    [InlineData(6, 256, 0)]
    [InlineData(7, 4, 0)]
    [InlineData(8, 256, 64)]
    [InlineData(9, 2, 64)]
    public void Trim_KeptElsewhere_ReadsBackWhatItNeeds(int ofTest, int spread, int nodesMax)
    {
        // As a store does it: leaves with every batch, nodes now and then, each version read as it was when it was published.
        Random random = Seeds.Random(ofTest);
        KeptMap kept = new();
        NaiveMap naive = new();
        List<MapLeaf> all = [];
        StateMap map = StateMap.Empty(kept, nodesMax);
        long flushed = 0;
        (StateMap Map, byte[] Root, List<MapLeaf> All)? held = null;
        for (int batch = 0; batch < 120; batch++)
        {
            MapLeaf[] leaves = Change(random, all, random.Next(0, 60), spread);
            Put(naive, leaves);
            map = map.Next(leaves);
            kept.Put(leaves);
            if (random.Next(5) == 0)
            {
                kept.Put(map.Rows(flushed));
                flushed = map.Version;
            }

            KeptMap snapshot = kept.Copy();
            map = map.Trim(flushed).At(snapshot);
            Assert.Equal(naive.Root(), map.Root.ToArray());
            AssertProves(map, naive, all, random, spread);
            if (random.Next(10) == 0)
            {
                held = (map, naive.Root(), [.. all]);
            }

            if (held is { } earlier && earlier.All.Count > 0)
            {
                MapLeaf one = earlier.All[random.Next(earlier.All.Count)];
                Assert.True(
                    MapProof.VerifyPresence(
                        earlier.Root,
                        one.KeyHash,
                        one.ValueHash,
                        Join(earlier.Map.Prove(one.KeyHash))
                    )
                );
            }
        }

        Assert.True(kept.Nodes.Count > 1, "nodes were kept");
    }

    [Theory]
    [InlineData(10, 256)]
    [InlineData(11, 3)]
    public void Restore_NodesOfAnEarlierVersionAndSomeOfLaterOnes_HasTheSameRoot(int ofTest, int spread)
    {
        Random random = Seeds.Random(ofTest);
        KeptMap kept = new();
        NaiveMap naive = new();
        List<MapLeaf> all = [];
        StateMap map = StateMap.Empty(kept);
        List<MapLeaf> changed = [];
        long flushed = 0;
        for (int batch = 0; batch < 150; batch++)
        {
            MapLeaf[] leaves = Change(random, all, random.Next(0, 50), spread);
            Put(naive, leaves);
            map = map.Next(leaves);
            kept.Put(leaves);
            changed.AddRange(leaves);
            switch (random.Next(6))
            {
                case 0:
                    kept.Put(map.Rows(flushed));
                    flushed = map.Version;
                    changed.Clear();
                    break;
                case 1:
                    // A crash in the middle of a flush.
                    kept.Put(map.Rows(flushed).Where(_ => random.Next(2) == 0));
                    break;
                case 2:
                    map = StateMap.Restore(kept, changed, map.Version, nodesMax: 50);
                    Assert.Equal(naive.Root(), map.Root.ToArray());
                    AssertProves(map, naive, all, random, spread);
                    break;
                default:
                    break;
            }
        }
    }

    [Fact]
    public void Restore_ManyLeaves_ReadsFewRows()
    {
        Random random = Seeds.Random(12);
        KeptMap kept = new();
        List<MapLeaf> all = [];
        StateMap map = StateMap.Empty(kept);
        MapLeaf[] leaves = Change(random, all, 20_000, 256);
        map = map.Next(leaves);
        kept.Put(leaves);
        kept.Put(map.Rows(0));
        MapLeaf[] few = Change(random, all, 10, 256);
        map = map.Next(few);
        kept.Put(few);
        KeptMap copy = kept.Copy();
        Assert.Equal(map.Root.ToArray(), StateMap.Restore(copy, few, map.Version).Root.ToArray());
        Assert.InRange(copy.Reads, 1, 10 * few.Length);
    }

    [Fact]
    public void Child_DamagedOrMissingRows_AreNotBelieved()
    {
        Random random = Seeds.Random(13);
        KeptMap kept = new();
        List<MapLeaf> all = [];
        StateMap map = StateMap.Empty(kept, nodesMax: 1);
        MapLeaf[] leaves = Change(random, all, 4_000, 256);
        map = map.Next(leaves);
        kept.Put(leaves);
        kept.Put(map.Rows(0));
        int refused = 0;
        foreach ((string path, byte[] row) in kept.Nodes.Where(static node => node.Key.Length > 0).Take(40))
        {
            KeptMap damaged = kept.Copy();
            damaged.Nodes[path][random.Next(row.Length)] ^= (byte)(1 << random.Next(8));
            MapLeaf below = all.First(leaf =>
                Convert.ToHexString(leaf.KeyHash).StartsWith(path, StringComparison.Ordinal)
            );
            StateMap read = map.Trim(map.Version).At(damaged);
            Assert.Throws<FormatException>(() => read.Prove(below.KeyHash));
            Assert.Throws<FormatException>(() => read.Next(new[] { below }));
            refused++;
        }

        Assert.True(refused > 10);
        KeptMap without = kept.Copy();
        MapLeaf one = all[0];
        without.Remove(one);
        StateMap lacking = map.Trim(map.Version).At(without);
        Assert.Throws<FormatException>(() => lacking.Prove(one.KeyHash));
    }

    [Fact]
    public async Task Prove_FromManyThreads_ReadsOneVersion()
    {
        Random random = Seeds.Random(14);
        KeptMap kept = new();
        List<MapLeaf> all = [];
        StateMap map = StateMap.Empty(kept, nodesMax: 100);
        MapLeaf[] leaves = Change(random, all, 5_000, 256);
        map = map.Next(leaves);
        kept.Put(leaves);
        kept.Put(map.Rows(0));
        map = map.Trim(map.Version).At(kept.Copy());
        byte[] root = map.Root.ToArray();
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(thread =>
                    Task.Run(() =>
                    {
                        for (int i = thread; i < all.Count; i += 8 * 20)
                        {
                            MapPath path = map.Prove(all[i].KeyHash);
                            Assert.True(MapProof.VerifyPresence(root, all[i].KeyHash, all[i].ValueHash, Join(path)));
                        }
                    })
                )
        );
    }

    // New leaves and other values for old ones; the keys begin with one of a few bytes, so that small spreads make deep trees.
    private static MapLeaf[] Change(Random random, List<MapLeaf> all, int count, int spread)
    {
        Dictionary<string, MapLeaf> changed = [];
        for (int i = 0; i < count; i++)
        {
            bool isOld = all.Count > 0 && random.Next(3) == 0;
            byte[] key = isOld ? all[random.Next(all.Count)].KeyHash.ToArray() : NewKey(random, spread);
            changed[Convert.ToHexString(key)] = Leaf(key, RandomBytes(random));
        }

        MapLeaf[] leaves = Sorted(changed.Values);
        foreach (MapLeaf leaf in leaves)
        {
            all.RemoveAll(old => old.KeyHash.SequenceEqual(leaf.KeyHash));
            all.Add(leaf);
        }

        return leaves;
    }

    private static byte[] NewKey(Random random, int spread)
    {
        byte[] key = RandomBytes(random);
        if (spread < 256)
        {
            int alike = random.Next(0, 31);
            key.AsSpan(0, alike).Fill((byte)random.Next(spread));
        }

        return key;
    }

    private static void AssertProves(StateMap map, NaiveMap naive, List<MapLeaf> all, Random random, int spread)
    {
        byte[] root = naive.Root();
        for (int i = 0; i < 3; i++)
        {
            if (all.Count > 0)
            {
                MapLeaf leaf = all[random.Next(all.Count)];
                MapPath path = map.Prove(leaf.KeyHash);
                Assert.Equal(leaf.Bytes, path.Leaf!.Value.Bytes);
                Assert.True(MapProof.VerifyPresence(root, leaf.KeyHash, leaf.ValueHash, Join(path)));
                Assert.False(MapProof.VerifyAbsence(root, leaf.KeyHash, default, Join(path)));
            }

            byte[] missing = NewKey(random, spread);
            if (naive.Find(missing) is null)
            {
                MapPath path = map.Prove(missing);
                byte[] end = path.Leaf is { } other ? other.Bytes.ToArray() : [];
                Assert.True(MapProof.VerifyAbsence(root, missing, end, Join(path)));
                Assert.False(MapProof.VerifyPresence(root, missing, RandomBytes(random), Join(path)));
            }
        }
    }

    private static void Put(NaiveMap naive, MapLeaf[] leaves)
    {
        foreach (MapLeaf leaf in leaves)
        {
            naive.Put(leaf.KeyHash, leaf.ValueHash);
        }
    }

    private static byte[] Join(MapPath path) => [.. path.Hashes.SelectMany(static hash => hash)];

    private static MapLeaf[] Sorted(IEnumerable<MapLeaf> leaves) =>
        [.. leaves.OrderBy(static leaf => Convert.ToHexString(leaf.KeyHash), StringComparer.Ordinal)];

    private static MapLeaf Leaf(byte[] key, byte[] value) => new(key, value);

    private static byte[] RandomBytes(Random random)
    {
        byte[] bytes = new byte[32];
        random.NextBytes(bytes);
        return bytes;
    }
}

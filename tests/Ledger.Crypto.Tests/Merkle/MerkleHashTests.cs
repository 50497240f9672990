using System.Security.Cryptography;

namespace Ledger.Crypto.Tests.Merkle;

public sealed class MerkleHashTests
{
    /// <summary>The entries and roots that the tests of RFC 6962 implementations have in common (Certificate Transparency).</summary>
    private static readonly (string Entry, string RootBefore)[] Published =
    [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("00", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        ("10", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        ("2021", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        ("3031", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        ("40414243", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        ("5051525354555657", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
        ("606162636465666768696a6b6c6d6e6f", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
    ];

    private const string PublishedLastRoot = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";

    [Fact]
    public void HashLeafAndRoot_PublishedEntries_ArePublishedRoots()
    {
        CompactRange range = new();
        byte[] root = new byte[32];
        byte[] leaf = new byte[32];
        foreach ((string entry, string rootBefore) in Published)
        {
            range.Root(root);
            Assert.Equal(rootBefore, Convert.ToHexStringLower(root));
            MerkleHash.HashLeaf(Convert.FromHexString(entry), leaf);
            range.Append(leaf);
        }
        range.Root(root);
        Assert.Equal(PublishedLastRoot, Convert.ToHexStringLower(root));
        Assert.Equal(Published[0].RootBefore, Convert.ToHexStringLower(MerkleHash.EmptyRoot));
    }

    [Fact]
    public void HashLeaf_EveryLength_IsSha256OfPrefixAndEntry()
    {
        byte[] data = new byte[70_000];
        new Random(1).NextBytes(data);
        byte[] actual = new byte[32];
        IEnumerable<int> lengths = Enumerable.Range(0, 2200).Concat([4095, 4096, 65_535, 65_536, 70_000]);
        foreach (int length in lengths)
        {
            MerkleHash.HashLeaf(data.AsSpan(0, length), actual);
            Assert.Equal(SHA256.HashData([0x00, .. data[..length]]), actual);
        }
    }

    [Fact]
    public void HashNode_DestinationIsAChild_IsSha256OfPrefixAndChildren()
    {
        byte[] left = SHA256.HashData([1]);
        byte[] right = SHA256.HashData([2]);
        byte[] expected = SHA256.HashData([0x01, .. left, .. right]);
        foreach (int into in (ReadOnlySpan<int>)[0, 1, 2])
        {
            byte[] l = [.. left];
            byte[] r = [.. right];
            byte[] destination =
                into == 0 ? l
                : into == 1 ? r
                : new byte[32];
            MerkleHash.HashNode(l, r, destination);
            Assert.Equal(expected, destination);
        }
    }

    [Fact]
    public void HashLeaves_RandomBatches_AreHashLeafOfEach()
    {
        Random random = Seeds.Random(20_260_142);
        for (int round = 0; round < 200; round++)
        {
            int[] lengths = new int[random.Next(0, 70)];
            for (int i = 0; i < lengths.Length; i++)
            {
                lengths[i] = random.Next(8) == 0 ? random.Next(0, 5000) : random.Next(0, 400);
            }
            byte[] entries = new byte[lengths.Sum()];
            random.NextBytes(entries);
            byte[] actual = new byte[32 * lengths.Length];
            MerkleHash.HashLeaves(entries, lengths, actual);

            byte[] expected = new byte[actual.Length];
            for (int i = 0, at = 0; i < lengths.Length; at += lengths[i++])
            {
                MerkleHash.HashLeaf(entries.AsSpan(at, lengths[i]), expected.AsSpan(32 * i, 32));
            }
            Assert.True(expected.AsSpan().SequenceEqual(actual), $"round {round}");
        }
    }

    [Fact]
    public void HashNodes_EveryCount_AreHashNodeOfEach()
    {
        for (int count = 0; count <= 70; count++)
        {
            byte[] pairs = new byte[64 * count];
            new Random(count).NextBytes(pairs);
            byte[] actual = new byte[32 * count];
            MerkleHash.HashNodes(pairs, actual);

            byte[] expected = new byte[32 * count];
            for (int i = 0; i < count; i++)
            {
                MerkleHash.HashNode(
                    pairs.AsSpan(64 * i, 32),
                    pairs.AsSpan((64 * i) + 32, 32),
                    expected.AsSpan(32 * i, 32)
                );
            }
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void AnyHash_WrongLength_Throws()
    {
        byte[] hash = new byte[32];
        foreach (int length in (ReadOnlySpan<int>)[0, 31, 33, 64])
        {
            byte[] wrong = new byte[length];
            Assert.Throws<ArgumentException>(() => MerkleHash.HashLeaf([], wrong));
            Assert.Throws<ArgumentException>(() => MerkleHash.HashNode(wrong, hash, new byte[32]));
            Assert.Throws<ArgumentException>(() => MerkleHash.HashNode(hash, wrong, new byte[32]));
            Assert.Throws<ArgumentException>(() => MerkleHash.HashNode(hash, hash, wrong));
        }
        Assert.Throws<ArgumentException>(() => MerkleHash.HashNodes(new byte[63], new byte[32]));
        Assert.Throws<ArgumentException>(() => MerkleHash.HashNodes(new byte[64], new byte[64]));
        Assert.Throws<ArgumentException>(() => MerkleHash.HashNodes(new byte[64], []));
        Assert.Throws<ArgumentException>(() => MerkleHash.HashLeaves([1], [2], new byte[32]));
        Assert.Throws<ArgumentException>(() => MerkleHash.HashLeaves([1], [1], new byte[64]));
        Assert.Throws<ArgumentException>(() => MerkleHash.HashLeaves([1], [], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleHash.HashLeaves([1], [2, -1], new byte[64]));
        Assert.Throws<ArgumentException>(() =>
            MerkleHash.HashLeaves(new byte[1], [int.MaxValue, int.MaxValue, 3], new byte[96])
        );
    }

    [Fact]
    public void Batches_DestinationOverlapsInput_Throws()
    {
        byte[] memory = new byte[128];
        Assert.Throws<ArgumentException>(() => MerkleHash.HashNodes(memory.AsSpan(0, 64), memory.AsSpan(33, 32)));
        Assert.Throws<ArgumentException>(() =>
            MerkleHash.HashLeaves(memory.AsSpan(0, 64), [64], memory.AsSpan(63, 32))
        );
    }

    [Fact]
    public void EveryHash_Warm_AllocatesNothing()
    {
        byte[] entry = new byte[300];
        byte[] large = new byte[65_535];
        byte[] hash = new byte[32];
        byte[] pairs = new byte[64 * 20];
        byte[] hashes = new byte[32 * 20];
        int[] lengths = [100, 200];
        Allocation.AssertNone(() => MerkleHash.HashLeaf(entry, hash));
        Allocation.AssertNone(() => MerkleHash.HashLeaf(large, hash));
        Allocation.AssertNone(() => MerkleHash.HashNode(hash, hash, hash));
        Allocation.AssertNone(() => MerkleHash.HashLeaves(entry, lengths, hashes.AsSpan(0, 64)));
        Allocation.AssertNone(() => MerkleHash.HashNodes(pairs, hashes));
    }
}

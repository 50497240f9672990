using Ledger.Crypto.Tests.Reference;

namespace Ledger.Crypto.Tests.Merkle;

public sealed class CompactRangeTests(TreeFixture tree) : IClassFixture<TreeFixture>
{
    [Fact]
    public void Root_LeavesAppendedOneByOne_IsReferenceRootOfEverySize()
    {
        CompactRange range = new();
        for (int size = 0; size <= TreeFixture.SizeMax; size++)
        {
            Assert.Equal(size, range.Size);
            Assert.Equal(tree.Roots[size], Root(range));
            if (size < TreeFixture.SizeMax)
            {
                range.Append(tree.LeafHash(size));
            }
        }
    }

    [Fact]
    public void Append_EveryBatchAtEverySize_IsReferenceRootAndHandsOutEachNodeOnce()
    {
        for (int first = 0; first <= TreeFixture.SizeMax; first++)
        {
            CompactRange start = new();
            start.Append(tree.LeafHashes.AsSpan(0, 32 * first));
            for (int size = first; size <= TreeFixture.SizeMax; size++)
            {
                CompactRange range = start.Clone();
                NodeCollector sink = new();
                range.Append(tree.LeafHashes.AsSpan(32 * first, 32 * (size - first)), ref sink);

                Assert.Equal(tree.Roots[size], Root(range));
                Assert.Equal(Completed(first, size), sink.Seen.Keys.Order());
                if (first % 13 == 0)
                {
                    foreach (((int level, long index), byte[] hash) in sink.Seen)
                    {
                        byte[] expected = new byte[32];
                        tree.Nodes.Size = size;
                        tree.Nodes.Node(level, index, expected);
                        Assert.Equal(expected, hash);
                    }
                }
            }
        }

        static IEnumerable<(int, long)> Completed(long first, long size)
        {
            for (int level = 0; first >> level < size >> level; level++)
            {
                for (long index = first >> level; index < size >> level; index++)
                {
                    yield return (level, index);
                }
            }
        }
    }

    [Fact]
    public void Nodes_EverySize_AreCompleteSubtreesLeftToRightAndRestore()
    {
        CompactRange range = new();
        for (int size = 0; size <= TreeFixture.SizeMax; size++)
        {
            List<byte> expected = [];
            int begin = 0;
            for (int level = 30; level >= 0; level--)
            {
                if ((size >> level & 1) != 0)
                {
                    expected.AddRange(Rfc9162.Mth(tree.Entries.AsSpan(begin, 1 << level)));
                    begin += 1 << level;
                }
            }
            byte[] nodes = range.Nodes();
            Assert.Equal(expected, nodes);
            Assert.Equal(32 * range.NodeCount, nodes.Length);

            Assert.True(CompactRange.TryRestore(size, nodes, out CompactRange? restored));
            tree.Nodes.Size = size;
            CompactRange read = CompactRange.FromNodes(tree.Nodes, size);
            foreach (CompactRange copy in (CompactRange[])[restored, read])
            {
                Assert.Equal(size, copy.Size);
                Assert.Equal(tree.Roots[size], Root(copy));
                copy.Append(tree.LeafHashes.AsSpan(32 * size));
                Assert.Equal(tree.Roots[TreeFixture.SizeMax], Root(copy));
            }
            if (size < TreeFixture.SizeMax)
            {
                range.Append(tree.LeafHash(size));
            }
        }
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(long.MinValue, 32)]
    [InlineData(0, 32)]
    [InlineData(1, 0)]
    [InlineData(1, 31)]
    [InlineData(1, 33)]
    [InlineData(3, 32)]
    [InlineData(4, 64)]
    public void TryRestore_LengthDoesNotSuitSize_IsFalse(long size, int bytes)
    {
        Assert.False(CompactRange.TryRestore(size, new byte[bytes], out CompactRange? range));
        Assert.Null(range);
    }

    [Fact]
    public void Merge_EveryPair_IsReferenceRootOrRefused()
    {
        for (int first = 0; first <= 64; first++)
        {
            for (int second = 0; first + second <= TreeFixture.SizeMax; second++)
            {
                CompactRange left = new();
                CompactRange right = new();
                left.Append(tree.LeafHashes.AsSpan(0, 32 * first));
                right.Append(tree.LeafHashes.AsSpan(32 * first, 32 * second));
                int largest = second == 0 ? 1 : 1 << (int)Math.Log2(second);
                if (first % largest == 0)
                {
                    left.Merge(right);
                    Assert.Equal(first + second, left.Size);
                    Assert.Equal(tree.Roots[first + second], Root(left));
                }
                else
                {
                    Assert.Throws<ArgumentException>(() => left.Merge(right));
                    Assert.Equal(tree.Roots[first], Root(left));
                }
            }
        }
    }

    [Fact]
    public void Merge_WithItself_DoublesTheTree()
    {
        CompactRange range = new();
        range.Append(tree.LeafHash(0));
        range.Merge(range);
        range.Merge(range);
        byte[] entry = tree.Entries[0];
        Assert.Equal(4, range.Size);
        Assert.Equal(Rfc9162.Mth([entry, entry, entry, entry]), Root(range));
    }

    [Fact]
    public void AppendSubtree_SizeNotAMultipleOrOutOfRange_Throws()
    {
        CompactRange range = new();
        range.Append(tree.LeafHash(0));
        byte[] hash = new byte[32];
        Assert.Throws<ArgumentException>(() => range.AppendSubtree(1, hash));
        Assert.Throws<ArgumentException>(() => range.AppendSubtree(0, new byte[31]));
        Assert.Throws<ArgumentOutOfRangeException>(() => range.AppendSubtree(-1, hash));
        Assert.Throws<ArgumentOutOfRangeException>(() => range.AppendSubtree(CompactRange.LevelMax + 1, hash));
        Assert.Equal(tree.Roots[1], Root(range));
    }

    [Fact]
    public void Append_BeyondTheLargestTree_Throws()
    {
        CompactRange range = CompactRange.FromNodes(new UniformNodes(), long.MaxValue - 1);
        range.Append(new byte[32]);
        Assert.Equal(long.MaxValue, range.Size);
        Assert.Equal(63, range.NodeCount);
        byte[] root = Root(range);

        Assert.Throws<ArgumentException>(() => range.Append(new byte[32]));
        Assert.Throws<ArgumentException>(() => range.AppendSubtree(0, new byte[32]));
        Assert.Throws<ArgumentException>(() => range.Merge(range));
        Assert.Equal(root, Root(range));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(33)]
    public void Append_NotWholeHashes_Throws(int bytes) =>
        Assert.Throws<ArgumentException>(() => new CompactRange().Append(new byte[bytes]));

    [Fact]
    public void Append_OneLeafOrMany_AllocatesNothing()
    {
        CompactRange range = new();
        byte[] root = new byte[32];
        byte[] leaves = tree.LeafHashes;
        Allocation.AssertNone(() =>
        {
            range.Append(leaves.AsSpan(0, 32));
            range.Append(leaves);
            range.Root(root);
        });
    }

    [Fact]
    public void CopyFrom_EveryPairOfSizes_IsTheOtherAndChangesApart()
    {
        for (int first = 0; first <= TreeFixture.SizeMax; first += 3)
        {
            for (int second = 0; second < TreeFixture.SizeMax; second++)
            {
                CompactRange range = new();
                range.Append(tree.LeafHashes.AsSpan(0, 32 * first));
                CompactRange other = new();
                other.Append(tree.LeafHashes.AsSpan(0, 32 * second));

                range.CopyFrom(other);
                Assert.Equal(second, range.Size);
                Assert.Equal(other.Nodes(), range.Nodes());

                range.Append(tree.LeafHash(second));
                Assert.Equal(tree.Roots[second + 1], Root(range));
                Assert.Equal(tree.Roots[second], Root(other));
            }
        }
    }

    [Fact]
    public void CopyFrom_LargestTreeOrItself_IsTheSame()
    {
        CompactRange largest = CompactRange.FromNodes(new UniformNodes(), long.MaxValue);
        CompactRange range = new();
        range.CopyFrom(largest);
        range.CopyFrom(range);
        Assert.Equal(long.MaxValue, range.Size);
        Assert.Equal(largest.Nodes(), range.Nodes());
        Assert.Equal(Root(largest), Root(range));
    }

    /// <summary>All that a batch of 1,000 entries costs a tree of 10 million: what the benchmark of appending does.</summary>
    [Fact]
    public void Append_ThousandLeavesToTenMillion_AllocatesNothing()
    {
        const int Entries = 1000;
        const int EntryBytes = 300;
        CompactRange before = CompactRange.FromNodes(new UniformNodes(), 10_000_000);
        CompactRange range = new();
        byte[] entries = new byte[Entries * EntryBytes];
        int[] lengths = [.. Enumerable.Repeat(EntryBytes, Entries)];
        byte[] leaves = new byte[32 * Entries];
        byte[] root = new byte[32];
        Allocation.AssertNone(() =>
        {
            range.CopyFrom(before);
            MerkleHash.HashLeaves(entries, lengths, leaves);
            range.Append(leaves);
            range.Root(root);
        });
        Assert.Equal(10_000_000 + Entries, range.Size);
    }

    private static byte[] Root(CompactRange range)
    {
        byte[] root = new byte[32];
        range.Root(root);
        return root;
    }

    private readonly struct NodeCollector() : IMerkleNodeSink
    {
        public Dictionary<(int Level, long Index), byte[]> Seen { get; } = [];

        public void Nodes(int level, long firstIndex, ReadOnlySpan<byte> hashes)
        {
            Assert.Equal(0, hashes.Length % 32);
            for (int i = 0; i < hashes.Length / 32; i++)
            {
                Seen.Add((level, firstIndex + i), hashes.Slice(32 * i, 32).ToArray());
            }
        }
    }
}

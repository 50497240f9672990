using Ledger.Log;
using Ledger.Protocol;

namespace Ledger.Tests.Log;

/// <summary>The tree with its tiles against <see cref="ReferenceTree"/>.</summary>
public sealed class MerkleTreeTests
{
    // Full tiles as a store keeps them.
    private readonly Dictionary<(int, long), byte[]> _stored = [];

    [Fact]
    public void View_EverySizeUpTo600_HasTheRootAndProofsOfTheRfc()
    {
        const int SizeMax = 600;
        byte[][] roots = [.. Enumerable.Range(0, SizeMax + 1).Select(size => ReferenceTree.Root(0, size))];
        Random random = Seeds.Random(1);
        MerkleTree tree = new(NewCache());
        Assert.Equal(roots[0], tree.View().Root(0));
        List<TreeView> views = [tree.View()];
        for (int size = 1; size <= SizeMax; size++)
        {
            Store(tree.Append(ReferenceTree.Leaf(size - 1)));
            TreeView view = tree.View();
            views.Add(view);
            Assert.Equal(size, view.Size);
            Assert.Equal(roots[size], view.Root(size));
            int index = random.Next(size);
            int earlier = random.Next(index + 1, size + 1);
            Assert.Equal(roots[earlier], view.Root(earlier));
            Assert.Equal(ReferenceTree.Path(index, 0, earlier), view.InclusionProof(index, earlier));
            Assert.Equal(ReferenceTree.Proof(earlier, size), view.ConsistencyProof(earlier, size));
        }

        // What was seen at a size stays what it was, though the tiles under it have grown.
        for (int size = 0; size <= SizeMax; size++)
        {
            Assert.Equal(roots[size], views[size].Root(size));
        }
    }

    [Fact]
    public void Append_InPiecesOfAnySize_IsTheSameTreeWithTheSameTiles()
    {
        const int Size = 1_500;
        byte[] leaves = ReferenceTree.Leaves(0, Size);
        MerkleTree whole = new(NewCache());
        List<TreeTile> expected = [.. whole.Append(leaves)];
        Random random = Seeds.Random(2);
        for (int round = 0; round < 20; round++)
        {
            MerkleTree tree = new(NewCache());
            List<TreeTile> full = [];
            for (int at = 0; at < Size; )
            {
                int count = Math.Min(random.Next(1, random.Next(2, 700)), Size - at);
                full.AddRange(tree.Append(leaves.AsSpan(32 * at, 32 * count)));
                at += count;
            }

            Assert.Equal(whole.View().CompactRange(), tree.View().CompactRange());
            Assert.Equal(
                expected.Select(tile => (tile.Level, tile.Number, Convert.ToHexString(tile.LowestRow.Span))),
                full.Select(tile => (tile.Level, tile.Number, Convert.ToHexString(tile.LowestRow.Span)))
            );
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(600)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(70_000)]
    public void Hashes_OfEveryTile_AreThoseOfTheSpecification(int size)
    {
        Random random = Seeds.Random(3);
        MerkleTree tree = new(NewCache());
        Store(tree.Append(ReferenceTree.Leaves(0, size)));
        TreeView view = tree.View();
        // What the view shows stays, though its edge goes on.
        Store(tree.Append(ReferenceTree.Leaves(size, random.Next(600))));

        for (int level = 0; level < 3; level++)
        {
            int span = 1 << (8 * level);
            for (int first = 0; first < size / span; first += 256)
            {
                int count = Math.Min(256, (size / span) - first);
                byte[] expected =
                [
                    .. Enumerable.Range(first, count).SelectMany(i => ReferenceTree.Root(i * span, (i + 1) * span)),
                ];
                IEnumerable<int> widths = size <= 600 ? Enumerable.Range(1, count) : [count, random.Next(count) + 1];
                foreach (int width in widths)
                {
                    ReadOnlyMemory<byte> hashes = view.Hashes(new TilePath(level, first / 256, width));

                    Assert.True(hashes.Span.SequenceEqual(expected.AsSpan(0, 32 * width)), $"{level} {first} {width}");
                }
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(65_792)]
    public void Restore_FromStoredTiles_IsTheTreeThatWasStored(int size)
    {
        MerkleTree tree = new(NewCache());
        Store(tree.Append(ReferenceTree.Leaves(0, size)));
        byte[] root = ReferenceTree.Root(0, size);
        Assert.Equal(root, tree.View().Root(size));

        int rest = size % TreeTile.Width;
        MerkleTree restored = MerkleTree.Restore(NewCache(), size, ReferenceTree.Leaves(size - rest, rest));

        Assert.Equal(root, restored.View().Root(size));
        Assert.Equal(tree.View().CompactRange(), restored.View().CompactRange());

        // Both go on alike, over the edge of a tile too.
        byte[] more = ReferenceTree.Leaves(size, 300);
        Store(tree.Append(more));
        restored.Append(more);
        Assert.Equal(tree.View().CompactRange(), restored.View().CompactRange());
        foreach (int index in (int[])[0, size / 2, size, size + 299])
        {
            Assert.Equal(
                tree.View().InclusionProof(index, size + 300),
                restored.View().InclusionProof(index, size + 300)
            );
        }
    }

    [Fact]
    public void View_AroundTheSecondLevelOfTiles_HasTheRootAndProofsOfTheRfc()
    {
        const int First = 65_530;
        MerkleTree tree = new(NewCache());
        Store(tree.Append(ReferenceTree.Leaves(0, First)));
        for (int size = First + 1; size < First + 14; size++)
        {
            Store(tree.Append(ReferenceTree.Leaf(size - 1)));
            TreeView view = tree.View();
            Assert.Equal(ReferenceTree.Root(0, size), view.Root(size));
        }

        TreeView last = tree.View();
        int end = First + 13;
        foreach (int index in (int[])[0, 255, 256, 40_000, 65_535, 65_536, end - 1])
        {
            Assert.Equal(ReferenceTree.Path(index, 0, end), last.InclusionProof(index, end));
        }

        foreach (int size in (int[])[1, 256, 257, 65_535, 65_536, 65_537, end])
        {
            Assert.Equal(ReferenceTree.Proof(size, end), last.ConsistencyProof(size, end));
        }
    }

    [Fact]
    public void View_ReadWhileTheTreeGrows_StaysTrue()
    {
        MerkleTree tree = new(NewCache());
        tree.Append(ReferenceTree.Leaves(0, 200));
        TreeView view = tree.View();
        byte[] root = ReferenceTree.Root(0, 200);
        byte[] more = ReferenceTree.Leaves(200, 5_000);
        int wrong = 0;
        Parallel.Invoke(
            () =>
            {
                for (int i = 0; i < 5_000; i++)
                {
                    tree.Append(more.AsSpan(32 * i, 32));
                }
            },
            () =>
            {
                for (int i = 0; i < 2_000; i++)
                {
                    wrong += view.Root(200).AsSpan().SequenceEqual(root) ? 0 : 1;
                }
            }
        );
        Assert.Equal(0, wrong);
    }

    private TileCache NewCache() => new((level, number) => _stored[(level, number)]);

    private void Store(IEnumerable<TreeTile> full)
    {
        foreach (TreeTile tile in full)
        {
            Assert.Equal(TreeTile.Width, tile.Count);
            _stored.Add((tile.Level, tile.Number), tile.LowestRow.ToArray());
        }
    }
}

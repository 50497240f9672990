using Ledger.Log;
using Ledger.Store;

namespace Ledger.Tests.Log;

public sealed class TreeTileTests
{
    [Fact]
    public void Append_InPieces_CompletesEveryNodeOfEveryRow()
    {
        Random random = Seeds.Random(3);
        for (int round = 0; round < 20; round++)
        {
            TreeTile tile = new(0, 5);
            while (tile.Count < TreeTile.Width)
            {
                int count = Math.Min(random.Next(1, 100), TreeTile.Width - tile.Count);
                tile.Append(ReferenceTree.Leaves(tile.Count, count));
                AssertNodes(tile);
            }
        }
    }

    [Fact]
    public void LowestRow_SoFar_IsWhatWasAppended()
    {
        TreeTile tile = new(1, 2);
        tile.Append(ReferenceTree.Leaves(0, 3));
        tile.Append(ReferenceTree.Leaves(3, 4));
        Assert.Equal(ReferenceTree.Leaves(0, 7), tile.LowestRow.ToArray());
        Assert.Equal((1, 2L, 7), (tile.Level, tile.Number, tile.Count));
    }

    [Fact]
    public void ToStored_FullTile_IsItsLowestRow()
    {
        TreeTile tile = new(1, 2);
        tile.Append(ReferenceTree.Leaves(0, TreeTile.Width));
        StoredTile stored = tile.ToStored();
        Assert.Equal((1, 2L), (stored.Level, stored.Number));
        Assert.Equal(StoreKeys.TileBytes, stored.Hashes.Length);
        Assert.Equal(ReferenceTree.Leaves(0, TreeTile.Width), stored.Hashes.ToArray());
    }

    // Every node that the leaves so far complete.
    private static void AssertNodes(TreeTile tile)
    {
        for (int row = 0; row <= TreeTile.Height; row++)
        {
            for (int column = 0; column < tile.Count >> row; column++)
            {
                byte[] expected = ReferenceTree.Root(column << row, (column + 1) << row);
                Assert.True(tile.Node(row, column).SequenceEqual(expected), $"{tile.Count}: row {row}, {column}");
            }
        }
    }
}

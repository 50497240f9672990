using Ledger.Log;

namespace Ledger.Tests.Log;

public sealed class TileCacheTests
{
    private readonly List<(int Level, long Number)> _read = [];

    private TileCache Cache =>
        field ??= new TileCache(
            (level, number) =>
            {
                _read.Add((level, number));
                return ReferenceTree.Leaves((int)number * TreeTile.Width, TreeTile.Width);
            }
        );

    [Fact]
    public void Full_Stored_IsReadOnceAndCompleted()
    {
        TreeTile tile = Cache.Full(1, 3);
        Assert.Same(tile, Cache.Full(1, 3));
        Assert.Equal([(1, 3L)], _read);
        Assert.Equal((1, 3L, TreeTile.Width), (tile.Level, tile.Number, tile.Count));
        Assert.Equal(ReferenceTree.Root(768, 1_024), tile.Node(TreeTile.Height, 0).ToArray());
        Assert.NotSame(tile, Cache.Full(0, 3));
    }

    [Fact]
    public void Add_FullTile_IsNotRead()
    {
        TreeTile tile = new(0, 9);
        Cache.Add(tile);
        Assert.Same(tile, Cache.Full(0, 9));
        Assert.Empty(_read);
    }

    [Fact]
    public void Add_MoreThanItKeeps_LetsTheOldestGo()
    {
        for (int number = 0; number <= TileCache.TilesMax; number++)
        {
            Cache.Add(new TreeTile(0, number));
            Cache.Add(new TreeTile(0, number)); // a second one of the same place counts for nothing
        }

        Cache.Full(0, TileCache.TilesMax);
        Cache.Full(0, 1);
        Assert.Empty(_read);
        Cache.Full(0, 0);
        Assert.Equal([(0, 0L)], _read);
    }

    [Fact]
    public void Full_NotThere_ThrowsAndKeepsNothing()
    {
        bool fails = true;
        TileCache cache = new((_, _) => fails ? throw new IOException() : ReferenceTree.Leaves(0, TreeTile.Width));
        Assert.Throws<IOException>(() => cache.Full(0, 0));
        fails = false;
        Assert.Equal(TreeTile.Width, cache.Full(0, 0).Count);
    }
}

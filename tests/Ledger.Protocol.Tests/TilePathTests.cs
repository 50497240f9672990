using System.Numerics;
using Ledger.Testing;

namespace Ledger.Protocol.Tests;

public sealed class TilePathTests
{
    [Theory]
    [InlineData("tile/15/x455/667", 15, 455_667, 256)] // published with the specification
    [InlineData("tile/15/x123/x456/789.p/41", 15, 123_456_789, 41)]
    [InlineData("tile/0/x001/x234/067", 0, 1_234_067, 256)]
    [InlineData("tile/0/000", 0, 0, 256)]
    [InlineData("tile/63/000.p/1", 63, 0, 1)]
    [InlineData("tile/1/999.p/255", 1, 999, 255)]
    [InlineData("tile/1/x001/000", 1, 1_000, 256)]
    [InlineData("tile/entries/000", TilePath.Entries, 0, 256)]
    [InlineData("tile/entries/x001/234.p/7", TilePath.Entries, 1_234, 7)]
    [InlineData("tile/0/x009/x223/x372/x036/x854/x775/807", 0, long.MaxValue, 256)]
    public void ToString_Tile_IsItsOnePath(string path, int level, long index, int width)
    {
        TilePath tile = new(level, index, width);
        Assert.Equal(path, tile.ToString());
        Assert.True(TilePath.TryParse(path, out TilePath parsed));
        Assert.Equal(tile, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("tile")]
    [InlineData("tile/")]
    [InlineData("/tile/0/000")]
    [InlineData("tile/0")]
    [InlineData("tile/0/")]
    [InlineData("tile//000")]
    [InlineData("tile/64/000")]
    [InlineData("tile/00/000")]
    [InlineData("tile/-1/000")]
    [InlineData("tile/+1/000")]
    [InlineData("tile/Entries/000")]
    [InlineData("tile/0/0")]
    [InlineData("tile/0/00")]
    [InlineData("tile/0/0000")]
    [InlineData("tile/0/1000")]
    [InlineData("tile/0/x000")]
    [InlineData("tile/0/x000/000")]
    [InlineData("tile/0/x000/x001/000")]
    [InlineData("tile/0/001/000")]
    [InlineData("tile/0/x1/000")]
    [InlineData("tile/0/x001/x000")]
    [InlineData("tile/0/X001/000")]
    [InlineData("tile/0/x001000")]
    [InlineData("tile/0/000/")]
    [InlineData("tile/0/000.p")]
    [InlineData("tile/0/000.p/")]
    [InlineData("tile/0/000.p/0")]
    [InlineData("tile/0/000.p/01")]
    [InlineData("tile/0/000.p/256")]
    [InlineData("tile/0/000.p/1/2")]
    [InlineData("tile/0/000.p/1.p/2")]
    [InlineData("tile/0/.p/1")]
    [InlineData("tile/0/abc")]
    [InlineData("tile/0/٠٠٠")]
    [InlineData("tile/0/x009/x223/x372/x036/x854/x775/808")]
    [InlineData("tile/0/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/999")]
    [InlineData("tile/0/../../etc/passwd")]
    public void TryParse_AnythingElse_IsRefused(string path) => Assert.False(TilePath.TryParse(path, out _));

    [Theory]
    [InlineData(-2, 0, 256)]
    [InlineData(64, 0, 256)]
    [InlineData(0, -1, 256)]
    [InlineData(0, 0, 0)]
    [InlineData(0, 0, 257)]
    public void ToString_NoTile_IsABug(int level, long index, int width) =>
        Assert.Throws<InvalidOperationException>(() => new TilePath(level, index, width).ToString());

    [Fact]
    public void In_TreesOfAnySize_AreTheTilesOfTheSpecification()
    {
        Random random = Seeds.Random(1);
        long[] sizes =
        [
            0,
            1,
            255,
            256,
            257,
            65_535,
            65_536,
            70_000,
            long.MaxValue,
            .. Enumerable.Range(0, 500).Select(_ => random.NextInt64(1L << random.Next(1, 63))),
        ];
        foreach (long size in sizes)
        {
            for (int level = TilePath.Entries; level <= 63; level++)
            {
                // floor(size / 256^level) hashes, in tiles of 256.
                BigInteger hashes = size / BigInteger.Pow(256, Math.Max(level, 0));
                long full = (long)(hashes / 256);
                int rest = (int)(hashes % 256);

                Assert.Equal(full, TilePath.FullIn(level, size));
                Assert.Equal(rest == 0 ? null : new TilePath(level, full, rest), TilePath.In(level, full, size));
                Assert.Null(TilePath.In(level, full + 1, size));
                Assert.Null(TilePath.In(level, long.MaxValue, size));
                Assert.Equal(rest > 0, new TilePath(level, full, Math.Max(rest, 1)).IsIn(size));
                Assert.False(new TilePath(level, full, rest + 1).IsIn(size));
                Assert.False(new TilePath(level, full).IsIn(size));
                if (full > 0)
                {
                    Assert.Equal(new TilePath(level, full - 1), TilePath.In(level, full - 1, size));
                    Assert.True(new TilePath(level, full - 1, 7).IsIn(size));
                }
            }
        }
    }

    [Fact]
    public void TryParse_FilesOfThePublishedLog_AreTiles()
    {
        string folder = Vectors.Path("tlog", "sample-log");
        string[] files = Directory.GetFiles(Path.Combine(folder, "tile"), "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            string path = Path.GetRelativePath(folder, file).Replace('\\', '/');
            Assert.True(TilePath.TryParse(path, out TilePath tile), path);
            Assert.Equal(path, tile.ToString());
        }
    }
}

using Ledger.Protocol;

namespace Ledger.Client.Tests.Tiles;

public sealed class TileWriterTests
{
    [Theory]
    [MemberData(nameof(TileLogTests.Sizes), MemberType = typeof(TileLogTests))]
    public void Append_LogOfAnySize_MakesTheTilesOfTheSpecification(int size)
    {
        byte[][] entries = MemoryTiles.RandomEntries(Seeds.Random(1), size);
        MemoryTiles made = new();
        TileWriter writer = new(PutInto(made));

        foreach (byte[] entry in entries)
        {
            writer.Append(entry);
        }

        Assert.Equal(size, writer.Size);
        Assert.Equal(MemoryTiles.CheckpointOf(entries).Root.ToArray(), writer.Root());
        Assert.DoesNotContain(made.Files.Keys, static path => path.Contains(".p/", StringComparison.Ordinal));
        writer.WritePartial();
        AssertSame(MemoryTiles.Of(entries), made);
    }

    [Fact]
    public async Task Append_ToALogThatIsThere_MakesWhatIsMissing()
    {
        Random random = Seeds.Random(2);
        byte[][] entries = MemoryTiles.RandomEntries(random, 66_500);
        foreach (
            (int before, int after) in (IEnumerable<(int, int)>)
                [(0, 1), (1, 1), (255, 256), (256, 257), (300, 700), (512, 512), (65_535, 65_537), (65_600, 66_500)]
        )
        {
            MemoryTiles tiles = MemoryTiles.Of(entries[..before]);
            TileLog log = await TileLog.OpenAsync(tiles, MemoryTiles.CheckpointOf(entries[..before]));
            TileWriter writer = new(log, PutInto(tiles));
            Assert.Equal(before / 256 * 256, writer.Size);

            foreach (byte[] entry in entries[(int)writer.Size..after])
            {
                writer.Append(entry);
            }
            Assert.Equal(MemoryTiles.CheckpointOf(entries[..after]).Root.ToArray(), writer.Root());
            writer.WritePartial();

            foreach ((string path, byte[] bytes) in MemoryTiles.Of(entries[..after]).Files)
            {
                Assert.Equal(bytes, tiles.Files[path]);
            }
        }
    }

    private static Action<TilePath, ReadOnlyMemory<byte>> PutInto(MemoryTiles tiles) =>
        (path, bytes) => tiles.Files[path.ToString()] = bytes.ToArray();

    private static void AssertSame(MemoryTiles expected, MemoryTiles actual)
    {
        Assert.Equal(expected.Files.Keys.Order(), actual.Files.Keys.Order());
        foreach ((string path, byte[] bytes) in expected.Files)
        {
            Assert.Equal(bytes, actual.Files[path]);
        }
    }
}

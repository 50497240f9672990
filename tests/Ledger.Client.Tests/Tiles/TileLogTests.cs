using Ledger.Crypto;
using Ledger.Protocol;

namespace Ledger.Client.Tests.Tiles;

public sealed class TileLogTests
{
    private const string SampleKey = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

    public static TheoryData<int> Sizes =>
        [0, 1, 2, 255, 256, 257, 511, 512, 513, 1_000, 65_535, 65_536, 65_537, 66_000];

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task EntriesAsync_LogOfAnySize_AreTheEntries(int size)
    {
        Random random = Seeds.Random(1);
        byte[][] entries = MemoryTiles.RandomEntries(random, size);
        MemoryTiles tiles = MemoryTiles.Of(entries);

        TileLog log = await OpenAsync(tiles, entries);

        Assert.Equal(entries, await EntriesOf(log));
        int first = random.Next(size + 2);
        Assert.Equal(entries.Skip(first), await EntriesOf(log, first));

        // Everything that was published was read, and each once for all the entries.
        tiles.Read.Clear();
        await EntriesOf(await OpenAsync(tiles, entries));
        Assert.Equal(tiles.Files.Keys.Order(), tiles.Read.Order());
    }

    [Fact]
    public async Task Prove_AtSizesOfAllKinds_VerifiesAgainstTheRoot()
    {
        Random random = Seeds.Random(2);
        byte[][] all = MemoryTiles.RandomEntries(random, 66_000);
        foreach (int size in (int[])[1, 2, 255, 256, 257, 300, 65_536, 66_000])
        {
            byte[][] entries = all[..size];
            TileLog log = await OpenAsync(MemoryTiles.Of(entries), entries);
            byte[] root = log.Checkpoint.Root.ToArray();
            byte[] leaf = new byte[32];
            foreach (int index in (int[])[0, size - 1, random.Next(size), random.Next(size)])
            {
                MerkleHash.HashLeaf(entries[index], leaf);
                byte[] inclusion = await log.ProveInclusionAsync(index);
                Assert.True(InclusionProof.Verify(index, size, leaf, inclusion, root));

                int earlier = index + 1;
                byte[] old = MemoryTiles.CheckpointOf(entries[..earlier]).Root.ToArray();
                byte[] consistency = await log.ProveConsistencyAsync(earlier);
                Assert.True(ConsistencyProof.Verify(earlier, size, old, root, consistency));
            }
        }
    }

    [Theory]
    [InlineData(15)]
    [InlineData(300)]
    [InlineData(1_024)]
    [InlineData(65_800)]
    public async Task EntriesAsync_AnyTileChanged_NeverEndsWell(int size)
    {
        Random random = Seeds.Random(3);
        byte[][] entries = MemoryTiles.RandomEntries(random, size);
        MemoryTiles tiles = MemoryTiles.Of(entries);
        string[] paths = [.. tiles.Files.Keys];
        random.Shuffle(paths);

        // Of the many, some at random, and those at the edge and above.
        foreach (
            string path in paths[..Math.Min(20, paths.Length)]
                .Union(
                    paths.Where(static p =>
                        !p.Contains('x', StringComparison.Ordinal)
                        && (
                            p.Contains(".p/", StringComparison.Ordinal)
                            || p.StartsWith("tile/1/", StringComparison.Ordinal)
                        )
                    )
                )
        )
        {
            byte[] sound = tiles.Files[path];
            byte[] flipped = [.. sound];
            flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
            foreach (byte[] wrong in (byte[][])[flipped, sound[..^1], [.. sound, 0], [.. sound, .. sound], []])
            {
                tiles.Files[path] = wrong;
                await Assert.ThrowsAsync<VerificationException>(() => ReadAllAsync(tiles, entries));
            }

            tiles.Files.Remove(path);
            IOException missing = await Assert.ThrowsAsync<IOException>(() => ReadAllAsync(tiles, entries));
            Assert.Contains(path, missing.Message, StringComparison.Ordinal);
            tiles.Files[path] = sound;
        }

        await ReadAllAsync(tiles, entries);
    }

    [Fact]
    public async Task EntriesAsync_EntriesAndLeafHashesOfAnotherLog_AreNotTheCheckpoints()
    {
        // Consistent in themselves: only the way up to the signed root tells.
        Random random = Seeds.Random(4);
        byte[][] entries = MemoryTiles.RandomEntries(random, 700);
        byte[][] others = [.. entries];
        others[300] = [1, 2, 3];
        MemoryTiles lies = MemoryTiles.Of(others);

        await Assert.ThrowsAsync<VerificationException>(() => OpenAsync(lies, entries));

        MemoryTiles half = MemoryTiles.Of(entries);
        foreach (string path in (string[])["tile/0/001", "tile/entries/001"])
        {
            half.Files[path] = lies.Files[path];
        }
        VerificationException e = await Assert.ThrowsAsync<VerificationException>(() => ReadAllAsync(half, entries));
        Assert.Equal(VerificationCheck.Tiles, e.Check);
        Assert.Equal("tile/0/001 of memory does not have the root that tile/1/000.p/2 names", e.Problem);
    }

    [Fact]
    public async Task Open_PartialTilesThatHaveGone_TakesTheFullOnes()
    {
        // The log went on after its checkpoint was read: what was partial is full, and the partial ones are no longer there.
        Random random = Seeds.Random(5);
        byte[][] grown = MemoryTiles.RandomEntries(random, 1_024);
        MemoryTiles tiles = MemoryTiles.Of(grown);
        foreach (int size in (int[])[700, 513, 767])
        {
            byte[][] entries = grown[..size];
            tiles.Files[$"tile/1/000.p/{size / 256}"] = tiles.Files["tile/1/000.p/4"][..(32 * (size / 256))];

            Assert.Equal(entries, await EntriesOf(await OpenAsync(tiles, entries)));
        }
    }

    [Fact]
    public async Task Open_RootOfTheEmptyTree_IsThatOfNoEntries()
    {
        TileLog empty = await OpenAsync(new MemoryTiles(), []);

        Assert.Empty(await EntriesOf(empty));
        await Assert.ThrowsAsync<VerificationException>(() =>
            TileLog.OpenAsync(new MemoryTiles(), new Checkpoint(MemoryTiles.Origin, 0, new byte[32]))
        );
    }

    [Fact]
    public async Task Open_SizesThatNoLogHas_AreNotFollowedFar()
    {
        foreach (long size in (long[])[long.MaxValue, 1L << 62, (1L << 56) + 1])
        {
            MemoryTiles tiles = new();

            await Assert.ThrowsAsync<IOException>(() =>
                TileLog.OpenAsync(tiles, new Checkpoint(MemoryTiles.Origin, size, new byte[32]))
            );

            Assert.InRange(tiles.Read.Count, 1, 2);
        }
    }

    [Fact]
    public async Task PublishedLog_AtEveryOfItsSizes_IsAccepted()
    {
        string folder = Vectors.Path("tlog", "sample-log");
        for (int size = 0; size <= 15; size++)
        {
            byte[] note = await File.ReadAllBytesAsync(Path.Combine(folder, $"checkpoint.{size}"));

            TileLog log = await OpenSampleAsync(new DirectoryTileSource(folder), note);

            Assert.Equal(size, (await EntriesOf(log)).Count);
        }
    }

    [Fact]
    public async Task PublishedLog_AnyBitFlipped_IsRefused()
    {
        string folder = Vectors.Path("tlog", "sample-log");
        MemoryTiles tiles = new();
        foreach (string path in (string[])["checkpoint", "tile/0/000.p/15", "tile/entries/000.p/15"])
        {
            tiles.Files[path] = await File.ReadAllBytesAsync(Path.Combine(folder, path));
        }
        await ReadSampleAsync(tiles);

        foreach (byte[] bytes in tiles.Files.Values)
        {
            for (int bit = 0; bit < 8 * bytes.Length; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                await Assert.ThrowsAsync<VerificationException>(() => ReadSampleAsync(tiles));
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }

        async Task ReadSampleAsync(MemoryTiles tiles) =>
            await EntriesOf(await OpenSampleAsync(tiles, tiles.Files["checkpoint"]));
    }

    private static async Task<TileLog> OpenSampleAsync(ITileSource source, byte[] note) =>
        Checkpoint.TryOpen(note, VerifierKey.Parse(SampleKey), out Checkpoint? checkpoint, out string problem)
            ? await TileLog.OpenAsync(source, checkpoint)
            : throw new VerificationException(VerificationCheck.Checkpoint, problem);

    private static Task<TileLog> OpenAsync(ITileSource tiles, byte[][] entries) =>
        TileLog.OpenAsync(tiles, MemoryTiles.CheckpointOf(entries), TestContext.Current.CancellationToken);

    private static async Task ReadAllAsync(ITileSource tiles, byte[][] entries) =>
        await EntriesOf(await OpenAsync(tiles, entries));

    private static async Task<List<byte[]>> EntriesOf(TileLog log, long first = 0)
    {
        List<byte[]> entries = [];
        await foreach (ReadOnlyMemory<byte> entry in log.EntriesAsync(first, TestContext.Current.CancellationToken))
        {
            entries.Add(entry.ToArray());
        }
        return entries;
    }
}

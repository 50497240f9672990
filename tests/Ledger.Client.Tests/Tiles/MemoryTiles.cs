using System.Security.Cryptography;
using Ledger.Protocol;

namespace Ledger.Client.Tests.Tiles;

/// <summary>A log in memory, as a test has it: tiles made by the specification's words, and not by the code under test.</summary>
internal sealed class MemoryTiles : ITileSource
{
    public const string Origin = "ledger.test/tiles";

    public Dictionary<string, byte[]> Files { get; } = [];

    public List<string> Read { get; } = [];

    /// <summary>Entries of random length and content.</summary>
    public static byte[][] RandomEntries(Random random, int count, int lengthMax = 40)
    {
        byte[][] entries = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            entries[i] = new byte[random.Next(lengthMax + 1)];
            random.NextBytes(entries[i]);
        }
        return entries;
    }

    /// <summary>Every tile that a tree of these entries calls for.</summary>
    public static MemoryTiles Of(byte[][] entries)
    {
        MemoryTiles tiles = new();
        byte[][] hashes = [.. entries.Select(static entry => SHA256.HashData([0, .. entry]))];
        for (int level = 0; hashes.Length > 0; level++)
        {
            foreach ((int index, byte[][] tile) in hashes.Chunk(256).Index())
            {
                tiles.Files.Add(new TilePath(level, index, tile.Length).ToString(), Joined(tile));
            }
            hashes = [.. hashes.Chunk(256).Where(static tile => tile.Length == 256).Select(Root)];
        }
        foreach ((int index, byte[][] bundle) in entries.Chunk(256).Index())
        {
            tiles.Files.Add(
                new TilePath(TilePath.Entries, index, bundle.Length).ToString(),
                Joined(bundle.Select(static entry => (byte[])[(byte)(entry.Length >> 8), (byte)entry.Length, .. entry]))
            );
        }
        return tiles;
    }

    /// <summary>The checkpoint of these entries.</summary>
    public static Checkpoint CheckpointOf(byte[][] entries) =>
        new(Origin, entries.Length, Root([.. entries.Select(static entry => SHA256.HashData([0, .. entry]))]));

    /// <summary>MTH of RFC 6962, section 2.1, over leaf hashes.</summary>
    public static byte[] Root(byte[][] leaves)
    {
        if (leaves.Length <= 1)
        {
            return leaves.Length == 0 ? SHA256.HashData([]) : leaves[0];
        }
        int split = 1;
        while (2 * split < leaves.Length)
        {
            split *= 2;
        }
        return SHA256.HashData([1, .. Root(leaves[..split]), .. Root(leaves[split..])]);
    }

    public Task<ReadOnlyMemory<byte>?> ReadAsync(string path, int bytesMax, CancellationToken cancellationToken)
    {
        Read.Add(path);
        return !Files.TryGetValue(path, out byte[]? bytes) ? Task.FromResult<ReadOnlyMemory<byte>?>(null)
            : bytes.Length > bytesMax
                ? throw new VerificationException(VerificationCheck.Tiles, $"{path} is longer than {bytesMax} bytes")
            : Task.FromResult<ReadOnlyMemory<byte>?>(bytes);
    }

    public override string ToString() => "memory";

    private static byte[] Joined(IEnumerable<byte[]> parts)
    {
        using MemoryStream joined = new();
        foreach (byte[] part in parts)
        {
            joined.Write(part);
        }
        return joined.ToArray();
    }
}

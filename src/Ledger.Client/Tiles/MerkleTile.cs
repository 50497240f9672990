using Ledger.Crypto;
using Ledger.Protocol;

namespace Ledger.Client;

/// <summary>A tile of hashes that is the log's.</summary>
/// <param name="Path">Which one.</param>
/// <param name="Hashes">32 bytes each.</param>
internal sealed record VerifiedTile(TilePath Path, ReadOnlyMemory<byte> Hashes)
{
    /// <summary>One of the hashes.</summary>
    public ReadOnlySpan<byte> Hash(int place) => Hashes.Span.Slice(place * MerkleHash.HashBytes, MerkleHash.HashBytes);
}

/// <summary>What tiles are in the tree: each hash of level L covers 256^L leaves.</summary>
internal static class MerkleTile
{
    /// <summary>Levels of the tree from one level of tiles to the next.</summary>
    public const int Height = 8;

    /// <summary>Levels of tiles of the largest tree: 2^63 − 1 leaves.</summary>
    public const int LevelsMax = 8;

    /// <summary>The root of a full tile.</summary>
    public static byte[] RootOf(VerifiedTile tile)
    {
        CompactRange range = new();
        range.Append(tile.Hashes.Span);
        return RootOf(range);
    }

    /// <summary>The root of a range.</summary>
    public static byte[] RootOf(CompactRange range)
    {
        byte[] root = new byte[MerkleHash.HashBytes];
        range.Root(root);
        return root;
    }

    /// <summary>Appends the leaves under a tile to those under the tiles of the levels above, at the right edge of a tree.</summary>
    /// <param name="range">The leaves before.</param>
    /// <param name="tile">A partial tile.</param>
    public static void AppendTo(CompactRange range, VerifiedTile tile)
    {
        for (int place = 0; place < tile.Path.Width; place++)
        {
            range.AppendSubtree(tile.Path.Level * Height, tile.Hash(place));
        }
    }
}

/// <summary>The nodes of a tree, from tiles that it learns to be needed as they are asked for.</summary>
/// <param name="size">Leaves of the tree.</param>
internal sealed class TileNodes(long size) : IMerkleNodes
{
    private readonly Dictionary<TilePath, VerifiedTile?> _tiles = [];

    /// <summary>The tiles that were asked for so far.</summary>
    public IEnumerable<TilePath> Asked => _tiles.Keys;

    /// <summary>Adds one of them.</summary>
    public void Add(VerifiedTile tile) => _tiles[tile.Path] = tile;

    /// <inheritdoc />
    /// <remarks>Of a tile that is not there yet, the node is left as it is.</remarks>
    public void Node(int level, long index, Span<byte> destination)
    {
        int row = level % MerkleTile.Height;
        int rowBits = MerkleTile.Height - row;
        TilePath path = TilePath.In(level / MerkleTile.Height, index >> rowBits, size)!.Value;
        if (!_tiles.TryGetValue(path, out VerifiedTile? tile))
        {
            _tiles.Add(path, null);
        }
        if (tile is null)
        {
            return;
        }
        int column = (int)(index & ((1L << rowBits) - 1));
        CompactRange range = new();
        range.Append(tile.Hashes.Span.Slice((column << row) * MerkleHash.HashBytes, MerkleHash.HashBytes << row));
        range.Root(destination);
    }
}

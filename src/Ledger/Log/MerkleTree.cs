using Ledger.Crypto;
using Ledger.Protocol;

namespace Ledger.Log;

/// <summary>
/// The log's growing Merkle tree (RFC 6962). Its right edge, one partial tile a level, is in memory; full tiles are handed out
/// once, to be stored, and are read back through the cache. Appending reads nothing.
/// </summary>
/// <remarks>Owned by the sequencer thread. Others read through <see cref="View"/>.</remarks>
internal sealed class MerkleTree
{
    private readonly TileCache _cache;
    private readonly List<TreeTile> _edge = [];

    /// <summary>An empty tree.</summary>
    /// <param name="cache">Where full tiles are found again.</param>
    public MerkleTree(TileCache cache) => _cache = cache;

    /// <summary>Leaves so far.</summary>
    public long Size { get; private set; }

    /// <summary>Rebuilds the right edge of a stored tree.</summary>
    /// <param name="cache">Where full tiles are found.</param>
    /// <param name="size">Leaves of the tree.</param>
    /// <param name="lastLeafHashes">Hashes of the leaves after the last full tile, in order: <c>size mod 256</c> of them.</param>
    public static MerkleTree Restore(TileCache cache, long size, ReadOnlySpan<byte> lastLeafHashes)
    {
        MerkleTree tree = new(cache) { Size = size };
        for (int level = 0; size >> (TreeTile.Height * level) > 0; level++)
        {
            long nodes = size >> (TreeTile.Height * level);
            TreeTile tile = new(level, nodes >> TreeTile.Height);
            if (level == 0)
            {
                tile.Append(lastLeafHashes);
            }
            else
            {
                // Each node here is the root of a full tile one level below.
                long first = tile.Number << TreeTile.Height;
                for (long number = first; number < nodes; number++)
                {
                    tile.Append(cache.Full(level - 1, number).Node(TreeTile.Height, 0));
                }
            }

            tree._edge.Add(tile);
        }

        return tree;
    }

    /// <summary>Appends leaf hashes.</summary>
    /// <param name="leafHashes">Whole hashes, in order.</param>
    /// <returns>The tiles that became full, lower levels first.</returns>
    public IReadOnlyList<TreeTile> Append(ReadOnlySpan<byte> leafHashes)
    {
        List<TreeTile> full = [];
        Append(0, leafHashes, full);
        Size += leafHashes.Length / MerkleHash.HashBytes;
        return full;
    }

    /// <summary>The tree as it is now, for any thread.</summary>
    public TreeView View() => new(Size, [.. _edge], _cache);

    private void Append(int level, ReadOnlySpan<byte> hashes, List<TreeTile> full)
    {
        if (level == _edge.Count)
        {
            _edge.Add(new TreeTile(level, 0));
        }

        while (!hashes.IsEmpty)
        {
            TreeTile tile = _edge[level];
            int fit = Math.Min(hashes.Length, (TreeTile.Width - tile.Count) * MerkleHash.HashBytes);
            tile.Append(hashes[..fit]);
            hashes = hashes[fit..];
            if (tile.Count == TreeTile.Width)
            {
                // The full tile is not touched again: views that hold it stay true, and the next one starts fresh.
                full.Add(tile);
                _cache.Add(tile);
                _edge[level] = new TreeTile(level, tile.Number + 1);
                Append(level + 1, tile.Node(TreeTile.Height, 0), full);
            }
        }
    }
}

/// <summary>The Merkle tree at one size. Immutable; reads nodes from the right edge as it was and from full tiles.</summary>
internal sealed class TreeView : IMerkleNodes
{
    private readonly TreeTile[] _edge;
    private readonly TileCache _cache;

    /// <summary>A view of the tree.</summary>
    /// <param name="size">Leaves.</param>
    /// <param name="edge">The partial tile of each level at that size.</param>
    /// <param name="cache">Where full tiles are found.</param>
    public TreeView(long size, TreeTile[] edge, TileCache cache) => (Size, _edge, _cache) = (size, edge, cache);

    /// <summary>Leaves.</summary>
    public long Size { get; }

    /// <summary>Copies the node that covers 2^level leaves from <c>index · 2^level</c> on; all of them are in the tree.</summary>
    public void Node(int level, long index, Span<byte> destination)
    {
        int tileLevel = level / TreeTile.Height;
        int row = level % TreeTile.Height;
        long number = index >> (TreeTile.Height - row);
        int column = (int)(index & ((1L << (TreeTile.Height - row)) - 1));
        TreeTile tile =
            tileLevel < _edge.Length && _edge[tileLevel].Number == number
                ? _edge[tileLevel]
                : _cache.Full(tileLevel, number);
        tile.Node(row, column).CopyTo(destination);
    }

    /// <summary>Neighbouring hashes of a level of tiles, 32 bytes each, as C2SP tlog-tiles has them.</summary>
    /// <param name="tile">A tile of hashes that the tree has.</param>
    public ReadOnlyMemory<byte> Hashes(TilePath tile)
    {
        // The edge may have gone on since: of its tile, as many hashes are there as the path says, and never change.
        ReadOnlyMemory<byte> row =
            tile.Level < _edge.Length && _edge[tile.Level].Number == tile.Index
                ? _edge[tile.Level].LowestRow
                : _cache.LowestRow(tile.Level, tile.Index);
        return row[..(tile.Width * MerkleHash.HashBytes)];
    }

    /// <summary>The root of the first leaves (RFC 6962, section 2.1).</summary>
    /// <param name="size">How many, at most <see cref="Size"/>.</param>
    public byte[] Root(long size)
    {
        byte[] root = new byte[MerkleHash.HashBytes];
        Crypto.CompactRange.FromNodes(this, size).Root(root);
        return root;
    }

    /// <summary>Hashes of the perfect subtrees, largest first: the compact range of all leaves.</summary>
    public byte[] CompactRange() => Crypto.CompactRange.FromNodes(this, Size).Nodes();

    /// <summary>That a leaf is in the tree of the first <paramref name="size"/> leaves (RFC 9162, section 2.1.3).</summary>
    public byte[][] InclusionProof(long index, long size)
    {
        Span<byte> hashes = stackalloc byte[MerkleHash.ProofHashesMax * MerkleHash.HashBytes];
        int bytes = Crypto.InclusionProof.Prove(this, index, size, hashes);
        return Split(hashes[..bytes]);
    }

    /// <summary>That the first tree is a prefix of the second (RFC 9162, section 2.1.4).</summary>
    public byte[][] ConsistencyProof(long size1, long size2)
    {
        Span<byte> hashes = stackalloc byte[MerkleHash.ProofHashesMax * MerkleHash.HashBytes];
        int bytes = Crypto.ConsistencyProof.Prove(this, size1, size2, hashes);
        return Split(hashes[..bytes]);
    }

    private static byte[][] Split(ReadOnlySpan<byte> hashes)
    {
        byte[][] parts = new byte[hashes.Length / MerkleHash.HashBytes][];
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = hashes.Slice(i * MerkleHash.HashBytes, MerkleHash.HashBytes).ToArray();
        }

        return parts;
    }
}

using Ledger.Crypto;
using Ledger.Store;

namespace Ledger.Log;

/// <summary>
/// 256 neighbouring nodes of one level of the Merkle tree with every node above them up to their common root, so that a proof
/// looks its hashes up and computes none. Level L of tiles covers levels 8L to 8L + 8 of the tree (C2SP tlog-tiles).
/// </summary>
/// <remarks>
/// One thread appends; any number read. Nodes are only ever added, so a reader that knows a count of leaves may read every node
/// that those leaves complete, whatever is appended meanwhile.
/// </remarks>
internal sealed class TreeTile
{
    /// <summary>Nodes in the lowest row of a full tile.</summary>
    public const int Width = 256;

    /// <summary>Levels of the tree that a tile spans, and the row of its root.</summary>
    public const int Height = 8;

    // Rows from the lowest up: 256, 128, … 1 nodes.
    private readonly byte[] _nodes = new byte[((2 * Width) - 1) * MerkleHash.HashBytes];

    /// <summary>An empty tile.</summary>
    /// <param name="level">Its level, from 0.</param>
    /// <param name="number">Its number within the level, from 0.</param>
    public TreeTile(int level, long number) => (Level, Number) = (level, number);

    /// <summary>Level of the tile, from 0.</summary>
    public int Level { get; }

    /// <summary>Number of the tile within its level, from 0.</summary>
    public long Number { get; }

    /// <summary>Nodes in the lowest row so far, 0 to 256.</summary>
    public int Count { get; private set; }

    /// <summary>The lowest row so far: what is stored when the tile is full.</summary>
    public ReadOnlyMemory<byte> LowestRow => _nodes.AsMemory(0, Count * MerkleHash.HashBytes);

    /// <summary>A full tile as it is stored.</summary>
    public StoredTile ToStored() => new(Level, Number, LowestRow);

    /// <summary>A node.</summary>
    /// <param name="row">Row from the lowest, 0 to 8.</param>
    /// <param name="column">Position in the row.</param>
    public ReadOnlySpan<byte> Node(int row, int column) => _nodes.AsSpan(Offset(row, column), MerkleHash.HashBytes);

    /// <summary>Appends hashes to the lowest row and completes the rows above.</summary>
    /// <param name="hashes">Whole hashes, no more than there is room for.</param>
    public void Append(ReadOnlySpan<byte> hashes)
    {
        hashes.CopyTo(_nodes.AsSpan(Offset(0, Count)));
        int before = Count;
        int after = before + (hashes.Length / MerkleHash.HashBytes);
        Count = after;

        // In each row the new pairs lie side by side, so one call hashes them all.
        for (int row = 0; row < Height; row++)
        {
            int first = before >> (row + 1);
            int end = after >> (row + 1);
            if (first < end)
            {
                int pairs = end - first;
                MerkleHash.HashNodes(
                    _nodes.AsSpan(Offset(row, 2 * first), 2 * pairs * MerkleHash.HashBytes),
                    _nodes.AsSpan(Offset(row + 1, first), pairs * MerkleHash.HashBytes)
                );
            }
        }
    }

    private static int Offset(int row, int column) =>
        // Rows below hold 512 - (512 >> row) nodes.
        ((2 * Width) - ((2 * Width) >> row) + column) * MerkleHash.HashBytes;
}

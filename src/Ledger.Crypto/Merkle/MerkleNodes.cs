using System.Diagnostics;
using System.Numerics;

namespace Ledger.Crypto;

/// <summary>
/// Where proofs get the hashes of complete subtrees from: tiles, a store, an array. A node's address is its level and its
/// index there: it covers the 2^level leaves from index·2^level on.
/// </summary>
public interface IMerkleNodes
{
    /// <summary>Copies a node's hash. Asked only for subtrees that lie whole within the tree that is being proved.</summary>
    /// <param name="level">0 for leaves, at most 62.</param>
    /// <param name="index">0 or more.</param>
    /// <param name="destination">Receives 32 bytes.</param>
    void Node(int level, long index, Span<byte> destination);
}

/// <summary>Where <see cref="CompactRange"/> puts the nodes that become complete as leaves are appended.</summary>
public interface IMerkleNodeSink
{
    /// <summary>Takes neighbouring nodes of one level. Levels come in ascending order, each at most once per append.</summary>
    /// <param name="level">0 for leaves, at most 62.</param>
    /// <param name="firstIndex">The index of the first of the nodes on its level.</param>
    /// <param name="hashes">One hash of 32 bytes or more, in order; valid during the call only.</param>
    void Nodes(int level, long firstIndex, ReadOnlySpan<byte> hashes);
}

/// <summary>The shape of RFC 6962 trees: which complete subtrees make up a range of leaves, and a node's path.</summary>
internal static class MerkleShape
{
    /// <summary>
    /// Computes MTH(D[begin:end]) for a range that is a subtree's right edge: begin is a multiple of the least power of
    /// two that is not below end − begin. Its complete subtrees are the set bits of its length, largest first, and the
    /// root folds them from the right.
    /// </summary>
    public static void Root<TNodes>(TNodes nodes, long begin, long end, Span<byte> destination)
        where TNodes : IMerkleNodes
    {
        Debug.Assert(0 <= begin && begin < end);
        Span<byte> left = stackalloc byte[MerkleHash.HashBytes];
        long remaining = end - begin;
        long position = end;
        for (bool first = true; remaining != 0; first = false)
        {
            int level = BitOperations.TrailingZeroCount(remaining);
            position -= 1L << level;
            remaining &= remaining - 1;
            if (first)
            {
                nodes.Node(level, position >> level, destination);
            }
            else
            {
                nodes.Node(level, position >> level, left);
                MerkleHash.HashNode(left, destination, destination);
            }
        }
    }

    /// <summary>
    /// The level of the node whose children part the path of leaf <paramref name="index"/> from that of the last leaf: 0
    /// when they are the same leaf. Below it every sibling on the path is complete; its right child is the only sibling
    /// that may not be; above it the path runs along the right edge and all siblings are complete and to the left.
    /// </summary>
    public static int PartingLevel(long index, long size) =>
        64 - BitOperations.LeadingZeroCount((ulong)(index ^ (size - 1)));

    /// <summary>The number of hashes that <see cref="Path"/> writes.</summary>
    public static int PathHashes(int level, long index, long size)
    {
        int below = Math.Max(PartingLevel(index << level, size) - level, 0);
        return below + BitOperations.PopCount((ulong)index >> below);
    }

    /// <summary>
    /// Writes the siblings on the way from a complete subtree up to the root of the tree of <paramref name="size"/>
    /// leaves, lowest first: PATH of RFC 9162 §2.1.3.1, begun at that subtree instead of a leaf.
    /// </summary>
    public static void Path<TNodes>(TNodes nodes, int level, long index, long size, Span<byte> destination)
        where TNodes : IMerkleNodes
    {
        int parting = PartingLevel(index << level, size);
        for (; level < parting - 1; level++, index >>= 1)
        {
            nodes.Node(level, index ^ 1, Next(ref destination));
        }
        if (level == parting - 1)
        {
            Root(nodes, (index + 1) << level, size, Next(ref destination)); // the path goes left, its sibling is right
            level++;
            index >>= 1;
        }
        for (; index != 0; level++, index >>= 1)
        {
            if ((index & 1) != 0)
            {
                nodes.Node(level, index - 1, Next(ref destination));
            }
        }
    }

    /// <summary>Whether bytes can be a proof at all: whole hashes, and no more than any tree calls for.</summary>
    public static bool IsProof(ReadOnlySpan<byte> proof) =>
        proof.Length <= MerkleHash.ProofHashesMax * MerkleHash.HashBytes && proof.Length % MerkleHash.HashBytes == 0;

    /// <summary>Requires that a proof fits into the caller's span.</summary>
    public static void RequireRoom(ReadOnlySpan<byte> proof, int bytes)
    {
        if (proof.Length < bytes)
        {
            throw new ArgumentException($"The proof takes {bytes} bytes, not {proof.Length}.", nameof(proof));
        }
    }

    private static Span<byte> Next(ref Span<byte> hashes)
    {
        Span<byte> next = hashes[..MerkleHash.HashBytes];
        hashes = hashes[MerkleHash.HashBytes..];
        return next;
    }
}

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Ledger.Crypto;

/// <summary>
/// The right edge of an append-only RFC 6962 tree: the roots of its complete subtrees, one for each set bit of its size.
/// It is all that appending needs. At most 63 hashes; not safe on several threads.
/// </summary>
public sealed class CompactRange
{
    /// <summary>The greatest level a complete subtree can have, sizes being below 2⁶³.</summary>
    public const int LevelMax = 62;

    // The subtree of level L, at 32·L; meaningful only where bit L of the size is set.
    private readonly byte[] _subtrees = new byte[(LevelMax + 1) * MerkleHash.HashBytes];
    private long _size;

    /// <summary>The number of leaves, 0 to 2⁶³ − 1.</summary>
    public long Size => _size;

    /// <summary>The number of hashes that <see cref="Nodes()"/> writes: the set bits of the size, 0 to 63.</summary>
    public int NodeCount => BitOperations.PopCount((ulong)_size);

    /// <summary>The range of the first leaves of a tree whose nodes are at hand.</summary>
    /// <param name="nodes">The nodes of a tree of at least <paramref name="size"/> leaves.</param>
    /// <param name="size">0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative.</exception>
    public static CompactRange FromNodes<TNodes>(TNodes nodes, long size)
        where TNodes : IMerkleNodes
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        CompactRange range = new() { _size = size };
        for (long rest = size, end = size; rest != 0; rest &= rest - 1)
        {
            int level = BitOperations.TrailingZeroCount(rest);
            end -= 1L << level;
            nodes.Node(level, end >> level, range.Subtree(level));
        }
        return range;
    }

    /// <summary>The range that <see cref="Nodes()"/> was taken of; its opposite.</summary>
    /// <param name="size">The number of leaves.</param>
    /// <param name="nodes">The hashes of the complete subtrees, left to right, 32 bytes each.</param>
    /// <param name="range">The range, when this returns true.</param>
    /// <returns>False when the size is negative or calls for another number of hashes: what was stored is damaged.</returns>
    public static bool TryRestore(long size, ReadOnlySpan<byte> nodes, [NotNullWhen(true)] out CompactRange? range)
    {
        range = null;
        if (size < 0 || nodes.Length != BitOperations.PopCount((ulong)size) * MerkleHash.HashBytes)
        {
            return false;
        }
        range = new CompactRange { _size = size };
        for (long rest = size; rest != 0; rest &= rest - 1)
        {
            nodes[^MerkleHash.HashBytes..].CopyTo(range.Subtree(BitOperations.TrailingZeroCount(rest)));
            nodes = nodes[..^MerkleHash.HashBytes];
        }
        return true;
    }

    /// <summary>Copies the hashes of the complete subtrees, left to right, which is largest first.</summary>
    /// <param name="destination">Receives 32 bytes for each of <see cref="NodeCount"/>.</param>
    /// <exception cref="ArgumentException">The length is not that.</exception>
    public void Nodes(Span<byte> destination)
    {
        if (destination.Length != NodeCount * MerkleHash.HashBytes)
        {
            throw new ArgumentException(
                $"{NodeCount} hashes do not make {destination.Length} bytes.",
                nameof(destination)
            );
        }
        for (long rest = _size; rest != 0; rest &= rest - 1)
        {
            Subtree(BitOperations.TrailingZeroCount(rest)).CopyTo(destination[^MerkleHash.HashBytes..]);
            destination = destination[..^MerkleHash.HashBytes];
        }
    }

    /// <summary>The hashes of the complete subtrees, left to right, 32 bytes each.</summary>
    public byte[] Nodes()
    {
        byte[] nodes = new byte[NodeCount * MerkleHash.HashBytes];
        Nodes(nodes);
        return nodes;
    }

    /// <summary>Computes the root of the tree: MTH of RFC 9162 §2.1.1.</summary>
    /// <param name="destination">Receives 32 bytes.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    public void Root(Span<byte> destination)
    {
        MerkleHash.RequireHash(destination.Length, nameof(destination));
        if (_size == 0)
        {
            MerkleHash.EmptyRoot.CopyTo(destination);
            return;
        }
        Subtree(BitOperations.TrailingZeroCount(_size)).CopyTo(destination);
        for (long rest = _size & (_size - 1); rest != 0; rest &= rest - 1)
        {
            MerkleHash.HashNode(Subtree(BitOperations.TrailingZeroCount(rest)), destination, destination);
        }
    }

    /// <summary>Appends leaves.</summary>
    /// <param name="leafHashes">Any number of leaf hashes, 32 bytes each, in order.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of 32, or the tree would outgrow 2⁶³ − 1.</exception>
    public void Append(ReadOnlySpan<byte> leafHashes)
    {
        Discard none = default;
        Append(leafHashes, ref none);
    }

    /// <summary>Appends leaves and hands out every node that becomes complete, the leaves among them.</summary>
    /// <param name="leafHashes">Any number of leaf hashes, 32 bytes each, in order.</param>
    /// <param name="sink">
    /// Called once for each level at which nodes become complete, from the leaves up, before this returns. If it throws,
    /// this range must not be used again.
    /// </param>
    /// <exception cref="ArgumentException">The length is not a multiple of 32, or the tree would outgrow 2⁶³ − 1.</exception>
    public void Append<TSink>(ReadOnlySpan<byte> leafHashes, ref TSink sink)
        where TSink : IMerkleNodeSink
    {
        int count = leafHashes.Length / MerkleHash.HashBytes;
        if (leafHashes.Length % MerkleHash.HashBytes != 0 || count > long.MaxValue - _size)
        {
            throw new ArgumentException($"{leafHashes.Length} bytes of hashes cannot be appended.", nameof(leafHashes));
        }
        if (count == 0)
        {
            return;
        }

        // Level by level, so that a batch is hashed as few long runs of pairs. The two halves of the buffer take turns: a
        // level of k nodes, and perhaps one more waiting on its left, makes at most (k + 1)/2 nodes of the next.
        int halfBytes = ((count + 1) / 2) * MerkleHash.HashBytes;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(2 * halfBytes);
        Span<byte> output = buffer.AsSpan(0, halfBytes);
        Span<byte> other = buffer.AsSpan(halfBytes, halfBytes);

        ReadOnlySpan<byte> hashes = leafHashes;
        long index = _size; // of the first of the hashes, at their level
        for (int level = 0; !hashes.IsEmpty; level++)
        {
            sink.Nodes(level, index, hashes);
            Span<byte> parents = output;
            int written = 0;
            if ((index & 1) != 0)
            {
                // The first is a right child; its left sibling has been waiting.
                MerkleHash.HashNode(Subtree(level), hashes[..MerkleHash.HashBytes], parents[..MerkleHash.HashBytes]);
                hashes = hashes[MerkleHash.HashBytes..];
                written = MerkleHash.HashBytes;
            }
            int pairBytes = hashes.Length & ~((2 * MerkleHash.HashBytes) - 1);
            MerkleHash.HashNodes(hashes[..pairBytes], parents.Slice(written, pairBytes / 2));
            written += pairBytes / 2;
            if (pairBytes != hashes.Length)
            {
                hashes[pairBytes..].CopyTo(Subtree(level)); // a left child without its sibling waits
            }

            hashes = parents[..written];
            index >>= 1;
            output = other;
            other = parents;
        }
        ArrayPool<byte>.Shared.Return(buffer);
        _size += count;
    }

    /// <summary>Appends a complete subtree of 2^level leaves by its root alone.</summary>
    /// <param name="level">0 to 62; the size must be a multiple of 2^level.</param>
    /// <param name="hash">32 bytes.</param>
    /// <exception cref="ArgumentException">The size is not a multiple, a length is wrong, or the tree would outgrow.</exception>
    public void AppendSubtree(int level, ReadOnlySpan<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, LevelMax);
        MerkleHash.RequireHash(hash.Length, nameof(hash));
        long leaves = 1L << level;
        if ((_size & (leaves - 1)) != 0 || leaves > long.MaxValue - _size)
        {
            throw new ArgumentException($"No subtree of level {level} can follow {_size} leaves.", nameof(level));
        }

        Span<byte> parent = stackalloc byte[MerkleHash.HashBytes];
        hash.CopyTo(parent);
        for (; (_size >> level & 1) != 0; level++)
        {
            MerkleHash.HashNode(Subtree(level), parent, parent);
        }
        parent.CopyTo(Subtree(level));
        _size += leaves;
    }

    /// <summary>
    /// Appends the leaves of another range, so that parts of a tree can be hashed apart and then joined.
    /// </summary>
    /// <param name="right">
    /// The range of the leaves that follow; this size must be a multiple of the number of leaves in its first subtree.
    /// </param>
    /// <exception cref="ArgumentException">It is not, or the tree would outgrow 2⁶³ − 1. Nothing was changed.</exception>
    public void Merge(CompactRange right)
    {
        ArgumentNullException.ThrowIfNull(right);
        if (right._size == 0)
        {
            return;
        }
        int first = BitOperations.Log2((ulong)right._size);
        if ((_size & ((1L << first) - 1)) != 0 || right._size > long.MaxValue - _size)
        {
            throw new ArgumentException($"{right._size} leaves cannot be joined to {_size}.", nameof(right));
        }
        for (int level = first; level >= 0; level--)
        {
            if ((right._size >> level & 1) != 0)
            {
                AppendSubtree(level, right.Subtree(level));
            }
        }
    }

    /// <summary>A copy that changes apart from this, to try a batch that may have to be given up.</summary>
    public CompactRange Clone()
    {
        CompactRange copy = new();
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>
    /// Becomes the range of another's leaves; what this was is lost. Allocates nothing, so that whoever tries batch after
    /// batch can keep one range to try them on.
    /// </summary>
    /// <param name="other">The range to become; the two change apart afterwards.</param>
    public void CopyFrom(CompactRange other)
    {
        ArgumentNullException.ThrowIfNull(other);
        // No subtree is above the highest bit of the size, and what lies there is not looked at.
        int levels = 64 - BitOperations.LeadingZeroCount((ulong)other._size);
        other._subtrees.AsSpan(0, levels * MerkleHash.HashBytes).CopyTo(_subtrees);
        _size = other._size;
    }

    private Span<byte> Subtree(int level) => _subtrees.AsSpan(level * MerkleHash.HashBytes, MerkleHash.HashBytes);

    private readonly struct Discard : IMerkleNodeSink
    {
        public void Nodes(int level, long firstIndex, ReadOnlySpan<byte> hashes) { }
    }
}

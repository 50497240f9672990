using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Ledger.Crypto;

/// <summary>The hashes of an RFC 6962 (§2.1) Merkle tree over SHA-256. Allocates nothing.</summary>
public static class MerkleHash
{
    /// <summary>Bytes of a leaf hash, a node hash and a root.</summary>
    public const int HashBytes = 32;

    /// <summary>
    /// The most hashes that an inclusion or consistency proof can have: a tree of at most 2⁶³ − 1 leaves is 63 levels
    /// high, and a consistency proof names one node besides the path of another.
    /// </summary>
    public const int ProofHashesMax = 64;

    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;

    // Shorter entries are hashed from the stack, longer ones from a pooled buffer.
    private const int StackEntryBytesMax = 2047;

    /// <summary>The root of the tree without leaves: SHA-256 of nothing.</summary>
    public static ReadOnlySpan<byte> EmptyRoot =>
        [
            0xe3,
            0xb0,
            0xc4,
            0x42,
            0x98,
            0xfc,
            0x1c,
            0x14,
            0x9a,
            0xfb,
            0xf4,
            0xc8,
            0x99,
            0x6f,
            0xb9,
            0x24,
            0x27,
            0xae,
            0x41,
            0xe4,
            0x64,
            0x9b,
            0x93,
            0x4c,
            0xa4,
            0x95,
            0x99,
            0x1b,
            0x78,
            0x52,
            0xb8,
            0x55,
        ];

    /// <summary>Hashes an entry to its leaf: H(0x00 ‖ entry).</summary>
    /// <param name="entry">The entry's bytes, any number.</param>
    /// <param name="destination">Receives 32 bytes.</param>
    /// <exception cref="ArgumentException">The destination is not 32 bytes.</exception>
    [SkipLocalsInit]
    public static void HashLeaf(ReadOnlySpan<byte> entry, Span<byte> destination)
    {
        RequireHash(destination.Length, nameof(destination));
        if (entry.Length <= StackEntryBytesMax)
        {
            HashPrefixed(entry, stackalloc byte[StackEntryBytesMax + 1], destination);
            return;
        }
        byte[] buffer = ArrayPool<byte>.Shared.Rent(entry.Length + 1);
        HashPrefixed(entry, buffer, destination);
        ArrayPool<byte>.Shared.Return(buffer);

        static void HashPrefixed(ReadOnlySpan<byte> entry, Span<byte> buffer, Span<byte> destination)
        {
            buffer[0] = LeafPrefix;
            entry.CopyTo(buffer[1..]);
            SHA256.HashData(buffer[..(entry.Length + 1)], destination);
        }
    }

    /// <summary>Hashes two children to their node: H(0x01 ‖ left ‖ right).</summary>
    /// <param name="left">32 bytes.</param>
    /// <param name="right">32 bytes.</param>
    /// <param name="destination">Receives 32 bytes; may be one of the children.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    [SkipLocalsInit]
    public static void HashNode(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> destination)
    {
        RequireHash(left.Length, nameof(left));
        RequireHash(right.Length, nameof(right));
        RequireHash(destination.Length, nameof(destination));

        Span<byte> message = stackalloc byte[1 + (2 * HashBytes)];
        message[0] = NodePrefix;
        left.CopyTo(message[1..]);
        right.CopyTo(message[(1 + HashBytes)..]);
        SHA256.HashData(message, destination);
    }

    /// <summary>Hashes n entries to their leaves, n being the number of <paramref name="lengths"/>.</summary>
    /// <param name="entries">The entries, one after the other.</param>
    /// <param name="lengths">The bytes of each entry; none negative, and together those of <paramref name="entries"/>.</param>
    /// <param name="destination">Receives n hashes of 32 bytes; must not overlap the entries.</param>
    /// <exception cref="ArgumentException">Lengths do not agree, or the destination overlaps.</exception>
    public static void HashLeaves(ReadOnlySpan<byte> entries, ReadOnlySpan<int> lengths, Span<byte> destination) =>
        Sha256Lanes.HashLeaves(entries, lengths, destination);

    /// <summary>Hashes n pairs of children to their nodes: one level of a tree to half of the next.</summary>
    /// <param name="pairs">n times left ‖ right, 64 bytes each.</param>
    /// <param name="destination">
    /// Receives n hashes of 32 bytes. It may overlap the pairs when it begins before them or at most 32 bytes behind their
    /// beginning: a level of a tree can take the place of the level below it.
    /// </param>
    /// <exception cref="ArgumentException">Lengths do not agree, or the destination overlaps otherwise.</exception>
    public static void HashNodes(ReadOnlySpan<byte> pairs, Span<byte> destination) =>
        Sha256Lanes.HashNodes(pairs, destination);

    /// <summary>Requires that a span that is to be a hash has the length of one.</summary>
    internal static void RequireHash(int length, string name)
    {
        if (length != HashBytes)
        {
            throw new ArgumentException($"A hash is {HashBytes} bytes, not {length}.", name);
        }
    }
}

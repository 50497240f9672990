namespace Ledger.Crypto;

/// <summary>
/// The hashes of a sparse Merkle tree in the Jellyfish form over SHA-256: a map from keys to values whose root says all of it. The
/// path of a key is the bits of its hash, the highest bit of the first byte first; a subtree without a leaf is
/// <see cref="Empty"/>, one with a single leaf is that leaf, any other is the node of its two halves.
/// </summary>
public static class MapHash
{
    /// <summary>Bytes of every hash here.</summary>
    public const int HashBytes = 32;

    /// <summary>Bytes of a leaf before it is hashed, without its mark: hash of the key ‖ hash of the value.</summary>
    public const int LeafBytes = 2 * HashBytes;

    /// <summary>The most hashes that a proof can have: one for each bit of a path.</summary>
    public const int ProofHashesMax = 8 * HashBytes;

    // Messages of LeafBytes each, of which so many are hashed at a time.
    private const int LengthsMax = 1_024;
    private static readonly int[] Lengths = [.. Enumerable.Repeat(LeafBytes, LengthsMax)];

    /// <summary>What a subtree without a leaf is.</summary>
    public static ReadOnlySpan<byte> Empty => "SPARSE_MERKLE_PLACEHOLDER_HASH__"u8;

    private static ReadOnlySpan<byte> LeafMark => "JMT::LeafNode"u8;

    private static ReadOnlySpan<byte> NodeMark => "JMT::IntrnalNode"u8;

    /// <summary>Hashes keys or values, H(message).</summary>
    /// <param name="messages">The messages, one after the other.</param>
    /// <param name="lengths">The bytes of each; together those of <paramref name="messages"/>.</param>
    /// <param name="destination">Receives 32 bytes for each; must not overlap the messages.</param>
    /// <exception cref="ArgumentException">The lengths do not agree, or the destination overlaps.</exception>
    public static void HashMany(ReadOnlySpan<byte> messages, ReadOnlySpan<int> lengths, Span<byte> destination) =>
        Sha256Lanes.HashMany([], messages, lengths, destination);

    /// <summary>Hashes n leaves, H("JMT::LeafNode" ‖ hash of the key ‖ hash of the value).</summary>
    /// <param name="leaves">n times <see cref="LeafBytes"/>.</param>
    /// <param name="destination">Receives n hashes of 32 bytes; must not overlap the leaves.</param>
    /// <exception cref="ArgumentException">Lengths do not agree, or the destination overlaps.</exception>
    public static void HashLeaves(ReadOnlySpan<byte> leaves, Span<byte> destination) =>
        HashPairs(LeafMark, leaves, destination);

    /// <summary>Hashes n pairs of halves to their nodes, H("JMT::IntrnalNode" ‖ left ‖ right).</summary>
    /// <param name="pairs">n times left ‖ right, 64 bytes each.</param>
    /// <param name="destination">Receives n hashes of 32 bytes; must not overlap the pairs.</param>
    /// <exception cref="ArgumentException">Lengths do not agree, or the destination overlaps.</exception>
    public static void HashNodes(ReadOnlySpan<byte> pairs, Span<byte> destination) =>
        HashPairs(NodeMark, pairs, destination);

    /// <summary>The bit of a key's hash that decides at a depth whether the path goes left (0) or right (1).</summary>
    /// <param name="keyHash">32 bytes.</param>
    /// <param name="depth">0 to 255, from the root.</param>
    public static int Bit(ReadOnlySpan<byte> keyHash, int depth) => (keyHash[depth >> 3] >> (7 - (depth & 7))) & 1;

    private static void HashPairs(ReadOnlySpan<byte> mark, ReadOnlySpan<byte> pairs, Span<byte> destination)
    {
        if (pairs.Length % LeafBytes != 0 || destination.Length != pairs.Length / 2)
        {
            throw new ArgumentException("A hash of 32 bytes is made of each 64 bytes.", nameof(destination));
        }

        while (!pairs.IsEmpty)
        {
            int count = Math.Min(pairs.Length / LeafBytes, LengthsMax);
            Sha256Lanes.HashMany(
                mark,
                pairs[..(count * LeafBytes)],
                Lengths.AsSpan(0, count),
                destination[..(count * HashBytes)]
            );
            pairs = pairs[(count * LeafBytes)..];
            destination = destination[(count * HashBytes)..];
        }
    }
}

namespace Ledger.Crypto;

/// <summary>The root of an RFC 6962 tree over hashes at hand, level by level in their own place.</summary>
internal static class MerkleLevels
{
    private const int HashBytes = 32;

    /// <summary>Computes MTH of RFC 9162 §2.1.1 from the hashes of its leaves.</summary>
    /// <param name="leafHashes">1 or more hashes of 32 bytes. They do not survive.</param>
    /// <param name="root">Receives 32 bytes; may overlap the leaf hashes.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static void Root(Span<byte> leafHashes, Span<byte> root) => Root(leafHashes, root, Sha256Lanes.Best);

    /// <summary>The same by a path of the caller's choice, which must be supported.</summary>
    public static void Root(Span<byte> leafHashes, Span<byte> root, Sha256Path path)
    {
        if (leafHashes.IsEmpty || leafHashes.Length % HashBytes != 0)
        {
            throw new ArgumentException($"{leafHashes.Length} bytes are not hashes.", nameof(leafHashes));
        }
        if (root.Length != HashBytes)
        {
            throw new ArgumentException($"A root is {HashBytes} bytes, not {root.Length}.", nameof(root));
        }

        // Level by level over all of memory: parts that stay in a cache were tried and gain nothing, as one core reads
        // faster than it hashes.
        Span<byte> hashes = leafHashes;
        while (hashes.Length > HashBytes)
        {
            int paired = hashes.Length & -(2 * HashBytes);
            Sha256Lanes.HashNodes(hashes[..paired], hashes[..(paired / 2)], path);
            // A last node without a sibling goes up as it is: RFC 6962 splits at the greatest power of two below the size,
            // and that is where it ends up.
            Span<byte> single = hashes[paired..];
            single.CopyTo(hashes[(paired / 2)..]);
            hashes = hashes[..((paired / 2) + single.Length)];
        }
        hashes.CopyTo(root);
    }
}

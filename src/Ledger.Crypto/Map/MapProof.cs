namespace Ledger.Crypto;

/// <summary>
/// Proofs of what a map (<see cref="MapHash"/>) holds under a key, and of what it does not hold. A proof is the hashes of the halves
/// that the path does not enter, one after the other, the lowest first, and what the path ends at: a leaf, or nothing.
/// </summary>
/// <remarks>
/// A path of n hashes ends n bits below the root. What lies there is the whole subtree of all keys that begin with those bits, so
/// a leaf there is the only one, and nothing there is none.
/// </remarks>
public static class MapProof
{
    /// <summary>Whether a proof shows that the map holds a value under a key. Never throws, whatever the input.</summary>
    /// <param name="root">The map's root; false unless 32 bytes.</param>
    /// <param name="keyHash">SHA-256 of the key; false unless 32 bytes.</param>
    /// <param name="valueHash">SHA-256 of the value; false unless 32 bytes.</param>
    /// <param name="proof">The hashes; false unless 0 to 256 of 32 bytes.</param>
    public static bool VerifyPresence(
        ReadOnlySpan<byte> root,
        ReadOnlySpan<byte> keyHash,
        ReadOnlySpan<byte> valueHash,
        ReadOnlySpan<byte> proof
    )
    {
        Span<byte> hash = stackalloc byte[MapHash.HashBytes];
        return TryHashLeaf(keyHash, valueHash, hash) && LeadsTo(root, keyHash, hash, proof);
    }

    /// <summary>Whether a proof shows that the map holds nothing under a key. Never throws, whatever the input.</summary>
    /// <param name="root">The map's root; false unless 32 bytes.</param>
    /// <param name="keyHash">SHA-256 of the key; false unless 32 bytes.</param>
    /// <param name="leaf">
    /// The leaf of another key at which the path ends, hash of its key ‖ hash of its value; empty: the path ends at nothing. False
    /// when it is the key's own, or does not lie on its path.
    /// </param>
    /// <param name="proof">The hashes; false unless 0 to 256 of 32 bytes.</param>
    public static bool VerifyAbsence(
        ReadOnlySpan<byte> root,
        ReadOnlySpan<byte> keyHash,
        ReadOnlySpan<byte> leaf,
        ReadOnlySpan<byte> proof
    )
    {
        if (keyHash.Length != MapHash.HashBytes)
        {
            return false;
        }

        if (leaf.IsEmpty)
        {
            return LeadsTo(root, keyHash, MapHash.Empty, proof);
        }

        Span<byte> hash = stackalloc byte[MapHash.HashBytes];
        return leaf.Length == MapHash.LeafBytes
            && !leaf[..MapHash.HashBytes].SequenceEqual(keyHash)
            && SharesPath(leaf, keyHash, proof.Length / MapHash.HashBytes)
            && TryHashLeaf(leaf[..MapHash.HashBytes], leaf[MapHash.HashBytes..], hash)
            && LeadsTo(root, keyHash, hash, proof);
    }

    private static bool TryHashLeaf(ReadOnlySpan<byte> keyHash, ReadOnlySpan<byte> valueHash, Span<byte> hash)
    {
        if (keyHash.Length != MapHash.HashBytes || valueHash.Length != MapHash.HashBytes)
        {
            return false;
        }

        Span<byte> leaf = stackalloc byte[MapHash.LeafBytes];
        keyHash.CopyTo(leaf);
        valueHash.CopyTo(leaf[MapHash.HashBytes..]);
        MapHash.HashLeaves(leaf, hash);
        return true;
    }

    private static bool SharesPath(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other, int depth)
    {
        if (depth > MapHash.ProofHashesMax)
        {
            return false;
        }

        for (int i = 0; i < depth; i++)
        {
            if (MapHash.Bit(one, i) != MapHash.Bit(other, i))
            {
                return false;
            }
        }

        return true;
    }

    private static bool LeadsTo(
        ReadOnlySpan<byte> root,
        ReadOnlySpan<byte> keyHash,
        ReadOnlySpan<byte> end,
        ReadOnlySpan<byte> proof
    )
    {
        int depth = proof.Length / MapHash.HashBytes;
        if (root.Length != MapHash.HashBytes || proof.Length % MapHash.HashBytes != 0 || depth > MapHash.ProofHashesMax)
        {
            return false;
        }

        Span<byte> hash = stackalloc byte[MapHash.HashBytes];
        Span<byte> pair = stackalloc byte[2 * MapHash.HashBytes];
        end.CopyTo(hash);
        for (; depth > 0; depth--, proof = proof[MapHash.HashBytes..])
        {
            int side = MapHash.Bit(keyHash, depth - 1);
            hash.CopyTo(pair[(side * MapHash.HashBytes)..]);
            proof[..MapHash.HashBytes].CopyTo(pair[((1 - side) * MapHash.HashBytes)..]);
            MapHash.HashNodes(pair, hash);
        }

        return hash.SequenceEqual(root);
    }
}

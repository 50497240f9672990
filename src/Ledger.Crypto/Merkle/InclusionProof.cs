namespace Ledger.Crypto;

/// <summary>
/// Proofs that an entry is in a tree: RFC 9162 §2.1.3. A proof is its hashes one after the other, the lowest level first.
/// </summary>
/// <remarks>
/// A proof that arrives as separate byte strings must have each of them checked to be 32 bytes before they are joined.
/// </remarks>
public static class InclusionProof
{
    /// <summary>The number of hashes in a proof.</summary>
    /// <param name="index">The entry's index, from 0 to <paramref name="size"/> − 1.</param>
    /// <param name="size">The tree's number of entries, 1 or more.</param>
    /// <returns>0 to 63.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such entry.</exception>
    public static int Count(long index, long size)
    {
        RequireEntry(index, size);
        return MerkleShape.PathHashes(0, index, size);
    }

    /// <summary>Writes the proof of an entry. The caller has checked that the tree has it.</summary>
    /// <typeparam name="TNodes">Where the hashes come from; a struct costs no indirect call.</typeparam>
    /// <param name="nodes">The nodes of a tree of at least <paramref name="size"/> entries.</param>
    /// <param name="index">The entry's index, from 0 to <paramref name="size"/> − 1.</param>
    /// <param name="size">The number of entries of the tree that is proved, 1 or more.</param>
    /// <param name="proof">Receives the hashes; <see cref="MerkleHash.ProofHashesMax"/> × 32 bytes are always enough.</param>
    /// <returns>The number of bytes written, 32 × <see cref="Count"/>.</returns>
    /// <exception cref="ArgumentException">There is no such entry, or the span is too short.</exception>
    public static int Prove<TNodes>(TNodes nodes, long index, long size, Span<byte> proof)
        where TNodes : IMerkleNodes
    {
        int bytes = Count(index, size) * MerkleHash.HashBytes;
        MerkleShape.RequireRoom(proof, bytes);
        MerkleShape.Path(nodes, 0, index, size, proof[..bytes]);
        return bytes;
    }

    /// <summary>Whether a proof shows that a tree holds an entry: RFC 9162 §2.1.3.2. Never throws, whatever the input.</summary>
    /// <param name="index">The entry's index; false when it is negative or not below <paramref name="size"/>.</param>
    /// <param name="size">The tree's number of entries.</param>
    /// <param name="leafHash">The entry's leaf hash; false unless 32 bytes.</param>
    /// <param name="proof">The hashes; false unless exactly those that this index and size call for.</param>
    /// <param name="root">The tree's root; false unless 32 bytes.</param>
    public static bool Verify(
        long index,
        long size,
        ReadOnlySpan<byte> leafHash,
        ReadOnlySpan<byte> proof,
        ReadOnlySpan<byte> root
    )
    {
        if (
            index < 0
            || index >= size // step 1
            || leafHash.Length != MerkleHash.HashBytes
            || root.Length != MerkleHash.HashBytes
            || !MerkleShape.IsProof(proof)
        )
        {
            return false;
        }

        // Step 2 and 3, with the names of the RFC.
        long fn = index;
        long sn = size - 1;
        Span<byte> r = stackalloc byte[MerkleHash.HashBytes];
        leafHash.CopyTo(r);
        for (; !proof.IsEmpty; proof = proof[MerkleHash.HashBytes..]) // step 4
        {
            ReadOnlySpan<byte> p = proof[..MerkleHash.HashBytes];
            if (sn == 0)
            {
                return false; // more hashes than levels
            }
            if ((fn & 1) != 0 || fn == sn)
            {
                MerkleHash.HashNode(p, r, r);
                while ((fn & 1) == 0 && fn != 0)
                {
                    fn >>= 1; // on the right edge, levels without a sibling
                    sn >>= 1;
                }
            }
            else
            {
                MerkleHash.HashNode(r, p, r);
            }
            fn >>= 1;
            sn >>= 1;
        }
        return sn == 0 && r.SequenceEqual(root); // step 5
    }

    private static void RequireEntry(long index, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
    }
}

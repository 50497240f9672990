using System.Numerics;

namespace Ledger.Crypto;

/// <summary>
/// Proofs that one tree is a prefix of another: RFC 9162 §2.1.4. A proof is its hashes one after the other.
/// </summary>
/// <remarks>
/// A proof that arrives as separate byte strings must have each of them checked to be 32 bytes before they are joined.
/// </remarks>
public static class ConsistencyProof
{
    /// <summary>The number of hashes in a proof.</summary>
    /// <param name="size1">The older tree's number of entries, 1 or more: nothing can be shown of an empty tree.</param>
    /// <param name="size2">The newer tree's, at least <paramref name="size1"/>.</param>
    /// <returns>0 to 64; 0 only when the sizes are equal.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The sizes are out of range.</exception>
    public static int Count(long size1, long size2)
    {
        (int level, long index, int first) = Start(size1, size2);
        return size1 == size2 ? 0 : first + MerkleShape.PathHashes(level, index, size2);
    }

    /// <summary>Writes the proof that a tree of one size is a prefix of itself at a later size.</summary>
    /// <typeparam name="TNodes">Where the hashes come from; a struct costs no indirect call.</typeparam>
    /// <param name="nodes">The nodes of a tree of at least <paramref name="size2"/> entries.</param>
    /// <param name="size1">The older size, 1 or more.</param>
    /// <param name="size2">The newer size, at least <paramref name="size1"/>.</param>
    /// <param name="proof">Receives the hashes; <see cref="MerkleHash.ProofHashesMax"/> × 32 bytes are always enough.</param>
    /// <returns>The number of bytes written, 32 × <see cref="Count"/>.</returns>
    /// <exception cref="ArgumentException">The sizes are out of range, or the span is too short.</exception>
    public static int Prove<TNodes>(TNodes nodes, long size1, long size2, Span<byte> proof)
        where TNodes : IMerkleNodes
    {
        int bytes = Count(size1, size2) * MerkleHash.HashBytes;
        MerkleShape.RequireRoom(proof, bytes);
        if (bytes == 0)
        {
            return 0;
        }

        proof = proof[..bytes];
        (int level, long index, int first) = Start(size1, size2);
        if (first != 0)
        {
            nodes.Node(level, index, proof[..MerkleHash.HashBytes]);
        }
        MerkleShape.Path(nodes, level, index, size2, proof[(first * MerkleHash.HashBytes)..]);
        return bytes;
    }

    /// <summary>
    /// Whether a proof shows that the older tree is a prefix of the newer: RFC 9162 §2.1.4.2. Never throws, whatever the
    /// input.
    /// </summary>
    /// <param name="size1">The older size; false when 0 or negative, or above <paramref name="size2"/>.</param>
    /// <param name="size2">The newer size.</param>
    /// <param name="root1">The older root; false unless 32 bytes.</param>
    /// <param name="root2">The newer root; false unless 32 bytes.</param>
    /// <param name="proof">The hashes: none when the sizes are equal, otherwise exactly those that the sizes call for.</param>
    public static bool Verify(
        long size1,
        long size2,
        ReadOnlySpan<byte> root1,
        ReadOnlySpan<byte> root2,
        ReadOnlySpan<byte> proof
    )
    {
        if (
            size1 <= 0
            || size1 > size2
            || root1.Length != MerkleHash.HashBytes
            || root2.Length != MerkleHash.HashBytes
            || !MerkleShape.IsProof(proof)
        )
        {
            return false;
        }
        if (size1 == size2)
        {
            return proof.IsEmpty && root1.SequenceEqual(root2);
        }
        if (proof.IsEmpty)
        {
            return false; // step 1
        }

        // Step 2 and 5: when the older tree is itself a complete subtree, the path begins with its root, unsaid.
        Span<byte> fr = stackalloc byte[MerkleHash.HashBytes];
        Span<byte> sr = stackalloc byte[MerkleHash.HashBytes];
        if (BitOperations.IsPow2(size1))
        {
            root1.CopyTo(fr);
        }
        else
        {
            proof[..MerkleHash.HashBytes].CopyTo(fr);
            proof = proof[MerkleHash.HashBytes..];
        }
        fr.CopyTo(sr);

        // Step 3 and 4, with the names of the RFC.
        int shift = BitOperations.TrailingZeroCount(size1);
        long fn = (size1 - 1) >> shift;
        long sn = (size2 - 1) >> shift;
        for (; !proof.IsEmpty; proof = proof[MerkleHash.HashBytes..]) // step 6
        {
            ReadOnlySpan<byte> c = proof[..MerkleHash.HashBytes];
            if (sn == 0)
            {
                return false; // more hashes than levels
            }
            if ((fn & 1) != 0 || fn == sn)
            {
                MerkleHash.HashNode(c, fr, fr);
                MerkleHash.HashNode(c, sr, sr);
                while ((fn & 1) == 0 && fn != 0)
                {
                    fn >>= 1; // on the right edge, levels without a sibling
                    sn >>= 1;
                }
            }
            else
            {
                MerkleHash.HashNode(sr, c, sr);
            }
            fn >>= 1;
            sn >>= 1;
        }
        return sn == 0 && fr.SequenceEqual(root1) && sr.SequenceEqual(root2); // step 7
    }

    // PROOF(m, D_n) of RFC 9162 §2.1.4.1 ends at the last complete subtree of the older tree and then names the siblings on
    // its way up. That subtree is left out when it is the whole older tree, whose root the verifier has.
    private static (int Level, long Index, int First) Start(long size1, long size2)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size1, size2);
        int level = BitOperations.TrailingZeroCount(size1);
        return (level, (size1 - 1) >> level, BitOperations.IsPow2(size1) ? 0 : 1);
    }
}

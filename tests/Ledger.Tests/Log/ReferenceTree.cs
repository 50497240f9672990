using System.Collections.Concurrent;
using System.Numerics;
using System.Security.Cryptography;

namespace Ledger.Tests.Log;

/// <summary>The Merkle tree as RFC 6962, section 2.1, writes it down: by recursion over the leaves' hashes.</summary>
internal static class ReferenceTree
{
    /// <summary>The hash of leaf number i of every tree in these tests.</summary>
    public static byte[] Leaf(int i) => SHA256.HashData([0, .. BitConverter.GetBytes(i)]);

    /// <summary>Leaf hashes, joined.</summary>
    public static byte[] Leaves(int first, int count)
    {
        byte[] leaves = new byte[32 * count];
        for (int i = 0; i < count; i++)
        {
            Leaf(first + i).CopyTo(leaves, 32 * i);
        }

        return leaves;
    }

    // Roots of large perfect subtrees, which every larger tree has too.
    private static readonly ConcurrentDictionary<(int First, int End), byte[]> Known = [];

    /// <summary>MTH(D[first:end]).</summary>
    public static byte[] Root(int first, int end) =>
        BitOperations.IsPow2(end - first) && end - first >= 256
            ? Known.GetOrAdd((first, end), static tree => Compute(tree.First, tree.End))
            : Compute(first, end);

    private static byte[] Compute(int first, int end)
    {
        if (end - first <= 1)
        {
            return end == first ? SHA256.HashData([]) : Leaf(first);
        }

        int k = Split(end - first);
        return Node(Root(first, first + k), Root(first + k, end));
    }

    /// <summary>PATH(m, D[first:end]), section 2.1.1.</summary>
    public static List<byte[]> Path(int m, int first, int end)
    {
        if (end - first == 1)
        {
            return [];
        }

        int k = Split(end - first);
        return m < k
            ? [.. Path(m, first, first + k), Root(first + k, end)]
            : [.. Path(m - k, first + k, end), Root(first, first + k)];
    }

    /// <summary>PROOF(m, D[0:n]), section 2.1.2.</summary>
    public static List<byte[]> Proof(int m, int n) => m == n ? [] : SubProof(m, 0, n, isWhole: true);

    private static List<byte[]> SubProof(int m, int first, int end, bool isWhole)
    {
        int n = end - first;
        if (m == n)
        {
            return isWhole ? [] : [Root(first, end)];
        }

        int k = Split(n);
        return m <= k
            ? [.. SubProof(m, first, first + k, isWhole), Root(first + k, end)]
            : [.. SubProof(m - k, first + k, end, isWhole: false), Root(first, first + k)];
    }

    // The largest power of two below n.
    private static int Split(int n)
    {
        int k = 1;
        while (2 * k < n)
        {
            k *= 2;
        }

        return k;
    }

    private static byte[] Node(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);
}

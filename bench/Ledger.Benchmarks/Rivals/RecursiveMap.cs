using System.Security.Cryptography;
using Ledger.Crypto;
using Ledger.Rules.Map;

namespace Ledger.Benchmarks.Rivals;

/// <summary>
/// The same tree as the state map, written down as it is defined: a binary tree of immutable nodes in memory, into which one leaf after
/// the other is put by recursion, each with the hashes of its whole path, one at a time.
/// </summary>
internal sealed class RecursiveMap
{
    // The longest message: a mark of 16 bytes and two hashes.
    private const int MessageBytes = 80;

    private readonly byte[] _hash;
    private readonly MapLeaf _leaf;
    private readonly RecursiveMap? _left;
    private readonly RecursiveMap? _right;
    private readonly bool _isLeaf;

    private RecursiveMap(in MapLeaf leaf)
    {
        _leaf = leaf;
        _isLeaf = true;
        _hash = Hash("JMT::LeafNode"u8, leaf.KeyHash, leaf.ValueHash);
    }

    private RecursiveMap(RecursiveMap? left, RecursiveMap? right)
    {
        _left = left;
        _right = right;
        _hash = Hash("JMT::IntrnalNode"u8, RootOf(left), RootOf(right));
    }

    /// <summary>The root of a map; null is the one that holds nothing.</summary>
    public static ReadOnlySpan<byte> RootOf(RecursiveMap? map) => map is null ? MapHash.Empty : map._hash;

    /// <summary>The map with leaves put in.</summary>
    public static RecursiveMap? Put(RecursiveMap? map, ReadOnlySpan<MapLeaf> leaves)
    {
        foreach (ref readonly MapLeaf leaf in leaves)
        {
            map = Put(map, leaf, 0);
        }

        return map;
    }

    /// <summary>The hashes beside a key's path, the lowest first.</summary>
    public static List<byte[]> Prove(RecursiveMap? map, ReadOnlySpan<byte> keyHash)
    {
        List<byte[]> hashes = [];
        for (int depth = 0; map is { _isLeaf: false }; depth++)
        {
            bool isRight = MapHash.Bit(keyHash, depth) == 1;
            hashes.Add(RootOf(isRight ? map._left : map._right).ToArray());
            map = isRight ? map._right : map._left;
        }

        hashes.Reverse();
        return hashes;
    }

    private static RecursiveMap Put(RecursiveMap? map, in MapLeaf leaf, int depth)
    {
        if (map is null || (map._isLeaf && map._leaf.KeyHash.SequenceEqual(leaf.KeyHash)))
        {
            return new RecursiveMap(leaf);
        }

        bool isRight = MapHash.Bit(leaf.KeyHash, depth) == 1;
        if (!map._isLeaf)
        {
            return isRight
                ? new RecursiveMap(map._left, Put(map._right, leaf, depth + 1))
                : new RecursiveMap(Put(map._left, leaf, depth + 1), map._right);
        }

        // The leaf that is there goes one level down, and stays what it is.
        bool otherIsRight = MapHash.Bit(map._leaf.KeyHash, depth) == 1;
        return (isRight, otherIsRight) switch
        {
            (false, false) => new RecursiveMap(Put(map, leaf, depth + 1), null),
            (true, true) => new RecursiveMap(null, Put(map, leaf, depth + 1)),
            (true, false) => new RecursiveMap(map, new RecursiveMap(leaf)),
            (false, true) => new RecursiveMap(new RecursiveMap(leaf), map),
        };
    }

    private static byte[] Hash(ReadOnlySpan<byte> mark, ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        Span<byte> message = stackalloc byte[MessageBytes];
        mark.CopyTo(message);
        one.CopyTo(message[mark.Length..]);
        other.CopyTo(message[(mark.Length + MapHash.HashBytes)..]);
        return SHA256.HashData(message[..(mark.Length + (2 * MapHash.HashBytes))]);
    }
}

using System.Security.Cryptography;
using System.Text;

namespace Ledger.Rules.Tests.Map;

/// <summary>The map's definition, word for word: a dictionary, hashed by recursion, bit by bit. Judges the fast one.</summary>
internal sealed class NaiveMap
{
    private static readonly byte[] Empty = Encoding.ASCII.GetBytes("SPARSE_MERKLE_PLACEHOLDER_HASH__");

    private readonly Dictionary<string, byte[]> _leaves = [];

    public int Count => _leaves.Count;

    public void Put(ReadOnlySpan<byte> keyHash, ReadOnlySpan<byte> valueHash) =>
        _leaves[Convert.ToHexString(keyHash)] = valueHash.ToArray();

    public byte[]? Find(ReadOnlySpan<byte> keyHash) => _leaves.GetValueOrDefault(Convert.ToHexString(keyHash));

    public byte[] Root() => Node([.. _leaves.Select(static leaf => (Convert.FromHexString(leaf.Key), leaf.Value))], 0);

    public static byte[] Root(IEnumerable<(byte[] Key, byte[] Value)> data) =>
        Node([.. data.Select(static d => (SHA256.HashData(d.Key), SHA256.HashData(d.Value)))], 0);

    private static byte[] Node((byte[] Key, byte[] Value)[] leaves, int depth)
    {
        if (leaves.Length == 0)
        {
            return Empty;
        }

        if (leaves.Length == 1)
        {
            return SHA256.HashData([.. "JMT::LeafNode"u8, .. leaves[0].Key, .. leaves[0].Value]);
        }

        byte[] left = Node([.. leaves.Where(leaf => !IsRight(leaf.Key, depth))], depth + 1);
        byte[] right = Node([.. leaves.Where(leaf => IsRight(leaf.Key, depth))], depth + 1);
        return SHA256.HashData([.. "JMT::IntrnalNode"u8, .. left, .. right]);
    }

    private static bool IsRight(byte[] key, int depth) => (key[depth / 8] & (0x80 >> (depth % 8))) != 0;
}

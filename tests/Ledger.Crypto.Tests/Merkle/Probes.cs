using System.Text.Json;

namespace Ledger.Crypto.Tests.Merkle;

/// <summary>The proof probes of transparency-dev/merkle (testdata/), in which wantErr is the verdict.</summary>
internal static class Probes
{
    public static IEnumerable<string> Files(string kind) =>
        Directory.EnumerateFiles(Vectors.Path("merkle", kind), "*.json", SearchOption.AllDirectories);

    public static JsonElement Read(string path) => Vectors.Json(path);

    /// <summary>A size or index; those from 2⁶³ on, which no tree has here, come out negative.</summary>
    public static long Number(JsonElement probe, string name) => (long)probe.GetProperty(name).GetUInt64();

    public static byte[] Bytes(JsonElement probe, string name) =>
        Convert.FromBase64String(Text(probe.GetProperty(name)));

    /// <summary>Joins the hashes of a proof; false when one is not 32 bytes, as whoever receives them apart must check.</summary>
    public static bool TryJoin(JsonElement proof, out byte[] joined)
    {
        byte[][] hashes =
            proof.ValueKind == JsonValueKind.Null
                ? []
                : [.. proof.EnumerateArray().Select(h => Convert.FromBase64String(Text(h)))];
        joined = [.. hashes.SelectMany(h => h)];
        return hashes.All(h => h.Length == MerkleHash.HashBytes);
    }

    private static string Text(JsonElement value) => value.GetString() ?? "";
}

/// <summary>A tree of any size whose leaves are all alike.</summary>
internal sealed class UniformNodes : IMerkleNodes
{
    private readonly byte[][] _levels = new byte[63][];

    public UniformNodes()
    {
        _levels[0] = new byte[32];
        for (int level = 1; level < _levels.Length; level++)
        {
            _levels[level] = new byte[32];
            MerkleHash.HashNode(_levels[level - 1], _levels[level - 1], _levels[level]);
        }
    }

    public byte[] Leaf => _levels[0];

    public void Node(int level, long index, Span<byte> destination) => _levels[level].CopyTo(destination);
}

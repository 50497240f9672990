using Ledger.Rules.Map;

namespace Ledger.Rules.Tests.Map;

/// <summary>A source in memory, as a store keeps a map: every leaf of the version, nodes of the versions that were flushed.</summary>
internal sealed class KeptMap : IMapSource
{
    private readonly SortedDictionary<string, MapLeaf> _leaves = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _nodes = [];

    /// <summary>Rows that were read.</summary>
    public int Reads { get; private set; }

    public Dictionary<string, byte[]> Nodes => _nodes;

    public KeptMap Copy()
    {
        KeptMap copy = new();
        foreach ((string key, MapLeaf leaf) in _leaves)
        {
            copy._leaves.Add(key, leaf);
        }

        foreach ((string key, byte[] row) in _nodes)
        {
            copy._nodes.Add(key, [.. row]);
        }

        return copy;
    }

    public void Put(IEnumerable<MapLeaf> leaves)
    {
        foreach (MapLeaf leaf in leaves)
        {
            _leaves[Convert.ToHexString(leaf.KeyHash)] = leaf;
        }
    }

    public void Remove(MapLeaf leaf) => _leaves.Remove(Convert.ToHexString(leaf.KeyHash));

    public void Put(IEnumerable<MapRow> rows)
    {
        foreach (MapRow row in rows)
        {
            _nodes[Path(row.Path, row.Depth)] = row.Row;
        }
    }

    public byte[]? ReadNode(ReadOnlySpan<byte> path, int depth)
    {
        Reads++;
        return _nodes.GetValueOrDefault(Path(path, depth));
    }

    public IReadOnlyList<MapLeaf> ReadLeaves(ReadOnlySpan<byte> path, int depth)
    {
        Reads++;
        string prefix = Path(path, depth);
        return
        [
            .. _leaves.Where(leaf => leaf.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(static l => l.Value),
        ];
    }

    private static string Path(ReadOnlySpan<byte> path, int depth) => Convert.ToHexString(path)[..depth];
}

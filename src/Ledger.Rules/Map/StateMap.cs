using Ledger.Crypto;

namespace Ledger.Rules.Map;

/// <summary>
/// The authenticated state map: every current record, under one root (<see cref="MapHash"/>). The key is the record's key, the value
/// the index of the entry that wrote the record, then the record. Records are never removed, and nothing is from the map.
/// </summary>
/// <remarks>
/// A version never changes: the next one has new nodes along the paths of what changed, and shares all others. So readers of a
/// version need no lock, and see it as long as they hold it. Nodes that are not in memory come from a source when they are asked for;
/// versions may be read from different sources (<see cref="At"/>), each of which holds what its version needs.
/// </remarks>
public sealed class StateMap
{
    /// <summary>Nodes in memory unless it is said otherwise: some 200 MB.</summary>
    public const int NodesUsual = 200_000;

    private readonly MapNode _root;
    private readonly MapReader _reader;
    private readonly MapMemory _memory;
    private readonly byte[] _rootHash;

    private StateMap(MapNode root, byte[] rootHash, long version, IMapSource source, MapMemory memory)
    {
        _root = root;
        _rootHash = rootHash;
        _memory = memory;
        _reader = new MapReader(source, memory);
        Version = version;
    }

    /// <summary>The root, 32 bytes.</summary>
    public ReadOnlyMemory<byte> Root => _rootHash;

    /// <summary>Number of the version: 0 of the empty map, then one more for each batch.</summary>
    public long Version { get; }

    /// <summary>A map without records, all of which stay in memory.</summary>
    public static StateMap Empty() => Empty(NothingKept.Instance, int.MaxValue);

    /// <summary>A map without records.</summary>
    /// <param name="source">Where it will be kept.</param>
    /// <param name="nodesMax">Nodes in memory, about.</param>
    public static StateMap Empty(IMapSource source, int nodesMax = NodesUsual) =>
        new(new MapNode(version: 0), [.. MapHash.Empty], 0, source, new MapMemory(nodesMax));

    /// <summary>Takes up a map that is kept.</summary>
    /// <param name="source">Its leaves of this version; and its nodes of an earlier one, or, some of them, of later ones.</param>
    /// <param name="changed">The leaves that changed since that earlier version, in any order, also more than once; only their keys count.</param>
    /// <param name="version">The version.</param>
    /// <param name="nodesMax">Nodes in memory, about.</param>
    /// <exception cref="FormatException">What is kept is damaged.</exception>
    public static StateMap Restore(
        IMapSource source,
        IEnumerable<MapLeaf> changed,
        long version,
        int nodesMax = NodesUsual
    )
    {
        ArgumentNullException.ThrowIfNull(source);
        MapLeaf[] keys = [.. changed];
        keys.AsSpan().Sort(MapLeaf.Compare);
        MapMemory memory = new(nodesMax);
        MapUpdate update = new(new MapReader(source, memory), version);
        ReadOnlySpan<byte> anywhere = new byte[MapHash.HashBytes];
        MapNode root;
        byte[] hash = [.. MapHash.Empty];
        if (source.ReadNode(anywhere, 0) is { } row)
        {
            root = update.Renew(row, keys, 0);
        }
        else
        {
            root = update.Put(null, [.. source.ReadLeaves(anywhere, 0)], 0);
        }

        update.Hash(hash);
        memory.TryAdd(update.Added);
        return new StateMap(root, hash, version, source, memory);
    }

    /// <summary>The same version, read from elsewhere.</summary>
    /// <param name="source">Holds what this version needs.</param>
    public StateMap At(IMapSource source) => new(_root, _rootHash, Version, source, _memory);

    /// <summary>The next version.</summary>
    /// <param name="leaves">What changed, in the order of the keys' hashes, each key once; may be nothing.</param>
    /// <exception cref="FormatException">What is kept is damaged.</exception>
    public StateMap Next(ReadOnlySpan<MapLeaf> leaves)
    {
        long version = Version + 1;
        if (leaves.IsEmpty)
        {
            return new StateMap(_root, _rootHash, version, _reader.Source, _memory);
        }

        MapUpdate update = new(_reader, version);
        MapNode root = update.Put(_root, leaves, 0);
        byte[] hash = new byte[MapHash.HashBytes];
        update.Hash(hash);
        _memory.TryAdd(update.Added);
        return new StateMap(root, hash, version, _reader.Source, _memory);
    }

    /// <summary>Proves what the map holds under a key, or that it holds nothing.</summary>
    /// <param name="keyHash">SHA-256 of the key.</param>
    /// <exception cref="FormatException">What is kept is damaged.</exception>
    public MapPath Prove(ReadOnlySpan<byte> keyHash)
    {
        List<byte[]> hashes = [];
        MapNode node = _root;
        for (int depth = 0; ; depth++)
        {
            int position = 1;
            while (position < MapNode.Places && node.OnlyLeaf(position) < 0 && !node.IsEmpty(position))
            {
                int next = (2 * position) + MapHash.Bit(keyHash, (4 * depth) + int.Log2(position));
                hashes.Add(node.Hash(next ^ 1).ToArray());
                position = next;
            }

            if (node.IsEmpty(position) || node.OnlyLeaf(position) >= 0)
            {
                hashes.Reverse();
                return new MapPath(
                    hashes,
                    node.OnlyLeaf(position) is >= 0 and var place ? node.Leaf(place) : (MapLeaf?)null
                );
            }

            node = _reader.Child(node, position - MapNode.Places, keyHash, depth);
        }
    }

    /// <summary>
    /// The nodes that are to be kept of this version, as rows, with their paths: those above more than a few leaves that were made
    /// after a version. They are enough, with the leaves, to take the map up again (<see cref="Restore"/>).
    /// </summary>
    /// <param name="after">The version that was kept last; -1: all nodes that are in memory.</param>
    public IEnumerable<MapRow> Rows(long after) => Rows(_root, new byte[MapHash.HashBytes], 0, after);

    /// <summary>
    /// The same version with fewer nodes in memory, if there are more than there may be: the deepest go, as far as they are kept.
    /// </summary>
    /// <param name="kept">Version whose nodes are kept: the source that this version is read from from now on has them.</param>
    public StateMap Trim(long kept)
    {
        if (!_memory.IsFull)
        {
            return this;
        }

        List<int> counts = [];
        CountNodes(_root, 0, counts);
        int depth = 1;
        int nodes = counts[0];
        while (depth < counts.Count && nodes + counts[depth] <= _memory.NodesMax / 4 * 3)
        {
            nodes += counts[depth++];
        }

        int left = 0;
        MapNode root = Trim(_root, depth, kept, ref left);
        _memory.Set(left);
        return new StateMap(root, _rootHash, Version, _reader.Source, _memory);
    }

    private static IEnumerable<MapRow> Rows(MapNode node, byte[] path, int depth, long after)
    {
        if (node.Version <= after || !node.IsKept)
        {
            yield break;
        }

        yield return new MapRow([.. path], depth, node.Encode());
        for (int place = 0; place < MapNode.Places; place++)
        {
            if (node.Child(place) is { } child)
            {
                foreach (MapRow row in Rows(child, Step(path, depth, place), depth + 1, after))
                {
                    yield return row;
                }
            }
        }
    }

    private static byte[] Step(byte[] path, int depth, int place)
    {
        byte[] next = [.. path];
        next[depth >> 1] |= (byte)((depth & 1) == 0 ? place << 4 : place);
        return next;
    }

    private static void CountNodes(MapNode node, int depth, List<int> counts)
    {
        if (counts.Count == depth)
        {
            counts.Add(0);
        }

        counts[depth]++;
        for (int place = 0; place < MapNode.Places; place++)
        {
            if (node.Child(place) is { } child)
            {
                CountNodes(child, depth + 1, counts);
            }
        }
    }

    // Below the depth, what can be read again goes. What is above what cannot stays, or it would be out of reach.
    private static MapNode Trim(MapNode node, int depth, long kept, ref int left)
    {
        left++;
        MapNode?[]? children = null;
        for (int place = 0; place < MapNode.Places; place++)
        {
            if (node.Child(place) is { } child && (depth > 1 || (child.IsKept && child.Version > kept)))
            {
                (children ??= new MapNode?[MapNode.Places])[place] = Trim(child, depth - 1, kept, ref left);
            }
        }

        return node.With(children ?? []);
    }

    private sealed class NothingKept : IMapSource
    {
        public static NothingKept Instance { get; } = new();

        public byte[]? ReadNode(ReadOnlySpan<byte> path, int depth) => null;

        public IReadOnlyList<MapLeaf> ReadLeaves(ReadOnlySpan<byte> path, int depth) => [];
    }
}

/// <summary>What proves what a map holds under a key.</summary>
/// <param name="Hashes">The hashes of the halves that the path does not enter, the lowest first, 32 bytes each.</param>
/// <param name="Leaf">The leaf at which the path ends: the key's own, or another's, and then there is none; null: it ends at nothing.</param>
public sealed record MapPath(IReadOnlyList<byte[]> Hashes, MapLeaf? Leaf);

/// <summary>A node as it is kept.</summary>
/// <param name="Path">A hash that begins with its path; zeros follow.</param>
/// <param name="Depth">Length of the path, in half bytes.</param>
/// <param name="Row">Its bytes, see <see cref="IMapSource.ReadNode"/>.</param>
public sealed record MapRow(byte[] Path, int Depth, byte[] Row);

using System.Buffers;
using System.Runtime.InteropServices;
using Ledger.Crypto;

namespace Ledger.Rules.Map;

/// <summary>
/// Makes the nodes of one version of a map: first the shape, along the paths of what changed, then the hashes, from the deepest
/// level up. All nodes of a level are independent of one another, so that their messages are hashed together, in lanes.
/// </summary>
/// <param name="reader">Brings nodes into memory.</param>
/// <param name="version">The version that is made; 0: nodes are read as they were.</param>
internal sealed class MapUpdate(MapReader reader, long version)
{
    // The nodes that were made, by the length of their path.
    private readonly List<List<Made>> _made = [];

    private readonly record struct Made(MapNode Node, ushort Changed, MapNode? Parent, int Place);

    /// <summary>Nodes that were made and took no other's place.</summary>
    public int Added { get; private set; }

    /// <summary>Makes a node that has leaves put in.</summary>
    /// <param name="node">The node before; null: there was none.</param>
    /// <param name="leaves">One or more leaves of the node's path, in order.</param>
    /// <param name="depth">Length of the node's path.</param>
    public MapNode Put(MapNode? node, ReadOnlySpan<MapLeaf> leaves, int depth) =>
        Put(node, leaves, depth, null, 0, out _);

    /// <summary>Makes a node anew for which leaves were put in since it was kept.</summary>
    /// <param name="row">The node as it was kept then, or later.</param>
    /// <param name="keys">Those leaves, in order: only their keys count.</param>
    /// <param name="depth">Length of the node's path.</param>
    /// <exception cref="FormatException">What was kept is damaged.</exception>
    public MapNode Renew(byte[] row, ReadOnlySpan<MapLeaf> keys, int depth) => Renew(row, keys, depth, null, 0);

    /// <summary>Makes every hash.</summary>
    /// <param name="root">Receives that of the topmost node: the root of the map, or of the part that was read.</param>
    public void Hash(Span<byte> root)
    {
        using Messages messages = new(_made.Count == 0 ? 0 : _made.Max(static level => level.Count));
        foreach (List<Made> level in _made)
        {
            HashLeaves(level, messages);
        }

        for (int depth = _made.Count - 1; depth >= 0; depth--)
        {
            for (int row = MapNode.Places >> 1; row >= 1; row >>= 1)
            {
                HashRow(_made[depth], row, messages, root);
            }
        }
    }

    private MapNode Put(
        MapNode? before,
        ReadOnlySpan<MapLeaf> leaves,
        int depth,
        MapNode? parent,
        int parentPlace,
        out int more
    )
    {
        MapNode node = before?.Copy(version) ?? new MapNode(version);
        Added += before is null ? 1 : 0;
        int changed = 0;
        more = 0;
        while (!leaves.IsEmpty)
        {
            ReadOnlySpan<MapLeaf> here = TakePlace(ref leaves, depth, out int place);
            int bit = 1 << place;
            int added;
            changed |= bit;
            if ((node.Nodes & bit) != 0)
            {
                MapNode child = reader.Child(before!, place, here[0].KeyHash, depth);
                node.Put(place, Put(child, here, depth + 1, node, place, out added), added);
            }
            else if ((node.Leaves & bit) != 0)
            {
                MapLeaf old = node.Leaf(place);
                if (here.Length == 1 && MapLeaf.Compare(here[0], old) == 0)
                {
                    node.Put(place, here[0]);
                    continue;
                }

                node.Put(place, Put(null, Join(old, here), depth + 1, node, place, out added), --added);
            }
            else if (here.Length == 1)
            {
                added = 1;
                node.Put(place, here[0]);
            }
            else
            {
                node.Put(place, Put(null, here, depth + 1, node, place, out added), added);
            }

            more += added;
        }

        Add(node, changed, depth, parent, parentPlace);
        return node;
    }

    private MapNode Renew(byte[] row, ReadOnlySpan<MapLeaf> keys, int depth, MapNode? parent, int parentPlace)
    {
        MapNode node = MapNode.Decode(row, version);
        Added++;
        while (!keys.IsEmpty)
        {
            ReadOnlySpan<MapLeaf> here = TakePlace(ref keys, depth, out int place);
            if (reader.Source.ReadNode(here[0].KeyHash, depth + 1) is { } kept)
            {
                node.Put(place, Renew(kept, here, depth + 1, node, place), 0);
                continue;
            }

            MapLeaf[] leaves = [.. reader.Source.ReadLeaves(here[0].KeyHash, depth + 1)];
            if (leaves.Length == 0)
            {
                throw new FormatException("A leaf of the state map is missing.");
            }

            if (leaves.Length == 1 && (node.Nodes & (1 << place)) == 0)
            {
                node.Put(place, leaves[0]);
            }
            else
            {
                node.Put(place, Put(null, leaves, depth + 1, node, place, out _), 0);
            }
        }

        Add(node, node.Taken, depth, parent, parentPlace);
        return node;
    }

    // The leaves at the front that fall into one place.
    private static ReadOnlySpan<MapLeaf> TakePlace(ref ReadOnlySpan<MapLeaf> leaves, int depth, out int place)
    {
        place = MapNode.PlaceOf(leaves[0].KeyHash, depth);
        int count = 1;
        while (count < leaves.Length && MapNode.PlaceOf(leaves[count].KeyHash, depth) == place)
        {
            count++;
        }

        ReadOnlySpan<MapLeaf> here = leaves[..count];
        leaves = leaves[count..];
        return here;
    }

    // A leaf among others, one of which may take its place.
    private static MapLeaf[] Join(in MapLeaf leaf, ReadOnlySpan<MapLeaf> others)
    {
        int before = 0;
        while (before < others.Length && MapLeaf.Compare(others[before], leaf) < 0)
        {
            before++;
        }

        return before < others.Length && MapLeaf.Compare(others[before], leaf) == 0
            ? [.. others]
            : [.. others[..before], leaf, .. others[before..]];
    }

    private void Add(MapNode node, int changed, int depth, MapNode? parent, int place)
    {
        node.Settle();
        while (_made.Count <= depth)
        {
            _made.Add([]);
        }

        _made[depth].Add(new Made(node, (ushort)changed, parent, place));
    }

    private static void HashLeaves(List<Made> level, Messages messages)
    {
        foreach (Made made in level)
        {
            for (int leaves = made.Changed & made.Node.Leaves; leaves != 0; leaves &= leaves - 1)
            {
                int place = int.TrailingZeroCount(leaves);
                ref readonly MapLeaf leaf = ref made.Node.Leaf(place);
                messages.Add(leaf.KeyHash, leaf.ValueHash, made.Node, MapNode.Places + place);
            }
        }

        messages.Hash(areLeaves: true);
    }

    // A row of all nodes of a level: positions from a power of two up to the next.
    private static void HashRow(List<Made> level, int row, Messages messages, Span<byte> root)
    {
        foreach (Made made in level)
        {
            for (int position = row; position < 2 * row; position++)
            {
                if ((made.Changed & MapNode.PlacesBelow(position)) == 0)
                {
                    continue;
                }

                (MapNode? node, int at) =
                    position > 1 ? (made.Node, position) : (made.Parent, MapNode.Places + made.Place);
                if (made.Node.OnlyLeaf(position) is >= 0 and var place)
                {
                    // Only the root may have a single leaf below it; further down a leaf's hash stands for the positions above it.
                    if (position == 1)
                    {
                        made.Node.Hash(MapNode.Places + place).CopyTo(node is null ? root : node.OwnHash(at));
                    }
                }
                else
                {
                    messages.Add(made.Node.Hash(2 * position), made.Node.Hash((2 * position) + 1), node, at);
                }
            }
        }

        messages.Hash(areLeaves: false, root);
    }

    /// <summary>Messages of 64 bytes that are hashed together, and where their hashes go.</summary>
    private sealed class Messages(int nodes) : IDisposable
    {
        private byte[] _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(nodes, 1) * MapHash.LeafBytes);
        private readonly List<(MapNode? Node, int Position)> _places = [];

        public void Add(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, MapNode? node, int position)
        {
            int at = _places.Count * MapHash.LeafBytes;
            if (at + MapHash.LeafBytes > _bytes.Length)
            {
                byte[] larger = ArrayPool<byte>.Shared.Rent(2 * _bytes.Length);
                _bytes.CopyTo(larger, 0);
                ArrayPool<byte>.Shared.Return(_bytes);
                _bytes = larger;
            }

            left.CopyTo(_bytes.AsSpan(at));
            right.CopyTo(_bytes.AsSpan(at + MapHash.HashBytes));
            _places.Add((node, position));
        }

        public void Hash(bool areLeaves, Span<byte> root = default)
        {
            ReadOnlySpan<byte> messages = _bytes.AsSpan(0, _places.Count * MapHash.LeafBytes);
            byte[] hashes = ArrayPool<byte>.Shared.Rent(messages.Length / 2);
            Span<byte> rest = hashes.AsSpan(0, messages.Length / 2);
            if (areLeaves)
            {
                MapHash.HashLeaves(messages, rest);
            }
            else
            {
                MapHash.HashNodes(messages, rest);
            }

            foreach ((MapNode? node, int position) in CollectionsMarshal.AsSpan(_places))
            {
                rest[..MapHash.HashBytes].CopyTo(node is null ? root : node.OwnHash(position));
                rest = rest[MapHash.HashBytes..];
            }

            ArrayPool<byte>.Shared.Return(hashes);
            _places.Clear();
        }

        public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);
    }
}

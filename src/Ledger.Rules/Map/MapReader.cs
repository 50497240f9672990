using Ledger.Crypto;

namespace Ledger.Rules.Map;

/// <summary>Brings nodes into memory that are not there, and sees to it that they are what the node above says.</summary>
/// <param name="source">Where the map is kept.</param>
/// <param name="memory">What all versions of the map have in memory.</param>
internal sealed class MapReader(IMapSource source, MapMemory memory)
{
    /// <summary>Where the map is kept.</summary>
    public IMapSource Source => source;

    /// <summary>The node in a place.</summary>
    /// <param name="node">The node above.</param>
    /// <param name="place">A place of it that has a node.</param>
    /// <param name="path">A hash that begins with the path of the node in the place.</param>
    /// <param name="depth">Length of the path of the node above.</param>
    /// <exception cref="FormatException">What is kept is not what the node above says: it is damaged.</exception>
    public MapNode Child(MapNode node, int place, ReadOnlySpan<byte> path, int depth)
    {
        if (node.Child(place) is { } child)
        {
            return child;
        }

        MapUpdate update = new(this, version: 0);
        child = source.ReadNode(path, depth + 1) is { } row
            ? update.Renew(row, [], depth + 1)
            : update.Put(null, Leaves(path, depth + 1), depth + 1);
        Span<byte> hash = stackalloc byte[MapHash.HashBytes];
        update.Hash(hash);
        if (!hash.SequenceEqual(node.Hash(MapNode.Places + place)))
        {
            throw Damaged();
        }

        if (memory.TryAdd(update.Added))
        {
            node.Remember(place, child);
        }

        return child;
    }

    private MapLeaf[] Leaves(ReadOnlySpan<byte> path, int depth)
    {
        MapLeaf[] leaves = [.. source.ReadLeaves(path, depth)];
        return leaves.Length > 1 ? leaves : throw Damaged();
    }

    private static FormatException Damaged() =>
        new("The state map is damaged: a part of it is not what its root says.");
}

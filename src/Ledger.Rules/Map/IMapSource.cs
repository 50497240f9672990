namespace Ledger.Rules.Map;

/// <summary>
/// Where a map is kept that is not in memory whole: every leaf, and the nodes above many of them. Both are of the version that is
/// read, or of an earlier one in which the part below a node was the same.
/// </summary>
public interface IMapSource
{
    /// <summary>The node at a path as <see cref="StateMap.Rows(long)"/> gave it; null when none is kept there.</summary>
    /// <param name="path">A hash that begins with the path.</param>
    /// <param name="depth">Length of the path, in half bytes.</param>
    byte[]? ReadNode(ReadOnlySpan<byte> path, int depth);

    /// <summary>Every leaf whose key's hash begins with a path, in order.</summary>
    /// <param name="path">A hash that begins with the path.</param>
    /// <param name="depth">Length of the path, in half bytes.</param>
    IReadOnlyList<MapLeaf> ReadLeaves(ReadOnlySpan<byte> path, int depth);
}

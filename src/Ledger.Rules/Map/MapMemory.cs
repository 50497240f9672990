namespace Ledger.Rules.Map;

/// <summary>How many nodes all versions of a map have in memory, about, and how many they may have.</summary>
/// <param name="nodesMax">The bound, about 1 KiB each. Readers bring in no more; a version that goes beyond lets some go.</param>
internal sealed class MapMemory(int nodesMax)
{
    private int _nodes;

    /// <summary>The bound.</summary>
    public int NodesMax => nodesMax;

    /// <summary>Whether there are more than there may be.</summary>
    public bool IsFull => Volatile.Read(ref _nodes) >= nodesMax;

    /// <summary>Counts nodes that came in, if there is room.</summary>
    public bool TryAdd(int nodes)
    {
        if (IsFull)
        {
            return false;
        }

        Interlocked.Add(ref _nodes, nodes);
        return true;
    }

    /// <summary>Sets the count to what was counted.</summary>
    public void Set(int nodes) => Volatile.Write(ref _nodes, nodes);
}

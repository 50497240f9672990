using Ledger.Rules.Map;
using Ledger.Store;

namespace Ledger.Log;

/// <summary>
/// A published head with the state map and the snapshot of the store that belong to it. Readers share it; the snapshot ends when it has been
/// superseded and its last reader has left.
/// </summary>
internal sealed class Publication(LogHead head, StateMap map, StoreSnapshot snapshot)
{
    // One for being the newest, one for each reader.
    private int _holders = 1;

    public LogHead Head { get; } = head;

    public StoreSnapshot Snapshot { get; } = snapshot;

    /// <summary>The state map, read from the snapshot.</summary>
    public StateMap Map { get; } = map.At(snapshot);

    /// <summary>Adds a reader. False when the snapshot has already ended: a newer publication is there.</summary>
    public bool TryHold()
    {
        int seen = Volatile.Read(ref _holders);
        while (seen > 0)
        {
            int before = Interlocked.CompareExchange(ref _holders, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>A reader leaves, or a newer publication takes over.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            Snapshot.Dispose();
        }
    }
}

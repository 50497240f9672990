using Ledger.Rules.Map;
using Ledger.Store;

namespace Ledger.Log;

/// <summary>
/// Writes the nodes of the state map behind the log, on a thread of its own, when enough leaves have changed since the last time.
/// What is not written is made again when the store is opened, so nothing waits for it and a crash loses nothing.
/// </summary>
internal sealed class MapFlusher : IDisposable
{
    private readonly ChainStore _store;
    private readonly int _leavesEnough;
    private readonly AutoResetEvent _noted = new(false);
    private readonly LogThread _thread;

    // Owned by the thread that notes.
    private int _leaves;

    // The version to write next; null: none.
    private StateMap? _next;
    private long _flushed;
    private bool _stopping;

    /// <summary>Goes on after a version.</summary>
    /// <param name="store">Where nodes are written.</param>
    /// <param name="stored">The map as the store has it.</param>
    /// <param name="leavesEnough">Leaves that change before nodes are written.</param>
    /// <param name="onFailure">Told when they cannot be written.</param>
    public MapFlusher(ChainStore store, StoredMap stored, int leavesEnough, Action<Exception> onFailure)
    {
        _store = store;
        _leavesEnough = leavesEnough;
        _flushed = stored.Flushed;
        _leaves = stored.Changed;
        _thread = new LogThread("state map", Run, onFailure);
    }

    /// <summary>Version whose nodes are written: snapshots of the store that are taken from now on have them.</summary>
    public long Flushed => Volatile.Read(ref _flushed);

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Takes note of a version whose batch is in the store. Returns at once.</summary>
    /// <param name="map">The version.</param>
    /// <param name="leaves">How many leaves its batch changed.</param>
    public void Note(StateMap map, int leaves)
    {
        _leaves += leaves;
        if (_leaves >= _leavesEnough)
        {
            _leaves = 0;
            Volatile.Write(ref _next, map);
            _noted.Set();
        }
    }

    /// <summary>Ends the thread, when it has written what it is writing.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _stopping, true);
        _noted.Set();
        _thread.Join();
        _noted.Dispose();
    }

    private void Run()
    {
        while (!Volatile.Read(ref _stopping))
        {
            _noted.WaitOne();
            if (Interlocked.Exchange(ref _next, null) is { } map)
            {
                _store.FlushMap(map, Flushed);
                Volatile.Write(ref _flushed, map.Version);
            }
        }
    }
}

using RocksDbSharp;

namespace Ledger.Store;

/// <summary>
/// The open database and who uses it. The database's handles are raw: closing it under a snapshot or an iterator would crash the
/// process, so it is closed when its owner and the last of its readers have left, in whichever order.
/// </summary>
internal sealed class StoreLease(RocksDb db)
{
    private readonly object _gate = new();

    // Guarded by the gate. The owner is one of the users.
    private int _users = 1;
    private bool _closing;

    /// <summary>The database. Only who holds the lease may touch it.</summary>
    public RocksDb Db { get; } = db;

    /// <summary>Adds a user, who must <see cref="Release"/>.</summary>
    /// <exception cref="ObjectDisposedException">The owner has left.</exception>
    public void Hold()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing, typeof(ChainStore));
            _users++;
        }
    }

    /// <summary>Adds a user on behalf of one who holds the lease, also when the owner has left: whoever reads may finish.</summary>
    public void HoldAlong()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_users == 0, typeof(ChainStore));
            _users++;
        }
    }

    /// <summary>A user leaves.</summary>
    public void Release()
    {
        bool last;
        lock (_gate)
        {
            last = --_users == 0;
        }

        if (last)
        {
            Db.Dispose();
        }
    }

    /// <summary>The owner leaves: nobody new is let in. Safe to call again.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_closing)
            {
                return;
            }

            _closing = true;
        }

        Release();
    }
}

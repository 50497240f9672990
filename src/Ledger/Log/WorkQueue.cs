namespace Ledger.Log;

/// <summary>
/// Hands work from many threads to a few that take all that has gathered. Nothing waits for a timer: an idle taker starts at
/// once, a busy one finds a batch when it comes back.
/// </summary>
/// <param name="weigh">Weight of a piece of work, for example its bytes.</param>
internal sealed class WorkQueue<T>(Func<T, int> weigh)
{
    private readonly object _gate = new();

    // Guarded by the gate.
    private readonly Queue<T> _waiting = new();
    private bool _closed;

    /// <summary>Adds work, in order. False, and nothing is added, when the queue is closed.</summary>
    public bool TryAddRange(IReadOnlyList<T> items)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            for (int i = 0; i < items.Count; i++)
            {
                _waiting.Enqueue(items[i]);
            }

            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Waits for work and takes what has gathered.</summary>
    /// <param name="taken">Emptied, then filled in the order of arrival.</param>
    /// <param name="itemsMax">Most pieces to take.</param>
    /// <param name="weightMax">Most weight to take; the first piece is taken whatever its weight.</param>
    /// <returns>False when the queue is closed and empty.</returns>
    public bool Take(List<T> taken, int itemsMax, long weightMax)
    {
        taken.Clear();
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_closed)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }

            long weight = 0;
            while (taken.Count < itemsMax && _waiting.TryPeek(out T? next))
            {
                weight += weigh(next);
                if (taken.Count > 0 && weight > weightMax)
                {
                    break;
                }

                taken.Add(_waiting.Dequeue());
            }

            // Another taker may be asleep beside work that this one left.
            if (_waiting.Count > 0)
            {
                Monitor.Pulse(_gate);
            }

            return true;
        }
    }

    /// <summary>Takes no more work, and drops what is waiting.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _waiting.Clear();
            Close();
        }
    }

    /// <summary>Takes no more work; what is waiting can still be taken.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }
}

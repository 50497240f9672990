using Ledger.V1;

namespace Ledger.Log;

/// <summary>Counts the operations that are under way: bounds them, and tells when the last has left.</summary>
internal sealed class Intake(int operationsMax)
{
    private readonly object _gate = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by the gate.
    private int _underWay;
    private ReasonCode _closedFor = ReasonCode.Applied;

    /// <summary>Completes when nothing is under way and nothing more is let in.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Lets an operation in.</summary>
    /// <returns>Applied, or why it is not let in.</returns>
    public ReasonCode Enter()
    {
        lock (_gate)
        {
            if (_closedFor != ReasonCode.Applied)
            {
                return _closedFor;
            }

            if (_underWay >= operationsMax)
            {
                return ReasonCode.Overloaded;
            }

            _underWay++;
            return ReasonCode.Applied;
        }
    }

    /// <summary>An operation has its answer.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _underWay--;
            SettleIfDrained();
        }
    }

    /// <summary>Lets nothing more in.</summary>
    /// <param name="reason">What those at the door are told.</param>
    public void Close(ReasonCode reason)
    {
        lock (_gate)
        {
            _closedFor = reason;
            SettleIfDrained();
        }
    }

    private void SettleIfDrained()
    {
        if (_closedFor != ReasonCode.Applied && _underWay == 0)
        {
            _drained.TrySetResult();
        }
    }
}

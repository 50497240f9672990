using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Log;

/// <summary>
/// The operations that are under way, from before they are parsed until they are answered: bounds their number and their bytes,
/// tells when the last has left, and can answer all of them at once.
/// </summary>
/// <param name="operationsMax">Most operations at once.</param>
/// <param name="bytesMax">Most bytes at once; an operation that is alone is let in whatever its length.</param>
internal sealed class Intake(int operationsMax, long bytesMax)
{
    private readonly object _gate = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by the gate.
    private readonly HashSet<PendingOperation> _underWay = [];
    private long _bytes;
    private ReasonCode _closedFor = ReasonCode.Applied;
    private string _closedWhy = "";

    /// <summary>Completes when nothing is under way and nothing more is let in.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Lets an operation in. It leaves when it is completed.</summary>
    /// <returns>Applied, or why it is not let in.</returns>
    public ReasonCode Enter(PendingOperation pending)
    {
        lock (_gate)
        {
            if (_closedFor != ReasonCode.Applied)
            {
                return _closedFor;
            }

            if (_underWay.Count >= operationsMax || (_underWay.Count > 0 && _bytes + pending.Bytes > bytesMax))
            {
                return ReasonCode.Overloaded;
            }

            _underWay.Add(pending);
            _bytes += pending.Bytes;
            return ReasonCode.Applied;
        }
    }

    /// <summary>What an operation is told that was not let in.</summary>
    /// <param name="room">What <see cref="Enter"/> said.</param>
    public Judgement Refusal(ReasonCode room)
    {
        lock (_gate)
        {
            return Judgement.Refuse(room, room == _closedFor ? _closedWhy : "");
        }
    }

    /// <summary>An operation has its answer. One that was never let in is none of the intake's business.</summary>
    public void Leave(PendingOperation pending)
    {
        lock (_gate)
        {
            if (_underWay.Remove(pending))
            {
                _bytes -= pending.Bytes;
                SettleIfDrained();
            }
        }
    }

    /// <summary>Lets nothing more in.</summary>
    /// <param name="reason">What those at the door are told. Once it is INTERNAL it stays so.</param>
    /// <param name="why">More for them.</param>
    public void Close(ReasonCode reason, string why = "")
    {
        lock (_gate)
        {
            (_closedFor, _closedWhy) = _closedFor == ReasonCode.Internal ? (ReasonCode.Internal, "") : (reason, why);
            SettleIfDrained();
        }
    }

    /// <summary>Lets nothing more in, and answers everyone who waits that the node failed: what became of theirs is not known.</summary>
    public void Fail()
    {
        Close(ReasonCode.Internal);
        PendingOperation[] waiting;
        lock (_gate)
        {
            waiting = [.. _underWay];
        }

        foreach (PendingOperation pending in waiting)
        {
            pending.Refuse(ReasonCode.Internal);
        }
    }

    private void SettleIfDrained()
    {
        if (_closedFor != ReasonCode.Applied && _underWay.Count == 0)
        {
            _drained.TrySetResult();
        }
    }
}

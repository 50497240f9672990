using Ledger.Protocol;
using Ledger.Rules;

namespace Ledger.Log;

/// <summary>
/// The order of a node that is alone: what has gathered while the last batch was being committed is the next one, at once. No
/// timer: an idle node answers one operation immediately, a busy one amortises the sync over thousands.
/// </summary>
/// <param name="pool">Verified operations.</param>
/// <param name="time">Where batches get their time from.</param>
internal sealed class LocalOrder(WorkQueue<PendingOperation> pool, TimeProvider time) : IBatchOrder
{
    private readonly List<PendingOperation> _taken = [];

    /// <inheritdoc />
    public OrderedBatch? Next(long notBeforeMs)
    {
        if (!pool.Take(_taken, Limits.BatchOperationsMax, Limits.BatchBytesMax))
        {
            return null;
        }

        ProposedOperation[] operations = new ProposedOperation[_taken.Count];
        for (int i = 0; i < operations.Length; i++)
        {
            operations[i] = new ProposedOperation(_taken[i].Operation, _taken[i].Keys);
        }

        // The log's time is data: given once, here, and never earlier than before, whatever the clock does.
        long timeMs = Math.Max(notBeforeMs, time.GetUtcNow().ToUnixTimeMilliseconds());
        return new OrderedBatch(new ProposedBatch(timeMs, operations), _taken);
    }
}

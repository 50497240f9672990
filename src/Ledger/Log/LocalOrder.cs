using Ledger.Protocol;
using Ledger.Rules;

namespace Ledger.Log;

/// <summary>
/// The order of a node that is alone: what has gathered while the last batch was being committed is the next one, at once. No
/// timer: an idle node answers one operation immediately, a busy one amortises the sync over thousands.
/// </summary>
/// <param name="pool">Verified operations.</param>
/// <param name="clock">Where batches get their time from. While it is not believed, operations are turned away.</param>
internal sealed class LocalOrder(WorkQueue<PendingOperation> pool, LogClock clock) : IBatchOrder
{
    private readonly List<PendingOperation> _taken = [];

    /// <inheritdoc />
    public OrderedBatch? Next(long notBeforeMs)
    {
        // The log's time is data: given once, here, and never earlier than before, whatever the clock does.
        long timeMs;
        do
        {
            if (!pool.Take(_taken, Limits.BatchOperationsMax, Limits.BatchBytesMax))
            {
                return null;
            }
        } while (!IsTime(notBeforeMs, out timeMs));

        ProposedOperation[] operations = new ProposedOperation[_taken.Count];
        for (int i = 0; i < operations.Length; i++)
        {
            operations[i] = new ProposedOperation(_taken[i].Operation, _taken[i].Keys);
        }

        return new OrderedBatch(new ProposedBatch(timeMs, operations), _taken);
    }

    // Whether the clock gives a time; otherwise what was taken has its answer.
    private bool IsTime(long notBeforeMs, out long timeMs)
    {
        Judgement judgement = clock.Read(notBeforeMs, out timeMs);
        if (!judgement.IsOk)
        {
            _taken.ForEach(pending => pending.Refuse(judgement));
        }

        return judgement.IsOk;
    }
}

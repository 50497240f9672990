using Ledger.Rules;

namespace Ledger.Log;

/// <summary>A batch whose place in the log is settled.</summary>
/// <param name="Proposed">What is to be executed.</param>
/// <param name="Callers">
/// Who waits here for each of its operations, in their order; none when the batch was proposed elsewhere.
/// </param>
internal sealed record OrderedBatch(ProposedBatch Proposed, IReadOnlyList<PendingOperation> Callers);

/// <summary>Where batches get their place in the log: here at once, or wherever several nodes agree on it.</summary>
internal interface IBatchOrder
{
    /// <summary>Waits for the next batch.</summary>
    /// <param name="notBeforeMs">Time of the batch before it, Unix milliseconds: the log's time never goes backwards.</param>
    /// <returns>The batch; null when there will be none.</returns>
    OrderedBatch? Next(long notBeforeMs);
}

using Ledger.Protocol;
using Ledger.V1;

namespace Ledger;

/// <summary>What became of a submitted operation.</summary>
/// <param name="Judgement">Applied, or why not.</param>
/// <param name="Receipt">Of the entry, also when the rules refused it; none when nothing was recorded.</param>
/// <param name="Head">A published state of the log that covers the entry.</param>
public sealed record Submission(Judgement Judgement, Receipt? Receipt, LogHead? Head)
{
    /// <summary>A refusal that left nothing in the log.</summary>
    public static Submission Unrecorded(Judgement judgement) => new(judgement, null, null);
}

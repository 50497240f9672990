using Ledger.Protocol;
using Ledger.Rules.Verbs;
using Ledger.V1;

namespace Ledger.Log;

/// <summary>An operation on its way into the log, and the caller who waits for it.</summary>
internal sealed class PendingOperation(SignedOperation signed, Intake intake)
{
    private readonly TaskCompletionSource<Submission> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _told;

    /// <summary>The operation as it was sent.</summary>
    public SignedOperation Signed { get; } = signed;

    /// <summary>Bytes of the operation.</summary>
    public int Bytes => Signed.Operation.Length;

    /// <summary>The parsed operation, once its form was judged.</summary>
    public SubmittedOperation Operation { get; private set; } = null!;

    /// <summary>The keys that its signatures are checked with, in the order of the signatures, once they were found.</summary>
    public IReadOnlyList<VerificationMethod> Keys { get; private set; } = [];

    /// <summary>What it costs to execute and to commit: its bytes or its rows, see <see cref="Limits.RowWeight"/>.</summary>
    public int Weight { get; private set; }

    /// <summary>Completes when it is known what became of the operation.</summary>
    public Task<Submission> Completion => _done.Task;

    /// <summary>Notes the parsed operation and the keys to check it with.</summary>
    public void Prepare(SubmittedOperation operation, IReadOnlyList<VerificationMethod> keys)
    {
        Operation = operation;
        Keys = keys;
        int rows = VerbRules.Of(operation.Verb).RowsOf(operation.Operation);
        Weight = Math.Max(Bytes, rows * Limits.RowWeight);
    }

    /// <summary>Leaves the intake and tells the caller, who then finds the room free. Only the first call counts.</summary>
    public void Complete(Submission submission)
    {
        if (Interlocked.Exchange(ref _told, 1) == 0)
        {
            intake.Leave(this);
            _done.SetResult(submission);
        }
    }

    /// <summary>Tells the caller that nothing was recorded, or that it is not known.</summary>
    public void Refuse(ReasonCode reason) => Refuse(Judgement.Refuse(reason));

    /// <summary>Tells the caller that nothing was recorded.</summary>
    public void Refuse(Judgement judgement) => Complete(Submission.Unrecorded(judgement));
}

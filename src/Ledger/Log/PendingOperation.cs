using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Log;

/// <summary>An operation on its way into the log, and the caller who waits for it.</summary>
internal sealed class PendingOperation(
    SubmittedOperation operation,
    IReadOnlyList<VerificationMethod> keys,
    Intake intake
)
{
    private readonly TaskCompletionSource<Submission> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The operation.</summary>
    public SubmittedOperation Operation { get; } = operation;

    /// <summary>The keys its signatures are checked with, in the order of the signatures.</summary>
    public IReadOnlyList<VerificationMethod> Keys { get; } = keys;

    /// <summary>Completes when it is known what became of the operation.</summary>
    public Task<Submission> Completion => _done.Task;

    /// <summary>Tells the caller, once.</summary>
    public void Complete(Submission submission)
    {
        if (_done.TrySetResult(submission))
        {
            intake.Leave();
        }
    }
}

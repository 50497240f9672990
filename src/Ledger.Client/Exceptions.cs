using Grpc.Core;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>
/// The ledger refused. When the refusal is an entry of the log, <see cref="Entry"/> proves it; otherwise it is the node's word,
/// and nothing was recorded.
/// </summary>
public sealed class RefusedException : Exception
{
    internal RefusedException(Judgement judgement)
        : this(judgement.Reason, Reasons.Message(judgement), null) { }

    internal RefusedException(ReasonCode reason, string message, ProvenEntry? entry, TimeSpan? retryAfter = null)
        : base(message)
    {
        Reason = reason;
        Entry = entry;
        RetryAfter = retryAfter;
    }

    /// <summary>Why. Stable.</summary>
    public ReasonCode Reason { get; }

    /// <summary>The entry that records the refusal, proven; null when nothing was recorded.</summary>
    public ProvenEntry? Entry { get; }

    /// <summary>
    /// What else the judgement said, as <see cref="Entry"/> proves it: which step of a group was refused, which rule of a policy failed,
    /// and from when on the same may be allowed. Null when it said nothing else.
    /// </summary>
    public Verdict? Verdict => Entry?.Verdict;

    /// <summary>
    /// After how long the same operation may be taken, when a quota is what refused it: submit the same
    /// <see cref="PreparedOperation"/> again. Null when time changes nothing.
    /// </summary>
    public TimeSpan? RetryAfter { get; }
}

/// <summary>
/// No answer came that could be used, also after trying again. Whether an operation was recorded is not known: submit the same
/// <see cref="PreparedOperation"/> again.
/// </summary>
public sealed class NodeUnavailableException : Exception
{
    internal NodeUnavailableException(StatusCode status, ReasonCode? reason, string message, Exception? inner)
        : base(message, inner)
    {
        Status = status;
        Reason = reason;
    }

    /// <summary>How the last call ended.</summary>
    public StatusCode Status { get; }

    /// <summary>What the node said of it: OVERLOADED, STOPPING or INTERNAL; null when it said nothing.</summary>
    public ReasonCode? Reason { get; }
}

/// <summary>
/// An answer or a proof bundle did not verify: whoever it comes from, or something between, lies or is broken. Nothing in it may be
/// used.
/// </summary>
public sealed class VerificationException : Exception
{
    internal VerificationException(
        VerificationCheck check,
        string problem,
        string subject = "The node's answer",
        Exception? inner = null
    )
        : base($"{subject} does not verify ({check}): {problem}.", inner)
    {
        Check = check;
        Problem = problem;
    }

    /// <summary>The check that failed.</summary>
    public VerificationCheck Check { get; }

    /// <summary>What is wrong, without a full stop.</summary>
    public string Problem { get; }
}

/// <summary>What is checked of an answer.</summary>
public enum VerificationCheck
{
    /// <summary>The answer has every part that was asked for, in its documented form.</summary>
    Form,

    /// <summary>The receipt is of the operation that was sent.</summary>
    OperationId,

    /// <summary>The outcome is the one that the answer stands for.</summary>
    Outcome,

    /// <summary>The leaf hash is that of the entry which the receipt describes.</summary>
    LeafHash,

    /// <summary>The checkpoint is signed by the log's key and of the log's origin.</summary>
    Checkpoint,

    /// <summary>The checkpoint is cosigned by as many witnesses as the policy asks for.</summary>
    Cosignatures,

    /// <summary>The proof leads from the leaf to the checkpoint's root.</summary>
    Inclusion,

    /// <summary>The checkpoint's tree and those seen before are one growing tree.</summary>
    Consistency,

    /// <summary>The entry is at the index and of the time that the answer names, and well-formed.</summary>
    Entry,

    /// <summary>The entry records an operation, and of the kind that must stand at its place.</summary>
    Operation,

    /// <summary>Tiles have the form that their paths say, and hold what the checkpoint's root names.</summary>
    Tiles,

    /// <summary>The record is the one that was asked for, and agrees with the entry that wrote it.</summary>
    Record,

    /// <summary>What is said of a key leads to the state root that a seal names.</summary>
    StateMap,
}

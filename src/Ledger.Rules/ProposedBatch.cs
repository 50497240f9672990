using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Rules;

/// <summary>Operations that are to be judged and applied together, in order.</summary>
/// <param name="TimeMs">Time of the batch, Unix milliseconds, not before that of the batch before it: data from here on.</param>
/// <param name="Operations">The operations.</param>
/// <param name="Format">Format of the batch, as its seal says it: which rules judge it.</param>
public sealed record ProposedBatch(
    long TimeMs,
    IReadOnlyList<ProposedOperation> Operations,
    uint Format = EntryCodec.LatestFormat
);

/// <summary>One operation of a proposed batch.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="VerifiedWith">
/// The key that each of its signatures was verified under, in their order: it must be the one in force when the operation's turn
/// comes. Null when nobody has verified them: whoever executes the batch does so afterwards, under
/// <see cref="AppliedOperation.Keys"/>, and believes the batch only then.
/// </param>
public readonly record struct ProposedOperation(
    SubmittedOperation Operation,
    IReadOnlyList<VerificationMethod>? VerifiedWith
);

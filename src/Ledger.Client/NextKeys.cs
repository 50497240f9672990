using Google.Protobuf;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>
/// Pre-rotation: a document commits to its next update keys, so that whoever steals the present ones can replace them by no others.
/// </summary>
public static class NextKeys
{
    /// <summary>
    /// Requires that a document may follow another as far as the commitment goes: with none, any may; with one, update keys, threshold
    /// and commitment stay as they are, or the new update keys are those that were committed to.
    /// </summary>
    /// <param name="before">The document in force.</param>
    /// <param name="after">The one that is to follow it.</param>
    /// <exception cref="RefusedException"><c>COMMITMENT_MISMATCH</c>: the ledger would refuse it.</exception>
    public static void Require(DidDocument before, DidDocument after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ByteString committed = before.NextKeysCommitment;
        if (committed.IsEmpty || UpdateKeys.Commit(after).AsSpan().SequenceEqual(committed.Span))
        {
            return;
        }
        bool stays =
            after.NextKeysCommitment.Equals(committed)
            && UpdateKeys.Threshold(after) == UpdateKeys.Threshold(before)
            && UpdateKeys.Commit(after).AsSpan().SequenceEqual(UpdateKeys.Commit(before));
        if (!stays)
        {
            throw new RefusedException(Judgement.Refuse(ReasonCode.CommitmentMismatch));
        }
    }

    /// <summary>A document whose update keys are others, and the rest as it was but for the commitment.</summary>
    /// <param name="before">The document in force.</param>
    /// <param name="updateKeys">All update keys of the new one, each with the purpose of capability invocation.</param>
    /// <param name="nextCommitment">Commitment to the keys after them, 32 bytes; empty: none.</param>
    /// <exception cref="ArgumentException">A key is not meant for updates.</exception>
    public static DidDocument Replace(
        DidDocument before,
        IReadOnlyList<VerificationMethod> updateKeys,
        ReadOnlySpan<byte> nextCommitment = default
    )
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(updateKeys);
        if (!updateKeys.All(UpdateKeys.Contains))
        {
            throw new ArgumentException("Update keys have the purpose of capability invocation.", nameof(updateKeys));
        }
        DidDocument after = before.Clone();
        VerificationMethod[] others = [.. before.VerificationMethods.Where(static key => !UpdateKeys.Contains(key))];
        after.VerificationMethods.Clear();
        after.VerificationMethods.AddRange(updateKeys);
        after.VerificationMethods.AddRange(others);
        after.NextKeysCommitment = ByteString.CopyFrom(nextCommitment);
        return after;
    }
}

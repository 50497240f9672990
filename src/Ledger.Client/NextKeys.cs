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
    /// Requires that a document may follow another as far as the commitment goes, see <see cref="UpdateKeys.KeepCommitment"/>.
    /// </summary>
    /// <param name="before">The document in force.</param>
    /// <param name="after">The one that is to follow it.</param>
    /// <exception cref="RefusedException"><c>COMMITMENT_MISMATCH</c>: the ledger would refuse it.</exception>
    public static void Require(DidDocument before, DidDocument after)
    {
        if (!UpdateKeys.KeepCommitment(before, after))
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

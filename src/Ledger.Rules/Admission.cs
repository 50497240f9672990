using Google.Protobuf.Collections;
using Ledger.Protocol;
using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules;

/// <summary>
/// Whether an operation can be taken: its deadline against the batch's time, its network, its actor, the authority of the keys that
/// sign it, and the quota of the DID that it changes. What is refused here is not recorded.
/// </summary>
public static class Admission
{
    /// <summary>
    /// Judges an operation at its turn, and names the keys in force. This is the judgement that counts; it is made in
    /// <see cref="BatchExecutor"/>.
    /// </summary>
    /// <param name="state">The batch so far.</param>
    /// <param name="op">The operation.</param>
    /// <param name="verifiedWith">
    /// The key that each signature was verified under, in the order of the signatures; null when none was verified yet.
    /// </param>
    /// <param name="keys">One key a signature, in their order; empty when the operation is refused.</param>
    /// <returns>
    /// What <see cref="CheckDeadline"/>, <see cref="FindKeys"/>, <see cref="OperationCodec.CheckSignatureForm"/> and
    /// <see cref="CheckQuota"/> refuse, but
    /// <see cref="ReasonCode.KeyChanged"/> for a key that is gone, has another type, value or purpose than the one that verified
    /// the signature, or is not the one of that name any more.
    /// </returns>
    public static Judgement Judge(
        BatchState state,
        SubmittedOperation op,
        IReadOnlyList<VerificationMethod>? verifiedWith,
        out IReadOnlyList<VerificationMethod> keys
    )
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(op);
        keys = [];
        Judgement judgement = CheckDeadline(op, state.TimeMs);
        if (!judgement.IsOk)
        {
            return judgement;
        }

        judgement = FindKeys(state, op, state.TimeMs, out IReadOnlyList<VerificationMethod> inForce);
        if (judgement.IsOk)
        {
            judgement = verifiedWith is null ? CheckForms(op, inForce) : Compare(verifiedWith, inForce);
        }
        else if (verifiedWith is not null && judgement.Reason is ReasonCode.UnknownKey or ReasonCode.KeyPurpose)
        {
            // It was there and had the purpose when the signature was verified.
            judgement = Judgement.Refuse(ReasonCode.KeyChanged, judgement.Detail);
        }

        if (judgement.IsOk && state.Format >= 1)
        {
            judgement = CheckQuota(state, op, state.TimeMs);
        }

        keys = judgement.IsOk ? inForce : [];
        return judgement;
    }

    /// <summary>Whether an operation's deadline allows a batch of a given time.</summary>
    /// <param name="op">The operation.</param>
    /// <param name="timeMs">Time of the batch, Unix milliseconds.</param>
    /// <returns>
    /// <see cref="ReasonCode.Expired"/> when `not_after` lies before the batch, <see cref="ReasonCode.DeadlineTooFar"/> when
    /// it lies more than <see cref="Limits.NotAfterSecondsMax"/> after it. Both ends are included.
    /// </returns>
    public static Judgement CheckDeadline(SubmittedOperation op, long timeMs)
    {
        ArgumentNullException.ThrowIfNull(op);
        ArgumentOutOfRangeException.ThrowIfNegative(timeMs);

        // In whole seconds, rounded towards the batch, because not_after * 1000 may not fit.
        (long seconds, long rest) = Math.DivRem(timeMs, 1000);
        ulong earliest = (ulong)seconds + (rest == 0 ? 0u : 1u);
        ulong latest = (ulong)seconds + (ulong)Limits.NotAfterSecondsMax;
        ulong notAfter = op.Operation.NotAfter;
        return notAfter < earliest ? Refuse(ReasonCode.Expired)
            : notAfter > latest ? Refuse(ReasonCode.DeadlineTooFar)
            : Judgement.Ok;

        // The log's time, which may not be that of the caller's clock.
        Judgement Refuse(ReasonCode reason) =>
            Judgement.Refuse(reason, $"not_after is judged by the batch's time, {TimeText.OfMs((ulong)timeMs)}");
    }

    /// <summary>
    /// The keys that an operation's signatures must verify under: those of the document that the operation brings when it
    /// creates its actor, the recovery keys in force when the verb asks for them, otherwise those of the actor's current document.
    /// </summary>
    /// <param name="records">The state at some point of the log.</param>
    /// <param name="op">The operation.</param>
    /// <param name="timeMs">
    /// Time of the batch, Unix milliseconds: keys end by it, and pending recovery policies take effect.
    /// </param>
    /// <param name="keys">One key a signature, in their order; empty when the operation is refused.</param>
    /// <returns>
    /// <see cref="ReasonCode.NotFounded"/>, <see cref="ReasonCode.AlreadyFounded"/>, <see cref="ReasonCode.InvalidDid"/> (a
    /// DID of another network), <see cref="ReasonCode.UnknownActor"/>, <see cref="ReasonCode.ActorDeactivated"/>,
    /// <see cref="ReasonCode.UnknownKey"/>, <see cref="ReasonCode.KeyPurpose"/>, <see cref="ReasonCode.KeyCannotSign"/>,
    /// <see cref="ReasonCode.KeyExpired"/>, <see cref="ReasonCode.ThresholdNotMet"/> or <see cref="ReasonCode.ApproverSignature"/>.
    /// </returns>
    public static Judgement FindKeys(
        IRecords records,
        SubmittedOperation op,
        long timeMs,
        out IReadOnlyList<VerificationMethod> keys
    )
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(op);
        keys = [];

        Operation operation = op.Operation;
        LedgerRecord? ledger = records.Find<LedgerRecord>(RecordKey.Ledger);
        if (ledger is null != (operation.BodyCase == Operation.BodyOneofCase.FoundLedger))
        {
            return Judgement.Refuse(ledger is null ? ReasonCode.NotFounded : ReasonCode.AlreadyFounded);
        }

        string network = ledger?.Network ?? operation.FoundLedger.Network;
        if (op.Verb.FindForeignDid(operation, network) is { } field)
        {
            return Judgement.Refuse(ReasonCode.InvalidDid, field);
        }

        if (op.Verb.CreatesActor)
        {
            return FindApproverProblem(op) is string wrong
                ? Judgement.Refuse(ReasonCode.ApproverSignature, wrong)
                : FindDocumentKeys(op, op.Verb.DocumentOf(operation)!, approver: null, timeMs, out keys);
        }

        DidRecord? actor = records.Find<DidRecord>(RecordKey.Did(operation.Actor));
        DidDocument? approver = null;
        if (operation.Approver.Length != 0)
        {
            DidRecord? second = records.Find<DidRecord>(RecordKey.Did(operation.Approver));
            if (second is null || second.Deactivated)
            {
                return Judgement.Refuse(
                    second is null ? ReasonCode.UnknownActor : ReasonCode.ActorDeactivated,
                    "approver"
                );
            }

            approver = second.Document;
        }

        return actor is null || actor.Deactivated
                ? Judgement.Refuse(actor is null ? ReasonCode.UnknownActor : ReasonCode.ActorDeactivated, "actor")
            : FindApproverProblem(op) is string problem ? Judgement.Refuse(ReasonCode.ApproverSignature, problem)
            : op.Verb.IsByRecoveryKey ? FindRecoveryKeys(op, Recovery.InForce(actor, (ulong)timeMs), out keys)
            : FindDocumentKeys(op, actor.Document, approver, timeMs, out keys);
    }

    // Of the signatures the actor's come first, and the approver's last: one of each at least where the operation names an approver,
    // none of an approver otherwise.
    private static string? FindApproverProblem(SubmittedOperation op)
    {
        bool isNamed = op.Operation.Approver.Length != 0;
        int approvers = 0;
        for (int i = 0; i < op.Signatures.Count; i++)
        {
            if (op.Signatures[i].ByApprover)
            {
                approvers++;
            }
            else if (approvers > 0)
            {
                return $"signatures[{i}]: is the actor's, and comes after one of the approver";
            }
        }

        return approvers == op.Signatures.Count ? "signatures: none is the actor's"
            : isNamed == approvers > 0 ? null
            : isNamed ? "signatures: none is the approver's"
            : "signatures: one is by an approver, and the operation names none";
    }

    /// <summary>Whether the DID that an operation changes may be changed so often.</summary>
    /// <param name="records">The state at some point of the log.</param>
    /// <param name="op">The operation.</param>
    /// <param name="timeMs">Time of the batch, Unix milliseconds.</param>
    /// <returns><see cref="ReasonCode.DidQuota"/>, with the time from which on it may be.</returns>
    public static Judgement CheckQuota(IRecords records, SubmittedOperation op, long timeMs)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(op);
        if (!op.Verb.CountsToQuota)
        {
            return Judgement.Ok;
        }

        long freeAtMs = ChangeQuota.FreeAt(records, op.Verb.SubjectOf(op.Operation)!, timeMs);
        return freeAtMs <= timeMs
            ? Judgement.Ok
            : Judgement.Refuse(
                ReasonCode.DidQuota,
                $"it can be changed again from {TimeText.OfMs((ulong)freeAtMs)} on, by the log's time"
            ) with
            {
                RetryAfterMs = freeAtMs - timeMs,
            };
    }

    /// <summary>Judges the numbers of signatures by the kinds of the keys that they are said to be by.</summary>
    /// <param name="op">The operation.</param>
    /// <param name="keys">One key a signature, in their order.</param>
    public static Judgement CheckForms(SubmittedOperation op, IReadOnlyList<VerificationMethod> keys)
    {
        ArgumentNullException.ThrowIfNull(op);
        ArgumentNullException.ThrowIfNull(keys);
        for (int i = 0; i < keys.Count; i++)
        {
            Judgement judgement = OperationCodec.CheckSignatureForm(keys[i].Type, op.Signatures[i].Value.Span);
            if (!judgement.IsOk)
            {
                return judgement;
            }
        }

        return Judgement.Ok;
    }

    // Keys of a document, each meant for the verb; and, where the DID itself is changed, as many as the document asks for.
    private static Judgement FindDocumentKeys(
        SubmittedOperation op,
        DidDocument document,
        DidDocument? approver,
        long timeMs,
        out IReadOnlyList<VerificationMethod> keys
    )
    {
        keys = [];
        VerificationMethod[] found = new VerificationMethod[op.Signatures.Count];
        for (int i = 0; i < found.Length; i++)
        {
            DidDocument signer = op.Signatures[i].ByApprover ? approver! : document;
            VerificationMethod? key = FindKey(signer.VerificationMethods, op.Signatures[i].VerificationMethod);
            if (CheckKey(key, op.Verb.Purpose, timeMs) is var reason and not ReasonCode.Applied)
            {
                return Judgement.Refuse(reason, $"signatures[{i}].verification_method");
            }

            found[i] = key!;
        }

        if (
            op.Verb.Purpose == KeyPurpose.CapabilityInvocation
            && document.UpdateThreshold > 1
            && UpdateKeys.CountDistinct(found) < document.UpdateThreshold
        )
        {
            return Judgement.Refuse(
                ReasonCode.ThresholdNotMet,
                $"{UpdateKeys.CountDistinct(found)} of {document.UpdateThreshold} update keys have signed"
            );
        }

        keys = found;
        return Judgement.Ok;
    }

    private static ReasonCode CheckKey(VerificationMethod? key, KeyPurpose purpose, long timeMs) =>
        key is null ? ReasonCode.UnknownKey
        : !key.Purposes.Contains(purpose) ? ReasonCode.KeyPurpose
        : key.Type == KeyType.Multikey ? ReasonCode.KeyCannotSign
        : key.ValidUntil != 0 && (ulong)timeMs > key.ValidUntil * 1000 ? ReasonCode.KeyExpired
        : ReasonCode.Applied;

    private static Judgement FindRecoveryKeys(
        SubmittedOperation op,
        RecoveryPolicy? policy,
        out IReadOnlyList<VerificationMethod> keys
    )
    {
        keys = [];
        VerificationMethod[] found = new VerificationMethod[op.Signatures.Count];
        for (int i = 0; i < found.Length; i++)
        {
            VerificationMethod? key = policy is null ? null : FindKey(policy.Keys, op.Signatures[i].VerificationMethod);
            if (key is null)
            {
                return Judgement.Refuse(
                    ReasonCode.UnknownKey,
                    $"signatures[{i}].verification_method: is no recovery key in force"
                );
            }

            found[i] = key;
        }

        keys = found;
        return Judgement.Ok;
    }

    private static Judgement Compare(
        IReadOnlyList<VerificationMethod> verifiedWith,
        IReadOnlyList<VerificationMethod> inForce
    )
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(verifiedWith.Count, inForce.Count);
        for (int i = 0; i < inForce.Count; i++)
        {
            VerificationMethod then = verifiedWith[i];
            VerificationMethod now = inForce[i];
            if (then.Fragment != now.Fragment || then.Type != now.Type || !then.PublicKey.Equals(now.PublicKey))
            {
                return Judgement.Refuse(ReasonCode.KeyChanged, $"signatures[{i}]");
            }
        }

        return Judgement.Ok;
    }

    private static VerificationMethod? FindKey(RepeatedField<VerificationMethod> methods, string fragment)
    {
        for (int i = 0; i < methods.Count; i++)
        {
            if (methods[i].Fragment == fragment)
            {
                return methods[i];
            }
        }

        return null;
    }
}

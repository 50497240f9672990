using Google.Protobuf.Collections;
using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;
using Verb = Ledger.V1.Operation.BodyOneofCase;

namespace Ledger.Rules;

/// <summary>
/// What operations do to the state: pure, deterministic, without clock, store or network. Time is data of the batch.
///
/// <para>An operation is judged in this order; the first that fails is the one code it gets.</para>
/// <list type="number">
/// <item>Form, before it comes here: <see cref="OperationCodec"/>.</item>
/// <item>Deadline, network, actor and keys: <see cref="Admit"/>. Refusals are not recorded.</item>
/// <item>Role of the actor, from <see cref="Permissions"/>. From here on refusals are recorded outcomes.</item>
/// <item>The DID, pilot or class that the operation is about, the actor's relation to it, states and limits.</item>
/// <item>The token: whether it exists and lives, its owner.</item>
/// <item>The other party: receiver, sponsor, party to admit.</item>
/// <item>Transferability.</item>
/// </list>
/// Every check comes before the first write, so a refused operation writes nothing.
/// </summary>
public static class StateMachine
{
    /// <summary>
    /// Whether an operation can be taken now: its deadline against the batch's time, and the authority of the keys that its
    /// signatures were verified with. What is refused here is not recorded.
    /// </summary>
    /// <param name="records">The state at the operation's turn.</param>
    /// <param name="op">The operation.</param>
    /// <param name="verifiedWith">The key that each signature was verified under, in the order of the signatures.</param>
    /// <param name="timeMs">Time of the batch, Unix milliseconds.</param>
    /// <returns>
    /// What <see cref="CheckDeadline"/> and <see cref="FindKeys"/> refuse, but <see cref="ReasonCode.KeyChanged"/> for a key
    /// that is gone, has another type, value or purpose than it had, or is not the one of that name any more.
    /// </returns>
    public static Judgement Admit(
        IRecords records,
        SubmittedOperation op,
        IReadOnlyList<VerificationMethod> verifiedWith,
        long timeMs
    )
    {
        ArgumentNullException.ThrowIfNull(op);
        ArgumentNullException.ThrowIfNull(verifiedWith);
        ArgumentOutOfRangeException.ThrowIfNotEqual(verifiedWith.Count, op.Signatures.Count);

        Judgement judgement = CheckDeadline(op, timeMs);
        if (!judgement.IsOk)
        {
            return judgement;
        }

        judgement = FindKeys(records, op, out IReadOnlyList<VerificationMethod> keys);
        if (judgement.Reason is ReasonCode.UnknownKey or ReasonCode.KeyPurpose)
        {
            // It was there and had the purpose when the signature was verified.
            return Judgement.Refuse(ReasonCode.KeyChanged, judgement.Detail);
        }

        if (!judgement.IsOk)
        {
            return judgement;
        }

        for (int i = 0; i < keys.Count; i++)
        {
            VerificationMethod then = verifiedWith[i];
            VerificationMethod now = keys[i];
            if (then.Fragment != now.Fragment || then.Type != now.Type || !then.PublicKey.Equals(now.PublicKey))
            {
                return Judgement.Refuse(ReasonCode.KeyChanged, $"signatures[{i}]");
            }
        }

        return Judgement.Ok;
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
        return notAfter < earliest ? Judgement.Refuse(ReasonCode.Expired, "not_after")
            : notAfter > latest ? Judgement.Refuse(ReasonCode.DeadlineTooFar, "not_after")
            : Judgement.Ok;
    }

    /// <summary>
    /// The keys that an operation's signatures must verify under: those of the document that the operation brings when it
    /// creates its actor, otherwise those of the actor's current document.
    /// </summary>
    /// <param name="records">The state at some point of the log.</param>
    /// <param name="op">The operation.</param>
    /// <param name="keys">One key a signature, in their order; empty when the operation is refused.</param>
    /// <returns>
    /// <see cref="ReasonCode.NotFounded"/>, <see cref="ReasonCode.AlreadyFounded"/>, <see cref="ReasonCode.InvalidDid"/> (a
    /// DID of another network), <see cref="ReasonCode.UnknownActor"/>, <see cref="ReasonCode.ActorDeactivated"/>,
    /// <see cref="ReasonCode.UnknownKey"/> or <see cref="ReasonCode.KeyPurpose"/>.
    /// </returns>
    public static Judgement FindKeys(
        IRecords records,
        SubmittedOperation op,
        out IReadOnlyList<VerificationMethod> keys
    )
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(op);
        keys = [];

        Operation operation = op.Operation;
        LedgerRecord? ledger = records.Find<LedgerRecord>(RecordKey.Ledger);
        if (ledger is null != (operation.BodyCase == Verb.FoundLedger))
        {
            return Judgement.Refuse(ledger is null ? ReasonCode.NotFounded : ReasonCode.AlreadyFounded);
        }

        string network = ledger is null ? operation.FoundLedger.Network : ledger.Network;
        Judgement judgement = Networks.Check(operation, network);
        if (!judgement.IsOk)
        {
            return judgement;
        }

        DidDocument document;
        if (Permissions.Of(operation.BodyCase).Relations == Relations.NewDid)
        {
            document = ledger is null ? operation.FoundLedger.Supervisor : operation.CreateDid.Document;
        }
        else
        {
            DidRecord? actor = records.Find<DidRecord>(RecordKey.Did(operation.Actor));
            if (actor is null || actor.Deactivated)
            {
                return Judgement.Refuse(actor is null ? ReasonCode.UnknownActor : ReasonCode.ActorDeactivated, "actor");
            }

            document = actor.Document;
        }

        VerificationMethod[] found = new VerificationMethod[op.Signatures.Count];
        for (int i = 0; i < found.Length; i++)
        {
            VerificationMethod? key = FindKey(document, op.Signatures[i].VerificationMethod);
            if (key is null || !key.Purposes.Contains(op.RequiredPurpose))
            {
                return Judgement.Refuse(
                    key is null ? ReasonCode.UnknownKey : ReasonCode.KeyPurpose,
                    $"signatures[{i}].verification_method"
                );
            }

            found[i] = key;
        }

        keys = found;
        return Judgement.Ok;
    }

    /// <summary>Judges an operation that <see cref="Admit"/> took, and applies it when no rule refuses it.</summary>
    /// <param name="state">The batch so far, in which <see cref="Admit"/> took the operation.</param>
    /// <param name="op">The operation; the log takes an id once.</param>
    /// <param name="index">Index of the entry that records it.</param>
    /// <returns>The outcome that the entry records; nothing was written unless it is <see cref="ReasonCode.Applied"/>.</returns>
    public static ReasonCode Apply(BatchState state, SubmittedOperation op, long index)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(op);
        ArgumentOutOfRangeException.ThrowIfNegative(index);

        Operation operation = op.Operation;
        LedgerRecord? ledger = state.Find<LedgerRecord>(RecordKey.Ledger);
        if (ledger is null != (operation.BodyCase == Verb.FoundLedger))
        {
            throw new InvalidOperationException("An operation was applied that the ledger cannot have taken.");
        }

        string actor = op.ActorDid(ledger is null ? operation.FoundLedger.Network : ledger.Network);
        Permission permission = Permissions.Of(operation.BodyCase);

        RoleSet roles = default;
        if (permission.Roles is { } needed)
        {
            PartyRecord? party = state.Find<PartyRecord>(RecordKey.Party(actor));
            if (party is null)
            {
                return ReasonCode.NotAdmitted;
            }

            roles = RoleSet.Of(party.Roles);
            if (!roles.Overlaps(needed))
            {
                return ReasonCode.NotAuthorised;
            }
        }

        Turn turn = new(state, op, actor, roles, permission, index);
        return operation.BodyCase switch
        {
            Verb.FoundLedger => PartyRules.Found(turn, operation.FoundLedger),
            Verb.CreateDid => DidRules.Create(turn, operation.CreateDid),
            Verb.UpdateDid => DidRules.Update(turn, operation.UpdateDid),
            Verb.DeactivateDid => DidRules.Deactivate(turn, operation.DeactivateDid),
            Verb.AdmitParty => PartyRules.Admit(turn, operation.AdmitParty),
            Verb.CreatePilot => PilotRules.Create(turn, operation.CreatePilot),
            Verb.CreateClass => PilotRules.CreateClass(turn, operation.CreateClass),
            Verb.Mint => MintRules.Mint(turn, operation.Mint),
            Verb.BatchMint => MintRules.BatchMint(turn, operation.BatchMint),
            Verb.Transfer => TokenRules.Transfer(turn, operation.Transfer),
            Verb.Burn => TokenRules.Burn(turn, operation.Burn),
            _ => throw new ArgumentOutOfRangeException(
                nameof(op),
                operation.BodyCase,
                "No rule is written for this verb."
            ),
        };
    }

    private static VerificationMethod? FindKey(DidDocument document, string fragment)
    {
        RepeatedField<VerificationMethod> methods = document.VerificationMethods;
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

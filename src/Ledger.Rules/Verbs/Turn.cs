using Google.Protobuf;
using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>One verb at its turn, alone or as a step of a group: what every rule works with.</summary>
/// <param name="State">The batch so far.</param>
/// <param name="Operation">The operation.</param>
/// <param name="OperationId">Its id, 32 bytes.</param>
/// <param name="Signatures">The signatures that it came with.</param>
/// <param name="Body">The operation itself, or the step of it that is at its turn: its body is what is asked.</param>
/// <param name="Actor">DID that acts.</param>
/// <param name="Rule">The verb's rule. The roles that it asks for have been judged, the relations have not.</param>
/// <param name="Index">Index of the entry.</param>
/// <param name="Step">The step of a group, from 1; 0: the operation is no group.</param>
/// <param name="Verdict">What is said beside the outcome; rules write to it.</param>
/// <param name="IsQuestion">Whether it is only asked what the outcome would be, so that nothing need be written.</param>
internal readonly record struct Turn(
    BatchState State,
    Operation Operation,
    ReadOnlyMemory<byte> OperationId,
    IReadOnlyList<Signature> Signatures,
    Operation Body,
    string Actor,
    VerbRule Rule,
    long Index,
    uint Step,
    Verdict Verdict,
    bool IsQuestion = false
)
{
    /// <summary>The class or pilot that it is about. Looked up when it is asked for: not every verb asks for a role.</summary>
    public RoleScope Scope => Parties.ScopeOf(State, Rule.Verb, Body);

    /// <summary>Time of the batch as records hold it.</summary>
    public ulong TimeMs => (ulong)State.TimeMs;

    /// <summary>Format of the batch: which rules judge it.</summary>
    public uint Format => State.Format;

    /// <summary>Index of the entry as records hold it.</summary>
    public ulong EntryIndex => (ulong)Index;

    /// <summary>Id of the operation as records hold it.</summary>
    public ByteString Id => ByteString.CopyFrom(OperationId.Span);

    /// <summary>DID that approves; empty: nobody does.</summary>
    public string Approver => Operation.Approver;

    /// <summary>The current record; null when there is none.</summary>
    public T? Find<T>(RecordKey key)
        where T : class, IMessage => State.Find<T>(key);

    /// <summary>Writes a record.</summary>
    public void Put(RecordKey key, IMessage record) => State.Put(key, record);

    /// <summary>Notes an effect, after what was written for it.</summary>
    public void Emit(Effect effect) => State.Emit(effect);

    /// <summary>Whether what the actor is to the thing is enough for the verb.</summary>
    public bool Allows(Relations relations) => Rule.Permission.Allows(relations);

    /// <summary>Whether the actor holds one of some roles in the scope of the operation.</summary>
    public bool ActorHas(params ReadOnlySpan<Role> roles) => Has(Actor, RoleSet.Of(roles.ToArray()));

    /// <summary>Whether a party holds one of some roles in the scope of the operation.</summary>
    public bool Has(string did, RoleSet roles) => Parties.HasAny(State, did, roles, Scope, TimeMs);

    /// <summary>Whether a party can be named for a role: it is admitted, its DID in use, and it holds the role here.</summary>
    public bool IsInRole(string did, params ReadOnlySpan<Role> roles) =>
        CanBeNamed(did) && Has(did, RoleSet.Of(roles.ToArray()));

    /// <summary>Whether a party can be named in terms: it is admitted, and its DID in use.</summary>
    public bool CanBeNamed(string did) => JudgeReceiver(did) is ReasonCode.Applied or ReasonCode.ReceiverFrozen;

    /// <summary>Whether others may name a party as the one who gets something.</summary>
    public ReasonCode JudgeReceiver(string did) => Parties.JudgeReceiver(State, did, TimeMs, Format);

    /// <summary>
    /// Whether a second party approves that may: it can act, holds one of some roles in the scope of the operation, and is in no way
    /// the actor.
    /// </summary>
    public ReasonCode JudgeApproval(RoleSet roles) =>
        Approver.Length == 0 ? ReasonCode.ApprovalRequired
        : Parties.JudgeActor(State, Approver, TimeMs) != ReasonCode.Applied || !Has(Approver, roles)
            ? ReasonCode.ApproverNotAuthorised
        : IsOneHand(Actor, Approver) ? ReasonCode.SelfApproval
        : ReasonCode.Applied;

    /// <summary>Whether one of two DIDs controls the other, or one key stands in the documents of both.</summary>
    public bool IsOneHand(string did, string other)
    {
        DidDocument? one = Find<DidRecord>(RecordKey.Did(did))?.Document;
        DidDocument? two = Find<DidRecord>(RecordKey.Did(other))?.Document;
        return did == other
            || one is null
            || two is null
            || one.Controllers.Contains(other)
            || two.Controllers.Contains(did)
            || one.VerificationMethods.Any(key => two.VerificationMethods.Any(k => k.PublicKey.Equals(key.PublicKey)));
    }
}

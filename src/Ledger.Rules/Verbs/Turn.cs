using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Rules.Authority;
using Ledger.Rules.State;

namespace Ledger.Rules.Verbs;

/// <summary>One operation at its turn: what every rule works with.</summary>
/// <param name="State">The batch so far.</param>
/// <param name="Submitted">The operation.</param>
/// <param name="Actor">DID that acts.</param>
/// <param name="Roles">Its roles; none when the verb needs no party.</param>
/// <param name="Rule">The verb's rule. The roles that it asks for have been judged, the relations have not.</param>
/// <param name="Index">Index of the entry.</param>
internal readonly record struct Turn(
    BatchState State,
    SubmittedOperation Submitted,
    string Actor,
    RoleSet Roles,
    VerbRule Rule,
    long Index
)
{
    /// <summary>Time of the batch as records hold it.</summary>
    public ulong TimeMs => (ulong)State.TimeMs;

    /// <summary>Format of the batch: which rules judge it.</summary>
    public uint Format => State.Format;

    /// <summary>Index of the entry as records hold it.</summary>
    public ulong EntryIndex => (ulong)Index;

    /// <summary>Id of the operation.</summary>
    public ByteString OperationId => ByteString.CopyFrom(Submitted.Id.Span);

    /// <summary>The current record; null when there is none.</summary>
    public T? Find<T>(RecordKey key)
        where T : class, IMessage => State.Find<T>(key);

    /// <summary>Writes a record.</summary>
    public void Put(RecordKey key, IMessage record) => State.Put(key, record);

    /// <summary>Whether what the actor is to the thing is enough for the verb.</summary>
    public bool Allows(Relations relations) => Rule.Permission.Allows(relations);
}

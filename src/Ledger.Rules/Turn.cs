using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Rules.State;

namespace Ledger.Rules;

/// <summary>One operation at its turn: what every rule works with.</summary>
/// <param name="State">The batch so far.</param>
/// <param name="Submitted">The operation.</param>
/// <param name="Actor">DID that acts.</param>
/// <param name="Roles">Its roles; none when the verb needs no party.</param>
/// <param name="Permission">What the verb asks of the actor. Its roles have been judged, its relations have not.</param>
/// <param name="Index">Index of the entry.</param>
internal readonly record struct Turn(
    BatchState State,
    SubmittedOperation Submitted,
    string Actor,
    RoleSet Roles,
    Permission Permission,
    long Index
)
{
    /// <summary>Time of the batch as records hold it.</summary>
    public ulong TimeMs => (ulong)State.TimeMs;

    /// <summary>Index of the entry as records hold it.</summary>
    public ulong EntryIndex => (ulong)Index;

    /// <summary>Id of the operation.</summary>
    public ByteString OperationId => ByteString.CopyFrom(Submitted.Id.Span);

    /// <summary>The current record; null when there is none.</summary>
    public T? Find<T>(RecordKey key)
        where T : class, IMessage => State.Find<T>(key);

    /// <summary>Writes a record.</summary>
    public void Put(RecordKey key, IMessage record) => State.Put(Index, key, record);
}

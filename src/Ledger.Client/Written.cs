using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>
/// A record, and the entry that wrote this version of it, which is proven: it is in the log, and records an operation that was applied.
/// </summary>
/// <typeparam name="T">Kind of record.</typeparam>
/// <param name="Record">The record.</param>
/// <param name="Entry">The entry: its index and time are those of the version.</param>
/// <param name="Current">
/// What proves that this is the record, whole, and its newest version. Null when an earlier version was asked for, and when the log has no
/// seal yet that names the root of its records: then the record is the node's word.
/// </param>
public sealed record Written<T>(T Record, ProvenEntry Entry, ProvenRecord? Current = null)
    where T : class, IMessage;

/// <summary>
/// A DID at one version, and the entry that wrote it, which is proven: it is in the log, and records an operation that was applied, which
/// the record names as its last.
/// </summary>
/// <param name="Record">The record.</param>
/// <param name="Entry">The entry: its index is the <c>versionId</c>.</param>
/// <param name="NextVersion">The version that followed it, which is the node's word; null for the newest.</param>
/// <param name="DocumentSource">
/// The entry whose operation carries this very document for this DID, proven: <paramref name="Entry"/>, or, where that changed the
/// recovery policy alone, the one that is found behind it from <c>previous</c> to <c>previous</c>. Null when there is none: then the
/// document is shown by <paramref name="Current"/>, or is the node's word.
/// </param>
/// <param name="Current">
/// What proves that this is the record, whole, and its newest version. Null when an earlier version was asked for, and when the log has no
/// seal yet that names the root of its records.
/// </param>
public sealed record ResolvedDid(
    DidRecord Record,
    ProvenEntry Entry,
    RecordVersion? NextVersion,
    ProvenEntry? DocumentSource,
    ProvenRecord? Current = null
)
{
    /// <summary>Whether the document is shown by the state map, or by an operation that carries it, and is more than the node's word.</summary>
    public bool DocumentProven => Current is not null || DocumentSource is not null;

    /// <summary>Time of the log's newest batch, by the node's word: what later ones will say of the DID is not known yet.</summary>
    public required DateTimeOffset KnownAsOf { get; init; }

    /// <summary>
    /// The recovery policy in force at the time that was asked for, or, for the newest version, at that of the log; null: nobody can take
    /// the DID back. The node's word.
    /// </summary>
    public RecoveryPolicy? Recovery { get; init; }

    /// <summary>The change of that policy that was pending then; null: none was. The node's word.</summary>
    public PendingRecovery? Pending { get; init; }
}

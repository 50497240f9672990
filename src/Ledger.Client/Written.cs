using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>
/// A record as the node shows it, and the entry that wrote this version of it, by the node's word. The entry is proven: it is in the
/// log, and records an operation that was applied. That the operation makes the record what is shown, and that no later version
/// exists, is the node's word, because the log has no map of its state yet: an audit recomputes it.
/// </summary>
/// <typeparam name="T">Kind of record.</typeparam>
/// <param name="Record">The record.</param>
/// <param name="Entry">The entry: its index and time are those of the version.</param>
public sealed record Written<T>(T Record, ProvenEntry Entry)
    where T : class, IMessage;

/// <summary>
/// A DID at one version, and the entry that wrote it, by the node's word. The entry is proven: it is in the log, and records an
/// operation that was applied, which the record names as its last.
/// </summary>
/// <param name="Record">The record.</param>
/// <param name="Entry">The entry: its index is the <c>versionId</c>.</param>
/// <param name="NextVersion">The version that followed it, which is the node's word; null for the newest.</param>
/// <param name="DocumentProven">
/// Whether the operation itself carries this very document for this DID. Otherwise the document is the node's word, as that of a DID
/// that was deactivated always is.
/// </param>
public sealed record ResolvedDid(DidRecord Record, ProvenEntry Entry, RecordVersion? NextVersion, bool DocumentProven);

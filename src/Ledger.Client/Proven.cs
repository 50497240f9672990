using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>
/// A record with the entry that wrote this version of it. The entry is in the log, it was applied, and as far as its one operation
/// shows it yields this record. That no later version exists is the node's word: the log has no map of its state yet.
/// </summary>
/// <typeparam name="T">Kind of record.</typeparam>
/// <param name="Record">The record.</param>
/// <param name="Entry">The entry that wrote it: its index and time are those of the version.</param>
public sealed record Proven<T>(T Record, ProvenEntry Entry)
    where T : class, IMessage;

/// <summary>A DID at one version. The document is proven whole: it is in the log, and for a DID's first version the DID is its hash.</summary>
/// <param name="Record">The record.</param>
/// <param name="Entry">The entry that wrote it: its index is the <c>versionId</c>.</param>
/// <param name="NextVersion">The version that followed it, which is the node's word; null for the newest.</param>
public sealed record ResolvedDid(DidRecord Record, ProvenEntry Entry, RecordVersion? NextVersion);

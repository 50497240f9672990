using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger;

/// <summary>A version of a record.</summary>
/// <param name="Version">The version.</param>
/// <param name="Next">Which version followed it; null for the newest.</param>
public sealed record StoredVersion(VersionedRecord Version, RecordVersion? Next);

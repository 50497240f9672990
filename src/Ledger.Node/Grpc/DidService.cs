using Grpc.Core;
using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;
using Contract = Ledger.V1.DidService;

namespace Ledger.Node.Services;

/// <summary>Resolves DIDs, at present and at every version.</summary>
internal sealed class DidService(EmbeddedLedger ledger) : Contract.DidServiceBase
{
    public override Task<ResolveResponse> Resolve(ResolveRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        RecordKey key = Key(view, request.Did);
        VersionedRecord newest = view.Find(key) ?? throw Refusals.Error(ReasonCode.DidNotFound);
        VersionedRecord version = request.VersionCase switch
        {
            ResolveRequest.VersionOneofCase.VersionId => AtIndex(view, key, request.VersionId),
            ResolveRequest.VersionOneofCase.VersionTimeMs => AtTime(view, key, request.VersionTimeMs),
            _ => newest,
        };
        VersionedRecord? next = version.Index == newest.Index ? null : view.FindNextVersion(key, version.Index);
        return Task.FromResult(
            new ResolveResponse
            {
                Record = (DidRecord)version.Record,
                Version = Proofs.Version(version),
                NextVersion = next is null ? null : Proofs.Version(next),
                Proof = Proofs.Entry(view, version, request.WithProof),
            }
        );
    }

    public override Task<ListVersionsResponse> ListVersions(ListVersionsRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        RecordKey key = Key(view, request.Did);
        int size = Pages.Size(request.PageSize);
        if (view.Find(key) is null)
        {
            throw Refusals.Error(ReasonCode.DidNotFound);
        }

        (List<VersionedRecord> page, string next) = Versions.Page(view, key, "did versions", request.PageToken, size);
        ListVersionsResponse response = new() { NextPageToken = next };
        foreach (VersionedRecord version in page)
        {
            response.Versions.Add(
                new DidVersion { Record = (DidRecord)version.Record, Version = Proofs.Version(version) }
            );
        }

        return Task.FromResult(response);
    }

    // A DID of another network cannot be one of this ledger, and is told apart from one that is merely unknown.
    private static RecordKey Key(ReadView view, string did) =>
        view.Find<LedgerRecord>(RecordKey.Ledger) is not { } founded ? throw Refusals.Error(ReasonCode.NotFounded)
        : DidSyntax.IsDid(did, founded.Network) ? RecordKey.Did(did)
        : throw Refusals.Error(ReasonCode.InvalidDid, "did");

    private static VersionedRecord AtIndex(ReadView view, RecordKey key, ulong index) =>
        index >= (ulong)view.Head.Size
            ? throw Refusals.Error(ReasonCode.VersionInFuture, "version_id")
            : view.FindVersion(key, (long)index) ?? throw Refusals.Error(ReasonCode.VersionNotFound, "version_id");

    // Up to the log's own time the answer can no longer change; beyond it a later batch could still write a version.
    private static VersionedRecord AtTime(ReadView view, RecordKey key, ulong timeMs) =>
        timeMs > (ulong)view.Head.TimeMs
            ? throw Refusals.Error(ReasonCode.VersionInFuture, "version_time_ms")
            : view.FindVersionAt(key, (long)timeMs)
                ?? throw Refusals.Error(ReasonCode.VersionNotFound, "version_time_ms");
}

using Grpc.Core;
using Ledger.Queries;
using Ledger.Rules.State;
using Ledger.V1;
using Contract = Ledger.V1.DidService;

namespace Ledger.Node.Grpc;

/// <summary>Resolves DIDs, at present and at every version.</summary>
internal sealed class DidService(EmbeddedLedger ledger, TimeProvider time) : Contract.DidServiceBase
{
    public override Task<ResolveResponse> Resolve(ResolveRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        Resolution resolution = DidQueries.Resolve(view, request.Did, Choice(request), time.GetUtcNow()).OrThrow();
        (DidRecord record, RecordVersion version) = resolution.Version;
        return Task.FromResult(
            new ResolveResponse
            {
                Record = record,
                Version = version,
                NextVersion = resolution.Next,
                Proof = request.WithProof ? Proofs.Version(view, RecordKey.Did(record.Did), version) : null,
                KnownAsOfMs = (ulong)resolution.KnownAsOfMs,
                Recovery = resolution.Recovery,
                Pending = resolution.Pending,
            }
        );
    }

    public override Task<ListVersionsResponse> ListVersions(ListVersionsRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        Page<DidVersion> page = DidQueries
            .ListVersions(view, request.Did, request.NewestFirst, request.PageSize, request.PageToken)
            .OrThrow()
            .Map(static v => new DidVersion { Record = v.Record, Version = v.Version });
        return Task.FromResult(new ListVersionsResponse { Versions = { page.Items }, NextPageToken = page.Next });
    }

    private static VersionChoice Choice(ResolveRequest request) =>
        request.VersionCase switch
        {
            ResolveRequest.VersionOneofCase.VersionId => VersionChoice.AtIndex(request.VersionId),
            ResolveRequest.VersionOneofCase.VersionTimeMs => VersionChoice.AtTime(request.VersionTimeMs),
            _ => VersionChoice.Newest,
        };
}

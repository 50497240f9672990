using Grpc.Core;
using Ledger.Queries;
using Ledger.Rules.State;
using Ledger.V1;
using Contract = Ledger.V1.PilotService;

namespace Ledger.Node.Grpc;

/// <summary>Answers what is known of the ledger itself, of pilots and of the parties to them.</summary>
internal sealed class PilotService(EmbeddedLedger ledger) : Contract.PilotServiceBase
{
    public override Task<GetLedgerResponse> GetLedger(GetLedgerRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        return Task.FromResult(new GetLedgerResponse { Record = PilotQueries.FindLedger(view).OrThrow() });
    }

    public override Task<GetPilotResponse> GetPilot(GetPilotRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        Versioned<PilotRecord> found = PilotQueries.FindPilot(view, request.PilotId).OrThrow();
        return Task.FromResult(
            new GetPilotResponse
            {
                Record = found.Record,
                Version = found.Version,
                Proof = request.WithProof
                    ? Proofs.Version(view, RecordKey.Pilot(request.PilotId), found.Version)
                    : null,
                State = PilotQueries.StateOf(view, found.Record),
            }
        );
    }

    public override Task<ListPilotsResponse> ListPilots(ListPilotsRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        (uint size, string token) = (request.PageSize, request.PageToken);
        Answer<Page<PilotRecord>> answer = request.FilterCase switch
        {
            ListPilotsRequest.FilterOneofCase.State => PilotQueries.ListPilotsIn(view, request.State, size, token),
            ListPilotsRequest.FilterOneofCase.District => PilotQueries.ListPilotsOfDistrict(
                view,
                request.District,
                size,
                token
            ),
            ListPilotsRequest.FilterOneofCase.Field => PilotQueries.ListPilotsOfField(view, request.Field, size, token),
            ListPilotsRequest.FilterOneofCase.Replicable => request.Replicable
                ? PilotQueries.ListCases(view, size, token)
                : throw Refusals.Error(ReasonCode.InvalidRequest, "replicable: true alone"),
            _ => PilotQueries.ListPilots(view, size, token),
        };
        Page<PilotRecord> page = answer.OrThrow();
        return Task.FromResult(new ListPilotsResponse { Pilots = { page.Items }, NextPageToken = page.Next });
    }

    public override Task<GetPilotHistoryResponse> GetPilotHistory(
        GetPilotHistoryRequest request,
        ServerCallContext context
    )
    {
        using ReadView view = ledger.Read();
        Page<PilotVersion> page = PilotQueries
            .ListHistory(view, request.PilotId, request.PageSize, request.PageToken)
            .OrThrow()
            .Map(static v => new PilotVersion { Record = v.Record, Version = v.Version });
        return Task.FromResult(new GetPilotHistoryResponse { Versions = { page.Items }, NextPageToken = page.Next });
    }

    public override Task<ListParticipantsResponse> ListParticipants(
        ListParticipantsRequest request,
        ServerCallContext context
    )
    {
        using ReadView view = ledger.Read();
        Page<ParticipantRecord> page = PilotFileQueries
            .ListParticipants(view, request.PilotId, request.PageSize, request.PageToken)
            .OrThrow();
        return Task.FromResult(
            new ListParticipantsResponse { Participants = { page.Items }, NextPageToken = page.Next }
        );
    }

    public override Task<ListMilestonesResponse> ListMilestones(
        ListMilestonesRequest request,
        ServerCallContext context
    )
    {
        using ReadView view = ledger.Read();
        Page<MilestoneRecord> page = PilotFileQueries
            .ListMilestones(view, request.PilotId, request.PageSize, request.PageToken)
            .OrThrow();
        return Task.FromResult(new ListMilestonesResponse { Milestones = { page.Items }, NextPageToken = page.Next });
    }

    public override Task<ListTranchesResponse> ListTranches(ListTranchesRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        Page<TrancheRecord> page = PilotFileQueries
            .ListTranches(view, request.PilotId, request.PageSize, request.PageToken)
            .OrThrow();
        return Task.FromResult(new ListTranchesResponse { Tranches = { page.Items }, NextPageToken = page.Next });
    }

    public override Task<ListEvidenceResponse> ListEvidence(ListEvidenceRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        Page<EvidenceRecord> page = PilotFileQueries
            .ListEvidence(view, request.PilotId, request.PageSize, request.PageToken)
            .OrThrow();
        return Task.FromResult(new ListEvidenceResponse { Documents = { page.Items }, NextPageToken = page.Next });
    }

    public override Task<GetPartyResponse> GetParty(GetPartyRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        Versioned<PartyRecord> found = PilotQueries.FindParty(view, request.Did).OrThrow();
        return Task.FromResult(
            new GetPartyResponse
            {
                Record = found.Record,
                Version = found.Version,
                Proof = request.WithProof ? Proofs.Version(view, RecordKey.Party(request.Did), found.Version) : null,
                Grants = { PilotQueries.GrantsOf(view, request.Did) },
            }
        );
    }

    public override Task<GetErasureResponse> GetErasure(GetErasureRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        return Task.FromResult(PilotQueries.FindErasure(view, request.Commitment).OrThrow());
    }
}

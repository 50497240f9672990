using Grpc.Core;
using Ledger.Queries;
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
                Proof = request.WithProof ? Proofs.Entry(view, found.Version) : null,
            }
        );
    }

    public override Task<ListPilotsResponse> ListPilots(ListPilotsRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        Page<PilotRecord> page = PilotQueries.ListPilots(view, request.PageSize, request.PageToken).OrThrow();
        return Task.FromResult(new ListPilotsResponse { Pilots = { page.Items }, NextPageToken = page.Next });
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
                Proof = request.WithProof ? Proofs.Entry(view, found.Version) : null,
            }
        );
    }
}

using Grpc.Core;
using Ledger.Rules.State;
using Ledger.V1;
using Contract = Ledger.V1.PilotService;

namespace Ledger.Node.Services;

/// <summary>Answers what is known of the ledger itself, of pilots and of the parties to them.</summary>
internal sealed class PilotService(EmbeddedLedger ledger) : Contract.PilotServiceBase
{
    public override Task<GetLedgerResponse> GetLedger(GetLedgerRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        LedgerRecord record = view.Find<LedgerRecord>(RecordKey.Ledger) ?? throw Refusals.Error(ReasonCode.NotFounded);
        return Task.FromResult(new GetLedgerResponse { Record = record });
    }

    public override Task<GetPilotResponse> GetPilot(GetPilotRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        Lists.RequireId(request.PilotId, "pilot_id");
        VersionedRecord found =
            view.Find(RecordKey.Pilot(request.PilotId)) ?? throw Refusals.Error(ReasonCode.PilotNotFound);
        return Task.FromResult(
            new GetPilotResponse
            {
                Record = (PilotRecord)found.Record,
                Version = Proofs.Version(found),
                Proof = Proofs.Entry(view, found, request.WithProof),
            }
        );
    }

    public override Task<ListPilotsResponse> ListPilots(ListPilotsRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        (List<byte[]> keys, string next) = Lists.Page(
            view,
            IndexKey.Prefix(IndexKind.Pilots),
            request.PageSize,
            request.PageToken
        );
        ListPilotsResponse response = new() { NextPageToken = next };
        foreach (byte[] key in keys)
        {
            response.Pilots.Add(view.Find<PilotRecord>(RecordKey.Pilot(Lists.Parts(key)[^1])));
        }

        return Task.FromResult(response);
    }

    public override Task<GetPartyResponse> GetParty(GetPartyRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        Lists.RequireDid(view, request.Did, "did");
        VersionedRecord found =
            view.Find(RecordKey.Party(request.Did)) ?? throw Refusals.Error(ReasonCode.PartyNotFound);
        return Task.FromResult(
            new GetPartyResponse
            {
                Record = (PartyRecord)found.Record,
                Version = Proofs.Version(found),
                Proof = Proofs.Entry(view, found, request.WithProof),
            }
        );
    }
}

using Grpc.Core;
using Ledger.Queries;
using Ledger.V1;
using Contract = Ledger.V1.SupervisionService;

namespace Ledger.Node.Grpc;

/// <summary>Answers what supervisors did, and who tried what and was refused.</summary>
internal sealed class SupervisionService(EmbeddedLedger ledger) : Contract.SupervisionServiceBase
{
    public override Task<ListActionsResponse> ListActions(ListActionsRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        Page<SupervisoryActionRecord> page = SupervisionQueries
            .ListActions(view, request.Party, request.PilotId, request.ClassId, request.PageSize, request.PageToken)
            .OrThrow();
        return Task.FromResult(new ListActionsResponse { Actions = { page.Items }, NextPageToken = page.Next });
    }

    public override Task<ListRefusalsResponse> ListRefusals(ListRefusalsRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        Page<RefusalRecord> page = SupervisionQueries
            .ListRefusals(view, request.Actor, request.PilotId, request.PageSize, request.PageToken)
            .OrThrow();
        return Task.FromResult(new ListRefusalsResponse { Refusals = { page.Items }, NextPageToken = page.Next });
    }

    public override Task<GetPilotFiguresResponse> GetPilotFigures(
        GetPilotFiguresRequest request,
        ServerCallContext context
    )
    {
        using ReadView view = ledger.Read();
        return Task.FromResult(SupervisionQueries.FindFigures(view, request.PilotId).OrThrow());
    }

    public override Task<CountPilotsResponse> CountPilots(CountPilotsRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        return Task.FromResult(new CountPilotsResponse { Counts = { SupervisionQueries.CountPilots(view) } });
    }
}

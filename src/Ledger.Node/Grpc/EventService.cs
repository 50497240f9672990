using Grpc.Core;
using Ledger.Queries;
using Ledger.V1;
using Contract = Ledger.V1.EventService;

namespace Ledger.Node.Grpc;

/// <summary>Serves events: what each entry did.</summary>
internal sealed class EventService(EmbeddedLedger ledger, NodeLimits limits) : Contract.EventServiceBase
{
    public override Task<ListEventsResponse> ListEvents(ListEventsRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        EventPage page = EventQueries.ListEvents(view, request.FromIndex, request.Filter, request.PageSize).OrThrow();
        return Task.FromResult(new ListEventsResponse { Events = { page.Events }, NextIndex = (ulong)page.Next });
    }

    public override async Task Subscribe(
        SubscribeRequest request,
        IServerStreamWriter<SubscribeResponse> responseStream,
        ServerCallContext context
    )
    {
        EventFeed feed = new(ledger, limits, Select(request.Filter), request.FromIndex);
        while (true)
        {
            SubscribeResponse page =
                await feed.NextAsync(context.CancellationToken)
                ?? throw Refusals.Error(ReasonCode.Stopping, "go on at another node, or here later");
            if (!await EventFeed.IsTakenAsync(responseStream.WriteAsync(page, context.CancellationToken), limits))
            {
                throw Refusals.Error(ReasonCode.SubscriberTooSlow, $"go on from index {feed.Position}");
            }
        }
    }

    private EventSelection Select(EventFilter? filter)
    {
        using ReadView view = ledger.Read();
        return EventSelection.Of(view, filter).OrThrow();
    }
}

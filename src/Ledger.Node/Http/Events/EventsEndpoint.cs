using System.Globalization;
using System.Text;
using Google.Protobuf;
using Ledger.Node.Grpc;
using Ledger.Protocol;
using Ledger.Queries;
using Ledger.V1;
using Microsoft.AspNetCore.Http;

namespace Ledger.Node.Http;

/// <summary>
/// The events of <c>EventService</c> for who speaks no gRPC, as lines of JSON: each event in protobuf's JSON mapping, and after whole
/// entries the position, <c>{"next_index":"17"}</c>.
/// </summary>
internal sealed class EventsEndpoint(EmbeddedLedger ledger, NodeLimits limits, OpenCalls calls)
{
    private const string ContentType = "application/x-ndjson";

    private static readonly JsonFormatter Json = new(
        JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithFormatDefaultValues(true)
    );

    /// <summary>Answers with a page, or with what is written as it comes.</summary>
    /// <param name="context">The request.</param>
    public HttpAnswer Answer(HttpContext context)
    {
        if (EventsRequest.Read(context.Request.Query, out EventsRequest request) is { } problem)
        {
            return Refuse(Judgement.Refuse(ReasonCode.InvalidRequest, problem));
        }

        using ReadView view = ledger.Read();
        if (!request.Follow)
        {
            Answer<EventPage> page = EventQueries.ListEvents(view, request.From, request.Filter, request.Limit);
            return page.IsOk
                ? new HttpAnswer(
                    StatusCodes.Status200OK,
                    ContentType,
                    LinesOf(page.Value.Events, (ulong)page.Value.Next)
                )
                : Refuse(page.Judgement);
        }

        Answer<EventSelection> selection = EventSelection.Of(view, request.Filter);
        if (!selection.IsOk)
        {
            return Refuse(selection.Judgement);
        }

        OpenCall call = context.Features.Get<OpenCall>()!;
        return calls.TryBecomeStream(call, out string full)
            ? new HttpAnswer(StatusCodes.Status200OK, ContentType, default)
            {
                WriteAsync = response =>
                    FollowAsync(response, call, new EventFeed(ledger, limits, selection.Value, request.From)),
            }
            : HttpProblem.Overloaded(full);
    }

    // Until the caller goes or the node stops. Headers go out at once: there may be nothing to write for long.
    private async Task FollowAsync(HttpContext context, OpenCall call, EventFeed feed)
    {
        try
        {
            await context.Response.StartAsync(context.RequestAborted);
            while (await feed.NextAsync(context.RequestAborted) is { } page)
            {
                Task write = WriteAsync(context, call, LinesOf(page.Events, page.NextIndex));
                if (!await EventFeed.IsTakenAsync(write, limits))
                {
                    // The end of the body never comes, so the caller knows; the last position that it read is where it goes on.
                    call.LastWrite = write;
                    context.Abort();
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone.
        }
    }

    private async Task WriteAsync(HttpContext context, OpenCall call, byte[] lines)
    {
        calls.Hold(call, lines.Length);
        call.Waits(true);
        try
        {
            await context.Response.Body.WriteAsync(lines, context.RequestAborted);
        }
        finally
        {
            call.Waits(false);
            calls.Hold(call, -lines.Length);
        }
    }

    private static byte[] LinesOf(IReadOnlyList<Event> events, ulong next)
    {
        StringBuilder lines = new();
        foreach (Event one in events)
        {
            lines.Append(Json.Format(one)).Append('\n');
        }

        return Encoding.UTF8.GetBytes(
            lines.Append(CultureInfo.InvariantCulture, $"{{ \"next_index\": \"{next}\" }}\n").ToString()
        );
    }

    private static HttpAnswer Refuse(Judgement judgement) =>
        HttpProblem.Of(
            judgement.Reason == ReasonCode.NotFounded ? StatusCodes.Status409Conflict : StatusCodes.Status400BadRequest,
            Reasons.Message(judgement)
        );
}

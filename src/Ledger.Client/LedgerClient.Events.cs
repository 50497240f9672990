using System.Runtime.CompilerServices;
using Grpc.Core;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>Events of whole entries, in the order of the log, and the position after them. The node's word.</summary>
/// <param name="Events">The events; none when only the position moved.</param>
/// <param name="NextIndex">
/// Index to go on from: everything before it was looked at. Whoever keeps it once the events are dealt with misses none.
/// </param>
public sealed record EventPage(IReadOnlyList<Event> Events, long NextIndex);

// What happened, as typed events. They follow from the entries, and the node has read them there: an audit recomputes what they come from.
public sealed partial class LedgerClient
{
    /// <summary>Events from an index on. Not proven: <see cref="GetEntryAsync(long, CancellationToken)"/> proves the entry that an event names.</summary>
    /// <param name="fromIndex">Index of the first entry of interest, 0 or more.</param>
    /// <param name="filter">Which events; null: all.</param>
    /// <param name="pageSize">
    /// Most to return: 1 to 1,000; 0: 100. The events of one entry come together, so there may be more; and fewer with a filter, even none.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<EventPage> ListEventsAsync(
        long fromIndex,
        EventFilter? filter = null,
        int pageSize = 0,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromIndex);
        ListEventsRequest request = new()
        {
            FromIndex = (ulong)fromIndex,
            Filter = filter,
            PageSize = PageSize(pageSize),
        };
        ListEventsResponse answer = await _calls.CallAsync(
            call => _events.ListEventsAsync(request, call),
            cancellationToken
        );
        RequireInOrder(answer.Events, fromIndex, answer.NextIndex);
        return new EventPage(answer.Events, (long)answer.NextIndex);
    }

    /// <summary>
    /// Follows events from an index on, new ones as they are committed, until the caller stops. When the stream ends, the node goes away or
    /// cuts this reader off for being too slow, it subscribes again from where the last page ended, as often as it takes: no entry is left
    /// out, and none comes a second time.
    /// </summary>
    /// <param name="fromIndex">
    /// Index of the first entry of interest, 0 or more. Whoever begins again at the position of the last page that it dealt with sees every
    /// event at least once.
    /// </param>
    /// <param name="filter">Which events; null: all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RefusedException">The node refuses the filter or the index.</exception>
    /// <exception cref="VerificationException">The events are not in order.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped.</exception>
    public async IAsyncEnumerable<EventPage> SubscribeAsync(
        long fromIndex,
        EventFilter? filter = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromIndex);
        long next = fromIndex;
        for (int attempt = 0; ; attempt++)
        {
            SubscribeRequest request = new() { FromIndex = (ulong)next, Filter = filter };
            using AsyncServerStreamingCall<SubscribeResponse> call = _events.Subscribe(
                request,
                new CallOptions(cancellationToken: cancellationToken)
            );
            while (await TryMoveNextAsync(call.ResponseStream, attempt, cancellationToken))
            {
                SubscribeResponse page = call.ResponseStream.Current;
                RequireInOrder(page.Events, next, page.NextIndex);
                attempt = 0;
                next = (long)page.NextIndex;
                yield return new EventPage(page.Events, next);
            }
        }
    }

    // False when the stream has ended, for a reason that another subscription may overcome; some time has passed then.
    private static async Task<bool> TryMoveNextAsync(
        IAsyncStreamReader<SubscribeResponse> stream,
        int attempt,
        CancellationToken cancellationToken
    )
    {
        RpcException? broken = null;
        try
        {
            if (await stream.MoveNext(cancellationToken))
            {
                return true;
            }
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!NodeCalls.CanResume(e))
            {
                throw NodeCalls.Failure(e);
            }
            broken = e;
        }
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Delay(NodeCalls.DelayBefore(broken, attempt), cancellationToken);
        return false;
    }

    // Ascending by entry and number, within what was asked for and what the node says that it has looked at.
    private static void RequireInOrder(IReadOnlyList<Event> events, long fromIndex, ulong nextIndex)
    {
        (ulong Index, long Number) last = ((ulong)fromIndex, -1);
        foreach (Event one in events)
        {
            if (one.Effect is null || one.Index >= nextIndex || (one.Index, (long)one.Number).CompareTo(last) <= 0)
            {
                throw new VerificationException(
                    VerificationCheck.Form,
                    $"event {one.Number} of entry {one.Index} is incomplete, or out of order"
                );
            }
            last = (one.Index, one.Number);
        }
        if (nextIndex < (ulong)fromIndex || nextIndex > long.MaxValue)
        {
            throw new VerificationException(
                VerificationCheck.Form,
                $"the events go on at {nextIndex}, and were asked for from {fromIndex} on"
            );
        }
    }
}

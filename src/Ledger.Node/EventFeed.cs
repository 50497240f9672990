using Ledger.Queries;
using Ledger.V1;

namespace Ledger.Node;

/// <summary>
/// Events for one who follows them, a page at a time as it is asked for: nothing is kept for whoever does not ask, and no snapshot is
/// held between two pages. From the position of the last page on, another feed brings the same.
/// </summary>
/// <param name="ledger">Where they are read.</param>
/// <param name="limits">How large a page is.</param>
/// <param name="selection">Which events.</param>
/// <param name="fromIndex">Index of the first entry of interest; beyond the log, what comes is waited for.</param>
internal sealed class EventFeed(EmbeddedLedger ledger, NodeLimits limits, EventSelection selection, ulong fromIndex)
{
    // Up to where everything was looked at, and up to where it was told.
    private long _next = EventQueries.IndexOf(fromIndex);
    private long _told = EventQueries.IndexOf(fromIndex);

    /// <summary>Index to go on from when the last page may not have arrived.</summary>
    public long Position { get; private set; } = EventQueries.IndexOf(fromIndex);

    /// <summary>
    /// The next page, once there is one: events, or only the position, when it has moved by
    /// <see cref="NodeLimits.EventsPositionEntries"/>.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null when the node is stopping, and everything was told.</returns>
    public async ValueTask<SubscribeResponse?> NextAsync(CancellationToken cancellationToken)
    {
        Position = _told;
        while (true)
        {
            EventPage page;
            using (ReadView view = ledger.Read())
            {
                page = EventQueries.TakeEvents(view, _next, selection, int.MaxValue, limits.StreamBytesEnough);
            }

            _next = page.Next;
            if (page.Events.Count > 0 || _next - _told >= limits.EventsPositionEntries)
            {
                _told = _next;
                return new SubscribeResponse { Events = { page.Events }, NextIndex = (ulong)_next };
            }

            if (await ledger.WaitForSizeAsync(_next + 1, cancellationToken) is null)
            {
                return null;
            }
        }
    }

    /// <summary>Waits until a page has been taken, as long as its reader may need.</summary>
    /// <param name="write">What hands it over.</param>
    /// <param name="limits">How long that is.</param>
    /// <returns>False when the reader is too slow; the page is still under way.</returns>
    public static async ValueTask<bool> IsTakenAsync(Task write, NodeLimits limits)
    {
        await write.WaitAsync(limits.SubscriberTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!write.IsCompleted)
        {
            return false;
        }

        await write;
        return true;
    }
}

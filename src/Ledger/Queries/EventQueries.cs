using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Queries;

/// <summary>Some of the events, whole entries of them, in the order of the log.</summary>
/// <param name="Events">The events.</param>
/// <param name="Next">Index to go on from: everything before it was looked at.</param>
public sealed record EventPage(IReadOnlyList<Event> Events, long Next);

/// <summary>What entries did.</summary>
public static class EventQueries
{
    // Where few events are wanted, a page looks at so much at most, and goes on all the same.
    private const int EntriesLookedAtMax = 1_000;
    private const int BytesLookedAtMax = Limits.MessageBytesMax;

    /// <summary>A page of events from an index on. Refused: INVALID_REQUEST, and for a party NOT_FOUNDED, INVALID_DID.</summary>
    /// <param name="view">Where they are read.</param>
    /// <param name="fromIndex">Index of the first entry of interest.</param>
    /// <param name="filter">Which events; null: all.</param>
    /// <param name="pageSize">Events with which the page ends at the end of their entry; 0: as many as is usual.</param>
    public static Answer<EventPage> ListEvents(ReadView view, ulong fromIndex, EventFilter? filter, uint pageSize)
    {
        Answer<EventSelection> selection = EventSelection.Of(view, filter);
        if (!selection.IsOk)
        {
            return selection.Judgement;
        }

        Answer<int> size = Pages.Size(pageSize);
        return size.IsOk
            ? TakeEvents(view, IndexOf(fromIndex), selection.Value, size.Value, Pages.BytesMax)
            : size.Judgement;
    }

    /// <summary>
    /// Events from an index on: up to the head, to the end of the entry with which they are as many, or as many bytes, as asked for,
    /// or to the last that a page looks at. Empty at or beyond the head.
    /// </summary>
    /// <param name="view">Where they are read.</param>
    /// <param name="first">Index of the first entry of interest.</param>
    /// <param name="selection">Which events.</param>
    /// <param name="enough">Events at which they end.</param>
    /// <param name="bytesEnough">Bytes at which they end.</param>
    public static EventPage TakeEvents(ReadView view, long first, EventSelection selection, int enough, int bytesEnough)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(selection);
        List<Event> page = [];
        int bytes = 0;
        int entriesLookedAt = 0;
        int bytesLookedAt = 0;
        foreach ((long index, EntryEvents entry) in view.Events(first))
        {
            if (
                page.Count >= enough
                || bytes >= bytesEnough
                || entriesLookedAt == EntriesLookedAtMax
                || bytesLookedAt >= BytesLookedAtMax
            )
            {
                return new EventPage(page, index);
            }

            entriesLookedAt++;
            bytesLookedAt += entry.CalculateSize();
            for (int number = 0; number < entry.Effects.Count; number++)
            {
                Effect effect = entry.Effects[number];
                if (selection.Includes(entry, effect))
                {
                    Event wanted = new()
                    {
                        Index = (ulong)index,
                        Number = (uint)number,
                        TimeMs = entry.TimeMs,
                        Actor = entry.Actor,
                        Approver = entry.Approver,
                        Effect = effect,
                    };
                    page.Add(wanted);
                    bytes += wanted.CalculateSize();
                }
            }
        }

        return new EventPage(page, Math.Max(first, view.Head.Size));
    }

    /// <summary>An index as a caller names it, who may name any number: one beyond every log stays beyond.</summary>
    public static long IndexOf(ulong index) => (long)Math.Min(index, long.MaxValue - 1);
}

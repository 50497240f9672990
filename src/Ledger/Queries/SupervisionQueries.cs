using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Queries;

/// <summary>What supervisors did, who tried what and was refused, and pilots in numbers.</summary>
public static class SupervisionQueries
{
    private const ulong DaySeconds = 24 * 60 * 60;

    /// <summary>
    /// Supervisory actions, newest first. Refused: INVALID_REQUEST, NOT_FOUNDED, INVALID_DID, PILOT_NOT_FOUND, CLASS_NOT_FOUND,
    /// BAD_PAGE_TOKEN.
    /// </summary>
    /// <param name="view">Where they are read.</param>
    /// <param name="party">Only those about this party; empty: see the next two. At most one of the three is named.</param>
    /// <param name="pilotId">Only those about this pilot.</param>
    /// <param name="classId">Only those about this class and its tokens.</param>
    /// <param name="pageSize">Most actions on the page; 0: as many as is usual.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    public static Answer<Page<SupervisoryActionRecord>> ListActions(
        ReadView view,
        string party,
        string pilotId,
        string classId,
        uint pageSize,
        string pageToken
    )
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(party);
        ArgumentNullException.ThrowIfNull(pilotId);
        ArgumentNullException.ThrowIfNull(classId);
        if (CountNamed(party, pilotId, classId) > 1)
        {
            return Judgement.Refuse(ReasonCode.InvalidRequest, "party, pilot_id, class_id: at most one");
        }

        Judgement form =
            party.Length > 0 ? Identifiers.CheckDid(view, party, "party")
            : pilotId.Length > 0 ? PilotQueries.FindPilot(view, pilotId).Judgement
            : classId.Length > 0 ? TokenQueries.FindClass(view, classId).Judgement
            : Judgement.Ok;
        byte[] prefix =
            party.Length > 0 ? IndexKey.Prefix(IndexKind.PartyActions, party)
            : pilotId.Length > 0 ? IndexKey.Prefix(IndexKind.PilotActions, pilotId)
            : classId.Length > 0 ? IndexKey.Prefix(IndexKind.ClassActions, classId)
            : IndexKey.Prefix(IndexKind.Actions);
        return form.IsOk
            ? Lists.Page(
                view,
                prefix,
                pageSize,
                pageToken,
                ids =>
                    view.Find<SupervisoryActionRecord>(
                        RecordKey.Action(IndexKey.Ascend(ids[^2]), (uint)IndexKey.Ascend(ids[^1]))
                    )!
            )
            : form;
    }

    /// <summary>
    /// Operations that the rules refused, newest first. Refused: INVALID_REQUEST, NOT_FOUNDED, INVALID_DID, PILOT_NOT_FOUND,
    /// BAD_PAGE_TOKEN.
    /// </summary>
    /// <param name="view">Where they are read.</param>
    /// <param name="actor">Only those of this actor; empty: see the next one. At most one of the two is named.</param>
    /// <param name="pilotId">Only those about this pilot.</param>
    /// <param name="pageSize">Most operations on the page; 0: as many as is usual.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    public static Answer<Page<RefusalRecord>> ListRefusals(
        ReadView view,
        string actor,
        string pilotId,
        uint pageSize,
        string pageToken
    )
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(pilotId);
        if (CountNamed(actor, pilotId) > 1)
        {
            return Judgement.Refuse(ReasonCode.InvalidRequest, "actor, pilot_id: at most one");
        }

        Judgement form =
            actor.Length > 0 ? Identifiers.CheckDid(view, actor, "actor")
            : pilotId.Length > 0 ? PilotQueries.FindPilot(view, pilotId).Judgement
            : Judgement.Ok;
        byte[] prefix =
            actor.Length > 0 ? IndexKey.Prefix(IndexKind.ActorRefusals, actor)
            : pilotId.Length > 0 ? IndexKey.Prefix(IndexKind.PilotRefusals, pilotId)
            : IndexKey.Prefix(IndexKind.Refusals);
        return form.IsOk
            ? Lists.Page(
                view,
                prefix,
                pageSize,
                pageToken,
                ids => view.Find<RefusalRecord>(RecordKey.Refusal(IndexKey.Ascend(ids[^1])))!
            )
            : form;
    }

    /// <summary>A pilot in numbers, at the log's time. Refused: INVALID_REQUEST, PILOT_NOT_FOUND.</summary>
    public static Answer<GetPilotFiguresResponse> FindFigures(ReadView view, string pilotId)
    {
        ArgumentNullException.ThrowIfNull(view);
        Answer<Versioned<PilotRecord>> pilot = PilotQueries.FindPilot(view, pilotId);
        if (!pilot.IsOk)
        {
            return pilot.Judgement;
        }

        ulong now = (ulong)view.Head.TimeMs / 1_000;
        ulong end = pilot.Value.Record.Terms?.Boundary?.End ?? 0;
        GetPilotFiguresResponse response = new()
        {
            Figures =
                view.Find<PilotFiguresRecord>(RecordKey.PilotFigures(pilotId))
                ?? new PilotFiguresRecord { PilotId = pilotId },
            DaysLeft = end > now ? (end - now) / DaySeconds : 0,
            HasEnd = end != 0,
        };
        response.Refusals.AddRange(
            view.Find<PilotRefusalsRecord>(RecordKey.PilotRefusals(pilotId))?.Counts ?? Enumerable.Empty<RefusalCount>()
        );
        return response;
    }

    /// <summary>
    /// How many pilots stand where at the log's time, ascending by state; states without pilots are left out. It looks at each pilot
    /// that is EXPIRED by time alone.
    /// </summary>
    public static IReadOnlyList<PilotCount> CountPilots(ReadView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        SortedDictionary<PilotState, ulong> counts = [];
        foreach (
            PilotCount count in view.Find<PilotCountsRecord>(RecordKey.PilotCounts)?.Counts
                ?? Enumerable.Empty<PilotCount>()
        )
        {
            counts[count.State] = count.Count;
        }

        foreach ((byte[] _, PilotRecord pilot) in PilotQueries.Expired(view, []))
        {
            counts[pilot.State]--;
            counts[PilotState.Expired] = counts.GetValueOrDefault(PilotState.Expired) + 1;
        }

        return
        [
            .. counts
                .Where(static count => count.Value > 0)
                .Select(static count => new PilotCount { State = count.Key, Count = count.Value }),
        ];
    }

    private static int CountNamed(params ReadOnlySpan<string> names)
    {
        int named = 0;
        foreach (string name in names)
        {
            named += name.Length > 0 ? 1 : 0;
        }

        return named;
    }
}

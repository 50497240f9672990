using System.Globalization;
using Google.Protobuf;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Queries;

/// <summary>What is in the file of a pilot. Refused each time: INVALID_REQUEST, PILOT_NOT_FOUND, BAD_PAGE_TOKEN.</summary>
public static class PilotFileQueries
{
    /// <summary>The participants of a pilot, by DID.</summary>
    public static Answer<Page<ParticipantRecord>> ListParticipants(
        ReadView view,
        string pilotId,
        uint pageSize,
        string pageToken
    ) => List<ParticipantRecord>(view, IndexKind.Participants, pilotId, pageSize, pageToken, RecordKey.Participant);

    /// <summary>The milestones of a pilot, by identifier.</summary>
    public static Answer<Page<MilestoneRecord>> ListMilestones(
        ReadView view,
        string pilotId,
        uint pageSize,
        string pageToken
    ) => List<MilestoneRecord>(view, IndexKind.Milestones, pilotId, pageSize, pageToken, RecordKey.Milestone);

    /// <summary>The tranches of a pilot, by identifier.</summary>
    public static Answer<Page<TrancheRecord>> ListTranches(
        ReadView view,
        string pilotId,
        uint pageSize,
        string pageToken
    ) => List<TrancheRecord>(view, IndexKind.Tranches, pilotId, pageSize, pageToken, RecordKey.Tranche);

    /// <summary>The documents in a pilot's file, by number.</summary>
    public static Answer<Page<EvidenceRecord>> ListEvidence(
        ReadView view,
        string pilotId,
        uint pageSize,
        string pageToken
    ) =>
        List<EvidenceRecord>(
            view,
            IndexKind.Evidence,
            pilotId,
            pageSize,
            pageToken,
            static (pilot, number) =>
                RecordKey.Evidence(pilot, ulong.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture))
        );

    /// <summary>A list whose keys are pilot ‖ 0 ‖ identifier.</summary>
    /// <param name="view">Where it is read.</param>
    /// <param name="kind">Which list.</param>
    /// <param name="pilotId">The pilot.</param>
    /// <param name="pageSize">Most on the page; 0: as many as is usual.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    /// <param name="keyOf">The record of the pilot and an identifier.</param>
    internal static Answer<Page<T>> List<T>(
        ReadView view,
        IndexKind kind,
        string pilotId,
        uint pageSize,
        string pageToken,
        Func<string, string, RecordKey> keyOf
    )
        where T : class, IMessage
    {
        Answer<Versioned<PilotRecord>> pilot = PilotQueries.FindPilot(view, pilotId);
        return pilot.IsOk
            ? Lists.Page(
                view,
                IndexKey.Prefix(kind, pilotId),
                pageSize,
                pageToken,
                ids => view.Find<T>(keyOf(pilotId, ids[^1]))!
            )
            : pilot.Judgement;
    }
}

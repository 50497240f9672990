using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Queries;

/// <summary>What is known of the ledger itself, of pilots and of the parties to them.</summary>
public static class PilotQueries
{
    /// <summary>The record of the ledger. Refused: NOT_FOUNDED.</summary>
    public static Answer<LedgerRecord> FindLedger(ReadView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return view.Find<LedgerRecord>(RecordKey.Ledger) is { } record
            ? record
            : Judgement.Refuse(ReasonCode.NotFounded);
    }

    /// <summary>A pilot. Refused: INVALID_REQUEST, PILOT_NOT_FOUND.</summary>
    public static Answer<Versioned<PilotRecord>> FindPilot(ReadView view, string pilotId)
    {
        ArgumentNullException.ThrowIfNull(view);
        Judgement form = Identifiers.CheckId(pilotId, "pilot_id");
        return !form.IsOk ? form
            : view.Find(RecordKey.Pilot(pilotId)) is { } found ? new Versioned<PilotRecord>(found)
            : Judgement.Refuse(ReasonCode.PilotNotFound);
    }

    /// <summary>Pilots by identifier. Refused: INVALID_REQUEST, BAD_PAGE_TOKEN.</summary>
    public static Answer<Page<PilotRecord>> ListPilots(ReadView view, uint pageSize, string pageToken)
    {
        ArgumentNullException.ThrowIfNull(view);
        return Lists.Page(
            view,
            IndexKey.Prefix(IndexKind.Pilots),
            pageSize,
            pageToken,
            ids => view.Find<PilotRecord>(RecordKey.Pilot(ids[^1]))!
        );
    }

    /// <summary>A party. Refused: NOT_FOUNDED, INVALID_DID, PARTY_NOT_FOUND.</summary>
    public static Answer<Versioned<PartyRecord>> FindParty(ReadView view, string did)
    {
        ArgumentNullException.ThrowIfNull(view);
        Judgement form = Identifiers.CheckDid(view, did, "did");
        return !form.IsOk ? form
            : view.Find(RecordKey.Party(did)) is { } found ? new Versioned<PartyRecord>(found)
            : Judgement.Refuse(ReasonCode.PartyNotFound);
    }
}

using System.Text;
using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Queries;

/// <summary>What is known of the ledger itself, of pilots and of the parties to them.</summary>
public static class PilotQueries
{
    /// <summary>Most scopes of which the grants of a party are told.</summary>
    public const int GrantsMax = 1_000;

    private const string ExpiredList = "expired pilots";

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

    /// <summary>Where a pilot stands at the log's time.</summary>
    /// <param name="view">Where it was read.</param>
    /// <param name="pilot">Its newest version.</param>
    public static PilotState StateOf(ReadView view, PilotRecord pilot)
    {
        ArgumentNullException.ThrowIfNull(view);
        return Pilots.StateAt(pilot, (ulong)view.Head.TimeMs);
    }

    /// <summary>Pilots by identifier. Refused: INVALID_REQUEST, BAD_PAGE_TOKEN.</summary>
    public static Answer<Page<PilotRecord>> ListPilots(ReadView view, uint pageSize, string pageToken) =>
        List(view, IndexKey.Prefix(IndexKind.Pilots), pageSize, pageToken);

    /// <summary>
    /// The pilots that stand somewhere at the log's time, by identifier; those that are EXPIRED by time alone after the others that
    /// are, by the end of their boundaries. Where time has taken some away, a page may hold fewer than there are, and go on. Refused:
    /// INVALID_REQUEST, BAD_PAGE_TOKEN.
    /// </summary>
    public static Answer<Page<PilotRecord>> ListPilotsIn(
        ReadView view,
        PilotState state,
        uint pageSize,
        string pageToken
    )
    {
        ArgumentNullException.ThrowIfNull(view);
        return state == PilotState.Unspecified || !Enum.IsDefined(state)
                ? Judgement.Refuse(ReasonCode.InvalidRequest, "state: one that is defined, and not 0")
            : state == PilotState.Expired ? ListExpired(view, pageSize, pageToken)
            : List(view, StatePrefix(state), pageSize, pageToken, pilot => StateOf(view, pilot) == state);
    }

    /// <summary>The pilots in a district, by identifier. Refused: INVALID_REQUEST, BAD_PAGE_TOKEN.</summary>
    public static Answer<Page<PilotRecord>> ListPilotsOfDistrict(
        ReadView view,
        string district,
        uint pageSize,
        string pageToken
    ) =>
        TextSyntax.IsRegion(district)
            ? List(view, IndexKey.Prefix(IndexKind.PilotDistricts, district), pageSize, pageToken)
            : Judgement.Refuse(ReasonCode.InvalidRequest, "district: [A-Za-z0-9-]{1,12}");

    /// <summary>The pilots in a field, by identifier. Refused: INVALID_REQUEST, BAD_PAGE_TOKEN.</summary>
    public static Answer<Page<PilotRecord>> ListPilotsOfField(
        ReadView view,
        string field,
        uint pageSize,
        string pageToken
    )
    {
        Judgement form = Identifiers.CheckId(field, "field");
        return form.IsOk ? List(view, IndexKey.Prefix(IndexKind.PilotFields, field), pageSize, pageToken) : form;
    }

    /// <summary>The pilots that are cases for others, by identifier. Refused: INVALID_REQUEST, BAD_PAGE_TOKEN.</summary>
    public static Answer<Page<PilotRecord>> ListCases(ReadView view, uint pageSize, string pageToken) =>
        List(view, IndexKey.Prefix(IndexKind.PilotCases), pageSize, pageToken);

    /// <summary>
    /// Every version of a pilot, oldest first. Refused: INVALID_REQUEST, PILOT_NOT_FOUND, BAD_PAGE_TOKEN.
    /// </summary>
    public static Answer<Page<Versioned<PilotRecord>>> ListHistory(
        ReadView view,
        string pilotId,
        uint pageSize,
        string pageToken
    )
    {
        ArgumentNullException.ThrowIfNull(view);
        Judgement form = Identifiers.CheckId(pilotId, "pilot_id");
        return form.IsOk
            ? Versions.Page<PilotRecord>(
                view,
                RecordKey.Pilot(pilotId),
                ReasonCode.PilotNotFound,
                "pilot history",
                newestFirst: false,
                pageSize,
                pageToken
            )
            : form;
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

    /// <summary>
    /// What a party was granted beside the roles of its admission: for the ledger, in classes and in pilots, up to
    /// <see cref="GrantsMax"/> scopes.
    /// </summary>
    /// <param name="view">Where it is read.</param>
    /// <param name="did">DID of the party.</param>
    public static IReadOnlyList<GrantsRecord> GrantsOf(ReadView view, string did)
    {
        ArgumentNullException.ThrowIfNull(view);
        byte[] prefix = IndexKey.Prefix(IndexKind.PartyGrants, did);
        return
        [
            .. view.ScanIndex(prefix, [])
                .Take(GrantsMax)
                .Select(key => new RecordKey(
                    RecordKind.Grants,
                    $"{did}/{Encoding.UTF8.GetString(key.AsSpan(prefix.Length))}"
                ))
                .Select(key => view.Find<GrantsRecord>(key)!),
        ];
    }

    /// <summary>Whether the erasure of what is behind a commitment was recorded. Refused: INVALID_REQUEST.</summary>
    /// <param name="view">Where it is read.</param>
    /// <param name="commitment">32 bytes.</param>
    public static Answer<GetErasureResponse> FindErasure(ReadView view, ByteString commitment)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(commitment);
        if (commitment.Length != Limits.HashBytes)
        {
            return Judgement.Refuse(ReasonCode.InvalidRequest, $"commitment: {Limits.HashBytes} bytes");
        }

        if (view.Find(RecordKey.Erasure(commitment)) is not { } found)
        {
            return new GetErasureResponse();
        }

        Versioned<ErasureRecord> erasure = new(found);
        return new GetErasureResponse { Record = erasure.Record, Version = erasure.Version };
    }

    /// <summary>
    /// The pilots that are EXPIRED by time alone, each with its key in the list of ends, by the end of their boundaries.
    /// </summary>
    /// <param name="view">Where they are read.</param>
    /// <param name="after">The key after which to go on; empty: from the start.</param>
    internal static IEnumerable<(byte[] Key, PilotRecord Record)> Expired(ReadView view, byte[] after)
    {
        string now = IndexKey.Number((ulong)view.Head.TimeMs / 1_000);
        foreach (byte[] key in view.ScanIndex(IndexKey.Prefix(IndexKind.PilotEnds), after))
        {
            string[] parts = IndexKey.Split(key.AsSpan(1));
            if (string.CompareOrdinal(parts[0], now) > 0)
            {
                yield break;
            }

            yield return (key, Find(view, parts));
        }
    }

    // Those whose records say so first, then those of whom the time does: a token holds the whole key, which says in which part.
    private static Answer<Page<PilotRecord>> ListExpired(ReadView view, uint pageSize, string pageToken)
    {
        Answer<byte[]> after = Pages.After(ExpiredList, pageToken);
        if (!after.IsOk)
        {
            return after.Judgement;
        }

        byte[] prefix = StatePrefix(PilotState.Expired);
        bool isByTime = after.Value.AsSpan().StartsWith(IndexKey.Prefix(IndexKind.PilotEnds));
        if (after.Value.Length > 0 && !isByTime && !after.Value.AsSpan().StartsWith(prefix))
        {
            return Judgement.Refuse(ReasonCode.BadPageToken);
        }

        IEnumerable<(byte[], PilotRecord)> said = isByTime
            ? []
            : view.ScanIndex(prefix, after.Value).Select(key => (key, Find(view, IndexKey.Split(key.AsSpan(1)))));
        return Lists.Page(said.Concat(Expired(view, isByTime ? after.Value : [])), pageSize, ExpiredList);
    }

    private static Answer<Page<PilotRecord>> List(
        ReadView view,
        byte[] prefix,
        uint pageSize,
        string pageToken,
        Func<PilotRecord, bool>? isWanted = null
    )
    {
        ArgumentNullException.ThrowIfNull(view);
        return Lists.Page(view, prefix, pageSize, pageToken, ids => Find(view, ids), isWanted);
    }

    private static byte[] StatePrefix(PilotState state) =>
        IndexKey.Prefix(IndexKind.PilotStates, IndexKey.Number((ulong)state));

    // Every list of pilots has their identifiers last.
    private static PilotRecord Find(ReadView view, string[] ids) => view.Find<PilotRecord>(RecordKey.Pilot(ids[^1]))!;
}

using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Queries;

/// <summary>What is known of classes, tokens and who holds them.</summary>
public static class TokenQueries
{
    /// <summary>Most versions on a page that proves each.</summary>
    public const int ProvedMax = 100;

    /// <summary>A class. Refused: INVALID_REQUEST, CLASS_NOT_FOUND.</summary>
    public static Answer<Versioned<ClassRecord>> FindClass(ReadView view, string classId)
    {
        ArgumentNullException.ThrowIfNull(view);
        Judgement form = Identifiers.CheckId(classId, "class_id");
        return !form.IsOk ? form
            : view.Find(RecordKey.Class(classId)) is { } found ? new Versioned<ClassRecord>(found)
            : Judgement.Refuse(ReasonCode.ClassNotFound);
    }

    /// <summary>What was issued of a class so far. Refused: INVALID_REQUEST, CLASS_NOT_FOUND.</summary>
    public static Answer<SupplyRecord> FindSupply(ReadView view, string classId) =>
        FindClass(view, classId).Map(_ => view.Find<SupplyRecord>(RecordKey.Supply(classId))!);

    /// <summary>Classes by identifier. Refused: INVALID_REQUEST, PILOT_NOT_FOUND, BAD_PAGE_TOKEN.</summary>
    /// <param name="view">Where they are read.</param>
    /// <param name="pilotId">Only those of this pilot; empty: of every one.</param>
    /// <param name="pageSize">Most classes on the page; 0: as many as is usual.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    public static Answer<Page<ClassRecord>> ListClasses(ReadView view, string pilotId, uint pageSize, string pageToken)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(pilotId);
        byte[] prefix = IndexKey.Prefix(IndexKind.Classes);
        if (pilotId.Length > 0)
        {
            Answer<Versioned<PilotRecord>> pilot = PilotQueries.FindPilot(view, pilotId);
            if (!pilot.IsOk)
            {
                return pilot.Judgement;
            }

            prefix = IndexKey.Prefix(IndexKind.PilotClasses, pilotId);
        }

        return Lists.Page(view, prefix, pageSize, pageToken, ids => view.Find<ClassRecord>(RecordKey.Class(ids[^1]))!);
    }

    /// <summary>A token. Refused: INVALID_REQUEST, CLASS_NOT_FOUND, TOKEN_NOT_FOUND.</summary>
    public static Answer<Versioned<TokenRecord>> FindToken(ReadView view, string classId, string tokenId)
    {
        ArgumentNullException.ThrowIfNull(view);
        Judgement names = CheckNames(view, classId, tokenId);
        return !names.IsOk ? names
            : view.Find(RecordKey.Token(classId, tokenId)) is { } found ? new Versioned<TokenRecord>(found)
            : Judgement.Refuse(ReasonCode.TokenNotFound);
    }

    /// <summary>
    /// Tokens by class and identifier. Refused: INVALID_REQUEST, CLASS_NOT_FOUND, NOT_FOUNDED, INVALID_DID, BAD_PAGE_TOKEN.
    /// </summary>
    /// <param name="view">Where they are read.</param>
    /// <param name="owner">Only the live ones of this owner; empty: those of a class, burned ones too.</param>
    /// <param name="classId">Only those of this class; empty: of every one. One of the two must be named.</param>
    /// <param name="pageSize">Most tokens on the page; 0: as many as is usual.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    public static Answer<Page<TokenRecord>> ListTokens(
        ReadView view,
        string owner,
        string classId,
        uint pageSize,
        string pageToken
    )
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(classId);
        Answer<byte[]> prefix = TokenList(view, owner, classId);
        return prefix.IsOk
            ? Lists.Page(
                view,
                prefix.Value,
                pageSize,
                pageToken,
                ids => view.Find<TokenRecord>(RecordKey.Token(ids[^2], ids[^1]))!
            )
            : prefix.Judgement;
    }

    /// <summary>
    /// Every version of a token, oldest first. Refused: INVALID_REQUEST, CLASS_NOT_FOUND, TOKEN_NOT_FOUND, BAD_PAGE_TOKEN.
    /// </summary>
    /// <param name="view">Where they are read.</param>
    /// <param name="classId">Its class.</param>
    /// <param name="tokenId">Its identifier within the class.</param>
    /// <param name="pageSize">Most versions on the page; 0: as many as is usual.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    /// <param name="withProof">
    /// Whether there is room in an answer for the proof of each as well: then a page has at most <see cref="ProvedMax"/>.
    /// </param>
    public static Answer<Page<Versioned<TokenRecord>>> ListHistory(
        ReadView view,
        string classId,
        string tokenId,
        uint pageSize,
        string pageToken,
        bool withProof = false
    )
    {
        ArgumentNullException.ThrowIfNull(view);
        Judgement names = CheckNames(view, classId, tokenId);
        return names.IsOk
            ? Versions.Page<TokenRecord>(
                view,
                RecordKey.Token(classId, tokenId),
                ReasonCode.TokenNotFound,
                "token history",
                newestFirst: false,
                withProof && pageSize is > ProvedMax and <= Limits.PageSizeMax ? ProvedMax : pageSize,
                pageToken,
                withProof ? version => Proofs.EntryBytes(view, version.Index) : null
            )
            : names;
    }

    /// <summary>
    /// How many live tokens of a class a DID holds. Refused: NOT_FOUNDED, INVALID_DID, INVALID_REQUEST, CLASS_NOT_FOUND.
    /// </summary>
    public static Answer<ulong> FindBalance(ReadView view, string owner, string classId)
    {
        ArgumentNullException.ThrowIfNull(view);
        Judgement form = Identifiers.CheckDid(view, owner, "owner");
        return form.IsOk
            ? FindClass(view, classId).Map(_ => view.Find<BalanceRecord>(RecordKey.Balance(owner, classId))?.Count ?? 0)
            : form;
    }

    /// <summary>
    /// Whether a party acts for an owner with all of its tokens of a class, at the log's time. Refused: NOT_FOUNDED, INVALID_DID,
    /// INVALID_REQUEST, CLASS_NOT_FOUND.
    /// </summary>
    public static Answer<GetOperatorResponse> FindOperator(
        ReadView view,
        string owner,
        string classId,
        string operatorDid
    )
    {
        ArgumentNullException.ThrowIfNull(view);
        Judgement form = Identifiers.CheckDid(view, owner, "owner");
        if (form.IsOk)
        {
            form = Identifiers.CheckDid(view, operatorDid, "operator");
        }

        if (form.IsOk)
        {
            form = FindClass(view, classId).Judgement;
        }

        if (!form.IsOk)
        {
            return form;
        }

        OperatorRecord? record = view.Find<OperatorRecord>(RecordKey.Operator(owner, classId, operatorDid));
        return new GetOperatorResponse
        {
            Approved = record is { Approved: true } && Holds.IsCurrent(record.Expires, (ulong)view.Head.TimeMs),
            Record = record,
        };
    }

    private static Judgement CheckNames(ReadView view, string classId, string tokenId)
    {
        Judgement found = FindClass(view, classId).Judgement;
        return found.IsOk ? Identifiers.CheckTokenId(tokenId, "token_id") : found;
    }

    private static Answer<byte[]> TokenList(ReadView view, string owner, string classId)
    {
        if (owner.Length == 0 && classId.Length == 0)
        {
            return Judgement.Refuse(ReasonCode.InvalidRequest, "owner, class_id: at least one");
        }

        Judgement names = classId.Length > 0 ? FindClass(view, classId).Judgement : Judgement.Ok;
        if (names.IsOk && owner.Length > 0)
        {
            names = Identifiers.CheckDid(view, owner, "owner");
        }

        return !names.IsOk ? names
            : owner.Length == 0 ? IndexKey.Prefix(IndexKind.ClassTokens, classId)
            : classId.Length > 0 ? IndexKey.Prefix(IndexKind.OwnerTokens, owner, classId)
            : IndexKey.Prefix(IndexKind.OwnerTokens, owner);
    }
}

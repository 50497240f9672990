using Ledger.Protocol;
using Ledger.Rules;
using Ledger.V1;

namespace Ledger.Queries;

/// <summary>What the rules would say of a transfer.</summary>
public static class TransferQueries
{
    /// <summary>How far after the log's time a transfer may be asked about.</summary>
    public static readonly TimeSpan AheadMax = TimeSpan.FromDays(366);

    /// <summary>
    /// What the rules that judge transfers say of one, at the newest head. That it would be refused is the answer. Refused:
    /// INVALID_REQUEST, NOT_FOUNDED, INVALID_DID.
    /// </summary>
    /// <param name="view">Where it is judged.</param>
    /// <param name="request">As the caller sent it.</param>
    /// <param name="now">The present; the log's time may be ahead of it.</param>
    public static Answer<CheckTransferResponse> Check(ReadView view, CheckTransferRequest request, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(request);
        if (request.Transfer is not { } transfer)
        {
            return Judgement.Refuse(ReasonCode.InvalidRequest, "transfer: is missing");
        }

        Judgement form = CheckForm(view, transfer, request.Actor);
        if (!form.IsOk)
        {
            return form;
        }

        ulong head = (ulong)view.Head.TimeMs;
        ulong last = head + (ulong)AheadMax.TotalMilliseconds;
        if (request.TimeMs != 0 && (request.TimeMs < head || request.TimeMs > last))
        {
            return Judgement.Refuse(ReasonCode.InvalidRequest, $"time_ms: {head} to {last}, or 0");
        }

        long timeMs =
            request.TimeMs == 0 ? Math.Max(now.ToUnixTimeMilliseconds(), view.Head.TimeMs) : (long)request.TimeMs;
        Judgement judgement = TransferCheck.Judge(
            view,
            transfer,
            request.Actor.Length == 0 ? transfer.FromDid : request.Actor,
            timeMs
        );
        return new CheckTransferResponse
        {
            Outcome = judgement.Reason,
            Verdict = judgement.Verdict,
            Message = judgement.IsOk ? "" : Reasons.Message(judgement),
            Size = (ulong)view.Head.Size,
            TimeMs = (ulong)timeMs,
        };
    }

    private static Judgement CheckForm(ReadView view, Transfer transfer, string actor)
    {
        Judgement form = Identifiers.CheckId(transfer.ClassId, "transfer.class_id");
        if (form.IsOk)
        {
            form = Identifiers.CheckTokenId(transfer.TokenId, "transfer.token_id");
        }

        foreach ((string did, string field) in Dids())
        {
            if (form.IsOk)
            {
                form = Identifiers.CheckDid(view, did, field);
            }
        }

        return form;

        IEnumerable<(string Did, string Field)> Dids()
        {
            yield return (transfer.FromDid, "transfer.from_did");
            yield return (transfer.ToDid, "transfer.to_did");
            if (actor.Length > 0)
            {
                yield return (actor, "actor");
            }
        }
    }
}

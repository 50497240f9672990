using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Queries;

/// <summary>The form of the identifiers that questions name.</summary>
internal static class Identifiers
{
    /// <summary>Refuses what is not an identifier of a pilot or class.</summary>
    /// <param name="id">As the caller sent it.</param>
    /// <param name="field">What the caller calls it.</param>
    public static Judgement CheckId(string id, string field) =>
        TextSyntax.IsId(id)
            ? Judgement.Ok
            : Judgement.Refuse(ReasonCode.InvalidRequest, $"{field}: [a-z0-9._:-]{{1,64}}");

    /// <summary>Refuses what is not an identifier of a token.</summary>
    /// <param name="id">As the caller sent it.</param>
    /// <param name="field">What the caller calls it.</param>
    public static Judgement CheckTokenId(string id, string field) =>
        TextSyntax.IsTokenId(id)
            ? Judgement.Ok
            : Judgement.Refuse(ReasonCode.InvalidRequest, $"{field}: [a-z0-9._:-]{{1,128}}");

    /// <summary>
    /// Refuses what is not a DID of this ledger: one of another network cannot be, and is told apart from one that is merely
    /// unknown.
    /// </summary>
    /// <param name="view">Where the ledger's network is read.</param>
    /// <param name="did">As the caller sent it.</param>
    /// <param name="field">What the caller calls it.</param>
    public static Judgement CheckDid(ReadView view, string did, string field) =>
        view.Find<LedgerRecord>(RecordKey.Ledger) is not { } founded ? Judgement.Refuse(ReasonCode.NotFounded)
        : DidSyntax.IsDid(did, founded.Network) ? Judgement.Ok
        : Judgement.Refuse(ReasonCode.InvalidDid, field);
}

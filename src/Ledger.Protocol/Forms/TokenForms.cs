using Ledger.V1;
using static Ledger.Protocol.FieldForms;

namespace Ledger.Protocol;

/// <summary>The forms of the verbs on tokens.</summary>
internal static class TokenForms
{
    public static VerbForm[] All =>
        [
            VerbForm.Of<Mint>(Check),
            VerbForm.Of<BatchMint>(Check),
            VerbForm.Of<Transfer>(Check),
            VerbForm.Of<Burn>(static body => CheckToken(body.ClassId, body.TokenId)),
            VerbForm.Of<OfferToken>(static body =>
                CheckToken(body.ClassId, body.TokenId)
                ?? CheckDid("to_did", body.ToDid)
                ?? CheckTime("expires", body.Expires)
            ),
            VerbForm.Of<AcceptOffer>(static body =>
                CheckToken(body.ClassId, body.TokenId) ?? CheckDid("from_did", body.FromDid)
            ),
            VerbForm.Of<EndOffer>(static body => CheckToken(body.ClassId, body.TokenId)),
            VerbForm.Of<ApproveToken>(static body =>
                CheckToken(body.ClassId, body.TokenId)
                ?? CheckDidOrEmpty("approved", body.Approved)
                ?? CheckExpiry(body.Approved.Length != 0, body.Expires)
            ),
            VerbForm.Of<SetOperator>(static body =>
                CheckId("class_id", body.ClassId)
                ?? CheckDid("operator", body.Operator)
                ?? CheckExpiry(body.Approved, body.Expires)
            ),
            VerbForm.Of<AppendMetadata>(static body =>
                CheckToken(body.ClassId, body.TokenId)
                ?? (body.Content is null ? "content: is missing" : Within("content", CheckContent(body.Content)))
            ),
            VerbForm.Of<FreezeMetadata>(static body => CheckToken(body.ClassId, body.TokenId)),
            VerbForm.Of<SetUser>(static body =>
                CheckToken(body.ClassId, body.TokenId)
                ?? CheckDidOrEmpty("user", body.User)
                ?? CheckExpiry(body.User.Length != 0, body.Expires)
            ),
            VerbForm.Of<LockToken>(static body =>
                CheckToken(body.ClassId, body.TokenId)
                ?? (
                    TextSyntax.IsOrigin(body.Target)
                        ? null
                        : $"target: must be the origin of a log, 1 to {Limits.OriginBytesMax} of a-z, 0-9 and './:_-'"
                )
            ),
            VerbForm.Of<SettleLock>(static body =>
                CheckToken(body.ClassId, body.TokenId)
                ?? CheckValue("state", body.State, LockState.Exported, LockState.Failed)
                ?? CheckHash("evidence_hash", body.EvidenceHash)
            ),
        ];

    private static string? CheckExpiry(bool grants, ulong expires) =>
        grants ? CheckTime("expires", expires)
        : expires == 0 ? null
        : "expires: must be 0 where nothing is granted";

    private static string? Check(Mint body) =>
        !TextSyntax.IsId(body.ClassId) ? "class_id: " + NotAnId
        : body.TokenId.Length != 0 && !TextSyntax.IsTokenId(body.TokenId) ? "token_id: " + NotATokenId + ", or empty"
        : !DidSyntax.IsDid(body.Owner) ? "owner: " + NotADid
        : Within("content", CheckContent(body.Content));

    private static string? Check(BatchMint body)
    {
        if (!TextSyntax.IsId(body.ClassId))
        {
            return "class_id: " + NotAnId;
        }
        if (!DidSyntax.IsDid(body.Owner))
        {
            return "owner: " + NotADid;
        }
        if (body.Items.Count is 0 or > Limits.MintItemsMax)
        {
            return $"items: must be 1 to {Limits.MintItemsMax}";
        }
        for (int i = 0; i < body.Items.Count; i++)
        {
            if (Within("items", i, Check(body.Items[i])) is string problem)
            {
                return problem;
            }
        }
        return null;
    }

    private static string? Check(MintItem item) =>
        item.TokenId.Length != 0 && !TextSyntax.IsTokenId(item.TokenId)
            ? "token_id: " + NotATokenId + ", or empty"
            : Within("content", CheckContent(item.Content));

    private static string? Check(Transfer body) =>
        CheckToken(body.ClassId, body.TokenId) ?? CheckDid("from_did", body.FromDid) ?? CheckDid("to_did", body.ToDid);
}

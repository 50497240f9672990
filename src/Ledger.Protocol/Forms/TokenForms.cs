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
            VerbForm.Of<Burn>(Check),
        ];

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
        !TextSyntax.IsId(body.ClassId) ? "class_id: " + NotAnId
        : !TextSyntax.IsTokenId(body.TokenId) ? "token_id: " + NotATokenId
        : !DidSyntax.IsDid(body.FromDid) ? "from_did: " + NotADid
        : !DidSyntax.IsDid(body.ToDid) ? "to_did: " + NotADid
        : null;

    private static string? Check(Burn body) =>
        !TextSyntax.IsId(body.ClassId) ? "class_id: " + NotAnId
        : !TextSyntax.IsTokenId(body.TokenId) ? "token_id: " + NotATokenId
        : null;
}

using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>Tokens end by the will of those whom their class names: burn.</summary>
internal static class BurnRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<Burn>(
                new(
                    Permissions.AnyParty,
                    Relations.ClassIssuer | Relations.TokenOwner,
                    "only whom the burn authority of the class names"
                ),
                Burn
            ),
        ];

    /// <summary>Ends a token. The pilot's state does not matter: leaving is always open.</summary>
    public static ReasonCode Burn(Turn turn, Burn body)
    {
        if (turn.Find<ClassRecord>(RecordKey.Class(body.ClassId)) is not { } tokenClass)
        {
            return ReasonCode.ClassNotFound;
        }

        ReasonCode reason = Tokens.JudgePause(turn, tokenClass);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        reason = Tokens.FindLive(turn, body.ClassId, body.TokenId, out TokenRecord token);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        Relations relations = Tokens.RelationsOf(turn, tokenClass, token);
        if (!turn.Allows(relations) || !Permissions.MayBurn(tokenClass.BurnAuthority, relations))
        {
            return ReasonCode.NotAuthorised;
        }

        reason = Tokens.JudgeFree(turn, token);
        if (reason == ReasonCode.Applied)
        {
            Tokens.End(turn, tokenClass, token, order: null);
        }

        return reason;
    }
}

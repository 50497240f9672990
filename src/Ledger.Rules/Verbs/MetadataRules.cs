using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>What a token stands for: append a version, freeze.</summary>
internal static class MetadataRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<AppendMetadata>(new(RoleSet.Of(Role.Issuer), Relations.ClassIssuer), Append),
            VerbRule.Of<FreezeMetadata>(new(RoleSet.Of(Role.Issuer), Relations.ClassIssuer), Freeze),
        ];

    public static ReasonCode Append(Turn turn, AppendMetadata body)
    {
        ReasonCode reason = FindChangeable(turn, body.ClassId, body.TokenId, out ClassRecord tokenClass, out var token);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        TokenRecord changed = token.Clone();
        changed.Content = body.Content;
        changed.ContentVersions = checked(token.ContentVersions + 1);
        turn.Put(RecordKey.Token(body.ClassId, body.TokenId), changed);
        turn.Emit(new Effect { MetadataAppended = Tokens.EffectOf(tokenClass, token) });
        return ReasonCode.Applied;
    }

    public static ReasonCode Freeze(Turn turn, FreezeMetadata body)
    {
        ReasonCode reason = FindChangeable(turn, body.ClassId, body.TokenId, out ClassRecord tokenClass, out var token);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        TokenRecord changed = token.Clone();
        changed.ContentFrozen = true;
        turn.Put(RecordKey.Token(body.ClassId, body.TokenId), changed);
        turn.Emit(new Effect { MetadataFrozen = Tokens.EffectOf(tokenClass, token) });
        return ReasonCode.Applied;
    }

    private static ReasonCode FindChangeable(
        Turn turn,
        string classId,
        string tokenId,
        out ClassRecord tokenClass,
        out TokenRecord token
    )
    {
        token = null!;
        tokenClass = turn.Find<ClassRecord>(RecordKey.Class(classId))!;
        if (tokenClass is null)
        {
            return ReasonCode.ClassNotFound;
        }

        if (!turn.Allows(Tokens.IsIssuer(turn, tokenClass) ? Relations.ClassIssuer : Relations.None))
        {
            return ReasonCode.NotAuthorised;
        }

        ReasonCode reason = PilotRules.JudgeRunning(turn, tokenClass.PilotId);
        if (reason == ReasonCode.Applied)
        {
            reason = Tokens.FindLive(turn, classId, tokenId, out token);
        }

        if (reason == ReasonCode.Applied)
        {
            reason = Tokens.JudgeFree(turn, token);
        }

        return reason != ReasonCode.Applied ? reason
            : tokenClass.MetadataMutability != MetadataMutability.AppendVersion || token.ContentFrozen
                ? ReasonCode.MetadataFrozen
            : ReasonCode.Applied;
    }
}

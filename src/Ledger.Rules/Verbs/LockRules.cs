using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>Tokens that live on another ledger: lock, settle. A token is live on one ledger at a time.</summary>
internal static class LockRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<LockToken>(new(Permissions.AnyParty, Relations.TokenOwner), Lock),
            VerbRule.Of<SettleLock>(new(RoleSet.Of(Role.Issuer), Relations.ClassIssuer), Settle),
        ];

    public static ReasonCode Lock(Turn turn, LockToken body)
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

        if (!Tokens.Allows(turn, tokenClass, token))
        {
            return ReasonCode.NotAuthorised;
        }

        reason = Tokens.JudgeFree(turn, token);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        TokenRecord changed = token.Clone();
        changed.Lock = LockState.Locked;
        changed.LockTarget = body.Target;
        changed.Offer = null;
        turn.Put(RecordKey.Token(body.ClassId, body.TokenId), changed);
        turn.Emit(new Effect { TokenLocked = EffectOf(tokenClass, changed) });
        return ReasonCode.Applied;
    }

    public static ReasonCode Settle(Turn turn, SettleLock body)
    {
        if (turn.Find<ClassRecord>(RecordKey.Class(body.ClassId)) is not { } tokenClass)
        {
            return ReasonCode.ClassNotFound;
        }

        if (!turn.Allows(Tokens.IsIssuer(turn, tokenClass) ? Relations.ClassIssuer : Relations.None))
        {
            return ReasonCode.NotAuthorised;
        }

        ReasonCode reason = Tokens.FindLive(turn, body.ClassId, body.TokenId, out TokenRecord token);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        LockState needed = body.State == LockState.Returned ? LockState.Exported : LockState.Locked;
        if (token.Lock != needed)
        {
            return ReasonCode.TokenNotLocked;
        }

        TokenRecord changed = token.Clone();
        changed.Lock = body.State;
        turn.Put(RecordKey.Token(body.ClassId, body.TokenId), changed);
        turn.Emit(new Effect { LockSettled = EffectOf(tokenClass, changed) });
        return ReasonCode.Applied;
    }

    private static LockEffect EffectOf(ClassRecord tokenClass, TokenRecord token) =>
        new()
        {
            ClassId = token.ClassId,
            TokenId = token.TokenId,
            PilotId = tokenClass.PilotId,
            State = token.Lock,
            Target = token.LockTarget,
        };
}

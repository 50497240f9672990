using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>What an owner lets others do: approve for a token, operate in a class, use a token.</summary>
internal static class ConsentRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<ApproveToken>(
                new(Permissions.AnyParty, Relations.TokenOwner | Relations.TokenOperator),
                Approve
            ),
            VerbRule.Of<SetOperator>(new(Permissions.AnyParty, Relations.None, "for its own tokens"), SetOperator),
            VerbRule.Of<SetUser>(
                new(Permissions.AnyParty, Relations.TokenOwner | Relations.TokenApproved | Relations.TokenOperator),
                SetUser
            ),
        ];

    public static ReasonCode Approve(Turn turn, ApproveToken body)
    {
        bool grants = body.Approved.Length != 0;
        ReasonCode reason = FindOwn(
            turn,
            body.ClassId,
            body.TokenId,
            grants,
            out ClassRecord tokenClass,
            out var token
        );
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        if (grants)
        {
            reason = JudgeGrantee(turn, token.Owner, body.Approved);
            if (reason == ReasonCode.Applied)
            {
                reason = Tokens.JudgeDelegable(tokenClass);
            }

            if (reason != ReasonCode.Applied)
            {
                return reason;
            }
        }

        if (token.Approved == body.Approved && token.ApprovedUntil == body.Expires)
        {
            return ReasonCode.Unchanged;
        }

        if (!Holds.IsCurrent(body.Expires, turn.TimeMs))
        {
            return ReasonCode.AlreadyExpired;
        }

        TokenRecord changed = token.Clone();
        changed.Approved = body.Approved;
        changed.ApprovedUntil = body.Expires;
        turn.Put(RecordKey.Token(body.ClassId, body.TokenId), changed);
        turn.Emit(new Effect { TokenApproved = EffectOf(tokenClass, token, body.Approved, body.Expires) });
        return ReasonCode.Applied;
    }

    public static ReasonCode SetOperator(Turn turn, SetOperator body)
    {
        if (turn.Find<ClassRecord>(RecordKey.Class(body.ClassId)) is not { } tokenClass)
        {
            return ReasonCode.ClassNotFound;
        }

        ReasonCode reason = ReasonCode.Applied;
        if (body.Approved)
        {
            reason = PilotRules.JudgeRunning(turn, tokenClass.PilotId);
            if (reason == ReasonCode.Applied)
            {
                reason = JudgeGrantee(turn, turn.Actor, body.Operator);
            }

            if (reason == ReasonCode.Applied)
            {
                reason = Tokens.JudgeDelegable(tokenClass);
            }
        }

        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        RecordKey key = RecordKey.Operator(turn.Actor, body.ClassId, body.Operator);
        OperatorRecord? before = turn.Find<OperatorRecord>(key);
        if ((before?.Approved ?? false) == body.Approved && (before?.Expires ?? 0) == body.Expires)
        {
            return ReasonCode.Unchanged;
        }

        if (!Holds.IsCurrent(body.Expires, turn.TimeMs))
        {
            return ReasonCode.AlreadyExpired;
        }

        turn.Put(
            key,
            new OperatorRecord
            {
                Owner = turn.Actor,
                ClassId = body.ClassId,
                Operator = body.Operator,
                Approved = body.Approved,
                Expires = body.Expires,
            }
        );
        turn.Emit(
            new Effect
            {
                OperatorSet = new OperatorEffect
                {
                    ClassId = body.ClassId,
                    PilotId = tokenClass.PilotId,
                    Owner = turn.Actor,
                    Operator = body.Operator,
                    Approved = body.Approved,
                    Expires = body.Expires,
                },
            }
        );
        return ReasonCode.Applied;
    }

    public static ReasonCode SetUser(Turn turn, SetUser body)
    {
        bool grants = body.User.Length != 0;
        ReasonCode reason = FindOwn(
            turn,
            body.ClassId,
            body.TokenId,
            grants,
            out ClassRecord tokenClass,
            out var token
        );
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        if (grants)
        {
            if (!tokenClass.Powers.Contains(ClassPower.UserGrant))
            {
                return ReasonCode.PowerNotDeclared;
            }

            reason = turn.JudgeReceiver(body.User);
            if (reason != ReasonCode.Applied)
            {
                return reason;
            }
        }

        if (token.User == body.User && token.UserUntil == body.Expires)
        {
            return ReasonCode.Unchanged;
        }

        if (!Holds.IsCurrent(body.Expires, turn.TimeMs))
        {
            return ReasonCode.AlreadyExpired;
        }

        TokenRecord changed = token.Clone();
        changed.User = body.User;
        changed.UserUntil = body.Expires;
        turn.Put(RecordKey.Token(body.ClassId, body.TokenId), changed);
        turn.Emit(new Effect { UserSet = EffectOf(tokenClass, token, body.User, body.Expires) });
        return ReasonCode.Applied;
    }

    // A token for which the actor may decide, and which is free. To take back is possible whatever became of the pilot.
    private static ReasonCode FindOwn(
        Turn turn,
        string classId,
        string tokenId,
        bool grants,
        out ClassRecord tokenClass,
        out TokenRecord token
    )
    {
        token = null!;
        ReasonCode reason = Tokens.FindRunning(turn, classId, out tokenClass);
        if (tokenClass is null || (grants && reason != ReasonCode.Applied))
        {
            return reason;
        }

        reason = Tokens.FindLive(turn, classId, tokenId, out token);
        return reason != ReasonCode.Applied ? reason
            : !Tokens.Allows(turn, tokenClass, token) ? ReasonCode.NotAuthorised
            : Tokens.JudgeOwner(turn, token) is var owner and not ReasonCode.Applied ? owner
            : Tokens.JudgeFree(turn, token);
    }

    private static ReasonCode JudgeGrantee(Turn turn, string owner, string grantee) =>
        turn.JudgeReceiver(grantee) is var reason and not ReasonCode.Applied ? reason
        : grantee == owner ? ReasonCode.SameOwner
        : ReasonCode.Applied;

    private static TokenPartyEffect EffectOf(ClassRecord tokenClass, TokenRecord token, string party, ulong expires) =>
        new()
        {
            ClassId = token.ClassId,
            TokenId = token.TokenId,
            PilotId = tokenClass.PilotId,
            Party = party,
            Expires = expires,
        };
}

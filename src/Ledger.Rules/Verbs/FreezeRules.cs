using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>
/// A supervisor intervenes with a token: freeze, unfreeze, forced transfer, forced burn. The state of the pilot does not matter.
/// </summary>
internal static class FreezeRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<FreezeToken>(new(RoleSet.Of(Role.Supervisor), Relations.None), Freeze),
            VerbRule.Of<UnfreezeToken>(new(RoleSet.Of(Role.Supervisor), Relations.None), Unfreeze),
            VerbRule.Of<ForcedTransfer>(
                new(
                    RoleSet.Of(Role.Supervisor),
                    Relations.None,
                    "neither of the two gets the token",
                    Permissions.SecondParty
                ),
                Transfer
            ),
            VerbRule.Of<ForcedBurn>(
                new(RoleSet.Of(Role.Supervisor), Relations.None, "", Permissions.SecondParty),
                Burn
            ),
        ];

    public static ReasonCode Freeze(Turn turn, FreezeToken body)
    {
        ReasonCode reason = Find(turn, body.ClassId, body.TokenId, ClassPower.Freeze, out ClassRecord c, out var token);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        if (Holds.IsOrdered(token.Freeze, turn.TimeMs))
        {
            return ReasonCode.AlreadyFrozen;
        }

        reason = Orders.Judge(turn, body.Order);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        TokenRecord changed = token.Clone();
        changed.Freeze = Orders.HoldOf(turn, body.Order);
        turn.Put(RecordKey.Token(body.ClassId, body.TokenId), changed);
        Record(turn, SupervisoryActionKind.FreezeToken, body.Order, token);
        turn.Emit(new Effect { TokenFrozen = Tokens.EffectOf(c, token, body.Order) });
        return ReasonCode.Applied;
    }

    public static ReasonCode Unfreeze(Turn turn, UnfreezeToken body)
    {
        ReasonCode reason = Find(turn, body.ClassId, body.TokenId, ClassPower.Freeze, out ClassRecord c, out var token);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        if (!Holds.IsOrdered(token.Freeze, turn.TimeMs))
        {
            return ReasonCode.TokenNotFrozen;
        }

        turn.Put(RecordKey.Token(body.ClassId, body.TokenId), Thawed(turn, c, token, body.Order));
        Record(turn, SupervisoryActionKind.UnfreezeToken, body.Order, token);
        return ReasonCode.Applied;
    }

    public static ReasonCode Transfer(Turn turn, ForcedTransfer body)
    {
        ReasonCode reason = Find(
            turn,
            body.ClassId,
            body.TokenId,
            ClassPower.ForcedTransfer,
            out ClassRecord c,
            out var token
        );
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        if (body.FromDid != token.Owner)
        {
            return ReasonCode.IncorrectOwner;
        }

        reason = Tokens.JudgeUnlocked(token);
        if (reason == ReasonCode.Applied)
        {
            reason = turn.JudgeReceiver(body.ToDid);
        }

        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        if (turn.IsOneHand(turn.Actor, body.ToDid) || turn.IsOneHand(turn.Approver, body.ToDid))
        {
            return ReasonCode.SelfApproval;
        }

        if (c.Transferability == Transferability.Soulbound)
        {
            return ReasonCode.NotTransferable;
        }

        Tokens.Move(turn, c, Thawed(turn, c, token, body.Order), body.ToDid, body.Order);
        Record(turn, SupervisoryActionKind.ForcedTransfer, body.Order, token);
        return ReasonCode.Applied;
    }

    public static ReasonCode Burn(Turn turn, ForcedBurn body)
    {
        ReasonCode reason = Find(
            turn,
            body.ClassId,
            body.TokenId,
            ClassPower.ForcedBurn,
            out ClassRecord c,
            out var token
        );
        if (reason == ReasonCode.Applied)
        {
            reason = Tokens.JudgeUnlocked(token);
        }

        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        Tokens.End(turn, c, Thawed(turn, c, token, body.Order), body.Order);
        Record(turn, SupervisoryActionKind.ForcedBurn, body.Order, token);
        return ReasonCode.Applied;
    }

    // A live token of a class that was created with the power; while the class is paused nothing moves, not even on an order.
    private static ReasonCode Find(
        Turn turn,
        string classId,
        string tokenId,
        ClassPower power,
        out ClassRecord tokenClass,
        out TokenRecord token
    )
    {
        token = null!;
        tokenClass = turn.Find<ClassRecord>(RecordKey.Class(classId))!;
        return tokenClass is null ? ReasonCode.ClassNotFound
            : !tokenClass.Powers.Contains(power) ? ReasonCode.PowerNotDeclared
            : power != ClassPower.Freeze && Tokens.JudgePause(turn, tokenClass) is var paused and not ReasonCode.Applied
                ? paused
            : Tokens.FindLive(turn, classId, tokenId, out token);
    }

    // The token without its freeze, if one is in force or ordered; the event says so before anything else happens to it.
    private static TokenRecord Thawed(Turn turn, ClassRecord tokenClass, TokenRecord token, Order order)
    {
        if (!Holds.IsOrdered(token.Freeze, turn.TimeMs))
        {
            return token;
        }

        TokenRecord thawed = token.Clone();
        thawed.Freeze = null;
        turn.Emit(new Effect { TokenUnfrozen = Tokens.EffectOf(tokenClass, token, order) });
        return thawed;
    }

    private static void Record(Turn turn, SupervisoryActionKind kind, Order order, TokenRecord token) =>
        Orders.Record(turn, kind, order, classId: token.ClassId, tokenId: token.TokenId);
}

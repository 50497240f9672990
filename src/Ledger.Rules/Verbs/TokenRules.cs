using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>Tokens change hands and end: transfer, burn.</summary>
internal static class TokenRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<Transfer>(new(Permissions.AnyParty, Relations.TokenOwner), Transfer),
            VerbRule.Of<Burn>(
                new(
                    Permissions.AnyParty,
                    Relations.ClassIssuer | Relations.TokenOwner,
                    "only whom the burn authority of the class names"
                ),
                Burn
            ),
        ];

    /// <summary>
    /// Gives a token to another party. Given to its own owner, it gets a version and nothing else changes: no balance, no
    /// index, no index of the last transfer.
    /// </summary>
    public static ReasonCode Transfer(Turn turn, Transfer body)
    {
        ClassRecord? tokenClass = turn.Find<ClassRecord>(RecordKey.Class(body.ClassId));
        if (tokenClass is null)
        {
            return ReasonCode.ClassNotFound;
        }

        ReasonCode reason = PilotRules.JudgeRunning(turn, tokenClass.PilotId);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        RecordKey key = RecordKey.Token(body.ClassId, body.TokenId);
        reason = FindLive(turn, key, out TokenRecord token);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        // A stranger is told that it may not, and not whether it guessed the owner.
        if (!turn.Allows(RelationsOf(turn.Actor, tokenClass, token)))
        {
            return ReasonCode.NotAuthorised;
        }

        if (body.FromDid != token.Owner)
        {
            return ReasonCode.IncorrectOwner;
        }

        reason = turn.JudgeReceiver(body.ToDid);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        if (tokenClass.Transferability == Transferability.Soulbound)
        {
            return ReasonCode.NotTransferable;
        }

        TokenRecord changed = token.Clone();
        if (body.ToDid != token.Owner)
        {
            changed.Owner = body.ToDid;
            changed.TransferredIndex = turn.EntryIndex;
            TakeFromOwner(turn, token);
            AddToBalance(turn, body.ToDid, body.ClassId, 1);
        }

        turn.Put(key, changed);
        return ReasonCode.Applied;
    }

    /// <summary>
    /// Ends a token. Its record stays as a tombstone with its last owner. The pilot's state does not matter: leaving is always
    /// open.
    /// </summary>
    public static ReasonCode Burn(Turn turn, Burn body)
    {
        ClassRecord? tokenClass = turn.Find<ClassRecord>(RecordKey.Class(body.ClassId));
        if (tokenClass is null)
        {
            return ReasonCode.ClassNotFound;
        }

        RecordKey key = RecordKey.Token(body.ClassId, body.TokenId);
        ReasonCode reason = FindLive(turn, key, out TokenRecord token);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        Relations relations = RelationsOf(turn.Actor, tokenClass, token);
        if (!turn.Allows(relations) || !Permissions.MayBurn(tokenClass.BurnAuthority, relations))
        {
            return ReasonCode.NotAuthorised;
        }

        TokenRecord burned = token.Clone();
        burned.State = TokenState.Burned;
        turn.Put(key, burned);
        TakeFromOwner(turn, token);
        RecordKey supplyKey = RecordKey.Supply(body.ClassId);
        SupplyRecord changed = turn.Find<SupplyRecord>(supplyKey)!.Clone();
        changed.Burned = checked(changed.Burned + 1);
        turn.Put(supplyKey, changed);
        return ReasonCode.Applied;
    }

    /// <summary>Adds live tokens to what a party holds of a class.</summary>
    public static void AddToBalance(Turn turn, string owner, string classId, ulong count)
    {
        RecordKey key = RecordKey.Balance(owner, classId);
        ulong before = turn.Find<BalanceRecord>(key)?.Count ?? 0;
        turn.Put(
            key,
            new BalanceRecord
            {
                Owner = owner,
                ClassId = classId,
                Count = checked(before + count),
            }
        );
    }

    // The owner holds the token no more. A balance of zero stays: a record, once written, is never removed.
    private static void TakeFromOwner(Turn turn, TokenRecord token)
    {
        RecordKey key = RecordKey.Balance(token.Owner, token.ClassId);
        BalanceRecord changed = turn.Find<BalanceRecord>(key)!.Clone();
        changed.Count = checked(changed.Count - 1);
        turn.Put(key, changed);
    }

    // A token that is there and lives; the record means nothing when a reason is returned.
    private static ReasonCode FindLive(Turn turn, RecordKey key, out TokenRecord token)
    {
        token = turn.Find<TokenRecord>(key)!;
        return token is null ? ReasonCode.TokenNotFound
            : token.State == TokenState.Burned ? ReasonCode.TokenBurned
            : ReasonCode.Applied;
    }

    private static Relations RelationsOf(string actor, ClassRecord tokenClass, TokenRecord token) =>
        (actor == tokenClass.Issuer ? Relations.ClassIssuer : Relations.None)
        | (actor == token.Owner ? Relations.TokenOwner : Relations.None);
}

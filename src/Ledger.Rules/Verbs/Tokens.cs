using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>What the rules on tokens share: what is judged of each, in the order in which it is judged, and how one changes hands.</summary>
internal static class Tokens
{
    /// <summary>Finds a class that is there and whose pilot runs.</summary>
    /// <param name="turn">The verb's turn.</param>
    /// <param name="classId">The class.</param>
    /// <param name="tokenClass">Means nothing when a reason is returned.</param>
    public static ReasonCode FindRunning(Turn turn, string classId, out ClassRecord tokenClass)
    {
        tokenClass = turn.Find<ClassRecord>(RecordKey.Class(classId))!;
        return tokenClass is null ? ReasonCode.ClassNotFound : PilotRules.JudgeRunning(turn, tokenClass.PilotId);
    }

    /// <summary>Whether anything moves in a class.</summary>
    public static ReasonCode JudgePause(Turn turn, ClassRecord tokenClass) =>
        Holds.IsInForce(tokenClass.Pause, turn.TimeMs) ? ReasonCode.ClassPaused : ReasonCode.Applied;

    /// <summary>Finds a token that is there and lives.</summary>
    /// <param name="turn">The verb's turn.</param>
    /// <param name="classId">The class.</param>
    /// <param name="tokenId">The token.</param>
    /// <param name="token">Means nothing when a reason is returned.</param>
    public static ReasonCode FindLive(Turn turn, string classId, string tokenId, out TokenRecord token)
    {
        token = turn.Find<TokenRecord>(RecordKey.Token(classId, tokenId))!;
        return token is null ? ReasonCode.TokenNotFound
            : token.State == TokenState.Burned ? ReasonCode.TokenBurned
            : ReasonCode.Applied;
    }

    /// <summary>Whether nothing holds a token where and as it is.</summary>
    public static ReasonCode JudgeFree(Turn turn, TokenRecord token) =>
        Holds.IsInForce(token.Freeze, turn.TimeMs) ? ReasonCode.TokenFrozen : JudgeUnlocked(token);

    /// <summary>Whether a token lives here.</summary>
    public static ReasonCode JudgeUnlocked(TokenRecord token) =>
        token.Lock is LockState.Locked or LockState.Exported ? ReasonCode.TokenLocked : ReasonCode.Applied;

    /// <summary>
    /// Whether the actor issues the tokens of a class: it defined it and still holds the role, or was granted ISSUER for this very class.
    /// </summary>
    public static bool IsIssuer(Turn turn, ClassRecord tokenClass) =>
        turn.Actor == tokenClass.Issuer
            ? turn.ActorHas(Role.Issuer)
            : Parties.FindAdmitted(turn.State, turn.Actor) is { } admitted
                && Parties
                    .GrantedIn(turn.State, admitted, new RoleScope(tokenClass.PilotId, tokenClass.Id), turn.TimeMs)
                    .Contains(Role.Issuer);

    /// <summary>Whether the actor is something to a token that is enough for the verb.</summary>
    public static bool Allows(Turn turn, ClassRecord tokenClass, TokenRecord token) =>
        turn.Allows(RelationsOf(turn, tokenClass, token));

    /// <summary>What the actor is to a token, as far as the verb asks for it.</summary>
    public static Relations RelationsOf(Turn turn, ClassRecord tokenClass, TokenRecord token)
    {
        Relations asked = turn.Rule.Permission.Relations;
        Relations relations = turn.Actor == token.Owner ? Relations.TokenOwner : Relations.None;
        if (asked.HasFlag(Relations.ClassIssuer) && IsIssuer(turn, tokenClass))
        {
            relations |= Relations.ClassIssuer;
        }

        if (
            asked.HasFlag(Relations.TokenApproved)
            && turn.Actor == token.Approved
            && Holds.IsCurrent(token.ApprovedUntil, turn.TimeMs)
        )
        {
            relations |= Relations.TokenApproved;
        }

        if (
            asked.HasFlag(Relations.TokenOperator)
            && turn.Actor != token.Owner
            && turn.Find<OperatorRecord>(RecordKey.Operator(token.Owner, tokenClass.Id, turn.Actor))
                is { Approved: true } granted
            && Holds.IsCurrent(granted.Expires, turn.TimeMs)
        )
        {
            relations |= Relations.TokenOperator;
        }

        return relations;
    }

    /// <summary>Whether the one for whom the actor acts could act: nobody moves what belongs to an account that is frozen.</summary>
    public static ReasonCode JudgeOwner(Turn turn, TokenRecord token) =>
        turn.Actor == token.Owner ? ReasonCode.Applied : Parties.JudgeActor(turn.State, token.Owner, turn.TimeMs);

    /// <summary>Whether tokens of a class can be given by others than their owner.</summary>
    public static ReasonCode JudgeDelegable(ClassRecord tokenClass) =>
        tokenClass.Transferability == Transferability.Free ? ReasonCode.Applied : ReasonCode.NotTransferable;

    /// <summary>What the pilot of a class stays within; null: nothing bounds it.</summary>
    public static PilotBoundary? BoundaryOf(Turn turn, ClassRecord tokenClass) =>
        turn.Find<PilotRecord>(RecordKey.Pilot(tokenClass.PilotId))!.Terms?.Boundary;

    /// <summary>Whether a party can get tokens of a class: it is admitted, and within the boundary of the pilot.</summary>
    public static ReasonCode JudgeReceiver(Turn turn, ClassRecord tokenClass, string receiver, PilotBoundary? boundary)
    {
        ReasonCode reason = turn.JudgeReceiver(receiver);
        if (reason != ReasonCode.Applied || boundary is null)
        {
            return reason;
        }

        string region = turn.Find<PartyRecord>(RecordKey.Party(receiver))!.Attestation?.Region ?? "";
        return boundary.Regions.Count != 0 && !boundary.Regions.Contains(region) ? ReasonCode.RegionNotAllowed
            : boundary.ParticipantsOnly
            && Participation(turn, tokenClass.PilotId, receiver) != ParticipantState.Admitted
                ? ReasonCode.NotAParticipant
            : ReasonCode.Applied;
    }

    /// <summary>Whether the owner of a token takes part in its pilot as far as it ever did: nobody that is suspended gives.</summary>
    public static ReasonCode JudgeGiver(Turn turn, ClassRecord tokenClass, TokenRecord token) =>
        turn.Find<PilotFiguresRecord>(RecordKey.PilotFigures(tokenClass.PilotId))!.Suspended > 0
        && Participation(turn, tokenClass.PilotId, token.Owner) == ParticipantState.Suspended
            ? ReasonCode.NotAParticipant
            : ReasonCode.Applied;

    /// <summary>Whether a pilot allows one more transfer today.</summary>
    public static ReasonCode JudgeDay(Turn turn, ClassRecord tokenClass, PilotBoundary? boundary)
    {
        if (boundary is not { MaxTransfersPerDay: > 0 })
        {
            return ReasonCode.Applied;
        }

        PilotFiguresRecord figures = turn.Find<PilotFiguresRecord>(RecordKey.PilotFigures(tokenClass.PilotId))!;
        ulong day = UtcDays.Of(turn.TimeMs);
        if (figures.Day != day || figures.TransfersOfDay < boundary.MaxTransfersPerDay)
        {
            return ReasonCode.Applied;
        }

        turn.Verdict.RetryAtMs = UtcDays.NextMs(turn.TimeMs);
        return ReasonCode.TransfersPerDayExceeded;
    }

    /// <summary>Gives a token to another owner: what its owner had allowed others ends with it.</summary>
    /// <param name="turn">The verb's turn.</param>
    /// <param name="tokenClass">Its class.</param>
    /// <param name="token">The token.</param>
    /// <param name="to">The new owner; the present one: nothing changes but that what was allowed to others ends.</param>
    /// <param name="order">The order, when it is forced.</param>
    public static void Move(Turn turn, ClassRecord tokenClass, TokenRecord token, string to, Order? order)
    {
        TokenRecord changed = token.Clone();
        changed.Approved = "";
        changed.ApprovedUntil = 0;
        if (to != token.Owner)
        {
            changed.Owner = to;
            changed.TransferredIndex = turn.EntryIndex;
            changed.AcquiredMs = turn.TimeMs;
            changed.User = "";
            changed.UserUntil = 0;
            changed.Offer = null;
            changed.Freeze = Holds.IsOrdered(token.Freeze, turn.TimeMs) ? token.Freeze : null; // one ordered for later stays
            TakeFromBalance(turn, token);
            AddToBalance(turn, to, token.ClassId, 1);
        }

        turn.Put(RecordKey.Token(token.ClassId, token.TokenId), changed);
        turn.Emit(
            new Effect
            {
                Transferred = new Transferred
                {
                    ClassId = token.ClassId,
                    TokenId = token.TokenId,
                    FromDid = token.Owner,
                    ToDid = to,
                    PilotId = tokenClass.PilotId,
                    Order = order,
                },
            }
        );
    }

    /// <summary>Counts a transfer in the figures of the pilot, and, where a policy judges, in those of the giver.</summary>
    public static void CountTransfer(Turn turn, ClassRecord tokenClass, string giver)
    {
        ulong day = UtcDays.Of(turn.TimeMs);
        PilotFiguresRecord figures = PilotFileRules.Figures(turn, tokenClass.PilotId);
        figures.Transfers++;
        figures.TransfersOfDay = figures.Day == day ? figures.TransfersOfDay + 1 : 1;
        figures.Day = day;
        turn.Put(RecordKey.PilotFigures(tokenClass.PilotId), figures);
        if (tokenClass.PolicyId.Length == 0)
        {
            return;
        }

        RecordKey key = RecordKey.Given(giver, tokenClass.Id);
        ulong before = turn.Find<GivenRecord>(key) is { } given && given.Day == day ? given.Count : 0;
        turn.Put(
            key,
            new GivenRecord
            {
                Owner = giver,
                ClassId = tokenClass.Id,
                Day = day,
                Count = before + 1,
            }
        );
    }

    /// <summary>Ends a token. Its record stays as a tombstone with its last owner.</summary>
    /// <param name="turn">The verb's turn.</param>
    /// <param name="tokenClass">Its class.</param>
    /// <param name="token">The token.</param>
    /// <param name="order">The order, when it is forced.</param>
    public static void End(Turn turn, ClassRecord tokenClass, TokenRecord token, Order? order)
    {
        TokenRecord burned = token.Clone();
        burned.State = TokenState.Burned;
        burned.Approved = "";
        burned.ApprovedUntil = 0;
        burned.User = "";
        burned.UserUntil = 0;
        burned.Offer = null;
        burned.Freeze = null;
        turn.Put(RecordKey.Token(token.ClassId, token.TokenId), burned);
        TakeFromBalance(turn, token);
        RecordKey supplyKey = RecordKey.Supply(token.ClassId);
        SupplyRecord supply = turn.Find<SupplyRecord>(supplyKey)!.Clone();
        supply.Burned = checked(supply.Burned + 1);
        turn.Put(supplyKey, supply);
        PilotFiguresRecord figures = PilotFileRules.Figures(turn, tokenClass.PilotId);
        figures.Burned++;
        turn.Put(RecordKey.PilotFigures(tokenClass.PilotId), figures);
        turn.Emit(
            new Effect
            {
                Burned = new Burned
                {
                    ClassId = token.ClassId,
                    TokenId = token.TokenId,
                    Owner = token.Owner,
                    PilotId = tokenClass.PilotId,
                    Order = order,
                },
            }
        );
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

    /// <summary>What an event says of a token.</summary>
    public static TokenEffect EffectOf(ClassRecord tokenClass, TokenRecord token, Order? order = null) =>
        new()
        {
            ClassId = token.ClassId,
            TokenId = token.TokenId,
            PilotId = tokenClass.PilotId,
            Order = order,
        };

    // The owner holds the token no more. A balance of zero stays: a record, once written, is never removed.
    private static void TakeFromBalance(Turn turn, TokenRecord token)
    {
        RecordKey key = RecordKey.Balance(token.Owner, token.ClassId);
        BalanceRecord changed = turn.Find<BalanceRecord>(key)!.Clone();
        changed.Count = checked(changed.Count - 1);
        turn.Put(key, changed);
    }

    private static ParticipantState Participation(Turn turn, string pilotId, string did) =>
        turn.Find<ParticipantRecord>(RecordKey.Participant(pilotId, did))?.State ?? ParticipantState.Unspecified;
}

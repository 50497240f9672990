using Ledger.Rules.Authority;
using Ledger.Rules.Policies;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>Tokens change hands by the will of their owners: transfer, offer, accept, end an offer.</summary>
internal static class TransferRules
{
    // Who gives a token: its owner, and whoever may on the owner's behalf.
    private const Relations Givers = Relations.TokenOwner | Relations.TokenApproved | Relations.TokenOperator;

    public static VerbRule[] All =>
        [
            VerbRule.Of<Transfer>(new(Permissions.AnyParty, Givers), Transfer),
            VerbRule.Of<OfferToken>(new(Permissions.AnyParty, Givers), Offer),
            VerbRule.Of<AcceptOffer>(new(Permissions.AnyParty, Relations.OfferReceiver), Accept),
            VerbRule.Of<EndOffer>(new(Permissions.AnyParty, Givers | Relations.OfferReceiver), End),
        ];

    /// <summary>
    /// Gives a token to another party. Given to its own owner, it gets a version, what is approved for it ends, and nothing else
    /// changes: no balance, no index, no index of the last transfer.
    /// </summary>
    public static ReasonCode Transfer(Turn turn, Transfer body)
    {
        ReasonCode reason = FindGivable(turn, body.ClassId, body.TokenId, out ClassRecord tokenClass, out var token);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        // A stranger is told that it may not, and not whether it guessed the owner.
        if (!Tokens.Allows(turn, tokenClass, token))
        {
            return ReasonCode.NotAuthorised;
        }

        reason = JudgeGift(turn, tokenClass, token, body.FromDid, body.ToDid);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        if (tokenClass.ReceiverConsent == ReceiverConsent.Required && body.ToDid != token.Owner)
        {
            return ReasonCode.ConsentRequired;
        }

        return JudgeDelegation(turn, tokenClass, token) is var delegation and not ReasonCode.Applied
            ? delegation
            : Give(turn, tokenClass, token, body.ToDid);
    }

    public static ReasonCode Offer(Turn turn, OfferToken body)
    {
        ReasonCode reason = FindGivable(turn, body.ClassId, body.TokenId, out ClassRecord tokenClass, out var token);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        if (!Tokens.Allows(turn, tokenClass, token))
        {
            return ReasonCode.NotAuthorised;
        }

        reason = JudgeGift(turn, tokenClass, token, token.Owner, body.ToDid);
        if (reason == ReasonCode.Applied)
        {
            reason = JudgeDelegation(turn, tokenClass, token);
        }

        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        if (body.ToDid == token.Owner)
        {
            return ReasonCode.SameOwner;
        }

        if (!Holds.IsCurrent(body.Expires, turn.TimeMs))
        {
            return ReasonCode.AlreadyExpired;
        }

        if (token.Offer is { } open && Holds.IsCurrent(open.Expires, turn.TimeMs))
        {
            return ReasonCode.OfferExists;
        }

        TokenRecord changed = token.Clone();
        changed.Offer = new TokenOffer { ToDid = body.ToDid, Expires = body.Expires };
        turn.Put(RecordKey.Token(body.ClassId, body.TokenId), changed);
        turn.Emit(
            new Effect
            {
                Offered = new TokenPartyEffect
                {
                    ClassId = body.ClassId,
                    TokenId = body.TokenId,
                    PilotId = tokenClass.PilotId,
                    Party = body.ToDid,
                    Expires = body.Expires,
                },
            }
        );
        return ReasonCode.Applied;
    }

    public static ReasonCode Accept(Turn turn, AcceptOffer body)
    {
        ReasonCode reason = FindGivable(turn, body.ClassId, body.TokenId, out ClassRecord tokenClass, out var token);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        if (token.Offer is not { } offer)
        {
            return ReasonCode.NoOffer;
        }

        if (!turn.Allows(offer.ToDid == turn.Actor ? Relations.OfferReceiver : Relations.None))
        {
            return ReasonCode.NotAuthorised;
        }

        if (!Holds.IsCurrent(offer.Expires, turn.TimeMs))
        {
            return ReasonCode.OfferExpired;
        }

        reason = JudgeGift(turn, tokenClass, token, body.FromDid, turn.Actor);
        return reason == ReasonCode.Applied ? Give(turn, tokenClass, token, turn.Actor) : reason;
    }

    /// <summary>Ends an offer. Nothing moves, so that neither pilot nor pause matter.</summary>
    public static ReasonCode End(Turn turn, EndOffer body)
    {
        if (turn.Find<ClassRecord>(RecordKey.Class(body.ClassId)) is not { } tokenClass)
        {
            return ReasonCode.ClassNotFound;
        }

        ReasonCode reason = Tokens.FindLive(turn, body.ClassId, body.TokenId, out TokenRecord token);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        if (token.Offer is not { } offer)
        {
            return ReasonCode.NoOffer;
        }

        Relations relations =
            Tokens.RelationsOf(turn, tokenClass, token)
            | (offer.ToDid == turn.Actor ? Relations.OfferReceiver : Relations.None);
        if (!turn.Allows(relations))
        {
            return ReasonCode.NotAuthorised;
        }

        TokenRecord changed = token.Clone();
        changed.Offer = null;
        turn.Put(RecordKey.Token(body.ClassId, body.TokenId), changed);
        turn.Emit(new Effect { OfferEnded = Tokens.EffectOf(tokenClass, token) });
        return ReasonCode.Applied;
    }

    // A class whose pilot runs, which is not paused and has not had its transfers of the day, and a token of it that lives.
    private static ReasonCode FindGivable(
        Turn turn,
        string classId,
        string tokenId,
        out ClassRecord tokenClass,
        out TokenRecord token
    )
    {
        token = null!;
        ReasonCode reason = Tokens.FindRunning(turn, classId, out tokenClass);
        if (reason == ReasonCode.Applied)
        {
            reason = Tokens.JudgePause(turn, tokenClass);
        }

        if (reason == ReasonCode.Applied && turn.Rule.Verb.Case != Operation.BodyOneofCase.OfferToken)
        {
            reason = Tokens.JudgeDay(turn, tokenClass, Tokens.BoundaryOf(turn, tokenClass)); // an offer gives nothing yet
        }

        return reason == ReasonCode.Applied ? Tokens.FindLive(turn, classId, tokenId, out token) : reason;
    }

    // What is judged once it is known that the actor may: owner, freeze and lock, both parties, transferability.
    private static ReasonCode JudgeGift(Turn turn, ClassRecord tokenClass, TokenRecord token, string from, string to)
    {
        if (from != token.Owner)
        {
            return ReasonCode.IncorrectOwner;
        }

        PilotBoundary? boundary = Tokens.BoundaryOf(turn, tokenClass);
        ReasonCode reason = Tokens.JudgeOwner(turn, token);
        if (reason == ReasonCode.Applied)
        {
            reason = Tokens.JudgeFree(turn, token);
        }

        if (reason == ReasonCode.Applied)
        {
            reason = Tokens.JudgeReceiver(turn, tokenClass, to, boundary);
        }

        if (reason == ReasonCode.Applied)
        {
            reason = Tokens.JudgeGiver(turn, tokenClass, token);
        }

        return reason != ReasonCode.Applied ? reason
            : tokenClass.Transferability == Transferability.Soulbound ? ReasonCode.NotTransferable
            : ReasonCode.Applied;
    }

    // A gift is made by the owner alone.
    private static ReasonCode JudgeDelegation(Turn turn, ClassRecord tokenClass, TokenRecord token) =>
        turn.Actor == token.Owner ? ReasonCode.Applied : Tokens.JudgeDelegable(tokenClass);

    private static ReasonCode Give(Turn turn, ClassRecord tokenClass, TokenRecord token, string to)
    {
        ReasonCode reason = JudgePolicy(turn, tokenClass, token, to);
        if (reason != ReasonCode.Applied || turn.IsQuestion)
        {
            return reason;
        }

        Tokens.Move(turn, tokenClass, token, to, order: null);
        if (to != token.Owner)
        {
            Tokens.CountTransfer(turn, tokenClass, token.Owner);
        }

        return ReasonCode.Applied;
    }

    // The version of the policy that judges now stands in the entry, whatever it says.
    private static ReasonCode JudgePolicy(Turn turn, ClassRecord tokenClass, TokenRecord token, string to)
    {
        if (tokenClass.PolicyId.Length == 0)
        {
            return ReasonCode.Applied;
        }

        PolicyRecord policy = turn.Find<PolicyRecord>(RecordKey.Policy(tokenClass.PolicyId))!;
        if (PolicyEvaluation.InForce(policy, turn.TimeMs) is not { } version)
        {
            turn.Verdict.RetryAtMs = policy.Next?.EffectiveMs ?? 0;
            return ReasonCode.PolicyNotInForce;
        }

        turn.Verdict.PolicyVersions.Add(version.Version);
        PilotRecord pilot = turn.Find<PilotRecord>(RecordKey.Pilot(tokenClass.PilotId))!;
        PolicyFinding finding = PolicyEvaluation.Evaluate(
            version.Rule,
            new TransferFacts(turn.State, turn.TimeMs, tokenClass, pilot, token, to)
        );
        if (finding.Holds)
        {
            return ReasonCode.Applied;
        }

        turn.Verdict.FailedRule = finding.FailedRule;
        turn.Verdict.RetryAtMs = finding.RetryAtMs;
        return ReasonCode.PolicyRefused;
    }
}

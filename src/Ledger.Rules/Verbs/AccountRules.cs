using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>The two sides of an account: the platform's and the supervisor's.</summary>
internal static class AccountRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<SetPlatformState>(new(RoleSet.Of(Role.Platform), Relations.PartyPlatform), SetPlatformState),
            VerbRule.Of<SetSupervisorState>(new(RoleSet.Of(Role.Supervisor), Relations.None), SetSupervisorState),
        ];

    public static ReasonCode SetPlatformState(Turn turn, SetPlatformState body)
    {
        if (Parties.FindAdmitted(turn.State, body.Party) is not { } party)
        {
            return ReasonCode.NotAParty;
        }

        if (!turn.Allows(party.Attestation?.Platform == turn.Actor ? Relations.PartyPlatform : Relations.None))
        {
            return ReasonCode.NotAuthorised;
        }

        AccountHold? side = party.PlatformHold;
        ReasonCode reason = Set(turn, ref side, body.State, body.Order);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        PartyRecord changed = party.Clone();
        changed.PlatformHold = side;
        turn.Emit(new Effect { PlatformStateSet = Put(turn, changed, body.State, body.Order) });
        return ReasonCode.Applied;
    }

    public static ReasonCode SetSupervisorState(Turn turn, SetSupervisorState body)
    {
        if (Parties.FindAdmitted(turn.State, body.Party) is not { } party)
        {
            return ReasonCode.NotAParty;
        }

        AccountHold? side = party.SupervisorHold;
        ReasonCode reason = Set(turn, ref side, body.State, body.Order);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        PartyRecord changed = party.Clone();
        changed.SupervisorHold = side;
        turn.Emit(new Effect { SupervisorStateSet = Put(turn, changed, body.State, body.Order) });
        return ReasonCode.Applied;
    }

    // A side that is restricted can be frozen at once, and the other way round; one that is so already, or is ordered to be, cannot
    // again. It has one measure at a time: a later one would lift what is in force until then, or what is ordered.
    private static ReasonCode Set(Turn turn, ref AccountHold? side, AccountState state, Order order)
    {
        AccountState ordered = Holds.IsOrdered(side?.Hold, turn.TimeMs) ? side!.State : AccountState.Active;
        if (state == ordered)
        {
            return ReasonCode.Unchanged;
        }

        if (Orders.Judge(turn, order) is var reason and not ReasonCode.Applied)
        {
            return reason;
        }

        bool beginsNow = order.EffectiveFrom * 1000 <= turn.TimeMs;
        if (
            state != AccountState.Active
            && ordered != AccountState.Active
            && (!beginsNow || !Holds.IsInForce(side!.Hold, turn.TimeMs))
        )
        {
            return ReasonCode.MeasureOrdered;
        }

        side =
            state == AccountState.Active ? null : new AccountHold { State = state, Hold = Orders.HoldOf(turn, order) };
        return ReasonCode.Applied;
    }

    private static AccountEffect Put(Turn turn, PartyRecord party, AccountState state, Order order)
    {
        turn.Put(RecordKey.Party(party.Did), party);
        SupervisoryActionKind kind = state switch
        {
            AccountState.Active => SupervisoryActionKind.RestoreAccount,
            AccountState.Restricted => SupervisoryActionKind.RestrictAccount,
            _ => SupervisoryActionKind.FreezeAccount,
        };
        Orders.Record(turn, kind, order, party: party.Did);
        return new AccountEffect
        {
            Party = party.Did,
            State = state,
            Order = order,
        };
    }
}

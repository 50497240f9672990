using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Tests.State;

public sealed class HoldsTests
{
    [Theory]
    [InlineData(999, false, true)]
    [InlineData(1000, true, true)]
    [InlineData(2000, true, true)]
    [InlineData(2001, false, false)]
    public void IsInForce_AtItsEnds_HoldsFromTheFirstToTheLastMoment(ulong timeMs, bool inForce, bool ordered)
    {
        Hold hold = new() { FromMs = 1000, UntilMs = 2000 };
        Assert.Equal(inForce, Holds.IsInForce(hold, timeMs));
        Assert.Equal(ordered, Holds.IsOrdered(hold, timeMs));
    }

    [Fact]
    public void IsInForce_WithoutEnd_HoldsUntilItIsLifted()
    {
        Assert.True(Holds.IsInForce(new Hold { FromMs = 5 }, ulong.MaxValue));
        Assert.True(Holds.IsOrdered(new Hold { FromMs = ulong.MaxValue }, 0));
        Assert.False(Holds.IsInForce(null, 5));
        Assert.False(Holds.IsOrdered(null, 5));
    }

    [Theory]
    [InlineData(0, ulong.MaxValue, true)] // no end
    [InlineData(7, 7000, true)]
    [InlineData(7, 7001, false)]
    [InlineData(253_402_300_799, 253_402_300_799_000, true)]
    public void IsCurrent_LastSecond_IsIncluded(ulong lastSecond, ulong timeMs, bool current) =>
        Assert.Equal(current, Holds.IsCurrent(lastSecond, timeMs));

    [Theory]
    [InlineData(AccountState.Active, AccountState.Active, AccountState.Active)]
    [InlineData(AccountState.Restricted, AccountState.Active, AccountState.Restricted)]
    [InlineData(AccountState.Active, AccountState.Frozen, AccountState.Frozen)]
    [InlineData(AccountState.Frozen, AccountState.Restricted, AccountState.Frozen)]
    public void StateAt_TwoSides_IsTheLessFree(AccountState platform, AccountState supervisor, AccountState expected)
    {
        PartyRecord party = new() { PlatformHold = Side(platform), SupervisorHold = Side(supervisor) };
        Assert.Equal(expected, Holds.StateAt(party, 10));
        Assert.Equal(AccountState.Active, Holds.StateAt(party, 4));

        static AccountHold? Side(AccountState state) =>
            state == AccountState.Active
                ? null
                : new AccountHold
                {
                    State = state,
                    Hold = new Hold { FromMs = 5 },
                };
    }
}

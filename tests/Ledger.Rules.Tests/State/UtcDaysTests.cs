using Ledger.Rules.State;

namespace Ledger.Rules.Tests.State;

public sealed class UtcDaysTests
{
    [Theory]
    [InlineData(0, 0, 86_400_000)]
    [InlineData(86_399_999, 0, 86_400_000)]
    [InlineData(86_400_000, 1, 172_800_000)]
    [InlineData(1_700_000_000_000, 19_675, 1_700_006_400_000)]
    public void Of_Moment_IsTheDayThatEndsWhereTheNextBegins(ulong timeMs, ulong day, ulong nextMs)
    {
        Assert.Equal(day, UtcDays.Of(timeMs));
        Assert.Equal(nextMs, UtcDays.NextMs(timeMs));
        Assert.Equal(day + 1, UtcDays.Of(nextMs));
    }
}

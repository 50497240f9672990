namespace Ledger.Protocol.Tests;

public sealed class LimitsTests
{
    [Fact]
    public void Check_Limits_AgreeWithEachOther() => Limits.Check();
}

namespace Ledger.Protocol.Tests;

public sealed class DecimalTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("10", 10)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void TryParse_Of_AreTheOneSpelling(string text, long number)
    {
        Assert.True(DecimalText.TryParse(text, out long parsed));
        Assert.Equal(number, parsed);
        Assert.Equal(text, DecimalText.Of(number));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("01")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1\0")]
    [InlineData("1\0\0")]
    [InlineData("\01")]
    [InlineData("1\n")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("\u0661")]
    [InlineData("9223372036854775808")]
    [InlineData("9999999999999999999")]
    [InlineData("10000000000000000000")]
    public void TryParse_AnyOther_IsFalse(string text) => Assert.False(DecimalText.TryParse(text, out _));
}

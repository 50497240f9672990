namespace Ledger.Protocol.Tests;

/// <summary>Times as texts.</summary>
public class TimeTextTests
{
    [Theory]
    [InlineData(0, "1970-01-01T00:00:00Z")]
    [InlineData(1_767_323_045, "2026-01-02T03:04:05Z")]
    [InlineData(253_402_300_799, "9999-12-31T23:59:59Z")]
    public void OfSeconds_AndBack_IsTheSame(ulong seconds, string text)
    {
        Assert.Equal(text, TimeText.OfSeconds(seconds));
        Assert.True(TimeText.TryParseSeconds(text, out ulong read, out _));
        Assert.Equal(seconds, read);
    }

    [Fact]
    public void OfSeconds_BeyondTheYear9999_IsABug() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TimeText.OfSeconds(Limits.ValidUntilMax + 1));

    [Theory]
    [InlineData("2026-01-02T03:04:05+00:00", "not in UTC")]
    [InlineData("2026-01-02T03:04:05", "no time zone")]
    [InlineData("2026-01-02T03:04:05.0Z", "fractions")]
    [InlineData("2026-01-02T03:04:05.0+01:00", "fractions")]
    [InlineData("2026-13-02T03:04:05Z", "no calendar")]
    [InlineData("2025-02-29T03:04:05Z", "no calendar")]
    [InlineData("0000-01-01T00:00:00Z", "no calendar")]
    [InlineData("1969-12-31T23:59:59Z", "before 1970")]
    [InlineData("2026-01-02T03:04:05Z\n", "no date and time")]
    [InlineData("٢٠٢٦-01-02T03:04:05Z", "no date and time")]
    [InlineData("+2026-01-02T03:04:05Z", "no date and time")]
    public void TryParseSeconds_AnythingElse_SaysWhatIsWrong(string text, string says)
    {
        Assert.False(TimeText.TryParseSeconds(text, out ulong seconds, out string problem));

        Assert.Equal(0ul, seconds);
        Assert.Contains(says, problem, StringComparison.Ordinal);
    }
}

using System.Text;

namespace Ledger.Protocol.Tests;

public sealed class StateKeyTests
{
    [Theory]
    [InlineData(RecordKind.Ledger, "", "4c00")]
    [InlineData(RecordKind.Class, "medals", "43006d6564616c73")]
    [InlineData(RecordKind.Token, "medals/\u00e9", "54006d6564616c732fc3a9")]
    public void Of_TryParse_AreKindZeroIdentifier(RecordKind kind, string id, string hex)
    {
        Assert.Equal(hex, Convert.ToHexStringLower(StateKey.Of(kind, id)));
        Assert.Equal(hex.Length / 2, StateKey.CountBytes(id));
        Assert.True(StateKey.TryParse(Convert.FromHexString(hex), out RecordKind parsed, out string? parsedId));
        Assert.Equal((kind, id), (parsed, parsedId));
    }

    [Theory]
    [InlineData("")]
    [InlineData("T")]
    [InlineData("Tc")]
    [InlineData("?\0c")]
    public void TryParse_OtherBytes_IsFalse(string text)
    {
        Assert.False(StateKey.TryParse(Encoding.UTF8.GetBytes(text), out _, out string? id));
        Assert.Null(id);
    }

    [Fact]
    public void TryParse_TooLongOrNotUtf8_IsFalse()
    {
        byte[] longest = [(byte)'T', 0, .. Enumerable.Repeat((byte)'a', Limits.StateKeyBytesMax - 2)];
        Assert.True(StateKey.TryParse(longest, out _, out _));
        Assert.False(StateKey.TryParse([.. longest, (byte)'a'], out _, out _));
        Assert.False(StateKey.TryParse([(byte)'T', 0, 0xff], out _, out _));
        Assert.False(StateKey.TryParse([(byte)'T', 0, 0xed, 0xa0, 0x80], out _, out _));
    }
}

using Ledger.Protocol;

namespace Ledger.Cli.Tests.Commands;

/// <summary>A log that goes on in a format that this program does not know is not judged, and accused of nothing.</summary>
public class NewerFormatTests
{
    [Theory]
    [InlineData("audit")]
    [InlineData("fsck")]
    public async Task Check_SealOfANewerFormat_IsNotJudged(string command)
    {
        using TemporaryFolder folder = new();
        await SampleLog.WriteAsync(folder["data"], folder["key"], dids: 2);
        SampleLog.Tamper(folder["data"], "entries", index: 3, NameANewerFormat);

        Ended ended = await LedgerProcess.RunAsync(folder, command, "data", "--json");

        Assert.Equal("not judged: newer format", ended.With(ExitCodes.Unreachable).Text("verdict"));
        Assert.Contains("index 3", ended.Error);
        Assert.Contains("Update", ended.Error);
    }

    // A seal ends with its format: the next becomes of it.
    private static void NameANewerFormat(byte[] seal)
    {
        Assert.Equal([6 << 3, (byte)EntryCodec.LatestFormat], seal[^2..]);
        seal[^1]++;
    }
}

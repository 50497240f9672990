namespace Ledger.Cli.Tests.Commands;

public class FsckCommandTests
{
    [Fact]
    public async Task Fsck_UntouchedStore_IsSound()
    {
        using TemporaryFolder folder = new();
        await SampleLog.WriteAsync(folder["data"], folder["key"], dids: 2);

        Ended fsck = (await LedgerProcess.RunAsync(folder, "fsck", "data", "--json")).With(ExitCodes.Done);

        Assert.Equal("sound", fsck.Text("verdict"));
        Assert.Equal(6, fsck.Json.GetProperty("size").GetInt64());
        Assert.Equal(0, fsck.Json.GetProperty("findings").GetArrayLength());
    }

    [Fact]
    public async Task Fsck_ChangedRecord_NamesTheRow()
    {
        using TemporaryFolder folder = new();
        await SampleLog.WriteAsync(folder["data"], folder["key"], dids: 2);
        SampleLog.Tamper(folder["data"], "state", index: 1, static record => record[^1] ^= 1);

        Ended fsck = (await LedgerProcess.RunAsync(folder, "fsck", "data", "--json")).With(ExitCodes.Refused);

        Assert.Equal("wrong", fsck.Text("verdict"));
        Assert.Contains("state: the row", fsck.Json.GetProperty("findings")[0].GetProperty("finding").GetString());
    }

    [Fact]
    public async Task Fsck_NoStore_CannotRead()
    {
        using TemporaryFolder folder = new();

        Ended fsck = (await LedgerProcess.RunAsync(folder, "fsck", "nowhere", "--json")).With(ExitCodes.Unreachable);

        Assert.Contains("There is no store", fsck.Json.GetProperty("error").GetProperty("message").GetString());
    }
}

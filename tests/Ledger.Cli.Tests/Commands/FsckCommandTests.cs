using Ledger.Audit;
using Ledger.Protocol;
using Ledger.Rules.Audit;
using Ledger.Store;

namespace Ledger.Cli.Tests.Commands;

public class FsckCommandTests(FoundedLedger ledger)
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
    public async Task Fsck_DamagedTableFile_IsAFindingOrCannotOpen()
    {
        using TemporaryFolder folder = new();
        (VerifierKey key, _) = await SampleLog.WriteAsync(folder["data"], folder["key"], dids: 2);
        string[] files = SampleLog.WriteTableFiles(folder["data"]);
        Assert.True(files.Length > 3, "entries, state, indexes and meta have files");
        foreach (string file in files)
        {
            FlipByte(file);
            try
            {
                Assert.NotEmpty(StoreCheck.Run(folder["data"], key, null, CancellationToken.None));
            }
            catch (StoreException e)
            {
                Assert.Contains("checksum", e.Message);
            }

            FlipByte(file);
        }

        Array.ForEach(files, FlipByte);
        Ended fsck = (await LedgerProcess.RunAsync(folder, "fsck", "data", "--json")).With(ExitCodes.Unreachable);
        Assert.Contains("checksum", fsck.Json.GetProperty("error").GetProperty("message").GetString());

        static void FlipByte(string file)
        {
            byte[] bytes = File.ReadAllBytes(file);
            bytes[20] ^= 1; // in the first block of data
            File.WriteAllBytes(file, bytes);
        }
    }

    [Theory]
    [InlineData("fsck")]
    [InlineData("audit")]
    public async Task Fsck_StoreOfARunningNode_IsLeftAlone(string command)
    {
        Ended run = (await ledger.RunAsync(command, "data")).With(ExitCodes.Unreachable);

        Assert.Contains("Stop it first", run.Error);
    }

    [Fact]
    public async Task Fsck_NoStore_CannotRead()
    {
        using TemporaryFolder folder = new();

        Ended fsck = (await LedgerProcess.RunAsync(folder, "fsck", "nowhere", "--json")).With(ExitCodes.Unreachable);

        Assert.Contains("There is no store", fsck.Json.GetProperty("error").GetProperty("message").GetString());
    }
}

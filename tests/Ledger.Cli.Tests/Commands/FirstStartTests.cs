namespace Ledger.Cli.Tests.Commands;

/// <summary>A start is the first one when there is neither key nor store nor anything signed: never when one of them is missing.</summary>
public class FirstStartTests
{
    [Fact]
    public async Task Serve_StoreWithoutItsKey_MakesNoOther()
    {
        using TemporaryFolder folder = new();
        await SampleLog.WriteAsync(folder["data"], folder["key"], dids: 1);
        File.Delete(folder["key"]);

        Ended serve = await ServeAsync(folder);

        Assert.Contains("Put the key back", serve.With(ExitCodes.Unreachable).Error);
        Assert.DoesNotContain("Made the log's", serve.Error);
        Assert.False(File.Exists(folder["key"]));
    }

    [Fact]
    public async Task Serve_KeyThatHasSignedWithoutItsStore_BeginsNoSecondLog()
    {
        using TemporaryFolder folder = new();
        await SampleLog.WriteAsync(folder["data"], folder["key"], dids: 1);
        await using (LedgerProcess process = LedgerProcess.Start(folder, [], Serve))
        {
            Assert.StartsWith("ready", await process.Output.ReadLineAsync());
            process.Signal("TERM");
            (await process.EndAsync()).With(ExitCodes.Done);
        }

        Assert.True(File.Exists(folder["key.last-signed"]));
        Directory.Move(folder["data"], folder["unmounted"]);

        Ended serve = await ServeAsync(folder);

        Assert.Contains("volume mounted", serve.With(ExitCodes.Unreachable).Error);
        Assert.False(Directory.Exists(folder["data"]));
    }

    [Fact]
    public async Task Serve_InterruptedWhileTheKeyWasMade_IsAFirstStart()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["key.new"], "PRIVATE+KEY+");
        Directory.CreateDirectory(folder["data"]);

        await using NodeUnderTest node = await NodeUnderTest.StartAsync(folder, "--log-key-file", "key");

        Assert.Equal(node.LogKey + "\n", File.ReadAllText(folder["key.pub"]));
        Assert.False(File.Exists(folder["key.new"]));
    }

    [Fact]
    public async Task Serve_SecondPlaceThatIsNotThere_IsUsage()
    {
        using TemporaryFolder folder = new();

        Ended serve = await ServeAsync(folder, "--last-signed-file", "nowhere/signed");

        Assert.Contains("there is no folder", serve.With(ExitCodes.Usage).Error);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private static readonly string[] Serve =
    [
        "serve",
        "--data",
        "data",
        "--log-key-file",
        "key",
        "--origin",
        SampleLog.Origin,
        "--listen",
        "127.0.0.1:0",
    ];

    private static Task<Ended> ServeAsync(TemporaryFolder folder, params string[] options) =>
        LedgerProcess.RunAsync(folder, [.. Serve, .. options]);
}

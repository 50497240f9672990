namespace Ledger.Cli.Tests.Commands;

/// <summary>What is remembered of a log, and the log that is not the remembered one.</summary>
public class LogMemoryTests
{
    [Fact]
    public async Task Log_ThatShrankToNothing_FailsEveryCommandBeforeItDoesAnything()
    {
        using TemporaryFolder folder = new();
        string memory;
        await using (NodeUnderTest node = await NodeUnderTest.StartAsync(folder))
        {
            (await RunAsync(folder, node, "keys", "new", "sup")).With(ExitCodes.Done);
            (await RunAsync(folder, node, "found", "--network", "test", "--as", "sup")).With(ExitCodes.Done);
            memory = MemoryOf(folder, node);
            await node.StopAsync();
        }

        // The log's key is kept, and nothing else.
        Directory.Delete(folder["data/store"], recursive: true);
        File.Delete(folder["data/last-signed"]);
        await using NodeUnderTest again = await NodeUnderTest.StartAsync(folder);
        string file = MemoryOf(folder, again);
        File.Copy(memory, file);
        (await RunAsync(folder, again, "keys", "new", "sup-2")).With(ExitCodes.Done);

        foreach (
            string[] command in (string[][])
                [
                    ["log", "show"],
                    ["found", "--network", "test", "--as", "sup-2"],
                    ["did", "show", "sup"],
                    ["did", "deactivate", "--as", "sup"],
                ]
        )
        {
            Ended run = (await RunAsync(folder, again, command)).With(ExitCodes.Refused);

            Assert.Equal("", run.Output);
            Assert.Contains("the log has shrunk: seen 2, now 0.", run.Error);
            Assert.Contains($"and a checkpoint of 2 entries, in {file}.", run.Error);
            Assert.Contains($"`ledger log forget {again.Address}`", run.Error);
        }

        (await RunAsync(folder, again, "log", "forget", again.Address)).With(ExitCodes.Done);
        Ended shown = (await RunAsync(folder, again, "log", "show", "--json")).With(ExitCodes.Done);
        Assert.Equal("0", shown.Text("size"));
    }

    [Fact]
    public async Task Node_SetUpAnewAtAKnownAddress_NamesWhatIsRememberedAndHowToForgetIt()
    {
        using TemporaryFolder folder = new();
        using TemporaryFolder other = new();
        await using NodeUnderTest before = await NodeUnderTest.StartAsync(other);
        await using NodeUnderTest now = await NodeUnderTest.StartAsync(folder);
        (await RunAsync(folder, before, "log", "show")).With(ExitCodes.Done);
        string file = MemoryOf(folder, now);
        File.Copy(MemoryOf(folder, before), file);

        Ended refused = (await RunAsync(folder, now, "log", "show", "--json")).With(ExitCodes.Refused);
        Ended forgot = (await RunAsync(folder, now, "log", "forget", now.Address, "--json")).With(ExitCodes.Done);
        Ended again = await RunAsync(folder, now, "log", "forget", now.Address);
        Ended shown = (await RunAsync(folder, now, "log", "show", "--json")).With(ExitCodes.Done);

        Assert.Equal("Checkpoint", refused.Json.GetProperty("error").GetProperty("check").GetString());
        Assert.Contains($"the key {before.LogKey}", refused.Error);
        Assert.Contains(file, refused.Error);
        Assert.Contains($"`ledger log forget {now.Address}`", refused.Error);
        Assert.Equal(file, forgot.Json.GetProperty("forgotten")[0].GetProperty("file").GetString());
        Assert.Contains("Nothing is remembered of", again.With(ExitCodes.Usage).Error);
        Assert.Equal(now.LogKey, shown.Text("log_key"));
    }

    [Fact]
    public async Task Audit_OfALogWithAnotherKey_IsSoundAgainOnceTheOriginIsForgotten()
    {
        using TemporaryFolder folder = new();
        await SampleLog.WriteAsync(folder["true"], folder["key"], dids: 1);
        await SampleLog.WriteAsync(folder["anew"], folder["other-key"], dids: 1);
        (await LedgerProcess.RunAsync(folder, "audit", "true")).With(ExitCodes.Done);
        Ended wrong = (await LedgerProcess.RunAsync(folder, "audit", "anew")).With(ExitCodes.Refused);

        Ended forgot = await LedgerProcess.RunAsync(folder, "log", "forget", SampleLog.Origin);

        Assert.Contains($"`ledger log forget {SampleLog.Origin}`", wrong.Error);
        Assert.Contains("a checkpoint of 4 entries", forgot.With(ExitCodes.Done).Output);
        (await LedgerProcess.RunAsync(folder, "audit", "anew")).With(ExitCodes.Done);
    }

    [Fact]
    public async Task Forget_OfAFileThatIsDamaged_RemovesIt()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["home/state/ledger/audit"]);
        File.WriteAllText(folder["home/state/ledger/audit/ledger.test%2Fsample"], "nothing of the kind");

        Ended forgot = await LedgerProcess.RunAsync(folder, "log", "forget", SampleLog.Origin);

        Assert.Contains("nothing that could be read", forgot.With(ExitCodes.Done).Output);
        Assert.Empty(Directory.GetFiles(folder["home/state/ledger/audit"]));
    }

    private static string MemoryOf(TemporaryFolder folder, NodeUnderTest node) =>
        folder[$"home/state/ledger/nodes/{Uri.EscapeDataString(node.Address)}"];

    private static Task<Ended> RunAsync(TemporaryFolder folder, NodeUnderTest node, params string[] command) =>
        LedgerProcess.RunAsync(folder, new Dictionary<string, string> { ["LEDGER_NODE"] = node.Address }, command);
}

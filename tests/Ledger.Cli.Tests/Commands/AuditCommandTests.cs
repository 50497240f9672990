using System.Text;
using System.Text.Json;
using Ledger.Protocol;

namespace Ledger.Cli.Tests.Commands;

public class AuditCommandTests(FoundedLedger ledger)
{
    [Fact]
    public async Task Audit_RunningNodeTwice_IsSoundAndContinuesWhatItSaw()
    {
        string memory = ledger.Folder["audit-memory"];
        string[] audit = ["audit", ledger.Node.Address, "--log-key", ledger.Node.LogKey, "--memory", memory];

        Ended first = (await ledger.RunAsync(audit)).With(ExitCodes.Done);
        Ended second = (await ledger.RunAsync(audit)).With(ExitCodes.Done);

        Assert.Equal("sound", first.Text("verdict"));
        Assert.Equal("False", first.Text("continues_remembered"));
        Assert.Equal("True", second.Text("continues_remembered"));
        Assert.True(second.Json.GetProperty("operations").GetInt64() >= 1);
        Assert.Equal("", second.Error);
    }

    [Fact]
    public async Task Audit_StoppedStoreWithoutAKey_WarnsAndRemembersTheKey()
    {
        using TemporaryFolder folder = new();
        (VerifierKey key, _) = await SampleLog.WriteAsync(folder["data"], folder["key"], dids: 2);

        Ended first = (await LedgerProcess.RunAsync(folder, "audit", "data", "--json")).With(ExitCodes.Done);
        Ended second = (await LedgerProcess.RunAsync(folder, "audit", "data", "--json")).With(ExitCodes.Done);

        Assert.Contains("is trusted because the log itself names it", first.Error);
        Assert.Equal("the log itself", first.Text("key_source"));
        Assert.Equal("remembered", second.Text("key_source"));
        Assert.Equal(6, second.Json.GetProperty("size").GetInt64());
        Assert.Equal(key.ToString(), second.Text("log_key"));
        Assert.Equal("", second.Error);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Audit_ComparedWithAForkedPlace_ShowsBothNotes(int dids)
    {
        using TemporaryFolder folder = new();
        (VerifierKey key, _) = await SampleLog.WriteAsync(folder["data"], folder["key"], dids: 3);
        await SampleLog.WriteAsync(folder["forked"], folder["key"], dids);
        string[] audit = ["audit", "data", "--json", "--log-key", key.ToString(), "--report", "report", "--compare"];

        Ended same = (await LedgerProcess.RunAsync(folder, [.. audit, "data"])).With(ExitCodes.Done);
        Ended forked = (await LedgerProcess.RunAsync(folder, [.. audit, "forked"])).With(ExitCodes.Refused);

        Assert.Equal("sound", same.Text("verdict"));
        Assert.Equal("wrong", forked.Text("verdict"));
        Assert.Equal(2 + (2 * Math.Min(3, dids)), forked.Json.GetProperty("index").GetInt64());
        JsonElement report = JsonDocument.Parse(await File.ReadAllTextAsync(folder["report"])).RootElement;
        Assert.Equal(forked.Text("finding"), report.GetProperty("finding").GetString());
        string[] notes =
        [
            .. report
                .GetProperty("checkpoints")
                .EnumerateArray()
                .Select(static one => one.GetProperty("note").GetString()!),
        ];
        Assert.Equal(2, notes.Distinct().Count());
        foreach (string note in notes)
        {
            Assert.True(Checkpoint.TryOpen(Encoding.UTF8.GetBytes(note), key, out _, out string problem), problem);
            Assert.Contains(note, forked.Error);
        }
    }

    [Fact]
    public async Task Audit_SignedReport_IsANoteOfTheAuditor()
    {
        using TemporaryFolder folder = new();
        (VerifierKey key, _) = await SampleLog.WriteAsync(folder["data"], folder["key"], dids: 1);
        string[] audit =
        [
            "audit",
            "data",
            "--json",
            "--log-key",
            key.ToString(),
            "--report",
            "report",
            "--sign-report",
        ];

        Ended unnamed = await LedgerProcess.RunAsync(folder, [.. audit, "auditor-key"]);
        Assert.Contains("--auditor", unnamed.With(ExitCodes.Usage).Error);
        Ended logsOwn = await LedgerProcess.RunAsync(folder, [.. audit, "key"]);
        Assert.Contains("has a key of its own", logsOwn.With(ExitCodes.Usage).Error);
        Assert.False(File.Exists(folder["report"]));
        (await LedgerProcess.RunAsync(folder, [.. audit, "auditor-key", "--auditor", "auditor.test"])).With(
            ExitCodes.Done
        );
        (await LedgerProcess.RunAsync(folder, [.. audit, "auditor-key"])).With(ExitCodes.Done);

        string published = (await File.ReadAllTextAsync(folder["auditor-key.pub"])).Trim();
        Assert.True(VerifierKey.TryParse(published, out VerifierKey? auditor));
        byte[] note = await File.ReadAllBytesAsync(folder["report"]);
        Assert.True(SignedNote.TryParse(note, out SignedNote? signed, out string problem), problem);
        Assert.True(signed.Verify([auditor], out problem), problem);
        JsonElement report = JsonDocument.Parse(signed.Text).RootElement;
        Assert.Equal("sound", report.GetProperty("verdict").GetString());
        Assert.Equal("data", report.GetProperty("target").GetString());
        Assert.Equal(1, report.GetProperty("checkpoints").GetArrayLength());
    }

    [Fact]
    public async Task Audit_FlippedByteInAnEntry_NamesItsIndex()
    {
        using TemporaryFolder folder = new();
        (VerifierKey key, _) = await SampleLog.WriteAsync(folder["data"], folder["key"], dids: 3);
        SampleLog.Tamper(folder["data"], "entries", index: 4, static entry => entry[^20] ^= 1); // within the signature

        Ended audit = await LedgerProcess.RunAsync(folder, "audit", "data", "--json", "--log-key", key.ToString());

        audit.With(ExitCodes.Refused);
        Assert.Equal("wrong", audit.Text("verdict"));
        Assert.Equal(4, audit.Json.GetProperty("index").GetInt64());
        Assert.False(
            File.Exists(folder["home/state/ledger/audit/ledger.test%2Fsample"]),
            "a wrong log is not remembered"
        );
    }

    [Theory]
    [InlineData(1, "has shrunk")]
    [InlineData(5, "history was rewritten")]
    public async Task Audit_AnotherStoreWithTheSameKey_IsNotTheRememberedLog(int dids, string finding)
    {
        using TemporaryFolder folder = new();
        await SampleLog.WriteAsync(folder["true"], folder["key"], dids: 3);
        await SampleLog.WriteAsync(folder["swapped"], folder["key"], dids);
        (await LedgerProcess.RunAsync(folder, "audit", "true", "--memory", "memory")).With(ExitCodes.Done);

        Ended audit = await LedgerProcess.RunAsync(folder, "audit", "swapped", "--memory", "memory", "--json");

        Assert.Contains(finding, audit.With(ExitCodes.Refused).Text("finding"));
    }

    [Fact]
    public async Task Audit_AnotherKeyThanRemembered_IsRefused()
    {
        using TemporaryFolder folder = new();
        await SampleLog.WriteAsync(folder["true"], folder["key"], dids: 1);
        await SampleLog.WriteAsync(folder["other"], folder["other-key"], dids: 1);
        (await LedgerProcess.RunAsync(folder, "audit", "true")).With(ExitCodes.Done);

        // Without --log-key the key of the first audit is expected, with it the one that is named: neither is the log's.
        Ended audit = (await LedgerProcess.RunAsync(folder, "audit", "other", "--json")).With(ExitCodes.Refused);

        Assert.Contains("is not one of this log", audit.Text("finding"));
    }
}

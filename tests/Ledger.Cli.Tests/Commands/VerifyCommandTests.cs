using Ledger.Protocol;

namespace Ledger.Cli.Tests.Commands;

public class VerifyCommandTests
{
    [Fact]
    public async Task Verify_TrueBundle_ShowsTheEntry()
    {
        using TemporaryFolder folder = new();
        (VerifierKey key, byte[] bundle) = await SampleLog.WriteAsync(folder["data"], folder["key"], dids: 2);
        File.WriteAllBytes(folder["did.proof"], bundle);

        Ended verify = await LedgerProcess.RunAsync(folder, "verify", "did.proof", "--json", "--log-key", "key.pub");

        verify.With(ExitCodes.Done);
        Assert.Equal("verified", verify.Text("verdict"));
        Assert.Equal(key.Name, verify.Text("origin"));
        Assert.Equal("4", verify.Text("index"));
        Assert.Equal("6", verify.Text("checkpoint_size"));
        Assert.Equal("APPLIED", verify.Text("outcome"));
        Assert.True(verify.Json.GetProperty("operation").TryGetProperty("create_did", out _));
    }

    [Fact]
    public async Task Verify_ForgedBundleOrOtherKey_IsRefused()
    {
        using TemporaryFolder folder = new();
        (VerifierKey key, byte[] bundle) = await SampleLog.WriteAsync(folder["data"], folder["key"], dids: 2);
        (VerifierKey other, _) = await SampleLog.WriteAsync(folder["other"], folder["other-key"], dids: 0);
        File.WriteAllBytes(folder["true.proof"], bundle);
        int inEntry = bundle.AsSpan().IndexOf("extra "u8) + 40;
        bundle[inEntry] = (byte)(bundle[inEntry] == 'A' ? 'B' : 'A');
        File.WriteAllBytes(folder["forged.proof"], bundle);

        Ended forged = await LedgerProcess.RunAsync(
            folder,
            "verify",
            "forged.proof",
            "--json",
            "--log-key",
            key.ToString()
        );
        Ended foreign = await LedgerProcess.RunAsync(folder, "verify", "true.proof", "--log-key", other.ToString());

        Assert.Equal(
            "verification",
            forged.With(ExitCodes.Refused).Json.GetProperty("error").GetProperty("kind").ToString()
        );
        Assert.StartsWith("The proof bundle does not verify", foreign.With(ExitCodes.Refused).Error);
        Assert.Equal("", foreign.Output);
    }

    [Fact]
    public async Task Verify_NoFile_CannotRead()
    {
        using TemporaryFolder folder = new();
        (VerifierKey key, _) = await SampleLog.WriteAsync(folder["data"], folder["key"], dids: 0);

        (await LedgerProcess.RunAsync(folder, "verify", "none", "--log-key", key.ToString())).With(
            ExitCodes.Unreachable
        );
    }
}

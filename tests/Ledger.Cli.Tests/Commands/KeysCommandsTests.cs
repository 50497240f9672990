namespace Ledger.Cli.Tests.Commands;

public class KeysCommandsTests(FoundedLedger ledger)
{
    [Fact]
    public async Task New_WithoutPassphrase_IsReadableByItsOwnerAlone()
    {
        using TemporaryFolder folder = new();

        Ended made = await LedgerProcess.RunAsync(folder, "keys", "new", "alice", "--type", "ed25519", "--json");
        Ended again = await LedgerProcess.RunAsync(folder, "keys", "new", "alice");

        made.With(ExitCodes.Done);
        Assert.Equal("ED25519", made.Text("type"));
        Assert.Equal(64, made.Text("public_key").Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.KeyFile("alice")));
        again.With(ExitCodes.Unreachable);
    }

    [Fact]
    public async Task New_WithPassphraseFile_SignsOnlyWithIt()
    {
        File.WriteAllText(ledger.Folder["passphrase"], "correct horse battery staple\n");
        string[] withPassphrase = ["--passphrase-file", "passphrase"];
        Ended made = await ledger.RunAsync(["keys", "new", "vault", .. withPassphrase]);
        Assert.Equal("True", made.With(ExitCodes.Done).Text("encrypted"));

        Ended without = await ledger.RunAsync("did", "create", "--as", "vault");
        Ended with = await ledger.RunAsync(["did", "create", "--as", "vault", .. withPassphrase]);
        Ended shown = await ledger.RunAsync("keys", "show", "vault");

        without.With(ExitCodes.Usage);
        Assert.Equal(with.With(ExitCodes.Done).Text("did"), shown.Text("did"));
        Assert.Equal("True", shown.Text("encrypted"));
    }

    [Theory]
    [InlineData("../escape")]
    [InlineData("did:pilot:x")]
    [InlineData(".hidden")]
    public async Task New_NameThatIsNone_IsUsage(string name)
    {
        using TemporaryFolder folder = new();

        (await LedgerProcess.RunAsync(folder, "keys", "new", name)).With(ExitCodes.Usage);
    }
}

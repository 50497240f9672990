using System.Text.Json;
using Ledger.Client;

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
    [InlineData("secp256k1")]
    [InlineData("p256")]
    [InlineData("ed25519")]
    public async Task Export_ThenImport_IsTheSameKey(string type)
    {
        using TemporaryFolder folder = new();
        Ended made = await RunAsync(folder, "keys", "new", "a", "--type", type);
        await RunAsync(folder, "keys", "export", "a", "--format", "pem", "--secret", "--out", "a.pem");
        await RunAsync(folder, "keys", "export", "a", "--format", "jwk", "--secret", "--out", "a.jwk");
        Ended exported = await RunAsync(folder, "keys", "export", "a");

        Ended pem = await RunAsync(folder, "keys", "import", "b", "a.pem", "--fragment", "key-2");
        Ended jwk = await RunAsync(folder, "keys", "import", "c", "a.jwk");

        Assert.Equal(made.Text("public_key"), pem.Text("public_key"));
        Assert.Equal(made.Text("public_key"), jwk.Text("public_key"));
        Assert.Equal("key-2", pem.Text("fragment"));
        Assert.Equal(made.Text("did_key"), exported.Text("did_key"));
        Assert.False(exported.Json.GetProperty("jwk").TryGetProperty("d", out _), "a secret was printed");
        foreach (string file in (string[])["a.pem", "a.jwk"])
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder[file]));
        }

        static async Task<Ended> RunAsync(TemporaryFolder folder, params string[] arguments) =>
            (await LedgerProcess.RunAsync(folder, [.. arguments, "--json"])).With(ExitCodes.Done);
    }

    [Theory]
    [InlineData("keys export a --format pem", ExitCodes.Usage, "say that one is meant with --secret")]
    [InlineData("keys export a --secret --format pem", ExitCodes.Usage, "goes to a file")]
    [InlineData("keys export a --secret --out x.pem", ExitCodes.Usage, "has no secret in it")]
    [InlineData("keys export a --format der", ExitCodes.Usage, "is none of did-key|jwk|pem")]
    [InlineData("keys export a --secret --format pem --out there", ExitCodes.Unreachable, "already exists")]
    [InlineData("keys import b there", ExitCodes.Unreachable, "there: ")]
    [InlineData("keys import b brace", ExitCodes.Unreachable, "This is not JSON")]
    [InlineData("keys import b nowhere", ExitCodes.Unreachable, "nowhere")]
    [InlineData("keys import a a.pem", ExitCodes.Unreachable, "There is a key")]
    [InlineData("keys new c --type multikey", ExitCodes.Usage, "is none of secp256k1|ed25519|p256")]
    public async Task ExportAndImport_OfWhatIsWrong_SayWhatItIs(string command, int exitCode, string message)
    {
        using TemporaryFolder folder = new();
        await LedgerProcess.RunAsync(folder, "keys", "new", "a");
        await LedgerProcess.RunAsync(folder, "keys export a --format pem --secret --out a.pem".Split(' '));
        File.WriteAllText(folder["there"], "no key");
        File.WriteAllText(folder["brace"], "{");

        Ended ended = await LedgerProcess.RunAsync(folder, command.Split(' '));

        Assert.Contains(message, ended.With(exitCode).Error);
    }

    [Fact]
    public async Task Show_WithOneBadFile_ShowsTheOthers()
    {
        using TemporaryFolder folder = new();
        (await LedgerProcess.RunAsync(folder, "keys", "new", "good")).With(ExitCodes.Done);
        (await LedgerProcess.RunAsync(folder, "keys", "new", "open")).With(ExitCodes.Done);
        File.SetUnixFileMode(folder.KeyFile("open"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        File.WriteAllText(folder.KeyFile("bad"), "not a key");
        File.WriteAllText(folder.KeyFile("Not A Name"), "{}");

        Ended shown = (await LedgerProcess.RunAsync(folder, "keys", "show", "--json")).With(ExitCodes.Unreachable);

        JsonElement[] keys = [.. shown.Json.GetProperty("keys").EnumerateArray()];
        Assert.Equal(["Not A Name", "bad", "good", "open"], keys.Select(static k => k.GetProperty("name").GetString()));
        Assert.Equal(
            ["good"],
            keys.Where(static k => k.TryGetProperty("type", out _))
                .Select(static k => k.GetProperty("name").GetString())
        );
        Assert.Contains("3 of 4 files", shown.Error);
    }

    [Fact]
    public async Task Files_AsEditorsSaveThem_AreRead()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["passphrase"], "\uFEFFcorrect horse \r\n");
        string[] withPassphrase = ["--passphrase-file", "passphrase"];
        (await LedgerProcess.RunAsync(folder, ["keys", "new", "a", .. withPassphrase])).With(ExitCodes.Done);
        string file = folder.KeyFile("a");
        File.WriteAllText(file, "\uFEFF" + File.ReadAllText(file).ReplaceLineEndings("\r\n") + " \r\n");
        string logKey = ledger.Node.LogKey;
        File.WriteAllText(folder["registry.pub"], $"\uFEFF{logKey} \r\n");
        File.WriteAllText(folder["settings"], "\uFEFF" + $$"""{ "node": "{{ledger.Node.Address}}" }""" + "\r\n");

        using (SigningKey key = Client.KeyFile.Load(file, "correct horse "))
        {
            Assert.Equal(
                (await LedgerProcess.RunAsync(folder, "keys", "show", "a", "--json")).Text("public_key"),
                Convert.ToHexStringLower(key.PublicKey.Span)
            );
        }

        Ended shown = await LedgerProcess.RunAsync(
            folder,
            ["log", "show", "--config", "settings", "--log-key", "registry.pub", "--json"]
        );
        Assert.Equal(logKey, shown.With(ExitCodes.Done).Text("log_key"));
    }

    [Fact]
    public async Task Files_ThatAreNotUtf8_AreRefused()
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["latin"], [.. "caf\u00e9\n"u8[..3], 0xe9, (byte)'\n']);
        (await LedgerProcess.RunAsync(folder, "keys", "new", "a")).With(ExitCodes.Done);
        string did = "did:pilot:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
        string mint = $"token mint --class c --owner {did} --actor {did} --as a --from-file latin";

        foreach (
            string command in (string[])
                ["keys new b --passphrase-file latin", "keys show --config latin", "log show --log-key latin", mint]
        )
        {
            Ended run = await LedgerProcess.RunAsync(folder, command.Split(' '));

            Assert.Contains("latin is not a file of text in UTF-8", run.With(ExitCodes.Unreachable).Error);
        }
    }

    [Fact]
    public async Task New_InterruptedAtThePrompt_EndsWithoutAKey()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "There is no script(1) to make a terminal with.");
        using TemporaryFolder folder = new();
        await using LedgerProcess terminal = LedgerProcess.StartOnATerminal(folder, "keys new a --encrypt");
        string shown = "";
        while (!shown.Contains("Passphrase", StringComparison.Ordinal))
        {
            int next = terminal.Output.Read();
            Assert.True(next >= 0, $"it ended after: {shown}");
            shown += (char)next;
        }

        terminal.Input.Write('\u0003');
        terminal.Input.Flush();

        (await terminal.EndAsync()).With(ExitCodes.Interrupted);
        Assert.False(File.Exists(folder.KeyFile("a")));
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

using System.Text;
using System.Text.Json;
using Ledger.Client;
using Ledger.Protocol;

namespace Ledger.Cli.Tests.Commands;

/// <summary>The life of a DID as a person types it.</summary>
public class DidLifeTests(FoundedLedger ledger)
{
    [Fact]
    public async Task Create_WithKeysThatAreNotThere_MakesThem()
    {
        Ended none = await ledger.RunAsync("did", "create", "--as", "made");
        Ended created = await ledger.RunAsync(
            "did",
            "create",
            "--as",
            "made",
            "--as",
            "made-2",
            "--key-type",
            "ed25519"
        );
        Ended shown = await DoneAsync("did", "show", "made-2");

        Assert.Contains("There is no key made", none.With(ExitCodes.Unreachable).Error);
        Assert.Equal(created.With(ExitCodes.Done).Text("did"), shown.Text("did"));
        Assert.Equal(["key-1 ED25519", "key-2 ED25519"], KeysOf(shown));
        Assert.Equal("nobody", created.Text("recovery"));
    }

    [Fact]
    public async Task Create_WithTwoKeysOfOneName_IsWrongUsage()
    {
        await NewKeyAsync("same-1");
        await NewKeyAsync("same-2");

        Ended twoKeys = await ledger.RunAsync("did", "create", "--as", "same-1", "--as", "same-2");
        Ended twoRecoveryKeys = await ledger.RunAsync(
            "did create --as same-1 --recovery-key same-1 --recovery-key same-2".Split(' ')
        );

        Assert.Contains("Two keys have the name key-1", twoKeys.With(ExitCodes.Usage).Error);
        Assert.Contains("Two recovery keys have the name key-1", twoRecoveryKeys.With(ExitCodes.Usage).Error);
        Assert.Equal("", (await DoneAsync("keys", "show", "same-1")).Text("did"));
    }

    [Theory]
    [InlineData("--recovery-delay 3d", "says nothing without --recovery-key")]
    [InlineData("--recovery-key sup --recovery-delay 91d", "at most 90 days")]
    [InlineData("--recovery-key sup --recovery-delay 3", "is not a stretch of time")]
    [InlineData("--recovery-key sup --recovery-delay -3d", "is not a stretch of time")]
    [InlineData("--recovery-key sup --recovery-delay 0h", "is not a stretch of time")]
    [InlineData("--commit-next --next-keys sup", "either --commit-next or --next-keys")]
    [InlineData("--threshold 0", "--threshold is at least 1")]
    public async Task Create_WithOptionsThatMakeNoSense_IsWrongUsage(string options, string message)
    {
        string name = $"senseless-{(uint)options.GetHashCode(StringComparison.Ordinal)}";
        await NewKeyAsync(name);

        Ended create = await ledger.RunAsync(["did", "create", "--as", name, .. options.Split(' ')]);

        Assert.Contains(message, create.With(ExitCodes.Usage).Error);
    }

    [Fact]
    public async Task Rotate_KeepsTheNameAndLeavesNoOldKeyInTheDocument()
    {
        await ledger.RegisterAsync("turner");
        string before = (await DoneAsync("keys", "show", "turner")).Text("public_key");

        Ended rotated = await DoneAsync("did", "rotate", "--as", "turner", "--key-type", "ed25519");
        Ended key = await DoneAsync("keys", "show", "turner");

        Assert.Equal(["key-2 ED25519"], KeysOf(await DoneAsync("did", "show", "turner")));
        Assert.Equal(2, rotated.Json.GetProperty("changes").GetArrayLength());
        Assert.NotEqual(before, key.Text("public_key"));
        Assert.Equal(("key-2", rotated.Text("did")), (key.Text("fragment"), key.Text("did")));
        Assert.False(File.Exists(ledger.Folder.KeyFile("turner.next")));
        await DoneAsync("did", "update", "--as", "turner", "--add-alias", "https://turner.example");
    }

    [Fact]
    public async Task Rotate_OfAKeyWithAPassphrase_EncryptsTheNewOneWithIt()
    {
        File.WriteAllText(ledger.Folder["rotation-passphrase"], "correct horse\n");
        string[] with = ["--passphrase-file", "rotation-passphrase"];
        await DoneAsync(["did", "create", "--as", "locked", "--key-type", "secp256k1", "--commit-next", .. with]);

        Ended next = await DoneAsync("keys", "show", "locked.next");
        await DoneAsync(["did", "rotate", "--as", "locked", .. with]);
        Ended key = await DoneAsync("keys", "show", "locked");

        Assert.Equal(("True", "True"), (next.Text("encrypted"), key.Text("encrypted")));
        Assert.Equal(next.Text("public_key"), key.Text("public_key"));
        await DoneAsync(["did", "deactivate", "--as", "locked", .. with]);
    }

    [Fact]
    public async Task Rotate_WithACommitment_TakesTheKeyThatWasMadeForItAndNoOther()
    {
        await DoneAsync("did", "create", "--as", "careful", "--key-type", "secp256k1", "--commit-next");
        await NewKeyAsync("intruder", "--fragment", "intruder");
        string next = (await DoneAsync("keys", "show", "careful.next")).Text("public_key");

        Ended other = await ledger.RunAsync("did", "rotate", "--as", "careful", "--to", "intruder");
        Ended added = await ledger.RunAsync("did", "update", "--as", "careful", "--add-key", "intruder");
        await DoneAsync("did", "rotate", "--as", "careful", "--commit-next");
        string second = (await DoneAsync("keys", "show", "careful.next")).Text("public_key");
        string key = (await DoneAsync("keys", "show", "careful")).Text("public_key");
        await DoneAsync("did", "rotate", "--as", "careful");

        foreach (Ended refused in (Ended[])[other, added])
        {
            Assert.Equal("COMMITMENT_MISMATCH", Reason(refused));
            Assert.False(Error(refused).TryGetProperty("index", out _), "it was sent");
        }

        Assert.Equal(next, key);
        Assert.Equal(second, (await DoneAsync("keys", "show", "careful")).Text("public_key"));
        Assert.Equal(
            "",
            (await DoneAsync("did", "show", "careful"))
                .Json.GetProperty("document")
                .GetProperty("next_keys_commitment")
                .ToString()
        );
    }

    [Fact]
    public async Task Rotate_WhoseReceiptWasLost_IsNotDoneTwice()
    {
        await ledger.RegisterAsync("unlucky");
        string key = ledger.Folder.KeyFile("unlucky");
        byte[] before = File.ReadAllBytes(key);
        await DoneAsync("did", "rotate", "--as", "unlucky", "--commit-next");

        // As a crash between the receipt and the renaming of the files leaves them.
        File.Move(ledger.Folder.KeyFile("unlucky.next"), ledger.Folder.KeyFile("unlucky.next.next"));
        File.Move(key, ledger.Folder.KeyFile("unlucky.next"));
        File.WriteAllBytes(key, before);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Ended again = await DoneAsync("did", "rotate", "--as", "unlucky");

        Assert.Equal("True", again.Text("rotated_earlier"));
        Assert.Equal(["key-2 SECP256K1"], KeysOf(await DoneAsync("did", "show", "unlucky")));
        await DoneAsync("did", "rotate", "--as", "unlucky");
        Assert.Equal(["key-3 SECP256K1"], KeysOf(await DoneAsync("did", "show", "unlucky")));
    }

    [Fact]
    public async Task Update_AfterARotationWhoseReceiptWasLost_SignsWithTheKeyInForce()
    {
        await ledger.RegisterAsync("hasty");
        string key = ledger.Folder.KeyFile("hasty");
        byte[] before = File.ReadAllBytes(key);
        await DoneAsync("did", "rotate", "--as", "hasty");
        File.Move(key, ledger.Folder.KeyFile("hasty.next"));
        File.WriteAllBytes(key, before);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        await DoneAsync("did", "update", "--as", "hasty", "--add-alias", "https://hasty.example");

        Assert.Equal("key-2", (await DoneAsync("keys", "show", "hasty")).Text("fragment"));
    }

    [Fact]
    public async Task Recover_AfterATheft_GivesTheDidBackAtOnce()
    {
        await NewKeyAsync("victim-recovery", "--type", "ed25519");
        await NewKeyAsync("thief", "--fragment", "thief");
        string did = (
            await DoneAsync(
                "did create --as victim --key-type secp256k1 --recovery-key victim-recovery --add-service web,LinkedDomains,https://victim.example".Split(
                    ' '
                )
            )
        ).Text("did");
        string first = (await DoneAsync("did", "show", "victim")).Text("version");
        await DoneAsync(
            "did",
            "update",
            "--as",
            "victim",
            "--add-key",
            "thief",
            "--remove",
            "key-1",
            "--remove",
            "web"
        );
        await DoneAsync("did", "recovery", "change", "--as", "thief", "--none");
        Ended pending = await DoneAsync("did", "recovery", "show", did);

        Ended lost = await ledger.RunAsync("did", "update", "--as", "victim", "--add-alias", "https://v.example");
        await DoneAsync("did", "recover", "--as", "victim-recovery", "--to", "victim-new", "--from-version", first);
        await DoneAsync("did", "recovery", "cancel", "--as", "victim-recovery");
        Ended late = await ledger.RunAsync("did", "update", "--as", "thief", "--add-alias", "https://t.example");
        Ended now = await DoneAsync("did", "show", did);

        Assert.Equal("nobody", pending.Json.GetProperty("recovery_pending").GetProperty("proposed").ToString());
        Assert.Equal("update keys", pending.Json.GetProperty("recovery_pending").GetProperty("by").ToString());
        Assert.Equal(("UNKNOWN_KEY", "UNKNOWN_KEY"), (Reason(lost), Reason(late)));
        Assert.Equal(["key-1 SECP256K1"], KeysOf(now)); // above the highest name that is in the document: the thief's is none
        Assert.Equal(
            "web",
            now.Json.GetProperty("document").GetProperty("services")[0].GetProperty("fragment").ToString()
        );
        Assert.Equal(JsonValueKind.Null, now.Json.GetProperty("recovery_pending").ValueKind);
        Assert.True(now.Json.GetProperty("verified").GetProperty("document").GetBoolean());
        Assert.Equal(did, (await DoneAsync("keys", "show", "victim-new")).Text("did"));
        await DoneAsync("did", "update", "--as", "victim-new", "--add-alias", "https://victim.example");
    }

    [Fact]
    public async Task RecoveryChange_ByRank_CanBeCancelledFromAboveAlone()
    {
        await NewKeyAsync("high", "--fragment", "high");
        await NewKeyAsync("low", "--fragment", "low");
        await DoneAsync(
            "did create --as ranked --key-type secp256k1 --recovery-key high --recovery-key low --recovery-delay 7d".Split(
                ' '
            )
        );
        string[] change = ["did", "recovery", "change", "--by-recovery-key"];

        Ended byHigh = await DoneAsync([.. change, "--as", "high", "--recovery-key", "high"]);
        Ended byLow = await ledger.RunAsync([.. change, "--as", "low", "--recovery-key", "low"]);
        Ended cancelledByLow = await ledger.RunAsync("did", "recovery", "cancel", "--as", "low");
        Ended byKeys = await ledger.RunAsync("did", "recovery", "change", "--as", "ranked", "--none");
        await DoneAsync("did", "recovery", "cancel", "--as", "high");
        Ended nothing = await ledger.RunAsync("did", "recovery", "cancel", "--as", "high");
        Ended history = await DoneAsync("did", "history", "ranked", "--newest-first", "--limit", "2");

        Assert.StartsWith("604800 s after it is recorded", byHigh.Text("takes_effect"));
        Assert.Equal("RECOVERY_RANK RECOVERY_RANK", $"{Reason(byLow)} {Reason(cancelledByLow)}");
        Assert.Equal("RECOVERY_PENDING NO_RECOVERY_PENDING", $"{Reason(byKeys)} {Reason(nothing)}");
        JsonElement versions = history.Json.GetProperty("versions");
        Assert.Contains("is cancelled", versions[0].GetProperty("changes")[0].ToString());
        Assert.StartsWith("the recovery key of rank 1 proposes", versions[1].GetProperty("changes")[0].ToString());
        Assert.Equal("True", history.Text("more"));
    }

    [Fact]
    public async Task RecoveryChange_WithNothingOrBoth_IsWrongUsage()
    {
        await ledger.RegisterAsync("undecided");
        string[] change = ["did", "recovery", "change", "--as", "undecided"];

        Ended nothing = await ledger.RunAsync(change);
        Ended both = await ledger.RunAsync([.. change, "--none", "--recovery-key", "sup"]);

        Assert.Contains("either --recovery-key or --none", nothing.With(ExitCodes.Usage).Error);
        Assert.Contains("either --recovery-key or --none", both.With(ExitCodes.Usage).Error);
    }

    [Fact]
    public async Task History_EitherWay_TellsTheSameChanges()
    {
        await ledger.RegisterAsync("storied");
        for (int i = 0; i < 3; i++)
        {
            await DoneAsync("did", "update", "--as", "storied", "--add-alias", $"https://s{i}.example");
        }

        string[] oldest = Changes(await DoneAsync("did", "history", "storied"));
        string[] newest = Changes(await DoneAsync("did", "history", "storied", "--newest-first"));
        Ended forAPerson = await LedgerProcess.RunAsync(
            ledger.Folder,
            new Dictionary<string, string> { ["LEDGER_NODE"] = ledger.Node.Address },
            "did",
            "history",
            "storied"
        );

        Assert.Equal(oldest.Reverse(), newest);
        Assert.Equal("adds the alias https://s2.example", newest[0]);
        Assert.StartsWith("registered with 1 key", oldest[0]);
        Assert.Contains("\n    adds the alias https://s0.example\n", forAPerson.With(ExitCodes.Done).Output);
    }

    [Fact]
    public async Task Quota_OnceUsedUp_SaysWhenToTryAgain()
    {
        using TemporaryFolder folder = new();
        await using NodeUnderTest node = await NodeUnderTest.StartAsync(folder);
        await RunAsync("keys new sup");
        await RunAsync("found --network test --as sup");
        Ended usual = await RunAsync("did quota show");
        await RunAsync("did quota set --per-hour 1 --per-day 0 --per-week 0 --as sup");
        Ended set = await RunAsync("did quota show");
        await RunAsync("did rotate --as sup");
        Ended refused = await LedgerProcess.RunAsync(folder, Environment(), "did", "rotate", "--as", "sup");
        Ended recovered = await LedgerProcess.RunAsync(folder, Environment(), "did", "deactivate", "--as", "sup");

        Assert.Equal(
            "10 30 100 True",
            $"{usual.Text("per_hour")} {usual.Text("per_day")} {usual.Text("per_week")} {usual.Text("usual")}"
        );
        Assert.Equal("1 no limit False", $"{set.Text("per_hour")} {set.Text("per_week")} {set.Text("usual")}");
        Assert.Equal("DID_QUOTA", Reason(refused));
        Assert.InRange(Error(refused).GetProperty("retry_after_ms").GetInt64(), 1, 3_600_000);
        recovered.With(ExitCodes.Done);

        Dictionary<string, string> Environment() => new() { ["LEDGER_NODE"] = node.Address, ["LEDGER_JSON"] = "1" };

        async Task<Ended> RunAsync(string line) =>
            (await LedgerProcess.RunAsync(folder, Environment(), line.Split(' '))).With(ExitCodes.Done);
    }

    [Fact]
    public async Task Resolve_ForMachines_IsTheW3CResultWithAProofThatHolds()
    {
        string did = await ledger.RegisterAsync("resolved");
        string first = (await DoneAsync("did", "show", did)).Text("version");
        await DoneAsync("did", "rotate", "--as", "resolved");

        JsonElement now = (await DoneAsync("did", "resolve", "resolved")).Json;
        JsonElement then = (await DoneAsync("did", "resolve", did, "--version-id", first)).Json;
        await DoneAsync("did", "deactivate", "--as", "resolved");
        JsonElement ended = (await DoneAsync("did", "resolve", did)).Json;
        JsonElement before = (await DoneAsync("did", "resolve", did, "--version-id", first)).Json;

        JsonElement metadata = now.GetProperty("didDocumentMetadata");
        Assert.Equal(did, now.GetProperty("didDocument").GetProperty("id").GetString());
        Assert.Equal(
            "application/did",
            now.GetProperty("didResolutionMetadata").GetProperty("contentType").GetString()
        );
        Assert.Equal(first, then.GetProperty("didDocumentMetadata").GetProperty("versionId").GetString());
        Assert.Equal(
            metadata.GetProperty("versionId").GetString(),
            then.GetProperty("didDocumentMetadata").GetProperty("nextVersionId").GetString()
        );
        ProvenEntry proven = ProvenEntry.FromProofBundle(
            Encoding.UTF8.GetBytes(metadata.GetProperty("proof")[0].GetProperty("bundle").GetString()!),
            VerifierKey.Parse(ledger.Node.LogKey)
        );
        Assert.Equal(metadata.GetProperty("versionId").GetString(), $"{proven.Index}");
        Assert.Equal(JsonValueKind.Null, ended.GetProperty("didDocument").ValueKind);
        Assert.True(ended.GetProperty("didDocumentMetadata").GetProperty("deactivated").GetBoolean());
        Assert.True(before.GetProperty("didDocumentMetadata").GetProperty("deactivated").GetBoolean());
        Assert.Equal(did, before.GetProperty("didDocument").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Resolve_ForAPerson_SaysKeysServicesAndWhoCanTakeItBack()
    {
        await NewKeyAsync("read-recovery", "--fragment", "far");
        await DoneAsync(
            "did create --as read --key-type p256 --recovery-key read-recovery --commit-next --add-service web,LinkedDomains,https://read.example".Split(
                ' '
            )
        );
        await DoneAsync("did", "recovery", "change", "--as", "read", "--none");

        Ended read = await LedgerProcess.RunAsync(
            ledger.Folder,
            new Dictionary<string, string> { ["LEDGER_NODE"] = ledger.Node.Address },
            "did",
            "resolve",
            "read"
        );

        Assert.Matches("key-1 \\(p256 zDn[A-Za-z0-9]+\\), for authentication", read.With(ExitCodes.Done).Output);
        Assert.Contains("  web  LinkedDomains  https://read.example\n", read.Output);
        Assert.Contains("committed to: no others can follow", read.Output);
        Assert.Matches(
            "Can be taken back by\n  far .*\n  from .* on by nobody, as update keys proposed\n",
            read.Output
        );
        Assert.Matches("document +what the ledger's records hold\n +newest +as of entry [0-9]+, of ", read.Output);
    }

    [Fact]
    public async Task Keys_OfOthers_AreNamedByTheirPublicHalf()
    {
        const string Agreement = "agree=did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc";
        await NewKeyAsync("outside", "--type", "p256");
        string theirs = (await DoneAsync("keys", "export", "outside")).Text("did_key");
        await ledger.RegisterAsync("host");

        await DoneAsync("did", "update", "--as", "host", "--add-key", $"guest={theirs}", "--add-key", Agreement);
        await DoneAsync("did", "recovery", "change", "--as", "host", "--recovery-key", $"guest={theirs}");
        Ended host = await DoneAsync("did", "show", "host");
        Ended nonsense = await ledger.RunAsync("did", "update", "--as", "host", "--add-key", "x=did:key:z0");

        Assert.Equal(["key-1 SECP256K1", "guest P256", "agree MULTIKEY"], KeysOf(host));
        Assert.Equal(
            """["KEY_AGREEMENT"]""",
            host.Json.GetProperty("document").GetProperty("verification_methods")[2].GetProperty("purposes").ToString()
        );
        Assert.Equal(
            "guest",
            host.Json.GetProperty("recovery").GetProperty("keys")[0].GetProperty("fragment").ToString()
        );
        Assert.Contains("is not NAME=did:key:", nonsense.With(ExitCodes.Usage).Error);
    }

    [Fact]
    public async Task Show_AsAQrCode_DrawsIt()
    {
        await ledger.RegisterAsync("pictured");
        Dictionary<string, string> forAPerson = new() { ["LEDGER_NODE"] = ledger.Node.Address };

        Ended drawn = await LedgerProcess.RunAsync(ledger.Folder, forAPerson, "did", "show", "pictured", "--qr");
        Ended forMachines = await ledger.RunAsync("did", "show", "pictured", "--qr");

        Assert.Contains("    █▀▀▀▀▀█ ", drawn.With(ExitCodes.Done).Output);
        Assert.DoesNotContain("\e", drawn.Output);
        forMachines.With(ExitCodes.Usage);
    }

    private async Task NewKeyAsync(string name, params string[] options) =>
        await DoneAsync(["keys", "new", name, .. options]);

    private async Task<Ended> DoneAsync(params string[] arguments) =>
        (await ledger.RunAsync(arguments)).With(ExitCodes.Done);

    private static string[] Changes(Ended history) =>
        [
            .. history
                .Json.GetProperty("versions")
                .EnumerateArray()
                .Select(static v => string.Join('|', v.GetProperty("changes").EnumerateArray())),
        ];

    private static IEnumerable<string> KeysOf(Ended did) =>
        did
            .Json.GetProperty("document")
            .GetProperty("verification_methods")
            .EnumerateArray()
            .Select(static m => $"{m.GetProperty("fragment")} {m.GetProperty("type")}");

    private static JsonElement Error(Ended refused) => refused.With(ExitCodes.Refused).Json.GetProperty("error");

    private static string Reason(Ended refused) => Error(refused).GetProperty("reason").ToString();
}

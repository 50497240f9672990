using System.Text.Json;

namespace Ledger.Cli.Tests.Commands;

/// <summary>What parties do with a running node, end to end.</summary>
public class VerbsTests(FoundedLedger ledger)
{
    [Fact]
    public async Task Tokens_FromPilotToBurn_RoundTrip()
    {
        string museum = await ledger.RegisterAsync("museum");
        string bob = await ledger.RegisterAsync("bob");
        File.WriteAllText(ledger.Folder["credential"], "a credential");
        File.WriteAllText(ledger.Folder["gold.png"], "not really a picture");
        File.WriteAllText(ledger.Folder["tokens.csv"], $"silver-1\n\nsilver-2,{new string('a', 64)},image/png,12\n");

        Ended admitted = await DoneAsync(
            "party",
            "admit",
            "museum",
            "--role",
            "sponsor",
            "issuer",
            "participant",
            "--credential",
            "credential",
            "--as",
            "sup"
        );
        Assert.Equal(64, admitted.Text("salt").Length);
        await DoneAsync(
            "party",
            "admit",
            bob,
            "--role",
            "participant",
            "--commitment",
            new string('0', 64),
            "--as",
            "sup"
        );
        await PilotPath.OpenAsync(ledger.RunAsync, "crafts", "museum", "sup");
        await DoneAsync(
            "class",
            "create",
            "medals",
            "--pilot",
            "crafts",
            "--name",
            "Medals",
            "--max-supply",
            "7",
            "--category",
            "data-ip",
            "--transferability",
            "free",
            "--burn-authority",
            "both",
            "--as",
            "museum"
        );

        // Minted one by one, by count and from a file.
        string[] mint = ["token", "mint", "--class", "medals", "--as", "museum", "--owner"];
        Ended gold = await DoneAsync([
            .. mint,
            "bob",
            "--token-id",
            "gold-1",
            "--content",
            "gold.png",
            "--media-type",
            "image/png",
            "--bundle",
            "gold.proof",
        ]);
        Ended three = await DoneAsync([.. mint, "bob", "--count", "3"]);
        Ended silver = await DoneAsync([.. mint, museum, "--from-file", "tokens.csv"]);
        Assert.Equal(["1", "2", "3"], Texts(three.Json.GetProperty("tokens")));
        Assert.Equal(["silver-1", "silver-2"], Texts(silver.Json.GetProperty("tokens")));

        // Refused: the class is one short, and bob is not the issuer.
        Ended tooMany = (await ledger.RunAsync([.. mint, "bob", "--count", "2"])).With(ExitCodes.Refused);
        JsonElement error = tooMany.Json.GetProperty("error");
        Assert.Equal("SUPPLY_EXCEEDED", error.GetProperty("reason").GetString());
        Assert.Equal(222, error.GetProperty("code").GetInt32());
        Assert.True(error.GetProperty("index").GetInt64() > gold.Json.GetProperty("index").GetInt64());

        await DoneAsync("token", "transfer", "medals", "gold-1", "--to", "museum", "--as", "bob");
        await DoneAsync("token", "burn", "medals", "gold-1", "--as", "museum");
        Ended token = await DoneAsync("token", "show", "medals", "gold-1");
        Assert.Equal("BURNED", token.Text("state"));
        Assert.Equal(museum, token.Text("owner"));
        Assert.Equal("image/png", token.Json.GetProperty("content").GetProperty("media_type").GetString());
        Ended history = await DoneAsync("token", "history", "medals", "gold-1");
        Assert.Equal(
            [bob, museum, museum],
            history.Json.GetProperty("versions").EnumerateArray().Select(static v => v.GetProperty("owner").GetString())
        );

        Ended shown = await DoneAsync("class", "show", "medals");
        Assert.Equal("6 1 DATA_IP", $"{shown.Text("minted")} {shown.Text("burned")} {shown.Text("category")}");
        Assert.Equal("RUNNING", (await DoneAsync("pilot", "show", "crafts")).Text("state"));
        Assert.Equal(
            ["SPONSOR", "ISSUER", "PARTICIPANT"],
            Texts((await DoneAsync("party", "show", "museum")).Json.GetProperty("roles"))
        );

        // What the node lists, and the log itself.
        Assert.Contains("crafts", Ids(await DoneAsync("pilot", "list"), "pilots", "id"));
        Assert.Equal(["medals"], Ids(await DoneAsync("class", "list", "--pilot", "crafts"), "classes", "id"));
        string[] all = ["1", "2", "3", "gold-1", "silver-1", "silver-2"];
        Assert.Equal(all, Ids(await DoneAsync("token", "list", "--class", "medals"), "tokens", "token"));
        Ended some = await DoneAsync("token", "list", "--class", "medals", "--limit", "2");
        Assert.Equal(all[..2], Ids(some, "tokens", "token"));
        Assert.Equal("True", some.Text("more"));
        Assert.Equal(["1", "2", "3"], Ids(await DoneAsync("token", "list", "--owner", "bob"), "tokens", "token"));
        Assert.Equal("2", (await DoneAsync("token", "balance", "medals", "museum")).Text("count"));
        (await ledger.RunAsync("token", "list")).With(ExitCodes.Usage);
        Ended entries = await DoneAsync("log", "entries", "--from", gold.Text("index"), "--limit", "1");
        JsonElement shownEntry = entries.Json.GetProperty("entries")[0];
        Assert.Equal(gold.Text("operation_id"), shownEntry.GetProperty("operation_id").GetString());
        Assert.Equal(
            "gold-1",
            shownEntry.GetProperty("operation").GetProperty("mint").GetProperty("token_id").ToString()
        );
        Ended attempts = await DoneAsync(
            "log",
            "entries",
            "--refused",
            "--from",
            error.GetProperty("index").ToString()
        );
        Assert.Contains("SUPPLY_EXCEEDED", Ids(attempts, "entries", "outcome"));
        Assert.DoesNotContain("APPLIED", Ids(attempts, "entries", "outcome"));

        Ended verified = await DoneAsync("verify", "gold.proof", "--log-key", ledger.Node.LogKey);
        Assert.Equal(gold.Text("index"), verified.Text("index"));
    }

    [Fact]
    public async Task Did_KeyReplacedThenEnded_ResolvesAtEveryVersion()
    {
        string did = await ledger.RegisterAsync("rita");
        (await ledger.RunAsync("keys", "new", "rita-2", "--fragment", "key-2", "--type", "ed25519")).With(
            ExitCodes.Done
        );
        Ended first = await DoneAsync("did", "show", "rita");

        await DoneAsync(
            "did",
            "update",
            "--as",
            "rita",
            "--add-key",
            "rita-2",
            "--add-service",
            "web,LinkedDomains,https://rita.example"
        );
        Ended second = await DoneAsync("did", "update", "--as", "rita-2", "--remove", "key-1");
        Ended old = (await ledger.RunAsync("did", "update", "--as", "rita", "--add-alias", "https://a.example")).With(
            ExitCodes.Refused
        );
        await DoneAsync("did", "deactivate", "--as", "rita-2");

        Assert.Equal("UNKNOWN_KEY", old.Json.GetProperty("error").GetProperty("reason").GetString());
        Ended late = await ledger.RunAsync("did", "update", "--as", "rita-2", "--add-alias", "https://a.example");
        Assert.Contains("ACTOR_DEACTIVATED (101)", late.With(ExitCodes.Refused).Error);
        Ended now = await DoneAsync("did", "show", did);
        Assert.Equal("True", now.Json.GetProperty("verified").GetProperty("document").ToString());
        Assert.Equal("True", now.Text("deactivated"));
        Assert.Equal(["key-2"], Fragments(now));
        Ended then = await DoneAsync("did", "show", did, "--version-id", first.Text("version"));
        Assert.Equal(["key-1"], Fragments(then));
        foreach (string time in (string[])["11/12/2026", "2026-12-11 10:00", "2026-12-11T10:00:00", "20261211", "now"])
        {
            Ended wrong = await ledger.RunAsync("did", "show", did, "--version-time", time);
            Assert.Contains("is not a time in ISO 8601", wrong.With(ExitCodes.Usage).Error);
        }

        JsonElement[] versions =
        [
            .. (await DoneAsync("did", "history", did)).Json.GetProperty("versions").EnumerateArray(),
        ];
        Assert.Equal([2, 2, 1, 1], versions.Select(static v => v.GetProperty("changes").GetArrayLength()));
        Ended between = await DoneAsync("did", "show", did, "--version-time", second.Text("time"));
        Assert.Equal(second.Text("index"), between.Text("version"));
    }

    [Fact]
    public async Task Show_OfARecord_SaysWhatWasVerifiedAndWhatWasNot()
    {
        Dictionary<string, string> forAPerson = new() { ["LEDGER_NODE"] = ledger.Node.Address };
        Ended party = await DoneAsync("party", "show", "sup");
        Ended did = await DoneAsync("did", "show", "sup");
        Ended read = await LedgerProcess.RunAsync(ledger.Folder, forAPerson, "did", "show", "sup");

        JsonElement verified = did.Json.GetProperty("verified");
        Assert.Equal("0 APPLIED", $"{verified.GetProperty("entry")} {verified.GetProperty("outcome")}");
        Assert.Equal(ledger.Node.LogKey, verified.GetProperty("signed_by").GetString());
        Assert.True(verified.GetProperty("document").GetBoolean());
        Assert.True(verified.GetProperty("record").GetBoolean());
        Assert.Equal(["recovery_by_time", "known_as_of"], Texts(did.Json.GetProperty("not_verified")));
        Assert.False(party.Json.GetProperty("verified").TryGetProperty("document", out _));
        Assert.True(party.Json.GetProperty("verified").GetProperty("record").GetBoolean());
        Assert.Equal(["grants"], Texts(party.Json.GetProperty("not_verified")));
        Assert.Matches("\nnot verified +recovery_by_time, known_as_of\n", read.With(ExitCodes.Done).Output);
        Assert.Contains($"`ledger audit {ledger.Node.Address}` recomputes it", read.Output);
    }

    [Fact]
    public async Task Found_ASecondTime_IsRefused()
    {
        (await ledger.RunAsync("keys", "new", "usurper")).With(ExitCodes.Done);

        Ended found = (await ledger.RunAsync("found", "--network", "mine", "--as", "usurper")).With(ExitCodes.Refused);

        JsonElement error = found.Json.GetProperty("error");
        Assert.Equal("refused", error.GetProperty("kind").GetString());
        Assert.Equal("ALREADY_FOUNDED", error.GetProperty("reason").GetString());
        Assert.False(error.TryGetProperty("index", out _), "what was not recorded has no index");
        Assert.Contains("ALREADY_FOUNDED (12)", found.Error);
    }

    [Fact]
    public async Task Log_KeyAndShow_AgreeWithTheNode()
    {
        Ended key = await LedgerProcess.RunAsync(ledger.Folder, "log", "key", ledger.Node.Address);
        Ended shown = await DoneAsync("log", "show", "--log-key", ledger.Node.LogKey);

        Assert.Equal(ledger.Node.LogKey + "\n", key.With(ExitCodes.Done).Output);
        Assert.Equal(NodeUnderTest.Origin, shown.Text("origin"));
        Assert.Equal("test", shown.Text("network"));
    }

    private async Task<Ended> DoneAsync(params string[] arguments) =>
        (await ledger.RunAsync(arguments)).With(ExitCodes.Done);

    private static IEnumerable<string> Texts(JsonElement list) =>
        list.EnumerateArray().Select(static e => e.ToString());

    private static IEnumerable<string> Ids(Ended ended, string list, string field) =>
        ended.Json.GetProperty(list).EnumerateArray().Select(item => item.GetProperty(field).ToString());

    private static IEnumerable<string> Fragments(Ended did) =>
        did
            .Json.GetProperty("document")
            .GetProperty("verification_methods")
            .EnumerateArray()
            .Select(static m => m.GetProperty("fragment").ToString());
}

using System.Text.Json;

namespace Ledger.Cli.Tests.Commands;

/// <summary>Pilots, policies and supervision from the command line, on a running node.</summary>
public class RegistryTests(FoundedLedger ledger)
{
    private static readonly string Hash = new('1', 64);
    private static readonly string[] Order = ["--order", "2026-1", "--basis", "CSL-2016/art.47"];

    [Fact]
    public async Task Pilot_FromDraftToEvaluation_LeavesItsPaperwork()
    {
        string sponsor = await AdmitAsync("reg-sponsor", "sponsor", "issuer");
        string member = await AdmitAsync("reg-member", "participant");
        await PilotPath.OpenAsync(ledger.RunAsync, "reg-pilot", "reg-sponsor", "sup");

        string[] pilot = ["pilot", "participant"];
        await DoneAsync([.. pilot, "invite", "reg-pilot", "reg-member", "--as", "reg-sponsor"]);
        File.WriteAllText(ledger.Folder["consent"], "I agree.");
        Ended admitted = await DoneAsync([
            .. pilot,
            "admit",
            "reg-pilot",
            "--consent",
            "consent",
            "--as",
            "reg-member",
        ]);
        Assert.Equal(64, admitted.Text("salt").Length);
        await DoneAsync([
            .. "pilot milestone plan reg-pilot visits --kpi visitors --target 10 --due 90d --as reg-sponsor".Split(' '),
        ]);
        await DoneAsync("pilot tranche plan reg-pilot first --milestone visits --fen 100 --as sup".Split(' '));
        string[] release = $"pilot tranche release reg-pilot first --evidence {Hash} --as sup".Split(' ');
        Assert.Equal("MILESTONE_NOT_ACCEPTED", Reason(await ledger.RunAsync(release)));
        await DoneAsync(
            $"pilot milestone report reg-pilot visits --reached 12 --evidence {Hash} --as reg-sponsor".Split(' ')
        );
        await DoneAsync($"pilot milestone accept reg-pilot visits --evidence {Hash} --as sup".Split(' '));
        await DoneAsync(release);
        await DoneAsync([
            .. $"pilot move reg-pilot concluded --reason as-planned --evidence {Hash} --as sup".Split(' '),
            "--conclusion",
            "completed",
        ]);
        await DoneAsync(
            $"pilot evaluate reg-pilot --grade good --report {Hash} --replicable-case {Hash} --as sup".Split(' ')
        );

        Ended shown = await DoneAsync("pilot", "show", "reg-pilot");
        Assert.Equal(
            $"EVALUATED COMPLETED {sponsor}",
            $"{shown.Text("state")} {shown.Text("conclusion")} {shown.Text("sponsor")}"
        );
        Assert.Equal(
            [member],
            Values(await DoneAsync("pilot", "participant", "list", "reg-pilot"), "participants", "party")
        );
        Assert.Equal(
            ["ACCEPTED"],
            Values(await DoneAsync("pilot", "milestone", "list", "reg-pilot"), "milestones", "state")
        );
        Assert.Equal(
            ["RELEASED"],
            Values(await DoneAsync("pilot", "tranche", "list", "reg-pilot"), "tranches", "state")
        );
        Assert.Equal(
            ["ASSESSMENT"],
            Values(await DoneAsync("pilot", "evidence", "list", "reg-pilot"), "documents", "kind")
        );
        Assert.Contains("DRAFT", Values(await DoneAsync("pilot", "history", "reg-pilot"), "versions", "state"));
        Assert.Contains("reg-pilot", Values(await DoneAsync("pilot", "list", "--replicable"), "pilots", "id"));
        Assert.Contains("reg-pilot", Values(await DoneAsync("pilot", "list", "--state", "evaluated"), "pilots", "id"));
        (await ledger.RunAsync("pilot", "list", "--state", "running", "--replicable")).With(ExitCodes.Usage);
        Assert.Contains("EVALUATED", Values(await DoneAsync("pilot", "counts"), "counts", "state"));
        Assert.Equal("1", (await DoneAsync("pilot", "figures", "reg-pilot")).Text("documents"));
        Assert.Contains(
            "MILESTONE_NOT_ACCEPTED",
            Values(await DoneAsync("refusals", "--pilot", "reg-pilot"), "refusals", "reason")
        );
    }

    [Fact]
    public async Task Supervision_OfAToken_NeedsItsOrderAndTwoHands()
    {
        await AdmitAsync("sv-issuer", "sponsor", "issuer");
        string owner = await AdmitAsync("sv-owner", "participant");
        await AdmitAsync("sv-other", "participant");
        string deputy = await AdmitAsync("sv-deputy", "supervisor-deputy");
        await PilotPath.OpenAsync(ledger.RunAsync, "sv-pilot", "sv-issuer", "sup");
        await DoneAsync([
            .. "class create sv-class --pilot sv-pilot --name N --max-supply 9 --transferability free".Split(' '),
            .. "--burn-authority owner --power freeze forced-transfer forced-burn pause --as sv-issuer".Split(' '),
        ]);
        await DoneAsync("token mint --class sv-class --owner sv-owner --count 2 --as sv-issuer".Split(' '));

        string[] check = "token check sv-class 1 --from sv-owner --to sv-other".Split(' ');
        Assert.Equal("APPLIED", (await DoneAsync(check)).Text("outcome"));
        await DoneAsync([.. "token freeze sv-class 1 --reason rights-dispute --as sup".Split(' '), .. Order]);
        Assert.Equal("TOKEN_FROZEN", Reason(await ledger.RunAsync(check)));

        // Alone; together; and apart, by a file that the deputy signs without a node.
        string[] recall =
        [
            .. "token recall sv-class 1 --from sv-owner --to sv-other --reason court-order --as sup".Split(' '),
            .. Order,
        ];
        Assert.Equal("APPROVAL_REQUIRED", Reason(await ledger.RunAsync(recall)));
        await DoneAsync([.. recall, "--approver", "sv-deputy"]);
        string[] destroy = [.. "token destroy sv-class 2 --reason court-order --as sup".Split(' '), .. Order];
        (await ledger.RunAsync([.. destroy, "--approver", deputy])).With(ExitCodes.Usage);
        Ended prepared = await DoneAsync([.. destroy, "--approver", deputy, "--prepare", "destroy.op"]);
        Assert.Equal(deputy, prepared.Text("approver"));
        Assert.Equal("APPROVER_SIGNATURE", Reason(await ledger.RunAsync("submit", "destroy.op")));
        Ended signed = await DoneAsync("sign", "destroy.op", "--as", "sv-deputy", "--yes");
        Assert.Equal(1, signed.Json.GetProperty("approved_by").GetArrayLength());
        await DoneAsync("submit", "destroy.op");

        Assert.Equal("BURNED", (await DoneAsync("token", "show", "sv-class", "2")).Text("state"));
        Ended actions = await DoneAsync("actions", "--class", "sv-class");
        Assert.Equal(["FORCED_BURN", "FORCED_TRANSFER", "FREEZE_TOKEN"], Values(actions, "actions", "kind"));
        Ended proven = await DoneAsync("token", "history", "sv-class", "1", "--with-proof");
        Assert.Equal([owner, owner], Values(proven, "versions", "owner").Take(2));
        Assert.All(Values(proven, "versions", "operation_id"), static id => Assert.Equal(64, id.Length));
    }

    [Fact]
    public async Task Group_WithAStepThatIsRefused_DoesNothingAndNamesIt()
    {
        await AdmitAsync("gr-issuer", "sponsor", "issuer");
        string owner = await AdmitAsync("gr-owner", "participant");
        await PilotPath.OpenAsync(ledger.RunAsync, "gr-pilot", "gr-issuer", "sup");
        await DoneAsync([
            .. "class create gr-class --pilot gr-pilot --name N --max-supply 1 --transferability free".Split(' '),
            .. "--burn-authority owner --as gr-issuer".Split(' '),
        ]);
        string mint = $$$"""{"mint": {"classId": "gr-class", "owner": "{{{owner}}}"}}""";
        File.WriteAllText(ledger.Folder["two.json"], $"[{mint}, {mint}]");
        File.WriteAllText(ledger.Folder["one.json"], $"[{mint}]");

        Ended refused = (await ledger.RunAsync("group", "two.json", "--as", "gr-issuer")).With(ExitCodes.Refused);
        Ended done = await DoneAsync("group", "one.json", "--as", "gr-issuer");

        JsonElement error = refused.Json.GetProperty("error");
        Assert.Equal("SUPPLY_EXCEEDED", error.GetProperty("reason").GetString());
        Assert.Equal(2, error.GetProperty("verdict").GetProperty("step").GetInt32());
        Assert.Contains("Step 2 of the group was refused", refused.Error);
        Assert.Equal("1", (await DoneAsync("class", "show", "gr-class")).Text("minted"));
        Ended events = await DoneAsync(
            "events",
            "--from",
            done.Text("index"),
            "--effect",
            "minted",
            "--class",
            "gr-class"
        );
        Assert.Equal("minted", events.Json.GetProperty("effect").GetString());
        (await ledger.RunAsync("group", "missing.json", "--as", "gr-issuer")).With(ExitCodes.Unreachable);
        File.WriteAllText(ledger.Folder["bad.json"], """[{"nothing": {}}]""");
        (await ledger.RunAsync("group", "bad.json", "--as", "gr-issuer")).With(ExitCodes.Usage);
    }

    [Fact]
    public async Task Policy_ProposedAndApproved_IsInForceAtItsTime()
    {
        await AdmitAsync("po-issuer", "sponsor", "issuer");
        await PilotPath.OpenAsync(ledger.RunAsync, "po-pilot", "po-issuer", "sup");
        File.WriteAllText(ledger.Folder["hold.json"], """{"firstHold": {"seconds": "3600"}}""");
        string[] propose = "policy propose po-hold hold.json --pilot po-pilot --as po-issuer".Split(' ');

        await DoneAsync(propose);
        await DoneAsync("policy reject po-hold 1 --as sup".Split(' '));
        await DoneAsync(propose);
        await DoneAsync("policy approve po-hold 2 --effective 1h --as sup".Split(' '));

        Ended shown = await DoneAsync("policy", "show", "po-hold");
        Assert.Equal("2", shown.Json.GetProperty("next").GetProperty("version").ToString());
        Assert.Equal(JsonValueKind.Null, shown.Json.GetProperty("version_in_force").ValueKind);
        Assert.Equal(["po-hold"], Values(await DoneAsync("policy", "list", "--pilot", "po-pilot"), "policies", "id"));
    }

    [Fact]
    public async Task Party_RolesAccountAndErasure_AreShown()
    {
        await AdmitAsync("pa-party", "participant");
        await DoneAsync("role grant pa-party --role auditor --valid-until 30d --as sup".Split(' '));
        await DoneAsync([
            .. "account freeze pa-party --as-supervisor --reason investigation --as sup".Split(' '),
            .. Order,
        ]);

        Ended shown = await DoneAsync("party", "show", "pa-party");
        Assert.Equal("AUDITOR", shown.Json.GetProperty("grants")[0].GetProperty("role").GetString());
        Assert.Equal("FROZEN", shown.Json.GetProperty("supervisor_hold").GetProperty("state").GetString());
        await DoneAsync([
            .. "account restore pa-party --as-supervisor --reason cause-removed --as sup".Split(' '),
            .. Order,
        ]);
        await DoneAsync("role revoke pa-party --role auditor --as sup".Split(' '));
        await DoneAsync("party", "exit", "--as", "pa-party");
        Assert.Equal("True", (await DoneAsync("party", "show", "pa-party")).Text("exited"));
        string commitment = new('0', 64);
        (await ledger.RunAsync("account", "freeze", "pa-party", "--as", "sup")).With(ExitCodes.Usage);
        (await ledger.RunAsync("erasure", "show", "00")).With(ExitCodes.Usage);
        Assert.Equal("False", (await DoneAsync("erasure", "show", new string('7', 64))).Text("erased"));
        Assert.NotEqual(commitment, shown.Text("did"));
    }

    [Fact]
    public async Task Field_DigestDiscloseVerify_ShowsOneAlone()
    {
        Ended digest = await DoneAsync("field", "digest", "artist=Lin", "year=1987", "empty=", "--out", "medal.fields");
        string root = digest.Text("fields_root");

        await DoneAsync("field", "disclose", "medal.fields", "year", "--out", "year.disclosure");
        Ended verified = await DoneAsync("field", "verify", "year.disclosure", "--root", root);
        Ended other = await ledger.RunAsync("field", "verify", "year.disclosure", "--root", Hash);

        Assert.Equal("year 1987 3", $"{verified.Text("name")} {verified.Text("value")} {verified.Text("fields")}");
        other.With(ExitCodes.Refused);
        Assert.DoesNotContain("artist", File.ReadAllText(ledger.Folder["year.disclosure"]));
        (await ledger.RunAsync("field", "disclose", "medal.fields", "age", "--out", "x")).With(ExitCodes.Usage);
        (await ledger.RunAsync("field", "digest", "a=1", "a=2", "--out", "x")).With(ExitCodes.Usage);
    }

    [Fact]
    public async Task Roles_Table_PrintsThePermissions()
    {
        Ended table = await LedgerProcess.RunAsync(ledger.Folder, "roles", "--table");

        Assert.Contains("| `forced_transfer` |", table.With(ExitCodes.Done).Output);
    }

    private async Task<string> AdmitAsync(string name, params string[] roles)
    {
        string did = await ledger.RegisterAsync(name);
        string[] commitment = ["--commitment", new string('0', 64), "--as", "sup"];
        await DoneAsync(["party", "admit", name, "--role", .. roles, .. commitment]);
        return did;
    }

    private async Task<Ended> DoneAsync(params string[] arguments) =>
        (await ledger.RunAsync(arguments)).With(ExitCodes.Done);

    private static string? Reason(Ended refused) =>
        refused.With(ExitCodes.Refused).Json.GetProperty("error").GetProperty("reason").GetString();

    private static IEnumerable<string> Values(Ended ended, string list, string field) =>
        ended.Json.GetProperty(list).EnumerateArray().Select(item => item.GetProperty(field).ToString());
}

using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli.Tests.Commands;

/// <summary>An operation that several sign, on machines of their own.</summary>
public class SignCommandTests(FoundedLedger ledger)
{
    // Bob's machine: another home, and no node that it could reach.
    private static readonly Dictionary<string, string> Offline = new()
    {
        ["LEDGER_NODE"] = "127.0.0.1:1",
        ["LEDGER_JSON"] = "1",
    };

    [Fact]
    public async Task Operation_SignedOnTwoMachinesAtOnce_IsSubmittedWithBoth()
    {
        using TemporaryFolder bobs = new();
        string did = await CreateSharedAsync(bobs, "pair");
        Ended alone = await ledger.RunAsync("did", "update", "--as", "pair-a", "--add-alias", "https://pair.example");
        Ended prepared = await DoneAsync(
            "did update --did pair-a --add-alias https://pair.example --prepare pair.op --valid-for 2d".Split(' ')
        );
        File.Copy(ledger.Folder["pair.op"], bobs["pair.op"]);

        Ended shown = await LedgerProcess.RunAsync(bobs, Offline, "sign", "pair.op");
        Ended byBob = await LedgerProcess.RunAsync(bobs, Offline, "sign", "pair.op", "--as", "pair-b", "--yes");
        await DoneAsync("sign", "pair.op", "--as", "pair-a", "--yes");
        Ended tooFew = await ledger.RunAsync("submit", "pair.op");
        File.Copy(bobs["pair.op"], ledger.Folder["pair-b.op"]);
        Ended submitted = await DoneAsync("submit", "pair.op", "pair-b.op", "--bundle", "pair.proof");
        Ended again = await DoneAsync("submit", "pair-b.op", "pair.op");

        Assert.Equal("THRESHOLD_NOT_MET", Reason(alone));
        Assert.Equal("THRESHOLD_NOT_MET", Reason(tooFew));
        Assert.Equal("2", prepared.Text("needed"));
        Assert.Equal("""["pair-a","pair-b"]""", prepared.Text("can_sign"));
        Assert.Contains("- adds the alias https://pair.example", shown.With(ExitCodes.Done).Text("words"));
        Assert.Contains("- adds the alias https://pair.example\n", byBob.With(ExitCodes.Done).Error);
        Assert.Equal("""["pair-b"]""", byBob.Text("signed_by"));
        Assert.Equal((did, """["pair-a","pair-b"]"""), (submitted.Text("did"), submitted.Text("signed_by")));
        Assert.Equal(submitted.Text("index"), again.Text("index"));
        Assert.Equal(prepared.Text("operation_id"), submitted.Text("operation_id"));
        await DoneAsync("verify", "pair.proof", "--log-key", ledger.Node.LogKey);
    }

    [Fact]
    public async Task Rotation_PreparedAndSubmitted_BringsTheKeyFilesUpToIt()
    {
        await DoneAsync("did", "create", "--as", "slow", "--key-type", "secp256k1", "--commit-next");
        string next = (await DoneAsync("keys", "show", "slow.next")).Text("public_key");

        await DoneAsync("did", "rotate", "--did", "slow", "--key", "slow", "--prepare", "slow.op");
        string before = (await DoneAsync("keys", "show", "slow")).Text("public_key");
        await DoneAsync("sign", "slow.op", "--as", "slow", "--yes");
        await DoneAsync("submit", "slow.op");

        Assert.NotEqual(next, before);
        Assert.Equal(next, (await DoneAsync("keys", "show", "slow")).Text("public_key"));
        await DoneAsync("did", "update", "--as", "slow", "--add-alias", "https://slow.example");
    }

    [Theory]
    [InlineData("did recover --as w-r --to w-new --prepare w.op", "w-r")]
    [InlineData("did recovery change --as w --none --prepare w.op", "w")]
    [InlineData("did recovery cancel --as w-r --prepare w.op", "w-r")]
    [InlineData("did deactivate --as w --prepare w.op", "w")]
    public async Task Prepare_WithAKey_HasItsSignature(string command, string signer)
    {
        string prefix = $"p{(uint)command.GetHashCode(StringComparison.Ordinal)}";
        await DoneAsync("keys", "new", $"{prefix}-r", "--fragment", "r");
        await DoneAsync("did", "create", "--as", prefix, "--key-type", "secp256k1", "--recovery-key", $"{prefix}-r");

        string[] own =
        [
            .. command
                .Split(' ')
                .Select(word =>
                    word == "w" || word.StartsWith("w-") || word.StartsWith("w.") ? prefix + word[1..] : word
                ),
        ];
        Ended prepared = await DoneAsync(own);

        Assert.Equal(signer == "w" ? """["key-1"]""" : """["r"]""", prepared.Text("signed_by"));
        Assert.Equal("1", prepared.Text("needed"));
    }

    [Fact]
    public async Task Sign_WithoutATerminal_AsksForYes()
    {
        string did = await PrepareAsync("careless");

        Ended unasked = await ledger.RunAsync("sign", "careless.op", "--as", "careless");
        Ended signed = await DoneAsync("sign", "careless.op", "--as", "careless", "--yes", "--out", "careless-2.op");

        Assert.Contains("with --yes", unasked.With(ExitCodes.Usage).Error);
        Assert.Contains($"Replace the document of {did}.", unasked.Error);
        Assert.Equal("careless-2.op", signed.Text("file"));
        Assert.DoesNotContain("signature ", File.ReadAllText(ledger.Folder["careless.op"]));
    }

    [Fact]
    public async Task Sign_OfWhatIsWrong_SaysWhatItIs()
    {
        await PrepareAsync("wronged");
        await DoneAsync("keys", "new", "bystander");
        string text = File.ReadAllText(ledger.Folder["wronged.op"]);
        string[] sign = ["sign", "wrong.op", "--as", "wronged", "--yes"];

        await AssertAsync(text.Replace("@v1", "@v2"), ExitCodes.Unreachable, "the version v2");
        await AssertAsync(text[..^40], ExitCodes.Unreachable, "stops before its end");
        await AssertAsync("hello\n", ExitCodes.Unreachable, "not a file with an operation");
        await AssertAsync(text.Replace("https://wronged", "https://wr0nged"), ExitCodes.Refused, "Do not sign it");
        await AssertAsync(text, ExitCodes.Done, "");
        string signed = File.ReadAllText(ledger.Folder["wrong.op"]);
        await AssertAsync(signed, ExitCodes.Usage, "has signed this operation already");
        await AssertAsync(
            signed.Replace("signature key-1 ", "signature key-1 AAAA"),
            ExitCodes.Refused,
            "the file was changed"
        );
        Ended stranger = await ledger.RunAsync("sign", "wronged.op", "--as", "bystander", "--yes");
        Ended missing = await ledger.RunAsync("sign", "nowhere.op");

        Assert.Contains("none of those that can sign", stranger.With(ExitCodes.Usage).Error);
        missing.With(ExitCodes.Unreachable);

        async Task AssertAsync(string file, int exitCode, string message)
        {
            File.WriteAllText(ledger.Folder["wrong.op"], file);
            Assert.Contains(message, (await ledger.RunAsync(sign)).With(exitCode).Error);
        }
    }

    [Fact]
    public async Task Submit_OfWhatIsWrong_SaysWhatItIs()
    {
        await PrepareAsync("misled");
        await PrepareAsync("misled-too");
        Ended unsigned = await ledger.RunAsync("submit", "misled.op");
        Ended different = await ledger.RunAsync("submit", "misled.op", "misled-too.op");
        using SigningKey key = SigningKey.Generate();
        OperationFile elsewhere = OperationFile
            .Create(
                new OperationSigner("other.example/log", TimeSpan.FromDays(1)).Complete(
                    "",
                    new Operation { CreateDid = new CreateDid { Document = key.ToDocument() } }
                ),
                [],
                [key.ToVerificationMethod()],
                threshold: 1
            )
            .Sign(key);
        File.WriteAllBytes(ledger.Folder["elsewhere.op"], elsewhere.ToBytes());
        Ended wrongLedger = await ledger.RunAsync("submit", "elsewhere.op");

        Assert.Equal("SIGNATURE_COUNT", Reason(unsigned));
        Assert.Contains("different operations", different.With(ExitCodes.Usage).Error);
        Assert.Equal("WRONG_LEDGER", Reason(wrongLedger));
    }

    [Fact]
    public async Task Operation_WhoseTimeHasPassed_IsNeitherSignedNorTaken()
    {
        await ledger.RegisterAsync("belated");
        await DoneAsync(
            "did update --did belated --as belated --add-alias https://b.example --prepare belated.op --valid-for 1s".Split(
                ' '
            )
        );
        OperationFile file = OperationFile.Parse(File.ReadAllBytes(ledger.Folder["belated.op"]));
        while (DateTimeOffset.UtcNow < file.NotAfter.AddSeconds(1))
        {
            await ledger.RunAsync("keys", "show", "belated"); // whatever takes a moment
        }

        await DoneAsync("keys", "new", "belated-2");
        Ended signed = await ledger.RunAsync("sign", "belated.op", "--as", "belated-2", "--yes");
        Ended submitted = await ledger.RunAsync("submit", "belated.op");

        Assert.Equal("EXPIRED", Reason(signed));
        Assert.Equal("EXPIRED", Reason(submitted));
    }

    [Theory]
    [InlineData("did update --add-alias https://a.example --prepare x.op", "Which DID?")]
    [InlineData("did update --add-alias https://a.example", "'--as' is required")]
    [InlineData("did update --as sup --valid-for 1d --add-alias https://a.example", "without --prepare")]
    [InlineData("did update --as sup --valid-for 31d --prepare x.op --add-alias https://a.example", "at most 30d")]
    [InlineData("did rotate --did sup --prepare x.op", "Which keys are replaced?")]
    public async Task Prepare_OfNothingInParticular_IsWrongUsage(string command, string message)
    {
        Ended ended = await ledger.RunAsync(command.Split(' '));

        Assert.Contains(message, ended.With(ExitCodes.Usage).Error);
        Assert.False(File.Exists(ledger.Folder["x.op"]));
    }

    private async Task<string> PrepareAsync(string name)
    {
        string did = await ledger.RegisterAsync(name);
        await DoneAsync($"did update --did {name} --add-alias https://{name}.example --prepare {name}.op".Split(' '));
        return did;
    }

    // A DID that two keys change together; one of them is moved to Bob's machine.
    private async Task<string> CreateSharedAsync(TemporaryFolder bobs, string name)
    {
        foreach (string key in (string[])[$"{name}-a", $"{name}-b"])
        {
            await DoneAsync("keys", "new", key, "--fragment", key);
        }

        Ended created = await DoneAsync("did", "create", "--as", $"{name}-a", "--as", $"{name}-b", "--threshold", "2");
        string moved = bobs.KeyFile($"{name}-b");
        Directory.CreateDirectory(Path.GetDirectoryName(moved)!);
        File.Move(ledger.Folder.KeyFile($"{name}-b"), moved);
        return created.Text("did");
    }

    private async Task<Ended> DoneAsync(params string[] arguments) =>
        (await ledger.RunAsync(arguments)).With(ExitCodes.Done);

    private static string Reason(Ended refused) =>
        refused.With(ExitCodes.Refused).Json.GetProperty("error").GetProperty("reason").ToString();
}

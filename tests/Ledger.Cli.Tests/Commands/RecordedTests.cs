using System.Text.Json;
using Ledger.Client;
using Ledger.Protocol;

namespace Ledger.Cli.Tests.Commands;

/// <summary>A command says what became of its operation, whatever else goes wrong.</summary>
public class RecordedTests(FoundedLedger ledger)
{
    [Theory]
    [InlineData("nowhere/x.proof")]
    [InlineData("home")]
    public async Task Bundle_ThatCannotBeWritten_FailsBeforeAnythingIsRecorded(string bundle)
    {
        string name = $"bundle-{bundle.Length}";
        (await ledger.RunAsync("keys", "new", name)).With(ExitCodes.Done);

        Ended create = await ledger.RunAsync("did", "create", "--as", name, "--bundle", bundle);

        Assert.Contains("nothing was done", create.With(ExitCodes.Unreachable).Error);
        Assert.Equal("", (await ledger.RunAsync("keys", "show", name)).Text("did"));
    }

    [Fact]
    public async Task Result_ThatCannotBeWritten_LeavesTheIdTheIndexAndTheSalt()
    {
        string party = await ledger.RegisterAsync("full");
        File.WriteAllText(ledger.Folder["full.pdf"], "a credential");

        // Whatever is written to this device fails: the disk is full.
        Ended admit = await LedgerProcess.RunInShellAsync(
            ledger.Folder,
            new Dictionary<string, string> { ["LEDGER_NODE"] = ledger.Node.Address },
            $"party admit {party} --role participant --credential full.pdf --as sup > /dev/full"
        );

        admit.With(ExitCodes.Recorded);
        Assert.Matches("The operation [0-9a-f]{64} is recorded, as entry [0-9]+: do not repeat it.", admit.Error);
        Assert.Matches("Its salt is [0-9a-f]{64}.", admit.Error);
        Assert.Equal(
            "PARTICIPANT",
            (await ledger.RunAsync("party", "show", party)).Json.GetProperty("roles")[0].ToString()
        );
    }

    [Fact]
    public async Task Receipt_OfAnOperation_ShowsWhatBecameOfIt()
    {
        (await ledger.RunAsync("keys", "new", "receiver")).With(ExitCodes.Done);
        Ended created = (await ledger.RunAsync("did", "create", "--as", "receiver")).With(ExitCodes.Done);

        Ended found = await ledger.RunAsync("receipt", created.Text("operation_id"), "--bundle", "receipt.proof");
        Ended unknown = await ledger.RunAsync("receipt", new string('0', 64));
        Ended none = await ledger.RunAsync("receipt", "0x12");

        Assert.Equal(created.Text("index"), found.With(ExitCodes.Done).Text("index"));
        Assert.Equal("True APPLIED", $"{found.Text("recorded")} {found.Text("outcome")}");
        string key = found
            .Json.GetProperty("operation")
            .GetProperty("create_did")
            .GetProperty("document")
            .GetProperty("verification_methods")[0]
            .GetProperty("public_key")
            .ToString();
        Assert.Equal((await ledger.RunAsync("keys", "show", "receiver")).Text("public_key"), key);
        Assert.True(File.Exists(ledger.Folder["receipt.proof"]));
        Assert.Equal("False", unknown.With(ExitCodes.Refused).Text("recorded"));
        Assert.Contains("64 hexadecimal digits", none.With(ExitCodes.Usage).Error);
    }

    [Fact]
    public async Task Create_WithAKeyThatHasADid_IsRefusedUnlessTold()
    {
        string first = await ledger.RegisterAsync("twice");

        Ended again = await ledger.RunAsync("did", "create", "--as", "twice");
        Ended added = await ledger.RunAsync("did", "update", "--as", "sup", "--add-key", "twice");
        string kept = (await ledger.RunAsync("keys", "show", "twice")).Text("did");
        Ended told = await ledger.RunAsync("did", "create", "--as", "twice", "--overwrite-did");

        Assert.Contains($"The key twice belongs to {first}.", again.With(ExitCodes.Usage).Error);
        Assert.Contains($"The key twice belongs to {first}.", added.With(ExitCodes.Usage).Error);
        Assert.Equal(first, kept);
        Assert.Equal(
            told.With(ExitCodes.Done).Text("did"),
            (await ledger.RunAsync("keys", "show", "twice")).Text("did")
        );
    }

    [Fact]
    public async Task Mint_ThatStopsHalfway_SaysWhichLinesAreIn()
    {
        string[] mint = await PrepareClassAsync("half", 1_500);
        string[] lines = [.. Enumerable.Range(1, 1_001).Select(static i => $"t-{i}")];
        File.WriteAllLines(ledger.Folder["half.csv"], ["", .. lines, "t-1"]);

        Ended tooMany = await ledger.RunAsync([.. mint, "--count", "2500"]);
        Ended none = await ledger.RunAsync("token", "list", "--class", "half");
        Ended stopped = await ledger.RunAsync([.. mint, "--from-file", "half.csv"]);

        Assert.Contains("has room for 1500 more tokens", tooMany.With(ExitCodes.Refused).Error);
        Assert.Equal(0, none.Json.GetProperty("tokens").GetArrayLength());
        JsonElement error = stopped.With(ExitCodes.Recorded).Json.GetProperty("error");
        JsonElement recorded = error.GetProperty("recorded_entries");
        Assert.Equal(("TOKEN_EXISTS", 1), (error.GetProperty("reason").GetString(), recorded.GetArrayLength()));
        Assert.Contains(
            $"Minted: lines 2 to 1001 in entry {recorded[0]}. It stopped at lines 1002 to 1003 of 1003.",
            stopped.Error
        );
        Assert.Equal("1000", (await ledger.RunAsync("class", "show", "half")).Text("minted"));
    }

    [Fact]
    public async Task Mint_OfSeveralBatchesByCount_NamesEveryToken()
    {
        string[] mint = await PrepareClassAsync("counted", 5_000);

        Ended minted = (await ledger.RunAsync([.. mint, "--count", "1200"])).With(ExitCodes.Done);

        Assert.Equal(2, minted.Json.GetProperty("entries").GetArrayLength());
        Assert.Equal(
            Enumerable.Range(1, 1_200).Select(static i => $"{i}"),
            minted.Json.GetProperty("tokens").EnumerateArray().Select(static t => t.ToString())
        );
    }

    [Fact]
    public async Task Mint_WhoseNodeDies_SaysWhatIsInAndWhatMayBe()
    {
        using TemporaryFolder folder = new();
        await using NodeUnderTest node = await NodeUnderTest.StartAsync(folder);
        Dictionary<string, string> environment = new() { ["LEDGER_NODE"] = node.Address };
        foreach (
            string command in (string[])
                [
                    "keys new sup",
                    "found --network test --as sup",
                    "keys new owner",
                    "did create --as owner",
                    $"party admit owner --role sponsor issuer participant --commitment {new string('0', 64)} --as sup",
                ]
        )
        {
            (await LedgerProcess.RunAsync(folder, environment, command.Split(' '))).With(ExitCodes.Done);
        }

        await PilotPath.OpenAsync(
            command => LedgerProcess.RunAsync(folder, new(environment) { ["LEDGER_JSON"] = "1" }, command),
            "p",
            "owner",
            "sup"
        );
        const string @class =
            "class create c --pilot p --name c --max-supply 1000000 --transferability free --burn-authority both --as owner";
        (await LedgerProcess.RunAsync(folder, environment, @class.Split(' '))).With(ExitCodes.Done);

        File.WriteAllLines(folder["many.csv"], Enumerable.Range(1, 200_000).Select(static i => $"t-{i}"));
        await using LedgerProcess mint = LedgerProcess.Start(
            folder,
            environment,
            ["token", "mint", "--class", "c", "--owner", "owner", "--from-file", "many.csv", "--as", "owner"]
        );
        await using LedgerClient client = new(
            new LedgerClientOptions
            {
                Address = new Uri("http://" + node.Address),
                LogKey = VerifierKey.Parse(node.LogKey),
            }
        );
        // The second batch is sent when the first has its receipt.
        while ((await client.GetSupplyAsync("c")).Minted < 2_000) { }
        node.Process.Signal("KILL");

        Ended died = (await mint.EndAsync()).With(ExitCodes.Unknown);

        Assert.Matches("The operation [0-9a-f]{64} may be recorded: ask `ledger receipt [0-9a-f]{64}`.", died.Error);
        Assert.Matches("Minted: lines 1 to 1000 in entry [0-9]+", died.Error);
        Assert.Matches("It stopped at lines [0-9]+ to [0-9]+ of 200000.", died.Error);
    }

    // A class whose issuer and only holder is one party.
    private async Task<string[]> PrepareClassAsync(string id, int maxSupply)
    {
        await ledger.RegisterAsync(id);
        string[][] commands =
        [
            [
                "party",
                "admit",
                id,
                "--role",
                "sponsor",
                "issuer",
                "participant",
                "--commitment",
                new string('0', 64),
                "--as",
                "sup",
            ],
        ];
        foreach (string[] command in commands)
        {
            (await ledger.RunAsync(command)).With(ExitCodes.Done);
        }

        await PilotPath.OpenAsync(ledger.RunAsync, id, id, "sup");
        string[] terms = $"--max-supply {maxSupply} --transferability free --burn-authority both --as {id}".Split(' ');
        (await ledger.RunAsync(["class", "create", id, "--pilot", id, "--name", id, .. terms])).With(ExitCodes.Done);

        return ["token", "mint", "--class", id, "--as", id, "--owner", id];
    }
}

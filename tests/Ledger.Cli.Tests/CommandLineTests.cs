using System.CommandLine;
using Ledger.Cli.Tests.Documentation;

namespace Ledger.Cli.Tests;

public class CommandLineTests(FoundedLedger ledger)
{
    [Fact]
    public void Examples_OfEveryCommand_AreCommandLines()
    {
        Command root = CommandLine.Build(120);
        Verb[] verbs = [.. Descendants(root).OfType<Verb>()];

        Assert.NotEmpty(verbs);
        Assert.All(verbs, verb => Assert.NotEmpty(verb.Examples));
        foreach (Verb verb in verbs)
        {
            foreach (string example in verb.Examples)
            {
                ParseResult line = root.Parse(example.Split(" > ")[0]["ledger ".Length..]);
                Assert.True(line.Errors.Count == 0, $"{example}: {string.Join(" ", line.Errors)}");
                Assert.Same(verb, line.CommandResult.Command);
            }
        }
    }

    [Fact]
    public async Task Help_OfACommand_ShowsItsExample()
    {
        using TemporaryFolder folder = new();

        Ended help = (await LedgerProcess.RunAsync(folder, "did", "create", "--help")).With(ExitCodes.Done);

        Assert.Contains("Usage:\n  ledger did create [options]", help.Output);
        Assert.Contains("Examples:\n  ledger did create --as alice\n", help.Output);
    }

    [Theory]
    [InlineData("bogus")]
    [InlineData("token", "transfer", "medals")]
    [InlineData("log", "show", "--node", "not an address")]
    [InlineData("verify", "x", "--log-key", "not-a-key")]
    public async Task Run_BadUsage_SaysSoAsJson(params string[] arguments)
    {
        using TemporaryFolder folder = new();

        Ended run = (await LedgerProcess.RunAsync(folder, [.. arguments, "--json"])).With(ExitCodes.Usage);

        Assert.Equal("usage", run.Json.GetProperty("error").GetProperty("kind").GetString());
        Assert.NotEqual("", run.Error);
    }

    [Theory]
    [InlineData("log", "show", "--log-key", "")]
    [InlineData("audit", "127.0.0.1:1", "--log-key", " ")]
    [InlineData("keys", "show", "")]
    [InlineData("keys", "new", "a", "--type", "")]
    [InlineData("pilot", "create", "a", "--title", "", "--sponsor", "b", "--as", "c")]
    [InlineData("log", "show", "--config", "")]
    public async Task Run_AnEmptyValue_IsUsage(params string[] arguments)
    {
        using TemporaryFolder folder = new();

        Assert.Contains("is empty", (await LedgerProcess.RunAsync(folder, arguments)).With(ExitCodes.Usage).Error);
    }

    [Fact]
    public async Task Run_AVariableThatIsEmpty_IsUsage()
    {
        using TemporaryFolder folder = new();
        foreach (
            string name in (string[])["LEDGER_LOG_KEY", "LEDGER_NODE", "LEDGER_JSON", "LEDGER_CONFIG", "LEDGER_CA"]
        )
        {
            Ended run = await LedgerProcess.RunAsync(
                folder,
                new Dictionary<string, string> { [name] = "" },
                "log",
                "show"
            );

            Assert.Contains("is empty", run.With(ExitCodes.Usage).Error);
        }
    }

    [Fact]
    public async Task Run_AValueThatBeginsWithADash_IsAValue()
    {
        using TemporaryFolder folder = new();

        Ended run = await LedgerProcess.RunAsync(
            folder,
            new Dictionary<string, string> { ["LEDGER_TYPE"] = "--json" },
            "keys",
            "new",
            "a"
        );

        Assert.Contains("'--json' is none of secp256k1|ed25519", run.With(ExitCodes.Usage).Error);
    }

    [Fact]
    public async Task Run_ATextThatBeginsWithAt_IsNoFile()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["private"], "alice");

        Ended run = await LedgerProcess.RunAsync(folder, "keys", "new", "@private");

        Assert.Contains("'@private' cannot name a key", run.With(ExitCodes.Usage).Error);
    }

    [Theory]
    [InlineData("--max-supply", "many")]
    [InlineData("--max-supply", "99999999999999999999")]
    public async Task Run_ANumberThatIsNone_IsSaidInWords(string option, string value)
    {
        using TemporaryFolder folder = new();
        string command = "class create a --pilot a --name b --transferability free --burn-authority both --as x";

        Ended run = await LedgerProcess.RunAsync(folder, [.. command.Split(' '), option, value]);

        Assert.StartsWith($"{option}: '{value}' is not a whole number, or too large.", run.With(ExitCodes.Usage).Error);
    }

    [Fact]
    public async Task Run_WithoutAHome_KeepsNoKeysInTheWorkingFolder()
    {
        using TemporaryFolder folder = new();
        Dictionary<string, string> homeless = new() { ["HOME"] = folder["none"], ["XDG_DATA_HOME"] = "" };

        Ended none = await LedgerProcess.RunAsync(folder, homeless, "keys", "new", "a");
        Ended relative = await LedgerProcess.RunAsync(
            folder,
            new Dictionary<string, string> { ["XDG_DATA_HOME"] = "x" },
            "keys",
            "new",
            "a"
        );
        Ended named = await LedgerProcess.RunAsync(folder, homeless, "keys", "new", "a", "--keys", folder["keys"]);

        Assert.Contains("There is no home folder", none.With(ExitCodes.Usage).Error);
        Assert.Contains("is not an absolute path", relative.With(ExitCodes.Usage).Error);
        named.With(ExitCodes.Done);
        Assert.Equal([folder["keys"]], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Node_SpokenToInTheWrongWay_IsHintedAt()
    {
        using TemporaryFolder folder = new();

        Ended run = await LedgerProcess.RunAsync(folder, "log", "key", "https://" + ledger.Node.Address);

        Assert.Contains("its address begins with http://", run.With(ExitCodes.Unreachable).Error);
    }

    [Fact]
    public async Task Options_FromEveryPlace_TheNearestWins()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["ledger.json"], $$"""{ "node": "{{ledger.Node.Address}}", "json": true }""");
        Dictionary<string, string> elsewhere = new() { ["LEDGER_NODE"] = "127.0.0.1:1" };

        Ended file = await LedgerProcess.RunAsync(folder, "log", "show");
        Ended environment = await LedgerProcess.RunAsync(folder, elsewhere, "log", "show");
        Ended line = await LedgerProcess.RunAsync(folder, elsewhere, "log", "show", "--node", ledger.Node.Address);

        Assert.Equal(NodeUnderTest.Origin, file.With(ExitCodes.Done).Text("origin"));
        Assert.Contains("127.0.0.1:1", environment.With(ExitCodes.Unreachable).Error);
        Assert.Equal(NodeUnderTest.Origin, line.With(ExitCodes.Done).Text("origin"));
    }

    [Theory]
    [InlineData("""{ "nodes": "127.0.0.1:1" }""", "nodes")]
    [InlineData("not json", "is not a JSON object")]
    [InlineData("""{ "node": "a", "node": "b" }""", "names an option twice: node")]
    [InlineData("""{ "json": "perhaps" }""", "it is true or false")]
    [InlineData("""{ "keys": "" }""", "--keys is empty")]
    public async Task Config_ThatIsNone_IsUsage(string content, string message)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["settings"], content);

        Ended run = await LedgerProcess.RunAsync(folder, "keys", "show", "--config", "settings");

        Assert.Contains(message, run.With(ExitCodes.Usage).Error);
    }

    [Fact]
    public void CommandsPage_OfTheDocumentation_IsWhatTheCommandsSay()
    {
        string path = Path.Combine(MarkdownPage.Root, "docs", "commands.md");
        string page = CommandsPage.Print();
        if (Environment.GetEnvironmentVariable("LEDGER_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, page);
        }

        Assert.True(File.Exists(path), "docs/commands.md is missing: run the tests with LEDGER_UPDATE_DOCS=1.");
        Assert.True(
            File.ReadAllText(path) == page,
            "docs/commands.md is not what the commands' help says: run the tests with LEDGER_UPDATE_DOCS=1."
        );
    }

    private static IEnumerable<Command> Descendants(Command command) =>
        command.Subcommands.SelectMany(Descendants).Prepend(command);
}

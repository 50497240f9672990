using System.CommandLine;

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
        string path = Path.Combine(Root(), "docs", "commands.md");
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

    private static string Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Ledger.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException(
            "These tests run from within a checkout: Ledger.sln was not found above them."
        );
    }
}

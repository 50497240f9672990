using System.CommandLine;
using System.Text.RegularExpressions;

namespace Ledger.Cli.Tests.Documentation;

/// <summary>What the pages say can be done is done here.</summary>
public partial class PagesTests
{
    private static readonly string[] Programs = ["ledger", "make", "dotnet", "docker", "bash", "sh", "curl", "$"];

    /// <summary>Pages whose blocks are not for typing: drawings and bytes, the help that CommandLineTests holds to the code, the
    /// policies that PolicyTextTests does.</summary>
    private static readonly string[] PagesOfText =
    [
        "ARCHITECTURE.md",
        "docs/commands.md",
        "docs/did-method.md",
        "docs/formats.md",
        "docs/policies.md",
        "docs/universal-resolver.md",
        "docs/verification.md",
        "docs/witnesses.md",
    ];

    /// <summary>Pages with blocks to follow.</summary>
    public static TheoryData<string> PagesToFollow { get; } =
    [.. MarkdownPage.All.Where(static page => page.Blocks.Any(IsFollowed)).Select(static page => page.Name)];

    [Theory]
    [MemberData(nameof(PagesToFollow))]
    public async Task Page_FollowedFromTopToBottom_DoesWhatItSays(string name)
    {
        MarkdownPage page = MarkdownPage.All.Single(page => page.Name == name);
        await using Reader reader = new();

        foreach (Block block in page.Blocks.Where(IsFollowed))
        {
            await reader.FollowAsync(block);
        }
    }

    // What needs the sources, the network or a container engine. `make` and `dotnet` build what this test runs in.
    [Fact]
    public void Blocks_ThatNoTestFollows_AreThese()
    {
        string[] lines =
        [
            .. MarkdownPage
                .All.SelectMany(static page => page.Blocks)
                .Where(static block => block.Kind == "console")
                .SelectMany(static block => block.Lines)
                .Select(static line => line.Split("  #")[0].TrimEnd()),
        ];

        Assert.Equal(
            [
                "make demo",
                "make test",
                "make build && export PATH=\"$PWD/artifacts/bin/Ledger.Cli/release:$PATH\"",
                "make image && docker compose up",
                "dotnet new console -o ../hello && dotnet add ../hello reference src/Ledger.Client",
                // docs/backup.md speaks of other machines and disks.
                "ledger backup registry.example.org:7400 /backup/ledger --log-key registry.pub",
                "ledger restore /backup/ledger /var/lib/ledger --log-key registry.pub",
                "ledger catch-up /var/lib/ledger --from mirror.example.org:7400",
                "ledger serve --data /var/lib/ledger",
                "ledger serve --data /var/lib/ledger --accept-clock 2026-03-02",
                // docs/http.md names a DID that the reader has.
                "curl -H 'Accept: application/did-resolution' http://127.0.0.1:7480/1.0/identifiers/did:pilot:city:…",
                "curl 'http://127.0.0.1:7480/events?from=0&effect=transferred&effect=burned&class=medals&follow=true'",
                // docs/mirror.md, docs/watch.md and docs/witnesses.md speak of several machines.
                "ledger mirror --from registry.example.org:7400 --data /var/lib/mirror --listen 0.0.0.0:7400 --tls-cert mirror.pem --tls-key mirror.key --log-key registry.pub",
                "ledger serve --data /var/lib/mirror --log-key-file /safe/log-key --promote",
                "ledger watch node.example.org:7400 mirror.example.net:7400 tiles+https://log.example/ --log-key registry.pub --max-silence 10m",
                "ledger audit node.example.org:7400 --compare mirror.example.net:7400 --log-key registry.pub --report audit.note --sign-report auditor-key --auditor auditor.example.net",
                "ledger serve --data /var/lib/ledger --witness-policy witnesses.txt",
                "ledger log show --witness-policy witnesses.txt",
                "ledger receipt 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 --witness-policy witnesses.txt --bundle it.proof",
                "ledger verify it.proof --log-key registry.pub --witness-policy witnesses.txt",
                "ledger witness --dir witness --key-file witness.key --key-file witness-pq.key --logs logs.txt --listen 0.0.0.0:7490 --tls-cert w.pem",
                "ledger serve --data /var/lib/ledger --witness-key-file witness.key --witness-logs logs.txt",
            ],
            lines
        );
    }

    [Fact]
    public void Blocks_OfEveryPage_SayWhatTheyAre()
    {
        foreach (MarkdownPage page in MarkdownPage.All)
        {
            foreach (
                Block block in page.Blocks.Where(static block =>
                    !IsFollowed(block) && block.Kind is not ("console" or "json" or "mermaid")
                )
            )
            {
                Assert.True(
                    block.Kind.Length == 0 && PagesOfText.Contains(page.Name),
                    $"{block.Place}: is this to be followed (sh, csharp), or can no test do that (console)?"
                );
                Assert.True(
                    page.Name == "docs/commands.md" || !block.Lines.Any(IsCommand),
                    $"{block.Place}: holds commands, so it is sh or console"
                );
            }
        }
    }

    [Fact]
    public void CommandsWithinText_OfEveryPage_Exist()
    {
        Command root = CommandLine.Build(120);
        string makefile = File.ReadAllText(Path.Combine(MarkdownPage.Root, "Makefile"));
        int seen = 0;
        foreach (MarkdownPage page in MarkdownPage.All.Where(static page => page.Name != "CHANGELOG.md"))
        {
            IEnumerable<string> lines = page
                .Blocks.Where(static block => block.Kind == "console")
                .SelectMany(static block => block.Lines)
                .Concat(page.Spans);
            foreach (string line in lines)
            {
                string[] words = line.Split(' ');
                if (words is ["make", var target, ..])
                {
                    Assert.True(
                        Regex.IsMatch(makefile, $"^{Regex.Escape(target)}:", RegexOptions.Multiline),
                        $"{page.Name}: `{line}`: there is no such target"
                    );
                    seen++;
                }
                else if (words is ["ledger", _, ..])
                {
                    RequireCommand(root, words, $"{page.Name}: `{line}`");
                    seen++;
                }
            }
        }

        Assert.True(seen > 10, $"only {seen} commands were found: the pages are read in a wrong way");
    }

    [Fact]
    public void Links_OfEveryPage_LeadSomewhere()
    {
        foreach (MarkdownPage page in MarkdownPage.All)
        {
            string folder = Path.GetDirectoryName(Path.Combine(MarkdownPage.Root, page.Name))!;
            foreach (string link in page.Links.Where(static link => !link.Contains("://", StringComparison.Ordinal)))
            {
                string target = Path.Combine(folder, link.Split('#')[0]);
                Assert.True(Path.Exists(target), $"{page.Name}: there is no {link}");
            }
        }
    }

    private static bool IsFollowed(Block block) => block.Kind is "sh" or "csharp";

    private static bool IsCommand(string line) => Programs.Contains(line.TrimStart().Split(' ')[0]);

    private static void RequireCommand(Command root, string[] words, string place)
    {
        Command command = root;
        int next = 1;
        while (
            next < words.Length && command.Subcommands.FirstOrDefault(sub => sub.Name == words[next]) is { } subcommand
        )
        {
            command = subcommand;
            next++;
        }

        Assert.True(next == words.Length || command is Verb, $"{place}: there is no such command");
        foreach (string option in words.Where(static word => word.StartsWith("--", StringComparison.Ordinal)))
        {
            Assert.True(
                Settings.OptionsOf(command).Any(known => known.Name == option),
                $"{place}: the command has no option {option}"
            );
        }
    }
}

using System.Text.RegularExpressions;

namespace Ledger.Cli.Tests.Documentation;

/// <summary>A fenced block of a page.</summary>
/// <param name="Place">Page and line, as compilers name them.</param>
/// <param name="Kind">The word after the fence; empty when there is none.</param>
/// <param name="Lines">What is between the fences.</param>
internal sealed record Block(string Place, string Kind, IReadOnlyList<string> Lines);

/// <summary>A page of the repository, in Markdown.</summary>
internal sealed partial class MarkdownPage
{
    private MarkdownPage(string name, IReadOnlyList<Block> blocks, IReadOnlyList<string> text)
    {
        Name = name;
        Blocks = blocks;
        Text = text;
    }

    /// <summary>The root of the checkout.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Path from the root of the checkout.</summary>
    public string Name { get; }

    public IReadOnlyList<Block> Blocks { get; }

    /// <summary>The lines outside of blocks.</summary>
    public IReadOnlyList<string> Text { get; }

    /// <summary>What stands between backquotes in the text, also where a line ends within.</summary>
    public IEnumerable<string> Spans =>
        InlineCode().Matches(string.Join('\n', Text)).Select(static m => m.Groups[1].Value.Replace('\n', ' '));

    /// <summary>Where the links of the text lead to.</summary>
    public IEnumerable<string> Links => Link().Matches(string.Join('\n', Text)).Select(static m => m.Groups[1].Value);

    /// <summary>Every page that people write or code writes; what was built is none.</summary>
    public static IReadOnlyList<MarkdownPage> All { get; } =
    [.. ((string[])["", "docs", "src", "bench", "proto", "tests"]).SelectMany(Find).Order().Select(Read)];

    private static IEnumerable<string> Find(string folder) =>
        Directory
            .EnumerateFiles(
                Path.Combine(Root, folder),
                "*.md",
                folder.Length == 0 ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories
            )
            .Where(static path => !path.Split('/').Contains("node_modules"));

    private static MarkdownPage Read(string path)
    {
        string name = Path.GetRelativePath(Root, path);
        string[] lines = File.ReadAllLines(path);
        List<Block> blocks = [];
        List<string> text = [];
        for (int i = 0; i < lines.Length; i++)
        {
            if (!Fence().IsMatch(lines[i]))
            {
                text.Add(lines[i]);
                continue;
            }

            int end = Array.FindIndex(lines, i + 1, static line => Fence().IsMatch(line));
            Assert.True(end > 0, $"{name}({i + 1}): the block does not end");
            blocks.Add(new Block($"{name}({i + 1})", lines[i].Trim().TrimStart('`'), lines[(i + 1)..end]));
            i = end;
        }

        return new MarkdownPage(name, blocks, text);
    }

    private static string FindRoot()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Ledger.sln")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new DirectoryNotFoundException("These tests run from within a checkout.");
    }

    [GeneratedRegex("^ *(```|~~~)")]
    private static partial Regex Fence();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}

namespace Ledger.Testing;

/// <summary>Pages of docs/ that code writes. LEDGER_UPDATE_DOCS=1 writes them; otherwise they must be as code has them.</summary>
public static class Documentation
{
    private static bool Updates => Environment.GetEnvironmentVariable("LEDGER_UPDATE_DOCS") == "1";

    /// <summary>A whole page is what code writes.</summary>
    public static void AssertPage(string name, string text)
    {
        string path = Locate(name);
        text = text.TrimEnd() + "\n";
        if (Updates)
        {
            File.WriteAllText(path, text);
        }
        Assert.True(File.Exists(path), $"docs/{name} is missing. {Remedy}");
        Assert.True(File.ReadAllText(path) == text, $"docs/{name} is out of date. {Remedy}");
    }

    /// <summary>What stands between the two marks of a part of a page is what code writes.</summary>
    public static void AssertPart(string name, string part, string text)
    {
        string path = Locate(name);
        string begin = $"<!-- {part}: written by a test -->\n";
        string end = $"<!-- end of {part} -->";
        string page = File.ReadAllText(path);
        int from = page.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        int to = page.IndexOf(end, StringComparison.Ordinal);
        Assert.True(from >= begin.Length && to >= from, $"docs/{name} has no marks for its part '{part}'.");
        string expected = $"\n{text.Trim()}\n\n";
        if (Updates)
        {
            page = page[..from] + expected + page[to..];
            File.WriteAllText(path, page);
            to = from + expected.Length;
        }
        Assert.True(page[from..to] == expected, $"docs/{name} is out of date in its part '{part}'. {Remedy}");
    }

    private const string Remedy = "Run this test with LEDGER_UPDATE_DOCS=1 and look at the difference.";

    private static string Locate(string name)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Ledger.sln")))
            {
                return Path.Combine(at.FullName, "docs", name);
            }
        }
        throw new InvalidOperationException("The tests run outside of the repository.");
    }
}

using System.Text.RegularExpressions;

namespace Ledger.Architecture.Tests;

/// <summary>Holds names and files to what CONTRIBUTING.md asks for.</summary>
public partial class TidyTests
{
    [GeneratedRegex(
        @"\b(?:class|struct|interface|record|enum)\s+(\w*(?:Manager|Helper|Helpers|Util|Utils|Common|Impl|Wrapper|Processor))\b"
    )]
    private static partial Regex EmptyNames();

    [GeneratedRegex(@"\b(?:TODO|FIXME|XXX|HACK)\b")]
    private static partial Regex Unfinished();

    [Fact]
    public void Types_OfSources_HaveNamesOfTheField()
    {
        foreach (string file in Repository.Files("src", "*.cs"))
        {
            Match match = EmptyNames().Match(Repository.Read(file));
            Assert.False(match.Success, $"{file}: {match.Groups[1].Value}");
        }
    }

    [Fact]
    public void Sources_LeaveNothingMarkedAsUnfinished()
    {
        string[] files =
        [
            .. Repository.Files("src", "*.cs"),
            .. Repository.Files("bench", "*.cs"),
            .. Repository.Files("proto", "*.proto"),
        ];
        foreach (string file in files)
        {
            Match match = Unfinished().Match(Repository.Read(file));
            Assert.False(match.Success, $"{file}: {match.Value}");
        }
    }

    [Fact]
    public void TestProjects_MirrorSources()
    {
        string[] sources = [.. Repository.Files("src", "*.csproj").Select(f => Path.GetFileNameWithoutExtension(f))];
        string[] tests = [.. Repository.Files("tests", "*.csproj").Select(f => Path.GetFileNameWithoutExtension(f))];

        Assert.Empty(sources.Select(s => s + ".Tests").Except(tests));
    }

    [Fact]
    public void Solution_NamesEveryProject()
    {
        string solution = Repository.Read("Ledger.sln").Replace('\\', '/');
        string[] projects =
        [
            .. Repository.Files("src", "*.csproj"),
            .. Repository.Files("bench", "*.csproj"),
            .. Repository.Files("tests", "*.csproj"),
        ];

        Assert.All(projects, project => Assert.Contains(project, solution, StringComparison.Ordinal));
    }
}

using System.Xml.Linq;

namespace Ledger.Architecture.Tests;

/// <summary>Holds project references and usings to the direction that ARCHITECTURE.md draws.</summary>
public class ReferenceTests
{
    // Project → what it may reference. Nothing imports Node but Cli; Crypto imports nothing.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Ledger.Crypto"] = [],
        ["Ledger.Protocol"] = ["Ledger.Crypto"],
        ["Ledger"] = ["Ledger.Protocol", "Ledger.Crypto"],
        ["Ledger.Node"] = ["Ledger", "Ledger.Protocol", "Ledger.Crypto"],
        ["Ledger.Client"] = ["Ledger.Protocol", "Ledger.Crypto"],
        ["Ledger.Cli"] = ["Ledger.Client", "Ledger.Node", "Ledger", "Ledger.Protocol", "Ledger.Crypto"],
        ["Grpc.Core.Api"] = [],
        ["Grpc.Net.Common"] = ["Grpc.Core.Api"],
        ["RocksDbSharp"] = [],
    };

    // Project → the packages, by the switch that stands for them in src/compat/FullFeed.props, that it may use.
    private static readonly Dictionary<string, string[]> Packages = new()
    {
        ["Ledger.Crypto"] = [],
        ["Ledger.Protocol"] = ["UsesGrpcApi", "Google.Protobuf", "Grpc.Tools", "SimpleBase"],
        ["Ledger"] = ["UsesRocksDb"],
        ["Ledger.Node"] = ["UsesGrpcServer", "Grpc.Tools"],
        ["Ledger.Client"] = ["UsesGrpcClient"],
        ["Ledger.Cli"] = ["System.CommandLine", "Spectre.Console", "UsesGrpcClient"],
        ["Grpc.Core.Api"] = [],
        ["Grpc.Net.Common"] = [],
        ["RocksDbSharp"] = [],
    };

    public static TheoryData<string> Projects => [.. Repository.Files("src", "*.csproj")];

    [Theory]
    [MemberData(nameof(Projects))]
    public void ProjectReferences_OfSources_PointDownwards(string project)
    {
        string name = Path.GetFileNameWithoutExtension(project);
        XDocument file = XDocument.Parse(Repository.Read(project));

        string[] references =
        [
            .. file.Descendants("ProjectReference")
                .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/'))),
        ];

        Assert.Contains(name, Allowed);
        Assert.Empty(references.Except(Allowed[name]));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Packages_OfSources_AreThoseThatTheHouseNames(string project)
    {
        string name = Path.GetFileNameWithoutExtension(project);
        XDocument file = XDocument.Parse(Repository.Read(project));

        string[] used =
        [
            .. file.Descendants("PackageReference").Select(r => r.Attribute("Include")!.Value),
            .. file.Descendants()
                .Select(e => e.Name.LocalName)
                .Where(n => n.StartsWith("Uses", StringComparison.Ordinal)),
        ];

        Assert.Empty(used.Except(Packages[name]));
    }

    [Fact]
    public void RocksDb_IsKnownInTheStoreAlone()
    {
        string[] users =
        [
            .. Repository
                .Files("src", "*.cs")
                .Where(f => !f.StartsWith("src/compat/", StringComparison.Ordinal))
                .Where(f => Repository.Read(f).Contains("RocksDbSharp", StringComparison.Ordinal)),
        ];

        Assert.NotEmpty(users);
        Assert.All(users, f => Assert.StartsWith("src/Ledger/Store/", f, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("src/Ledger/Rules")]
    [InlineData("src/Ledger/State")]
    public void Rules_SeeNeitherStoreNorNetworkNorClock(string folder)
    {
        string[] forbidden =
        [
            "Ledger.Store",
            "Ledger.Log",
            "Grpc",
            "System.IO",
            "System.Net",
            "DateTime",
            "TimeProvider",
            "Stopwatch",
            "Random",
            "Guid.NewGuid",
            "double ",
            "float ",
            "Environment.",
            "Thread",
            "Task",
        ];

        foreach (string file in Repository.Files(folder, "*.cs"))
        {
            string code = WithoutComments(Repository.Read(file));
            Assert.All(forbidden, word => Assert.DoesNotContain(word, code, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Crypto_UsesNoClockNoFilesNoTasks()
    {
        string[] forbidden = ["DateTime", "TimeProvider", "System.IO", "System.Net", "async ", "Task"];

        foreach (string file in Repository.Files("src/Ledger.Crypto", "*.cs"))
        {
            string code = WithoutComments(Repository.Read(file));
            Assert.All(forbidden, word => Assert.DoesNotContain(word, code, StringComparison.Ordinal));
        }
    }

    private static string WithoutComments(string code) =>
        string.Join('\n', code.Split('\n').Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));
}

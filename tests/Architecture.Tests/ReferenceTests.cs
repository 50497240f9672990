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
        ["Ledger.Rules"] = ["Ledger.Protocol", "Ledger.Crypto"],
        ["Ledger.Files"] = [],
        ["Ledger"] = ["Ledger.Rules", "Ledger.Files", "Ledger.Protocol", "Ledger.Crypto"],
        ["Ledger.PostQuantum"] = ["Ledger.Protocol"],
        ["Ledger.Witness"] = ["Ledger.Files", "Ledger.Protocol", "Ledger.Crypto"],
        ["Ledger.Node"] = ["Ledger", "Ledger.Witness", "Ledger.Rules", "Ledger.Protocol", "Ledger.Crypto"],
        ["Ledger.Client"] = ["Ledger.Protocol", "Ledger.Crypto"],
        ["Ledger.Cli"] =
        [
            "Ledger.Client",
            "Ledger.Node",
            "Ledger.PostQuantum",
            "Ledger.Witness",
            "Ledger",
            "Ledger.Rules",
            "Ledger.Protocol",
            "Ledger.Crypto",
        ],
    };

    // Project → the packages that it may use.
    private static readonly Dictionary<string, string[]> Packages = new()
    {
        ["Ledger.Crypto"] = [],
        ["Ledger.Protocol"] = ["Google.Protobuf", "Grpc.Core.Api", "Grpc.Tools", "SimpleBase"],
        ["Ledger.Rules"] = [],
        ["Ledger.PostQuantum"] = ["BouncyCastle.Cryptography"],
        ["Ledger.Witness"] = [],
        ["Ledger.Files"] = [],
        ["Ledger"] = ["RocksDB"],
        ["Ledger.Node"] = ["Grpc.AspNetCore", "Grpc.AspNetCore.Server.Reflection", "Grpc.HealthCheck"],
        ["Ledger.Client"] = ["Grpc.Net.Client", "NBitcoin.Secp256k1"],
        ["Ledger.Cli"] = ["QRCoder", "Spectre.Console", "System.CommandLine"],
    };

    // Folder → namespaces that it may not use: within a project, too, the folders have a direction.
    private static readonly Dictionary<string, string[]> Below = new()
    {
        ["src/Ledger.Rules/State"] =
        [
            "Ledger.Rules.Authority",
            "Ledger.Rules.Policies",
            "Ledger.Rules.Verbs",
            "Ledger.Rules.Audit",
            "Ledger.Rules.Map",
        ],
        ["src/Ledger.Rules/Map"] =
        [
            "Ledger.Rules.Authority",
            "Ledger.Rules.Policies",
            "Ledger.Rules.Verbs",
            "Ledger.Rules.Audit",
            "Ledger.Rules.Signatures",
        ],
        ["src/Ledger.Rules/Authority"] = ["Ledger.Rules.Policies", "Ledger.Rules.Verbs", "Ledger.Rules.Audit"],
        ["src/Ledger.Rules/Policies"] = ["Ledger.Rules.Verbs", "Ledger.Rules.Audit", "Ledger.Rules.Signatures"],
        ["src/Ledger.Rules/Verbs"] = ["Ledger.Rules.Audit", "Ledger.Rules.Signatures"],
        ["src/Ledger.Rules/Signatures"] =
        [
            "Ledger.Rules.State",
            "Ledger.Rules.Authority",
            "Ledger.Rules.Verbs",
            "Ledger.Rules.Audit",
        ],
        ["src/Ledger/Store"] = ["Ledger.Log", "Ledger.Queries", "Ledger.Audit", "Ledger.Witnessing"],
        ["src/Ledger/Log"] = ["Ledger.Queries", "Ledger.Audit", "Ledger.Witnessing"],
        ["src/Ledger/Witnessing"] = ["Ledger.Store", "Ledger.Queries", "Ledger.Audit"],
        ["src/Ledger/Queries"] = ["Ledger.Store", "Ledger.Audit", "Ledger.Witnessing"],
    };

    public static TheoryData<string> Folders => [.. Below.Keys];

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

        string[] used = [.. file.Descendants("PackageReference").Select(r => r.Attribute("Include")!.Value)];

        Assert.Empty(used.Except(Packages[name]));
    }

    [Fact]
    public void RocksDb_IsKnownInTheStoreAlone()
    {
        string[] users =
        [
            .. Repository
                .Files("src", "*.cs")
                .Where(f => Repository.Read(f).Contains("RocksDbSharp", StringComparison.Ordinal)),
        ];

        Assert.NotEmpty(users);
        Assert.All(users, f => Assert.StartsWith("src/Ledger/Store/", f, StringComparison.Ordinal));
    }

    [Fact]
    public void BouncyCastle_IsKnownInPostQuantumAlone()
    {
        string[] users =
        [
            .. Repository
                .Files("src", "*.cs")
                .Where(f => Repository.Read(f).Contains("Org.BouncyCastle", StringComparison.Ordinal)),
        ];

        Assert.NotEmpty(users);
        Assert.All(users, f => Assert.StartsWith("src/Ledger.PostQuantum/", f, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Usings_OfAFolder_PointDownwards(string folder)
    {
        string[] files = [.. Repository.Files(folder, "*.cs")];

        Assert.NotEmpty(files);
        Assert.All(
            files,
            f =>
                Assert.All(
                    Below[folder],
                    above => Assert.DoesNotContain($"using {above};", Repository.Read(f), StringComparison.Ordinal)
                )
        );
    }

    [Fact]
    public void Rules_SeeNeitherStoreNorNetworkNorClock()
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

        // The auditor waits for its source and shares signatures among threads; what it decides, it decides by the rest.
        string[] files =
        [
            .. Repository
                .Files("src/Ledger.Rules", "*.cs")
                .Where(f =>
                    !f.StartsWith("src/Ledger.Rules/Audit/", StringComparison.Ordinal)
                    && !f.StartsWith("src/Ledger.Rules/Signatures/", StringComparison.Ordinal)
                ),
        ];

        Assert.NotEmpty(files);
        foreach (string file in files)
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

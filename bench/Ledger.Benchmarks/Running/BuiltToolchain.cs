using System.Xml.Linq;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains;
using BenchmarkDotNet.Toolchains.CsProj;
using BenchmarkDotNet.Toolchains.DotNetCli;

namespace Ledger.Benchmarks.Running;

/// <summary>
/// Runs benchmarks in processes of their own against the assemblies that are already built. BenchmarkDotNet's own
/// toolchain builds every project again into one folder of intermediate files, where the outputs of protoc get lost; this
/// one compiles nothing but the generated main program, and takes seconds instead of a minute.
/// </summary>
internal static class BuiltToolchain
{
    private const string Moniker = "net10.0";

    public static IToolchain Instance { get; } =
        new Toolchain("built", new Generator(), new DotNetCliBuilder(Moniker), new DotNetCliExecutor(null!));

    private sealed class Generator() : CsProjGenerator(Moniker, null!, null!, null!)
    {
        protected override void GenerateProject(
            BuildPartition buildPartition,
            ArtifactsPaths artifactsPaths,
            ILogger logger
        )
        {
            // The repository's Directory.Build.props is for its own projects, not for this one.
            XElement project = new(
                "Project",
                new XElement(
                    "PropertyGroup",
                    new XElement("ImportDirectoryBuildProps", "false"),
                    new XElement("ImportDirectoryBuildTargets", "false"),
                    new XElement("ImportDirectoryPackagesProps", "false")
                ),
                new XElement(
                    "Import",
                    new XAttribute("Project", "Sdk.props"),
                    new XAttribute("Sdk", "Microsoft.NET.Sdk")
                ),
                new XElement(
                    "PropertyGroup",
                    new XElement("TargetFramework", Moniker),
                    new XElement("AssemblyName", artifactsPaths.ProgramName),
                    new XElement("OutputType", "Exe"),
                    new XElement("AllowUnsafeBlocks", "true"),
                    new XElement("InvariantGlobalization", "true"),
                    new XElement("EnableDefaultItems", "false"),
                    new XElement("RunAnalyzers", "false"),
                    new XElement("NuGetAudit", "false"),
                    new XElement("RestorePackagesWithLockFile", "false")
                ),
                new XElement(
                    "ItemGroup",
                    new XElement("Compile", new XAttribute("Include", artifactsPaths.ProgramCodePath)),
                    new XElement(
                        "Reference",
                        new XAttribute("Include", Path.Combine(AppContext.BaseDirectory, "*.dll"))
                    )
                ),
                new XElement(
                    "Import",
                    new XAttribute("Project", "Sdk.targets"),
                    new XAttribute("Sdk", "Microsoft.NET.Sdk")
                )
            );
            File.WriteAllText(artifactsPaths.ProjectFilePath, project.ToString());
        }
    }
}

using System.Runtime.Intrinsics;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Order;
using Perfolizer.Horology;

namespace Ledger.Benchmarks.Running;

/// <summary>
/// How everything here is measured: each benchmark in processes of its own, one for each vector width that the machine
/// has, because the width can only be chosen when a process starts.
/// </summary>
public sealed class LedgerConfig : ManualConfig
{
    /// <param name="isShort">A few minutes for everything, good enough to see a change of a tenth.</param>
    public LedgerConfig(bool isShort)
    {
        Job job = isShort
            ? Job.Default.WithWarmupCount(2).WithIterationCount(5).WithIterationTime(TimeInterval.FromMilliseconds(100))
            : Job
                .Default.WithWarmupCount(4)
                .WithIterationCount(15)
                .WithIterationTime(TimeInterval.FromMilliseconds(250));

        job = job.WithToolchain(BuiltToolchain.Instance);

        if (Vector512.IsHardwareAccelerated)
        {
            AddJob(job.WithId(Widths.Avx512));
        }
        if (Vector256.IsHardwareAccelerated)
        {
            AddJob(Without(job, "AVX512").WithId(Widths.Avx2));
        }
        if (!isShort || !Vector256.IsHardwareAccelerated)
        {
            AddJob(Without(job, "AVX2").WithId(Widths.None));
        }

        AddDiagnoser(new MemoryDiagnoser(new MemoryDiagnoserConfig(displayGenColumns: false)));
        AddColumnProvider(DefaultColumnProviders.Instance);
        AddLogger(ConsoleLogger.Default);
        ArtifactsPath = Path.Combine(AppContext.BaseDirectory, "results");
        WithOrderer(new DefaultOrderer(SummaryOrderPolicy.Declared));
    }

    // .NET 10 has one switch for all of AVX-512; EnableAVX512F, which earlier runtimes knew, does nothing any more.
    private static Job Without(Job job, string instructions) =>
        job.WithEnvironmentVariables(new EnvironmentVariable($"DOTNET_Enable{instructions}", "0"));
}

/// <summary>The names of the jobs, as they stand in the results.</summary>
internal static class Widths
{
    public const string Avx512 = "AVX-512";
    public const string Avx2 = "AVX2";
    public const string None = "no vectors";
}

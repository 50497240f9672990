using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Order;
using Ledger.Benchmarks.Rivals;
using Ledger.Crypto;
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
            ? Job.Default.WithWarmupCount(3).WithIterationCount(9).WithIterationTime(TimeInterval.FromMilliseconds(100))
            : Job
                .Default.WithWarmupCount(4)
                .WithIterationCount(15)
                .WithIterationTime(TimeInterval.FromMilliseconds(250));

        // Methods are compiled again when they turn out to be hot, 100 ms after nothing new was compiled, on a thread that
        // on a single busy core waits for seconds: without that pause everything is settled when the warm-up ends.
        job = job.WithToolchain(BuiltToolchain.Instance)
            .WithEnvironmentVariable(new EnvironmentVariable("DOTNET_TC_CallCountingDelayMs", "0"));

        if (VectorPaths.Signatures >= VectorPath.Avx512)
        {
            AddJob(job.WithId(Widths.Avx512));
        }
        if (VectorPaths.Signatures >= VectorPath.Avx2)
        {
            AddJob(Without(job, "AVX512").WithId(Widths.Avx2));
        }
        AddJob(Without(job, "AVX2").WithId(Widths.None));

        AddFilter(new SimpleFilter(benchmark => AbsentRivals.CanRun(benchmark.Descriptor.WorkloadMethod)));
        AddDiagnoser(new MemoryDiagnoser(new MemoryDiagnoserConfig(displayGenColumns: false)));
        AddColumnProvider(DefaultColumnProviders.Instance);
        AddLogger(ConsoleLogger.Default);
        ArtifactsPath = Path.Combine(AppContext.BaseDirectory, "results");
        WithOrderer(new DefaultOrderer(SummaryOrderPolicy.Declared));
    }

    // DOTNET_EnableAVX512F would leave the compiler AVX-512's encodings: VectorPaths.
    private static Job Without(Job job, string instructions) =>
        job.WithEnvironmentVariable(new EnvironmentVariable($"DOTNET_Enable{instructions}", "0"));
}

/// <summary>The names of the jobs, as they stand in the results.</summary>
internal static class Widths
{
    public const string Avx512 = "AVX-512";
    public const string Avx2 = "AVX2";
    public const string None = "scalar"; // and without BMI2, which the same switch turns off

    public static IReadOnlyList<string> All { get; } = [Avx512, Avx2, None];
}

using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Ledger.Benchmarks.Running;

/// <summary>What was measured of one method, with one set of parameters, at one width.</summary>
/// <param name="Benchmarks">The class.</param>
/// <param name="Width">One of <see cref="Widths"/>.</param>
/// <param name="Parameters">Names and values.</param>
/// <param name="Method">As the results name it.</param>
/// <param name="IsOurs">Whether it is this project's own; all others of the class are its rivals.</param>
/// <param name="MedianNs">Of one call; null when it failed.</param>
/// <param name="FastestNs">Of one call; null when it failed.</param>
/// <param name="AllocatedBytes">Of one call; null when it failed.</param>
internal sealed record MeasuredCase(
    Type Benchmarks,
    string Width,
    IReadOnlyDictionary<string, object> Parameters,
    string Method,
    bool IsOurs,
    double? MedianNs,
    double? FastestNs,
    long? AllocatedBytes
)
{
    /// <summary>The method of a class that is this project's own.</summary>
    public const string Ours = "Ledger";

    public string ParametersText => string.Join(", ", Parameters.Select(p => $"{p.Key}={p.Value}"));

    public static MeasuredCase Of(Summary summary, BenchmarkCase benchmark)
    {
        BenchmarkReport? report = summary[benchmark];
        return new MeasuredCase(
            benchmark.Descriptor.Type,
            benchmark.Job.ResolvedId,
            benchmark.Parameters.Items.ToDictionary(p => p.Name, p => p.Value),
            benchmark.Descriptor.WorkloadMethodDisplayInfo.Trim('\''),
            benchmark.Descriptor.WorkloadMethod.Name == Ours,
            report?.ResultStatistics?.Median,
            report?.ResultStatistics?.Min,
            report?.ResultStatistics is null ? null : report.GcStats.GetBytesAllocatedPerOperation(benchmark)
        );
    }
}

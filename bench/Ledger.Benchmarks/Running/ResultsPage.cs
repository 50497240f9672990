using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using BenchmarkDotNet.Environments;
using BenchmarkDotNet.Extensions;
using BenchmarkDotNet.Mathematics;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Ledger.Benchmarks.Running;

/// <summary>
/// Writes what a run measured as a page of ratios: in each class the method named <see cref="Ours"/> against every other.
/// </summary>
internal static class ResultsPage
{
    /// <summary>The method of a class that is this project's own; all others are rivals.</summary>
    public const string Ours = "Ledger";

    public static string PathFor(Summary summary)
    {
        string processor = Processor(summary).ToLowerInvariant();
        string name = string.Join(
            '-',
            processor.Split(
                [.. processor.Where(c => !char.IsAsciiLetterOrDigit(c))],
                StringSplitOptions.RemoveEmptyEntries
            )
        );
        string folder = Path.GetFullPath(Path.Combine(ProjectFolder(), "..", "results"));
        Directory.CreateDirectory(folder);
        return Path.Combine(
            folder,
            string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd}-{name}.md")
        );
    }

    public static string Write(IReadOnlyList<Summary> summaries, string command)
    {
        HostEnvironmentInfo host = summaries[0].HostEnvironmentInfo;
        StringBuilder page = new();
        CultureInfo culture = CultureInfo.InvariantCulture;
        page.AppendLine("# Benchmark results").AppendLine();
        page.AppendLine(
            culture,
            $"- Machine: {Processor(summaries[0])}, {Environment.ProcessorCount} processors, {host.OsVersion.Value}"
        );
        page.AppendLine(culture, $"- Runtime: {host.RuntimeVersion}, BenchmarkDotNet {host.BenchmarkDotNetVersion}");
        page.AppendLine(culture, $"- Commit: {Commit()}");
        page.AppendLine(culture, $"- Command: `{command.Trim()}`");
        page.AppendLine()
            .AppendLine(
                "Times are of one call. Ratio: how many times as long the rival takes, by the medians and, where other work on the machine disturbed them, by the fastest runs."
            );

        foreach (Summary summary in summaries)
        {
            if (summary.BenchmarksCases.Length != 0)
            {
                WriteClass(page, summary);
            }
        }
        return page.ToString();
    }

    private static void WriteClass(StringBuilder page, Summary summary)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        page.AppendLine().AppendLine(culture, $"## {summary.BenchmarksCases[0].Descriptor.Type.Name}").AppendLine();
        page.AppendLine("| width | parameters | method | median | fastest | allocated | ratio | of fastest |");
        page.AppendLine("|---|---|---|---:|---:|---:|---:|---:|");
        foreach (
            IGrouping<(string, string), BenchmarkCase> group in summary.BenchmarksCases.GroupBy(c =>
                (c.Job.ResolvedId, c.Parameters.DisplayInfo.Trim('[', ']'))
            )
        )
        {
            Statistics? ours = Measured(summary, group.FirstOrDefault(IsOurs));
            foreach (BenchmarkCase benchmark in group)
            {
                Statistics? its = Measured(summary, benchmark);
                long? bytes = summary[benchmark]?.GcStats.GetBytesAllocatedPerOperation(benchmark);
                string[] cells =
                [
                    group.Key.Item1,
                    group.Key.Item2,
                    benchmark.Descriptor.WorkloadMethodDisplayInfo.Trim('\''),
                    Time(its?.Median),
                    Time(its?.Min),
                    string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
                    IsOurs(benchmark) ? "" : Ratio(its?.Median, ours?.Median),
                    IsOurs(benchmark) ? "" : Ratio(its?.Min, ours?.Min),
                ];
                page.AppendLine("| " + string.Join(" | ", cells) + " |");
            }
        }
    }

    private static bool IsOurs(BenchmarkCase benchmark) => benchmark.Descriptor.WorkloadMethod.Name == Ours;

    private static Statistics? Measured(Summary summary, BenchmarkCase? benchmark) =>
        benchmark is null ? null : summary[benchmark]?.ResultStatistics;

    private static string Ratio(double? rival, double? ours) =>
        rival is null || ours is null ? "?" : string.Create(CultureInfo.InvariantCulture, $"{rival / ours:0.00}×");

    private static string Time(double? nanoseconds) =>
        nanoseconds switch
        {
            null => "failed",
            < 1e3 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds:0.0} ns"),
            < 1e6 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e3:0.00} µs"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:0.00} ms"),
        };

    private static string Processor(Summary summary) =>
        summary.HostEnvironmentInfo.CpuInfo.Value?.ProcessorName?.Trim() is { Length: > 0 } name
            ? name
            : "unknown processor";

    private static string Commit()
    {
        string commit = Git("rev-parse --short=12 HEAD");
        return Git("status --porcelain").Length == 0 ? commit : commit + " and changes that are not committed";
    }

    private static string Git(string arguments)
    {
        ProcessStartInfo start = new("git", arguments)
        {
            WorkingDirectory = ProjectFolder(),
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("git does not start.");
        string output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return output;
    }

    private static string ProjectFolder([CallerFilePath] string path = "") =>
        Path.GetDirectoryName(Path.GetDirectoryName(path))!;
}

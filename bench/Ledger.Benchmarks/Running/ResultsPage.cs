using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using BenchmarkDotNet.Environments;
using BenchmarkDotNet.Reports;
using Ledger.Benchmarks.Rivals;

namespace Ledger.Benchmarks.Running;

/// <summary>
/// Writes what a run measured as a page of ratios: in each class the method named <see cref="MeasuredCase.Ours"/> against
/// every other.
/// </summary>
internal static class ResultsPage
{
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
            $"- Machine: {Processor(summaries[0])}, {Environment.ProcessorCount} processors, {host.Os.Value.Name} {host.Os.Value.Version}"
        );
        page.AppendLine(culture, $"- Runtime: {host.RuntimeVersion}, BenchmarkDotNet {host.BenchmarkDotNetVersion}");
        page.AppendLine(culture, $"- Commit: {Commit()}");
        page.AppendLine(culture, $"- Command: `{command.Trim()}`");
        if (AbsentRivals.Notice is { } notice)
        {
            page.AppendLine("- " + notice);
        }
        page.AppendLine()
            .AppendLine(
                "Ratio: how many times as long the rival takes, measured in the same run at the same width, by the medians and, where other work on the machine disturbed them, by the fastest runs (in brackets)."
            )
            .AppendLine()
            .AppendLine(
                "Each width is forced by a switch of the runtime; the one that leaves only scalar code takes BMI2's multiplication away from it too. Single signatures are scalar at every width."
            )
            .AppendLine();

        MeasuredCase[] cases = [.. summaries.SelectMany(s => s.BenchmarksCases.Select(b => MeasuredCase.Of(s, b)))];
        Claims.Write(page, cases);
        page.AppendLine().AppendLine("In full; times are of one call.");
        foreach (IGrouping<Type, MeasuredCase> benchmarks in cases.GroupBy(c => c.Benchmarks))
        {
            WriteClass(page, benchmarks);
        }
        return page.ToString();
    }

    private static void WriteClass(StringBuilder page, IGrouping<Type, MeasuredCase> cases)
    {
        page.AppendLine().AppendLine($"## {cases.Key.Name}").AppendLine();
        page.AppendLine("| width | parameters | method | median | fastest | allocated | ratio | of fastest |");
        page.AppendLine("|---|---|---|---:|---:|---:|---:|---:|");
        foreach (IGrouping<(string, string), MeasuredCase> group in cases.GroupBy(c => (c.Width, c.ParametersText)))
        {
            MeasuredCase? ours = group.FirstOrDefault(c => c.IsOurs);
            foreach (MeasuredCase its in group)
            {
                string[] cells =
                [
                    its.Width,
                    its.ParametersText,
                    its.Method,
                    Time(its.MedianNs),
                    Time(its.FastestNs),
                    string.Create(CultureInfo.InvariantCulture, $"{its.AllocatedBytes} B"),
                    its.IsOurs ? "" : Claims.Ratio(its.MedianNs, ours?.MedianNs),
                    its.IsOurs ? "" : Claims.Ratio(its.FastestNs, ours?.FastestNs),
                ];
                page.AppendLine("| " + string.Join(" | ", cells) + " |");
            }
        }
    }

    private static string Time(double? nanoseconds) =>
        nanoseconds switch
        {
            null => "failed",
            < 1e3 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds:0.0} ns"),
            < 1e6 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e3:0.00} µs"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:0.00} ms"),
        };

    private static string Processor(Summary summary) =>
        summary.HostEnvironmentInfo.Cpu.Value?.ProcessorName?.Trim() is { Length: > 0 } name
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

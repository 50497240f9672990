using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Ledger.Hammer;

/// <summary>Prints a result, for people or machines.</summary>
internal static class Report
{
    /// <summary>A table, and what was found afterwards.</summary>
    public static string ToText(HammerOptions options, Result result)
    {
        StringBuilder text = new();
        Line($"{Processor()}, {Environment.ProcessorCount} processors, shared with the load generator");
        Line($"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
        Line(
            $"{options.Connections} connections; log of {result.StartSize:N0} entries before, {result.EndSize:N0} after"
        );
        if (result.FileSystem.Length > 0)
        {
            Line($"store on {result.FileSystem}");
        }
        Line($"");
        Line(
            $"{"mode", -18}{"items", 10}{"warm-up", 10}{"in flight", 10}{"items/s", 12}{"p50 ms", 10}{"p99 ms", 10}{"p99.9 ms", 10}{"max ms", 10}{"client us", 11}{"node us", 9}"
        );
        foreach (Measurement m in result.Measurements)
        {
            Line(
                $"{Name(m.Mode), -18}{m.Items, 10:N0}{m.Warmup, 10:N0}{m.InFlight, 10:N0}{m.Throughput, 12:N0}{m.Percentile(0.5), 10:N2}{m.Percentile(0.99), 10:N2}{m.Percentile(0.999), 10:N2}{m.Percentile(1), 10:N2}{m.ClientMicroseconds, 11:N1}{m.NodeMicroseconds, 9:N1}"
            );
            foreach ((string reason, int count) in m.Errors.OrderByDescending(static e => e.Value))
            {
                Line($"  {count:N0} failed: {reason}");
            }
        }
        Line($"");
        if (result.Restart is { } restart)
        {
            Line($"killed, and ready again after {restart.TotalSeconds:N2} s");
        }
        Line($"{result.Findings.Receipts:N0} receipts asked for again: {result.Findings.Missing:N0} gone or changed");
        Line(
            $"{result.Findings.Verified + result.Findings.Unverified:N0} proofs checked: {result.Findings.Unverified:N0} do not verify"
        );
        if (result.Findings.Problem.Length > 0)
        {
            Line($"first problem: {result.Findings.Problem}");
        }
        Line($"{(result.IsGood ? "good" : "NOT GOOD")}");
        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>The same as JSON, on one line.</summary>
    public static string ToJson(HammerOptions options, Result result) =>
        JsonSerializer.Serialize(
            new
            {
                processor = Processor(),
                processors = Environment.ProcessorCount,
                system = RuntimeInformation.OSDescription,
                runtime = RuntimeInformation.FrameworkDescription,
                file_system = result.FileSystem,
                connections = options.Connections,
                with_proof = options.WithProof,
                start_size = result.StartSize,
                end_size = result.EndSize,
                modes = result.Measurements.Select(static m => new
                {
                    mode = Name(m.Mode),
                    items = m.Items,
                    warmup = m.Warmup,
                    in_flight = m.InFlight,
                    seconds = Math.Round(m.Elapsed.TotalSeconds, 3),
                    items_per_second = Math.Round(m.Throughput, 1),
                    p50_ms = Math.Round(m.Percentile(0.5), 3),
                    p99_ms = Math.Round(m.Percentile(0.99), 3),
                    p999_ms = Math.Round(m.Percentile(0.999), 3),
                    client_cpu_us = Math.Round(m.ClientMicroseconds, 2),
                    node_cpu_us = m.NodeMicroseconds is { } us ? Math.Round(us, 2) : (double?)null,
                    max_ms = Math.Round(m.Percentile(1), 3),
                    errors = m.Errors,
                }),
                restart_seconds = result.Restart?.TotalSeconds,
                receipts = result.Findings.Receipts,
                missing = result.Findings.Missing,
                verified = result.Findings.Verified,
                unverified = result.Findings.Unverified,
                problem = result.Findings.Problem,
                good = result.IsGood,
            }
        );

    /// <summary>The name of a mode on the command line.</summary>
    public static string Name(Mode mode) =>
        mode switch
        {
            Mode.CheckTransfer => "check-transfer",
            Mode.ResolveProof => "resolve-proof",
            Mode.ResolveOld => "resolve-old",
            Mode.ResolveHttp => "resolve-http",
            Mode.ResolveHttpProof => "resolve-http-proof",
            Mode.BundlesGzip => "bundles-gzip",
            _ => mode.ToString().ToLowerInvariant(),
        };

    private static string Processor()
    {
        const string key = "model name";
        string? line = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(static l => l.StartsWith(key, StringComparison.Ordinal))
            : null;
        return line is null
            ? RuntimeInformation.ProcessArchitecture.ToString()
            : line[(line.IndexOf(':') + 1)..].Trim();
    }
}

using System.Globalization;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Ledger.Benchmarks.Audit;
using Ledger.Benchmarks.Maps;
using Ledger.Benchmarks.Reading;
using Ledger.Benchmarks.Rivals;
using Ledger.Benchmarks.Rules;
using Ledger.Benchmarks.Running;

// dotnet run -c Release --project bench/Ledger.Benchmarks -- [--short] [--filter '*Node*'] …
// dotnet run -c Release --project bench/Ledger.Benchmarks -- resolve [1000,1000000 [1,100,10000]]
//
// dotnet run -c Release --project bench/Ledger.Benchmarks -- rules
// dotnet run -c Release --project bench/Ledger.Benchmarks -- registry
// dotnet run -c Release --project bench/Ledger.Benchmarks -- map [1000,1000000]
// dotnet run -c Release --project bench/Ledger.Benchmarks -- audit
//
// The second fills stores with so many DIDs, and asks for versions of DIDs that have so many; as above it takes a quarter of an hour.
// Everything else is BenchmarkDotNet's own (--list flat, --disasm, …). A run of everything writes its page to
// bench/results; a filtered one only prints it.
if (args is ["resolve", ..])
{
    await ResolveRun.RunAsync(
        Numbers(args.ElementAtOrDefault(1), 1_000, 1_000_000),
        Numbers(args.ElementAtOrDefault(2), 1, 100, 10_000),
        Console.Out
    );
    return 0;
}

if (args is ["registry", ..])
{
    await RegistryRun.RunAsync(few: 10, many: 1_000_000, transfers: 10_000, Console.Out);
    return 0;
}

if (args is ["map", ..])
{
    MapRun.Run(Numbers(args.ElementAtOrDefault(1), 1_000, 1_000_000), records: 65_536, Console.Out);
    return 0;
}

if (args is ["audit", ..])
{
    await AuditRun.RunAsync(operations: 20_000, Console.Out);
    return 0;
}

if (args is ["rules", ..])
{
    RulesRun.Run(parties: 100, rounds: 40, Console.Out);
    return 0;
}

List<string> arguments = [.. args];
bool isShort = arguments.Remove("--short");
bool isWhole = !arguments.Any(a => a is "--filter" or "-f" or "--list");
if (isWhole)
{
    arguments.AddRange(["--filter", "*"]);
}

if (AbsentRivals.Notice is { } notice)
{
    Console.WriteLine(notice);
}

Summary[] summaries =
[
    .. BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run([.. arguments], new LedgerConfig(isShort)),
];
if (summaries.Length == 0)
{
    return 0; // a list, or help
}

string page = ResultsPage.Write(
    summaries,
    "dotnet run -c Release --project bench/Ledger.Benchmarks -- " + string.Join(' ', args)
);
Console.WriteLine(page);
if (isWhole)
{
    string path = ResultsPage.PathFor(summaries[0]);
    File.WriteAllText(path, page);
    Console.WriteLine($"Written to {path}");
}
return summaries.All(s => !s.HasCriticalValidationErrors && s.Reports.All(r => r.Success)) ? 0 : 1;

static int[] Numbers(string? text, params int[] usual) =>
    text is null ? usual : [.. text.Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];

/// <summary>Named so that the tests can find the assembly.</summary>
public sealed partial class Program;

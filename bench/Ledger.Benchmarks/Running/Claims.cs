using System.Globalization;
using System.Text;
using Ledger.Benchmarks.Crypto.Merkle;
using Ledger.Benchmarks.Crypto.Secp256k1;
using Ledger.Benchmarks.Crypto.Sha256;

namespace Ledger.Benchmarks.Running;

/// <summary>Something that this project says it is faster at: a class of benchmarks, at one value of its parameter.</summary>
/// <param name="Work">What is done, in words.</param>
/// <param name="Benchmarks">The class.</param>
/// <param name="Parameter">The name of the parameter, or null.</param>
/// <param name="Value">Its value, or null.</param>
internal sealed record Claim(string Work, Type Benchmarks, string? Parameter = null, object? Value = null)
{
    public bool IsAbout(MeasuredCase measured) =>
        measured.Benchmarks == Benchmarks
        && (
            Parameter is null || (measured.Parameters.TryGetValue(Parameter, out object? value) && Equals(value, Value))
        );
}

/// <summary>The first table of the results: of each claim and rival one line, with the ratio at each width.</summary>
internal static class Claims
{
    public static IReadOnlyList<Claim> All { get; } =
    [
        new("ECDSA, batch of 1,024", typeof(VerifyBatchBenchmarks), nameof(VerifyBatchBenchmarks.Signatures), 1024),
        new("ECDSA, one signature", typeof(VerifyBenchmarks)),
        new(
            "ECDSA, batch of 1,024 with recovery hints",
            typeof(HintedBatchBenchmarks),
            nameof(HintedBatchBenchmarks.Signatures),
            1024
        ),
        new("Schnorr, batch of 1,024", typeof(SchnorrBatchBenchmarks), nameof(SchnorrBatchBenchmarks.Signatures), 1024),
        new("Merkle nodes, 1,024", typeof(NodeBenchmarks), nameof(NodeBenchmarks.Nodes), 1024),
        new("Merkle leaves of 300 bytes", typeof(LeafBenchmarks), nameof(LeafBenchmarks.EntryBytes), "300"),
        new("Merkle root of 1,000,000 leaves", typeof(RootBenchmarks), nameof(RootBenchmarks.Leaves), 1_000_000),
        new(
            "1,000 entries appended to a tree of 10,000,000",
            typeof(AppendBenchmarks),
            nameof(AppendBenchmarks.Entries),
            1000
        ),
    ];

    /// <summary>Writes the lines of which something was measured, and what was allocated.</summary>
    public static void Write(StringBuilder page, IReadOnlyList<MeasuredCase> cases)
    {
        string[] widths = [.. Widths.All.Where(w => cases.Any(c => c.Width == w))];
        List<string> lines = [];
        foreach (Claim claim in All)
        {
            MeasuredCase[] about = [.. cases.Where(claim.IsAbout)];
            foreach (string rival in about.Where(c => !c.IsOurs).Select(c => c.Method).Distinct())
            {
                string[] cells = [.. widths.Select(w => Cell([.. about.Where(c => c.Width == w)], rival))];
                if (cells.Any(c => c.Length != 0))
                {
                    lines.Add($"| {claim.Work} | {rival} | " + string.Join(" | ", cells) + " |");
                }
            }
        }
        if (lines.Count != 0)
        {
            page.AppendLine("| work | against | " + string.Join(" | ", widths) + " |");
            page.AppendLine("|---|---|" + string.Concat(Enumerable.Repeat("---:|", widths.Length)));
            page.AppendJoin(Environment.NewLine, lines).AppendLine().AppendLine();
        }
        page.AppendLine(Allocation(cases));
    }

    /// <summary>How many times as long as a rival takes by something of ours; "?" when a time is missing.</summary>
    public static string Ratio(double? rivalNs, double? oursNs) =>
        rivalNs is null || oursNs is null
            ? "?"
            : string.Create(CultureInfo.InvariantCulture, $"{rivalNs / oursNs:0.00}×");

    private static string Cell(MeasuredCase[] atWidth, string rivalName)
    {
        MeasuredCase? ours = atWidth.SingleOrDefault(c => c.IsOurs);
        MeasuredCase? rival = atWidth.SingleOrDefault(c => c.Method == rivalName);
        return ours?.MedianNs is null || rival?.MedianNs is null
            ? ""
            : $"{Ratio(rival.MedianNs, ours.MedianNs)} ({Ratio(rival.FastestNs, ours.FastestNs)})";
    }

    private static string Allocation(IReadOnlyList<MeasuredCase> cases)
    {
        MeasuredCase[] ours = [.. cases.Where(c => c.IsOurs && c.AllocatedBytes is not null)];
        int none = ours.Count(c => c.AllocatedBytes == 0);
        StringBuilder line = new($"Bytes allocated by a call of ours: 0 in {none} of {ours.Length} cases");
        foreach (
            IGrouping<string, MeasuredCase> group in ours.Where(c => c.AllocatedBytes != 0)
                .GroupBy(c => $"{c.Benchmarks.Name} {c.ParametersText}".Trim())
        )
        {
            line.Append(CultureInfo.InvariantCulture, $"; {group.Max(c => c.AllocatedBytes)} in {group.Key}");
        }
        return line.Append('.').ToString();
    }
}

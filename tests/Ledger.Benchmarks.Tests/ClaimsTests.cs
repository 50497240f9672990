using System.Reflection;
using System.Text;
using BenchmarkDotNet.Attributes;
using Ledger.Benchmarks.Crypto.Merkle;
using Ledger.Benchmarks.Crypto.Secp256k1;
using Ledger.Benchmarks.Running;

namespace Ledger.Benchmarks.Tests;

public sealed class ClaimsTests
{
    [Fact]
    public void All_EachClaim_IsAboutACaseThatIsMeasured()
    {
        foreach (Claim claim in Claims.All)
        {
            if (claim.Parameter is null)
            {
                Assert.DoesNotContain(claim.Benchmarks.GetProperties(), p => p.IsDefined(typeof(ParamsAttribute)));
                continue;
            }
            ParamsAttribute? measured = claim
                .Benchmarks.GetProperty(claim.Parameter)!
                .GetCustomAttribute<ParamsAttribute>();
            Assert.Contains(claim.Value, measured!.Values);
        }
    }

    [Fact]
    public void Write_SomeCases_GivesTheRatiosOfThoseAtTheSameWidth()
    {
        string page = Write(
            Batch(1024, Widths.Avx512, "Ledger", 10, 9),
            Batch(1024, Widths.Avx512, "rival", 50, 40),
            Batch(1024, Widths.None, "Ledger", 80, 80),
            Batch(1024, Widths.None, "rival", 40, 40),
            Batch(64, Widths.Avx512, "Ledger", 1, 1),
            Batch(64, Widths.Avx512, "rival", 7, 7)
        );

        Assert.Equal(
            """
            | work | against | AVX-512 | scalar |
            |---|---|---:|---:|
            | ECDSA, batch of 1,024 | rival | 5.00× (4.44×) | 0.50× (0.50×) |

            Bytes allocated by a call of ours: 0 in 3 of 3 cases.

            """,
            page
        );
    }

    [Fact]
    public void Write_CasesThatFailedOrAreMissing_LeavesThemOut()
    {
        string page = Write(
            Batch(1024, Widths.Avx512, "Ledger", 10, 9),
            Batch(1024, Widths.Avx512, "failed", null, null),
            Batch(1024, Widths.Avx512, "rival", 20, 18),
            Batch(1024, Widths.Avx2, "rival", 50, 40)
        );

        Assert.Contains("| ECDSA, batch of 1,024 | rival | 2.00× (2.00×) |  |", page);
        Assert.DoesNotContain("failed", page);
        Assert.DoesNotContain("Merkle", page);
    }

    [Fact]
    public void Write_SomethingAllocates_SaysWhatAndHowMuch()
    {
        string page = Write(
            Batch(1024, Widths.Avx2, "Ledger", 10, 9),
            Case(typeof(AppendBenchmarks), "Entries", 1000, Widths.Avx512, "Ledger", 1, 1, allocated: 2073),
            Case(typeof(AppendBenchmarks), "Entries", 1000, Widths.Avx2, "Ledger", 1, 1, allocated: 2074),
            Case(typeof(AppendBenchmarks), "Entries", 1000, Widths.Avx2, "rival", 1, 1, allocated: 5)
        );

        Assert.Contains(
            "Bytes allocated by a call of ours: 0 in 1 of 3 cases; 2074 in AppendBenchmarks Entries=1000.",
            page
        );
    }

    [Fact]
    public void Write_NothingThatIsClaimed_WritesNoTable()
    {
        Assert.Equal(
            "Bytes allocated by a call of ours: 0 in 1 of 1 cases.\n",
            Write(Batch(64, Widths.Avx512, "Ledger", 1, 1), Batch(64, Widths.Avx512, "rival", 7, 7))
        );
    }

    private static string Write(params MeasuredCase[] cases)
    {
        StringBuilder page = new();
        Claims.Write(page, cases);
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static MeasuredCase Batch(int count, string width, string method, double? medianNs, double? fastestNs) =>
        Case(
            typeof(VerifyBatchBenchmarks),
            nameof(VerifyBatchBenchmarks.Signatures),
            count,
            width,
            method,
            medianNs,
            fastestNs
        );

    private static MeasuredCase Case(
        Type benchmarks,
        string parameter,
        object value,
        string width,
        string method,
        double? medianNs,
        double? fastestNs,
        long allocated = 0
    ) =>
        new(
            benchmarks,
            width,
            new Dictionary<string, object> { [parameter] = value },
            method,
            method == MeasuredCase.Ours,
            medianNs,
            fastestNs,
            medianNs is null ? null : allocated
        );
}

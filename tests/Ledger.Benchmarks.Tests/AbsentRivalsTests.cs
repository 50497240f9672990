using System.Diagnostics;
using Ledger.Benchmarks.Rivals;
using Ledger.Testing;

namespace Ledger.Benchmarks.Tests;

public sealed class AbsentRivalsTests
{
    [Fact]
    public void Benchmarks_WithLibsecp256k1_LeaveNothingOut()
    {
        Assert.SkipUnless(Libsecp256k1.IsAvailable, Libsecp256k1.Absent);
        string list = List(library: null);
        Assert.Contains("VerifyBenchmarks.Secp256k1", list, StringComparison.Ordinal);
        Assert.DoesNotContain(Libsecp256k1.Absent, list, StringComparison.Ordinal);
        Assert.Null(AbsentRivals.Notice);
    }

    [Fact]
    public void Benchmarks_WithoutLibsecp256k1_LeaveItOutAndSaySo()
    {
        string list = List(library: "libsecp256k1-absent.so");
        Assert.Contains("VerifyBenchmarks.Ledger", list, StringComparison.Ordinal);
        Assert.Contains("VerifyBenchmarks.NBitcoin", list, StringComparison.Ordinal);
        Assert.DoesNotContain("Benchmarks.Secp256k1", list, StringComparison.Ordinal);
        Assert.Contains(Libsecp256k1.Absent, list, StringComparison.Ordinal);
    }

    /// <summary>What the program lists of its benchmarks, in a process that takes its libsecp256k1 from a given file.</summary>
    private static string List(string? library)
    {
        ProcessStartInfo start = new(
            "dotnet",
            [typeof(Program).Assembly.Location, "--list", "flat", "--filter", "*Secp256k1*"]
        )
        {
            RedirectStandardOutput = true,
        };
        start.Environment["LEDGER_LIBSECP256K1"] = library ?? "";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}

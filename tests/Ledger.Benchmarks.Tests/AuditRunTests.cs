using Ledger.Benchmarks.Audit;
using Ledger.Testing;

namespace Ledger.Benchmarks.Tests;

public sealed class AuditRunTests
{
    [Fact]
    public async Task Run_TinyLog_IsFoundSoundInEveryWay()
    {
        using StringWriter tables = new();

        IReadOnlyDictionary<string, double> ways = await AuditRun.RunAsync(operations: 20, tables); // a finding throws

        Assert.Equal(Libsecp256k1.IsAvailable ? 3 : 2, ways.Count);
        Assert.All(ways.Values, entries => Assert.True(entries > 0));
    }
}

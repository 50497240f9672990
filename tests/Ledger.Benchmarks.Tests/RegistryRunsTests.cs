using Ledger.Benchmarks.Reading;
using Ledger.Benchmarks.Rules;

namespace Ledger.Benchmarks.Tests;

public sealed class RegistryRunsTests
{
    [Fact]
    public void Rules_TinyLedger_AppliesEveryBatchOfEveryCase()
    {
        using StringWriter table = new();

        IReadOnlyList<RulesCase> cases = RulesRun.Run(parties: 60, rounds: 2, table); // a batch that is refused throws

        Assert.Equal(7, cases.Count);
        Assert.All(cases, measured => Assert.True(measured.Rounds.Count == 2 && measured.MedianUs > 0));
        Assert.Equal(2 + cases.Count, table.ToString().Trim().Split('\n').Length);
    }

    [Fact]
    public async Task Registry_TinyStore_GetsTheRightAnswers()
    {
        using StringWriter table = new();

        IReadOnlyList<ReadingCase> cases = await RegistryRun.RunAsync(few: 5, many: 50, transfers: 4, table);

        Assert.Equal(6, cases.Count); // a wrong answer throws
        Assert.All(cases, asked => Assert.True(asked.MedianUs > 0));
        Assert.Equal(2 + cases.Count, table.ToString().Trim().Split('\n').Length);
    }
}

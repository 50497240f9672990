using Ledger.Benchmarks.Reading;

namespace Ledger.Benchmarks.Tests;

public sealed class ResolveRunTests
{
    [Fact]
    public async Task Run_TinyStores_AsksEveryQuestionAndGetsTheRightVersion()
    {
        using StringWriter table = new();
        List<string> wrong = [];
        IReadOnlyList<ResolveCase> cases = await ResolveRun.RunAsync(
            [10, 100],
            [1, 5, 20],
            table,
            check: asked =>
                wrong.AddRange(
                    Enumerable
                        .Range(0, 50)
                        .Where(call => asked.Ask(call) != asked.Expected(call))
                        .Select(call => $"{asked.Question} of {asked.Versions}, call {call}")
                )
        );

        Assert.Empty(wrong);
        Assert.Equal(2 * 3 * 3, cases.Count);
        Assert.All(cases, asked => Assert.True(asked.MedianUs > 0));
        Assert.Equal(2 + cases.Count, table.ToString().Trim().Split('\n').Length);
    }
}

using System.Text.RegularExpressions;

namespace Ledger.Cli.Tests.Commands;

public partial class DemoCommandTests
{
    [GeneratedRegex(@"process ([0-9]+) on")]
    private static partial Regex NodeProcessNumber();

    [Fact]
    public async Task Demo_Small_IsSoundAndLeavesNothing()
    {
        using TemporaryFolder folder = new();

        Ended demo = await LedgerProcess.RunAsync(
            folder,
            "demo",
            "--json",
            "--dir",
            "demo",
            "--dids",
            "40",
            "--tokens",
            "20",
            "--load",
            "200"
        );

        demo.With(ExitCodes.Done);
        Assert.Equal("sound", demo.Text("verdict"));
        Assert.Equal(23, demo.Json.GetProperty("steps").GetArrayLength());
        Assert.False(Directory.Exists(folder["demo"]));
    }

    [Fact]
    public async Task Demo_Interrupted_EndsItsNodeAndLeavesNothing()
    {
        using TemporaryFolder folder = new();
        await using LedgerProcess demo = LedgerProcess.Start(folder, [], "demo", "--dir", "demo");
        string started = "";
        while (!NodeProcessNumber().IsMatch(started))
        {
            started =
                await demo.Output.ReadLineAsync() ?? throw new InvalidOperationException("The demo did not start.");
        }

        demo.Signal("INT");
        (await demo.EndAsync()).With(ExitCodes.Interrupted);

        string node = NodeProcessNumber().Match(started).Groups[1].Value;
        Assert.False(Directory.Exists($"/proc/{node}"), "the node is still there");
        Assert.False(Directory.Exists(folder["demo"]));
    }
}

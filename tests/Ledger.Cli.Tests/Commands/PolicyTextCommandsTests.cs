using System.CommandLine;
using Ledger.Cli.Commands;

namespace Ledger.Cli.Tests.Commands;

public sealed class PolicyTextCommandsTests
{
    private const string Policy = """{"first_hold": {"seconds": "3600"}}""";

    private const string Cases = """
        {"cases": [
          {
            "name": "too early",
            "time": "2026-03-02T10:00:00Z",
            "token": {"acquired_ms": "1772445599000"},
            "failed_rule": "first_hold",
            "retry_at": "2026-03-02T10:59:59Z"
          },
          {"name": "in time", "time": "2026-03-02T11:00:00Z", "token": {"acquired_ms": "1772445600000"}}
        ]}
        """;

    [Theory]
    [InlineData(Policy, "en", ExitCodes.Done)]
    [InlineData(Policy, "zh", ExitCodes.Done)]
    [InlineData("{", "en", ExitCodes.Usage)]
    [InlineData("{\"no_rule\": {}}", "en", ExitCodes.Usage)]
    [InlineData("{\"first_hold\": {}}", "en", ExitCodes.Usage)] // not of its form
    public async Task Explain_File_EndsAsItShould(string policy, string language, int expected)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["policy.json"], policy);
        Assert.Equal(
            expected,
            await RunAsync(PolicyTextCommands.Explain(), folder["policy.json"], "--language", language)
        );
    }

    [Theory]
    [InlineData("first_hold", ExitCodes.Done)]
    [InlineData("rehold", ExitCodes.Refused)] // another rule than the case expects
    [InlineData("", ExitCodes.Refused)] // allowed, the case expects
    public async Task Test_Cases_EndsWithOneWhenOneDiffers(string failedRule, int expected)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["policy.json"], Policy);
        File.WriteAllText(
            folder["cases.json"],
            Cases.Replace(
                "\"failed_rule\": \"first_hold\"",
                $"\"failed_rule\": \"{failedRule}\"",
                StringComparison.Ordinal
            )
        );
        Assert.Equal(expected, await RunAsync(PolicyTextCommands.Test(), folder["policy.json"], folder["cases.json"]));
    }

    [Fact]
    public async Task Test_NoTable_IsAMistakeOfUse()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["policy.json"], Policy);
        File.WriteAllText(folder["cases.json"], "[]");
        Assert.Equal(
            ExitCodes.Usage,
            await RunAsync(PolicyTextCommands.Test(), folder["policy.json"], folder["cases.json"])
        );
    }

    private static async Task<int> RunAsync(Command command, params string[] arguments)
    {
        RootCommand root = new() { command };
        try
        {
            return await root.Parse([command.Name, .. arguments])
                .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (CommandFailure failure)
        {
            return failure.ExitCode;
        }
    }
}

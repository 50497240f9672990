using System.CommandLine;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Rules.Policies;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Policies before they are proposed, without a node: explain, test.</summary>
internal static class PolicyTextCommands
{
    /// <summary>Tells a policy in plain words.</summary>
    public static Command Explain() => new ExplainCommand();

    /// <summary>Tries a policy on a table of cases.</summary>
    public static Command Test() => new TestCommand();

    private static Argument<string> PolicyFile() =>
        new("file") { Description = "File with the policy: a PolicyRule in the JSON of protobuf.", HelpName = "FILE" };

    private static PolicyRule Read(string path)
    {
        PolicyRule rule;
        try
        {
            rule = JsonParser.Default.Parse<PolicyRule>(string.Join('\n', TextFile.ReadLines(path)));
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidJsonException)
        {
            throw CommandFailure.Usage($"{path} holds no policy: {e.Message}");
        }

        return PolicyForms.CheckRules(rule) is { } problem ? throw CommandFailure.Usage($"{path}: {problem}") : rule;
    }

    private sealed class ExplainCommand : Verb
    {
        private static readonly Dictionary<string, PolicyLanguage> Languages = new()
        {
            ["en"] = PolicyLanguage.English,
            ["zh"] = PolicyLanguage.Chinese,
        };

        private readonly Argument<string> _file = PolicyFile();

        private readonly Option<string> _language = new("--language")
        {
            Description = "Language: en or zh.",
            HelpName = "LANGUAGE",
            DefaultValueFactory = static _ => "en",
        };

        public ExplainCommand()
            : base(
                "explain",
                "Tell a policy in plain words.",
                "ledger policy explain gifts.json",
                "ledger policy explain gifts.json --language zh"
            )
        {
            _language.AcceptOnlyFromAmong([.. Languages.Keys]);
            Add(_file);
            Add(_language);
        }

        protected override Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
        {
            PolicyRule rule = Read(line.GetRequiredValue(_file));
            string text = PolicyText.Explain(rule, Languages[line.GetRequiredValue(_language)]);
            if (output.IsJson)
            {
                output.Result(new JsonObject { ["text"] = text });
            }
            else
            {
                Console.Out.Write(text);
            }

            return Task.FromResult(ExitCodes.Done);
        }
    }

    private sealed class TestCommand : Verb
    {
        private readonly Argument<string> _file = PolicyFile();

        private readonly Argument<string> _cases = new("cases")
        {
            Description = "File with the cases, in JSON, as docs/policies.md tells it.",
            HelpName = "CASES",
        };

        public TestCommand()
            : base("test", "Try a policy on a table of cases.", "ledger policy test gifts.json gifts.cases.json")
        {
            Remarks = "The code that judges transfers judges the cases. It ends with 1 when one of them differs.";
            Add(_file);
            Add(_cases);
        }

        protected override Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
        {
            PolicyRule rule = Read(line.GetRequiredValue(_file));
            string path = line.GetRequiredValue(_cases);
            IReadOnlyList<PolicyCase> cases;
            try
            {
                cases = PolicyCase.Parse(string.Join('\n', TextFile.ReadLines(path)));
            }
            catch (FormatException e)
            {
                throw CommandFailure.Usage($"{path}: {e.Message}");
            }

            int different = 0;
            JsonArray rows = [];
            foreach (PolicyCase tried in cases)
            {
                PolicyFinding finding = PolicyEvaluation.Evaluate(rule, tried.Facts);
                bool isExpected = tried.IsExpected(finding);
                different += isExpected ? 0 : 1;
                rows.Add(
                    new JsonObject
                    {
                        ["case"] = tried.Name,
                        ["result"] = isExpected ? "as expected" : "DIFFERENT",
                        ["found"] = Say(finding),
                        ["expected"] = isExpected ? null : Say(tried.Expected),
                    }
                );
            }

            output.Result(
                new JsonObject
                {
                    ["cases"] = rows,
                    ["tried"] = cases.Count,
                    ["different"] = different,
                }
            );
            return Task.FromResult(different == 0 ? ExitCodes.Done : ExitCodes.Refused);
        }

        private static string Say(PolicyFinding finding) =>
            finding.Holds ? "allowed"
            : finding.RetryAtMs == 0 ? finding.FailedRule
            : $"{finding.FailedRule}, until {Fields.Time(finding.RetryAtMs)}";
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>How often a DID may be changed: show, set.</summary>
internal sealed class DidQuotaCommands : Command
{
    public DidQuotaCommands()
        : base("quota", "How often any DID of the ledger may be changed.")
    {
        Add(new ShowCommand());
        Add(new SetCommand());
    }

    private static JsonObject Of(DidQuota quota) =>
        new()
        {
            ["per_hour"] = Limit(quota.PerHour),
            ["per_day"] = Limit(quota.PerDay),
            ["per_week"] = Limit(quota.PerWeek),
        };

    private static JsonNode Limit(uint limit) => limit == 0 ? Fields.Text("no limit") : JsonValue.Create(limit);

    private sealed class ShowCommand : Verb
    {
        public ShowCommand()
            : base("show", "Show how often a DID may be changed.", "ledger did quota show")
        {
            Remarks = "It is the node's word: `ledger audit` recomputes what it comes from.";
            Connection.AddTo(this);
        }

        protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
        {
            await using Connection connection = await Connection.OpenAsync(line, output, stop);
            DidQuota? quota = await connection.Client.GetDidQuotaAsync(stop);
            JsonObject fields = Of(quota ?? Protocol.Limits.UsualDidQuota);
            fields["usual"] = quota is null;
            fields["not_verified"] = Fields.List([Fields.Text("quota")]);
            output.Result(fields);
            return ExitCodes.Done;
        }
    }

    private sealed class SetCommand : SigningVerb
    {
        private readonly Option<uint> _perHour = Limit("--per-hour", "Changes within any hour.");
        private readonly Option<uint> _perDay = Limit("--per-day", "Changes within any 24 hours.");
        private readonly Option<uint> _perWeek = Limit("--per-week", "Changes within any 7 days.");

        public SetCommand()
            : base(
                "set",
                "Say how often any DID may be changed, as a supervisor.",
                "ledger did quota set --per-hour 10 --per-day 30 --per-week 100 --as supervisor"
            )
        {
            Remarks = "Counts updates and changes of recovery keys; recovery and deactivation are always possible.";
            Add(_perHour);
            Add(_perDay);
            Add(_perWeek);
        }

        protected override async Task<(JsonObject Fields, ProvenEntry Entry)> ActAsync(
            ParseResult line,
            Signing signing,
            CancellationToken stop
        )
        {
            DidQuota quota = new()
            {
                PerHour = line.GetValue(_perHour),
                PerDay = line.GetValue(_perDay),
                PerWeek = line.GetValue(_perWeek),
            };
            SetDidQuota set = new() { Quota = quota };
            return (Of(quota), await signing.SubmitAsync(new Operation { SetDidQuota = set }, stop));
        }

        private static Option<uint> Limit(string name, string description) =>
            new(name)
            {
                Description = description + " 0: no limit.",
                HelpName = "COUNT",
                Required = true,
            };
    }
}

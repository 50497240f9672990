using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Policies: propose, approve, reject, show, list, explain, test.</summary>
internal sealed class PolicyCommands : Command
{
    public PolicyCommands()
        : base("policy", "Policies: rules on transfers as data, in versions that begin to judge at a time.")
    {
        Add(Propose());
        Add(Approve());
        Add(Reject());
        Add(new ShowCommand());
        Add(List());
        Add(PolicyTextCommands.Explain());
        Add(PolicyTextCommands.Test());
    }

    private static Argument<string> Policy() => new("policy") { Description = "Identifier of the policy." };

    private static Argument<ulong> Version() => new("version") { Description = "Number of the version." };

    private static OperationCommand Propose()
    {
        Argument<string> policy = Policy();
        Argument<string> rule = new("rule")
        {
            Description = "File with what it demands, a message PolicyRule in the JSON of protobuf.",
        };
        Option<string> pilot = new("--pilot")
        {
            Description = "Pilot that it belongs to.",
            HelpName = "ID",
            Required = true,
        };
        return new OperationCommand(
            "propose",
            "Propose a version of a policy; the first makes the policy.",
            "ledger policy propose holds holds.json --pilot craft-2026 --as museum",
            [policy, rule, pilot],
            asking => new Operation
            {
                ProposePolicy = new ProposePolicy
                {
                    PolicyId = asking.Line.GetRequiredValue(policy),
                    PilotId = asking.Line.GetRequiredValue(pilot),
                    Rule = ProtoJson.Read<PolicyRule>(asking.Line.GetRequiredValue(rule)),
                },
            }
        );
    }

    private static OperationCommand Approve()
    {
        Argument<string> policy = Policy();
        Argument<ulong> version = Version();
        Option<string> effective = new("--effective")
        {
            Description = $"When it begins to judge: {Times.FutureForm}.",
            HelpName = "TIME",
            Required = true,
        };
        return new OperationCommand(
            "approve",
            "Approve the version of a policy that is proposed.",
            "ledger policy approve holds 1 --effective 2027-01-01 --as supervisor",
            [policy, version, effective],
            asking => new Operation
            {
                ApprovePolicy = new ApprovePolicy
                {
                    PolicyId = asking.Line.GetRequiredValue(policy),
                    Version = asking.Line.GetRequiredValue(version),
                    Effective = Times.FutureSeconds(asking.Line.GetRequiredValue(effective)),
                },
            }
        );
    }

    private static OperationCommand Reject()
    {
        Argument<string> policy = Policy();
        Argument<ulong> version = Version();
        return new OperationCommand(
            "reject",
            "Turn down the version of a policy that is proposed.",
            "ledger policy reject holds 1 --as supervisor",
            [policy, version],
            asking => new Operation
            {
                RejectPolicy = new RejectPolicy
                {
                    PolicyId = asking.Line.GetRequiredValue(policy),
                    Version = asking.Line.GetRequiredValue(version),
                },
            }
        );
    }

    private static ListingCommand List()
    {
        Option<string> pilot = new("--pilot")
        {
            Description = "Their pilot.",
            HelpName = "ID",
            Required = true,
        };
        return new ListingCommand(
            "policies",
            "list",
            "List the policies of a pilot, by identifier.",
            "ledger policy list --pilot craft-2026",
            [pilot],
            question =>
                ListingCommand.Shown(
                    question.Client.ListPoliciesAsync(
                        question.Line.GetRequiredValue(pilot),
                        question.Size,
                        question.Token,
                        question.Stop
                    ),
                    MessageFields.OfRecord
                )
        );
    }

    private sealed class ShowCommand : ReadingVerb
    {
        private readonly Argument<string> _policy = Policy();

        public ShowCommand()
            : base("show", "Show a policy: the version that judges, and what comes.", "ledger policy show holds") =>
            Add(_policy);

        protected override Func<LedgerClient, Task<Shown>> Ask(
            ParseResult line,
            KeyRing keys,
            CancellationToken stop
        ) =>
            async client =>
            {
                ResolvedPolicy policy = await client.GetPolicyAsync(line.GetRequiredValue(_policy), stop);
                JsonObject fields = MessageFields.OfRecord(policy.Record);
                fields["version_in_force"] = policy.VersionInForce == 0 ? null : policy.VersionInForce;
                return new Shown(fields, policy.Entry, policy.Current) { NotVerified = ["version_in_force"] };
            };
    }
}

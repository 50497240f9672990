using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Does several things in one operation, all or none.</summary>
internal sealed class GroupCommand : OperationVerb
{
    private readonly Argument<string> _file = new("file")
    {
        Description =
            "File with the steps: a JSON list of operations with their bodies alone, [{\"transfer\": {…}}, …], in the JSON of protobuf.",
    };

    public GroupCommand()
        : base(
            "group",
            "Do several things in one operation: all of them, or none.",
            "ledger group steps.json --as supervisor",
            "ledger group steps.json --as supervisor --approver deputy"
        )
    {
        Remarks =
            "The steps are judged in order, each seeing what those before it did. When one is refused nothing is done, and the answer says which it was.";
        Add(_file);
    }

    protected override Asked Ask(Asking asking)
    {
        Group group = new() { Steps = { ProtoJson.ReadSteps(asking.Line.GetRequiredValue(_file)) } };
        JsonObject fields = new()
        {
            ["steps"] = Fields.List(
                group.Steps.Select(static step =>
                    Fields.Text(step.BodyCase == Operation.BodyOneofCase.None ? "nothing" : Protocol.Verb.Of(step).Name)
                )
            ),
        };
        return new Asked(new Operation { Group = group }, fields);
    }
}

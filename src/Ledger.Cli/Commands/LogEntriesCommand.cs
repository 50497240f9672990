using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Shows entries of the log, decoded.</summary>
internal sealed class LogEntriesCommand : Verb
{
    private const int LimitDefault = 100;

    private readonly Option<long> _from = new("--from")
    {
        Description = "Index of the first entry.",
        HelpName = "INDEX",
        DefaultValueFactory = static _ => 0,
    };

    private readonly Option<int> _limit = new("--limit")
    {
        Description = "Most entries to show.",
        HelpName = "COUNT",
        DefaultValueFactory = static _ => LimitDefault,
    };

    private readonly Option<bool> _refused = new("--refused")
    {
        Description = "Show attempts alone: the operations that the rules refused.",
    };

    public LogEntriesCommand()
        : base(
            "entries",
            "Show entries of the log, one a line: index, time, outcome, actor, and what was asked.",
            "ledger log entries --from 100 --limit 20",
            "ledger log entries --refused"
        )
    {
        Remarks = "They are the node's word: `ledger audit` proves the whole log, and `ledger receipt` one operation.";
        Add(_from);
        Add(_limit);
        Add(_refused);
        Connection.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        long from = line.GetValue(_from);
        int limit = line.GetValue(_limit);
        bool onlyRefused = line.GetValue(_refused);
        if (from < 0 || limit < 1)
        {
            throw CommandFailure.Usage($"{_from.Name} is at least 0, and {_limit.Name} at least 1.");
        }

        await using Connection connection = await Connection.OpenAsync(line, output, stop);
        List<JsonObject> entries = [];
        long index = from;
        await foreach (
            ReadOnlyMemory<byte> bytes in connection.Client.StreamEntriesAsync(
                from,
                limit: onlyRefused ? 0 : limit,
                cancellationToken: stop
            )
        )
        {
            Judgement judgement = EntryCodec.Decode(bytes, out Entry? entry);
            if (!judgement.IsOk)
            {
                throw CommandFailure.Unverified(
                    $"What the node shows as entry {index} is none: {Reasons.Name(judgement.Reason)} {judgement.Detail}."
                );
            }

            index++;
            if (onlyRefused && (entry!.Operation is null || entry.Operation.Outcome == ReasonCode.Applied))
            {
                continue;
            }

            entries.Add(Describe(entry!, connection.Client.Origin));
            if (entries.Count == limit)
            {
                break;
            }
        }

        if (output.IsJson)
        {
            output.Result(
                new JsonObject
                {
                    ["entries"] = Fields.List(entries),
                    ["next"] = index,
                    ["not_verified"] = Fields.List([Fields.Text("entries")]),
                }
            );
        }
        else
        {
            entries.ForEach(static entry => Console.Out.WriteLine(InOneLine(entry)));
        }

        return ExitCodes.Done;
    }

    private static JsonObject Describe(Entry entry, string origin)
    {
        SubmittedOperation? operation = null;
        JsonObject fields = new() { ["index"] = entry.Index, ["time"] = Fields.Time(entry.TimeMs) };
        if (entry.Operation is { } recorded)
        {
            byte[] id = new byte[Limits.HashBytes];
            OperationCodec.ComputeId(recorded.Operation.Span, id);
            fields["operation_id"] = Convert.ToHexStringLower(id);
            OperationCodec.Decode(recorded.Operation.Memory, recorded.Signatures, origin, out operation);
        }

        return fields.With(Fields.OfContent(entry, operation));
    }

    private static string InOneLine(JsonObject entry)
    {
        string place = $"{entry["index"]}  {entry["time"]}";
        if (entry["seal"] is { } seal)
        {
            return $"{place}  seal  {Output.InJson(seal)}";
        }

        return $"{place}  {entry["outcome"]}  {entry["actor"]?.ToString() ?? "-"}  {Output.InJson(entry["operation"]!)}";
    }
}

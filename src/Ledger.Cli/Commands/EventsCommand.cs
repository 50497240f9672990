using System.CommandLine;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Prints what happened, and what happens.</summary>
internal sealed class EventsCommand : Verb
{
    private readonly Option<long> _from = new("--from")
    {
        Description = "Index of the first entry of interest. Default: 0.",
        HelpName = "INDEX",
    };

    private readonly Option<bool> _follow = new("--follow")
    {
        Description = "Go on with new events as they come, until Ctrl-C; a connection that breaks is taken up again.",
    };

    private readonly Option<string[]> _effects = new("--effect")
    {
        Description =
            "Only these effects, by their names in the protocol: transferred, token_frozen, refused. Can be repeated.",
        HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _party = RegistrySymbols.SomeParty(
        "--party",
        "Only those of this DID, which acted, approved or is named"
    );

    private readonly Option<string?> _pilot = RegistrySymbols.Id("--pilot", "Only those about this pilot.");
    private readonly Option<string?> _class = RegistrySymbols.Id("--class", "Only those about this class.");
    private readonly Option<string?> _token = RegistrySymbols.Id(
        "--token",
        "Only those about this token of the class."
    );

    public EventsCommand()
        : base(
            "events",
            "Print what entries did, a line an event, in the order of the log.",
            "ledger events --from 1200",
            "ledger events --follow --effect transferred burned --class medals --json"
        )
    {
        Remarks =
            "With --json, each line is a JSON object. Events are the node's word: each names its entry, and `ledger log entries` shows that.";
        this.AddOwn([_from, _follow, _effects, _party, _pilot, _class, _token]);
        KeyRing.AddTo(this, canOpen: false);
        Connection.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        long from = line.GetValue(_from);
        if (from < 0)
        {
            throw CommandFailure.Usage($"{_from.Name} is at least 0.");
        }

        EventFilter filter = FilterOf(line, new KeyRing(line, output));
        await using Connection connection = await Connection.OpenAsync(line, output, stop);
        if (line.GetValue(_follow))
        {
            await foreach (EventPage page in connection.Client.SubscribeAsync(from, filter, stop))
            {
                Print(page, output);
            }
        }

        long size = (await connection.Client.GetCheckpointAsync(stop)).Size;
        while (from < size)
        {
            EventPage page = await connection.Client.ListEventsAsync(from, filter, cancellationToken: stop);
            Print(page, output);
            if (page.NextIndex <= from)
            {
                throw CommandFailure.Unverified($"The node does not go on after entry {from}.");
            }

            from = page.NextIndex;
        }

        return ExitCodes.Done;
    }

    private EventFilter FilterOf(ParseResult line, KeyRing keys)
    {
        EventFilter filter = new()
        {
            Party = line.GetValue(_party) is { } named ? keys.DidOf(named) : "",
            PilotId = line.GetValue(_pilot) ?? "",
            ClassId = line.GetValue(_class) ?? "",
            TokenId = line.GetValue(_token) ?? "",
        };
        filter.Effects.AddRange((line.GetValue(_effects) ?? []).Select(static name => name.Replace('-', '_')));
        return filter.TokenId.Length == 0 || filter.ClassId.Length > 0
            ? filter
            : throw CommandFailure.Usage($"{_token.Name} needs {_class.Name}.");
    }

    private static void Print(EventPage page, Output output)
    {
        foreach (Event happened in page.Events)
        {
            (string effect, JsonObject fields) = Describe(happened.Effect);
            if (output.IsJson)
            {
                output.Result(
                    new JsonObject
                    {
                        ["index"] = happened.Index,
                        ["number"] = happened.Number,
                        ["time"] = Fields.Time(happened.TimeMs),
                        ["actor"] = happened.Actor,
                        ["approver"] = happened.Approver.Length == 0 ? null : happened.Approver,
                        ["effect"] = effect,
                        [effect] = fields,
                    }
                );
            }
            else
            {
                Console.Out.WriteLine(
                    $"{happened.Index}.{happened.Number}  {Fields.Time(happened.TimeMs)}  {effect}  {happened.Actor}  {Output.InJson(fields)}"
                );
            }
        }
    }

    private static (string Name, JsonObject Fields) Describe(Effect effect) =>
        Effect.Descriptor.Oneofs[0].Accessor.GetCaseFieldDescriptor(effect) is { } field
            ? (field.Name, MessageFields.OfRecord((IMessage)field.Accessor.GetValue(effect)))
            : ("of a kind that this version does not know", []);
}

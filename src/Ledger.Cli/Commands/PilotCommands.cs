using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Pilots: create, show, list.</summary>
internal sealed class PilotCommands : Command
{
    public PilotCommands()
        : base("pilot", "Pilots, within which classes of tokens are issued.")
    {
        Add(new CreateCommand());
        Add(new ShowCommand());
        Add(new ListCommand());
    }

    private sealed class CreateCommand : SigningVerb
    {
        private readonly Argument<string> _id = new("id")
        {
            Description = "Identifier: 1 to 64 of a-z, 0-9, '.', '_', ':' and '-'.",
        };

        private readonly Option<string> _title = new("--title")
        {
            Description = "Public title. Never personal data.",
            HelpName = "TEXT",
            Required = true,
        };

        private readonly Option<string> _sponsor = new("--sponsor")
        {
            Description = "DID of the sponsor, a party with the role sponsor, or the name of its key.",
            HelpName = "DID",
            Required = true,
        };

        public CreateCommand()
            : base(
                "create",
                "Open a pilot.",
                "ledger pilot create craft-2026 --title \"Crafts of the old town\" --sponsor museum --as supervisor"
            )
        {
            Add(_id);
            Add(_title);
            Add(_sponsor);
        }

        protected override async Task<(JsonObject Fields, ProvenEntry Entry)> ActAsync(
            ParseResult line,
            Signing signing,
            CancellationToken stop
        )
        {
            CreatePilot pilot = new()
            {
                Id = line.GetRequiredValue(_id),
                Title = line.GetRequiredValue(_title),
                Sponsor = signing.Keys.DidOf(line.GetRequiredValue(_sponsor)),
            };
            ProvenEntry entry = await signing.SubmitAsync(new Operation { CreatePilot = pilot }, stop);
            return (new JsonObject { ["id"] = pilot.Id, ["sponsor"] = pilot.Sponsor }, entry);
        }
    }

    private sealed class ListCommand : ListingVerb
    {
        public ListCommand()
            : base("pilots", "list", "List the pilots, by identifier.", "ledger pilot list") { }

        protected override Ask Prepare(ParseResult line, KeyRing keys, CancellationToken stop) =>
            (client, pageSize, pageToken) => Show(client.ListPilotsAsync(pageSize, pageToken, stop), Fields.Of);
    }

    private sealed class ShowCommand : ReadingVerb
    {
        private readonly Argument<string> _id = new("id") { Description = "Its identifier." };

        public ShowCommand()
            : base("show", "Show a pilot, and what of it is verified.", "ledger pilot show craft-2026") => Add(_id);

        protected override Func<LedgerClient, Task<Shown>> Ask(
            ParseResult line,
            KeyRing keys,
            CancellationToken stop
        ) =>
            async client =>
            {
                Written<PilotRecord> pilot = await client.GetPilotAsync(line.GetRequiredValue(_id), stop);
                return new Shown(Fields.Of(pilot.Record), pilot.Entry);
            };
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Classes of tokens: create, show, list.</summary>
internal sealed class ClassCommands : Command
{
    public ClassCommands()
        : base("class", "Classes of tokens: what their tokens stand for and may do.")
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

        private readonly Option<string> _pilot = new("--pilot")
        {
            Description = "Pilot that the class belongs to.",
            HelpName = "ID",
            Required = true,
        };

        private readonly Option<string> _name = new("--name")
        {
            Description = "Public name. Never personal data.",
            HelpName = "TEXT",
            Required = true,
        };

        private readonly Option<ulong> _maxSupply = new("--max-supply")
        {
            Description = "How many tokens may ever be minted, burned ones included.",
            HelpName = "COUNT",
            Required = true,
        };

        private readonly Option<ClassCategory> _category = EnumNames<ClassCategory>.Option(
            "--category",
            "What the tokens stand for. Default: other."
        );

        private readonly Option<Transferability> _transferability = EnumNames<Transferability>.Option(
            "--transferability",
            "Whether tokens change hands."
        );

        private readonly Option<BurnAuthority> _burnAuthority = EnumNames<BurnAuthority>.Option(
            "--burn-authority",
            "Who may burn a token."
        );

        public CreateCommand()
            : base(
                "create",
                "Define a class of tokens. What is fixed here is fixed for ever.",
                "ledger class create medals --pilot craft-2026 --name Medals --max-supply 1000 --category cultural "
                    + "--transferability free --burn-authority owner --as museum"
            )
        {
            _transferability.Required = true;
            _burnAuthority.Required = true;
            Add(_id);
            Add(_pilot);
            Add(_name);
            Add(_maxSupply);
            Add(_category);
            Add(_transferability);
            Add(_burnAuthority);
        }

        protected override async Task<(JsonObject Fields, ProvenEntry Entry)> ActAsync(
            ParseResult line,
            Signing signing,
            CancellationToken stop
        )
        {
            CreateClass created = new()
            {
                Id = line.GetRequiredValue(_id),
                PilotId = line.GetRequiredValue(_pilot),
                Name = line.GetRequiredValue(_name),
                MaxSupply = line.GetRequiredValue(_maxSupply),
                Category = line.GetValue(_category).Or(ClassCategory.Other),
                Transferability = line.GetRequiredValue(_transferability),
                BurnAuthority = line.GetRequiredValue(_burnAuthority),
            };
            ProvenEntry entry = await signing.SubmitAsync(new Operation { CreateClass = created }, stop);
            return (new JsonObject { ["id"] = created.Id, ["pilot"] = created.PilotId }, entry);
        }
    }

    private sealed class ListCommand : ListingVerb
    {
        private readonly Option<string?> _pilot = new("--pilot")
        {
            Description = "Only the classes of this pilot.",
            HelpName = "ID",
        };

        public ListCommand()
            : base("classes", "list", "List classes, by identifier.", "ledger class list --pilot craft-2026") =>
            Add(_pilot);

        protected override Ask Prepare(ParseResult line, KeyRing keys, CancellationToken stop)
        {
            string pilot = line.GetValue(_pilot) ?? "";
            return (client, pageSize, pageToken) =>
                Show(client.ListClassesAsync(pilot, pageSize, pageToken, stop), Fields.Of);
        }
    }

    private sealed class ShowCommand : ReadingVerb
    {
        private readonly Argument<string> _id = new("id") { Description = "Its identifier." };

        public ShowCommand()
            : base("show", "Show a class, and what of it is verified.", "ledger class show medals") => Add(_id);

        protected override Func<LedgerClient, Task<Shown>> Ask(
            ParseResult line,
            KeyRing keys,
            CancellationToken stop
        ) =>
            async client =>
            {
                string id = line.GetRequiredValue(_id);
                Written<ClassRecord> found = await client.GetClassAsync(id, stop);
                SupplyRecord supply = await client.GetSupplyAsync(id, stop);
                return new Shown(Fields.Of(found.Record, supply), found.Entry);
            };
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Classes of tokens: create, pause, show, list.</summary>
internal sealed class ClassCommands : Command
{
    public ClassCommands()
        : base("class", "Classes of tokens: what their tokens stand for and may do.")
    {
        Add(new CreateCommand());
        Add(Pause());
        Add(Unpause());
        Add(new ShowCommand());
        Add(new ListCommand());
    }

    private static OperationCommand Pause()
    {
        Argument<string> @class = RegistrySymbols.Class();
        OrderOptions order = new(lasts: true);
        return new OperationCommand(
            "pause",
            "Stop everything that moves in a class; reads go on. The class has the power pause.",
            "ledger class pause medals --reason risk-control --order 2026-18 --basis CSL-2016/art.47 --until 7d --as supervisor",
            [@class, .. order.All],
            asking => new Operation
            {
                PauseClass = new PauseClass
                {
                    ClassId = asking.Line.GetRequiredValue(@class),
                    Order = order.Find(asking.Line),
                },
            }
        );
    }

    private static OperationCommand Unpause()
    {
        Argument<string> @class = RegistrySymbols.Class();
        OrderOptions order = new(lasts: false);
        return new OperationCommand(
            "unpause",
            "End the pause of a class.",
            "ledger class unpause medals --reason cause-removed --order 2026-19 --basis CSL-2016/art.47 --as supervisor",
            [@class, .. order.All],
            asking => new Operation
            {
                UnpauseClass = new UnpauseClass
                {
                    ClassId = asking.Line.GetRequiredValue(@class),
                    Order = order.Find(asking.Line),
                },
            }
        );
    }

    private sealed class CreateCommand : OperationVerb
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

        private readonly Option<MetadataMutability> _metadata = EnumNames<MetadataMutability>.Option(
            "--metadata",
            "Whether what a token stands for can get new versions. Default: frozen."
        );

        private readonly Option<ReceiverConsent> _consent = EnumNames<ReceiverConsent>.Option(
            "--consent",
            "Whether a receiver must accept a token before it is theirs. Default: none."
        );

        private readonly Option<ClassPower[]> _powers = EnumNames<ClassPower>.Options(
            "--power",
            "Power over the class and its tokens. Can be repeated. What is not named can never be added."
        );

        private readonly Option<string?> _policy = RegistrySymbols.Id(
            "--policy",
            "Policy of the pilot that judges every transfer."
        );

        public CreateCommand()
            : base(
                "create",
                "Define a class of tokens. What is fixed here is fixed for ever.",
                "ledger class create medals --pilot craft-2026 --name Medals --max-supply 1000 --category cultural "
                    + "--transferability free --burn-authority owner --as museum",
                "ledger class create passes --pilot craft-2026 --name Passes --max-supply 500 --transferability gift-only "
                    + "--burn-authority both --consent required --power freeze forced-transfer --policy holds --as museum"
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
            Add(_metadata);
            Add(_consent);
            Add(_powers);
            Add(_policy);
        }

        protected override Asked Ask(Asking asking)
        {
            ParseResult line = asking.Line;
            CreateClass created = new()
            {
                Id = line.GetRequiredValue(_id),
                PilotId = line.GetRequiredValue(_pilot),
                Name = line.GetRequiredValue(_name),
                MaxSupply = line.GetRequiredValue(_maxSupply),
                Category = line.GetValue(_category).Or(ClassCategory.Other),
                Transferability = line.GetRequiredValue(_transferability),
                BurnAuthority = line.GetRequiredValue(_burnAuthority),
                MetadataMutability = line.GetValue(_metadata),
                ReceiverConsent = line.GetValue(_consent),
                Powers = { line.GetValue(_powers) ?? [] },
                PolicyId = line.GetValue(_policy) ?? "",
            };
            return new Asked(
                new Operation { CreateClass = created },
                new JsonObject { ["id"] = created.Id, ["pilot"] = created.PilotId }
            );
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
                return new Shown(Fields.Of(found.Record, supply), found.Entry, found.Current)
                {
                    NotVerified = ["supply"],
                };
            };
    }
}

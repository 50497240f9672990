using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Tokens: mint, transfer, burn, show, list; what else is done with them has files of its own.</summary>
internal sealed class TokenCommands : Command
{
    public TokenCommands()
        : base("token", "Tokens: mint, transfer, offer, burn, show and list them.")
    {
        Add(new TokenMintCommand());
        Add(new TransferCommand());
        Add(new BurnCommand());
        foreach (Command command in TokenRightsCommands.All())
        {
            Add(command);
        }

        foreach (Command command in TokenSupervisionCommands.All())
        {
            Add(command);
        }

        Add(new TokenCheckCommand());
        Add(new ShowCommand());
        Add(new HistoryCommand());
        Add(new ListCommand());
        Add(new BalanceCommand());
    }

    private static Argument<string> ClassId(string description = "Its class.") =>
        new("class") { Description = description };

    private static Argument<string> TokenId() => new("token") { Description = "Its identifier within the class." };

    private sealed class TransferCommand : OperationVerb
    {
        private readonly Argument<string> _class = ClassId();
        private readonly Argument<string> _token = TokenId();

        private readonly Option<string> _to = new("--to")
        {
            Description = "DID of the party that gets it, or the name of its key.",
            HelpName = "DID",
            Required = true,
        };

        private readonly Option<string?> _from = new("--from")
        {
            Description = "DID that owns it. Default: the one that acts.",
            HelpName = "DID",
        };

        public TransferCommand()
            : base("transfer", "Give a token to another party.", "ledger token transfer medals 17 --to carol --as bob")
        {
            Add(_class);
            Add(_token);
            Add(_to);
            Add(_from);
        }

        protected override Asked Ask(Asking asking)
        {
            ParseResult line = asking.Line;
            Transfer transfer = new()
            {
                ClassId = line.GetRequiredValue(_class),
                TokenId = line.GetRequiredValue(_token),
                FromDid = line.GetValue(_from) is { } from ? asking.Keys.DidOf(from) : asking.Actor,
                ToDid = asking.Keys.DidOf(line.GetRequiredValue(_to)),
            };
            JsonObject fields = new()
            {
                ["class"] = transfer.ClassId,
                ["token"] = transfer.TokenId,
                ["from"] = transfer.FromDid,
                ["to"] = transfer.ToDid,
            };
            return new Asked(new Operation { Transfer = transfer }, fields);
        }
    }

    private sealed class BurnCommand : OperationVerb
    {
        private readonly Argument<string> _class = ClassId();
        private readonly Argument<string> _token = TokenId();

        public BurnCommand()
            : base(
                "burn",
                "End a token, for ever: its identifier is never used again.",
                "ledger token burn medals 17 --as carol"
            )
        {
            Add(_class);
            Add(_token);
        }

        protected override Asked Ask(Asking asking)
        {
            ParseResult line = asking.Line;
            Burn burn = new() { ClassId = line.GetRequiredValue(_class), TokenId = line.GetRequiredValue(_token) };
            return new Asked(
                new Operation { Burn = burn },
                new JsonObject { ["class"] = burn.ClassId, ["token"] = burn.TokenId }
            );
        }
    }

    private sealed class ShowCommand : ReadingVerb
    {
        private readonly Argument<string> _class = ClassId();
        private readonly Argument<string> _token = TokenId();

        public ShowCommand()
            : base("show", "Show a token, and what of it is verified.", "ledger token show medals 17")
        {
            Add(_class);
            Add(_token);
        }

        protected override Func<LedgerClient, Task<Shown>> Ask(
            ParseResult line,
            KeyRing keys,
            CancellationToken stop
        ) =>
            async client =>
            {
                Written<TokenRecord> token = await client.GetTokenAsync(
                    line.GetRequiredValue(_class),
                    line.GetRequiredValue(_token),
                    stop
                );
                return new Shown(Fields.Of(token.Record), token.Entry, token.Current);
            };
    }

    private sealed class HistoryCommand : ListingVerb
    {
        private const int ProvenPageMax = 100;

        private readonly Argument<string> _class = ClassId();
        private readonly Argument<string> _token = TokenId();

        private readonly Option<bool> _withProof = new("--with-proof")
        {
            Description =
                "Have the entry that wrote each version proven, and name its operation and the checkpoint that holds it.",
        };

        public HistoryCommand()
            : base(
                "versions",
                "history",
                "Show every version of a token, oldest first.",
                "ledger token history medals 17",
                "ledger token history medals 17 --with-proof"
            )
        {
            Add(_class);
            Add(_token);
            Add(_withProof);
        }

        protected override Ask Prepare(ParseResult line, KeyRing keys, CancellationToken stop)
        {
            string classId = line.GetRequiredValue(_class);
            string tokenId = line.GetRequiredValue(_token);
            if (line.GetValue(_withProof))
            {
                return (client, pageSize, pageToken) =>
                    Show(
                        client.GetProvenTokenHistoryAsync(
                            classId,
                            tokenId,
                            Math.Min(pageSize, ProvenPageMax),
                            pageToken,
                            stop
                        ),
                        static version =>
                            Fields
                                .Of(version.Entry)
                                .With(
                                    new JsonObject
                                    {
                                        ["owner"] = version.Record.Owner,
                                        ["state"] = EnumNames<TokenState>.Of(version.Record.State),
                                    }
                                )
                    );
            }

            return (client, pageSize, pageToken) =>
                Show(
                    client.GetTokenHistoryAsync(classId, tokenId, pageSize, pageToken, stop),
                    static v =>
                        Fields
                            .Of(v.Version)
                            .With(
                                new JsonObject
                                {
                                    ["owner"] = v.Record.Owner,
                                    ["state"] = EnumNames<TokenState>.Of(v.Record.State),
                                }
                            )
                );
        }
    }

    private sealed class ListCommand : ListingVerb
    {
        private readonly Option<string?> _owner = new("--owner")
        {
            Description = "Only the live tokens of this owner: a DID, or the name of its key.",
            HelpName = "DID",
        };

        private readonly Option<string?> _class = new("--class")
        {
            Description = "Only the tokens of this class; without --owner, burned ones too.",
            HelpName = "ID",
        };

        public ListCommand()
            : base(
                "tokens",
                "list",
                "List the tokens of a class, of an owner, or of both, by identifier.",
                "ledger token list --class medals",
                "ledger token list --owner bob"
            )
        {
            Add(_owner);
            Add(_class);
        }

        protected override Ask Prepare(ParseResult line, KeyRing keys, CancellationToken stop)
        {
            string? classId = line.GetValue(_class);
            string? owner = line.GetValue(_owner) is { } named ? keys.DidOf(named) : null;
            if ((classId ?? owner) is null)
            {
                throw CommandFailure.Usage($"Give {_owner.Name}, {_class.Name}, or both.");
            }

            return (client, pageSize, pageToken) =>
                Show(client.ListTokensAsync(owner ?? "", classId ?? "", pageSize, pageToken, stop), Fields.Of);
        }
    }

    private sealed class BalanceCommand : Verb
    {
        private readonly Argument<string> _class = ClassId("The class.");
        private readonly Argument<string> _owner = new("owner")
        {
            Description = "DID of the owner, or the name of its key.",
        };

        public BalanceCommand()
            : base("balance", "Show how many live tokens of a class an owner has.", "ledger token balance medals bob")
        {
            Remarks = "The number is the node's word: `ledger audit` recomputes what it comes from.";
            Add(_class);
            Add(_owner);
            KeyRing.AddTo(this, canOpen: false);
            Connection.AddTo(this);
        }

        protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
        {
            string classId = line.GetRequiredValue(_class);
            string owner = new KeyRing(line, output).DidOf(line.GetRequiredValue(_owner));
            await using Connection connection = await Connection.OpenAsync(line, output, stop);
            output.Result(
                new JsonObject
                {
                    ["class"] = classId,
                    ["owner"] = owner,
                    ["count"] = await connection.Client.GetBalanceAsync(owner, classId, stop),
                    ["not_verified"] = Fields.List([Fields.Text("count")]),
                }
            );
            return ExitCodes.Done;
        }
    }
}

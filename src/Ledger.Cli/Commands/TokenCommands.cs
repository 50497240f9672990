using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Tokens: mint, transfer, burn, show, list.</summary>
internal sealed class TokenCommands : Command
{
    public TokenCommands()
        : base("token", "Tokens: mint, transfer, burn, show and list them.")
    {
        Add(new TokenMintCommand());
        Add(new TransferCommand());
        Add(new BurnCommand());
        Add(new ShowCommand());
        Add(new HistoryCommand());
        Add(new ListCommand());
        Add(new BalanceCommand());
    }

    private static Argument<string> ClassId(string description = "Its class.") =>
        new("class") { Description = description };

    private static Argument<string> TokenId() => new("token") { Description = "Its identifier within the class." };

    private sealed class TransferCommand : SigningVerb
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

        protected override async Task<(JsonObject Fields, ProvenEntry Entry)> ActAsync(
            ParseResult line,
            Signing signing,
            CancellationToken stop
        )
        {
            Transfer transfer = new()
            {
                ClassId = line.GetRequiredValue(_class),
                TokenId = line.GetRequiredValue(_token),
                FromDid = line.GetValue(_from) is { } from ? signing.Keys.DidOf(from) : signing.Actor.Did,
                ToDid = signing.Keys.DidOf(line.GetRequiredValue(_to)),
            };
            ProvenEntry entry = await signing.SubmitAsync(new Operation { Transfer = transfer }, stop);
            JsonObject fields = new()
            {
                ["class"] = transfer.ClassId,
                ["token"] = transfer.TokenId,
                ["from"] = transfer.FromDid,
                ["to"] = transfer.ToDid,
            };
            return (fields, entry);
        }
    }

    private sealed class BurnCommand : SigningVerb
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

        protected override async Task<(JsonObject Fields, ProvenEntry Entry)> ActAsync(
            ParseResult line,
            Signing signing,
            CancellationToken stop
        )
        {
            Burn burn = new() { ClassId = line.GetRequiredValue(_class), TokenId = line.GetRequiredValue(_token) };
            ProvenEntry entry = await signing.SubmitAsync(new Operation { Burn = burn }, stop);
            return (new JsonObject { ["class"] = burn.ClassId, ["token"] = burn.TokenId }, entry);
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
                return new Shown(Fields.Of(token.Record), token.Entry);
            };
    }

    private sealed class HistoryCommand : ListingVerb
    {
        private readonly Argument<string> _class = ClassId();
        private readonly Argument<string> _token = TokenId();

        public HistoryCommand()
            : base(
                "versions",
                "history",
                "Show every version of a token, oldest first.",
                "ledger token history medals 17"
            )
        {
            Add(_class);
            Add(_token);
        }

        protected override Ask Prepare(ParseResult line, KeyRing keys, CancellationToken stop)
        {
            string classId = line.GetRequiredValue(_class);
            string tokenId = line.GetRequiredValue(_token);
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

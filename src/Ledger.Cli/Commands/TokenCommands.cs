using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Tokens: mint, transfer, burn, show.</summary>
internal sealed class TokenCommands : Command
{
    public TokenCommands()
        : base("token", "Tokens: mint, transfer, burn and show them.")
    {
        Add(new TokenMintCommand());
        Add(new TransferCommand());
        Add(new BurnCommand());
        Add(new ShowCommand());
        Add(new HistoryCommand());
    }

    private static Argument<string> ClassId() => new("class") { Description = "Its class." };

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

    private sealed class HistoryCommand : Verb
    {
        private readonly Argument<string> _class = ClassId();
        private readonly Argument<string> _token = TokenId();

        public HistoryCommand()
            : base(
                "history",
                "Show every version of a token, oldest first, by the node's word. `ledger audit` proves the log that they come from.",
                "ledger token history medals 17"
            )
        {
            Add(_class);
            Add(_token);
            Connection.AddTo(this);
        }

        protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
        {
            await using Connection connection = await Connection.OpenAsync(line, output, stop);
            string classId = line.GetRequiredValue(_class);
            string tokenId = line.GetRequiredValue(_token);
            List<JsonNode> versions = [];
            string pageToken = "";
            do
            {
                Page<TokenVersion> page = await connection.Client.GetTokenHistoryAsync(
                    classId,
                    tokenId,
                    Protocol.Limits.PageSizeMax,
                    pageToken,
                    stop
                );
                versions.AddRange(
                    page.Items.Select(static v =>
                        Fields
                            .Of(v.Version)
                            .With(
                                new JsonObject
                                {
                                    ["owner"] = v.Record.Owner,
                                    ["state"] = EnumNames<TokenState>.Of(v.Record.State),
                                }
                            )
                    )
                );
                pageToken = page.NextPageToken;
            } while (pageToken.Length > 0);

            output.Result(
                new JsonObject
                {
                    ["class"] = classId,
                    ["token"] = tokenId,
                    ["versions"] = Fields.List(versions),
                }
            );
            return ExitCodes.Done;
        }
    }
}

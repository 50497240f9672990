using System.CommandLine;
using System.Security.Cryptography;
using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>What owners, receivers and issuers do with a token beside giving it away: offers, approvals, users, content, locks.</summary>
internal static class TokenRightsCommands
{
    private const byte Sha256Code = 0x12;

    /// <summary>All of them.</summary>
    public static IEnumerable<Command> All() =>
        [Offer(), Accept(), EndOffer(), Approve(), Operator(), Append(), FreezeMetadata(), User(), Lock(), Settle()];

    private static OperationCommand Offer()
    {
        Argument<string> @class = RegistrySymbols.TokenClass();
        Argument<string> token = RegistrySymbols.Token();
        Option<string> to = RegistrySymbols.RequiredParty("--to", "Party that may accept it");
        Option<string?> expires = RegistrySymbols.Moment("--expires", "Last moment at which it can be accepted");
        return new OperationCommand(
            "offer",
            "Offer a token to another party, which gets it when it accepts.",
            "ledger token offer medals 17 --to carol --expires 7d --as bob",
            [@class, token, to, expires],
            asking => new Operation
            {
                OfferToken = new OfferToken
                {
                    ClassId = asking.Line.GetRequiredValue(@class),
                    TokenId = asking.Line.GetRequiredValue(token),
                    ToDid = asking.Keys.DidOf(asking.Line.GetRequiredValue(to)),
                    Expires = Times.FutureSeconds(asking.Line.GetValue(expires)),
                },
            }
        );
    }

    private static OperationCommand Accept()
    {
        Argument<string> @class = RegistrySymbols.TokenClass();
        Argument<string> token = RegistrySymbols.Token();
        Option<string> from = RegistrySymbols.RequiredParty("--from", "Owner on whose behalf it was offered");
        return new OperationCommand(
            "accept",
            "Accept an offer: the token changes hands.",
            "ledger token accept medals 17 --from bob --as carol",
            [@class, token, from],
            asking => new Operation
            {
                AcceptOffer = new AcceptOffer
                {
                    ClassId = asking.Line.GetRequiredValue(@class),
                    TokenId = asking.Line.GetRequiredValue(token),
                    FromDid = asking.Keys.DidOf(asking.Line.GetRequiredValue(from)),
                },
            }
        );
    }

    private static OperationCommand EndOffer()
    {
        Argument<string> @class = RegistrySymbols.TokenClass();
        Argument<string> token = RegistrySymbols.Token();
        return new OperationCommand(
            "end-offer",
            "Refuse an offer, or take it back.",
            "ledger token end-offer medals 17 --as carol",
            [@class, token],
            asking => new Operation
            {
                EndOffer = new EndOffer
                {
                    ClassId = asking.Line.GetRequiredValue(@class),
                    TokenId = asking.Line.GetRequiredValue(token),
                },
            }
        );
    }

    private static OperationCommand Approve()
    {
        Argument<string> @class = RegistrySymbols.TokenClass();
        Argument<string> token = RegistrySymbols.Token();
        Option<string?> to = RegistrySymbols.SomeParty("--to", "Party that may give it; default: nobody any more");
        Option<string?> expires = RegistrySymbols.Moment("--expires", "Last moment at which it may");
        return new OperationCommand(
            "approve",
            "Let another party give one token on behalf of its owner.",
            "ledger token approve medals 17 --to carol --expires 1d --as bob",
            [@class, token, to, expires],
            asking => new Operation
            {
                ApproveToken = new ApproveToken
                {
                    ClassId = asking.Line.GetRequiredValue(@class),
                    TokenId = asking.Line.GetRequiredValue(token),
                    Approved = asking.DidOf(to),
                    Expires = Times.FutureSeconds(asking.Line.GetValue(expires)),
                },
            }
        );
    }

    private static OperationCommand Operator()
    {
        Argument<string> @class = RegistrySymbols.Class();
        Argument<string> party = RegistrySymbols.Party();
        Option<bool> end = new("--end") { Description = "Let it act no more." };
        Option<string?> expires = RegistrySymbols.Moment("--expires", "Last moment at which it may");
        return new OperationCommand(
            "operator",
            "Let another party act with all of your tokens of a class.",
            "ledger token operator medals carol --expires 30d --as bob",
            [@class, party, end, expires],
            asking => new Operation
            {
                SetOperator = new SetOperator
                {
                    ClassId = asking.Line.GetRequiredValue(@class),
                    Operator = asking.DidOf(party),
                    Approved = !asking.Line.GetValue(end),
                    Expires = Times.FutureSeconds(asking.Line.GetValue(expires)),
                },
            }
        );
    }

    private static OperationCommand Append()
    {
        Argument<string> @class = RegistrySymbols.TokenClass();
        Argument<string> token = RegistrySymbols.Token();
        Option<string> content = new("--content")
        {
            Description = "File that it stands for from now on: its hash and length go on the ledger.",
            HelpName = "FILE",
            Required = true,
        };
        Option<string?> mediaType = new("--media-type")
        {
            Description = "Media type of the content. Default: application/octet-stream.",
            HelpName = "TYPE",
        };
        Option<string?> uri = new("--uri")
        {
            Description = "Where the content may be found: a hint.",
            HelpName = "URI",
        };
        Option<string?> fieldsRoot = new("--fields-root")
        {
            Description = "Root of named fields, as `ledger field digest` prints it.",
            HelpName = "HEX",
        };
        return new OperationCommand(
            "append",
            "Add a version of what a token stands for. Earlier ones stay readable.",
            "ledger token append medals 17 --content restored.png --media-type image/png --as museum",
            [@class, token, content, mediaType, uri, fieldsRoot],
            asking =>
            {
                FileInfo file = new(asking.Line.GetRequiredValue(content));
                ByteString hash = Digests.Of(file.FullName);
                return new Operation
                {
                    AppendMetadata = new AppendMetadata
                    {
                        ClassId = asking.Line.GetRequiredValue(@class),
                        TokenId = asking.Line.GetRequiredValue(token),
                        Content = new TokenContent
                        {
                            Multihash = ByteString.CopyFrom([Sha256Code, SHA256.HashSizeInBytes, .. hash.Span]),
                            MediaType = asking.Line.GetValue(mediaType) ?? "application/octet-stream",
                            Size = (ulong)file.Length,
                            Uri = asking.Line.GetValue(uri) ?? "",
                            FieldsRoot = asking.Line.GetValue(fieldsRoot) is { } root
                                ? Digests.Parse(root)
                                : ByteString.Empty,
                        },
                    },
                };
            }
        );
    }

    private static OperationCommand FreezeMetadata()
    {
        Argument<string> @class = RegistrySymbols.TokenClass();
        Argument<string> token = RegistrySymbols.Token();
        return new OperationCommand(
            "freeze-metadata",
            "End the versions of what a token stands for, for ever.",
            "ledger token freeze-metadata medals 17 --as museum",
            [@class, token],
            asking => new Operation
            {
                FreezeMetadata = new FreezeMetadata
                {
                    ClassId = asking.Line.GetRequiredValue(@class),
                    TokenId = asking.Line.GetRequiredValue(token),
                },
            }
        );
    }

    private static OperationCommand User()
    {
        Argument<string> @class = RegistrySymbols.TokenClass();
        Argument<string> token = RegistrySymbols.Token();
        Option<string?> to = RegistrySymbols.SomeParty("--to", "Party that may use it; default: nobody any more");
        Option<string?> expires = RegistrySymbols.Moment("--expires", "Last moment at which it may");
        return new OperationCommand(
            "user",
            "Let another party use a token, without owning it.",
            "ledger token user medals 17 --to carol --expires 30d --as bob",
            [@class, token, to, expires],
            asking => new Operation
            {
                SetUser = new SetUser
                {
                    ClassId = asking.Line.GetRequiredValue(@class),
                    TokenId = asking.Line.GetRequiredValue(token),
                    User = asking.DidOf(to),
                    Expires = Times.FutureSeconds(asking.Line.GetValue(expires)),
                },
            }
        );
    }

    private static OperationCommand Lock()
    {
        Argument<string> @class = RegistrySymbols.TokenClass();
        Argument<string> token = RegistrySymbols.Token();
        Option<string> target = new("--target")
        {
            Description = "Origin of the other ledger.",
            HelpName = "ORIGIN",
            Required = true,
        };
        return new OperationCommand(
            "lock",
            "Lock a token, so that it can live on another ledger.",
            "ledger token lock medals 17 --target ledger.example/other --as bob",
            [@class, token, target],
            asking => new Operation
            {
                LockToken = new LockToken
                {
                    ClassId = asking.Line.GetRequiredValue(@class),
                    TokenId = asking.Line.GetRequiredValue(token),
                    Target = asking.Line.GetRequiredValue(target),
                },
            }
        );
    }

    private static OperationCommand Settle()
    {
        Argument<string> @class = RegistrySymbols.TokenClass();
        Argument<string> token = RegistrySymbols.Token();
        Argument<LockState> state = EnumNames<LockState>.Argument("state", "What became of it.", LockState.Locked);
        Option<string> evidence = Digests.Required("--evidence", "What shows it");
        return new OperationCommand(
            "settle",
            "Say what became of a token that was locked.",
            "ledger token settle medals 17 exported --evidence export.proof --as museum",
            [@class, token, state, evidence],
            asking => new Operation
            {
                SettleLock = new SettleLock
                {
                    ClassId = asking.Line.GetRequiredValue(@class),
                    TokenId = asking.Line.GetRequiredValue(token),
                    State = asking.Line.GetRequiredValue(state),
                    EvidenceHash = Digests.Of(asking.Line.GetRequiredValue(evidence)),
                },
            }
        );
    }
}

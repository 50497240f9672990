using System.CommandLine;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>What a supervisor does with tokens, on an order: freeze, recall, destroy.</summary>
internal static class TokenSupervisionCommands
{
    private const string Order = "--order 2026-20 --basis CSL-2016/art.47 --as supervisor";

    /// <summary>All of them.</summary>
    public static IEnumerable<Command> All() => [Freeze(), Unfreeze(), Recall(), Destroy()];

    private static OperationCommand Freeze()
    {
        Argument<string> @class = RegistrySymbols.TokenClass();
        Argument<string> token = RegistrySymbols.Token();
        OrderOptions order = new(lasts: true);
        return new OperationCommand(
            "freeze",
            "Freeze a token: nobody but a supervisor moves or changes it. Its class has the power freeze.",
            $"ledger token freeze medals 17 --reason rights-dispute {Order}",
            [@class, token, .. order.All],
            asking => new Operation
            {
                FreezeToken = new FreezeToken
                {
                    ClassId = asking.Line.GetRequiredValue(@class),
                    TokenId = asking.Line.GetRequiredValue(token),
                    Order = order.Find(asking.Line),
                },
            }
        );
    }

    private static OperationCommand Unfreeze()
    {
        Argument<string> @class = RegistrySymbols.TokenClass();
        Argument<string> token = RegistrySymbols.Token();
        OrderOptions order = new(lasts: false);
        return new OperationCommand(
            "unfreeze",
            "End the freeze of a token.",
            $"ledger token unfreeze medals 17 --reason cause-removed {Order}",
            [@class, token, .. order.All],
            asking => new Operation
            {
                UnfreezeToken = new UnfreezeToken
                {
                    ClassId = asking.Line.GetRequiredValue(@class),
                    TokenId = asking.Line.GetRequiredValue(token),
                    Order = order.Find(asking.Line),
                },
            }
        );
    }

    private static OperationCommand Recall()
    {
        Argument<string> @class = RegistrySymbols.TokenClass();
        Argument<string> token = RegistrySymbols.Token();
        Option<string> from = RegistrySymbols.RequiredParty("--from", "Owner");
        Option<string> to = RegistrySymbols.RequiredParty("--to", "Party that gets it");
        OrderOptions order = new(lasts: false);
        return new OperationCommand(
            "recall",
            "Give a token to another party without its owner; another supervisor or a deputy approves. Its class has the power forced-transfer.",
            $"ledger token recall medals 17 --from bob --to museum --reason court-order {Order} --approver deputy",
            [@class, token, from, to, .. order.All],
            asking => new Operation
            {
                ForcedTransfer = new ForcedTransfer
                {
                    ClassId = asking.Line.GetRequiredValue(@class),
                    TokenId = asking.Line.GetRequiredValue(token),
                    FromDid = asking.Keys.DidOf(asking.Line.GetRequiredValue(from)),
                    ToDid = asking.Keys.DidOf(asking.Line.GetRequiredValue(to)),
                    Order = order.Find(asking.Line),
                },
            }
        );
    }

    private static OperationCommand Destroy()
    {
        Argument<string> @class = RegistrySymbols.TokenClass();
        Argument<string> token = RegistrySymbols.Token();
        OrderOptions order = new(lasts: false);
        return new OperationCommand(
            "destroy",
            "End a token without its owner; another supervisor or a deputy approves. Its class has the power forced-burn.",
            $"ledger token destroy medals 17 --reason illegal-content {Order} --approver deputy",
            [@class, token, .. order.All],
            asking => new Operation
            {
                ForcedBurn = new ForcedBurn
                {
                    ClassId = asking.Line.GetRequiredValue(@class),
                    TokenId = asking.Line.GetRequiredValue(token),
                    Order = order.Find(asking.Line),
                },
            }
        );
    }
}

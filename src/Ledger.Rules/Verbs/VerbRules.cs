using Ledger.Protocol;

namespace Ledger.Rules.Verbs;

/// <summary>
/// The one table of rules: each verb of <see cref="Verb.All"/> once. A verb without a rule stops the program before the first
/// operation. To add one is to write its row in the file of its domain.
/// </summary>
public static class VerbRules
{
    /// <summary>Every rule, in the order of the protocol.</summary>
    public static IReadOnlyList<VerbRule> All { get; } =
        InOrder([.. PartyRules.All, .. DidRules.All, .. PilotRules.All, .. MintRules.All, .. TokenRules.All]);

    // By the number of the verb's field.
    private static readonly VerbRule?[] ByCase = Tabulate();

    /// <summary>The rule of a verb.</summary>
    public static VerbRule Of(Verb verb)
    {
        ArgumentNullException.ThrowIfNull(verb);
        return ByCase[(int)verb.Case]!;
    }

    private static VerbRule[] InOrder(IReadOnlyList<VerbRule> rules) =>
        [
            .. Verb.All.Select(verb =>
                rules.SingleOrDefault(rule => rule.Verb == verb)
                ?? throw new InvalidOperationException($"No rule, or more than one, is written for the verb {verb}.")
            ),
        ];

    private static VerbRule?[] Tabulate()
    {
        VerbRule?[] rules = new VerbRule?[Verb.All.Max(static verb => (int)verb.Case) + 1];
        foreach (VerbRule rule in All)
        {
            rules[(int)rule.Verb.Case] = rule;
        }

        return rules;
    }
}

using System.Collections.Frozen;
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
        InOrder([
            .. PartyRules.All,
            .. RoleRules.All,
            .. AccountRules.All,
            .. DidRules.All,
            .. PilotRules.All,
            .. ParticipantRules.All,
            .. FundingRules.All,
            .. PilotFileRules.All,
            .. PolicyRules.All,
            .. ClassRules.All,
            .. MintRules.All,
            .. TransferRules.All,
            .. BurnRules.All,
            .. ConsentRules.All,
            .. MetadataRules.All,
            .. LockRules.All,
            .. FreezeRules.All,
            .. GroupRules.All,
        ]);

    private static readonly FrozenDictionary<Verb, VerbRule> ByVerb = All.ToFrozenDictionary(static rule => rule.Verb);

    /// <summary>The rule of a verb.</summary>
    public static VerbRule Of(Verb verb)
    {
        ArgumentNullException.ThrowIfNull(verb);
        return ByVerb[verb];
    }

    private static VerbRule[] InOrder(IReadOnlyList<VerbRule> rules) =>
        [
            .. Verb.All.Select(verb =>
                rules.SingleOrDefault(rule => rule.Verb == verb)
                ?? throw new InvalidOperationException($"No rule, or more than one, is written for the verb {verb}.")
            ),
        ];
}

using Ledger.Protocol;
using Ledger.Rules.Authority;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>Several verbs in one operation, all or none.</summary>
internal static class GroupRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<Group>(
                new(null, Relations.None, "each step as if it were alone"),
                Apply,
                static body => body.Steps.Sum(static step => VerbRules.Of(Verb.Of(step)).RowsOf(step))
            ),
        ];

    /// <summary>Judges and applies the steps in order; the first that is refused refuses all, and the verdict says which it was.</summary>
    public static ReasonCode Apply(Turn turn, Group body)
    {
        for (int i = 0; i < body.Steps.Count; i++)
        {
            Operation step = body.Steps[i];
            Turn at = turn with { Body = step, Rule = VerbRules.Of(Verb.Of(step)), Step = (uint)i + 1 };
            ReasonCode reason = at.Rule.JudgeActor(at);
            if (reason == ReasonCode.Applied)
            {
                reason = at.Rule.Apply(at);
            }

            if (reason != ReasonCode.Applied)
            {
                turn.Verdict.Step = at.Step;
                return reason;
            }
        }

        return ReasonCode.Applied;
    }
}

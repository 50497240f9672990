using System.Text;
using Ledger.V1;

namespace Ledger.Cli;

/// <summary>What a judgement said beside its outcome, in words.</summary>
internal static class VerdictWords
{
    /// <summary>Sentences that follow a message; empty when there is nothing to add.</summary>
    public static string Of(Verdict? verdict)
    {
        StringBuilder words = new();
        if (verdict is { Step: > 0 })
        {
            words.Append($" Step {verdict.Step} of the group was refused, and nothing of the group was done.");
        }

        if (verdict is { FailedRule.Length: > 0 })
        {
            string version = verdict.PolicyVersions is [.., var newest] ? $", version {newest}," : "";
            words.Append($" The rule of the policy{version} that failed is {verdict.FailedRule}.");
        }

        if (verdict is { RetryAtMs: > 0 })
        {
            words.Append($" The same may be allowed from {Fields.Time(verdict.RetryAtMs)} on.");
        }

        return words.ToString();
    }
}

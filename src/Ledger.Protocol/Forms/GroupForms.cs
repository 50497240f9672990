using Ledger.V1;
using static Ledger.Protocol.FieldForms;

namespace Ledger.Protocol;

/// <summary>The form of an operation that does several things, all or none.</summary>
internal static class GroupForms
{
    public static VerbForm[] All => [VerbForm.Of<Group>(Check)];

    private static string? Check(Group body)
    {
        if (body.Steps.Count is 0 or > Limits.GroupStepsMax)
        {
            return $"steps: must be 1 to {Limits.GroupStepsMax}";
        }
        for (int i = 0; i < body.Steps.Count; i++)
        {
            if (Within("steps", i, Check(body.Steps[i])) is string problem)
            {
                return problem;
            }
        }

        // What one entry did comes in one message.
        return body.Steps.Sum(static step => step.BatchMint?.Items.Count ?? 0) > Limits.MintItemsMax
            ? $"steps: must mint at most {Limits.MintItemsMax} tokens by batches"
            : null;
    }

    private static string? Check(Operation step)
    {
        if (step.BodyCase == Operation.BodyOneofCase.None)
        {
            return "body: is missing";
        }
        Verb verb = Verb.Of(step);
        return !verb.CanBeStep ? $"{verb}: cannot be a step of a group"
            : step.Ledger.Length + step.Actor.Length + step.Approver.Length + step.Nonce.Length != 0
            || step.NotAfter != 0
                ? "ledger, actor, not_after, nonce and approver: belong to the group, and not to a step"
            : verb.FindProblem(step);
    }
}

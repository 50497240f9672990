using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.Rules.Verbs;
using Ledger.V1;

namespace Ledger.Rules;

/// <summary>What the rules would say of a transfer: the very rules that judge one, over a state that nothing is written to.</summary>
public static class TransferCheck
{
    private static readonly VerbRule Rule = VerbRules.Of(Verb.Of(Operation.BodyOneofCase.Transfer));

    /// <summary>Judges a transfer.</summary>
    /// <param name="records">The state.</param>
    /// <param name="transfer">The transfer, right in form.</param>
    /// <param name="actor">DID that would act.</param>
    /// <param name="timeMs">Time of the batch that it would be in, Unix milliseconds.</param>
    /// <returns>The outcome that its entry would record, with the verdict.</returns>
    public static Judgement Judge(IRecords records, Transfer transfer, string actor, long timeMs)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(transfer);
        BatchState state = new(records, timeMs);
        Operation operation = new() { Actor = actor, Transfer = transfer };
        Turn turn = new(
            state,
            operation,
            default,
            [],
            operation,
            actor,
            Rule,
            Index: 0,
            Step: 0,
            new Verdict(),
            IsQuestion: true
        );
        ReasonCode outcome;
        using (state.Open(index: 0))
        {
            outcome = BatchExecutor.Run(turn);
        }

        return (outcome == ReasonCode.Applied ? Judgement.Ok : Judgement.Refuse(outcome)) with
        {
            Verdict = turn.Verdict.CalculateSize() == 0 ? null : turn.Verdict,
        };
    }
}

using System.Globalization;
using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Rules.Policies;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Tests.Registry;

/// <summary>The rules and the model, side by side: each operation is a batch of one, and says what it did differently.</summary>
internal sealed class RegistryRun
{
    private readonly EventReplay _replay = new();
    private ChainHead _head = ChainHead.Empty;

    public RegistryRun() => Model = new RegistryModel { Policy = EvaluatePolicy };

    public RegistryModel Model { get; }

    public MemoryRecords Records { get; } = new();

    /// <summary>What was recorded so far: each with the index of its entry, its time and its outcome.</summary>
    public List<(SubmittedOperation Operation, long Index, long TimeMs, ReasonCode Outcome)> Entries { get; } = [];

    /// <summary>The DID of the last actor: that which the operation created, if it created one.</summary>
    public string LastActor { get; private set; } = "";

    /// <summary>How often each verb, or step, had each outcome.</summary>
    public Dictionary<(string Verb, ReasonCode Outcome), int> Outcomes { get; } = [];

    /// <summary>Has both judge an operation.</summary>
    /// <returns>What they did not agree on; null when they agree.</returns>
    public string? Step(Operation op, long timeMs)
    {
        SubmittedOperation submitted = Sign(op);
        long index = _head.Size;
        Judgement? check =
            op.BodyCase == Operation.BodyOneofCase.Transfer
                ? TransferCheck.Judge(Records, op.Transfer, op.Actor, timeMs)
                : null;
        AppliedBatch batch = BatchExecutor.Execute(
            Records,
            Records.Map,
            _head,
            new ProposedBatch(timeMs, [new ProposedOperation(submitted, VerifiedWith: null)])
        );
        AppliedOperation applied = batch.Operations[0];
        if (!applied.IsRecorded)
        {
            return $"It was not recorded: {applied.Judgement}.";
        }

        LastActor = submitted.ActorDid(RulesLedger.Network);
        Judgement judgement = applied.Judgement;
        Entries.Add((submitted, index, timeMs, judgement.Reason));
        string? problem =
            FindDifference(op, index, timeMs, judgement)
            ?? FindChangeOfRefused(batch, judgement)
            ?? (
                check is { } said && (said.Reason, $"{said.Verdict}") != (judgement.Reason, $"{judgement.Verdict}")
                    ? $"The check of the transfer says {said.Reason} {said.Verdict}; it was {judgement.Reason} {judgement.Verdict}."
                    : null
            )
            ?? FindDifferenceOfSteps(op, index, timeMs, judgement, batch.State);
        Records.Apply(batch);
        _head = batch.Head;
        string? impossible = _replay.Add(batch.State.Events);
        return problem ?? impossible ?? Conservation.FindProblem(Records.Records, Records.Indexes);
    }

    /// <summary>Compares everything that both know.</summary>
    public string? FindProblem() =>
        Compare(Model.Project(), Project(Records.Records)) ?? _replay.FindProblem(Records.Records);

    private SubmittedOperation Sign(Operation op)
    {
        string key = Verb.Of(op).Purpose == KeyPurpose.AssertionMethod ? RulesLedger.AssertKey : RulesLedger.ControlKey;
        List<Signature> signatures = [new() { VerificationMethod = key, Value = RulesLedger.Bytes(64, 1) }];
        if (op.Approver.Length != 0)
        {
            signatures.Add(
                new Signature
                {
                    VerificationMethod = key,
                    Value = RulesLedger.Bytes(64, 1),
                    ByApprover = true,
                }
            );
        }

        Judgement judgement = OperationCodec.Decode(
            OperationCodec.Encode(op),
            signatures,
            RulesLedger.Origin,
            out SubmittedOperation? submitted
        );
        Assert.True(judgement.IsOk, $"{judgement} {op}");
        return submitted!;
    }

    private string? FindDifference(Operation op, long index, long timeMs, Judgement judgement)
    {
        switch (op.BodyCase)
        {
            case Operation.BodyOneofCase.FoundLedger:
                Model.Documents.Add(LastActor, op.FoundLedger.Supervisor);
                Model.Found(LastActor);
                return null;
            case Operation.BodyOneofCase.CreateDid:
                Model.Documents.Add(LastActor, op.CreateDid.Document);
                return null;
            case Operation.BodyOneofCase.DeactivateDid:
                Model.Deactivated.Add(op.DeactivateDid.Did);
                return null;
        }

        (ReasonCode outcome, Verdict verdict) = Model.Apply(op, index, timeMs);
        Note(op, judgement);
        Verdict said = judgement.Verdict?.Clone() ?? new Verdict();
        if (outcome != ReasonCode.PolicyRefused)
        {
            // When to try again is said as far as a rule can tell.
            said.RetryAtMs = 0;
        }

        return outcome == judgement.Reason && verdict.Equals(said)
            ? null
            : $"The model says {outcome} {verdict}; the rules say {judgement.Reason} {said}.";
    }

    private void Note(Operation op, Judgement judgement)
    {
        if (op.BodyCase == Operation.BodyOneofCase.Group)
        {
            int step = (int)(judgement.Verdict?.Step ?? 0);
            Add(op, judgement.Reason);
            if (step != 0)
            {
                Add(op.Group.Steps[step - 1], judgement.Reason);
            }
        }
        else
        {
            Add(op, judgement.Reason);
        }

        void Add(Operation it, ReasonCode outcome)
        {
            (string, ReasonCode) key = (Verb.Of(it).Name, outcome);
            Outcomes[key] = Outcomes.GetValueOrDefault(key) + 1;
        }
    }

    // A refusal leaves its record and its count, and nothing else.
    private static string? FindChangeOfRefused(AppliedBatch batch, Judgement judgement)
    {
        if (judgement.IsOk)
        {
            return null;
        }

        RecordChange[] others =
        [
            .. batch.State.Changes.Where(it => it.Key.Kind is not (RecordKind.Refusal or RecordKind.PilotRefusals)),
        ];
        return others.Length == 0
            ? null
            : $"It was refused and wrote {string.Join(", ", others.Select(it => it.Key))}.";
    }

    // The steps of a group, each an operation of its own, must come to the same.
    private string? FindDifferenceOfSteps(Operation op, long index, long timeMs, Judgement judgement, BatchState done)
    {
        if (op.BodyCase != Operation.BodyOneofCase.Group)
        {
            return null;
        }

        BatchState state = new(Records, timeMs);
        for (int i = 0; i < op.Group.Steps.Count; i++)
        {
            Operation step = op.Group.Steps[i].Clone();
            step.Ledger = op.Ledger;
            step.Actor = op.Actor;
            step.Approver = op.Approver;
            step.NotAfter = op.NotAfter;
            step.Nonce = op.Nonce;
            Judgement alone = BatchExecutor.Apply(state, Sign(step), index + i);
            if (!alone.IsOk)
            {
                long refused = judgement.Verdict?.Step ?? 0;
                // An actor that cannot act at all is refused before the first step.
                return judgement.Reason == alone.Reason && (refused == i + 1 || (refused, i) == (0, 0))
                    ? null
                    : $"Alone, step {i + 1} is {alone.Reason}.";
            }
        }

        return !judgement.IsOk ? "Alone, every step is applied."
            : Compare(WithoutIndexes(state), WithoutIndexes(done)) is string difference
                ? $"Done one by one: {difference}"
            : null;
    }

    // The records that a batch wrote, without what tells entries and steps apart.
    private static SortedDictionary<string, IMessage> WithoutIndexes(BatchState state)
    {
        SortedDictionary<string, IMessage> records = new(StringComparer.Ordinal);
        int actions = 0;
        foreach (
            (RecordKey key, VersionedRecord version) in state.Records.OrderBy(it => it.Key.Id, StringComparer.Ordinal)
        )
        {
            switch (version.Record)
            {
                case TokenRecord token:
                    TokenRecord bare = token.Clone();
                    bare.MintedIndex = 0;
                    bare.TransferredIndex = Math.Min(bare.TransferredIndex, 1);
                    records.Add($"{key.Kind} {key.Id}", bare);
                    break;
                case SupervisoryActionRecord action:
                    SupervisoryActionRecord taken = action.Clone();
                    taken.Index = 0;
                    taken.Step = 0;
                    records.Add($"SupervisoryAction {++actions}", taken);
                    break;
                default:
                    records.Add($"{key.Kind} {key.Id}", version.Record);
                    break;
            }
        }

        return records;
    }

    /// <summary>Records as the model prints them: no DIDs, which have a model of their own, and no counts of nothing.</summary>
    public static SortedDictionary<string, IMessage> Project(
        IEnumerable<KeyValuePair<RecordKey, VersionedRecord>> records
    )
    {
        SortedDictionary<string, IMessage> all = new(StringComparer.Ordinal);
        foreach ((RecordKey key, VersionedRecord version) in records)
        {
            if (
                key.Kind is RecordKind.Did or RecordKind.DidChanges or RecordKind.Ledger
                || version.Record is BalanceRecord { Count: 0 }
            )
            {
                continue;
            }

            all.Add($"{key.Kind} {key.Id}", version.Record);
        }

        return all;
    }

    /// <summary>What two projections do not agree on; null when they are equal.</summary>
    public static string? Compare(SortedDictionary<string, IMessage> model, SortedDictionary<string, IMessage> rules)
    {
        foreach (string key in model.Keys.Union(rules.Keys))
        {
            IMessage? expected = model.GetValueOrDefault(key);
            IMessage? actual = rules.GetValueOrDefault(key);
            if (!Equals(expected, actual))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{key}\n  model: {expected?.ToString() ?? "-"}\n  rules: {actual?.ToString() ?? "-"}"
                );
            }
        }

        return null;
    }

    private (bool Holds, string FailedRule, ulong RetryAtMs) EvaluatePolicy(
        PolicyRule rule,
        ClassRecord c,
        PilotRecord pilot,
        TokenRecord token,
        string receiver
    )
    {
        PolicyFinding finding = PolicyEvaluation.Evaluate(
            rule,
            new TransferFacts(new ModelRecords(Model), Model.TimeMs, c, pilot, token, receiver)
        );
        return (finding.Holds, finding.FailedRule, finding.RetryAtMs);
    }

    // The facts of a policy come from the model.
    private sealed class ModelRecords(RegistryModel model) : IRecords
    {
        public VersionedRecord? Find(RecordKey key) =>
            model.FindForPolicy($"{key.Kind}", key.Id) is { } record ? new VersionedRecord(0, 0, record) : null;

        public long? IndexOf(ReadOnlySpan<byte> operationId) => null;
    }
}

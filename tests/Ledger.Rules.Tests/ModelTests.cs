using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.Rules.Verbs;
using Ledger.V1;

namespace Ledger.Rules.Tests;

/// <summary>The executor against <see cref="NaiveLedger"/> under random operations, as logs of format 1 have them.</summary>
public sealed class ModelTests
{
    private const uint Format = 1;

    // The verbs of the first two formats.
    private static readonly Operation.BodyOneofCase[] FirstVerbs =
    [
        Operation.BodyOneofCase.FoundLedger,
        Operation.BodyOneofCase.CreateDid,
        Operation.BodyOneofCase.UpdateDid,
        Operation.BodyOneofCase.DeactivateDid,
        Operation.BodyOneofCase.ChangeRecovery,
        Operation.BodyOneofCase.RecoverDid,
        Operation.BodyOneofCase.CancelRecovery,
        Operation.BodyOneofCase.SetDidQuota,
        Operation.BodyOneofCase.AdmitParty,
        Operation.BodyOneofCase.CreatePilot,
        Operation.BodyOneofCase.CreateClass,
        Operation.BodyOneofCase.Mint,
        Operation.BodyOneofCase.BatchMint,
        Operation.BodyOneofCase.Transfer,
        Operation.BodyOneofCase.Burn,
    ];

    private const int Runs = 12;
    private const int OperationsPerRun = 2_000;
    private const string Repeated = "repeated";

    private sealed record Recorded(SubmittedOperation Operation, long Index, long TimeMs, ReasonCode Outcome);

    private sealed record Expected(string Outcome, long Index, string Context);

    [Fact]
    public void Apply_RandomOperations_DoesWhatTheModelDoes()
    {
        Dictionary<string, int> outcomes = [];
        for (int seed = 1; seed <= Runs; seed++)
        {
            foreach (Recorded recorded in Run(seed, OperationsPerRun, stepMsMax: 2_000, outcomes).Entries)
            {
                string what = $"{recorded.Operation.Operation.BodyCase} {recorded.Outcome}";
                outcomes[what] = outcomes.GetValueOrDefault(what) + 1;
            }
        }

        // A source that misses a code or a verb proves nothing about it. No operation of these formats stops a pilot.
        string report = string.Join(", ", outcomes.OrderBy(it => it.Key).Select(it => $"{it.Key}: {it.Value}"));
        Assert.All(
            RulesLedger.FirstReasons.Where(code => code != ReasonCode.PilotNotRunning),
            code => Assert.True(outcomes.Keys.Any(key => key.EndsWith($" {code}", StringComparison.Ordinal)), report)
        );
        Assert.All(
            VerbRules.All.Where(rule => FirstVerbs.Contains(rule.Verb.Case)),
            rule => Assert.True(outcomes.GetValueOrDefault($"{rule.Verb.Case} Applied") > 0, $"{rule.Verb}: {report}")
        );
        ReasonCode[] unrecorded =
        [
            ReasonCode.Expired,
            ReasonCode.DeadlineTooFar,
            ReasonCode.NotFounded,
            ReasonCode.AlreadyFounded,
            ReasonCode.InvalidDid,
            ReasonCode.UnknownActor,
            ReasonCode.ActorDeactivated,
            ReasonCode.UnknownKey,
            ReasonCode.KeyPurpose,
            ReasonCode.KeyChanged,
            ReasonCode.ThresholdNotMet,
            ReasonCode.KeyExpired,
            ReasonCode.DidQuota,
        ];
        Assert.All(unrecorded, code => Assert.True(outcomes.GetValueOrDefault($"{code}") > 0, $"{code}: {report}"));
        Assert.True(outcomes.GetValueOrDefault(Repeated) > 0, report);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(int.MaxValue)]
    public void Apply_SameOperationsInOtherBatches_GiveTheSameRecordsAndHistory(int batchSize)
    {
        const int Seed = 101;
        // One time for all, because a batch has one.
        (List<Recorded> entries, MemoryRecords expected, List<(RecordKey, VersionedRecord)> superseded) = Run(
            Seed,
            OperationsPerRun,
            stepMsMax: 0,
            []
        );

        MemoryRecords replayed = new();
        List<(RecordKey, VersionedRecord)> replayedSuperseded = [];
        foreach (Recorded[] chunk in entries.Chunk(batchSize))
        {
            BatchState batch = new(replayed, chunk[0].TimeMs, Format);
            foreach (Recorded entry in chunk)
            {
                // With the indexes that they had, which the seals of other batches would shift.
                Assert.Equal(entry.Outcome, BatchExecutor.Apply(batch, entry.Operation, entry.Index).Reason);
            }

            replayed.Apply(batch);
            replayedSuperseded.AddRange(batch.Superseded.Select(it => (it.Key, it.Before!)));
        }

        Assert.Equal(Print(expected), Print(replayed));
        Assert.Equal(Encode(expected), Encode(replayed));
        Assert.Equal(superseded.Count, replayedSuperseded.Count);
        Assert.Equal(superseded.AsEnumerable(), replayedSuperseded);

        static SortedDictionary<string, string> Encode(MemoryRecords records) =>
            new(
                records.Records.ToDictionary(
                    it => Convert.ToHexString(it.Key.ToBytes()),
                    it => Convert.ToHexString(RecordCodec.Encode(it.Value))
                ),
                StringComparer.Ordinal
            );
    }

    // Runs the source against both; returns what the rules recorded, and the state and history that came of it.
    private static (List<Recorded> Entries, MemoryRecords Records, List<(RecordKey, VersionedRecord)> Superseded) Run(
        int seed,
        int operations,
        int stepMsMax,
        Dictionary<string, int> unrecorded
    )
    {
        Random random = new(seed);
        NaiveLedger model = new();
        OperationSource source = new(random, model);
        MemoryRecords records = new();
        ChainHead head = ChainHead.Empty;
        List<Recorded> entries = [];
        List<(RecordKey, VersionedRecord)> superseded = [];
        long timeMs = 1_700_000_000_000;

        for (int batches = 0; entries.Count < operations; batches++)
        {
            model.BeginBatch();
            timeMs += random.Next(stepMsMax + 1);
            List<ProposedOperation> proposed = [];
            List<Expected> expected = [];
            int before = entries.Count;
            for (int left = random.Next(1, random.Next(2, 30)); left > 0; left--)
            {
                if (entries.Count > 0 && random.Next(40) == 0)
                {
                    Recorded earlier = entries[random.Next(entries.Count)];
                    proposed.Add(new ProposedOperation(earlier.Operation, []));
                    expected.Add(new Expected(Repeated, earlier.Index, $"seed {seed}, entry {earlier.Index} again"));
                    continue;
                }

                (Operation op, string[] keys) = source.Next(timeMs);
                long index = head.Size + entries.Count - before;
                string context = $"seed {seed}, entry {index}: {op}";
                SubmittedOperation submitted = Sign(op, keys, context);

                // Whoever cannot find the keys to verify an operation with never proposes it.
                string outcome = model.Admit(op, keys, timeMs);
                Judgement found = Admission.FindKeys(
                    records,
                    submitted,
                    timeMs,
                    out IReadOnlyList<VerificationMethod> verifiedWith
                );
                if (!found.IsOk)
                {
                    Assert.True(outcome == $"{found.Reason}", $"{outcome}, not {found}. {context}");
                    unrecorded[outcome] = unrecorded.GetValueOrDefault(outcome) + 1;
                    continue;
                }

                if (outcome == $"{ReasonCode.Applied}")
                {
                    outcome = model.Apply(op, keys, submitted.Id.ToArray(), index, timeMs);
                    entries.Add(new Recorded(submitted, index, timeMs, Enum.Parse<ReasonCode>(outcome)));
                    expected.Add(new Expected(outcome, index, context));
                }
                else
                {
                    expected.Add(new Expected(outcome, -1, context));
                }

                proposed.Add(new ProposedOperation(submitted, verifiedWith));
            }

            AppliedBatch applied = BatchExecutor.Execute(
                records,
                records.Map,
                head,
                new ProposedBatch(timeMs, proposed, Format)
            );
            for (int i = 0; i < expected.Count; i++)
            {
                AppliedOperation actual = applied.Operations[i];
                string outcome = actual.IsRepeated ? Repeated : $"{actual.Judgement.Reason}";
                Assert.True(
                    (expected[i].Outcome, expected[i].Index) == (outcome, actual.Index),
                    $"{expected[i].Outcome}, not {outcome} at {actual.Index}. {expected[i].Context}"
                );
                if (!actual.IsRecorded)
                {
                    unrecorded[outcome] = unrecorded.GetValueOrDefault(outcome) + 1;
                }
            }

            records.Apply(applied);
            head = applied.Head;
            superseded.AddRange(applied.State.Superseded.Select(it => (it.Key, it.Before!)));
            string? problem = Conservation.FindProblem(records.Records, records.Indexes);
            Assert.True(problem is null, $"{problem} seed {seed}, size {head.Size}");
            if (batches % 10 == 0 || entries.Count >= operations)
            {
                AssertSame(model.Print(), Print(records), $"seed {seed}, size {head.Size}");
            }
        }

        return (entries, records, superseded);
    }

    private static SubmittedOperation Sign(Operation op, string[] keys, string context)
    {
        Signature[] signatures = Array.ConvertAll(
            keys,
            key => new Signature { VerificationMethod = key, Value = RulesLedger.Bytes(64, 1) }
        );
        Judgement judgement = OperationCodec.Decode(
            OperationCodec.Encode(op),
            signatures,
            RulesLedger.Origin,
            out SubmittedOperation? submitted
        );
        Assert.True(judgement.IsOk, $"{judgement} {context}");
        return submitted!;
    }

    private static void AssertSame(List<string> model, List<string> records, string context)
    {
        IEnumerable<string> onlyModel = model.Except(records).Take(5).Select(line => $"\n  model:   {line}");
        IEnumerable<string> onlyRecords = records.Except(model).Take(5).Select(line => $"\n  records: {line}");
        string differences = string.Concat(onlyModel.Concat(onlyRecords));
        Assert.True(differences.Length == 0 && model.Count == records.Count, context + differences);
    }

    private static string TextOf(PendingRecovery? it) =>
        it is null
            ? "-"
            : $"{NaiveLedger.TextOf((IMessage?)it.Recovery)},{it.EffectiveMs},{Convert.ToHexString(it.Operation.Span)},{it.Rank}";

    // The same lines as the model prints, from records and indexes.
    private static List<string> Print(MemoryRecords records)
    {
        List<string> lines = [];
        foreach ((RecordKey key, VersionedRecord version) in records.Records)
        {
            if (version.Record is RefusalRecord or PilotRefusalsRecord or PilotFiguresRecord or PilotCountsRecord)
            {
                continue; // what follows from the entries, for those who ask
            }

            string at = $"@{version.Index}/{version.TimeMs}";
            string line = version.Record switch
            {
                LedgerRecord it =>
                    $"ledger {at} {it.Origin} {it.Network} {it.Supervisor} {NaiveLedger.TextOf(it.DidQuota)}",
                DidRecord it => $"did {it.Did} {at} {NaiveLedger.TextOf(it.Document)} {it.Deactivated} {it.CreatedMs} "
                    + $"{it.UpdatedMs} {Convert.ToHexString(it.LastOperation.Span)} "
                    + $"{NaiveLedger.TextOf((IMessage?)it.Recovery)} {TextOf(it.Pending)}",
                DidChangesRecord it => $"changes {it.Did} {at} {string.Join(',', it.TimesMs)}",
                PartyRecord it => $"party {it.Did} {at} {string.Join(',', it.Roles.Select(role => (int)role))} "
                    + $"{Convert.ToHexString(it.CredentialCommitment.Span)} {(int)it.AssuranceLevel} {it.AdmittedBy}",
                PilotRecord it => $"pilot {it.Id} {at} {it.Title} {it.Sponsor} {it.Supervisor} {(int)it.State}",
                ClassRecord it => $"class {it.Id} {at} {it.PilotId} {it.Issuer} {it.Name} {(int)it.Category} "
                    + $"{it.MaxSupply} {(int)it.Transferability} {(int)it.BurnAuthority}",
                SupplyRecord it => $"supply {it.ClassId} {at} {it.Minted} {it.Burned} {it.NextNumber}",
                TokenRecord it => $"token {it.ClassId} {it.TokenId} {at} {it.Owner} {NaiveLedger.TextOf(it.Content)} "
                    + $"{(int)it.State} {it.MintedIndex} {it.TransferredIndex}",
                BalanceRecord it => $"balance {it.Owner} {it.ClassId} {at} {it.Count}",
                IMessage other => throw new InvalidOperationException($"{key} holds a {other.Descriptor.Name}."),
            };
            lines.Add(line);
        }

        lines.AddRange(
            records
                .Indexes.Where(key =>
                    key.Kind
                        is not (
                            IndexKind.Refusals
                            or IndexKind.ActorRefusals
                            or IndexKind.PilotRefusals
                            or IndexKind.PilotStates
                        )
                )
                .Select(key => $"index {(char)key.Kind} {key.Path.Replace('\0', ' ')}")
        );
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }
}

using System.Globalization;
using System.Text;
using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.Testing;
using Ledger.V1;

namespace Ledger.Rules.Tests.Registry;

/// <summary>
/// The rules against <see cref="RegistryModel"/> under random operations. LEDGER_MODEL_RUNS asks for more runs than a build takes the time
/// for; LEDGER_SEED for those from another seed on.
/// </summary>
public sealed class RegistryModelTests
{
    private const int OperationsPerRun = 1_000;
    private const int OperationsBetweenChecks = 100;
    private const long StartMs = 1_700_000_000_000;

    private static readonly int Runs = Environment.GetEnvironmentVariable("LEDGER_MODEL_RUNS") is { Length: > 0 } text
        ? int.Parse(text, CultureInfo.InvariantCulture)
        : 12;

    // What no operation on the registry is refused for: DIDs have rules of their own.
    private static readonly ReasonCode[] OfOthers =
    [
        ReasonCode.StalePrevious,
        ReasonCode.CommitmentMismatch,
        ReasonCode.ControllerCycle,
        ReasonCode.RecoveryPending,
        ReasonCode.NoRecoveryPending,
        ReasonCode.RecoveryRank,
        ReasonCode.RecoveryUnchanged,
    ];

    [Fact]
    public void Apply_RandomOperations_DoesWhatTheModelDoes()
    {
        int first = Seeds.Take(1);
        Dictionary<(string Verb, ReasonCode Outcome), int> outcomes = [];
        for (int seed = first; seed < first + Runs; seed++)
        {
            foreach ((var key, int count) in Run(seed, OperationsPerRun).Outcomes)
            {
                outcomes[key] = outcomes.GetValueOrDefault(key) + count;
            }
        }

        // A source that misses a reason or a verb proves nothing about it.
        StringBuilder report = new();
        foreach (((string verb, ReasonCode outcome), int count) in outcomes.OrderBy(it => it.Key))
        {
            report.AppendLine(CultureInfo.InvariantCulture, $"{verb} {outcome}: {count}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{report}");
        Assert.Equal(
            "",
            string.Join(
                ", ",
                Enum.GetValues<ReasonCode>()
                    .Where(code => (int)code is >= 200 and < 300)
                    .Except(OfOthers)
                    .Except(outcomes.Keys.Select(it => it.Outcome))
            )
        );
        Assert.Equal(
            "",
            string.Join(
                ", ",
                Verb.All.Where(verb => (int)verb.Case >= (int)Operation.BodyOneofCase.AdmitParty)
                    .Select(verb => verb.Name)
                    .Except(outcomes.Keys.Where(it => it.Outcome == ReasonCode.Applied).Select(it => it.Verb))
            )
        );
    }

    [Theory]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public void Apply_SameOperationsInOtherBatches_GiveTheSameRecords(int batchSize)
    {
        RegistryRun run = Run(Seeds.Take(1001), operations: 400);
        MemoryRecords records = new();
        foreach (
            (SubmittedOperation Operation, long Index, long TimeMs, ReasonCode Outcome)[] chunk in InBatches(
                run.Entries,
                batchSize
            )
        )
        {
            BatchState batch = new(records, chunk[0].TimeMs);
            foreach ((SubmittedOperation operation, long index, long _, ReasonCode outcome) in chunk)
            {
                // With the indexes that they had, which the seals of other batches would shift.
                Assert.Equal(outcome, BatchExecutor.Apply(batch, operation, index).Reason);
            }

            records.Apply(batch);
        }

        Assert.Null(
            RegistryRun.Compare(RegistryRun.Project(run.Records.Records), RegistryRun.Project(records.Records))
        );
        Assert.True(run.Records.Indexes.ToHashSet().SetEquals(records.Indexes));
    }

    // Batches of up to so many: a batch has one time.
    private static IEnumerable<(SubmittedOperation Operation, long Index, long TimeMs, ReasonCode Outcome)[]> InBatches(
        List<(SubmittedOperation Operation, long Index, long TimeMs, ReasonCode Outcome)> entries,
        int batchSize
    )
    {
        for (int start = 0; start < entries.Count; )
        {
            var batch = entries
                .Skip(start)
                .TakeWhile(it => it.TimeMs == entries[start].TimeMs)
                .Take(batchSize)
                .ToArray();
            yield return batch;
            start += batch.Length;
        }
    }

    // Runs the source against both. A sequence on which they differ is made shorter before it is shown.
    internal static RegistryRun Run(int seed, int operations)
    {
        Random random = new(seed);
        RegistryRun run = new();
        RegistrySource source = new(random, run.Model);
        List<(Operation Operation, long TimeMs)> setting = RegistryScene.Play(run, source, StartMs);
        List<(Operation Operation, long TimeMs)> done = [];
        ulong timeMs = (ulong)setting[^1].TimeMs;
        string? problem = run.FindProblem();
        Assert.True(problem is null, problem);
        while (done.Count < operations)
        {
            timeMs = random.Next(4) == 0 ? source.NextTime(timeMs) : timeMs;
            Operation op = source.Next(timeMs);
            done.Add((op, (long)timeMs));
            problem = run.Step(op, (long)timeMs);
            if (problem is null && (done.Count % OperationsBetweenChecks == 0 || done.Count == operations))
            {
                problem = run.FindProblem();
            }

            if (problem is not null)
            {
                Fail(seed, setting, done);
            }
        }

        return run;
    }

    private static void Fail(
        int seed,
        List<(Operation Operation, long TimeMs)> setting,
        List<(Operation Operation, long TimeMs)> done
    )
    {
        List<(Operation Operation, long TimeMs)> shortest = Shrink(setting, done);
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"seed {seed}: {Replay(setting, shortest)}");
        foreach ((Operation operation, long timeMs) in shortest)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  at {timeMs}: {operation}");
        }

        Assert.Fail($"{text}");
    }

    // Leaves out whatever the difference does not need: halves, quarters, and in the end single operations.
    private static List<(Operation Operation, long TimeMs)> Shrink(
        List<(Operation Operation, long TimeMs)> setting,
        List<(Operation Operation, long TimeMs)> done
    )
    {
        for (int size = Math.Max(1, done.Count / 2); ; size /= 2)
        {
            for (int start = 0; start < done.Count; )
            {
                List<(Operation Operation, long TimeMs)> rest = [.. done.Take(start), .. done.Skip(start + size)];
                if (rest.Count != 0 && Replay(setting, rest) is not null)
                {
                    done = rest;
                }
                else
                {
                    start += size;
                }
            }

            if (size == 1)
            {
                return done;
            }
        }
    }

    // The first difference, or what is different at the end.
    private static string? Replay(
        List<(Operation Operation, long TimeMs)> setting,
        List<(Operation Operation, long TimeMs)> operations
    )
    {
        RegistryRun run = new();
        foreach ((Operation operation, long timeMs) in setting.Concat(operations))
        {
            if (run.Step(operation, timeMs) is string problem)
            {
                return problem;
            }
        }

        return run.FindProblem();
    }
}

using System.Diagnostics;
using System.Globalization;
using Ledger.Protocol;
using Ledger.Queries;
using Ledger.V1;

namespace Ledger.Benchmarks.Reading;

/// <summary>
/// What it takes to resolve a DID by how many versions it has and by how many DIDs there are: on real stores, which are filled through
/// the ledger's own way in. The questions take turns, so that whatever the machine does meanwhile it does to all of them.
/// </summary>
public static class ResolveRun
{
    private const int Rounds = 40;
    private const int CallsARound = 250;
    private const int CallOperations = 1_000;

    /// <summary>Asks every question and writes a table: microseconds a resolution, and how many times the cheapest that is.</summary>
    /// <param name="dids">How many DIDs the stores hold, beside those with versions.</param>
    /// <param name="versions">How many versions the DIDs that are asked for have.</param>
    /// <param name="output">Where the table goes.</param>
    /// <param name="check">Done with each question before it is measured; null: nothing.</param>
    public static async Task<IReadOnlyList<ResolveCase>> RunAsync(
        int[] dids,
        int[] versions,
        TextWriter output,
        Action<ResolveCase>? check = null
    )
    {
        List<ResolveCase> cases = [];
        List<Filled> stores = [];
        try
        {
            foreach (int count in dids)
            {
                Filled store = await Filled.MakeAsync(count, versions);
                stores.Add(store);
                cases.AddRange(store.Cases());
            }

            cases.ForEach(asked => check?.Invoke(asked));
            Measure(cases);
        }
        finally
        {
            foreach (Filled store in stores)
            {
                await store.DisposeAsync();
            }
        }

        Write(cases, output);
        return cases;
    }

    private static void Measure(List<ResolveCase> cases)
    {
        for (int round = -Rounds / 4; round < Rounds; round++)
        {
            foreach (ResolveCase asked in cases)
            {
                long start = Stopwatch.GetTimestamp();
                for (int call = 0; call < CallsARound; call++)
                {
                    asked.Ask(call);
                }

                if (round >= 0)
                {
                    asked.Rounds.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / CallsARound);
                }
            }
        }
    }

    private static void Write(List<ResolveCase> cases, TextWriter output)
    {
        output.WriteLine("| question | versions | DIDs | median us | of the cheapest |");
        output.WriteLine("|---|---:|---:|---:|---:|");
        foreach (IGrouping<string, ResolveCase> question in cases.GroupBy(asked => asked.Question))
        {
            double cheapest = question.Min(asked => asked.MedianUs);
            foreach (ResolveCase asked in question)
            {
                output.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {asked.Question} | {asked.Versions:N0} | {asked.Dids:N0} | {asked.MedianUs:0.0} | {asked.MedianUs / cheapest:0.00} |"
                    )
                );
            }
        }
    }

    // A ledger with many DIDs, and one more for each number of versions, whose changes lie apart from each other in the log.
    private sealed class Filled : IAsyncDisposable
    {
        private readonly BenchLedger _ledger = new();
        private readonly int _dids;
        private readonly List<(string Did, List<Receipt> Versions)> _changed = [];

        private Filled(int dids) => _dids = dids;

        public static async Task<Filled> MakeAsync(int dids, int[] versions)
        {
            Filled filled = new(dids);
            await filled._ledger.FoundAsync();
            foreach (int _ in versions)
            {
                Receipt created = (await filled._ledger.SubmitAsync([BenchLedger.Create()]))[0];
                filled._changed.Add(
                    (DidSyntax.FromOperationId(BenchLedger.Network, created.OperationId.Span), [created])
                );
            }

            // Each call brings other DIDs, and the next changes of those that are to have versions.
            int calls = Math.Max(versions.Max() - 1, (dids + CallOperations - 1) / CallOperations);
            for (int call = 1, left = dids; call <= calls; call++)
            {
                int some = Math.Min(left, Math.Max(1, dids / calls));
                left -= some;
                List<Operation> operations = [];
                List<int> changing = [];
                for (int i = 0; i < versions.Length; i++)
                {
                    if (call < versions[i])
                    {
                        changing.Add(i);
                        operations.Add(filled.Update(i));
                    }
                }

                operations.AddRange(Enumerable.Range(0, some).Select(_ => BenchLedger.Create()));
                Receipt[] receipts = await filled._ledger.SubmitAsync(operations);
                for (int i = 0; i < changing.Count; i++)
                {
                    filled._changed[changing[i]].Versions.Add(receipts[i]);
                }
            }

            await filled._ledger.ReopenAsync();
            return filled;
        }

        public IEnumerable<ResolveCase> Cases()
        {
            foreach ((string did, List<Receipt> versions) in _changed)
            {
                // A stride that is prime meets every version in an order that no cache expects.
                Receipt At(int call) => versions[(int)(call * 7_919L % versions.Count)];
                yield return Case("the newest", _ => VersionChoice.Newest, _ => versions[^1]);
                yield return Case("by id", call => VersionChoice.AtIndex(At(call).Index), At);
                yield return Case(
                    "by time",
                    call => VersionChoice.AtTime(At(call).TimeMs),
                    call => versions.FindLast(version => version.TimeMs <= At(call).TimeMs)!
                );

                ResolveCase Case(string question, Func<int, VersionChoice> choice, Func<int, Receipt> expected) =>
                    new(question, versions.Count, _dids, call => Ask(did, choice(call)), call => expected(call).Index);
            }
        }

        public ValueTask DisposeAsync() => _ledger.DisposeAsync();

        private ulong Ask(string did, VersionChoice choice)
        {
            using ReadView view = _ledger.Ledger.Read();
            return DidQueries.Resolve(view, did, choice, DateTimeOffset.UtcNow).Value.Version.Version.Index;
        }

        private Operation Update(int changed)
        {
            (string did, List<Receipt> versions) = _changed[changed];
            return new Operation
            {
                Actor = did,
                UpdateDid = new UpdateDid
                {
                    Did = did,
                    Previous = versions[^1].OperationId,
                    Document = BenchLedger.Document(),
                },
            };
        }
    }
}

/// <summary>One question of <see cref="ResolveRun"/>.</summary>
/// <param name="Question">Which version is asked for.</param>
/// <param name="Versions">How many the DID has.</param>
/// <param name="Dids">How many other DIDs the store holds.</param>
/// <param name="Ask">Asks the question of a number; the answer is the index of the version.</param>
/// <param name="Expected">What that answer must be.</param>
public sealed record ResolveCase(
    string Question,
    int Versions,
    int Dids,
    Func<int, ulong> Ask,
    Func<int, ulong> Expected
)
{
    /// <summary>Microseconds a resolution, round by round.</summary>
    public List<double> Rounds { get; } = [];

    /// <summary>The median of them.</summary>
    public double MedianUs => Rounds.Count == 0 ? double.NaN : Rounds.Order().ElementAt(Rounds.Count / 2);
}

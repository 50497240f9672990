using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Queries;
using Ledger.V1;
using NBitcoin.Secp256k1;

namespace Ledger.Benchmarks.Reading;

/// <summary>
/// What it takes to resolve a DID by how many versions it has and by how many DIDs there are: on real stores, which are filled through
/// the ledger's own way in. The questions take turns, so that whatever the machine does meanwhile it does to all of them.
/// </summary>
public static class ResolveRun
{
    private const string Origin = "ledger.test/bench";
    private const string Network = "bench";
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
        private readonly string _folder = Directory.CreateTempSubdirectory("ledger-resolve-").FullName;
        private readonly Ed25519PrivateKey _logKey = Ed25519PrivateKey.Generate();
        private EmbeddedLedger _ledger;
        private readonly ECPrivKey _key = ECPrivKey.Create(Convert.FromHexString(new string('1', 64)));
        private readonly int _dids;
        private readonly List<(string Did, List<Receipt> Versions)> _changed = [];
        private ulong _nonce;

        private Filled(int dids)
        {
            _dids = dids;
            _ledger = Open();
        }

        public static async Task<Filled> MakeAsync(int dids, int[] versions)
        {
            Filled filled = new(dids);
            await filled.Submit([
                new Operation
                {
                    FoundLedger = new FoundLedger
                    {
                        Network = Network,
                        Supervisor = filled.Document(),
                        DidQuota = new DidQuota(),
                    },
                },
            ]);
            foreach (int _ in versions)
            {
                Receipt created = (await filled.Submit([filled.Create()]))[0];
                filled._changed.Add((DidSyntax.FromOperationId(Network, created.OperationId.Span), [created]));
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

                operations.AddRange(Enumerable.Range(0, some).Select(_ => filled.Create()));
                Receipt[] receipts = await filled.Submit(operations);
                for (int i = 0; i < changing.Count; i++)
                {
                    filled._changed[changing[i]].Versions.Add(receipts[i]);
                }
            }

            // As after a restart: what was last written is in files too, and not in memory alone.
            await filled._ledger.DisposeAsync();
            filled._ledger = filled.Open();
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

        public async ValueTask DisposeAsync()
        {
            await _ledger.DisposeAsync();
            _logKey.Dispose();
            _key.Dispose();
            Directory.Delete(_folder, recursive: true);
        }

        private EmbeddedLedger Open() =>
            EmbeddedLedger.Open(
                new LedgerOptions
                {
                    Directory = _folder,
                    Origin = Origin,
                    SigningKey = _logKey,
                }
            );

        private ulong Ask(string did, VersionChoice choice)
        {
            using ReadView view = _ledger.Read();
            return DidQueries.Resolve(view, did, choice, DateTimeOffset.UtcNow).Value.Version.Version.Index;
        }

        private Operation Create() => new() { CreateDid = new CreateDid { Document = Document() } };

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
                    Document = Document(),
                },
            };
        }

        private DidDocument Document() =>
            new()
            {
                VerificationMethods =
                {
                    new VerificationMethod
                    {
                        Fragment = "key-1",
                        Type = KeyType.Secp256K1,
                        PublicKey = ByteString.CopyFrom(_key.CreatePubKey().ToBytes(compressed: true)),
                        Purposes = { KeyPurpose.AssertionMethod, KeyPurpose.CapabilityInvocation },
                    },
                },
            };

        private async Task<Receipt[]> Submit(IReadOnlyList<Operation> operations)
        {
            Submission[] answers = await _ledger.SubmitAllAsync([.. operations.Select(Sign)], CancellationToken.None);
            return
            [
                .. answers.Select(answer =>
                    answer.Judgement.IsOk
                        ? answer.Receipt!
                        : throw new InvalidOperationException(Reasons.Message(answer.Judgement))
                ),
            ];
        }

        private SignedOperation Sign(Operation operation)
        {
            operation.Ledger = Origin;
            operation.NotAfter = (ulong)DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();
            byte[] nonce = new byte[Limits.NonceBytes];
            BitConverter.TryWriteBytes(nonce, ++_nonce);
            operation.Nonce = ByteString.CopyFrom(nonce);
            byte[] bytes = OperationCodec.Encode(operation);
            Span<byte> id = stackalloc byte[Limits.HashBytes];
            OperationCodec.ComputeId(bytes, id);
            Span<byte> signature = stackalloc byte[Limits.SignatureBytes];
            _key.SignECDSARFC6979(id).WriteCompactToSpan(signature);
            return new SignedOperation
            {
                Operation = ByteString.CopyFrom(bytes),
                Signatures =
                {
                    new Signature { VerificationMethod = "key-1", Value = ByteString.CopyFrom(signature) },
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

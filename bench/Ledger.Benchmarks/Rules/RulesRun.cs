using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Rules;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Benchmarks.Rules;

/// <summary>
/// What the state machine alone does in a second on one thread: judging and applying operations whose signatures were verified, with the
/// entries and leaf hashes of their batches, over records in memory. No cryptography of signatures, no store, no network. The cases take
/// turns, so that whatever the machine does meanwhile it does to all of them.
/// </summary>
public static class RulesRun
{
    private const string Origin = "ledger.test/bench";
    private const string Network = "bench";
    private const string Pilot = "pilot";
    private const string Key = "key-1";
    private const int BatchOperations = 1_000;
    private const int GroupSteps = 10;

    /// <summary>Runs every case and writes a table: microseconds an operation (or token), and how many there are in a second.</summary>
    /// <param name="parties">How many parties hold tokens.</param>
    /// <param name="rounds">How many batches of each case are measured.</param>
    /// <param name="output">Where the table goes.</param>
    public static IReadOnlyList<RulesCase> Run(int parties, int rounds, TextWriter output)
    {
        World world = new(parties);
        IReadOnlyList<RulesCase> cases = world.Cases();
        for (int round = -rounds / 4; round < rounds; round++)
        {
            foreach (RulesCase measured in cases)
            {
                ProposedBatch batch = measured.Next();
                long start = Stopwatch.GetTimestamp();
                AppliedBatch applied = world.Execute(batch);
                double elapsedUs = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
                world.Keep(applied);
                if (round >= 0)
                {
                    measured.Rounds.Add(elapsedUs / measured.Weight);
                }
            }
        }

        output.WriteLine("| what | median us | a second |");
        output.WriteLine("|---|---:|---:|");
        foreach (RulesCase measured in cases)
        {
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {measured.What} | {measured.MedianUs:0.00} | {1e6 / measured.MedianUs:N0} |"
                )
            );
        }

        return cases;
    }

    // A ledger with a pilot that runs, and a class without and one with a policy of ten rules.
    private sealed class World
    {
        private readonly MemoryRecords _records = new();
        private readonly Random _random = new(1);
        private readonly List<string> _parties = [];
        private readonly Dictionary<string, List<(string Token, int Owner)>> _tokens = [];
        private readonly string _issuer;
        private ChainHead _head = ChainHead.Empty;
        private long _timeMs = 1_700_000_000_000;
        private readonly List<string>[] _grouped;
        private int _next;
        private ulong _nonce;

        public World(int parties)
        {
            string supervisor = Found();
            string sponsor = CreateDid();
            _issuer = CreateDid();
            Do(supervisor, PilotOperations.Admit(sponsor, Role.Sponsor));
            Do(supervisor, PilotOperations.Admit(_issuer, Role.Issuer));
            for (int i = 0; i < parties; i++)
            {
                string party = CreateDid();
                Do(supervisor, PilotOperations.Admit(party, Role.Participant));
                _parties.Add(party);
            }

            OpenPilot(supervisor, sponsor);
            Do(
                sponsor,
                new Operation
                {
                    ProposePolicy = new ProposePolicy
                    {
                        PolicyId = "ten",
                        PilotId = Pilot,
                        Rule = TenRules(),
                    },
                }
            );
            Do(
                supervisor,
                new Operation
                {
                    ApprovePolicy = new ApprovePolicy
                    {
                        PolicyId = "ten",
                        Version = 1,
                        Effective = (ulong)(_timeMs / 1000) + 1,
                    },
                }
            );
            _timeMs += 10_000;
            CreateClass("free", policy: "");
            CreateClass("judged", policy: "ten");
            CreateClass("minted", policy: "");
            CreateClass("grouped", policy: "");
            _grouped =
            [
                .. _parties.Select((_, i) => _tokens["grouped"].Where(t => t.Owner == i).Select(t => t.Token).ToList()),
            ];
        }

        public IReadOnlyList<RulesCase> Cases() =>
            [
                new("create a DID", BatchOperations, () => Batch(_ => (null, Create()))),
                new("mint a token", BatchOperations, () => Batch(_ => (_issuer, MintTo("minted", SomeParty())))),
                new("mint a token, in batches of 100", BatchOperations, () => Batch(10, _ => (_issuer, MintMany(100)))),
                new(
                    "mint a token, in a batch of 1,000",
                    BatchOperations,
                    () => Batch(1, _ => (_issuer, MintMany(1_000)))
                ),
                new("transfer", BatchOperations, () => Batch(_ => Transfer("free"))),
                new("transfer under a policy of ten rules", BatchOperations, () => Batch(_ => Transfer("judged"))),
                new(
                    "transfer, in groups of 10",
                    BatchOperations,
                    () => Batch(BatchOperations / GroupSteps, _ => TransferGroup())
                ),
            ];

        /// <summary>What is measured: a pure function of the records before, which it does not change.</summary>
        public AppliedBatch Execute(ProposedBatch batch) => BatchExecutor.Execute(_records, _records.Map, _head, batch);

        /// <summary>Takes over what a batch did, as a store would.</summary>
        public void Keep(AppliedBatch applied)
        {
            foreach (AppliedOperation operation in applied.Operations)
            {
                if (!operation.Judgement.IsOk)
                {
                    throw new InvalidOperationException(Reasons.Message(operation.Judgement));
                }
            }

            _records.Apply(applied);
            _head = applied.Head;
        }

        // Every fact that a policy can look at, in rules that all hold.
        private static PolicyRule TenRules()
        {
            PolicyRules all = new();
            foreach (PolicySubject subject in (PolicySubject[])[PolicySubject.Giver, PolicySubject.Receiver])
            {
                all.Rules.Add(
                    new PolicyRule
                    {
                        Role = new RoleRule { Subject = subject, Roles = { Role.Participant } },
                    }
                );
                all.Rules.Add(
                    new PolicyRule
                    {
                        Admission = new AdmissionRule { Subject = subject, Level = AssuranceLevel.Low },
                    }
                );
                all.Rules.Add(new PolicyRule { Account = new AccountRule { Subject = subject } });
            }

            all.Rules.Add(new PolicyRule { FirstHold = new HoldRule { Seconds = 1 } });
            all.Rules.Add(new PolicyRule { GiftsPerDay = new CountRule { Below = Limits.SupplyMax } });
            all.Rules.Add(new PolicyRule { ReceiverHolds = new CountRule { Below = Limits.SupplyMax } });
            return new PolicyRule { All = all };
        }

        private string SomeParty() => _parties[_random.Next(_parties.Count)];

        private (string Actor, Operation Operation) Transfer(string classId)
        {
            List<(string Token, int Owner)> tokens = _tokens[classId];
            int at = _random.Next(tokens.Count);
            (string token, int owner) = tokens[at];
            int to = (owner + 1 + _random.Next(_parties.Count - 1)) % _parties.Count;
            tokens[at] = (token, to);
            return (_parties[owner], TransferOf(classId, token, owner, to));
        }

        // An owner gives ten of its tokens to the one after it.
        private (string Actor, Operation Operation) TransferGroup()
        {
            int owner = _next++ % _parties.Count;
            int to = (owner + 1) % _parties.Count;
            Group group = new();
            for (int i = 0; i < GroupSteps; i++)
            {
                string token = _grouped[owner][^1];
                _grouped[owner].RemoveAt(_grouped[owner].Count - 1);
                _grouped[to].Add(token);
                group.Steps.Add(TransferOf("grouped", token, owner, to));
            }

            return (_parties[owner], new Operation { Group = group });
        }

        private Operation TransferOf(string classId, string token, int owner, int to) =>
            PilotOperations.Transfer(classId, token, _parties[owner], _parties[to]);

        private Operation MintTo(string classId, string owner) =>
            new()
            {
                Mint = new Mint { ClassId = classId, Owner = owner },
            };

        private Operation MintMany(int count)
        {
            BatchMint mint = new() { ClassId = "minted", Owner = SomeParty() };
            mint.Items.AddRange(Enumerable.Range(0, count).Select(_ => new MintItem()));
            return new Operation { BatchMint = mint };
        }

        private ProposedBatch Batch(Func<int, (string? Actor, Operation Operation)> make) =>
            Batch(BatchOperations, make);

        private ProposedBatch Batch(int count, Func<int, (string? Actor, Operation Operation)> make)
        {
            _timeMs += 2_000; // so that holds are over
            return new ProposedBatch(_timeMs, [.. Enumerable.Range(0, count).Select(i => Propose(make(i)))]);
        }

        private ProposedOperation Propose((string? Actor, Operation Operation) asked)
        {
            Operation operation = asked.Operation;
            operation.Actor = asked.Actor ?? "";
            operation.Ledger = Origin;
            operation.NotAfter = (ulong)(_timeMs / 1000) + 60;
            byte[] nonce = new byte[Limits.NonceBytes];
            BitConverter.TryWriteBytes(nonce, ++_nonce);
            operation.Nonce = ByteString.CopyFrom(nonce);
            Signature[] signatures =
            [
                new() { VerificationMethod = Key, Value = ByteString.CopyFrom(new byte[Limits.SignatureBytes]) },
            ];
            Judgement judgement = OperationCodec.Decode(
                OperationCodec.Encode(operation),
                signatures,
                Origin,
                out SubmittedOperation? submitted
            );
            if (!judgement.IsOk)
            {
                throw new InvalidOperationException(Reasons.Message(judgement));
            }

            Admission.FindKeys(_records, submitted!, _timeMs, out IReadOnlyList<VerificationMethod> keys);
            return new ProposedOperation(submitted!, keys);
        }

        private SubmittedOperation Do(string? actor, Operation operation)
        {
            ProposedOperation proposed = Propose((actor, operation));
            Keep(Execute(new ProposedBatch(_timeMs, [proposed])));
            return proposed.Operation;
        }

        private string Found() =>
            Do(
                    null,
                    new Operation
                    {
                        FoundLedger = new FoundLedger { Network = Network, Supervisor = Document() },
                    }
                )
                .ActorDid(Network);

        private string CreateDid() => Do(null, Create()).ActorDid(Network);

        private Operation Create() => new() { CreateDid = new CreateDid { Document = Document() } };

        // Keys are compared and never used. No two are the same, so that nobody is taken for another.
        private DidDocument Document()
        {
            byte[] key = new byte[32];
            BitConverter.TryWriteBytes(key, _random.NextInt64());
            do
            {
                _random.NextBytes(key);
            } while (!Ledger.Crypto.Ed25519.IsPublicKey(key));
            return new DidDocument
            {
                VerificationMethods =
                {
                    new VerificationMethod
                    {
                        Fragment = Key,
                        Type = KeyType.Ed25519,
                        PublicKey = ByteString.CopyFrom(key),
                        Purposes = { KeyPurpose.AssertionMethod, KeyPurpose.CapabilityInvocation },
                    },
                },
            };
        }

        private void OpenPilot(string supervisor, string sponsor)
        {
            foreach ((bool bySponsor, Operation step) in PilotOperations.ApplyFor(Pilot, sponsor))
            {
                Do(bySponsor ? sponsor : supervisor, step);
            }

            _timeMs += 1_000;
            foreach ((bool bySponsor, Operation step) in PilotOperations.Start(Pilot))
            {
                Do(bySponsor ? sponsor : supervisor, step);
            }
        }

        private void CreateClass(string id, string policy)
        {
            Do(_issuer, PilotOperations.CreateClass(id, Pilot, policy));
            List<(string, int)> tokens = [];
            for (int party = 0; party < _parties.Count; party++)
            {
                BatchMint mint = new() { ClassId = id, Owner = _parties[party] };
                for (int i = 0; i < 4 * GroupSteps; i++)
                {
                    string token = string.Create(CultureInfo.InvariantCulture, $"t-{party}-{i}");
                    mint.Items.Add(new MintItem { TokenId = token });
                    tokens.Add((token, party));
                }

                Do(_issuer, new Operation { BatchMint = mint });
            }

            _tokens[id] = tokens;
        }
    }
}

/// <summary>One case of <see cref="RulesRun"/>.</summary>
/// <param name="What">What is done.</param>
/// <param name="Weight">How often it is done in one batch.</param>
/// <param name="Next">Makes the next batch.</param>
public sealed record RulesCase(string What, int Weight, Func<ProposedBatch> Next)
{
    /// <summary>Microseconds each, round by round.</summary>
    public List<double> Rounds { get; } = [];

    /// <summary>The median of them.</summary>
    public double MedianUs => Rounds.Count == 0 ? double.NaN : Rounds.Order().ElementAt(Rounds.Count / 2);
}

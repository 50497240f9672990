using System.Buffers.Binary;
using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.Testing;
using Ledger.V1;

namespace Ledger.Rules.Tests;

/// <summary>
/// The executor and what it adds up to: one operation is one batch. After every operation it asserts what must always hold: a
/// refused operation wrote nothing, records and indexes agree.
/// </summary>
internal sealed class RulesLedger
{
    public const string Origin = "ledger.test/rules";
    public const string Network = "test";

    /// <summary>Names of the two keys of every document: one changes DIDs, the other signs everything else.</summary>
    public const string ControlKey = "control";
    public const string AssertKey = "assert";

    /// <summary>Name of the first key of a recovery policy.</summary>
    public const string RecoveryKey = "r1";

    /// <summary>The reasons of the rules on logs of format 0 and 1.</summary>
    public static readonly IReadOnlyList<ReasonCode> FirstReasons =
    [
        .. Enum.GetValues<ReasonCode>()
            .Where(code =>
                (int)code
                    is (>= 200 and <= 208)
                        or (>= 210 and <= 212)
                        or (>= 220 and <= 222)
                        or (>= 230 and <= 235)
                        or (>= 240 and <= 245)
            ),
    ];

    private ulong _nonce;

    public MemoryRecords Records { get; } = new();

    public long TimeMs { get; set; } = 1_700_000_000_000;

    /// <summary>Format of the batches.</summary>
    public uint Format { get; init; } = EntryCodec.LatestFormat;

    /// <summary>Where the chain stands.</summary>
    public ChainHead Head { get; private set; } = ChainHead.Empty;

    /// <summary>Index of the entry that the next operation becomes.</summary>
    public long NextIndex => Head.Size;

    /// <summary>The last operation that was applied or refused.</summary>
    public SubmittedOperation Last { get; private set; } = null!;

    /// <summary>Founds the ledger and returns the supervisor's DID.</summary>
    public string Found()
    {
        Operation operation = new()
        {
            FoundLedger = new FoundLedger { Network = Network, Supervisor = Document(1) },
        };
        Assert.Equal(ReasonCode.Applied, Apply(operation));
        return Last.ActorDid(Network);
    }

    public string CreateDid(params string[] controllers)
    {
        DidDocument document = Document((byte)(NextIndex + 1));
        document.Controllers.Add(controllers);
        return CreateDid(document);
    }

    public string CreateDid(RecoveryPolicy recovery) => CreateDid(Document((byte)(NextIndex + 1)), recovery);

    public string CreateDid(DidDocument document, RecoveryPolicy? recovery = null)
    {
        Operation create = new()
        {
            CreateDid = new CreateDid { Document = document, Recovery = recovery },
        };
        Assert.Equal(ReasonCode.Applied, Apply(create));
        return Last.ActorDid(Network);
    }

    public ReasonCode Update(string did, DidDocument document, params string[] keys) =>
        Apply(
            Sign(
                new Operation
                {
                    Actor = did,
                    UpdateDid = new UpdateDid
                    {
                        Did = did,
                        Previous = Did(did).LastOperation,
                        Document = document,
                    },
                },
                keys
            )
        );

    public ReasonCode ChangeRecovery(string did, RecoveryPolicy? policy) =>
        Apply(
            new Operation
            {
                Actor = did,
                ChangeRecovery = new ChangeRecovery
                {
                    Did = did,
                    Previous = Did(did).LastOperation,
                    Recovery = policy,
                },
            }
        );

    public ReasonCode Recover(string did, DidDocument? document, RecoveryPolicy? policy, params string[] keys) =>
        Apply(
            Sign(
                new Operation
                {
                    Actor = did,
                    RecoverDid = new RecoverDid
                    {
                        Did = did,
                        Previous = Did(did).LastOperation,
                        Document = document,
                        Recovery = policy,
                    },
                },
                keys
            )
        );

    public ReasonCode CancelRecovery(string did, params string[] keys) =>
        Apply(
            Sign(
                new Operation
                {
                    Actor = did,
                    CancelRecovery = new CancelRecovery { Did = did, Previous = Did(did).LastOperation },
                },
                keys
            )
        );

    /// <summary>Creates a DID and admits it.</summary>
    public string CreateParty(string admittedBy, params Role[] roles)
    {
        string did = CreateDid();
        Operation operation = new()
        {
            Actor = admittedBy,
            AdmitParty = new AdmitParty
            {
                Party = did,
                Roles = { roles },
                CredentialCommitment = Bytes(32, 7),
                AssuranceLevel = AssuranceLevel.High,
            },
        };
        Assert.Equal(ReasonCode.Applied, Apply(operation));
        return did;
    }

    /// <summary>Opens a pilot that runs: on a log of format 2 from the application on, over a public notice of a second.</summary>
    public void OpenPilot(string supervisor, string sponsor, string id, PilotTerms? terms = null)
    {
        CreatePilot create = new()
        {
            Id = id,
            Title = $"The pilot {id}",
            Sponsor = sponsor,
            Terms = terms,
        };
        if (Format < 2)
        {
            Must(new Operation { Actor = supervisor, CreatePilot = create });
            return;
        }

        Must(new Operation { Actor = sponsor, CreatePilot = create });
        Move(sponsor, id, PilotState.Submitted);
        Move(supervisor, id, PilotState.UnderReview);
        Must(
            new Operation
            {
                Actor = supervisor,
                AddEvidence = new AddEvidence
                {
                    PilotId = id,
                    Kind = EvidenceKind.Assessment,
                    Commitment = Bytes(32, 3),
                    MediaType = "application/pdf",
                },
            }
        );
        Move(supervisor, id, PilotState.PublicNotice);
        TimeMs += 1_000;
        Move(supervisor, id, PilotState.Approved);
        Move(sponsor, id, PilotState.Running);
    }

    /// <summary>The operation that moves a pilot, with what the state asks for.</summary>
    public static Operation MoveOf(string actor, string pilotId, PilotState state) =>
        new()
        {
            Actor = actor,
            MovePilot = new MovePilot
            {
                PilotId = pilotId,
                State = state,
                Reason = PilotReason.AsPlanned,
                EvidenceHash = Bytes(32, 4),
                ObjectionSeconds = state == PilotState.PublicNotice ? 1u : 0,
                Conclusion = state == PilotState.Concluded ? PilotConclusion.Completed : PilotConclusion.Unspecified,
                Order = state is PilotState.Suspended or PilotState.Revoked ? Order() : null,
            },
        };

    /// <summary>An order, in force at once and for ever.</summary>
    public static Order Order() =>
        new()
        {
            Reason = SupervisionReason.Investigation,
            Number = "沪金监〔2026〕12号",
            LegalBasis = "CSL-2016/art.47",
        };

    private void Move(string actor, string pilotId, PilotState state) => Must(MoveOf(actor, pilotId, state));

    private void Must(Operation operation) => Assert.Equal(ReasonCode.Applied, Apply(operation));

    public void Deactivate(string did) =>
        Assert.Equal(
            ReasonCode.Applied,
            Apply(
                new Operation
                {
                    Actor = did,
                    DeactivateDid = new DeactivateDid { Did = did, Previous = Did(did).LastOperation },
                }
            )
        );

    public DidRecord Did(string did) => Find<DidRecord>(RecordKey.Did(did));

    public T Find<T>(RecordKey key)
        where T : class, IMessage => Assert.IsType<T>(Records.Find(key)?.Record);

    /// <summary>Writes a record as no operation of this version could.</summary>
    public void Overwrite(RecordKey key, IMessage record)
    {
        BatchState state = new(Records, TimeMs);
        using (BatchState.Scope scope = state.Open(Head.Size - 1))
        {
            state.Put(key, record);
            scope.Keep();
        }

        Records.Apply(state);
    }

    /// <summary>Completes an operation and signs it with the key that it needs.</summary>
    public SubmittedOperation Sign(Operation operation, params string[] keys)
    {
        operation.Ledger = Origin;
        operation.NotAfter = operation.NotAfter == 0 ? (ulong)TimeMs / 1000 + 60 : operation.NotAfter;
        byte[] nonce = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(nonce, ++_nonce);
        operation.Nonce = ByteString.CopyFrom(nonce);
        if (keys.Length == 0)
        {
            Verb verb = Verb.Of(operation);
            keys =
            [
                verb.IsByRecoveryKey ? RecoveryKey
                : verb.Purpose == KeyPurpose.CapabilityInvocation ? ControlKey
                : AssertKey,
            ];
        }

        List<Signature> signatures =
        [
            .. keys.Select(key => new Signature { VerificationMethod = key, Value = Bytes(64, 1) }),
        ];
        if (operation.Approver.Length != 0)
        {
            signatures.Add(
                new Signature
                {
                    VerificationMethod = AssertKey,
                    Value = Bytes(64, 1),
                    ByApprover = true,
                }
            );
        }

        Judgement judgement = OperationCodec.Decode(
            OperationCodec.Encode(operation),
            signatures,
            Origin,
            out SubmittedOperation? submitted
        );
        Assert.True(judgement.IsOk, judgement.ToString());
        return submitted!;
    }

    /// <summary>Executes one operation.</summary>
    public ReasonCode Apply(Operation operation) => Apply(Sign(operation));

    public ReasonCode Apply(SubmittedOperation submitted)
    {
        Last = submitted;
        AppliedBatch batch = Execute(new ProposedOperation(submitted, VerifiedWith: null));
        AppliedOperation applied = Assert.Single(batch.Operations);
        Assert.True(applied.IsRecorded, applied.Judgement.ToString());
        if (!applied.Judgement.IsOk)
        {
            Assert.InRange((int)applied.Judgement.Reason, 200, 299);
            Assert.All(
                batch.State.Changes,
                change =>
                    Assert.True(change.Key.Kind is RecordKind.Refusal or RecordKind.PilotRefusals, $"{change.Key}")
            );
        }

        Assert.Null(Conservation.FindProblem(Records.Records, Records.Indexes));
        return applied.Judgement.Reason;
    }

    /// <summary>Executes a batch and takes over what it did.</summary>
    public AppliedBatch Execute(params ProposedOperation[] operations)
    {
        AppliedBatch batch = BatchExecutor.Execute(
            Records,
            Records.Map,
            Head,
            new ProposedBatch(TimeMs, operations, Format)
        );
        Records.Apply(batch);
        Head = batch.Head;
        return batch;
    }

    public static DidDocument Document(byte seed) =>
        new()
        {
            VerificationMethods =
            {
                Method(ControlKey, seed, KeyPurpose.CapabilityInvocation),
                Method(AssertKey, seed, KeyPurpose.AssertionMethod),
            },
        };

    /// <summary>A policy with keys of these names, highest rank first, and a delay of ten seconds.</summary>
    public static RecoveryPolicy Policy(byte seed, params string[] names)
    {
        string[] keys = names.Length == 0 ? [RecoveryKey] : names;
        return new() { Keys = { keys.Select((name, i) => Method(name, (byte)(seed + i))) }, DelaySeconds = 10 };
    }

    public static VerificationMethod Method(string fragment, byte seed, params KeyPurpose[] purposes) =>
        new()
        {
            Fragment = fragment,
            Type = KeyType.Ed25519,
            PublicKey = PublicKey(seed),
            Purposes = { purposes },
        };

    /// <summary>A public key of its own for each number.</summary>
    public static ByteString PublicKey(byte number) => ByteString.CopyFrom(TestKeys.Ed25519PublicKey(number));

    public static ByteString Bytes(int count, byte value)
    {
        byte[] bytes = new byte[count];
        Array.Fill(bytes, value);
        return ByteString.CopyFrom(bytes);
    }
}

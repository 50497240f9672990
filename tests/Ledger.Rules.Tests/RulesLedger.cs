using System.Buffers.Binary;
using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Rules;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Tests;

/// <summary>
/// A ledger without a log: one operation is one batch. After every operation it asserts what must always hold: a refused
/// operation wrote nothing, records and indexes agree.
/// </summary>
internal sealed class RulesLedger
{
    public const string Origin = "ledger.test/rules";
    public const string Network = "test";

    /// <summary>Names of the two keys of every document: one changes DIDs, the other signs everything else.</summary>
    public const string ControlKey = "control";
    public const string AssertKey = "assert";

    private ulong _nonce;

    public MemoryRecords Records { get; } = new();

    public long TimeMs { get; set; } = 1_700_000_000_000;

    public long NextIndex { get; private set; }

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
        Assert.Equal(ReasonCode.Applied, Apply(new Operation { CreateDid = new CreateDid { Document = document } }));
        return Last.ActorDid(Network);
    }

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
        BatchState batch = new(Records, TimeMs);
        batch.Put(NextIndex++, key, record);
        Records.Apply(batch);
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
            bool control =
                operation.FoundLedger is not null
                || operation.CreateDid is not null
                || operation.UpdateDid is not null
                || operation.DeactivateDid is not null;
            keys = [control ? ControlKey : AssertKey];
        }

        Signature[] signatures = Array.ConvertAll(
            keys,
            key => new Signature { VerificationMethod = key, Value = Bytes(64, 1) }
        );
        Judgement judgement = OperationCodec.Decode(
            OperationCodec.Encode(operation),
            signatures,
            Origin,
            out SubmittedOperation? submitted
        );
        Assert.True(judgement.IsOk, judgement.ToString());
        return submitted!;
    }

    /// <summary>Admits and applies one operation.</summary>
    public ReasonCode Apply(Operation operation) => Apply(Sign(operation));

    public ReasonCode Apply(SubmittedOperation submitted)
    {
        Last = submitted;
        BatchState batch = new(Records, TimeMs);
        Judgement judgement = StateMachine.FindKeys(batch, submitted, out IReadOnlyList<VerificationMethod> keys);
        Assert.True(judgement.IsOk, judgement.ToString());
        judgement = StateMachine.Admit(batch, submitted, keys, TimeMs);
        Assert.True(judgement.IsOk, judgement.ToString());

        ReasonCode outcome = StateMachine.Apply(batch, submitted, NextIndex++);
        if (outcome != ReasonCode.Applied)
        {
            Assert.InRange((int)outcome, 200, 299);
            Assert.Empty(batch.Records);
            Assert.Empty(batch.Superseded);
            Assert.Empty(batch.IndexChanges);
        }

        Records.Apply(batch);
        Assert.Null(Conservation.FindProblem(Records.Records, Records.Indexes));
        return outcome;
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

    public static VerificationMethod Method(string fragment, byte seed, params KeyPurpose[] purposes) =>
        new()
        {
            Fragment = fragment,
            Type = KeyType.Ed25519,
            PublicKey = Bytes(32, seed),
            Purposes = { purposes },
        };

    public static ByteString Bytes(int count, byte value)
    {
        byte[] bytes = new byte[count];
        Array.Fill(bytes, value);
        return ByteString.CopyFrom(bytes);
    }
}

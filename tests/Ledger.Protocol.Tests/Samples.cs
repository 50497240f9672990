using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Ledger.Client;
using Ledger.Crypto;
using Ledger.V1;

namespace Ledger.Protocol.Tests;

/// <summary>Valid operations of every kind, always the same: keys, nonces and hashes are made of labels.</summary>
internal static class Samples
{
    public const string Origin = "ledger.example/test";
    public const string Network = "test";

    public static readonly string Alice = Did("alice");
    public static readonly string Bob = Did("bob");

    /// <summary>At least one valid operation of every verb; between them they have every optional part.</summary>
    public static IEnumerable<Operation> All() =>
        [
            With(new FoundLedger { Network = Network, Supervisor = Document() }),
            With(
                new FoundLedger
                {
                    Network = Network,
                    Supervisor = FullDocument(),
                    Recovery = Recovery(),
                    DidQuota = Quota(),
                }
            ),
            With(new CreateDid { Document = Document() }),
            With(new CreateDid { Document = FullDocument(), Recovery = Recovery() }),
            With(
                new UpdateDid
                {
                    Did = Alice,
                    Previous = Bytes("previous", 32),
                    Document = FullDocument(),
                }
            ),
            With(new DeactivateDid { Did = Alice, Previous = Bytes("previous", 32) }),
            With(
                new ChangeRecovery
                {
                    Did = Alice,
                    Previous = Bytes("previous", 32),
                    Recovery = Recovery(),
                }
            ),
            With(
                new RecoverDid
                {
                    Did = Alice,
                    Previous = Bytes("previous", 32),
                    Document = FullDocument(),
                    Recovery = Recovery(),
                }
            ),
            With(new CancelRecovery { Did = Alice, Previous = Bytes("previous", 32) }),
            With(new SetDidQuota { Quota = Quota() }),
            With(AdmitParty()),
            With(
                new CreatePilot
                {
                    Id = "pilot-1",
                    Title = "Ein Pilot für 城市",
                    Sponsor = Bob,
                }
            ),
            With(CreateClass()),
            With(
                new Mint
                {
                    ClassId = "class:1",
                    TokenId = "t.1",
                    Owner = Bob,
                    Content = Content(),
                }
            ),
            With(new Mint { ClassId = "class:1", Owner = Bob }),
            With(BatchMint()),
            With(
                new Transfer
                {
                    ClassId = "class:1",
                    TokenId = "t.1",
                    FromDid = Alice,
                    ToDid = Bob,
                }
            ),
            With(new Burn { ClassId = "class:1", TokenId = "t.1" }),
            .. RegistrySamples.Bodies().Select(With),
            Approved(With(RegistrySamples.Bodies().OfType<ForcedTransfer>().Single())),
            With(RegistrySamples.Group()),
        ];

    /// <summary>The operation, with a second party that approves it.</summary>
    public static Operation Approved(Operation operation)
    {
        operation.Approver = Did("deputy");
        return operation;
    }

    public static Secp256k1PrivateKey Secp256k1(string label) => Secp256k1PrivateKey.FromBytes(Hash(label));

    public static Ed25519PrivateKey Ed25519Key(string label) => Ed25519PrivateKey.FromBytes(Hash(label));

    public static byte[] Hash(string label) => SHA256.HashData(Encoding.UTF8.GetBytes(label));

    public static ByteString Bytes(string label, int count) => ByteString.CopyFrom(Hash(label).AsSpan(0, count));

    public static string Did(string label) => DidSyntax.FromOperationId(Network, Hash(label));

    public static Operation With(IMessage body)
    {
        Operation operation = new()
        {
            Ledger = Origin,
            NotAfter = 1_790_000_000,
            Nonce = Bytes("nonce", 16),
        };
        Operation
            .Descriptor.Oneofs[0]
            .Fields.Single(field => field.MessageType == body.Descriptor)
            .Accessor.SetValue(operation, body);
        operation.Actor = Verb.Of(operation).CreatesActor ? "" : Alice;
        return operation;
    }

    public static VerificationMethod Method(string fragment, params KeyPurpose[] purposes)
    {
        using Secp256k1PrivateKey key = Secp256k1(fragment);
        return new VerificationMethod
        {
            Fragment = fragment,
            Type = KeyType.Secp256K1,
            PublicKey = ByteString.CopyFrom(key.PublicKey),
            Purposes = { purposes },
        };
    }

    public static VerificationMethod Ed25519Method(string fragment, params KeyPurpose[] purposes)
    {
        using Ed25519PrivateKey key = Ed25519Key(fragment);
        return new VerificationMethod
        {
            Fragment = fragment,
            Type = KeyType.Ed25519,
            PublicKey = ByteString.CopyFrom(key.PublicKey),
            Purposes = { purposes },
        };
    }

    public static DidDocument Document() =>
        new()
        {
            VerificationMethods = { Method("key-1", KeyPurpose.AssertionMethod, KeyPurpose.CapabilityInvocation) },
        };

    public static DidDocument FullDocument() =>
        new()
        {
            VerificationMethods =
            {
                Method("key-1", KeyPurpose.AssertionMethod, KeyPurpose.CapabilityInvocation),
                Ed25519Method(
                    "key-2",
                    KeyPurpose.Authentication,
                    KeyPurpose.AssertionMethod,
                    KeyPurpose.CapabilityInvocation,
                    KeyPurpose.CapabilityDelegation,
                    KeyPurpose.KeyAgreement
                ),
            },
            Controllers = { Bob, Did("carol") },
            Services =
            {
                new Service
                {
                    Fragment = "home",
                    Type = "LinkedDomains",
                    Endpoint = "https://alice.example/",
                },
                new Service
                {
                    Fragment = "inbox",
                    Type = "Messages",
                    Endpoint = "mailto:inbox@alice.example",
                },
            },
            AlsoKnownAs = { "https://alice.example/me", "urn:example:alice" },
            UpdateThreshold = 2,
            NextKeysCommitment = Bytes("next keys", 32),
        };

    public static RecoveryPolicy Recovery() =>
        new() { Keys = { Method("recovery-1"), Ed25519Method("recovery-2") }, DelaySeconds = 3_600 };

    public static DidQuota Quota() =>
        new()
        {
            PerHour = 10,
            PerDay = 30,
            PerWeek = 100,
        };

    public static AdmitParty AdmitParty() =>
        new()
        {
            Party = Bob,
            Roles = { Role.Issuer, Role.Participant },
            CredentialCommitment = Bytes("commitment", 32),
            AssuranceLevel = AssuranceLevel.High,
            Attestation = RegistrySamples.Attestation(),
        };

    public static CreateClass CreateClass() =>
        new()
        {
            Id = "class:1",
            PilotId = "pilot-1",
            Name = "Certificates",
            Category = ClassCategory.Certificate,
            MaxSupply = 1_000,
            Transferability = Transferability.Free,
            BurnAuthority = BurnAuthority.Both,
            MetadataMutability = MetadataMutability.AppendVersion,
            ReceiverConsent = ReceiverConsent.Required,
            Powers = { ClassPower.Pause, ClassPower.ForcedTransfer },
            PolicyId = "gifts",
        };

    public static TokenContent Content() =>
        new()
        {
            Multihash = ByteString.CopyFrom([0x12, 0x20, .. Hash("content")]),
            MediaType = "image/svg+xml",
            Size = 123_456,
            Uri = "https://content.example/1.svg",
        };

    public static BatchMint BatchMint() =>
        new()
        {
            ClassId = "class:1",
            Owner = Bob,
            Items =
            {
                new MintItem(),
                new MintItem { TokenId = "t.2" },
                new MintItem { TokenId = "t.3", Content = Content() },
            },
        };

    public static Signature Signature(string fragment = "key-1") =>
        new() { VerificationMethod = fragment, Value = ByteString.CopyFrom([.. Hash("r"), .. Hash("s")]) };

    public static SignedOperation Sign(byte[] operation) =>
        new() { Operation = ByteString.CopyFrom(operation), Signatures = { Signature() } };

    public static Judgement Decode(byte[] operation, out SubmittedOperation? decoded) =>
        OperationCodec.Decode(operation, [Signature()], Origin, out decoded);

    public static SubmittedOperation Submit(Operation operation, params Signature[] signatures)
    {
        Judgement judgement = OperationCodec.Decode(
            OperationCodec.Encode(operation),
            signatures.Length == 0 ? [Signature()] : signatures,
            Origin,
            out SubmittedOperation? decoded
        );
        Assert.True(judgement.IsOk, judgement.ToString());
        return decoded!;
    }
}

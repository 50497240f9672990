using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Protocol.Tests;

/// <summary>Every range that proto/ledger/v1 documents of operations: both sides of it, and the field that is named.</summary>
public sealed class OperationFormTests
{
    private const string OtherNetwork = "did:pilot:other:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    // x = 5 is not on the curve: 5^3 + 7 is not a square.
    private static readonly byte[] NotAPoint = [0x02, .. new byte[31], 0x05];

    // x = 5 is on P-256.
    private static readonly byte[] P256Point = [0x02, .. new byte[31], 0x05];

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public void Decode_FieldOutOfItsRange_NamesTheField(int number, string detail)
    {
        (string _, Operation operation) = Refused[number];
        Judgement judgement = Samples.Decode(OperationCodec.Encode(operation), out SubmittedOperation? decoded);
        Assert.Equal(ReasonCode.InvalidField, judgement.Reason);
        Assert.StartsWith(detail, judgement.Detail, StringComparison.Ordinal);
        Assert.Null(decoded);
    }

    [Theory]
    [MemberData(nameof(TakenNumbers))]
    public void Decode_FieldAtTheEdgeOfItsRange_IsTaken(int number)
    {
        Judgement judgement = Samples.Decode(OperationCodec.Encode(Taken[number]), out _);
        Assert.True(judgement.IsOk, judgement.ToString());
    }

    [Fact]
    public void Refused_EveryVerb_HasItsCases() =>
        Assert.All(
            Verb.All,
            verb => Assert.Contains(Refused, r => r.Detail.StartsWith(verb.Name + ".", StringComparison.Ordinal))
        );

    public static TheoryData<int, string> RefusedNames()
    {
        TheoryData<int, string> data = [];
        for (int i = 0; i < Refused.Count; i++)
        {
            data.Add(i, Refused[i].Detail);
        }
        return data;
    }

    public static TheoryData<int> TakenNumbers() => [.. Enumerable.Range(0, Taken.Count)];

    private static readonly List<(string Detail, Operation Operation)> Refused =
    [
        ("not_after: is missing", Any(o => o.NotAfter = 0)),
        ("nonce: must have 16 bytes", Any(o => o.Nonce = ByteString.Empty)),
        ("nonce:", Any(o => o.Nonce = Zeros(15))),
        ("nonce:", Any(o => o.Nonce = Zeros(17))),
        ("actor: must be a DID", Any(o => o.Actor = "")),
        ("actor:", Any(o => o.Actor = "did:web:alice.example")),
        ("actor:", Any(o => o.Actor = Samples.Alice + "#key-1")),
        ("actor:", Any(o => o.Actor = Samples.Alice[..^1] + "b")),
        ("actor: must be empty", Create(_ => { }, o => o.Actor = Samples.Alice)),
        ("actor: must be empty", Found(_ => { }, o => o.Actor = Samples.Alice)),
        ("found_ledger.network:", Found(b => b.Network = "")),
        ("found_ledger.network:", Found(b => b.Network = "Test")),
        ("found_ledger.network:", Found(b => b.Network = "a:b")),
        ("found_ledger.network:", Found(b => b.Network = new string('a', 33))),
        ("found_ledger.supervisor: is missing", Found(b => b.Supervisor = null)),
        ("found_ledger.supervisor.verification_methods:", Found(b => b.Supervisor = new DidDocument())),
        ("create_did.document: is missing", Samples.With(new CreateDid())),
        ("create_did.document.verification_methods: must be 1 to 16", Create(d => d.VerificationMethods.Clear())),
        ("create_did.document.verification_methods: must be 1 to 16", Create(d => AddMethods(d, 16))),
        (
            "create_did.document.verification_methods: none has the purpose CAPABILITY_INVOCATION",
            Create(d => d.VerificationMethods[0].Purposes.Remove(KeyPurpose.CapabilityInvocation))
        ),
        (
            "create_did.document.verification_methods[1].fragment: is that of verification_methods[0]",
            Create(d => d.VerificationMethods.Add(d.VerificationMethods[0].Clone()))
        ),
        ("create_did.document.verification_methods[0].fragment:", Method(m => m.Fragment = "")),
        ("create_did.document.verification_methods[0].fragment:", Method(m => m.Fragment = "#key-1")),
        ("create_did.document.verification_methods[0].fragment:", Method(m => m.Fragment = new string('a', 33))),
        ("create_did.document.verification_methods[0].type:", Method(m => m.Type = KeyType.Unspecified)),
        ("create_did.document.verification_methods[0].type:", Method(m => m.Type = (KeyType)5)),
        ("create_did.document.verification_methods[0].public_key:", Method(m => m.PublicKey = ByteString.Empty)),
        ("create_did.document.verification_methods[0].public_key:", Method(m => m.PublicKey = Zeros(33))),
        (
            "create_did.document.verification_methods[0].public_key:",
            Method(m => m.PublicKey = ByteString.CopyFrom(NotAPoint))
        ),
        (
            "create_did.document.verification_methods[0].public_key:",
            Method(m => m.PublicKey = ByteString.CopyFrom([0x04, .. m.PublicKey.Span[1..]]))
        ),
        (
            "create_did.document.verification_methods[0].public_key:",
            Method(m => m.PublicKey = ByteString.CopyFrom([.. m.PublicKey.Span, 0x00]))
        ),
        (
            "create_did.document.verification_methods[0].public_key: must be a point of Ed25519, canonical in its 32 bytes and not of small order",
            Method(m => m.Type = KeyType.Ed25519)
        ),
        (
            "create_did.document.verification_methods[0].public_key: must be a point of P-256",
            Key(KeyType.P256, [0x02, .. new byte[31], 0x01])
        ),
        (
            "create_did.document.verification_methods[0].public_key: must be a point of P-256",
            Key(KeyType.P256, [.. P256Point, 0x00])
        ),
        ("create_did.document.verification_methods[0].public_key: must be the code", Listed([])),
        ("create_did.document.verification_methods[0].public_key: must be the code", Listed([0xec, 0x01])),
        (
            "create_did.document.verification_methods[0].public_key: must be the code",
            Listed([0xec, 0x81, 0x00, .. new byte[32]])
        ),
        (
            "create_did.document.verification_methods[0].public_key: must be at most 2048 bytes",
            Listed([0xff, 0x7f, .. new byte[2_047]])
        ),
        (
            "create_did.document.verification_methods[0].public_key: this kind of key has a type of its own",
            Listed([0x80, 0x24, .. P256Point])
        ),
        (
            "create_did.document.verification_methods[0].public_key: is of a kind that is secret",
            Listed([0x80, 0x26, .. new byte[32]])
        ),
        (
            "create_did.document.verification_methods[0].public_key: must have 32 bytes after its code",
            Listed([0xec, 0x01, .. new byte[33]])
        ),
        (
            "create_did.document.verification_methods[0].purposes: a MULTIKEY is no update key",
            Key(KeyType.Multikey, [0xec, 0x01, .. new byte[32]])
        ),
        (
            "create_did.document.verification_methods[0].valid_until: must be at most 253402300799",
            Method(m => m.ValidUntil = 253_402_300_800)
        ),
        ("create_did.document.verification_methods[0].purposes: is missing", Method(m => m.Purposes.Clear())),
        (
            "create_did.document.verification_methods[0].purposes: not ascending",
            Purposes(KeyPurpose.CapabilityInvocation, KeyPurpose.AssertionMethod)
        ),
        (
            "create_did.document.verification_methods[0].purposes: not ascending",
            Purposes(KeyPurpose.CapabilityInvocation, KeyPurpose.CapabilityInvocation)
        ),
        (
            "create_did.document.verification_methods[0].purposes[0]:",
            Purposes(KeyPurpose.Unspecified, KeyPurpose.CapabilityInvocation)
        ),
        (
            "create_did.document.verification_methods[0].purposes[1]:",
            Purposes(KeyPurpose.CapabilityInvocation, (KeyPurpose)6)
        ),
        ("create_did.document.controllers: must be at most 8", Create(d => AddControllers(d, 9))),
        ("create_did.document.controllers[0]:", Create(d => d.Controllers.Add(""))),
        ("create_did.document.controllers[0]:", Create(d => d.Controllers.Add("did:key:z6Mk"))),
        (
            "create_did.document.controllers[1]: is controllers[0] again",
            Create(d => d.Controllers.Add([Samples.Bob, Samples.Bob]))
        ),
        ("update_did.document.controllers[0]: must be another DID", Update(b => b.Document.Controllers.Add(b.Did))),
        ("create_did.document.services: must be at most 16", Create(d => AddServices(d, 17))),
        (
            "create_did.document.services[1].fragment: is that of services[0]",
            Create(d => d.Services.Add([Service(_ => { }), Service(_ => { })]))
        ),
        (
            "create_did.document.services[0].fragment: is that of verification_methods[0]",
            Create(d => d.Services.Add(Service(s => s.Fragment = d.VerificationMethods[0].Fragment)))
        ),
        ("create_did.document.services[0].fragment:", Create(d => d.Services.Add(Service(s => s.Fragment = "A")))),
        ("create_did.document.services[0].type:", Create(d => d.Services.Add(Service(s => s.Type = "")))),
        ("create_did.document.services[0].type:", Create(d => d.Services.Add(Service(s => s.Type = "a b")))),
        (
            "create_did.document.services[0].type:",
            Create(d => d.Services.Add(Service(s => s.Type = new string('A', 65))))
        ),
        ("create_did.document.services[0].endpoint:", Create(d => d.Services.Add(Service(s => s.Endpoint = "")))),
        ("create_did.document.services[0].endpoint:", Create(d => d.Services.Add(Service(s => s.Endpoint = "/path")))),
        (
            "create_did.document.services[0].endpoint:",
            Create(d => d.Services.Add(Service(s => s.Endpoint = "https:" + new string('a', 507))))
        ),
        ("create_did.document.also_known_as: must be at most 8", Create(d => AddAliases(d, 9))),
        ("create_did.document.also_known_as[0]:", Create(d => d.AlsoKnownAs.Add("alice"))),
        ("create_did.document.also_known_as[0]:", Create(d => d.AlsoKnownAs.Add("urn:" + new string('a', 253)))),
        (
            "create_did.document.also_known_as[2]: is also_known_as[0] again",
            Create(d => d.AlsoKnownAs.Add(["urn:a", "urn:b", "urn:a"]))
        ),
        ("update_did.did:", Update(b => b.Did = "")),
        ("update_did.previous: must have 32 bytes", Update(b => b.Previous = ByteString.Empty)),
        ("update_did.previous:", Update(b => b.Previous = Zeros(33))),
        ("update_did.document: is missing", Update(b => b.Document = null)),
        ("update_did.document.verification_methods:", Update(b => b.Document.VerificationMethods.Clear())),
        ("deactivate_did.did:", Samples.With(new DeactivateDid { Previous = Zeros(32) })),
        ("deactivate_did.previous:", Samples.With(new DeactivateDid { Did = Samples.Alice, Previous = Zeros(31) })),
        ("create_did.document.update_threshold:", Create(d => d.UpdateThreshold = 2)),
        ("create_did.document.update_threshold:", Create(d => d.UpdateThreshold = uint.MaxValue)),
        (
            "create_did.document.update_threshold:", // one key under two names is one
            Create(d =>
            {
                VerificationMethod twin = d.VerificationMethods[0].Clone();
                twin.Fragment = "twin";
                d.VerificationMethods.Add(twin);
                d.UpdateThreshold = 2;
            })
        ),
        ("create_did.document.next_keys_commitment:", Create(d => d.NextKeysCommitment = Zeros(31))),
        ("create_did.document.next_keys_commitment:", Create(d => d.NextKeysCommitment = Zeros(33))),
        ("create_did.recovery.keys[0].fragment:", Create(_ => { }, o => Recovery(o, r => r.Keys[0].Fragment = ""))),
        ("found_ledger.recovery.delay_seconds:", Found(b => b.Recovery = new() { DelaySeconds = 7_776_001 })),
        ("found_ledger.did_quota.per_hour:", Found(b => b.DidQuota = new() { PerHour = 1_001 })),
        ("change_recovery.did:", ChangeRecovery(b => b.Did = "")),
        ("change_recovery.previous:", ChangeRecovery(b => b.Previous = Zeros(31))),
        ("change_recovery.recovery.delay_seconds:", ChangeRecovery(b => b.Recovery.DelaySeconds = 7_776_001)),
        ("change_recovery.recovery.keys: must be at most 8", ChangeRecovery(b => AddRecoveryKeys(b.Recovery, 7))),
        ("change_recovery.recovery.keys[1].fragment: is that of keys[0]", RecoveryKey(k => k.Fragment = "recovery-1")),
        (
            "change_recovery.recovery.keys[1].public_key: is that of keys[0]",
            ChangeRecovery(b =>
            {
                b.Recovery.Keys[1] = b.Recovery.Keys[0].Clone();
                b.Recovery.Keys[1].Fragment = "twin";
            })
        ),
        ("change_recovery.recovery.keys[1].type:", RecoveryKey(k => k.Type = KeyType.Unspecified)),
        ("change_recovery.recovery.keys[1].type:", RecoveryKey(k => k.Type = KeyType.Multikey)),
        ("change_recovery.recovery.keys[1].public_key:", RecoveryKey(k => k.PublicKey = Zeros(32))),
        ("change_recovery.recovery.keys[1].purposes:", RecoveryKey(k => k.Purposes.Add(KeyPurpose.Authentication))),
        ("change_recovery.recovery.keys[1].valid_until:", RecoveryKey(k => k.ValidUntil = 1)),
        ("recover_did.did:", Recover(b => b.Did = "")),
        ("recover_did.did: must be the DID that acts", Recover(b => b.Did = Samples.Did("dave"))),
        ("recover_did.previous:", Recover(b => b.Previous = ByteString.Empty)),
        (
            "recover_did.document: is missing, and recovery too",
            Recover(b =>
            {
                b.Document = null;
                b.Recovery = null;
            })
        ),
        ("recover_did.document.verification_methods:", Recover(b => b.Document = new DidDocument())),
        ("recover_did.document.controllers[0]: must be another DID", Recover(b => b.Document.Controllers[0] = b.Did)),
        ("recover_did.recovery.keys[0].type:", Recover(b => b.Recovery.Keys[0].Type = KeyType.Unspecified)),
        ("cancel_recovery.did: must be the DID that acts", CancelRecovery(b => b.Did = Samples.Bob)),
        ("cancel_recovery.previous:", CancelRecovery(b => b.Previous = Zeros(31))),
        ("set_did_quota.quota: is missing", Samples.With(new SetDidQuota())),
        ("set_did_quota.quota.per_hour:", Quota(q => q.PerHour = 1_001)),
        ("set_did_quota.quota.per_day:", Quota(q => q.PerDay = 1_001)),
        ("set_did_quota.quota.per_week:", Quota(q => q.PerWeek = uint.MaxValue)),
        ("admit_party.party:", Admit(b => b.Party = "bob")),
        ("admit_party.roles: is missing", Admit(b => b.Roles.Clear())),
        ("admit_party.roles: not ascending", Admit(b => b.Roles.Add(Role.Participant))),
        ("admit_party.roles[2]:", Admit(b => b.Roles.Add((Role)11))),
        ("admit_party.roles[0]:", Admit(b => b.Roles.Insert(0, Role.Unspecified))),
        ("admit_party.credential_commitment:", Admit(b => b.CredentialCommitment = Zeros(31))),
        ("admit_party.credential_commitment:", Admit(b => b.CredentialCommitment = ByteString.Empty)),
        ("admit_party.assurance_level:", Admit(b => b.AssuranceLevel = AssuranceLevel.Unspecified)),
        ("admit_party.assurance_level:", Admit(b => b.AssuranceLevel = (AssuranceLevel)4)),
        ("create_pilot.id:", Pilot(b => b.Id = "")),
        ("create_pilot.id:", Pilot(b => b.Id = "Pilot")),
        ("create_pilot.id:", Pilot(b => b.Id = "a/b")),
        ("create_pilot.id:", Pilot(b => b.Id = new string('a', 65))),
        ("create_pilot.title:", Pilot(b => b.Title = "")),
        ("create_pilot.title:", Pilot(b => b.Title = "two\nlines")),
        ("create_pilot.title:", Pilot(b => b.Title = "tab\tbed")),
        ("create_pilot.title:", Pilot(b => b.Title = "nul\0")),
        ("create_pilot.title:", Pilot(b => b.Title = "del\u007f")),
        ("create_pilot.title:", Pilot(b => b.Title = "next\u0085line")),
        ("create_pilot.title:", Pilot(b => b.Title = new string('a', 257))),
        ("create_pilot.title:", Pilot(b => b.Title = new string('é', 129))),
        ("create_pilot.sponsor:", Pilot(b => b.Sponsor = "")),
        ("create_class.id:", Class(b => b.Id = "")),
        ("create_class.pilot_id:", Class(b => b.PilotId = "a b")),
        ("create_class.name:", Class(b => b.Name = "")),
        ("create_class.category:", Class(b => b.Category = ClassCategory.Unspecified)),
        ("create_class.category:", Class(b => b.Category = (ClassCategory)10)),
        ("create_class.max_supply:", Class(b => b.MaxSupply = 0)),
        ("create_class.max_supply:", Class(b => b.MaxSupply = 1_000_000_000_001)),
        ("create_class.max_supply:", Class(b => b.MaxSupply = ulong.MaxValue)),
        ("create_class.transferability:", Class(b => b.Transferability = Transferability.Unspecified)),
        ("create_class.transferability:", Class(b => b.Transferability = (Transferability)4)),
        ("create_class.burn_authority:", Class(b => b.BurnAuthority = BurnAuthority.Unspecified)),
        ("create_class.burn_authority:", Class(b => b.BurnAuthority = (BurnAuthority)5)),
        ("mint.class_id:", Mint(b => b.ClassId = "")),
        ("mint.token_id:", Mint(b => b.TokenId = "A")),
        ("mint.token_id:", Mint(b => b.TokenId = new string('a', 129))),
        ("mint.owner:", Mint(b => b.Owner = "")),
        ("mint.content.multihash:", Mint(b => b.Content = new TokenContent())),
        ("mint.content.multihash:", Content(c => c.Multihash = ByteString.Empty)),
        ("mint.content.multihash:", Content(c => c.Multihash = ByteString.CopyFrom(c.Multihash.Span[..33]))),
        ("mint.content.multihash:", Content(c => c.Multihash = ByteString.CopyFrom([0x13, 0x20, .. new byte[32]]))),
        ("mint.content.multihash:", Content(c => c.Multihash = ByteString.CopyFrom([0x12, 0x1f, .. new byte[32]]))),
        ("mint.content.multihash:", Content(c => c.Multihash = ByteString.CopyFrom([.. c.Multihash.Span, 0]))),
        ("mint.content.media_type:", Content(c => c.MediaType = "")),
        ("mint.content.media_type:", Content(c => c.MediaType = "image")),
        ("mint.content.media_type:", Content(c => c.MediaType = "image/")),
        ("mint.content.media_type:", Content(c => c.MediaType = "/png")),
        ("mint.content.media_type:", Content(c => c.MediaType = "image/PNG")),
        ("mint.content.media_type:", Content(c => c.MediaType = "image/png/x")),
        ("mint.content.media_type:", Content(c => c.MediaType = "text/plain; charset=utf-8")),
        ("mint.content.media_type:", Content(c => c.MediaType = "a/" + new string('b', 126))),
        ("mint.content.uri:", Content(c => c.Uri = "no scheme")),
        ("mint.content.uri:", Content(c => c.Uri = "urn:" + new string('a', 509))),
        ("batch_mint.class_id:", Batch(b => b.ClassId = "")),
        ("batch_mint.owner:", Batch(b => b.Owner = "")),
        ("batch_mint.items: must be 1 to 1000", Batch(b => b.Items.Clear())),
        ("batch_mint.items: must be 1 to 1000", Batch(b => AddItems(b, 1_001))),
        ("batch_mint.items[1].token_id:", Batch(b => b.Items[1].TokenId = " ")),
        ("batch_mint.items[2].content.media_type:", Batch(b => b.Items[2].Content.MediaType = "x")),
        ("transfer.class_id:", Transfer(b => b.ClassId = "")),
        ("transfer.token_id:", Transfer(b => b.TokenId = "")),
        ("transfer.from_did:", Transfer(b => b.FromDid = "")),
        ("transfer.to_did:", Transfer(b => b.ToDid = "")),
        ("burn.class_id:", Samples.With(new Burn { TokenId = "t" })),
        ("burn.token_id:", Samples.With(new Burn { ClassId = "c" })),
        .. RegistryFormCases.Refused,
    ];

    private static readonly List<Operation> Taken =
    [
        Any(o => o.NotAfter = 1),
        Any(o => o.NotAfter = ulong.MaxValue), // too far, says the rule that knows the time
        Any(o => o.Nonce = Zeros(16)),
        Any(o => o.Actor = OtherNetwork), // unknown, says the rule that knows the network
        Found(b => b.Network = "a"),
        Found(b => b.Network = new string('-', 32)),
        Create(d => AddMethods(d, 15)),
        Create(d => AddControllers(d, 8)),
        Create(d => AddServices(d, 16)),
        Create(d => AddAliases(d, 8)),
        Create(d => d.Services.Add(Service(s => s.Endpoint = "https:" + new string('a', 506)))),
        Create(d => d.AlsoKnownAs.Add("urn:" + new string('a', 252))),
        Method(m => m.Fragment = new string('a', 32)),
        Purposes(KeyPurpose.CapabilityInvocation),
        Key(KeyType.P256, P256Point),
        Listed([0xec, 0x01, .. new byte[32]]),
        Listed([0xff, 0x7f, 0x00]), // nobody's code: any bytes are its key, and one is enough
        Listed([0xff, 0x7f, .. new byte[2_046]]),
        Method(m => m.ValidUntil = 253_402_300_799),
        Update(b => b.Did = Samples.Bob), // somebody else's: a controller may
        Create(d => d.UpdateThreshold = 1),
        Create(d => d.NextKeysCommitment = Zeros(32)),
        Found(b => b.DidQuota = new DidQuota()),
        ChangeRecovery(b => b.Did = Samples.Bob), // somebody else's: a controller may
        ChangeRecovery(b => b.Recovery = null),
        ChangeRecovery(b => b.Recovery = new RecoveryPolicy()),
        ChangeRecovery(b => b.Recovery.DelaySeconds = 1),
        ChangeRecovery(b => b.Recovery.DelaySeconds = 7_776_000),
        ChangeRecovery(b => AddRecoveryKeys(b.Recovery, 6)),
        RecoveryKey(k => k.Fragment = "key-1"), // the document's keys have names of their own
        Recover(b => b.Document = null),
        Recover(b => b.Recovery = null),
        CancelRecovery(_ => { }),
        Quota(q => q.PerHour = 0),
        Quota(q => q.PerWeek = 1_000),
        Admit(b => b.Roles.Add(Role.Relayer)),
        Admit(b => b.AssuranceLevel = AssuranceLevel.Low),
        Pilot(b => b.Id = new string('z', 64)),
        Pilot(b => b.Title = new string('é', 128)),
        Pilot(b => b.Title = "🙂 \ufffd"),
        Class(b => b.MaxSupply = 1),
        Class(b => b.MaxSupply = 1_000_000_000_000),
        Class(b => b.Category = ClassCategory.Other),
        Mint(b => b.TokenId = new string('a', 128)),
        Mint(b => b.TokenId = ""),
        Mint(b => b.Content = null),
        Content(c => c.Size = 0),
        Content(c => c.Size = ulong.MaxValue),
        Content(c => c.Uri = ""),
        Content(c => c.MediaType = "a/" + new string('b', 125)),
        Content(c => c.MediaType = "application/vnd.x_y-z+json"),
        Batch(b => AddItems(b, 1_000)),
        Batch(b => b.Items[1].TokenId = b.Items[2].TokenId), // named twice, says the rule
        Transfer(b => b.ToDid = b.FromDid),
        .. RegistryFormCases.Taken,
    ];

    private static Operation Any(Action<Operation> change) =>
        Change(Samples.With(new Burn { ClassId = "c", TokenId = "t" }), change);

    private static Operation Found(Action<FoundLedger> change, Action<Operation>? around = null) =>
        Change(
            Samples.With(new FoundLedger { Network = "test", Supervisor = Samples.Document() }),
            o =>
            {
                change(o.FoundLedger);
                around?.Invoke(o);
            }
        );

    private static Operation Create(Action<DidDocument> change, Action<Operation>? around = null) =>
        Change(
            Samples.With(new CreateDid { Document = Samples.Document() }),
            o =>
            {
                change(o.CreateDid.Document);
                around?.Invoke(o);
            }
        );

    private static Operation Method(Action<VerificationMethod> change) => Create(d => change(d.VerificationMethods[0]));

    private static Operation Key(KeyType type, byte[] publicKey) =>
        Method(m =>
        {
            m.Type = type;
            m.PublicKey = ByteString.CopyFrom(publicKey);
        });

    // A MULTIKEY before the key that signs, as documents list it.
    private static Operation Listed(byte[] publicKey) =>
        Create(d =>
            d.VerificationMethods.Insert(
                0,
                new VerificationMethod
                {
                    Fragment = "listed",
                    Type = KeyType.Multikey,
                    PublicKey = ByteString.CopyFrom(publicKey),
                    Purposes = { KeyPurpose.Authentication, KeyPurpose.KeyAgreement },
                }
            )
        );

    private static Operation Purposes(params KeyPurpose[] purposes) =>
        Method(m =>
        {
            m.Purposes.Clear();
            m.Purposes.Add(purposes);
        });

    private static Operation Update(Action<UpdateDid> change) =>
        Change(
            Samples.With(
                new UpdateDid
                {
                    Did = Samples.Alice,
                    Previous = Zeros(32),
                    Document = Samples.Document(),
                }
            ),
            o => change(o.UpdateDid)
        );

    private static Operation Last(Operation.BodyOneofCase verb) => Samples.All().Last(o => o.BodyCase == verb);

    private static Operation ChangeRecovery(Action<ChangeRecovery> change) =>
        Change(Last(Operation.BodyOneofCase.ChangeRecovery), o => change(o.ChangeRecovery));

    private static Operation RecoveryKey(Action<VerificationMethod> change) =>
        ChangeRecovery(b => change(b.Recovery.Keys[1]));

    private static Operation Recover(Action<RecoverDid> change) =>
        Change(Last(Operation.BodyOneofCase.RecoverDid), o => change(o.RecoverDid));

    private static Operation CancelRecovery(Action<CancelRecovery> change) =>
        Change(Last(Operation.BodyOneofCase.CancelRecovery), o => change(o.CancelRecovery));

    private static Operation Quota(Action<DidQuota> change) =>
        Change(Last(Operation.BodyOneofCase.SetDidQuota), o => change(o.SetDidQuota.Quota));

    private static void Recovery(Operation create, Action<RecoveryPolicy> change)
    {
        create.CreateDid.Recovery = Samples.Recovery();
        change(create.CreateDid.Recovery);
    }

    private static Operation Admit(Action<AdmitParty> change) =>
        Change(Samples.With(Samples.AdmitParty()), o => change(o.AdmitParty));

    private static Operation Pilot(Action<CreatePilot> change) =>
        Change(
            Samples.With(
                new CreatePilot
                {
                    Id = "p",
                    Title = "P",
                    Sponsor = Samples.Bob,
                }
            ),
            o => change(o.CreatePilot)
        );

    private static Operation Class(Action<CreateClass> change) =>
        Change(Samples.With(Samples.CreateClass()), o => change(o.CreateClass));

    private static Operation Mint(Action<Mint> change) =>
        Change(
            Samples.With(
                new Mint
                {
                    ClassId = "c",
                    TokenId = "t",
                    Owner = Samples.Bob,
                }
            ),
            o => change(o.Mint)
        );

    private static Operation Content(Action<TokenContent> change) => Mint(b => change(b.Content = Samples.Content()));

    private static Operation Batch(Action<BatchMint> change) =>
        Change(Samples.With(Samples.BatchMint()), o => change(o.BatchMint));

    private static Operation Transfer(Action<Transfer> change) =>
        Change(
            Samples.With(
                new Transfer
                {
                    ClassId = "c",
                    TokenId = "t",
                    FromDid = Samples.Alice,
                    ToDid = Samples.Bob,
                }
            ),
            o => change(o.Transfer)
        );

    private static Operation Change(Operation operation, Action<Operation> change)
    {
        change(operation);
        return operation;
    }

    private static Service Service(Action<Service> change)
    {
        Service service = new()
        {
            Fragment = "home",
            Type = "LinkedDomains",
            Endpoint = "https://a.example/",
        };
        change(service);
        return service;
    }

    private static void AddMethods(DidDocument document, int count)
    {
        for (int i = 0; i < count; i++)
        {
            document.VerificationMethods.Add(Samples.Method($"more-{i}", KeyPurpose.Authentication));
        }
    }

    private static void AddRecoveryKeys(RecoveryPolicy policy, int count)
    {
        for (int i = 0; i < count; i++)
        {
            policy.Keys.Add(Samples.Method($"more-{i}"));
        }
    }

    private static void AddControllers(DidDocument document, int count)
    {
        for (int i = 0; i < count; i++)
        {
            document.Controllers.Add(Samples.Did($"controller {i}"));
        }
    }

    private static void AddServices(DidDocument document, int count)
    {
        for (int i = 0; i < count; i++)
        {
            document.Services.Add(Service(s => s.Fragment = $"service-{i}"));
        }
    }

    private static void AddAliases(DidDocument document, int count)
    {
        for (int i = 0; i < count; i++)
        {
            document.AlsoKnownAs.Add($"urn:example:{i}");
        }
    }

    private static void AddItems(BatchMint batch, int count)
    {
        batch.Items.Clear();
        for (int i = 0; i < count; i++)
        {
            batch.Items.Add(new MintItem());
        }
    }

    private static ByteString Zeros(int count) => ByteString.CopyFrom(new byte[count]);
}

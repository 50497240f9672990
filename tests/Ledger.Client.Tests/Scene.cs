using System.Security.Cryptography;
using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Client.Tests;

/// <summary>The scene of <see cref="Testing.Scene"/> on a node, as its client sees it: where most tests begin.</summary>
public sealed class Scene : IAsyncLifetime
{
    public const string Network = Testing.Scene.Network;
    public const string Pilot = Testing.Scene.Pilot;
    public const string Class = Testing.Scene.Class;

    private readonly List<SigningKey> _keys = [];

    public HonestNode Node { get; private set; } = null!;

    public LedgerClient Client { get; private set; } = null!;

    public Actor Supervisor { get; private set; } = null!;

    public Actor Issuer { get; private set; } = null!;

    public Actor Alice { get; private set; } = null!;

    /// <summary>His key is one of Ed25519.</summary>
    public Actor Bob { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Node = await HonestNode.StartAsync();
        Client = Node.Connect();
        Testing.Scene scene = await Testing.Scene.SetAsync(Node.Ledger, TimeProvider.System);
        Supervisor = ActorOf(scene.Supervisor);
        Issuer = ActorOf(scene.Issuer);
        Alice = ActorOf(scene.Alice);
        Bob = ActorOf(scene.Bob);
    }

    public static CreateClass NewClass(string id) =>
        new()
        {
            Id = id,
            PilotId = Pilot,
            Name = "Tickets",
            Category = ClassCategory.Cultural,
            MaxSupply = 1_000_000,
            Transferability = Transferability.Free,
            BurnAuthority = BurnAuthority.Both,
        };

    public Mint NewMint(string tokenId, Actor owner, string classId = Class) =>
        new()
        {
            ClassId = classId,
            TokenId = tokenId,
            Owner = owner.Did,
            Content = NewContent(tokenId),
        };

    public static TokenContent NewContent(string of) =>
        new()
        {
            Multihash = ByteString.CopyFrom([0x12, 0x20, .. SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(of))]),
            MediaType = "image/png",
            Size = 4_096,
        };

    public SigningKey NewKey(KeyType type = KeyType.Secp256K1, string fragment = SigningKey.DefaultFragment)
    {
        SigningKey key = SigningKey.Generate(type, fragment);
        lock (_keys)
        {
            _keys.Add(key);
        }
        return key;
    }

    public async Task<Actor> CreateAsync(KeyType type = KeyType.Secp256K1)
    {
        SigningKey key = NewKey(type);
        CreatedDid created = await Client.CreateDidAsync(key.ToDocument(), [key]);
        return new Actor(created.Did, key);
    }

    public async Task<Actor> AdmitAsync(Role role, KeyType type = KeyType.Secp256K1)
    {
        Actor actor = await CreateAsync(type);
        await Client.AdmitPartyAsync(Supervisor, NewAdmission(actor.Did, role));
        return actor;
    }

    public static AdmitParty NewAdmission(string did, Role role) =>
        new()
        {
            Party = did,
            Roles = { role },
            CredentialCommitment = ByteString.CopyFrom(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(did))),
            AssuranceLevel = AssuranceLevel.Substantial,
        };

    private Actor ActorOf(Signer signer)
    {
        _keys.Add(signer.Key);
        return new Actor(signer.Did, signer.Key);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Node.DisposeAsync();
        _keys.ForEach(static key => key.Dispose());
    }
}

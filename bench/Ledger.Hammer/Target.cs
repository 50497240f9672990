using Grpc.Net.Client;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Hammer;

/// <summary>
/// The node that is loaded: bare connections for the load, and a client that verifies everything for what comes before and after.
/// </summary>
internal sealed class Target : IAsyncDisposable
{
    // Prepared operations wait for the warm-up and for their turn.
    private static readonly TimeSpan NotAfter = TimeSpan.FromHours(24);

    private readonly GrpcChannel[] _channels;
    private readonly SigningKey _key;

    private Target(LedgerClient client, GrpcChannel[] channels, SigningKey key, Actor? supervisor, string network)
    {
        Client = client;
        Signer = new OperationSigner(client.Origin, NotAfter);
        _channels = channels;
        _key = key;
        Supervisor = supervisor;
        Network = network;
        Registries = [.. channels.Select(channel => new RegistryService.RegistryServiceClient(channel))];
        Dids = [.. channels.Select(channel => new DidService.DidServiceClient(channel))];
        Tokens = [.. channels.Select(channel => new TokenService.TokenServiceClient(channel))];
    }

    /// <summary>Verifies everything.</summary>
    public LedgerClient Client { get; }

    /// <summary>Signs for this ledger.</summary>
    public OperationSigner Signer { get; }

    /// <summary>Can admit parties and open pilots; null when the ledger's supervisor is somebody else.</summary>
    public Actor? Supervisor { get; }

    /// <summary>The ledger's network.</summary>
    public string Network { get; }

    /// <summary>One a connection.</summary>
    public IReadOnlyList<RegistryService.RegistryServiceClient> Registries { get; }

    /// <summary>One a connection.</summary>
    public IReadOnlyList<DidService.DidServiceClient> Dids { get; }

    /// <summary>One a connection.</summary>
    public IReadOnlyList<TokenService.TokenServiceClient> Tokens { get; }

    /// <summary>Connects, and founds the ledger if nobody has.</summary>
    public static async Task<Target> ConnectAsync(HammerOptions options, Uri address, VerifierKey? logKey)
    {
        LedgerClientOptions connection = new()
        {
            Address = address,
            LogKey = logKey,
            TrustOnFirstUse = logKey is null,
        };
        LedgerClient client = await LedgerClient.ConnectAsync(connection);
        SigningKey key = options.Supervisor is { } file ? KeyFile.Load(file) : SigningKey.Generate();
        Actor? supervisor = options.Supervisor is { } named
            ? new Actor(KeyFile.Read(named).Did ?? throw new ArgumentException($"{named} names no DID."), key)
            : null;
        try
        {
            CreatedDid founded = await client.FoundLedgerAsync(
                "hammer",
                key.ToDocument(),
                [key],
                didQuota: new DidQuota() // no limit
            );
            supervisor = new Actor(founded.Did, key);
        }
        catch (RefusedException e) when (e.Reason == ReasonCode.AlreadyFounded) { }
        string network = (await client.GetLedgerAsync()).Network;
        GrpcChannel[] channels =
        [
            .. Enumerable.Range(0, options.Connections).Select(_ => NodeChannel.Open(connection)),
        ];
        return new Target(client, channels, key, supervisor, network);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        Array.ForEach(_channels, static channel => channel.Dispose());
        _key.Dispose();
    }
}

using System.Net;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1;
using Ledger.Audit;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Rules.Audit;
using Ledger.V1;

namespace Ledger.Node.Tests;

/// <summary>
/// A real node on a free port of loopback over a real store in a temporary folder, and raw stubs of every service. The folder
/// goes with it.
/// </summary>
internal sealed class TestNode : IAsyncDisposable
{
    public const string Origin = "ledger.test/node";
    public const string Network = "test";

    private readonly TemporaryFolder _folder;
    private readonly Ed25519PrivateKey _logKey;

    private TestNode(TemporaryFolder folder, Ed25519PrivateKey logKey, LedgerNode node, TimeProvider time)
    {
        Time = time;
        _folder = folder;
        _logKey = logKey;
        Node = node;
        Channel = OpenChannel();
    }

    public LedgerNode Node { get; }

    /// <summary>Where batches get their time from.</summary>
    public TimeProvider Time { get; }

    public GrpcChannel Channel { get; }

    public string Folder => _folder.Path;

    public VerifierKey LogKey => VerifierKey.ForEd25519(Origin, _logKey.PublicKey);

    /// <summary>Entries in the log.</summary>
    public long Size => Node.Ledger.Head.Size;

    public RegistryService.RegistryServiceClient Registry => new(Channel);

    public DidService.DidServiceClient Dids => new(Channel);

    public TokenService.TokenServiceClient Tokens => new(Channel);

    public PilotService.PilotServiceClient Pilots => new(Channel);

    public PolicyService.PolicyServiceClient Policies => new(Channel);

    public SupervisionService.SupervisionServiceClient Supervision => new(Channel);

    public EventService.EventServiceClient Events => new(Channel);

    public LogService.LogServiceClient Log => new(Channel);

    public Health.HealthClient Health => new(Channel);

    public ServerReflection.ServerReflectionClient Reflection => new(Channel);

    /// <summary>Starts a node with an empty ledger.</summary>
    /// <param name="change">What is not as always in the node.</param>
    /// <param name="changeLedger">What is not as always in its ledger.</param>
    public static async Task<TestNode> StartAsync(
        Func<NodeOptions, NodeOptions>? change = null,
        Func<LedgerOptions, LedgerOptions>? changeLedger = null
    )
    {
        TemporaryFolder folder = new();
        Ed25519PrivateKey logKey = Ed25519PrivateKey.Generate();
        try
        {
            NodeOptions options = Options(folder.Path, logKey) with { Time = new ForwardTime() };
            TimeProvider time = options.Time;
            LedgerNode node = await LedgerNode.StartAsync(
                change?.Invoke(options) ?? options,
                ledger =>
                {
                    LedgerOptions changed = changeLedger?.Invoke(ledger) ?? ledger;
                    time = changed.Time;
                    return changed;
                },
                TestContext.Current.CancellationToken
            );
            return new TestNode(folder, logKey, node, time);
        }
        catch
        {
            logKey.Dispose();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Options of a node on loopback.</summary>
    public static NodeOptions Options(string folder, Ed25519PrivateKey logKey) =>
        new()
        {
            Directory = folder,
            Origin = Origin,
            SigningKey = logKey,
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
        };

    /// <summary>A connection of its own.</summary>
    public GrpcChannel OpenChannel(GrpcChannelOptions? options = null) =>
        GrpcChannel.ForAddress(Node.Address, options ?? new GrpcChannelOptions { MaxReceiveMessageSize = null });

    /// <summary>Checks every row of what a stopped node left.</summary>
    public IReadOnlyList<Finding> Check() =>
        StoreCheck.Run(Folder, LogKey, null, TestContext.Current.CancellationToken);

    /// <summary>Opens what a stopped node left.</summary>
    public EmbeddedLedger Reopen() =>
        EmbeddedLedger.Open(
            new LedgerOptions
            {
                Directory = Folder,
                Origin = Origin,
                SigningKey = _logKey,
            }
        );

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Node.DisposeAsync();
        _logKey.Dispose();
        _folder.Dispose();
    }
}

using System.Net;
using Ledger.Crypto;
using Ledger.Node;
using Ledger.Protocol;

namespace Ledger.Client.Tests;

/// <summary>A real node on a real store, in a directory of its own and on a port of its own.</summary>
public sealed class HonestNode : IAsyncDisposable
{
    public const string Origin = "ledger.example/test";

    private readonly TemporaryFolder _directory;
    private readonly LedgerNode _node;

    private HonestNode(TemporaryFolder directory, Ed25519PrivateKey key, LedgerNode node)
    {
        _directory = directory;
        SigningKey = key;
        _node = node;
    }

    public Uri Address => _node.Address;

    public Uri HttpAddress => _node.HttpAddress!;

    /// <summary>The log's own key, with which a test can sign what the log never would.</summary>
    public Ed25519PrivateKey SigningKey { get; }

    public VerifierKey LogKey => VerifierKey.ForEd25519(Origin, SigningKey.PublicKey);

    public EmbeddedLedger Ledger => _node.Ledger;

    public long Size => Ledger.Head.Size;

    public static async Task<HonestNode> StartAsync(Func<NodeOptions, NodeOptions>? change = null)
    {
        TemporaryFolder directory = new();
        Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        NodeOptions options = new()
        {
            Directory = directory["ledger"],
            Origin = Origin,
            SigningKey = key,
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Http = new IPEndPoint(IPAddress.Loopback, 0),
        };
        return new HonestNode(directory, key, await LedgerNode.StartAsync(change?.Invoke(options) ?? options));
    }

    public LedgerClient Connect(Uri? address = null, Func<LedgerClientOptions, LedgerClientOptions>? change = null)
    {
        LedgerClientOptions options = new() { Address = address ?? Address, LogKey = LogKey };
        return new LedgerClient(change?.Invoke(options) ?? options);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        SigningKey.Dispose();
        _directory.Dispose();
    }
}

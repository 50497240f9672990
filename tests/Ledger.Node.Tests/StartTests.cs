using System.Net;
using System.Net.Sockets;

namespace Ledger.Node.Tests;

/// <summary>Nodes that cannot start say in one line what is in the way.</summary>
public class StartTests
{
    [Fact]
    public async Task StartAsync_AddressInUse_SaysSo()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        IPEndPoint endPoint = (IPEndPoint)taken.LocalEndpoint;

        IOException e = await Assert.ThrowsAsync<IOException>(() =>
            TestNode.StartAsync(options => options with { Listen = endPoint })
        );

        Assert.Contains($"{endPoint} is in use", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    // 192.0.2.0/24 is for documentation (RFC 5737): no machine has it.
    [Fact]
    public async Task StartAsync_AddressOfAnotherMachine_IsAMatterOfConfiguration()
    {
        IPEndPoint foreign = new(IPAddress.Parse("192.0.2.1"), 0);

        NodeConfigurationException e = await Assert.ThrowsAsync<NodeConfigurationException>(() =>
            TestNode.StartAsync(options => options with { Listen = foreign, Insecure = true })
        );

        Assert.Contains("192.0.2.1 is no address of this machine", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_AfterAFailedStart_FindsTheStoreClosed()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        using TemporaryFolder folder = new();
        using Crypto.Ed25519PrivateKey key = Crypto.Ed25519PrivateKey.Generate();
        NodeOptions options = TestNode.Options(folder.Path, key);
        NodeOptions inUse = options with { Listen = (IPEndPoint)taken.LocalEndpoint };
        await Assert.ThrowsAsync<IOException>(() => LedgerNode.StartAsync(inUse));

        await using LedgerNode node = await LedgerNode.StartAsync(options);

        Assert.Equal(0, node.Ledger.Head.Size);
    }

    [Fact]
    public async Task StartAsync_GivenUp_ClosesTheStore()
    {
        using CancellationTokenSource given = new();
        await given.CancelAsync();
        using TemporaryFolder folder = new();
        using Crypto.Ed25519PrivateKey key = Crypto.Ed25519PrivateKey.Generate();
        NodeOptions options = TestNode.Options(folder.Path, key);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LedgerNode.StartAsync(options, given.Token));

        // What was being opened when it was given up is closed as soon as it is open.
        LedgerNode? node = null;
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        while (node is null)
        {
            try
            {
                node = await LedgerNode.StartAsync(options, CancellationToken.None);
            }
            catch (Store.StoreException) when (!patience.IsCancellationRequested)
            {
                await Task.Delay(10);
            }
        }

        await node.DisposeAsync();
    }

    [Fact]
    public async Task EndPoint_OfEveryAddress_IsWhereItListens()
    {
        await using TestNode node = await TestNode.StartAsync(options =>
            options with
            {
                Listen = new IPEndPoint(IPAddress.Any, 0),
                Insecure = true,
            }
        );

        Assert.Equal(IPAddress.Any, node.Node.EndPoint.Address);
        Assert.Equal($"http://localhost:{node.Node.EndPoint.Port}/", node.Node.Address.ToString());
    }
}

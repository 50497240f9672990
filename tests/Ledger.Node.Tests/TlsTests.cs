using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Status = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Ledger.Node.Tests;

/// <summary>Nodes with certificates, and clients with good and bad ones.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly Authority _authority = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Tls_ClientThatKnowsTheRootAlone_GetsTheWholeChain()
    {
        await using TestNode node = await StartAsync(Server());

        Assert.Equal("https", node.Node.Address.Scheme);
        Assert.Equal(Status.Serving, await Ask(node));
    }

    [Fact]
    public async Task Tls_ClientThatSendsItsIntermediate_IsAccepted()
    {
        await using TestNode node = await StartAsync(Server(), _authority.RootFile);

        Assert.Equal(Status.Serving, await Ask(node, _authority.Issue("any-use")));
        Assert.Equal(Status.Serving, await Ask(node, _authority.Issue("client", uses: Authority.ClientUse)));
        Assert.Equal(
            Status.Serving,
            await Ask(node, _authority.Issue("both", uses: [Authority.ServerUse, Authority.ClientUse]))
        );
    }

    [Fact]
    public async Task Tls_ClientThatDoesNotBelong_IsRefused()
    {
        using Authority other = new();
        await using TestNode node = await StartAsync(Server(), _authority.RootFile);
        string?[] clients =
        [
            null,
            other.Issue("of-another-root"),
            _authority.Issue("for-servers", uses: Authority.ServerUse),
            _authority.Issue("expired", daysLeft: -1),
        ];

        foreach (string? client in clients)
        {
            RpcException error = await Assert.ThrowsAsync<RpcException>(() => Ask(node, client));

            // Whether a client hears of it before or after its first call has begun is a matter of chance.
            Assert.Contains(error.StatusCode, (StatusCode[])[StatusCode.Unavailable, StatusCode.Internal]);
        }
    }

    [Fact]
    public async Task Tls_NodeThatAsksForClients_KnowsItsOwnHealthCheck()
    {
        string file = _authority.Issue("server-only", uses: Authority.ServerUse);
        await using TestNode node = await StartAsync(file, _authority.RootFile);

        Assert.Equal(Status.Serving, await HealthProbe.AskAsync(node.Node.EndPoint, file, null, Cancel));

        // Another certificate of the same authority is not the node's own.
        await Assert.ThrowsAsync<RpcException>(() =>
            HealthProbe.AskAsync(node.Node.EndPoint, _authority.Issue("client"), null, Cancel)
        );
    }

    [Fact]
    public async Task HealthProbe_NodeWithoutTls_IsAskedInPlainText()
    {
        await using TestNode node = await TestNode.StartAsync();

        Assert.Equal(Status.Serving, await HealthProbe.AskAsync(node.Node.EndPoint, null, null, Cancel));
        Assert.Equal(
            Status.Serving,
            await HealthProbe.AskAsync(new IPEndPoint(IPAddress.Any, node.Node.EndPoint.Port), null, null, Cancel)
        );
        await Assert.ThrowsAsync<RpcException>(() => HealthProbe.AskAsync(node.Node.EndPoint, Server(), null, Cancel));
    }

    [Fact]
    public void Load_UnusableFiles_SaysWhichAndWhy()
    {
        string server = Server();
        string other = _authority.Issue("other");
        string empty = _authority.Write("empty.pem", "");
        string broken = _authority.Write(
            "broken.pem",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        );

        Refuses("certificate", null, server, null);
        Refuses("certificate", null, null, server);
        Refuses(other, server, other, null);
        Refuses(_authority.RootFile, _authority.RootFile, null, null);
        Refuses(empty, empty, server, null);
        Refuses(empty, server, empty, null);
        Refuses(empty, server, null, empty);
        Refuses(broken, server, null, broken);
        Refuses(broken, broken, server, null);
        Refuses("missing.pem", "missing.pem", null, null);
        Refuses("missing.pem", server, "missing.pem", null);
        Refuses("missing.pem", server, null, "missing.pem");

        static void Refuses(string names, string? certificate, string? key, string? authorities)
        {
            NodeConfigurationException e = Assert.Throws<NodeConfigurationException>(() =>
                NodeTls.Load(certificate, key, authorities)
            );
            Assert.Contains(names, e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', e.Message);
            Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Warning_OfDates_ComesTwoWeeksBeforeTheEnd()
    {
        using NodeTls tls = NodeTls.Load(_authority.Issue("dated", daysLeft: 100), null, null)!;
        DateTimeOffset now = DateTimeOffset.UtcNow;

        Assert.Null(tls.Warning(now));
        Assert.Null(tls.Warning(now.AddDays(85)));
        Assert.Contains("expires on", tls.Warning(now.AddDays(87)), StringComparison.Ordinal);
        Assert.Contains("expired on", tls.Warning(now.AddDays(101)), StringComparison.Ordinal);
        Assert.Contains("valid from", tls.Warning(now.AddDays(-31)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_KeyOfAnotherCertificate_TouchesNoStore()
    {
        string other = _authority.Issue("other");

        await Assert.ThrowsAsync<NodeConfigurationException>(() =>
            TestNode.StartAsync(options =>
                options with
                {
                    Directory = Path.Combine(options.Directory, "store-that-must-not-be"),
                    CertificateFile = Server(),
                    CertificateKeyFile = other,
                }
            )
        );
    }

    private string Server() => _authority.Issue("server", uses: Authority.ServerUse);

    private static Task<TestNode> StartAsync(string certificate, string? clients = null) =>
        TestNode.StartAsync(options => options with { CertificateFile = certificate, ClientAuthoritiesFile = clients });

    // A client that trusts the root and nothing else, with a certificate or without.
    private async Task<Status> Ask(TestNode node, string? certificateFile = null)
    {
        SslClientAuthenticationOptions ssl = new()
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { _authority.Root },
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            },
        };
        if (certificateFile is not null)
        {
            X509Certificate2Collection chain = [];
            chain.ImportFromPemFile(certificateFile);
            ssl.ClientCertificateContext = SslStreamCertificateContext.Create(
                X509Certificate2.CreateFromPemFile(certificateFile),
                [.. chain.Skip(1)],
                offline: true
            );
        }

        using SocketsHttpHandler handler = new() { SslOptions = ssl };
        using GrpcChannel channel = GrpcChannel.ForAddress(
            node.Node.Address,
            new GrpcChannelOptions { HttpHandler = handler }
        );
        return (await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest())).Status;
    }
}

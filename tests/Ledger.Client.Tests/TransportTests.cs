using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ledger.Client.Tests;

/// <summary>TLS both ways.</summary>
public sealed class TransportTests : IAsyncLifetime
{
    private readonly TemporaryFolder _directory = new();
    private HonestNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        using X509Certificate2 authority = WriteAuthority("ca");
        WriteCertificate("server", authority);
        WriteCertificate("client", authority);
        using X509Certificate2 stranger = WriteAuthority("stranger");
        WriteCertificate("unknown", stranger);
        _node = await HonestNode.StartAsync(o =>
            o with
            {
                CertificateFile = In("server.pem"),
                CertificateKeyFile = In("server.key"),
                ClientAuthoritiesFile = In("ca.pem"),
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Connect_WithBothCertificates_Works()
    {
        await using LedgerClient client = Connect("ca", "client");

        Assert.Equal(0, (await client.GetCheckpointAsync()).Size);
    }

    [Fact]
    public async Task Connect_WithoutACertificate_IsUnavailable()
    {
        await using LedgerClient client = Connect("ca", null);

        await Assert.ThrowsAsync<NodeUnavailableException>(() => client.GetCheckpointAsync());
    }

    [Fact]
    public async Task Connect_WithACertificateOfAnotherAuthority_IsUnavailable()
    {
        await using LedgerClient client = Connect("ca", "unknown");

        await Assert.ThrowsAsync<NodeUnavailableException>(() => client.GetCheckpointAsync());
    }

    [Fact]
    public async Task Connect_TrustingAnotherAuthority_IsUnavailable()
    {
        await using LedgerClient client = Connect("stranger", "client");

        await Assert.ThrowsAsync<NodeUnavailableException>(() => client.GetCheckpointAsync());
    }

    private LedgerClient Connect(string authority, string? certificate) =>
        _node.Connect(change: o =>
            o with
            {
                AuthoritiesFile = In($"{authority}.pem"),
                CertificateFile = certificate is null ? null : In($"{certificate}.pem"),
                CertificateKeyFile = certificate is null ? null : In($"{certificate}.key"),
                RetriesMax = 0,
            }
        );

    private string In(string name) => _directory[name];

    private X509Certificate2 WriteAuthority(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        X509Certificate2 certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1)
        );
        File.WriteAllText(In($"{name}.pem"), certificate.ExportCertificatePem());
        return certificate;
    }

    private void WriteCertificate(string name, X509Certificate2 authority)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(
            authority,
            authority.NotBefore,
            authority.NotAfter,
            RandomNumberGenerator.GetBytes(8)
        );
        File.WriteAllText(In($"{name}.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(In($"{name}.key"), key.ExportPkcs8PrivateKeyPem());
    }
}

using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Ledger.Node;

/// <summary>
/// The node's side of TLS: its certificate with the chain that it sends, and the authorities that clients' certificates must
/// come from. Loaded once, before the store is opened.
/// </summary>
internal sealed class NodeTls : IDisposable
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const int ExpiresSoonDays = 14;

    private readonly X509Certificate2 _certificate;
    private readonly SslStreamCertificateContext _context;
    private readonly X509Certificate2Collection? _clients;

    private NodeTls(X509Certificate2 certificate, X509Certificate2Collection chain, X509Certificate2Collection? clients)
    {
        _certificate = certificate;
        _clients = clients;

        // Offline: what the files do not hold is not fetched from addresses that certificates name.
        _context = SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    /// <summary>Loads the files that were named.</summary>
    /// <param name="certificateFile">PEM file with the server's certificate, then those above it.</param>
    /// <param name="keyFile">PEM file with its private key; null: it is in the same file.</param>
    /// <param name="authoritiesFile">PEM file with the authorities of clients; null: none is asked for a certificate.</param>
    /// <returns>Null when the node speaks plain text.</returns>
    /// <exception cref="NodeConfigurationException">The files contradict each other or cannot be used.</exception>
    public static NodeTls? Load(string? certificateFile, string? keyFile, string? authoritiesFile)
    {
        if (certificateFile is null)
        {
            return keyFile is not null
                    ? throw new NodeConfigurationException(
                        "A private key was named without its certificate: name the certificate too (--tls-cert)."
                    )
                : authoritiesFile is not null
                    ? throw new NodeConfigurationException(
                        "Client certificates need TLS: name the server's certificate too (--tls-cert)."
                    )
                : null;
        }

        X509Certificate2Collection chain = Certificates(certificateFile);
        X509Certificate2Collection? clients = authoritiesFile is null ? null : Certificates(authoritiesFile);
        X509Certificate2 certificate = Read(
            keyFile ?? certificateFile,
            () => X509Certificate2.CreateFromPemFile(certificateFile, keyFile),
            $"holds no private key that belongs to the first certificate in {certificateFile}"
        );
        return new NodeTls(certificate, [.. chain.Skip(1)], clients);
    }

    /// <summary>Has connections to an address begin with TLS, in which client and server agree on the version of HTTP.</summary>
    /// <param name="listen">The address, with the versions of HTTP that it speaks.</param>
    public void Use(ListenOptions listen)
    {
        SslServerAuthenticationOptions server = Server(
            listen.Protocols == HttpProtocols.Http2
                ? [SslApplicationProtocol.Http2]
                : [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11]
        );
        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(server) });
    }

    /// <summary>What the operator should know of the certificate's dates; null when all is well.</summary>
    /// <param name="now">The present.</param>
    public string? Warning(DateTimeOffset now)
    {
        DateTime from = _certificate.NotBefore.ToUniversalTime();
        DateTime until = _certificate.NotAfter.ToUniversalTime();
        return now < from ? $"The certificate is valid from {from:u} only: clients will refuse it until then."
            : now > until ? $"The certificate expired on {until:u}: clients refuse it. Renew it and restart the node."
            : now.AddDays(ExpiresSoonDays) > until
                ? $"The certificate expires on {until:u}. Renew it and restart the node before."
            : null;
    }

    /// <summary>How the node calls itself: it trusts its own certificate alone, and shows it.</summary>
    public SslClientAuthenticationOptions OfItself() =>
        new()
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) => IsOwn(certificate),
            ClientCertificateContext = _context,
        };

    public void Dispose() => _certificate.Dispose();

    private SslServerAuthenticationOptions Server(List<SslApplicationProtocol> protocols)
    {
        SslServerAuthenticationOptions server = new()
        {
            ServerCertificateContext = _context,
            ApplicationProtocols = protocols,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
        if (_clients is not null)
        {
            server.ClientCertificateRequired = true;
            server.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
                ApplicationPolicy = { new Oid(ClientAuthentication) },
            };
            server.CertificateChainPolicy.CustomTrustStore.AddRange(_clients);

            // Nobody else has the key of the node's own certificate: whoever shows that is the node, or its health check.
            server.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                certificate is not null && (errors == SslPolicyErrors.None || IsOwn(certificate));
        }

        return server;
    }

    private bool IsOwn(X509Certificate? certificate) =>
        certificate is not null && certificate.GetRawCertData().AsSpan().SequenceEqual(_certificate.RawDataMemory.Span);

    private static X509Certificate2Collection Certificates(string file)
    {
        X509Certificate2Collection collection = [];
        Read(
            file,
            () =>
            {
                collection.ImportFromPemFile(file);
                return collection;
            },
            "holds a certificate that cannot be read"
        );
        return collection.Count > 0
            ? collection
            : throw new NodeConfigurationException($"{file} holds no certificate in PEM.");
    }

    private static T Read<T>(string file, Func<T> read, string problem)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeConfigurationException($"{file} cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new NodeConfigurationException($"{file} {problem}.", e);
        }
    }
}

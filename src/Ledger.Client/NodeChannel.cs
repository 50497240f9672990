using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Ledger.Protocol;

namespace Ledger.Client;

/// <summary>Opens gRPC channels to a node as the options say.</summary>
public static class NodeChannel
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KeepAlivePing = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Opens a channel; nothing is sent before the first call. Nothing that comes over it is verified.</summary>
    /// <param name="options">Address, certificates and number of connections are looked at, and nothing else.</param>
    /// <exception cref="ArgumentException">The address is neither http nor https.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">A file does not hold what it should.</exception>
    public static GrpcChannel Open(LedgerClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return GrpcChannel.ForAddress(
            options.Address,
            new GrpcChannelOptions
            {
                HttpHandler = Handler(options),
                DisposeHttpClient = true,
                MaxReceiveMessageSize = Limits.MessageBytesMax,
                InitialReconnectBackoff = TimeSpan.FromMilliseconds(100),
                MaxReconnectBackoff = TimeSpan.FromSeconds(2),
            }
        );
    }

    /// <summary>Connections as the options say.</summary>
    /// <exception cref="ArgumentException">The address is neither http nor https.</exception>
    internal static SocketsHttpHandler Handler(LedgerClientOptions options)
    {
        if (!options.Address.IsAbsoluteUri || options.Address.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException("A node's address begins with http:// or https://.", nameof(options));
        }
        SocketsHttpHandler handler = new()
        {
            EnableMultipleHttp2Connections = options.MultipleConnections,
            ConnectTimeout = ConnectTimeout,
            KeepAlivePingDelay = KeepAlivePing,
            KeepAlivePingTimeout = KeepAliveTimeout,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            UseProxy = false,
        };
        if (options.AuthoritiesFile is { } authorities)
        {
            X509Certificate2Collection trusted = [];
            trusted.ImportFromPemFile(authorities);
            handler.SslOptions.CertificateChainPolicy = TrustOnly(trusted);
        }
        if (options.CertificateFile is { } certificate)
        {
            handler.SslOptions.ClientCertificates =
            [
                X509Certificate2.CreateFromPemFile(certificate, options.CertificateKeyFile),
            ];
        }
        return handler;
    }

    private static X509ChainPolicy TrustOnly(X509Certificate2Collection authorities)
    {
        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}

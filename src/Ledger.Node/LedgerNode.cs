using System.Net;
using System.Security.Cryptography.X509Certificates;
using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Model;
using Ledger.Node.Services;
using Ledger.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ledger.Node;

/// <summary>
/// A node: an embedded ledger behind gRPC on Kestrel. Starting it recovers the store first, so that no call meets a ledger that
/// is not ready; stopping it finishes what was accepted and refuses what comes with UNAVAILABLE.
/// </summary>
public sealed class LedgerNode : IAsyncDisposable
{
    // HTTP/2 bounds, per connection. A caller that wants more opens more connections.
    private const int StreamsMax = 100;
    private const int HeaderBytesMax = 16 * 1024;
    private static readonly TimeSpan KeepAlivePing = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(20);

    private readonly WebApplication _app;

    private LedgerNode(WebApplication app, EmbeddedLedger ledger)
    {
        _app = app;
        Ledger = ledger;
        string address = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        Address = new Uri(
            address
                .Replace("[::]", "localhost", StringComparison.Ordinal)
                .Replace("0.0.0.0", "localhost", StringComparison.Ordinal)
        );
    }

    /// <summary>Where clients on this machine reach the node.</summary>
    public Uri Address { get; }

    /// <summary>The ledger behind it.</summary>
    public EmbeddedLedger Ledger { get; }

    /// <summary>Completes when the node was told to stop, by a signal or a call, and has.</summary>
    public Task Stopped => _app.WaitForShutdownAsync();

    /// <summary>Opens the ledger and starts to listen.</summary>
    /// <param name="options">What the node needs to know.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="Store.StoreException">The ledger cannot be opened.</exception>
    /// <exception cref="NodeConfigurationException">The options contradict themselves or name unusable files.</exception>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<LedgerNode> StartAsync(NodeOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        CheckTransport(options);
        EmbeddedLedger ledger = EmbeddedLedger.Open(
            new LedgerOptions
            {
                Directory = options.Directory,
                Origin = options.Origin,
                SigningKey = options.SigningKey,
            }
        );
        try
        {
            WebApplication app = Build(options, ledger);
            await app.StartAsync(cancellationToken);
            return new LedgerNode(app, ledger);
        }
        catch
        {
            await ledger.StopAsync();
            throw;
        }
    }

    /// <summary>
    /// Stops: health turns to NOT_SERVING and new operations are refused; what was accepted is finished and answered; then the
    /// port and the store are closed. Safe to call again.
    /// </summary>
    public async Task StopAsync()
    {
        await _app.StopAsync();
        await Ledger.StopAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _app.DisposeAsync();
    }

    private static WebApplication Build(NodeOptions options, EmbeddedLedger ledger)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopTimeout);
        builder.WebHost.ConfigureKestrel(kestrel => ConfigureKestrel(kestrel, options));
        builder.Services.AddSingleton(ledger);
        builder.Services.AddSingleton<RegistryService>();
        builder.Services.AddSingleton<DidService>();
        builder.Services.AddSingleton<TokenService>();
        builder.Services.AddSingleton<PilotService>();
        builder.Services.AddSingleton<LogService>();
        builder.Services.AddSingleton<HealthService>();
        builder.Services.AddSingleton<ReflectionService>();
        builder.Services.AddSingleton<ReflectionServiceAlpha>();
        builder.Services.AddGrpc(ConfigureGrpc);
        builder.Services.RemoveAll(typeof(IServiceMethodProvider<>));
        builder.Services.AddSingleton(typeof(IServiceMethodProvider<>), typeof(TypedMethods<>));

        WebApplication app = builder.Build();
        app.MapGrpcService<RegistryService>();
        app.MapGrpcService<DidService>();
        app.MapGrpcService<TokenService>();
        app.MapGrpcService<PilotService>();
        app.MapGrpcService<LogService>();
        app.MapGrpcService<HealthService>();
        app.MapGrpcService<ReflectionService>();
        app.MapGrpcService<ReflectionServiceAlpha>();

        // The moment that stopping begins, whatever began it: say so to health checks, take nothing new, finish the rest.
        HealthService health = app.Services.GetRequiredService<HealthService>();
        app.Lifetime.ApplicationStopping.Register(() =>
        {
            health.Stop();
            ledger.Refuse();
        });
        return app;
    }

    private static void ConfigureGrpc(GrpcServiceOptions grpc)
    {
        grpc.MaxReceiveMessageSize = Limits.MessageBytesMax;
        grpc.EnableDetailedErrors = false;
        grpc.Interceptors.Add<ErrorInterceptor>();
    }

    private static void ConfigureKestrel(KestrelServerOptions kestrel, NodeOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsMax;
        kestrel.Limits.Http2.KeepAlivePingDelay = KeepAlivePing;
        kestrel.Limits.Http2.KeepAlivePingTimeout = KeepAliveTimeout;
        kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytesMax;

        // The message limit bounds what a call may send; a stream of many messages has no other bound.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Listen(
            options.Listen,
            listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (options.CertificateFile is not null)
                {
                    listen.UseHttps(Https(options));
                }
            }
        );
    }

    private static HttpsConnectionAdapterOptions Https(NodeOptions options)
    {
        HttpsConnectionAdapterOptions https = new()
        {
            ServerCertificate = Pem(
                options.CertificateFile!,
                file => X509Certificate2.CreateFromPemFile(file, options.CertificateKeyFile)
            ),
        };
        if (options.ClientAuthoritiesFile is { } authorities)
        {
            X509Certificate2Collection trusted = Pem(
                authorities,
                file =>
                {
                    X509Certificate2Collection collection = [];
                    collection.ImportFromPemFile(file);
                    return collection;
                }
            );
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (certificate, _, _) => IsIssuedBy(certificate, trusted);
        }

        return https;
    }

    private static bool IsIssuedBy(X509Certificate2 certificate, X509Certificate2Collection trusted)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }

    private static T Pem<T>(string file, Func<string, T> read)
    {
        try
        {
            return read(file);
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException
            )
        {
            throw new NodeConfigurationException($"{file} cannot be used: {e.Message}", e);
        }
    }

    private static void CheckTransport(NodeOptions options)
    {
        if (options.CertificateFile is null && !options.Insecure && !IPAddress.IsLoopback(options.Listen.Address))
        {
            throw new NodeConfigurationException(
                $"{options.Listen} is reachable from other machines, and no certificate was named. Name one, or say that plain text is meant (--insecure)."
            );
        }

        if (options.CertificateFile is null && options.ClientAuthoritiesFile is not null)
        {
            throw new NodeConfigurationException("Client certificates need TLS: name the server's certificate too.");
        }
    }
}

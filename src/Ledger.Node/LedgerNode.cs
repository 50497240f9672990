using System.Net;
using System.Security.Cryptography.X509Certificates;
using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Model;
using Ledger.Node.Grpc;
using Ledger.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
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
    private readonly TimeSpan _stopTimeout;
    private readonly TimeSpan _stopLinger;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by the gate.
    private Task? _stop;

    private LedgerNode(WebApplication app, EmbeddedLedger ledger, NodeOptions options)
    {
        _app = app;
        _stopTimeout = options.StopTimeout;
        _stopLinger = options.StopLinger;
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

        // A signal stops the host: the node stops with it, in its own order.
        app.Lifetime.ApplicationStopping.Register(() => StopAsync());
    }

    /// <summary>Full names of the services of the contract.</summary>
    internal static IReadOnlyList<string> ServiceNames { get; } =
    [
        V1.RegistryService.Descriptor.FullName,
        V1.DidService.Descriptor.FullName,
        V1.TokenService.Descriptor.FullName,
        V1.PilotService.Descriptor.FullName,
        V1.LogService.Descriptor.FullName,
    ];

    /// <summary>Where clients on this machine reach the node.</summary>
    public Uri Address { get; }

    /// <summary>The ledger behind it.</summary>
    public EmbeddedLedger Ledger { get; }

    /// <summary>Completes when the node was told to stop, by a signal or a call, and has.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>Opens the ledger and starts to listen.</summary>
    /// <param name="options">What the node needs to know.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="Store.StoreException">The ledger cannot be opened.</exception>
    /// <exception cref="NodeConfigurationException">The options contradict themselves or name unusable files.</exception>
    /// <exception cref="IOException">The address is in use.</exception>
    public static Task<LedgerNode> StartAsync(NodeOptions options, CancellationToken cancellationToken = default) =>
        StartAsync(options, static ledger => ledger, cancellationToken);

    /// <summary>As the other, with something changed in what the ledger is given.</summary>
    internal static async Task<LedgerNode> StartAsync(
        NodeOptions options,
        Func<LedgerOptions, LedgerOptions> change,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        CheckTransport(options);
        EmbeddedLedger ledger = EmbeddedLedger.Open(
            change(
                new LedgerOptions
                {
                    Directory = options.Directory,
                    Origin = options.Origin,
                    SigningKey = options.SigningKey,
                }
            )
        );
        WebApplication? app = null;
        try
        {
            app = Build(options, ledger);
            await app.StartAsync(cancellationToken);
            return new LedgerNode(app, ledger, options);
        }
        catch
        {
            if (app is not null)
            {
                await app.DisposeAsync();
            }

            await ledger.StopAsync();
            throw;
        }
    }

    /// <summary>
    /// Stops: health turns to NOT_SERVING and new operations are refused; what was accepted is finished and answered; then the
    /// port and the store are closed. Safe to call again.
    /// </summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            // On a thread of its own: stopping the host calls back here.
            return _stop ??= Task.Run(StopInOrder);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _app.DisposeAsync();
    }

    private async Task StopInOrder()
    {
        try
        {
            // 1. Health says so, and nothing new is taken; callers still reach the node and hear STOPPING.
            _app.Services.GetRequiredService<HealthService>().Stop();

            // 2. What was accepted gets its answer.
            await Ledger.DrainAsync();

            // 3. Streams end, calls under way get their time, the port is closed.
            using CancellationTokenSource time = new(_stopTimeout);
            await _app.Services.GetRequiredService<OpenCalls>().CloseAsync(_stopLinger, time.Token);
            await _app.StopAsync(time.Token);

            // 4. No call is left that could read: the store is closed.
            await Ledger.StopAsync();
            _stopped.SetResult();
        }
        catch (Exception e)
        {
            _stopped.SetException(e);
            throw;
        }
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
        builder.Services.AddSingleton<OpenCalls>();
        builder.Services.AddSingleton<RegistryService>();
        builder.Services.AddSingleton<DidService>();
        builder.Services.AddSingleton<TokenService>();
        builder.Services.AddSingleton<PilotService>();
        builder.Services.AddSingleton<LogService>();
        builder.Services.AddSingleton<HealthService>();
        builder.Services.AddSingleton(new StreamBounds(options.StallTimeout));
        builder.Services.AddGrpc(ConfigureGrpc);
        builder.Services.AddGrpcReflection();
        builder.Services.RemoveAll(typeof(IServiceMethodProvider<>));
        builder.Services.AddSingleton(typeof(IServiceMethodProvider<>), typeof(TypedMethods<>));

        WebApplication app = builder.Build();
        app.UseWhen(
            static context => IsGrpc(context.Request),
            grpc =>
            {
                grpc.Use(app.Services.GetRequiredService<OpenCalls>().Track);
                grpc.Use(ServerRefusals.Explain);
            }
        );
        app.MapGrpcService<RegistryService>();
        app.MapGrpcService<DidService>();
        app.MapGrpcService<TokenService>();
        app.MapGrpcService<PilotService>();
        app.MapGrpcService<LogService>();
        app.MapGrpcService<HealthService>();
        app.MapGrpcReflectionService();

        return app;
    }

    // "application/grpc", alone or with a suffix (gRPC over HTTP/2, "Content-Type"). What else comes is no call of gRPC.
    private static bool IsGrpc(HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    private static void ConfigureGrpc(GrpcServiceOptions grpc)
    {
        grpc.MaxReceiveMessageSize = Limits.MessageBytesMax;
        grpc.EnableDetailedErrors = false;
        grpc.CompressionProviders = MessageLimit.CompressionProviders;
        grpc.Interceptors.Add<ErrorInterceptor>();
        grpc.Interceptors.Add<StreamInterceptor>();
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

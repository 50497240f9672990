using System.Net;
using System.Net.Sockets;
using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Ledger.Node.Grpc;
using Ledger.Node.Http;
using Ledger.Node.Http.Dids;
using Ledger.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Status = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Ledger.Node;

/// <summary>
/// A node: an embedded ledger behind gRPC and, on a port of its own, HTTP, on Kestrel. Starting it recovers the store first, so that
/// no call meets a ledger that
/// is not ready; stopping it finishes what was accepted and refuses what comes with UNAVAILABLE.
/// </summary>
/// <remarks>
/// It reads its options and nothing else: no configuration file or variable of the framework changes it, and signals are its
/// owner's to hear.
/// </remarks>
public sealed partial class LedgerNode : IAsyncDisposable
{
    private static readonly TimeSpan KeepAlivePing = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(20);

    // What is cut off ends by itself, and at once; these are for what does not.
    private static readonly TimeSpan CutOffTimeout = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;
    private readonly NodeTls? _tls;
    private readonly OpenCalls _calls;
    private readonly ILogger _log;
    private readonly TimeSpan _stopTimeout;
    private readonly TimeSpan _stopLinger;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by the gate.
    private Task? _stop;

    private LedgerNode(WebApplication app, NodeTls? tls, EmbeddedLedger ledger, NodeOptions options)
    {
        _app = app;
        _tls = tls;
        _calls = app.Services.GetRequiredService<OpenCalls>();
        _log = app.Services.GetRequiredService<ILogger<LedgerNode>>();
        _stopTimeout = options.StopTimeout;
        _stopLinger = options.StopLinger;
        Ledger = ledger;

        // In the order in which they were configured: gRPC first.
        string[] bound = [.. Bound(app)];
        Address = OnThisMachine(bound[0]);
        EndPoint = new IPEndPoint(options.Listen.Address, Address.Port);
        if (options.Http is { } http)
        {
            HttpAddress = OnThisMachine(bound[1]);
            HttpEndPoint = new IPEndPoint(http.Address, HttpAddress.Port);
        }
    }

    /// <summary>Full names of the services of the contract.</summary>
    internal static IReadOnlyList<string> ServiceNames { get; } =
    [
        V1.RegistryService.Descriptor.FullName,
        V1.DidService.Descriptor.FullName,
        V1.TokenService.Descriptor.FullName,
        V1.PilotService.Descriptor.FullName,
        V1.PolicyService.Descriptor.FullName,
        V1.SupervisionService.Descriptor.FullName,
        V1.EventService.Descriptor.FullName,
        V1.LogService.Descriptor.FullName,
    ];

    /// <summary>Where it listens for gRPC.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Where clients on this machine reach the node.</summary>
    public Uri Address { get; }

    /// <summary>Where it listens for HTTP; null: nowhere.</summary>
    public IPEndPoint? HttpEndPoint { get; }

    /// <summary>Where clients on this machine reach its HTTP port; null: nowhere.</summary>
    public Uri? HttpAddress { get; }

    /// <summary>The ledger behind it.</summary>
    public EmbeddedLedger Ledger { get; }

    /// <summary>Completes when the node was told to stop, and has.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>Whether the node has stopped and closed the store. Left open, it is recovered by the next start.</summary>
    public bool IsStoreClosed { get; private set; }

    /// <summary>What answers at the HTTP port.</summary>
    internal HttpRoutes Routes => _app.Services.GetRequiredService<HttpRoutes>();

    /// <summary>Waits for calls that a stop did not wait for.</summary>
    internal Task CallsEnded => _calls.EndAsync();

    /// <summary>Opens the ledger and starts to listen. When it returns, the node has answered a call at its own address.</summary>
    /// <param name="options">What the node needs to know.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="Store.StoreException">The ledger cannot be opened.</exception>
    /// <exception cref="NodeConfigurationException">
    /// The options contradict themselves, or name unusable files or an address that this machine or process may not listen at.
    /// </exception>
    /// <exception cref="IOException">The address is in use, or the node does not answer at it.</exception>
    public static Task<LedgerNode> StartAsync(NodeOptions options, CancellationToken cancellationToken = default) =>
        StartAsync(options, static ledger => ledger, cancellationToken);

    /// <summary>Starts a node on a ledger that is open: a mirror's. It is the node's from now on, which stops it.</summary>
    /// <inheritdoc cref="StartAsync(NodeOptions, CancellationToken)"/>
    public static Task<LedgerNode> StartAsync(
        NodeOptions options,
        EmbeddedLedger ledger,
        CancellationToken cancellationToken = default
    ) => StartAsync(options, _ => Task.FromResult(ledger), cancellationToken);

    /// <summary>As the first, with something changed in what the ledger is given.</summary>
    internal static Task<LedgerNode> StartAsync(
        NodeOptions options,
        Func<LedgerOptions, LedgerOptions> change,
        CancellationToken cancellationToken
    ) =>
        StartAsync(
            options,
            lines => Open(change(LedgerOf(options) with { OnWitness = lines.Write }), cancellationToken),
            cancellationToken
        );

    private static async Task<LedgerNode> StartAsync(
        NodeOptions options,
        Func<WitnessLines, Task<EmbeddedLedger>> open,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        NodeLimits.Default.Check();
        int connections = options.Limits.Connections(NodeLimits.Descriptors(), ports: options.Http is null ? 1 : 2);
        NodeTls? tls = NodeTls.Load(options.CertificateFile, options.CertificateKeyFile, options.ClientAuthoritiesFile);
        EmbeddedLedger? ledger = null;
        WebApplication? app = null;
        try
        {
            CheckTransport(options, options.Listen);
            if (options.Http is { } http)
            {
                CheckTransport(options, http);
            }

            CheckWitnesses(options);
            WitnessLines lines = new();
            ledger = await open(lines);
            app = Build(options, tls, connections, ledger);
            lines.Begin(app.Services.GetRequiredService<ILogger<LedgerNode>>());
            await Listen(app, options, cancellationToken);
            LedgerNode node = new(app, tls, ledger, options);
            if (tls?.Warning(options.Time.GetUtcNow()) is { } warning)
            {
                LogCertificate(node._log, warning);
            }

            await AskItself(node, cancellationToken);
            return node;
        }
        catch
        {
            if (app is not null)
            {
                await app.DisposeAsync();
            }

            if (ledger is not null)
            {
                await ledger.StopAsync();
            }

            tls?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// From now on, ends the process where memory runs out, with one line that says so, instead of wherever that exception then
    /// leads. A process that is a node wants this; one that merely has a node in it must know for itself.
    /// </summary>
    public static void EndProcessWhenOutOfMemory() => ProcessEnd.WhenOutOfMemory();

    /// <summary>
    /// Stops: health turns to NOT_SERVING and new operations are refused; what was accepted is finished and answered; then the
    /// port and the store are closed. What takes longer than it may is cut off, with a line in the log. Safe to call again.
    /// </summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            return _stop ??= Task.Run(StopInOrder);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _app.DisposeAsync();
        _tls?.Dispose();
    }

    private async Task StopInOrder()
    {
        try
        {
            List<string> cutOff = [];
            using CancellationTokenSource time = new(_stopTimeout);

            // 1. Health says so, and nothing new is taken; callers still reach the node and hear STOPPING.
            _app.Services.GetRequiredService<HealthService>().Stop();

            // 2. What was accepted gets its answer.
            if (!await Ends(Task.Run(Ledger.DrainAsync), time.Token))
            {
                cutOff.Add("operations that were accepted had no answer yet");
            }

            // 3. Streams end, calls under way get their time, the port is closed. Then connections are, whoever is on them.
            await _calls.CloseAsync(_stopLinger, time.Token);
            if (time.IsCancellationRequested && _calls.Count is > 0 and var calls)
            {
                cutOff.Add($"{calls} calls had not ended");
            }

            await _app.StopAsync(time.Token)
                .WaitAsync(_stopTimeout + CutOffTimeout)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            // 4. The store is closed when no call is left that could read.
            if (!await Ends(_calls.EndAsync(), CutOff()))
            {
                cutOff.Add($"the store was left open for {_calls.Count} calls that do not end");
            }
            else if (!await Ends(Task.Run(Ledger.StopAsync), CutOff()))
            {
                cutOff.Add("the store did not close");
            }
            else
            {
                IsStoreClosed = true;
            }

            if (cutOff.Count > 0)
            {
                LogCutOff(_log, _stopTimeout.TotalSeconds, string.Join("; ", cutOff));
            }

            _stopped.SetResult();
        }
        catch (Exception e)
        {
            _stopped.SetException(e);
            throw;
        }
    }

    // Whether something ends before patience does. What it fails with is thrown.
    private static async Task<bool> Ends(Task task, CancellationToken patience)
    {
        await task.WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!task.IsCompleted)
        {
            return false;
        }

        await task;
        return true;
    }

    private static CancellationToken CutOff() => new CancellationTokenSource(CutOffTimeout).Token;

    private static LedgerOptions LedgerOf(NodeOptions options) =>
        new()
        {
            Directory = options.Directory,
            Origin = options.Origin,
            SigningKey =
                options.SigningKey ?? throw new NodeConfigurationException("A node that decides a log needs its key."),
            Promote = options.Promote,
            AcceptedLossSize = options.AcceptedLossSize,
            Time = options.Time,
            ClockAcceptedUntil = options.ClockAcceptedUntil,
            LastSignedFile = options.LastSignedFile,
            Witnesses = options.Witnesses,
            OnFatal = e =>
                ProcessEnd.AtOnce(
                    $"The node ends at once, because {options.Directory} cannot be written: {e.Message} What it has answered is safe. See to the disk and start it again: it recovers by itself."
                ),
        };

    // Recovery takes as long as it takes, and writes nothing that a second one would mind.
    private static async Task<EmbeddedLedger> Open(LedgerOptions options, CancellationToken cancellationToken)
    {
        Task<EmbeddedLedger> opening = Task.Run(() => EmbeddedLedger.Open(options), CancellationToken.None);
        try
        {
            return await opening.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _ = opening.ContinueWith(
                static opened => opened.Result.StopAsync(),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion,
                TaskScheduler.Default
            );
            throw;
        }
    }

    private static ICollection<string> Bound(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;

    internal static Uri OnThisMachine(string bound) =>
        new(
            bound
                .Replace("[::]", "localhost", StringComparison.Ordinal)
                .Replace("0.0.0.0", "localhost", StringComparison.Ordinal)
        );

    // Ports are bound in the order in which they were configured, and the first that cannot be ends the start.
    private static async Task Listen(WebApplication app, NodeOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (SocketErrorOf(e) is { } error)
        {
            bool isGrpcBound = Bound(app).Count > 0;
            IPEndPoint listen = isGrpcBound ? options.Http! : options.Listen;
            string option = isGrpcBound ? "--http" : "--listen";
            throw error switch
            {
                SocketError.AddressAlreadyInUse => new IOException(
                    $"{listen} is in use by another process: end that, or listen elsewhere ({option}).",
                    e
                ),
                SocketError.AddressNotAvailable => new NodeConfigurationException(
                    $"{listen.Address} is no address of this machine: listen at one that is ({option}).",
                    e
                ),
                SocketError.AccessDenied => new NodeConfigurationException(
                    $"This process may not listen at port {listen.Port}: choose one above 1023 ({option}), or give it the right to (CAP_NET_BIND_SERVICE).",
                    e
                ),
                _ => new IOException($"The node cannot listen at {listen}: {e.Message}", e),
            };
        }
    }

    private static SocketError? SocketErrorOf(Exception? e) =>
        e is null ? null
        : e is SocketException socket ? socket.SocketErrorCode
        : SocketErrorOf(e.InnerException);

    // The first call takes what later ones need: code is loaded, and the certificate has been shown and accepted.
    private static async Task AskItself(LedgerNode node, CancellationToken cancellationToken)
    {
        try
        {
            Status status = await HealthProbe.AskAsync(node.EndPoint, node._tls, cancellationToken);
            if (status != Status.Serving)
            {
                throw new IOException($"The node says of itself at {node.Address} that it is {status}.");
            }
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new IOException($"The node does not reach itself at {node.Address}: {HealthProbe.CauseOf(e)}", e);
        }
    }

    private static WebApplication Build(NodeOptions options, NodeTls? tls, int connections, EmbeddedLedger ledger)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions
            {
                ApplicationName = "ledger",
                ContentRootPath = AppContext.BaseDirectory,
                EnvironmentName = Environments.Production,
            }
        );
        builder.Logging.AddFilter(NodeLog.IsWorthALine);
        builder.Logging.AddProvider(new NodeLog(Console.Error, TimeProvider.System));
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => ConfigureKestrel(kestrel, options, tls, connections));
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopTimeout);
        builder.Services.AddRouting();
        builder.Services.AddSingleton(ledger);
        builder.Services.AddSingleton(options.Time);
        builder.Services.AddSingleton(options.Limits);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<OpenCalls>();
        builder.Services.AddSingleton(_ => new CreationQuota(options.CreatesPerMinute));
        builder.Services.AddSingleton<ErrorInterceptor>();
        builder.Services.AddSingleton<AnswerInterceptor>();
        builder.Services.AddSingleton<RegistryService>();
        builder.Services.AddSingleton<DidService>();
        builder.Services.AddSingleton<TokenService>();
        builder.Services.AddSingleton<PilotService>();
        builder.Services.AddSingleton<PolicyService>();
        builder.Services.AddSingleton<SupervisionService>();
        builder.Services.AddSingleton<EventService>();
        builder.Services.AddSingleton<LogService>();
        builder.Services.AddSingleton<HealthService>();
        builder.Services.AddSingleton<DidResolver>();
        builder.Services.AddSingleton<IdentifiersEndpoint>();
        builder.Services.AddSingleton<ResolverFacts>();
        builder.Services.AddSingleton<RegistrationJobs>();
        builder.Services.AddSingleton<Registrar>();
        builder.Services.AddSingleton<RegistrarEndpoint>();
        builder.Services.AddSingleton<EventsEndpoint>();
        builder.Services.AddSingleton<LogEndpoint>();
        builder.Services.AddSingleton(services => new WitnessEndpoint(
            options.Witness,
            services.GetRequiredService<ILogger<WitnessEndpoint>>()
        ));
        builder.Services.AddSingleton<HttpRoutes>();
        builder.Services.AddGrpc(ConfigureGrpc);
        builder.Services.AddGrpcReflection();
        builder.Services.RemoveAll(typeof(IServiceMethodProvider<>));
        builder.Services.AddSingleton(typeof(IServiceMethodProvider<>), typeof(TypedMethods<>));

        WebApplication app = builder.Build();
        app.MapWhen(HttpPort.Is, http => http.Run(app.Services.GetRequiredService<HttpRoutes>().ServeAsync));
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
        app.MapGrpcService<PolicyService>();
        app.MapGrpcService<SupervisionService>();
        app.MapGrpcService<EventService>();
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
        // Of what travels, and of what a compressed message grows to.
        grpc.MaxReceiveMessageSize = Limits.MessageBytesMax;
        grpc.EnableDetailedErrors = false;
        grpc.Interceptors.Add<ErrorInterceptor>();
        grpc.Interceptors.Add<AnswerInterceptor>();
    }

    private static void ConfigureKestrel(
        KestrelServerOptions kestrel,
        NodeOptions options,
        NodeTls? tls,
        int connections
    )
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = connections;
        kestrel.Limits.Http2.MaxStreamsPerConnection = options.Limits.ConnectionCallsMax;
        kestrel.Limits.Http2.KeepAlivePingDelay = KeepAlivePing;
        kestrel.Limits.Http2.KeepAlivePingTimeout = KeepAliveTimeout;
        kestrel.Limits.MaxRequestHeadersTotalSize = options.Limits.HeaderBytesMax;

        // The server keeps no answer for a reader of its own accord, beyond the end of the call: a call ends when its answer has
        // gone, and what has not is counted, and cut off in time.
        kestrel.Limits.MaxResponseBufferSize = 0;

        // One stream whose reader pauses would end the whole connection, and all others on it, after five seconds.
        kestrel.Limits.MinResponseDataRate = null;

        // The message limit bounds what a call may send; a stream of many messages has no other bound.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Listen(
            options.Listen,
            listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                tls?.Use(listen);
            }
        );
        if (options.Http is { } http)
        {
            kestrel.Listen(
                http,
                listen =>
                {
                    // In plain text a server cannot tell the versions apart, and takes every connection for HTTP/1.1; over TLS
                    // they are agreed on in the handshake.
                    listen.Protocols = tls is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
                    tls?.Use(listen);
                    HttpPort.Use(listen);
                }
            );
        }
    }

    private static void CheckTransport(NodeOptions options, IPEndPoint listen)
    {
        if (options.CertificateFile is null && !options.Insecure && !IPAddress.IsLoopback(listen.Address))
        {
            throw new NodeConfigurationException(
                $"{listen} is reachable from other machines, and no certificate was named. Name one, or say that plain text is meant (--insecure)."
            );
        }
    }

    private static void CheckWitnesses(NodeOptions options)
    {
        if (
            options is { Witnesses: { } policy, SigningKey: { } key }
            && EmbeddedLedger.Problem(policy, VerifierKey.ForEd25519(options.Origin, key.PublicKey)) is { } problem
        )
        {
            throw new NodeConfigurationException($"The policy of witnesses is not one for this log: {problem}.");
        }

        if (options.Witness is not null && options.Http is null)
        {
            throw new NodeConfigurationException("A witness is asked over HTTP: name its port (--http).");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}")]
    private static partial void LogWitness(ILogger logger, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}")]
    private static partial void LogCertificate(ILogger logger, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopping took longer than {Seconds} s: {CutOff}.")]
    private static partial void LogCutOff(ILogger logger, double seconds, string cutOff);

    // The ledger speaks of its witnesses before there is a log to write it to.
    private sealed class WitnessLines
    {
        private readonly Lock _gate = new();
        private readonly List<string> _early = [];
        private ILogger? _log;

        public void Write(string line)
        {
            lock (_gate)
            {
                if (_log is null)
                {
                    _early.Add(line);
                }
                else
                {
                    LogWitness(_log, line);
                }
            }
        }

        public void Begin(ILogger log)
        {
            lock (_gate)
            {
                _log = log;
                _early.ForEach(line => LogWitness(log, line));
            }
        }
    }
}

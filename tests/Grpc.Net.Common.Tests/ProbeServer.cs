using System.Collections.Concurrent;
using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Grpc.Net.Common.Tests;

/// <summary>
/// Kestrel with HTTP/2 in clear text on a free port of 127.0.0.1, serving one <see cref="ProbeService"/>.
/// </summary>
internal sealed class ProbeServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private ProbeServer(WebApplication app, ProbeService service, ConcurrentQueue<string?> requestEncodings)
    {
        this.app = app;
        RequestEncodings = requestEncodings;
        Service = service;
        Address = app.Urls.Single();
    }

    public ProbeService Service { get; }

    public string Address { get; }

    /// <summary>The header <c>grpc-encoding</c> of each request so far.</summary>
    public IEnumerable<string?> RequestEncodings { get; }

    public static async Task<ProbeServer> Start(
        Action<GrpcServiceOptions>? configure = null,
        params object[] singletons
    )
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        var service = new ProbeService();
        builder.Services.AddSingleton(service);
        foreach (object singleton in singletons)
        {
            builder.Services.AddSingleton(singleton.GetType(), singleton);
        }

        builder.Services.AddGrpc(options => configure?.Invoke(options));
        WebApplication app = builder.Build();
        var encodings = new ConcurrentQueue<string?>();
        app.Use(
            (context, next) =>
            {
                encodings.Enqueue(context.Request.Headers["grpc-encoding"]);
                return next(context);
            }
        );
        app.MapGrpcService<ProbeService>();
        await app.StartAsync();
        return new ProbeServer(app, service, encodings);
    }

    public GrpcChannel Channel(GrpcChannelOptions? options = null) =>
        GrpcChannel.ForAddress(Address, options ?? new GrpcChannelOptions());

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}

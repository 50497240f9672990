using System.Net;
using System.Net.Sockets;
using Ledger.Node.Http;
using Ledger.Protocol;
using Ledger.Witness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ledger.Node;

/// <summary>A witness by itself, without a ledger: it answers <c>POST /add-checkpoint</c> and nothing else.</summary>
public sealed class WitnessServer : IAsyncDisposable
{
    private const int ConnectionsMax = 1_024;
    private const int HeaderBytesMax = 16 * 1024;

    private readonly WebApplication _app;
    private readonly NodeTls? _tls;

    private WitnessServer(WebApplication app, NodeTls? tls)
    {
        _app = app;
        _tls = tls;
        string bound = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        Address = LedgerNode.OnThisMachine(bound);
    }

    /// <summary>Where clients on this machine reach it.</summary>
    public Uri Address { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="witness">The witness, which is left to the caller to dispose of after this.</param>
    /// <param name="listen">Address and port. Port 0: any free one.</param>
    /// <param name="certificateFile">PEM file with the server's certificate; null: plain text.</param>
    /// <param name="certificateKeyFile">PEM file with its private key; null: it is in the same file.</param>
    /// <exception cref="NodeConfigurationException">The files cannot be used, or the address is none of this machine.</exception>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<WitnessServer> StartAsync(
        CheckpointWitness witness,
        IPEndPoint listen,
        string? certificateFile = null,
        string? certificateKeyFile = null
    )
    {
        NodeTls? tls = NodeTls.Load(certificateFile, certificateKeyFile, authoritiesFile: null);
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
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
            kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
            kestrel.Limits.MaxRequestBodySize = 2 * Limits.WitnessRequestBytesMax;
            kestrel.Listen(
                listen,
                at =>
                {
                    at.Protocols = tls is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
                    tls?.Use(at);
                }
            );
        });
        WebApplication app = builder.Build();
        WitnessEndpoint endpoint = new(witness, app.Services.GetRequiredService<ILogger<WitnessEndpoint>>());
        app.Run(async context => await (await AnswerAsync(endpoint, context)).SendAsync(context));
        try
        {
            await app.StartAsync();
            return new WitnessServer(app, tls);
        }
        catch (Exception e)
        {
            await app.DisposeAsync();
            tls?.Dispose();
            throw e.InnerException is SocketException { SocketErrorCode: SocketError.AddressNotAvailable }
                ? new NodeConfigurationException($"{listen.Address} is no address of this machine.", e)
                : e;
        }
    }

    /// <summary>Ends what is under way, and no longer listens.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _tls?.Dispose();
    }

    private static async ValueTask<HttpAnswer> AnswerAsync(WitnessEndpoint endpoint, HttpContext context)
    {
        if (context.Request.Path != "/add-checkpoint")
        {
            return HttpProblem.Of(StatusCodes.Status404NotFound, "A witness answers at /add-checkpoint alone.");
        }

        try
        {
            return HttpMethods.IsPost(context.Request.Method)
                ? await endpoint.AnswerAsync(context)
                : HttpProblem.Of(StatusCodes.Status405MethodNotAllowed, "This path knows POST.", ("Allow", "POST"));
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException e)
            when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return HttpProblem.Of(e.StatusCode, $"A request has at most {Limits.WitnessRequestBytesMax} bytes.");
        }
    }
}

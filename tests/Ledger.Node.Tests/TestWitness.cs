using System.Net;
using System.Security.Cryptography;
using System.Text;
using Ledger.Protocol;
using Ledger.Witness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Node.Tests;

/// <summary>A real witness by itself, on a free port of loopback.</summary>
internal sealed class TestWitness : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Cosigner _cosigner;
    private CheckpointWitness? _witness;
    private WitnessServer? _server;

    public TestWitness(string name)
    {
        _cosigner = Ed25519Cosignature.Instance.Open(name, SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        WitnessFolder.Enter(Memory, _cosigner.Key);
    }

    public VerifierKey Key => _cosigner.Key;

    public CheckpointWitness Witness => _witness!;

    public Uri Address => _server!.Address;

    private string Memory => _folder["memory"];

    /// <summary>Starts to witness a log.</summary>
    public async Task StartAsync(VerifierKey log, IPEndPoint? listen = null)
    {
        _witness = new CheckpointWitness(
            WitnessFolder.Open(Memory, [_cosigner.Key]),
            [_cosigner],
            [log],
            TimeProvider.System
        );
        _server = await WitnessServer.StartAsync(_witness, listen ?? new IPEndPoint(IPAddress.Loopback, 0));
    }

    /// <summary>Ends it; with its memory, if a test does what nobody must.</summary>
    public async Task StopAsync(bool forget = false)
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            _witness!.Dispose();
            _server = null;
        }

        if (forget)
        {
            Directory.Delete(Memory, recursive: true);
            WitnessFolder.Enter(Memory, _cosigner.Key);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _cosigner.Dispose();
        _folder.Dispose();
    }
}

/// <summary>What stands where a witness should, and answers what a test likes.</summary>
internal sealed class FalseWitness : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FalseWitness(WebApplication app) => _app = app;

    public Uri Address =>
        new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<FalseWitness> StartAsync(RequestDelegate answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new FalseWitness(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

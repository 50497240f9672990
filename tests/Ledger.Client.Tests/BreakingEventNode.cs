using Grpc.Core;
using Ledger.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ledger.Client.Tests;

/// <summary>How a subscription ends.</summary>
public enum StreamEnd
{
    /// <summary>Without an error.</summary>
    Normally,

    /// <summary>As when the node goes away.</summary>
    Unavailable,

    /// <summary>Because the reader is too slow.</summary>
    TooSlow,

    /// <summary>Because the filter is refused.</summary>
    Refused,
}

/// <summary>
/// A node with two events in each entry, whose every subscription shows two entries and then ends, each time in the next of some ways.
/// </summary>
public sealed class BreakingEventNode : EventService.EventServiceBase, IAsyncDisposable
{
    private const int PerSubscription = 2;

    private readonly StreamEnd[] _ends;
    private readonly Action<SubscribeResponse> _lie;
    private WebApplication _app = null!;

    private BreakingEventNode(StreamEnd[] ends, Action<SubscribeResponse> lie)
    {
        _ends = ends;
        _lie = lie;
    }

    public Uri Address { get; private set; } = null!;

    /// <summary>Where subscriptions began.</summary>
    public List<ulong> Begun { get; } = [];

    public static async Task<BreakingEventNode> StartAsync(StreamEnd[] ends, Action<SubscribeResponse>? lie = null)
    {
        BreakingEventNode node = new(ends, lie ?? (static _ => { }));
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(node);
        node._app = builder.Build();
        node._app.MapGrpcService<BreakingEventNode>();
        await node._app.StartAsync();
        node.Address = new Uri(
            node._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        );
        return node;
    }

    public override async Task Subscribe(
        SubscribeRequest request,
        IServerStreamWriter<SubscribeResponse> responseStream,
        ServerCallContext context
    )
    {
        StreamEnd end;
        lock (Begun)
        {
            end = _ends[Begun.Count % _ends.Length];
            Begun.Add(request.FromIndex);
        }

        for (ulong index = request.FromIndex; index < request.FromIndex + PerSubscription; index++)
        {
            SubscribeResponse page = new()
            {
                Events = { NewEvent(index, 0), NewEvent(index, 1) },
                NextIndex = index + 1,
            };
            _lie(page);
            await responseStream.WriteAsync(page, context.CancellationToken);
        }

        switch (end)
        {
            case StreamEnd.Unavailable:
                throw new RpcException(new Status(StatusCode.Unavailable, "gone"));
            case StreamEnd.TooSlow:
                throw Refusal(StatusCode.ResourceExhausted, ReasonCode.SubscriberTooSlow);
            case StreamEnd.Refused:
                throw Refusal(StatusCode.InvalidArgument, ReasonCode.InvalidRequest);
            default:
                return;
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Event NewEvent(ulong index, uint number) =>
        new()
        {
            Index = index,
            Number = number,
            Effect = new Effect { Minted = new Minted { TokenId = $"{index}.{number}" } },
        };

    private static RpcException Refusal(StatusCode status, ReasonCode reason) =>
        new(new Status(status, "refused"), [new Metadata.Entry("ledger-reason", $"{(int)reason} {reason}")]);
}

using System.Net;
using System.Text.Json;
using Google.Protobuf;
using Ledger.Node.Tests.Grpc;
using Ledger.V1;

namespace Ledger.Node.Tests.Http;

/// <summary>Events as lines of JSON: the same as over gRPC.</summary>
public sealed class EventsTests(EventsScene events) : IClassFixture<EventsScene>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client = new() { BaseAddress = events.Scene.Node.Node.HttpAddress };

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Get_PageByPage_IsWhatGrpcTells()
    {
        List<Event> all = [];
        ulong next = 0;
        while (next < (ulong)events.Scene.Node.Size)
        {
            using HttpResponseMessage response = await _client.GetAsync($"/events?from={next}&limit=4");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType!.MediaType);
            string[] lines = (await response.Content.ReadAsStringAsync()).Split('\n');
            Assert.Equal("", lines[^1]);
            all.AddRange(lines[..^2].Select(Parse));
            next = PositionIn(lines[^2]);
        }

        Assert.Equal(events.All, all);
    }

    [Fact]
    public async Task Get_WithEveryFilter_IsWhatGrpcTells()
    {
        string token = events.All.First(e => e.Effect.Burned is not null).Effect.Burned.TokenId;
        (string Query, EventFilter Filter)[] cases =
        [
            ("effect=burned&effect=minted", new EventFilter { Effects = { "burned", "minted" } }),
            ($"party={events.Scene.Other.Did}", new EventFilter { Party = events.Scene.Other.Did }),
            ($"pilot={Scene.Pilot}", new EventFilter { PilotId = Scene.Pilot }),
            ($"class={Scene.Class}&token={token}", new EventFilter { ClassId = Scene.Class, TokenId = token }),
        ];
        foreach ((string query, EventFilter filter) in cases)
        {
            string[] lines = (await _client.GetStringAsync($"/events?limit=1000&{query}")).Split('\n');
            List<Event> told = await EventsScene.ListAll(events.Scene.Node, filter, 0);

            Assert.NotEmpty(told);
            Assert.Equal(told, lines[..^2].Select(Parse));
        }
    }

    [Fact]
    public async Task Get_FirstEvent_HasEveryFieldByItsNameInTheProtocol()
    {
        string line = (await _client.GetStringAsync("/events?limit=1")).Split('\n')[0];
        JsonElement first = JsonDocument.Parse(line).RootElement;

        Assert.Equal(
            ["index", "number", "time_ms", "actor", "approver", "effect"],
            first.EnumerateObject().Select(p => p.Name)
        );
        Assert.Equal("0", first.GetProperty("index").GetString());
        Assert.Equal(
            TestNode.Network,
            first.GetProperty("effect").GetProperty("ledger_founded").GetProperty("network").GetString()
        );
    }

    [Theory]
    [InlineData("from=x")]
    [InlineData("from=-1")]
    [InlineData("from=18446744073709551616")]
    [InlineData("from=1&from=2")]
    [InlineData("limit=1001")]
    [InlineData("follow=yes")]
    [InlineData("follow=true&limit=1")]
    [InlineData("effect=nothing")]
    [InlineData("effect=")]
    [InlineData("party=did:web:a.test")]
    [InlineData("party=")]
    [InlineData("pilot=No%20id")]
    [InlineData("token=t")]
    [InlineData("follow=true&token=t")]
    [InlineData("unknown=1")]
    public async Task Get_WithAWrongQuery_IsAProblem(string query)
    {
        using HttpResponseMessage response = await _client.GetAsync($"/events?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        string detail = JsonDocument
            .Parse(await response.Content.ReadAsStringAsync())
            .RootElement.GetProperty("detail")
            .GetString()!;
        Assert.StartsWith("INVALID_", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Following_TellsOldAndNewUntilTheNodeStops()
    {
        await using Scene scene = await Open(o => o);
        using HttpClient client = new() { BaseAddress = scene.Node.Node.HttpAddress };
        using StreamReader lines = new(await client.GetStreamAsync("/events?follow=true&from=0"));
        List<Event> told = [];
        ulong next = 0;
        await ReadTo(token: "token-0");
        await ReadTo(token: "token-1");

        Assert.Equal(await EventsScene.ListAll(scene.Node, new EventFilter(), 0), told);
        Assert.Equal((ulong)scene.Node.Size, next);
        Task stopping = scene.Node.Node.StopAsync();
        Assert.Null(await lines.ReadLineAsync().WaitAsync(Patience));
        await stopping.WaitAsync(Patience);

        async Task ReadTo(string token)
        {
            Assert.Equal(token, await scene.MintFor(scene.Holder));
            while (next < (ulong)scene.Node.Size)
            {
                string line = (await lines.ReadLineAsync().WaitAsync(Patience))!;
                if (line.Contains("next_index", StringComparison.Ordinal))
                {
                    next = PositionIn(line);
                }
                else
                {
                    told.Add(Parse(line));
                }
            }
        }
    }

    [Fact]
    public async Task Get_FollowingWithoutRoom_IsOverloaded()
    {
        await using Scene scene = await Open(o => o with { Limits = NodeLimits.Default with { StreamsMax = 1 } });
        using HttpClient client = new() { BaseAddress = scene.Node.Node.HttpAddress };
        using Stream first = await client.GetStreamAsync("/events?follow=true");

        using HttpResponseMessage second = await client.GetAsync("/events?follow=true");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/events")).StatusCode);
    }

    [Fact]
    public async Task Get_FollowingWithoutReading_IsCutOff()
    {
        await using Scene scene = await Open(o =>
            o with
            {
                StallTimeout = 2 * Patience,
                Limits = NodeLimits.Default with { SubscriberTimeout = TimeSpan.FromSeconds(0.3) },
            }
        );
        for (int i = 0; i < 25; i++)
        {
            await scene.Apply(scene.Issuer, Operations.BatchMint(Scene.Class, scene.Holder.Did, 1_000));
        }

        using HttpClient client = new() { BaseAddress = scene.Node.Node.HttpAddress };
        using Stream stalled = await client.GetStreamAsync("/events?follow=true");

        // It is not waited for: a stopping node would wait for a stream that is open.
        await scene.Node.Node.CallsEnded.WaitAsync(Patience);

        await Assert.ThrowsAnyAsync<IOException>(() => stalled.CopyToAsync(Stream.Null));
    }

    private static Task<Scene> Open(Func<NodeOptions, NodeOptions> change) =>
        Scene.OpenAsync(o => change(o) with { Http = new IPEndPoint(IPAddress.Loopback, 0) });

    private static Event Parse(string line) => JsonParser.Default.Parse<Event>(line);

    private static ulong PositionIn(string line) =>
        ulong.Parse(JsonDocument.Parse(line).RootElement.GetProperty("next_index").GetString()!);
}

using System.Net;
using Grpc.Core;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

/// <summary>A ledger on which several kinds of things happened, and a node that tells them on both ports.</summary>
public sealed class EventsScene : IAsyncLifetime
{
    internal Scene Scene { get; private set; } = null!;

    /// <summary>Everything that happened, as one page after the other tells it.</summary>
    internal List<Event> All { get; } = [];

    public async ValueTask InitializeAsync()
    {
        Scene = await Scene.OpenAsync(o => o with { Http = new IPEndPoint(IPAddress.Loopback, 0) });
        Signer[] holders = [Scene.Holder, Scene.Other];
        for (int i = 0; i < 6; i++)
        {
            string token = await Scene.MintFor(Scene.Holder);
            await Scene.Apply(Scene.Holder, Scene.Transfer(token, Scene.Holder, Scene.Other));
            if (i % 2 == 0)
            {
                await Scene.Apply(Scene.Other, Scene.Burn(token));
            }

            await Scene.RefusesRecorded(
                Scene.Holder.Sign(Scene.Mint(Scene.NewTokenId(), Scene.Holder)),
                StatusCode.PermissionDenied,
                ReasonCode.NotAuthorised
            );
        }

        await Scene.Apply(Scene.Issuer, Operations.BatchMint(Scene.Class, holders[0].Did, 7));
        All.AddRange(await ListAll(Scene.Node, new EventFilter(), 0));
    }

    public async ValueTask DisposeAsync() => await Scene.DisposeAsync();

    /// <summary>Every event that a filter wants, page by page.</summary>
    internal static async Task<List<Event>> ListAll(TestNode node, EventFilter filter, uint size)
    {
        List<Event> all = [];
        ulong next = 0;
        while (next < (ulong)node.Size)
        {
            ListEventsResponse page = await node.Events.ListEventsAsync(
                new ListEventsRequest
                {
                    FromIndex = next,
                    Filter = filter,
                    PageSize = size,
                }
            );
            Assert.True(page.NextIndex > next);
            Assert.All(page.Events, e => Assert.InRange(e.Index, next, page.NextIndex - 1));
            all.AddRange(page.Events);
            next = page.NextIndex;
        }

        return all;
    }
}

/// <summary>Events: what they tell, in order, from any place on.</summary>
public sealed class EventServiceTests(EventsScene events) : IClassFixture<EventsScene>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private TestNode Node => events.Scene.Node;

    [Fact]
    public async Task ListEvents_OfEveryEntry_AreInOrderAndSaySoOfEach()
    {
        Assert.Equal(Enumerable.Range(0, events.All.Count), events.All.Select((e, i) => i));
        Assert.Equal(events.All.OrderBy(e => e.Index).ThenBy(e => e.Number), events.All);

        // Whatever was not a seal did something.
        List<ulong> operations = [];
        for (ulong index = 0; index < (ulong)Node.Size; index++)
        {
            GetEntryResponse response = await Node.Log.GetEntryAsync(new GetEntryRequest { Index = index });
            Entry entry = Entry.Parser.ParseFrom(response.Entry);
            if (entry.Operation is null)
            {
                continue;
            }

            operations.Add(index);
            Event[] told = [.. events.All.Where(e => e.Index == index)];
            Assert.Equal(Enumerable.Range(0, told.Length), told.Select(e => (int)e.Number));
            Assert.All(told, e => Assert.Equal(entry.TimeMs, e.TimeMs));
            bool refused = entry.Operation.Outcome != ReasonCode.Applied;
            Assert.Equal(refused, told[0].Effect.EffectCase == Effect.EffectOneofCase.Refused);
        }

        Assert.Equal(operations, events.All.Select(e => e.Index).Distinct());
        Assert.Equal(7, events.All.Count(e => e.Index == events.All[^1].Index));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(1_000)]
    public async Task ListEvents_PagesOfAnySize_LoseNothingAndRepeatNothing(uint size) =>
        Assert.Equal(events.All, await EventsScene.ListAll(Node, new EventFilter(), size));

    [Fact]
    public async Task ListEvents_PageThatEndsWithinAnEntry_HasAllOfIt()
    {
        ListEventsResponse page = await Node.Events.ListEventsAsync(
            new ListEventsRequest { FromIndex = events.All[^1].Index, PageSize = 2 }
        );

        Assert.Equal(7, page.Events.Count);
        Assert.Equal((ulong)Node.Size, page.NextIndex);
    }

    [Fact]
    public async Task Filter_ByEachField_IsWhatEachEventSays()
    {
        string token = events.All.First(e => e.Effect.Burned is not null).Effect.Burned.TokenId;
        (EventFilter Filter, Func<Event, bool> Includes)[] cases =
        [
            (new EventFilter { Effects = { "burned" } }, e => e.Effect.Burned is not null),
            (
                new EventFilter { Effects = { "burned", "refused" } },
                e => e.Effect.Burned is not null || e.Effect.Refused is not null
            ),
            (
                new EventFilter { Party = events.Scene.Other.Did },
                e => e.ToString().Contains(events.Scene.Other.Did, StringComparison.Ordinal)
            ),
            (
                new EventFilter { PilotId = Scene.Pilot },
                e => e.ToString().Contains($"\"pilotId\": \"{Scene.Pilot}\"", StringComparison.Ordinal)
            ),
            (
                new EventFilter { ClassId = Scene.Class },
                e => e.ToString().Contains($"\"classId\": \"{Scene.Class}\"", StringComparison.Ordinal)
            ),
            (
                new EventFilter { ClassId = Scene.Class, TokenId = token },
                e => e.ToString().Contains($"\"tokenId\": \"{token}\"", StringComparison.Ordinal)
            ),
            (
                new EventFilter { Effects = { "transferred" }, Party = events.Scene.Holder.Did },
                e => e.Effect.Transferred is not null
            ),
            (new EventFilter { PilotId = "nowhere" }, _ => false),
        ];
        foreach ((EventFilter filter, Func<Event, bool> includes) in cases)
        {
            Event[] expected = [.. events.All.Where(includes)];
            Assert.Equal(filter.PilotId == "nowhere", expected.Length == 0);
            Assert.True(expected.Length < events.All.Count);
            Assert.Equal(expected, await EventsScene.ListAll(Node, filter, 3));
            List<Event> followed = [];
            using var call = Node.Events.Subscribe(new SubscribeRequest { Filter = filter });
            while (followed.Count < expected.Length)
            {
                Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Patience));
                followed.AddRange(call.ResponseStream.Current.Events);
            }

            Assert.Equal(expected, followed);
        }
    }

    [Fact]
    public async Task Filter_ThatIsWrong_IsRefused()
    {
        (EventFilter Filter, ReasonCode Reason)[] cases =
        [
            (new EventFilter { Effects = { "nothing" } }, ReasonCode.InvalidRequest),
            (new EventFilter { Effects = { "" } }, ReasonCode.InvalidRequest),
            (new EventFilter { Effects = { Enumerable.Repeat("burned", 65) } }, ReasonCode.InvalidRequest),
            (new EventFilter { Party = "did:web:a.test" }, ReasonCode.InvalidDid),
            (new EventFilter { PilotId = "No id" }, ReasonCode.InvalidRequest),
            (new EventFilter { ClassId = "No id" }, ReasonCode.InvalidRequest),
            (new EventFilter { TokenId = "t" }, ReasonCode.InvalidRequest),
            (new EventFilter { ClassId = "c", TokenId = "No id" }, ReasonCode.InvalidRequest),
        ];
        foreach ((EventFilter filter, ReasonCode reason) in cases)
        {
            await Refusal.Of(
                Node.Events.ListEventsAsync(new ListEventsRequest { Filter = filter }),
                StatusCode.InvalidArgument,
                reason
            );
            using var call = Node.Events.Subscribe(new SubscribeRequest { Filter = filter });
            RpcException error = await Assert.ThrowsAsync<RpcException>(() =>
                call.ResponseStream.MoveNext(CancellationToken.None)
            );
            Refusal.Check(error, StatusCode.InvalidArgument, reason);
        }

        await Refusal.Of(
            Node.Events.ListEventsAsync(new ListEventsRequest { PageSize = 1_001 }),
            StatusCode.InvalidArgument,
            ReasonCode.InvalidRequest
        );
    }

    [Fact]
    public async Task ListEvents_BeyondTheLog_AreNone()
    {
        foreach (ulong from in (ulong[])[(ulong)Node.Size, (ulong)Node.Size + 7])
        {
            ListEventsResponse page = await Node.Events.ListEventsAsync(new ListEventsRequest { FromIndex = from });
            Assert.Empty(page.Events);
            Assert.Equal(from, page.NextIndex);
        }

        Assert.Empty((await Node.Events.ListEventsAsync(new ListEventsRequest { FromIndex = ulong.MaxValue })).Events);
    }

    [Fact]
    public async Task Subscribe_FromEveryPosition_TellsTheSameFromThere()
    {
        foreach (ulong from in events.All.Select(e => e.Index).Distinct().SelectMany(i => (ulong[])[i, i + 1]))
        {
            Event[] expected = [.. events.All.Where(e => e.Index >= from)];
            using var call = Node.Events.Subscribe(new SubscribeRequest { FromIndex = from });
            List<Event> told = [];
            while (told.Count < expected.Length)
            {
                Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Patience));
                SubscribeResponse response = call.ResponseStream.Current;
                told.AddRange(response.Events);
                Assert.True(response.NextIndex > told[^1].Index);
            }

            Assert.Equal(expected, told);
        }
    }

    [Fact]
    public async Task Subscribe_WhileThingsHappen_TellsWhatAReplayTells()
    {
        await using Scene scene = await Scene.OpenAsync();
        List<Event> live = [];
        List<ulong> positions = [];
        using var call = scene.Node.Events.Subscribe(new SubscribeRequest());
        Task reading = Task.Run(async () =>
        {
            while (live.Count == 0 || live[^1].Effect.Burned is null)
            {
                Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
                live.AddRange(call.ResponseStream.Current.Events);
                positions.Add(call.ResponseStream.Current.NextIndex);
            }
        });
        for (int i = 0; i < 20; i++)
        {
            await scene.MintFor(scene.Holder);
        }

        await scene.Apply(scene.Holder, Scene.Burn("token-0"));
        await reading.WaitAsync(Patience);

        Assert.Equal(await EventsScene.ListAll(scene.Node, new EventFilter(), 0), live);
        Assert.Equal(positions.Order(), positions);
        await Refused(scene.Node.Node.StopAsync());

        async Task Refused(Task stopping)
        {
            RpcException error = await Assert.ThrowsAsync<RpcException>(() =>
                call.ResponseStream.MoveNext(CancellationToken.None)
            );
            Refusal.Check(error, StatusCode.Unavailable, ReasonCode.Stopping);
            await stopping.WaitAsync(Patience);
        }
    }

    [Fact]
    public async Task Subscribe_FromBeyondTheLog_WaitsForWhatComes()
    {
        await using Scene scene = await Scene.OpenAsync();
        using var call = scene.Node.Events.Subscribe(new SubscribeRequest { FromIndex = (ulong)scene.Node.Size + 2 });
        await scene.MintFor(scene.Holder);
        string second = await scene.MintFor(scene.Holder);

        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Patience));

        Assert.Equal(second, Assert.Single(call.ResponseStream.Current.Events).Effect.Minted.TokenId);
    }

    [Fact]
    public async Task Subscribe_NothingIsWantedForLong_IsToldThePosition()
    {
        await using Scene scene = await Scene.OpenAsync(o =>
            o with
            {
                Limits = NodeLimits.Default with { EventsPositionEntries = 4 },
            }
        );
        using var call = scene.Node.Events.Subscribe(
            new SubscribeRequest
            {
                FromIndex = (ulong)scene.Node.Size,
                Filter = new EventFilter { Effects = { "burned" } },
            }
        );
        ulong before = (ulong)scene.Node.Size;
        await scene.MintFor(scene.Holder);
        await scene.MintFor(scene.Holder);

        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Patience));

        Assert.Empty(call.ResponseStream.Current.Events);
        Assert.Equal(before + 4, call.ResponseStream.Current.NextIndex);
    }

    [Fact]
    public async Task Subscribe_CallerThatDoesNotRead_IsCutOffWhileOthersAndWritesGoOn()
    {
        await using Scene scene = await Scene.OpenAsync(o =>
            o with
            {
                StallTimeout = 2 * Patience,
                Limits = NodeLimits.Default with { SubscriberTimeout = TimeSpan.FromSeconds(0.3) },
            }
        );
        using var slow = scene.Node.Events.Subscribe(new SubscribeRequest());
        Assert.True(await slow.ResponseStream.MoveNext(CancellationToken.None));
        ulong next = slow.ResponseStream.Current.NextIndex;

        // More than fits between the node and a reader who has stopped, and all of it is written.
        for (int i = 0; i < 25; i++)
        {
            await scene.Apply(scene.Issuer, Operations.BatchMint(Scene.Class, scene.Holder.Did, 1_000));
        }

        List<Event> all = await EventsScene.ListAll(scene.Node, new EventFilter(), 0);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await slow.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Patience))
            {
                next = slow.ResponseStream.Current.NextIndex;
                await Task.Yield();
            }
        });

        Refusal.Check(error, StatusCode.Unavailable, ReasonCode.SubscriberTooSlow);
        Assert.True(next < all[^1].Index);
        ulong named = ulong.Parse(error.Status.Detail.Split("from index ")[1].Split('.')[0]);
        Assert.InRange(named, 1UL, next);
        List<Event> rest = [];
        using var again = scene.Node.Events.Subscribe(new SubscribeRequest { FromIndex = named });
        while (rest.Count < all.Count(e => e.Index >= named))
        {
            Assert.True(await again.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Patience));
            rest.AddRange(again.ResponseStream.Current.Events);
        }

        Assert.Equal(all.Where(e => e.Index >= named), rest);
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Ledger.V1;
using Status = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Ledger.Node.Tests.Grpc;

/// <summary>Callers who together want more of a node than it has.</summary>
public class RoomTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Streams_MoreThanTheNodeTakes_AreRefusedUntilOthersEnd()
    {
        await using Scene scene = await OpenAsync(limits => limits with { StreamsMax = 2 });
        LogService.LogServiceClient log = scene.Node.Log;
        StreamEntriesRequest follow = new() { FirstIndex = (ulong)scene.Node.Size - 1, Follow = true };
        using AsyncServerStreamingCall<StreamEntriesResponse> first = log.StreamEntries(follow);
        using AsyncServerStreamingCall<StreamEntriesResponse> second = log.StreamEntries(follow);
        Assert.True(await first.ResponseStream.MoveNext(CancellationToken.None));
        Assert.True(await second.ResponseStream.MoveNext(CancellationToken.None));

        using AsyncServerStreamingCall<StreamEntriesResponse> third = log.StreamEntries(follow);
        using var submissions = scene.Node.Registry.SubmitStream();
        await AssertOverloaded(() => third.ResponseStream.MoveNext(CancellationToken.None));
        await AssertOverloaded(() => submissions.ResponseStream.MoveNext(CancellationToken.None));

        // Calls that are no streams have room of their own, and a place that is left can be taken.
        await scene.MintFor(scene.Holder);
        first.Dispose();
        await Eventually(async () =>
        {
            using AsyncServerStreamingCall<StreamEntriesResponse> fourth = log.StreamEntries(follow);
            await fourth.ResponseStream.MoveNext(CancellationToken.None);
        });
    }

    [Fact]
    public async Task Calls_MoreThanTheNodeTakes_AreRefusedAndHealthIsNot()
    {
        using HeldTime time = new();
        await using Scene scene = await OpenAsync(limits => limits with { CallsMax = 4 }, time);
        Task waits = time.Hold();
        Task<Receipt>[] accepted =
        [
            .. Enumerable
                .Range(0, 4)
                .Select(_ => scene.Apply(scene.Issuer, Scene.Mint(scene.NewTokenId(), scene.Holder))),
        ];
        await waits.WaitAsync(Patience);

        await Eventually(() =>
            AssertOverloaded(() => scene.Node.Log.GetCheckpointAsync(new GetCheckpointRequest()).ResponseAsync)
        );

        Assert.Equal(Status.Serving, (await scene.Node.Health.CheckAsync(new HealthCheckRequest())).Status);
        time.Release();
        await Task.WhenAll(accepted).WaitAsync(Patience);
        await Eventually(() => scene.Node.Log.GetCheckpointAsync(new GetCheckpointRequest()).ResponseAsync);
    }

    [Fact]
    public async Task Answers_MoreThanWaitForTheirReaders_RefuseWhoComes()
    {
        await using Scene scene = await OpenAsync(limits => limits with { AnswerBytesMax = 40_000 });
        await Large.Fill(scene, megabytes: 4);
        var stalled = scene.Node.Log.StreamEntries(new StreamEntriesRequest());
        Assert.True(await stalled.ResponseStream.MoveNext(CancellationToken.None));

        await Eventually(() =>
            AssertOverloaded(() => scene.Node.Log.GetCheckpointAsync(new GetCheckpointRequest()).ResponseAsync)
        );

        // Who reads, or leaves, makes room.
        stalled.Dispose();
        await Eventually(() => scene.Node.Log.GetCheckpointAsync(new GetCheckpointRequest()).ResponseAsync);
    }

    [Fact]
    public async Task Answer_ThatNobodyReads_IsCutOff()
    {
        await using Scene scene = await Scene.OpenAsync(o =>
            o with
            {
                StallTimeout = TimeSpan.FromSeconds(0.3),
                StopTimeout = 4 * Patience,
            }
        );
        await scene.Apply(
            scene.Issuer,
            new Operation
            {
                BatchMint = new BatchMint
                {
                    ClassId = Scene.Class,
                    Owner = scene.Holder.Did,
                    Items = { Enumerable.Range(0, 1_000).Select(i => new MintItem { TokenId = $"many-{i:d40}" }) },
                },
            }
        );

        // More than the 64 KiB that a client is sent before it has begun to read.
        ListTokensRequest list = new() { ClassId = Scene.Class, PageSize = 1_000 };
        Assert.InRange((await scene.Node.Tokens.ListTokensAsync(list)).CalculateSize(), 100_000, 1_000_000);
        using HttpClient client = new();
        using HttpRequestMessage request = new(
            HttpMethod.Post,
            new Uri(scene.Node.Node.Address, "/ledger.v1.TokenService/ListTokens")
        )
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(RawHttp.Frame(list.ToByteArray())),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using HttpResponseMessage stalled = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        // A stopping node waits for answers that have not been read: that it need not tells that this one is given up.
        await scene.Node.Node.StopAsync().WaitAsync(Patience);

        Assert.True(scene.Node.Node.IsStoreClosed);
    }

    [Fact]
    public async Task Connections_MoreThanTheNodeTakes_AreClosedAndOthersGoOn()
    {
        await using Scene scene = await OpenAsync(limits => limits with { ConnectionsMax = 3 });
        await scene.Node.Log.GetCheckpointAsync(new GetCheckpointRequest());
        using TcpClient second = await Connect(scene.Node);
        using TcpClient third = await Connect(scene.Node);

        // The node says nothing to one connection too many, and ends it.
        using TcpClient fourth = await Dial(scene.Node);
        Assert.False(await IsAnswered(fourth));
        await scene.Node.Log.GetCheckpointAsync(new GetCheckpointRequest());

        third.Close();
        await Eventually(async () =>
        {
            using var channel = scene.Node.OpenChannel();
            await new LogService.LogServiceClient(channel).GetCheckpointAsync(new GetCheckpointRequest());
        });
    }

    private static Task<Scene> OpenAsync(Func<NodeLimits, NodeLimits> limits, TimeProvider? time = null) =>
        Scene.OpenAsync(
            options => options with { Limits = limits(options.Limits) },
            ledger => ledger with { Time = time ?? ledger.Time }
        );

    // A connection on which the node has answered: it has a place.
    private static async Task<TcpClient> Connect(TestNode node)
    {
        while (true)
        {
            TcpClient client = await Dial(node);
            if (await IsAnswered(client))
            {
                return client;
            }

            client.Dispose();
            await Task.Delay(10);
        }
    }

    private static async Task<TcpClient> Dial(TestNode node)
    {
        TcpClient client = new();
        await client.ConnectAsync(node.Node.EndPoint);
        return client;
    }

    // Begins to speak HTTP/2 (RFC 9113, section 3.4), and hears the node's settings, or the end.
    private static async Task<bool> IsAnswered(TcpClient client)
    {
        using CancellationTokenSource patience = new(Patience);
        byte[] begin = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];
        try
        {
            await client.GetStream().WriteAsync(begin, patience.Token);
            return await client.GetStream().ReadAsync(new byte[1], patience.Token) > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task AssertOverloaded(Func<Task> call)
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(call);
        Refusal.Check(error, StatusCode.ResourceExhausted, ReasonCode.Overloaded);
        Assert.NotNull(error.Trailers.GetValue("retry-after-ms"));
    }

    // What the node comes to know at its own pace: that a caller has left, or has stopped reading.
    private static async Task Eventually(Func<Task> holds)
    {
        using CancellationTokenSource patience = new(Patience);
        while (true)
        {
            try
            {
                await holds();
                return;
            }
            catch (Exception) when (!patience.IsCancellationRequested)
            {
                await Task.Delay(10);
            }
        }
    }
}

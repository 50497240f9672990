using System.Collections.Concurrent;
using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1;
using Ledger.Node.Tests.Grpc;
using Ledger.V1;
using Status = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Ledger.Node.Tests;

/// <summary>How a node ends: nothing that was accepted is lost, and nobody is left waiting.</summary>
public class StopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task StopAsync_WhileOperationsWait_AnswersThemAndRefusesOthers()
    {
        const int Room = 10;
        using HeldTime time = new();
        await using Scene scene = await Scene.OpenAsync(
            WithTimeToRead,
            ledger => ledger with { Time = time, PoolOperationsMax = Room }
        );
        TestNode node = scene.Node;
        using var watch = node.Health.Watch(new HealthCheckRequest());
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(Status.Serving, watch.ResponseStream.Current.Status);
        SignedOperation late = scene.Issuer.Sign(Scene.Mint("late", scene.Holder));

        // 1. Operations are accepted, as a stream and one by one, and wait. One more than there is room for tells that all
        // others are in.
        Task waits = time.Hold();
        using var stream = node.Registry.SubmitStream();
        await stream.RequestStream.WriteAsync(
            new SubmitStreamRequest { Operation = scene.Issuer.Sign(Scene.Mint("streamed", scene.Holder)) }
        );
        await waits.WaitAsync(Patience);
        List<Task<SubmitResponse>> calls =
        [
            .. Enumerable
                .Range(0, Room)
                .Select(i => scene.Issuer.Sign(Scene.Mint($"waiting-{i}", scene.Holder)))
                .Select(o => node.Registry.SubmitAsync(new SubmitRequest { Operation = o }).ResponseAsync),
        ];
        Task<SubmitResponse> tooMany = await Task.WhenAny(calls).WaitAsync(Patience);
        RpcException overloaded = await Assert.ThrowsAsync<RpcException>(() => tooMany);
        Refusal.Check(overloaded, StatusCode.ResourceExhausted, ReasonCode.Overloaded);
        Assert.NotNull(overloaded.Trailers.GetValue("retry-after-ms"));
        calls.Remove(tooMany);

        // 2. The node is told to stop: health says so, and whoever comes now is told.
        Task stopping = node.Node.StopAsync();
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(Status.NotServing, watch.ResponseStream.Current.Status);
        Assert.Equal(Status.NotServing, (await node.Health.CheckAsync(new HealthCheckRequest())).Status);
        await Refusal.Of(
            node.Registry.SubmitAsync(new SubmitRequest { Operation = late }),
            StatusCode.Unavailable,
            ReasonCode.Stopping
        );
        await node.Log.GetCheckpointAsync(new GetCheckpointRequest());
        Assert.All(calls, call => Assert.False(call.IsCompleted));
        Assert.False(stopping.IsCompleted);

        // 3. What was accepted is recorded and answered, then the port is closed.
        time.Release();
        SubmitResponse[] answers = await Task.WhenAll(calls).WaitAsync(Patience);
        Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(ReasonCode.Applied, stream.ResponseStream.Current.Result.Reason);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() =>
            stream.ResponseStream.MoveNext(CancellationToken.None)
        );
        Refusal.Check(error, StatusCode.Unavailable, ReasonCode.Stopping);
        await stopping.WaitAsync(Patience);
        await node.Node.Stopped.WaitAsync(Patience);
        await AssertPortIsClosed(node);
        Assert.Empty(node.Check());
        await AssertRecorded(node, answers.Select(a => a.Receipt));
    }

    [Fact]
    public async Task StopAsync_UnderLoad_LosesNothingThatItAnswered()
    {
        await using Scene scene = await Scene.OpenAsync(WithTimeToRead);
        TestNode node = scene.Node;
        long before = node.Size;
        ConcurrentBag<Receipt> receipts = [];
        ConcurrentBag<RpcException> errors = [];
        TaskCompletionSource busy = new();
        Task[] callers = [.. Enumerable.Range(0, 6).Select(_ => Task.Run(Submit)), Task.Run(Stream)];

        await busy.Task.WaitAsync(Patience);
        await node.Node.StopAsync().WaitAsync(Patience);
        await Task.WhenAll(callers).WaitAsync(Patience);

        Assert.Equal(callers.Length, errors.Count);
        Assert.All(errors, e => Assert.Equal(StatusCode.Unavailable, e.StatusCode));
        Assert.Empty(node.Check());
        await AssertRecorded(node, receipts);

        // Whoever got an error can be sure that nothing was recorded.
        await using EmbeddedLedger ledger = node.Reopen();
        using ReadView view = ledger.Read();
        Assert.Equal(
            receipts.Count,
            view.Entries(before).Select(Entry.Parser.ParseFrom).Count(e => e.Operation is not null)
        );

        async Task Submit()
        {
            using var channel = node.OpenChannel();
            RegistryService.RegistryServiceClient client = new(channel);
            while (true)
            {
                SignedOperation operation = scene.Issuer.Sign(Scene.Mint("", scene.Holder));
                try
                {
                    receipts.Add((await client.SubmitAsync(new SubmitRequest { Operation = operation })).Receipt);
                }
                catch (RpcException e)
                {
                    errors.Add(e);
                    return;
                }

                if (receipts.Count >= 200)
                {
                    busy.TrySetResult();
                }
            }
        }

        async Task Stream()
        {
            using var channel = node.OpenChannel();
            using var call = new RegistryService.RegistryServiceClient(channel).SubmitStream();
            Task reading = Read();
            try
            {
                while (true)
                {
                    await call.RequestStream.WriteAsync(
                        new SubmitStreamRequest { Operation = scene.Issuer.Sign(Scene.Mint("", scene.Holder)) }
                    );
                }
            }
            catch (Exception e) when (e is RpcException or InvalidOperationException)
            {
                // The stream has ended: the reader knows why.
            }

            await reading;

            async Task Read()
            {
                try
                {
                    await foreach (SubmitStreamResponse response in call.ResponseStream.ReadAllAsync())
                    {
                        if (response.Result.Receipt is { } receipt)
                        {
                            receipts.Add(receipt);
                        }
                        else
                        {
                            Assert.Equal(ReasonCode.Stopping, response.Result.Reason);
                        }
                    }
                }
                catch (RpcException e)
                {
                    errors.Add(e);
                }
            }
        }
    }

    [Fact]
    public async Task StopAsync_WithIdleStreams_EndsThemAndDoesNotWait()
    {
        await using Scene scene = await Scene.OpenAsync(options =>
            WithTimeToRead(options) with
            {
                StopTimeout = 2 * Patience,
            }
        );
        TestNode node = scene.Node;
        using var entries = node.Log.StreamEntries(
            new StreamEntriesRequest { FirstIndex = (ulong)node.Size - 1, Follow = true }
        );
        using var submissions = node.Registry.SubmitStream();
        await submissions.RequestStream.WriteAsync(new SubmitStreamRequest());
        using var reflection = node.Reflection.ServerReflectionInfo();
        await reflection.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
        using var health = node.Health.Watch(new HealthCheckRequest());
        Assert.True(await entries.ResponseStream.MoveNext(CancellationToken.None));
        Assert.True(await submissions.ResponseStream.MoveNext(CancellationToken.None));
        Assert.True(await reflection.ResponseStream.MoveNext(CancellationToken.None));
        Assert.True(await health.ResponseStream.MoveNext(CancellationToken.None));

        Task<bool>[] waiting =
        [
            entries.ResponseStream.MoveNext(CancellationToken.None),
            submissions.ResponseStream.MoveNext(CancellationToken.None),
            reflection.ResponseStream.MoveNext(CancellationToken.None),
        ];
        Task<bool> watching = health.ResponseStream.MoveNext(CancellationToken.None);

        await node.Node.StopAsync().WaitAsync(Patience);

        Assert.True(await watching);
        Assert.Equal(Status.NotServing, health.ResponseStream.Current.Status);
        foreach (Task<bool> stream in waiting)
        {
            RpcException error = await Assert.ThrowsAsync<RpcException>(() => stream);
            Refusal.Check(error, StatusCode.Unavailable, ReasonCode.Stopping);
        }
    }

    [Fact]
    public async Task StopAsync_WithAReaderThatDoesNotRead_WaitsNoLongerThanItMay()
    {
        await using Scene scene = await Scene.OpenAsync(options =>
            options with
            {
                StopTimeout = TimeSpan.FromMilliseconds(200),
            }
        );
        await Large.Fill(scene, megabytes: 4);
        using var stalled = scene.Node.Log.StreamEntries(new StreamEntriesRequest());
        Assert.True(await stalled.ResponseStream.MoveNext(CancellationToken.None));

        await scene.Node.Node.StopAsync().WaitAsync(Patience);

        Assert.Empty(scene.Node.Check());
    }

    [Fact]
    public async Task StopAsync_WithALedgerThatDoesNotFinish_EndsAllTheSame()
    {
        using HeldTime time = new();
        await using Scene scene = await Scene.OpenAsync(Impatient, ledger => ledger with { Time = time });
        Task waits = time.Hold();
        Task<Receipt> call = scene.Apply(scene.Issuer, Scene.Mint("held", scene.Holder));
        await waits.WaitAsync(Patience);

        await scene.Node.Node.StopAsync().WaitAsync(Patience);

        Assert.False(scene.Node.Node.IsStoreClosed);
        await Assert.ThrowsAsync<RpcException>(() => call);
        await AssertPortIsClosed(scene.Node);
        time.Release();
        await scene.Node.Node.Ledger.StopAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task StopAsync_WithAReaderThatDoesNotEnd_LeavesTheStoreOpenForIt()
    {
        using HeldTime time = new();
        await using Scene scene = await Scene.OpenAsync(
            options => Impatient(options) with { Time = time },
            ledger => ledger with { Time = TimeProvider.System }
        );
        LedgerNode node = scene.Node.Node;

        // A question about the present asks for the time while it reads.
        Task reads = time.Hold();
        Task<ResolveResponse> question = scene
            .Node.Dids.ResolveAsync(new ResolveRequest { Did = scene.Holder.Did, VersionTimeMs = 1 })
            .ResponseAsync;
        await reads.WaitAsync(Patience);

        await node.StopAsync().WaitAsync(Patience);

        Assert.False(node.IsStoreClosed);
        node.Ledger.Read().Dispose();
        time.Release();
        await Assert.ThrowsAsync<RpcException>(() => question);
        await node.CallsEnded.WaitAsync(Patience);
        await node.Ledger.StopAsync().WaitAsync(Patience);
        Assert.Empty(scene.Node.Check());
    }

    [Fact]
    public async Task StopAsync_Twice_StopsOnce()
    {
        await using Scene scene = await Scene.OpenAsync();
        LedgerNode node = scene.Node.Node;
        Assert.False(node.Stopped.IsCompleted);

        await Task.WhenAll(node.StopAsync(), node.StopAsync());
        await node.StopAsync();

        Assert.True(node.Stopped.IsCompletedSuccessfully);
        Assert.Throws<ObjectDisposedException>(node.Ledger.Read);
        Submission submission = await node.Ledger.SubmitAsync(
            scene.Issuer.Sign(Scene.Mint("late", scene.Holder)),
            CancellationToken.None
        );
        Assert.Equal(ReasonCode.Stopping, submission.Judgement.Reason);
        Assert.Null(await node.Ledger.WaitForSizeAsync(1_000_000, CancellationToken.None));
    }

    // Enough for the callers of these tests on a busy machine.
    private static NodeOptions WithTimeToRead(NodeOptions options) =>
        options with
        {
            StopLinger = TimeSpan.FromSeconds(1),
        };

    private static NodeOptions Impatient(NodeOptions options) =>
        options with
        {
            StopTimeout = TimeSpan.FromMilliseconds(200),
        };

    private static async Task AssertPortIsClosed(TestNode node)
    {
        using TcpClient client = new();
        await Assert.ThrowsAsync<SocketException>(() =>
            client.ConnectAsync(node.Node.Address.Host, node.Node.Address.Port)
        );
    }

    private static async Task AssertRecorded(TestNode node, IEnumerable<Receipt> receipts)
    {
        await using EmbeddedLedger ledger = node.Reopen();
        using ReadView view = ledger.Read();
        foreach (Receipt receipt in receipts)
        {
            Assert.Equal(receipt, view.FindReceipt(receipt.OperationId.Span));
        }
    }
}

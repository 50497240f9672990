using Google.Protobuf;
using Grpc.Core;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

/// <summary>Callers who open a stream and stop reading, or vanish. A stopping node waits for open streams: that it does not
/// have to wait tells that they have ended.</summary>
public class StreamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task StreamEntries_CallerThatDoesNotRead_IsCutOff()
    {
        await using Scene scene = await Scene.OpenAsync(o =>
            Patient(o) with
            {
                StallTimeout = TimeSpan.FromSeconds(0.3),
            }
        );
        const int Megabytes = 8;
        await Large.Fill(scene, Megabytes);
        using var call = scene.Node.Log.StreamEntries(new StreamEntriesRequest());
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));

        await scene.Node.Node.StopAsync().WaitAsync(Patience);

        // What had left the node may still be read, and it is little.
        long bytes = 0;
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
                bytes += call.ResponseStream.Current.CalculateSize();
            }
        });
        Assert.InRange(bytes, 0, Megabytes * 1_000_000 / 4);
        Assert.NotEqual(StatusCode.OK, error.StatusCode);
    }

    [Fact]
    public async Task StreamEntries_CallerThatReadsSlowly_IsNotCutOff()
    {
        await using Scene scene = await Scene.OpenAsync(o => o with { StallTimeout = TimeSpan.FromSeconds(5) });
        await Large.Fill(scene, megabytes: 4);
        using var call = scene.Node.Log.StreamEntries(new StreamEntriesRequest());
        long entries = 0;

        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            entries += call.ResponseStream.Current.Entries.Count;
            await Task.Yield();
        }

        Assert.Equal(scene.Node.Size, entries);
    }

    [Fact]
    public async Task SubmitStream_CallerThatSendsAndDoesNotRead_IsHeldBackAndThenCutOff()
    {
        // Every request is refused by its form, with an answer of some 200 bytes.
        const int Many = 20_000;
        await using Scene scene = await Scene.OpenAsync(o =>
            Patient(o) with
            {
                StallTimeout = TimeSpan.FromSeconds(0.5),
            }
        );
        using var call = scene.Node.Registry.SubmitStream();
        SubmitStreamRequest request = new()
        {
            Operation = new SignedOperation { Operation = ByteString.CopyFrom(new byte[10_000]) },
        };
        int sent = 0;

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            for (; sent < Many; sent++)
            {
                await call.RequestStream.WriteAsync(request).WaitAsync(Patience);
            }
        });

        // Neither requests nor answers pile up in the node: the caller could not send more than fits on the way.
        Assert.InRange(sent, 100, 5_000);
        await scene.Node.Node.StopAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task StreamEntries_CallerThatVanishes_LeavesNothingBehind()
    {
        await using Scene scene = await Scene.OpenAsync(Patient);
        await Large.Fill(scene, megabytes: 4);
        using (var channel = scene.Node.OpenChannel())
        {
            // One that is being sent to, one that waits.
            LogService.LogServiceClient client = new(channel);
            var sending = client.StreamEntries(new StreamEntriesRequest());
            Assert.True(await sending.ResponseStream.MoveNext(CancellationToken.None));
            var waiting = client.StreamEntries(
                new StreamEntriesRequest { FirstIndex = (ulong)scene.Node.Size - 1, Follow = true }
            );
            Assert.True(await waiting.ResponseStream.MoveNext(CancellationToken.None));
            sending.Dispose();
        }

        await scene.Node.Node.StopAsync().WaitAsync(Patience);

        Assert.Empty(scene.Node.Check());
    }

    private static NodeOptions Patient(NodeOptions options) => options with { StopTimeout = 4 * Patience };
}

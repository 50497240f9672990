using Grpc.Core;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

/// <summary>Callers who follow the log as it grows.</summary>
public class FollowTests(Scene scene) : IClassFixture<Scene>
{
    [Fact]
    public async Task StreamEntries_Following_SeesNewEntriesAndEndsWhenCancelled()
    {
        using CancellationTokenSource cancel = new(TimeSpan.FromSeconds(30));
        using var call = scene.Node.Log.StreamEntries(
            new StreamEntriesRequest { FirstIndex = (ulong)scene.Node.Size, Follow = true },
            cancellationToken: cancel.Token
        );

        for (int i = 0; i < 3; i++)
        {
            Receipt receipt = await scene.Apply(scene.Issuer, Scene.Mint(scene.NewTokenId(), scene.Holder));
            List<Entry> seen = await Read(call.ResponseStream, 2);
            Assert.Equal(receipt.Index, seen[0].Index);
            Assert.NotNull(seen[0].Operation);
            Assert.Equal(receipt.Index + 1, seen[1].Index);
            Assert.NotNull(seen[1].Seal);
        }

        await cancel.CancelAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() =>
            call.ResponseStream.MoveNext(CancellationToken.None)
        );
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
    }

    [Fact]
    public async Task StreamEntries_FollowingFromTheStart_JoinsOldAndNew()
    {
        using var call = scene.Node.Log.StreamEntries(new StreamEntriesRequest { Follow = true });
        long before = scene.Node.Size;
        List<Entry> old = await Read(call.ResponseStream, (int)before);
        await scene.MintFor(scene.Holder);
        List<Entry> young = await Read(call.ResponseStream, 2);

        Assert.Equal(Enumerable.Range(0, (int)before + 2), old.Concat(young).Select(e => (int)e.Index));
    }

    [Fact]
    public async Task StreamEntries_FollowingUpToALimit_EndsByItself()
    {
        using var call = scene.Node.Log.StreamEntries(
            new StreamEntriesRequest
            {
                FirstIndex = (ulong)scene.Node.Size,
                Follow = true,
                Limit = 3,
            }
        );
        await scene.MintFor(scene.Holder);
        await scene.MintFor(scene.Holder);

        Assert.Equal(3, (await Read(call.ResponseStream, 3)).Count);
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Fact]
    public async Task StreamEntries_FollowingFromAFarIndex_Waits()
    {
        using var call = scene.Node.Log.StreamEntries(
            new StreamEntriesRequest { FirstIndex = (ulong)scene.Node.Size + 2, Follow = true }
        );
        await scene.MintFor(scene.Holder);
        Receipt receipt = await scene.Apply(scene.Issuer, Scene.Mint(scene.NewTokenId(), scene.Holder));

        Assert.Equal(receipt.Index, (await Read(call.ResponseStream, 1))[0].Index);
    }

    [Fact]
    public async Task StreamEntries_FollowingWithADeadline_EndsThen()
    {
        using var call = scene.Node.Log.StreamEntries(
            new StreamEntriesRequest { FirstIndex = (ulong)scene.Node.Size, Follow = true },
            deadline: DateTime.UtcNow.AddMilliseconds(100)
        );

        RpcException error = await Assert.ThrowsAsync<RpcException>(() =>
            call.ResponseStream.MoveNext(CancellationToken.None)
        );

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    // At least so many entries: a message may bring more than one.
    private static async Task<List<Entry>> Read(IAsyncStreamReader<StreamEntriesResponse> stream, int count)
    {
        List<Entry> entries = [];
        while (entries.Count < count)
        {
            Assert.True(await stream.MoveNext(CancellationToken.None));
            entries.AddRange(stream.Current.Entries.Select(Entry.Parser.ParseFrom));
        }

        return entries;
    }
}

using Ledger.Log;
using Ledger.Protocol;
using Ledger.Rules.Map;
using Ledger.Store;

namespace Ledger.Tests.Log;

public sealed class PublicationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ChainStore _store;

    public PublicationTests() => _store = ChainStore.Open(_folder["store"], "origin", "key");

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Release_LastHolder_EndsTheSnapshot()
    {
        Publication publication = New();
        Assert.True(publication.TryHold());
        Assert.True(publication.TryHold());
        publication.Release();
        publication.Release();
        Assert.True(IsAlive(publication));
        publication.Release();
        Assert.False(IsAlive(publication));
        Assert.False(publication.TryHold());
        Assert.False(publication.TryHold());
    }

    [Fact]
    public void TryHold_FromManyThreadsWhileItIsSuperseded_HoldsOnlyWhatLives()
    {
        for (int round = 0; round < 200; round++)
        {
            Publication publication = New();
            int held = 0;
            int dead = 0;
            Parallel.For(
                0,
                16,
                i =>
                {
                    if (i == 5)
                    {
                        publication.Release(); // a newer one takes over
                    }
                    else if (publication.TryHold())
                    {
                        Interlocked.Increment(ref held);
                        Interlocked.Add(ref dead, IsAlive(publication) ? 0 : 1);
                        publication.Release();
                    }
                }
            );
            Assert.Equal(0, dead);
            Assert.InRange(held, 0, 15);
            Assert.False(IsAlive(publication));
            Assert.False(publication.TryHold());
        }
    }

    private Publication New()
    {
        MerkleTree tree = new(new TileCache((_, _) => []));
        Checkpoint checkpoint = new("origin", 0, new byte[32]);
        return new Publication(new LogHead(tree.View(), checkpoint, [], 0), StateMap.Empty(), _store.Snapshot());
    }

    private static bool IsAlive(Publication publication)
    {
        try
        {
            publication.Snapshot.IndexOf(new byte[32]);
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }
}

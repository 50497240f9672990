using Ledger.Crypto;
using Ledger.Log;
using Ledger.Protocol;
using Ledger.Rules.Map;
using Ledger.Store;

namespace Ledger.Tests.Log;

public sealed class PublisherTests : IDisposable
{
    private static readonly Ed25519PrivateKey Key = TestKeys.Ed25519(0);

    private readonly TemporaryFolder _folder = new();
    private readonly ChainStore _store;
    private readonly LastSigned _lastSigned;
    private readonly MerkleTree _tree = new(new TileCache((_, _) => throw new InvalidOperationException()));
    private readonly Publisher _publisher;

    public PublisherTests()
    {
        _store = ChainStore.Open(_folder["store"], TemporaryLedger.Origin, "key");
        _lastSigned = new LastSigned([LastSigned.PathIn(_folder.Path)], LogKey);
        LedgerOptions options = new()
        {
            Directory = _folder.Path,
            Origin = TemporaryLedger.Origin,
            SigningKey = Key,
        };
        _publisher = new Publisher(options, _store, _lastSigned, _tree.View(), StateMap.Empty(), timeMs: 5);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static VerifierKey LogKey => VerifierKey.ForEd25519(TemporaryLedger.Origin, Key.PublicKey);

    public void Dispose()
    {
        _lastSigned.Dispose();
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Current_Opened_IsTheStoredHeadSigned()
    {
        LogHead head = _publisher.Current.Head;
        Assert.Equal((0, 5), (head.Size, head.TimeMs));
        AssertSigned(head, 0);
    }

    [Fact]
    public void Publish_Head_IsSignedNotedAndRead()
    {
        Publish(3);
        using ReadView view = _publisher.TryRead()!;
        Assert.Same(_publisher.Current.Head, view.Head);
        Assert.Equal((3, 1_003), (view.Head.Size, view.Head.TimeMs));
        AssertSigned(view.Head, 3);
        Assert.Equal(view.Head.Checkpoint, LastSignedOnDisk());
    }

    [Fact]
    public void Publish_LastSigned_IsDurableBeforeAnybodySees()
    {
        LogHead before = _publisher.Current.Head;
        _lastSigned.AroundWrite = write =>
        {
            write();
            Assert.Same(before, _publisher.Current.Head);
            Assert.Equal(3, LastSignedOnDisk().Size);
            throw new IOException("injected");
        };

        Assert.Throws<IOException>(() => Publish(3));

        Assert.Same(before, _publisher.Current.Head);
    }

    [Fact]
    public void TryRead_HeldWhileOthersArePublished_StaysAtItsHead()
    {
        using ReadView view = _publisher.TryRead()!;
        Publish(1);
        Publish(2);
        Assert.Equal(0, view.Head.Size);
        Assert.Null(view.IndexOf(new byte[32])); // its snapshot is still there
        using ReadView newer = _publisher.TryRead()!;
        Assert.Equal(2, newer.Head.Size);
    }

    [Fact]
    public void End_ReadersAreThere_LetsNobodyInAndEndsWithTheLast()
    {
        ReadView view = _publisher.TryRead()!;
        StoreSnapshot snapshot = _publisher.Current.Snapshot;
        _publisher.End();
        Assert.Null(_publisher.TryRead());
        Assert.Null(view.IndexOf(new byte[32]));
        view.Dispose();
        view.Dispose();
        Assert.Throws<ObjectDisposedException>(() => snapshot.IndexOf(new byte[32]));
        Assert.Throws<ObjectDisposedException>(() => view.Head);
    }

    [Fact]
    public async Task WaitForSize_PublishedLater_GivesTheFirstHeadThatReachesIt()
    {
        Task<LogHead?> two = _publisher.WaitForSizeAsync(2, Cancel);
        Task<LogHead?> nine = _publisher.WaitForSizeAsync(9, Cancel);
        Publish(1);
        Assert.False(two.IsCompleted);
        Publish(4);
        Assert.Equal(4, (await two)!.Size);
        Assert.Equal(4, (await _publisher.WaitForSizeAsync(4, Cancel))!.Size);
        Assert.False(nine.IsCompleted);
        _publisher.StopFollowers();
        Assert.Null(await nine);
        Assert.Equal(4, (await _publisher.WaitForSizeAsync(4, Cancel))!.Size); // what is there is still given
        Assert.Null(await _publisher.WaitForSizeAsync(5, Cancel));
    }

    [Fact]
    public async Task WaitForSize_CallerGone_Throws()
    {
        using CancellationTokenSource gone = new();
        Task<LogHead?> waiting = _publisher.WaitForSizeAsync(1, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task TryRead_WhileManyArePublished_NeverGivesOneThatEnded()
    {
        const int Publications = 2_000;
        long[] last = new long[4];
        Task[] readers =
        [
            .. Enumerable
                .Range(0, last.Length)
                .Select(reader =>
                    Task.Run(() =>
                    {
                        while (last[reader] < Publications)
                        {
                            using ReadView view = _publisher.TryRead()!;
                            Assert.Null(view.IndexOf(new byte[32])); // throws when the snapshot has ended
                            Assert.True(view.Head.Size >= last[reader]); // and time does not go back
                            last[reader] = view.Head.Size;
                        }
                    })
                ),
        ];
        for (int size = 1; size <= Publications; size++)
        {
            Publish(size);
        }

        await Task.WhenAll(readers);
        Assert.All(last, size => Assert.Equal(Publications, size));
    }

    private void Publish(int size)
    {
        _tree.Append(ReferenceTree.Leaves((int)_tree.Size, size - (int)_tree.Size));
        _publisher.Publish(_tree.View(), StateMap.Empty(), 1_000 + size);
    }

    private Checkpoint LastSignedOnDisk() =>
        LastSigned.Newest(File.ReadAllBytes(LastSigned.PathIn(_folder.Path)), LogKey, out _)!.Value.Checkpoint;

    private static void AssertSigned(LogHead head, int size)
    {
        Assert.True(
            Checkpoint.TryOpen(head.Note.Span, LogKey, out Checkpoint? checkpoint, out string problem),
            problem
        );
        Assert.Equal(head.Checkpoint, checkpoint);
        Assert.Equal(ReferenceTree.Root(0, size), checkpoint.Root.ToArray());
    }
}

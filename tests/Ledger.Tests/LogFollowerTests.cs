using Google.Protobuf;
using Ledger.Audit;
using Ledger.Log;
using Ledger.Protocol;
using Ledger.Rules.Audit;
using Ledger.Store;
using Ledger.Tests.Store;
using Ledger.V1;

namespace Ledger.Tests;

/// <summary>Copies of a log, of sources that tell the truth, break off, and lie.</summary>
public sealed class LogFollowerTests : IAsyncLifetime
{
    private static readonly SigningHold Mirror = new(CopyKind.Mirror, "somewhere");

    private readonly TemporaryLedger _ledger = TemporaryLedger.Open();
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Copy => _folder["copy"];

    public async ValueTask InitializeAsync()
    {
        await _ledger.Found();
        await Grow(5);
    }

    public async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task CatchUpAsync_TrueLog_HasEveryRowOfItAndGoesOn()
    {
        for (int round = 0; round < 3; round++)
        {
            using (LogFollower follower = Follow())
            {
                Assert.Null(await follower.CatchUpAsync(new TestSource(_ledger), null, Cancel));
                Assert.Equal(_ledger.Ledger.Head.Size, follower.Size);
                Assert.Equal(_ledger.Ledger.Head.Note.ToArray(), follower.Reached!.Note.ToArray());
                await Grow(3);

                // The same follower, on and on; nothing new is nothing wrong.
                Assert.Null(await follower.CatchUpAsync(new TestSource(_ledger), null, Cancel));
                Assert.Null(await follower.CatchUpAsync(new TestSource(_ledger), null, Cancel));
                Assert.Equal(_ledger.Ledger.Head.Checkpoint, follower.Reached.Checkpoint);
            }

            AssertSound();
            await Grow(round);
        }

        using (LogFollower last = Follow())
        {
            Assert.Null(await last.CatchUpAsync(new TestSource(_ledger), null, Cancel));
        }

        await _ledger.Ledger.StopAsync();
        string[] copied = RawStore.Print(Copy);
        string[] original = RawStore.Print(_ledger.Folder);
        string followed = Convert.ToHexString(StoreKeys.Followed);
        Assert.Equal(original, copied.Where(row => !row.Contains(followed, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task CatchUpAsync_StoppedStore_IsASourceToo()
    {
        await _ledger.Ledger.StopAsync();
        using (StoreSource source = new(_ledger.Folder))
        using (LogFollower follower = Follow())
        {
            Assert.Null(await follower.CatchUpAsync(source, null, Cancel));
            Assert.Equal(_ledger.Ledger.Head.Checkpoint, follower.Reached!.Checkpoint);
        }

        AssertSound();
    }

    [Fact]
    public async Task CatchUpAsync_LogOfManyPortions_BreaksOffAndGoesOnWithoutWhatItHas()
    {
        Signer signer = await _ledger.Register();
        for (int i = 0; i < 4; i++)
        {
            SignedOperation[] many = [.. Enumerable.Range(0, 900).Select(_ => new Signer(_ledger.Time).SignCreate())];
            await _ledger.Ledger.SubmitAllAsync(many, Cancel);
        }

        Assert.NotNull(signer.Did);
        TestSource whole = new(_ledger);
        List<long> sizes = [];
        for (int broken = 0; sizes.Count == 0 || sizes[^1] < whole.Entries.Count; broken++)
        {
            using LogFollower follower = Follow();
            follower.PortionBytes = 100_000;
            Assert.Equal(sizes.Count == 0 ? 0 : sizes[^1], follower.Size);
            TestSource source = new(_ledger) { BreaksAfter = 700 * (broken + 1) };
            try
            {
                Assert.Null(await follower.CatchUpAsync(source, null, Cancel));
            }
            catch (IOException)
            {
                // Halfway through a portion: the same follower can ask again.
                source.BreaksAfter = 1;
                await Assert.ThrowsAsync<IOException>(() => follower.CatchUpAsync(source, null, Cancel));
            }

            sizes.Add(follower.Size);
        }

        Assert.InRange(sizes.Distinct().Count(), 3, 20);
        AssertSound();
    }

    public static TheoryData<string> Lies =>
        [
            "flipped byte",
            "flipped signature",
            "reordered",
            "removed entry",
            "removed end",
            "changed outcome",
            "forged seal",
            "second time",
            "no entry",
            "checkpoint of another key",
            "two checkpoints of one size",
            "published checkpoint of another root",
        ];

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task CatchUpAsync_LyingSource_IsFoundWithItsIndexAndNothingOfItIsStored(string lie)
    {
        // Twice: from the start, and of what comes after what was followed. Signed again by the log's own key, and not.
        foreach (bool goesOn in (bool[])[false, true])
        {
            foreach (bool signs in (bool[])[false, true])
            {
                string copy = _folder[$"{goesOn}-{signs}"];
                long before = 0;
                using LogFollower follower = LogFollower.Open(copy, _ledger.Verifier, Mirror);
                if (goesOn)
                {
                    Assert.Null(await follower.CatchUpAsync(new TestSource(_ledger), null, Cancel));
                    before = follower.Size;
                    await Grow(4);
                }

                TestSource source = new(_ledger);
                int at = (int)before + 4; // an operation
                Assert.NotNull(Entry.Parser.ParseFrom(source.Entries[at]).Operation);
                long index = Tell(lie, source, at);
                if (signs && source.Newest is not null && !lie.Contains("checkpoint", StringComparison.Ordinal))
                {
                    source.Sign(_ledger.LogKey);
                }

                Finding? finding = await follower.CatchUpAsync(source, null, Cancel);

                Assert.NotNull(finding);
                Assert.True(finding.Index == index, $"{lie}, {goesOn}, {signs}: {finding}, not at {index}");
                Assert.Equal(before, follower.Size);

                // A source that lied once is followed no further.
                Assert.Equal(finding, await follower.CatchUpAsync(new TestSource(_ledger), null, Cancel));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CatchUpAsync_SourceThatFindsItselfOut_IsFoundThereOrBefore(bool liesBefore)
    {
        using LogFollower follower = Follow();
        TestSource source = new(_ledger)
        {
            BreaksAfter = 7,
            Break = new LogSourceException(new Finding(7, "the entry is not the one that the tile names")),
        };
        long index = liesBefore ? Tell("flipped signature", source, 4) : 7;

        Finding? finding = await follower.CatchUpAsync(source, null, Cancel);

        Assert.Equal(index, finding?.Index);
        Assert.Equal(0, follower.Size);
        Assert.Equal(finding, await follower.CatchUpAsync(new TestSource(_ledger), null, Cancel));
    }

    [Fact]
    public async Task CatchUpAsync_ForkThatTheLogSigned_IsFoundWhereItParts()
    {
        // The log's own key, sound entries, another history after the first of them.
        await using TemporaryLedger other = await ForkAsync();
        using LogFollower follower = Follow();
        Assert.Null(await follower.CatchUpAsync(new TestSource(_ledger), null, Cancel));
        long size = follower.Size;

        Finding? finding = await follower.CatchUpAsync(new TestSource(other), null, Cancel);

        Assert.Equal(size, finding!.Index);
        Assert.Contains("forked", finding.What, StringComparison.Ordinal);
        Assert.Equal(size, follower.Size);
    }

    [Fact]
    public async Task CatchUpAsync_LogThatShrank_IsFoundAlsoByTheNextProcess()
    {
        TestSource shorter = new(_ledger);
        await Grow(2);
        using (LogFollower follower = Follow())
        {
            Assert.Null(await follower.CatchUpAsync(new TestSource(_ledger), null, Cancel));
        }

        using LogFollower next = Follow();
        Finding? finding = await next.CatchUpAsync(shorter, null, Cancel);
        Assert.Equal(shorter.Entries.Count, finding!.Index);
        Assert.Contains("shrunk", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CatchUpAsync_CheckpointSeenBeforeItsEntries_BindsTheSourceAndTheCopy()
    {
        // The log signs a checkpoint, the connection breaks before its entries; then another history comes under the same key.
        await using TemporaryLedger other = await ForkAsync();
        using (LogFollower follower = Follow())
        {
            TestSource source = new(_ledger) { BreaksAfter = 0 };
            await Assert.ThrowsAsync<IOException>(() => follower.CatchUpAsync(source, null, Cancel));
        }

        using (LogFollower follower = Follow())
        {
            Finding? finding = await follower.CatchUpAsync(new TestSource(other), null, Cancel);
            Assert.Contains("forked", finding!.What, StringComparison.Ordinal);
            Assert.Throws<InvalidOperationException>(follower.LiftHold);
        }

        // And nobody takes the copy for a whole one.
        SigningHold.Lift(Copy);
        StoreException refused = Assert.Throws<StoreException>(() => Serve(new LedgerChange()));
        Assert.Contains("already signed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_KilledBetweenBatchesOfAPortion_GoesOnBehindThem()
    {
        // Whole batches of a proven portion, as a crash leaves them.
        using (LogFollower follower = Follow())
        {
            int written = 0;
            follower.AroundWrite(write =>
            {
                if (++written == 4)
                {
                    throw new IOException("injected");
                }

                write();
            });
            await Assert.ThrowsAsync<IOException>(() => follower.CatchUpAsync(new TestSource(_ledger), null, Cancel));
        }

        using (LogFollower follower = Follow())
        {
            Assert.InRange(follower.Size, 1, _ledger.Ledger.Head.Size - 1);
            Assert.Null(follower.Reached);
            Assert.Throws<InvalidOperationException>(() => EmbeddedLedger.Open(follower, "somewhere"));
            Assert.Null(await follower.CatchUpAsync(new TestSource(_ledger), null, Cancel));
        }

        AssertSound();
    }

    [Fact]
    public async Task Open_FolderOfANode_FollowsNobody()
    {
        await _ledger.Ledger.StopAsync();

        StoreException refused = Assert.Throws<StoreException>(() =>
            LogFollower.Open(_ledger.Folder, _ledger.Verifier, Mirror)
        );

        Assert.Contains("is no copy", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(SigningHold.PathIn(_ledger.Folder)));
    }

    [Fact]
    public async Task Serve_Mirror_ReadsGrowWithItAndOperationsAreRefused()
    {
        LogFollower follower = Follow();
        Assert.Null(await follower.CatchUpAsync(new TestSource(_ledger), null, Cancel));
        await using EmbeddedLedger mirror = EmbeddedLedger.Open(follower, "node.example.org:7400");
        Assert.Equal(_ledger.Ledger.Head.Checkpoint, mirror.Head.Checkpoint);
        Task<LogHead?> more = mirror.WaitForSizeAsync(mirror.Head.Size + 1, Cancel);
        SignedOperation operation = new Signer(_ledger.Time).SignCreate();

        Submission refused = await mirror.SubmitAsync(operation, Cancel);

        Assert.Equal(ReasonCode.Mirror, refused.Judgement.Reason);
        Assert.Contains("node.example.org:7400", refused.Judgement.Detail, StringComparison.Ordinal);
        Receipt receipt = await _ledger.Apply(operation);
        Assert.Null(await follower.CatchUpAsync(new TestSource(_ledger), null, Cancel));
        Assert.Equal(_ledger.Ledger.Head.Checkpoint, (await more)!.Checkpoint);
        using (ReadView view = mirror.Read())
        {
            Assert.Equal(receipt, view.FindReceipt(receipt.OperationId.Span));
        }

        await mirror.StopAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() =>
            follower.CatchUpAsync(new TestSource(_ledger), null, Cancel)
        );
        AssertSound();
    }

    [Fact]
    public async Task Open_CopyOfALog_SignsOnlyWhenTheOperatorSaysHow()
    {
        using (LogFollower follower = Follow())
        {
            Assert.Null(await follower.CatchUpAsync(new TestSource(_ledger), null, Cancel));
        }

        long size = _ledger.Ledger.Head.Size;
        AssertHeld(new LedgerChange(), "--promote");
        AssertHeld(new LedgerChange(AcceptedLossSize: size), "--promote");
        await using (EmbeddedLedger promoted = Serve(new LedgerChange(Promote: true)))
        {
            Assert.Equal(_ledger.Ledger.Head.Note.ToArray(), promoted.Head.Note.ToArray());
            await promoted.SubmitAsync(new Signer(_ledger.Time).SignCreate(), Cancel);
            Assert.Equal(size + 2, promoted.Head.Size);
        }

        AssertSound();
        await Serve(new LedgerChange()).DisposeAsync(); // it is a node's now
        Assert.Throws<StoreException>(() => LogFollower.Open(Copy, _ledger.Verifier, Mirror));
    }

    [Fact]
    public async Task Open_BackupOfALog_NamesWhatIsLost()
    {
        using (
            LogFollower follower = LogFollower.Open(
                Copy,
                _ledger.Verifier,
                new SigningHold(CopyKind.Backup, "the backup")
            )
        )
        {
            Assert.Null(await follower.CatchUpAsync(new TestSource(_ledger), null, Cancel));
        }

        long size = _ledger.Ledger.Head.Size;
        AssertHeld(new LedgerChange(), $"--accept-loss {size}");
        AssertHeld(new LedgerChange(Promote: true), "the backup");
        AssertHeld(new LedgerChange(AcceptedLossSize: size - 2), "ledger catch-up");

        // Caught up, it is whole.
        await Grow(1);
        using (LogFollower follower = LogFollower.Open(Copy, _ledger.Verifier, hold: null))
        {
            Assert.Null(await follower.CatchUpAsync(new TestSource(_ledger), null, Cancel));
            follower.LiftHold();
        }

        await using EmbeddedLedger ledger = Serve(new LedgerChange());
        Assert.Equal(_ledger.Ledger.Head.Checkpoint, ledger.Head.Checkpoint);
    }

    [Theory]
    [InlineData("")]
    [InlineData("mirror")]
    [InlineData("else\nx\n")]
    public void Find_MarkThatCannotBeRead_HoldsAllTheSame(string text)
    {
        File.WriteAllText(SigningHold.PathIn(_folder.Path), text);
        Assert.Throws<StoreException>(() => SigningHold.Find(_folder.Path));
    }

    // Tells a lie about the entry at an index or what follows it, and says where it must be found.
    private long Tell(string lie, TestSource source, int at)
    {
        long size = source.Entries.Count;
        switch (lie)
        {
            case "flipped byte":
                source.Entries[at] = [.. source.Entries[at]];
                source.Entries[at][60] ^= 1;
                return at;
            case "flipped signature":
                Change(
                    source,
                    at,
                    entry =>
                    {
                        byte[] value = entry.Operation.Signatures[0].Value.ToByteArray();
                        value[^1] ^= 1;
                        entry.Operation.Signatures[0].Value = ByteString.CopyFrom(value);
                    }
                );
                return at;
            case "reordered":
                (source.Entries[at], source.Entries[at + 2]) = (source.Entries[at + 2], source.Entries[at]);
                return at;
            case "removed entry":
                source.Entries.RemoveAt(at);
                return at;
            case "removed end":
                // Under a checkpoint that covers it; with the log's key the rest is a log, which ends without a seal.
                source.Entries.RemoveAt(source.Entries.Count - 1);
                return size - 1;
            case "changed outcome":
                Change(source, at, static entry => entry.Operation.Outcome = ReasonCode.AlreadyFounded);
                return at;
            case "forged seal":
                Change(source, at + 1, static entry => entry.Seal.PreviousSeal = ByteString.CopyFrom(new byte[32]));
                return at + 1;
            case "second time":
                Entry again = Entry.Parser.ParseFrom(source.Entries[at - 2]);
                Change(source, at, entry => entry.Operation = again.Operation);
                return at;
            case "no entry":
                source.Entries[at] = [0xFF];
                return at;
            case "checkpoint of another key":
                source.Newest = new Checkpoint(TemporaryLedger.Origin, size, new byte[32]).Sign(TestKeys.Ed25519(1));
                return -1;
            case "two checkpoints of one size":
                source.Newest = new Checkpoint(TemporaryLedger.Origin, size, new byte[32]).Sign(_ledger.LogKey);
                source.Published.RemoveAt(source.Published.Count - 1);
                return at > 4 ? at - 4 : size;
            case "published checkpoint of another root":
                int row = source.Published.Count - 2;
                Assert.True(
                    Checkpoint.TryOpen(source.Published[row], _ledger.Verifier, out Checkpoint? published, out _)
                );
                source.Published[row] = new Checkpoint(published.Origin, published.Size, new byte[32]).Sign(
                    _ledger.LogKey
                );
                return published.Size;
            default:
                throw new ArgumentException(lie);
        }
    }

    private static void Change(TestSource source, int index, Action<Entry> change)
    {
        Entry entry = Entry.Parser.ParseFrom(source.Entries[index]);
        change(entry);
        source.Entries[index] = entry.ToByteArray();
    }

    // The same log up to its second batch, then another history of the same key, which is longer.
    private async Task<TemporaryLedger> ForkAsync()
    {
        await _ledger.Ledger.StopAsync();
        string fork = _folder["fork"];
        TemporaryFolder.Copy(EmbeddedLedger.StorePath(_ledger.Folder), EmbeddedLedger.StorePath(fork));
        _ledger.Reopen();
        await Grow(2);
        TemporaryLedger other = TemporaryLedger.Open(fork);
        other.Time.Now = _ledger.Time.Now;
        for (int i = 0; i < 4; i++)
        {
            await other.Register();
        }

        return other;
    }

    private LogFollower Follow() => LogFollower.Open(Copy, _ledger.Verifier, Mirror);

    private async Task Grow(int batches)
    {
        for (int i = 0; i < batches; i++)
        {
            _ledger.Time.Now = _ledger.Time.Now.AddMilliseconds(700);
            await _ledger.Register();
        }
    }

    private EmbeddedLedger Serve(LedgerChange change) =>
        EmbeddedLedger.Open(
            _ledger.Options with
            {
                Directory = Copy,
                Promote = change.Promote,
                AcceptedLossSize = change.AcceptedLossSize,
            }
        );

    private void AssertHeld(LedgerChange change, string what)
    {
        StoreException refused = Assert.Throws<StoreException>(() => Serve(change));
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(SigningHold.PathIn(Copy)));
    }

    private void AssertSound() => Assert.Empty(StoreCheck.Run(Copy, _ledger.Verifier, null, Cancel));

    private sealed record LedgerChange(bool Promote = false, long? AcceptedLossSize = null);
}

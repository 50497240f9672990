using Ledger.Audit;
using Ledger.Protocol;
using Ledger.Store;
using Ledger.V1;

namespace Ledger.Tests;

/// <summary>
/// A thread of the log fails: it is said what happened, everyone who waits is answered, nothing more is taken, and the ledger can
/// be stopped.
/// </summary>
public sealed class FailureTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commit_Fails_NothingFalseIsSaidAndTheNextStartSettlesIt(bool persisted)
    {
        // The fault table's two rows: the write failed and nothing is there; the write failed and all of it is there.
        bool failing = false;
        using ManualResetEventSlim gate = new(initialState: true);
        await using TemporaryLedger ledger = TemporaryLedger.Open(
            open: AroundWrite(write =>
            {
                gate.Wait(Cancel);
                if (persisted || !failing)
                {
                    write();
                }

                if (failing)
                {
                    throw new IOException("injected");
                }
            })
        );
        await ledger.Found();
        LogHead before = ledger.Ledger.Head;
        Task<LogHead?> follower = ledger.Ledger.WaitForSizeAsync(before.Size + 1, Cancel);
        failing = true;
        gate.Reset();

        // One that is being committed, others that wait behind it, and one that was added and not handed over.
        SignedOperation operation = new Signer(ledger.Time).SignCreate();
        List<Task<Submission>> waiting = [ledger.Submit(operation)];
        waiting.AddRange(Enumerable.Range(0, 20).Select(_ => ledger.Submit(new Signer(ledger.Time).SignCreate())));
        OperationSequence sequence = ledger.Ledger.OpenSequence();
        waiting.Add(await sequence.AddAsync(new Signer(ledger.Time).SignCreate(), Cancel));
        gate.Set();

        await AssertFailed(ledger, waiting);
        sequence.HandOver();
        Assert.Null(await follower);
        Assert.IsType<IOException>(Assert.Single(ledger.Fatal));
        Assert.Equal(before.Size, ledger.Ledger.Head.Size); // what may not be durable is not shown
        await ledger.Ledger.StopAsync();

        // Recovery shows which of the two it was, and the same operation again settles it either way.
        ledger.Reopen();
        Assert.Equal(persisted, ledger.Ledger.Head.Size > before.Size);
        await ledger.Apply(operation);
        await ledger.Ledger.StopAsync();
        Assert.Empty(StoreCheck.Run(ledger.Folder, ledger.Verifier, null, Cancel));
    }

    [Fact]
    public async Task Verify_Fails_EveryoneIsAnswered()
    {
        // A number of threads that no verifier can work with shows when it first does.
        await using TemporaryLedger ledger = TemporaryLedger.Open(open: options =>
            EmbeddedLedger.Open(options with { VerifierThreads = 0 })
        );
        Signer signer = new(ledger.Time);
        SignedOperation found = signer.Sign(Operations.Found(TemporaryLedger.Network, signer.Document));
        OperationSequence sequence = ledger.Ledger.OpenSequence();
        Task<Submission> added = await sequence.AddAsync(found, Cancel);
        Task<Submission> submitted = ledger.Submit(found);

        await AssertFailed(ledger, [added, submitted]);
        sequence.HandOver();
        Assert.IsType<ArgumentOutOfRangeException>(Assert.Single(ledger.Fatal));
        await ledger.Ledger.StopAsync();

        ledger.Reopen();
        Assert.Equal(0, ledger.Ledger.Head.Size);
        await ledger.Apply(found);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LastSigned_CannotBeWritten_NothingIsPublishedAndTheNextStartSettlesIt(bool persisted)
    {
        // The fault table's next two rows, and what a kill after the commit leaves: before the signature is on disk, and after it.
        bool failing = false;
        await using TemporaryLedger ledger = TemporaryLedger.Open(open: options =>
            EmbeddedLedger.Open(
                options,
                prepare: null,
                prepareLastSigned: signed =>
                    signed.AroundWrite = write =>
                    {
                        if (persisted || !failing)
                        {
                            write();
                        }

                        if (failing)
                        {
                            throw new IOException("injected");
                        }
                    }
            )
        );
        await ledger.Found();
        LogHead before = ledger.Ledger.Head;
        Task<LogHead?> follower = ledger.Ledger.WaitForSizeAsync(before.Size + 1, Cancel);
        failing = true;
        SignedOperation operation = new Signer(ledger.Time).SignCreate();

        await AssertFailed(ledger, [ledger.Submit(operation)]);

        Assert.Null(await follower);
        Assert.IsType<IOException>(Assert.Single(ledger.Fatal));
        Assert.Same(before, ledger.Ledger.Head);
        await ledger.Ledger.StopAsync();
        Assert.Empty(StoreCheck.Run(ledger.Folder, ledger.Verifier, null, Cancel));

        // The batch is in the store either way: the next start signs it, and the same operation again gets its receipt.
        ledger.Reopen();
        Assert.Equal(before.Size + 2, ledger.Ledger.Head.Size);
        Assert.Equal(before.Size, (long)(await ledger.Apply(operation)).Index);
        Assert.Equal(before.Size + 2, ledger.Ledger.Head.Size);
        await ledger.Ledger.StopAsync();
        Assert.Empty(StoreCheck.Run(ledger.Folder, ledger.Verifier, null, Cancel));
    }

    [Fact]
    public async Task LastSigned_CannotBeWritten_StoreWithoutTheBatchMustNotSign()
    {
        // The signature is on disk, its batch is taken away: the one batch that such a copy is behind is enough to refuse it.
        bool failing = false;
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        await ledger.Ledger.StopAsync();
        string store = EmbeddedLedger.StorePath(ledger.Folder);
        TemporaryFolder.Copy(store, store + ".behind");
        ledger.Reopen(options =>
            EmbeddedLedger.Open(
                options,
                prepare: null,
                prepareLastSigned: signed =>
                    signed.AroundWrite = write =>
                    {
                        write();
                        if (failing)
                        {
                            throw new IOException("injected");
                        }
                    }
            )
        );
        failing = true;
        await AssertFailed(ledger, [ledger.Submit(new Signer(ledger.Time).SignCreate())]);
        await ledger.Ledger.StopAsync();
        Directory.Delete(store, recursive: true);
        Directory.Move(store + ".behind", store);

        StoreException refused = Assert.Throws<StoreException>(() => ledger.Reopen());

        Assert.Contains("already signed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LastSigned_CannotBeMade_IsNoLedger()
    {
        // A folder stands where the file should go.
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["last-signed.new"]);

        Exception refused = Assert.ThrowsAny<Exception>(() => TemporaryLedger.Open(folder.Path));

        Assert.True(refused is IOException or UnauthorizedAccessException, refused.ToString());
    }

    // Everyone who waits, and whoever comes afterwards, is told INTERNAL, and that nothing is known to be recorded.
    private static async Task AssertFailed(TemporaryLedger ledger, List<Task<Submission>> waiting)
    {
        foreach (Submission answer in await Task.WhenAll(waiting))
        {
            Assert.Equal(ReasonCode.Internal, answer.Judgement.Reason);
            Assert.Null(answer.Receipt);
        }

        Submission late = await ledger.Submit(new Signer(ledger.Time).SignCreate());
        Assert.Equal(ReasonCode.Internal, late.Judgement.Reason);
    }

    private static Func<LedgerOptions, EmbeddedLedger> AroundWrite(Action<Action> around) =>
        options => EmbeddedLedger.Open(options, store => store.AroundWrite = around);
}

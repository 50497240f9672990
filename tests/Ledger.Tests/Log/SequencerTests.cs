using Ledger.Audit;
using Ledger.Log;
using Ledger.Protocol;
using Ledger.Rules;
using Ledger.Tests.Store;
using Ledger.V1;

namespace Ledger.Tests.Log;

public sealed class SequencerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_BatchesOfAnotherLog_ReachesTheSameSealsRootAndRows()
    {
        await using TemporaryLedger first = TemporaryLedger.Open();
        Scene scene = await Scene.SetAsync(first.Ledger, first.Time);
        await Fill(first, scene);
        List<byte[]> entries = Entries(first.Ledger);
        LogHead head = first.Ledger.Head;
        await first.Ledger.StopAsync();

        ReplayedOrder order = new(entries);
        await using TemporaryLedger follower = TemporaryLedger.Open(open: options =>
            EmbeddedLedger.Open(options, prepare: null, order)
        );
        LogHead? reached = await follower.Ledger.WaitForSizeAsync(entries.Count, Cancel);

        Assert.Equal(head.Note.ToArray(), reached!.Note.ToArray());
        Assert.Equal(head.TimeMs, reached.TimeMs);
        Assert.Equal(entries, Entries(follower.Ledger));
        await follower.Ledger.StopAsync();
        Assert.Empty(follower.Fatal);
        Assert.Equal(RawStore.Print(first.Folder), RawStore.Print(follower.Folder));
        Assert.Empty(StoreCheck.Run(follower.Folder, follower.Verifier, null, Cancel));
        Assert.Equal(order.Asked, order.Asked.Order()); // the sequencer said each time what the log's time was
        Assert.Equal(head.TimeMs, order.Asked[^1]);
    }

    [Fact]
    public async Task Run_BatchOfWhichNothingIsRecorded_LeavesNoTrace()
    {
        await using TemporaryLedger first = TemporaryLedger.Open();
        await first.Found();
        await first.Register();
        List<byte[]> entries = Entries(first.Ledger);
        ReplayedOrder order = new(entries);
        order.Batches.Insert(1, order.Batches[0]); // all repeated
        order.Batches.Insert(1, order.Batches[0] with { Operations = [] });

        await using TemporaryLedger follower = TemporaryLedger.Open(open: options =>
            EmbeddedLedger.Open(options, prepare: null, order)
        );
        await follower.Ledger.WaitForSizeAsync(entries.Count, Cancel);

        Assert.Equal(entries, Entries(follower.Ledger));
    }

    [Fact]
    public async Task Run_OrderFails_IsFatal()
    {
        ReplayedOrder order = new([]) { Failure = new IOException("no quorum") };
        await using TemporaryLedger ledger = TemporaryLedger.Open(open: options =>
            EmbeddedLedger.Open(options, prepare: null, order)
        );
        Assert.Null(await ledger.Ledger.WaitForSizeAsync(1, Cancel)); // those who follow wait no longer
        await ledger.Ledger.StopAsync();
        Assert.Same(order.Failure, Assert.Single(ledger.Fatal));
    }

    // Batches of many operations, refused and repeated ones among them, over the edge of a tile.
    private static async Task Fill(TemporaryLedger ledger, Scene scene)
    {
        for (int round = 0; round < 6; round++)
        {
            ledger.Time.Now += TimeSpan.FromMilliseconds(round * 7);
            SignedOperation[] operations =
            [
                .. Enumerable.Range(0, 40).Select(_ => new Signer(ledger.Time).SignCreate()),
                scene.Issuer.Sign(Operations.BatchMint(Scene.Class, scene.Alice.Did, 20)),
                scene.Issuer.Sign(Operations.Mint(Scene.Class, scene.Alice.Did, $"t{round}")),
                scene.Alice.Sign(Operations.Transfer(Scene.Class, $"t{round}", scene.Alice.Did, scene.Bob.Did)),
                scene.Bob.Sign(Operations.Burn(Scene.Class, $"t{round}")),
                scene.Bob.Sign(Operations.Burn(Scene.Class, $"t{round}")),
            ];
            Submission[] answers = await ledger.Ledger.SubmitAllAsync([.. operations, operations[0]], Cancel);
            Assert.Equal(1, answers.Count(answer => answer.Judgement.Reason == ReasonCode.TokenBurned));
            Assert.Equal(answers[0].Receipt, answers[^1].Receipt);
        }
    }

    private static List<byte[]> Entries(EmbeddedLedger ledger)
    {
        using ReadView view = ledger.Read();
        return [.. view.Entries(0)];
    }

    /// <summary>Hands out the batches of a log that was written elsewhere, and then no more.</summary>
    private sealed class ReplayedOrder : IBatchOrder
    {
        private int _next;

        public ReplayedOrder(List<byte[]> entries)
        {
            List<ProposedOperation> operations = [];
            foreach (byte[] bytes in entries)
            {
                Entry entry = Entry.Parser.ParseFrom(bytes);
                if (entry.Operation is { } recorded)
                {
                    OperationCodec.Decode(
                        recorded.Operation.Memory,
                        recorded.Signatures,
                        TemporaryLedger.Origin,
                        out SubmittedOperation? operation
                    );
                    operations.Add(new ProposedOperation(operation!, VerifiedWith: null));
                }
                else
                {
                    Batches.Add(new ProposedBatch((long)entry.TimeMs, operations));
                    operations = [];
                }
            }
        }

        public List<ProposedBatch> Batches { get; } = [];

        public List<long> Asked { get; } = [];

        public Exception? Failure { get; init; }

        public OrderedBatch? Next(long notBeforeMs)
        {
            Asked.Add(notBeforeMs);
            return Failure is not null ? throw Failure
                : _next < Batches.Count ? new OrderedBatch(Batches[_next++], [])
                : null;
        }
    }
}

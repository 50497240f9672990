using Ledger.Protocol;
using Ledger.Queries;
using Ledger.V1;
using CryptoConsistency = Ledger.Crypto.ConsistencyProof;
using CryptoInclusion = Ledger.Crypto.InclusionProof;
using MerkleHash = Ledger.Crypto.MerkleHash;

namespace Ledger.Tests.Queries;

public class LogQueriesTests(QueriedLedger ledger) : IClassFixture<QueriedLedger>
{
    [Fact]
    public void FindReceipt_RecordedOperation_IsItsReceiptAndProof()
    {
        using ReadView view = ledger.Read();
        Receipt expected = ledger.MovedVersions[0];

        Receipt plain = LogQueries.FindReceipt(view, expected.OperationId.Span, withProof: false).Value;
        Receipt proved = LogQueries.FindReceipt(view, expected.OperationId.Span, withProof: true).Value;

        Assert.Equal(expected, plain);
        CheckInclusion(view, proved.Proof, proved.LeafHash.ToByteArray());
    }

    [Fact]
    public void FindReceipt_NoOperation_IsRefused()
    {
        using ReadView view = ledger.Read();

        Assert.Equal(ReasonCode.ReceiptNotFound, LogQueries.FindReceipt(view, new byte[32], true).Judgement.Reason);
        Assert.Equal(ReasonCode.InvalidRequest, LogQueries.FindReceipt(view, new byte[31], true).Judgement.Reason);
        Assert.Equal(ReasonCode.InvalidRequest, LogQueries.FindReceipt(view, [], true).Judgement.Reason);
    }

    [Fact]
    public void FindEntry_EveryIndex_IsTheEntryOrRefused()
    {
        using ReadView view = ledger.Read();
        ulong size = (ulong)view.Head.Size;

        for (ulong i = 0; i < size; i++)
        {
            Assert.Equal(i, Entry.Parser.ParseFrom(LogQueries.FindEntry(view, i).Value).Index);
        }

        Assert.Equal(ReasonCode.EntryNotFound, LogQueries.FindEntry(view, size).Judgement.Reason);
        Assert.Equal(ReasonCode.EntryNotFound, LogQueries.FindEntry(view, ulong.MaxValue).Judgement.Reason);
    }

    [Fact]
    public void Entry_OfAVersion_IsProvedAtTheViewsHead()
    {
        using ReadView view = ledger.Read();
        RecordVersion version = new() { Index = ledger.MovedVersions[0].Index };

        EntryProof proof = Proofs.Entry(view, version);

        byte[] leafHash = new byte[32];
        MerkleHash.HashLeaf(proof.Entry.Span, leafHash);
        CheckInclusion(view, proof.Proof, leafHash);
    }

    [Fact]
    public void TakeEntries_InPages_AreAllThere()
    {
        using ReadView view = ledger.Read();
        long size = view.Head.Size;

        Assert.Equal(Indexes(0, size), Taken(0, long.MaxValue, int.MaxValue));
        Assert.Equal(Indexes(3, 2), Taken(3, 5, int.MaxValue));
        Assert.Equal([size - 1], Taken(size - 1, long.MaxValue, int.MaxValue));
        Assert.Empty(Taken(size, long.MaxValue, int.MaxValue));
        Assert.Empty(Taken(long.MaxValue, long.MaxValue, int.MaxValue));
        Assert.Empty(Taken(2, 2, int.MaxValue));

        // However few bytes are enough, a page holds one entry: a caller gets on.
        Assert.Equal([4], Taken(4, long.MaxValue, 0));
        int two = view.Entry(0)!.Length + view.Entry(1)!.Length;
        Assert.Equal([0, 1], Taken(0, long.MaxValue, two));
        Assert.Equal([0, 1, 2], Taken(0, long.MaxValue, two + 1));

        IEnumerable<long> Taken(long first, long end, int bytes) =>
            LogQueries.TakeEntries(view, first, end, bytes).Select(e => (long)Entry.Parser.ParseFrom(e).Index);

        static IEnumerable<long> Indexes(long first, long count) =>
            Enumerable.Range((int)first, (int)count).Select(i => (long)i);
    }

    [Fact]
    public void TakeCheckpoints_InPages_AreThosePublished()
    {
        using ReadView view = ledger.Read();

        Assert.Equal(ledger.Sizes, LogQueries.TakeCheckpoints(view, 0, int.MaxValue).Select(c => c.Size));
        Assert.Equal(ledger.Sizes[..1], LogQueries.TakeCheckpoints(view, 0, 0).Select(c => c.Size));
        int two = LogQueries.TakeCheckpoints(view, ledger.Sizes[2], int.MaxValue).Take(2).Sum(c => c.Note.Length);
        Assert.Equal(
            ledger.Sizes[2..4],
            LogQueries.TakeCheckpoints(view, ledger.Sizes[1] + 1, two).Select(c => c.Size)
        );
        Assert.Empty(LogQueries.TakeCheckpoints(view, view.Head.Size + 1, 2));
        Assert.All(
            LogQueries.TakeCheckpoints(view, 0, int.MaxValue),
            c =>
            {
                Assert.True(
                    Checkpoint.TryOpen(c.Note, ledger.LogKey, out Checkpoint? opened, out string problem),
                    problem
                );
                Assert.Equal(c.Size, opened.Size);
            }
        );
    }

    [Fact]
    public void ProveInclusion_AtEverySize_ProvesTheEntry()
    {
        using ReadView view = ledger.Read();
        byte[] leafHash = new byte[32];
        MerkleHash.HashLeaf(view.Entry(1), leafHash);

        foreach (long size in ledger.Sizes)
        {
            CheckInclusion(view, LogQueries.ProveInclusion(view, 1, (ulong)size).Value, leafHash, size);
        }

        CheckInclusion(view, LogQueries.ProveInclusion(view, 1, 0).Value, leafHash);
        Assert.Empty(LogQueries.ProveInclusion(view, 1, (ulong)ledger.Sizes[1] + 1).Value.Checkpoint);
    }

    [Fact]
    public void ProveInclusion_IndexOrSizeOutOfRange_IsRefused()
    {
        using ReadView view = ledger.Read();
        ulong size = (ulong)view.Head.Size;

        Assert.Equal(ReasonCode.EntryNotFound, Refusal(size, 0));
        Assert.Equal(ReasonCode.EntryNotFound, Refusal(ulong.MaxValue, ulong.MaxValue));
        Assert.Equal(ReasonCode.SizeOutOfRange, Refusal(0, size + 1));
        Assert.Equal(ReasonCode.SizeOutOfRange, Refusal(3, 3));

        ReasonCode Refusal(ulong index, ulong treeSize) =>
            LogQueries.ProveInclusion(view, index, treeSize).Judgement.Reason;
    }

    [Fact]
    public void ProveConsistency_OfTwoPublishedSizes_IsProved()
    {
        using ReadView view = ledger.Read();
        List<Checkpoint> published = [.. LogQueries.TakeCheckpoints(view, 0, int.MaxValue).Select(c => Open(c.Note))];
        Checkpoint newest = published[^1];

        foreach (Checkpoint old in published)
        {
            ConsistencyProof proof = LogQueries.ProveConsistency(view, (ulong)old.Size, 0).Value;

            Assert.Equal((old.Size, newest.Size), (proof.Size1, proof.Size2));
            Assert.True(
                CryptoConsistency.Verify(
                    old.Size,
                    newest.Size,
                    old.Root.Span,
                    newest.Root.Span,
                    proof.Hashes.SelectMany(h => h.ToByteArray()).ToArray()
                )
            );
        }
    }

    [Fact]
    public void ProveConsistency_SizesOutOfRange_AreRefused()
    {
        using ReadView view = ledger.Read();
        ulong size = (ulong)view.Head.Size;

        Assert.Equal(ReasonCode.SizeOutOfRange, Refusal(0, 0));
        Assert.Equal(ReasonCode.SizeOutOfRange, Refusal(size + 1, 0));
        Assert.Equal(ReasonCode.SizeOutOfRange, Refusal(1, size + 1));
        Assert.Equal(ReasonCode.SizeOutOfRange, Refusal(3, 2));

        ReasonCode Refusal(ulong size1, ulong size2) =>
            LogQueries.ProveConsistency(view, size1, size2).Judgement.Reason;
    }

    private Checkpoint Open(ReadOnlyMemory<byte> note)
    {
        Assert.True(
            Checkpoint.TryOpen(note.Span, ledger.LogKey, out Checkpoint? checkpoint, out string problem),
            problem
        );
        return checkpoint;
    }

    private void CheckInclusion(ReadView view, InclusionProof proof, byte[] leafHash, long? size = null)
    {
        Checkpoint checkpoint = Open(proof.Checkpoint.Memory);
        Assert.Equal(size ?? view.Head.Size, checkpoint.Size);
        Assert.True(
            CryptoInclusion.Verify(
                (long)proof.Index,
                checkpoint.Size,
                leafHash,
                proof.Hashes.SelectMany(h => h.ToByteArray()).ToArray(),
                checkpoint.Root.Span
            )
        );
    }
}

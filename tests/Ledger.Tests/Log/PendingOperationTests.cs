using Ledger.Log;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Tests.Log;

public sealed class PendingOperationTests
{
    [Fact]
    public void Weight_OfFewRows_IsTheLargerOfBytesAndRows()
    {
        Signer signer = new(new ManualTime());
        PendingOperation small = Pending.Prepared(signer.SignCreate(), signer.Document);
        Assert.Equal(Math.Max(small.Bytes, 4 * Limits.RowWeight), small.Weight);

        DidDocument document = signer.Document;
        document.AlsoKnownAs.Add(Enumerable.Range(0, 8).Select(i => $"urn:{i}{new string('x', 200)}"));
        PendingOperation large = Pending.Prepared(signer.Sign(Operations.Create(document)), document);
        Assert.InRange(large.Bytes, 1_700, 2_500);
        Assert.Equal(large.Bytes, large.Weight);
    }

    [Fact]
    public void Weight_OfABatchMint_IsThatOfItsRows()
    {
        Signer signer = new(new ManualTime()) { Did = $"did:pilot:test:{new string('a', 52)}" };
        SignedOperation mint = signer.Sign(Operations.BatchMint("c", signer.Did, Limits.MintItemsMax));
        PendingOperation pending = Pending.Prepared(mint, signer.Document);
        Assert.InRange(pending.Bytes, 1, 10_000);
        Assert.Equal(3 * Limits.MintItemsMax * Limits.RowWeight, pending.Weight);
    }

    [Fact]
    public async Task Complete_ASecondTime_ChangesNothing()
    {
        Intake intake = new(1, 100);
        PendingOperation pending = Pending.Raw(1, intake);
        intake.Enter(pending);
        pending.Refuse(Judgement.Refuse(ReasonCode.BadSignature, "first"));
        PendingOperation next = Pending.Raw(1, intake);
        Assert.Equal(ReasonCode.Applied, intake.Enter(next));

        pending.Refuse(ReasonCode.Internal);
        pending.Complete(Submission.Unrecorded(Judgement.Ok));

        Assert.Equal("first", (await pending.Completion).Judgement.Detail);
        Assert.Equal(ReasonCode.Overloaded, intake.Enter(Pending.Raw(1, intake))); // no room was given back for it
    }

    [Fact]
    public void Complete_FromManyThreads_AnswersOnce()
    {
        Intake intake = Pending.Wide();
        PendingOperation pending = Pending.Raw(1, intake);
        intake.Enter(pending);
        Parallel.For(0, 64, i => pending.Refuse(Judgement.Refuse(ReasonCode.Internal, $"{i}")));
        string detail = pending.Completion.Result.Judgement.Detail;
        pending.Refuse(ReasonCode.Stopping);
        Assert.Equal(detail, pending.Completion.Result.Judgement.Detail);
    }
}

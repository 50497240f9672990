using Ledger.Protocol;
using Ledger.Queries;
using Ledger.V1;

namespace Ledger.Tests.Queries;

public sealed class TransferQueriesTests(QueriedLedger ledger) : IClassFixture<QueriedLedger>
{
    private static readonly ulong AheadMaxMs = (ulong)TransferQueries.AheadMax.TotalMilliseconds;

    [Fact]
    public void Check_TransferThatWouldBeApplied_SaysSoAndWritesNothing()
    {
        using ReadView view = ledger.Read();

        CheckTransferResponse response = Check(view, Request());

        Assert.Equal((ReasonCode.Applied, ""), (response.Outcome, response.Message));
        Assert.Equal((ulong)view.Head.Size, response.Size);
        Assert.Equal((ulong)ledger.Now.ToUnixTimeMilliseconds(), response.TimeMs);
        Assert.Equal(
            ledger.Holder.Did,
            TokenQueries.FindToken(view, QueriedLedger.Class, QueriedLedger.Moved).Value.Record.Owner
        );
    }

    [Fact]
    public async Task Check_TransferThatWouldBeRefused_IsWhatTheRulesThenSay()
    {
        await using TemporaryLedger other = TemporaryLedger.Open();
        Scene scene = await Scene.SetAsync(other.Ledger, other.Time);
        await scene.Apply(scene.Issuer, Operations.Mint(Scene.Class, scene.Alice.Did, "t"));
        (Transfer Transfer, Signer Actor)[] cases =
        [
            (Transfer(Scene.Class, "none", scene.Alice, scene.Bob), scene.Alice),
            (Transfer("nothing", "t", scene.Alice, scene.Bob), scene.Alice),
            (Transfer(Scene.Class, "t", scene.Bob, scene.Alice), scene.Bob),
            (Transfer(Scene.Class, "t", scene.Alice, scene.Bob), scene.Bob),
            (Transfer(Scene.Class, "t", scene.Alice, scene.Alice), scene.Alice),
            (Transfer(Scene.Class, "t", scene.Alice, scene.Bob), scene.Alice),
        ];
        foreach ((Transfer transfer, Signer actor) in cases)
        {
            CheckTransferResponse said;
            using (ReadView view = other.Ledger.Read())
            {
                said = TransferQueries
                    .Check(view, new CheckTransferRequest { Transfer = transfer, Actor = actor.Did }, other.Time.Now)
                    .Value;
            }

            Submission submission = await other.Submit(actor.Sign(new Operation { Transfer = transfer }));

            Assert.Equal(submission.Judgement.Reason, said.Outcome);
            Assert.Equal(submission.Judgement.IsOk, said.Message.Length == 0);
        }
    }

    [Fact]
    public void Check_Times_AreThoseOfTheLogAndAYearAfter()
    {
        using ReadView view = ledger.Read();
        ulong head = (ulong)view.Head.TimeMs;
        foreach (ulong timeMs in (ulong[])[head, head + 1, head + AheadMaxMs])
        {
            CheckTransferRequest request = Request();
            request.TimeMs = timeMs;
            Assert.Equal(timeMs, Check(view, request).TimeMs);
        }

        foreach (ulong timeMs in (ulong[])[1, head - 1, head + AheadMaxMs + 1, ulong.MaxValue])
        {
            CheckTransferRequest request = Request();
            request.TimeMs = timeMs;
            AssertRefused(view, request, ReasonCode.InvalidRequest);
        }

        // A clock that is behind the log's time does not lead back.
        Assert.Equal(head, TransferQueries.Check(view, Request(), DateTimeOffset.UnixEpoch).Value.TimeMs);
    }

    [Fact]
    public void Check_FormThatIsWrong_IsRefused()
    {
        using ReadView view = ledger.Read();
        AssertRefused(view, new CheckTransferRequest(), ReasonCode.InvalidRequest);
        AssertRefused(view, With(r => r.Transfer.ClassId = "No id"), ReasonCode.InvalidRequest);
        AssertRefused(view, With(r => r.Transfer.TokenId = ""), ReasonCode.InvalidRequest);
        AssertRefused(view, With(r => r.Transfer.FromDid = ""), ReasonCode.InvalidDid);
        AssertRefused(view, With(r => r.Transfer.ToDid = "did:web:a.test"), ReasonCode.InvalidDid);
        AssertRefused(view, With(r => r.Actor = "me"), ReasonCode.InvalidDid);

        CheckTransferRequest With(Action<CheckTransferRequest> change)
        {
            CheckTransferRequest request = Request();
            change(request);
            return request;
        }
    }

    private CheckTransferRequest Request() =>
        new() { Transfer = Transfer(QueriedLedger.Class, QueriedLedger.Moved, ledger.Holder, ledger.Issuer) };

    private CheckTransferResponse Check(ReadView view, CheckTransferRequest request) =>
        TransferQueries.Check(view, request, ledger.Now).Value;

    private void AssertRefused(ReadView view, CheckTransferRequest request, ReasonCode reason) =>
        Assert.Equal(reason, TransferQueries.Check(view, request, ledger.Now).Judgement.Reason);

    private static Transfer Transfer(string classId, string tokenId, Signer from, Signer to) =>
        Operations.Transfer(classId, tokenId, from.Did, to.Did).Transfer;
}

using System.Collections.Concurrent;
using Ledger.Log;
using Ledger.V1;

namespace Ledger.Tests.Log;

public sealed class SignatureVerifierTests
{
    private readonly WorkQueue<PendingOperation> _verified = new(static pending => pending.Weight);
    private readonly ConcurrentQueue<Exception> _told = new();

    private SignatureVerifier Verifier => field ??= new SignatureVerifier(_verified, threads: 2, _told.Enqueue);

    [Fact]
    public async Task Run_GoodAndBad_PassesTheGoodInOrderAndNamesTheKeyOfTheBad()
    {
        PendingOperation[] all = Pending.Creations(1_100); // more than one batch
        HashSet<int> bad = [0, 1, 63, 1_023, 1_024, 1_099];
        for (int i = 0; i < all.Length; i++)
        {
            if (bad.Contains(i))
            {
                Signer signer = new(new ManualTime());
                SignedOperation forged = signer.SignCreate();
                forged.Signatures[0] = all[5].Signed.Signatures[0];
                all[i] = Pending.Prepared(forged, signer.Document);
            }
        }

        Verifier.Start();
        Assert.True(Verifier.TryAdd(all[..600]));
        Assert.True(Verifier.TryAdd(all[600..]));
        Verifier.Stop();

        List<PendingOperation> passed = TakeAll();
        Assert.Equal(all.Where((_, i) => !bad.Contains(i)), passed);
        foreach (int i in bad)
        {
            Submission answer = await all[i].Completion;
            Assert.Equal(ReasonCode.BadSignature, answer.Judgement.Reason);
            Assert.Contains("#key-1", answer.Judgement.Detail, StringComparison.Ordinal);
        }

        Assert.All(passed, pending => Assert.False(pending.Completion.IsCompleted));
        Assert.Empty(_told);
    }

    [Fact]
    public void Stop_WorkIsWaiting_IsFinishedFirst()
    {
        PendingOperation[] all = Pending.Creations(10);
        Assert.True(Verifier.TryAdd(all));
        Verifier.Start();
        Verifier.Stop();
        Assert.Equal(all, TakeAll());
        Assert.False(Verifier.TryAdd(all));
    }

    [Fact]
    public void Abandon_WorkIsWaiting_IsDropped()
    {
        Assert.True(Verifier.TryAdd(Pending.Creations(10)));
        Verifier.Abandon();
        Verifier.Start();
        Verifier.Stop();
        Assert.Empty(TakeAll());
        Assert.False(Verifier.TryAdd(Pending.Creations(1)));
    }

    [Fact]
    public async Task Run_NobodyTakesWhatIsVerified_IsAnsweredInternal()
    {
        _verified.Close();
        PendingOperation[] all = Pending.Creations(3);
        Verifier.Start();
        Verifier.TryAdd(all);
        Verifier.Stop();
        foreach (PendingOperation pending in all)
        {
            Assert.Equal(ReasonCode.Internal, (await pending.Completion).Judgement.Reason);
        }
    }

    [Fact]
    public void Run_BugInOneOperation_IsToldOnceAndEndsTheThread()
    {
        // Two keys for one signature: no caller can do that.
        PendingOperation broken = Pending.Creations(1)[0];
        broken.Prepare(broken.Operation, [broken.Keys[0], broken.Keys[0]]);
        Verifier.Start();
        Verifier.TryAdd([broken]);
        Verifier.Stop();
        Assert.IsType<ArgumentOutOfRangeException>(Assert.Single(_told));
    }

    private List<PendingOperation> TakeAll()
    {
        _verified.Close();
        List<PendingOperation> all = [];
        List<PendingOperation> taken = [];
        while (_verified.Take(taken, int.MaxValue, long.MaxValue))
        {
            all.AddRange(taken);
        }

        return all;
    }
}

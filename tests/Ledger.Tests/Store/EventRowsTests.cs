using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Tests.Store;

/// <summary>What entries did, as it is stored with them.</summary>
public sealed class EventRowsTests
{
    [Fact]
    public async Task Commit_OfEachEntry_StoresWhatItDid()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        Scene scene = await Scene.SetAsync(ledger.Ledger, ledger.Time);
        Receipt minted = await scene.Apply(scene.Issuer, Operations.BatchMint(Scene.Class, scene.Alice.Did, 3));
        Submission refused = await ledger.Submit(scene.Bob.Sign(Operations.Burn(Scene.Class, "1")));
        await ledger.Ledger.StopAsync();
        ledger.Reopen();
        using ReadView view = ledger.Ledger.Read();

        EntryEvents mint = view.EventsOf((long)minted.Index)!;
        EntryEvents refusal = view.EventsOf((long)refused.Receipt!.Index)!;

        Assert.Equal((scene.Issuer.Did, "", minted.TimeMs), (mint.Actor, mint.Approver, mint.TimeMs));
        Assert.Equal(["1", "2", "3"], mint.Effects.Select(effect => effect.Minted.TokenId));
        Assert.Equal(refused.Judgement.Reason, Assert.Single(refusal.Effects).Refused.Reason);

        // A seal does nothing.
        List<long> operations = [];
        for (long index = 0; index < view.Head.Size; index++)
        {
            EntryCodec.Decode(view.Entry(index)!, out Entry? entry);
            Assert.Equal(entry!.Operation is null, view.EventsOf(index) is null);
            if (entry.Operation is not null)
            {
                operations.Add(index);
            }
        }

        for (long first = 0; first <= view.Head.Size; first++)
        {
            Assert.Equal(operations.Where(index => index >= first), view.Events(first).Select(row => row.Index));
        }

        Assert.Null(view.EventsOf(-1));
        Assert.Null(view.EventsOf(view.Head.Size));
        Assert.All(view.Events(0), row => Assert.Equal(view.EventsOf(row.Index), row.Events));
    }
}

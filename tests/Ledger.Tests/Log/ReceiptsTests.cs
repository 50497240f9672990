using System.Security.Cryptography;
using Ledger.Log;
using Ledger.Protocol;
using Ledger.Rules;
using Ledger.Store;
using Ledger.Tests.Store;
using Ledger.V1;

namespace Ledger.Tests.Log;

public sealed class ReceiptsTests
{
    [Fact]
    public async Task Find_RecordedOperation_IsWhatTheEntrySays()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        Signer stranger = await ledger.Register();
        Submission refused = await ledger.Submit(stranger.Sign(Operations.Pilot("p", stranger.Did)));
        using ReadView view = ledger.Ledger.Read();

        Receipt receipt = view.FindReceipt(refused.Receipt!.OperationId.Span)!;

        Assert.Equal(refused.Receipt, receipt);
        Assert.Equal(ReasonCode.NotAdmitted, receipt.Outcome);
        Assert.Equal(Judgement.Refuse(ReasonCode.NotAdmitted), Receipts.JudgementOf(receipt));
        byte[] entry = view.Entry((long)receipt.Index)!;
        Assert.Equal(SHA256.HashData([0, .. entry]), receipt.LeafHash.ToByteArray());
        Assert.Equal(Entry.Parser.ParseFrom(entry).TimeMs, receipt.TimeMs);
        Assert.Null(view.FindReceipt(new byte[32]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Find_EntryThatIsNotThereOrNoOperation_Throws(bool seal)
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        await ledger.Ledger.StopAsync();
        byte[] key = RawStore.Number(0);
        byte[]? value = seal ? RawStore.Read(ledger.Folder, StoreKeys.Entries, RawStore.Number(1)) : null;
        byte[] id = SHA256.HashData([
            .. OperationCodec.Domain,
            .. Entry.Parser.ParseFrom(RawStore.Read(ledger.Folder, StoreKeys.Entries, key)).Operation.Operation.Span,
        ]);
        RawStore.Write(ledger.Folder, StoreKeys.Entries, key, value);

        using ChainStore store = ChainStore.OpenReadOnly(EmbeddedLedger.StorePath(ledger.Folder));
        using StoreSnapshot snapshot = store.Snapshot();
        StoreException thrown = Assert.Throws<StoreException>(() => Receipts.Find(snapshot, id));
        Assert.Contains("Entry 0", thrown.Message, StringComparison.Ordinal);
    }
}

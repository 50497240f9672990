using Ledger.Rules;
using Ledger.Store;

namespace Ledger.Tests.Store;

public sealed class StoredHeadTests
{
    private static readonly byte[] SealHash = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly byte[] StateRoot = [.. Enumerable.Range(65, 32).Select(i => (byte)i)];
    private static readonly byte[] CompactRange = [.. Enumerable.Range(0, 96).Select(i => (byte)(2 * i))];

    [Fact]
    public void Decode_OfEncode_IsTheSame()
    {
        StoredHead head = new(new ChainHead(7, 3, 1_700_000_000_123, SealHash), StateRoot, CompactRange);
        StoredHead decoded = StoredHead.Decode(head.Encode());
        Assert.Equal((7, 3, 1_700_000_000_123), (decoded.Chain.Size, decoded.Chain.Height, decoded.Chain.TimeMs));
        Assert.Equal(SealHash, decoded.Chain.SealHash.ToArray());
        Assert.Equal(StateRoot, decoded.StateRoot.ToArray());
        Assert.Equal(CompactRange, decoded.CompactRange);
        Assert.Equal(head.Encode(), decoded.Encode());
    }

    [Fact]
    public void Encode_Head_IsSizeTimeHeightSealStateRange()
    {
        StoredHead head = new(
            new ChainHead(0x0102030405060708, 3, 0x1112131415161718, SealHash),
            StateRoot,
            CompactRange
        );
        Assert.Equal(
            "0102030405060708" + "1112131415161718" + "0000000000000003",
            Convert.ToHexStringLower(head.Encode().AsSpan(0, 24))
        );
        Assert.Equal([.. SealHash, .. StateRoot, .. CompactRange], head.Encode()[24..]);
        Assert.Equal([.. SealHash, .. CompactRange], head.EncodeWithoutStateRoot()[24..]);
    }

    [Fact]
    public void Decode_AnyOtherLength_IsDamage()
    {
        byte[] whole = new StoredHead(new ChainHead(7, 3, 5, SealHash), StateRoot, CompactRange).Encode();
        for (int length = 0; length < whole.Length; length++)
        {
            bool isWhole = length >= 88 && (length - 88) % 32 == 0;
            Exception? thrown = Record.Exception(() => StoredHead.Decode(whole.AsSpan(0, length)));
            Assert.Equal(isWhole, thrown is null);
            Assert.True(thrown is null or StoreException);
        }
    }
}

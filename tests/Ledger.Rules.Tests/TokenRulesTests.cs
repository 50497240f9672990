using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Tests;

public sealed class TokenRulesTests
{
    private readonly Scene _scene = new();

    [Fact]
    public void Mint_WithContent_RecordsTokenBalanceAndIndexes()
    {
        byte[] multihash = [0x12, 0x20, .. new byte[32]];
        TokenContent content = new()
        {
            Multihash = Google.Protobuf.ByteString.CopyFrom(multihash),
            MediaType = "image/png",
            Size = 5,
            Uri = "https://example.test/5",
        };
        Operation mint = new()
        {
            Actor = _scene.Issuer,
            Mint = new Mint
            {
                ClassId = "free",
                TokenId = "new",
                Owner = _scene.Bob,
                Content = content,
            },
        };
        long index = _scene.Ledger.NextIndex;
        ulong balance = _scene.Balance(_scene.Bob, "free");
        Assert.Equal(ReasonCode.Applied, _scene.Apply(mint));
        Assert.Equal(
            new TokenRecord
            {
                ClassId = "free",
                TokenId = "new",
                Owner = _scene.Bob,
                Content = content,
                State = TokenState.Live,
                MintedIndex = (ulong)index,
                AcquiredMs = (ulong)_scene.Ledger.TimeMs,
            },
            _scene.Token("free", "new")
        );
        Assert.Equal(balance + 1, _scene.Balance(_scene.Bob, "free"));
        Assert.Contains(IndexKey.OwnerToken(_scene.Bob, "free", "new"), _scene.Ledger.Records.Indexes);
        Assert.Contains(IndexKey.ClassToken("free", "new"), _scene.Ledger.Records.Indexes);
    }

    [Fact]
    public void Mint_WithoutId_TakesTheNextNumber()
    {
        foreach (string expected in (string[])["1", "2", "3"])
        {
            Assert.Equal(ReasonCode.Applied, _scene.Mint("free", "", _scene.Alice));
            Assert.Equal(_scene.Alice, _scene.Token("free", expected).Owner);
        }

        Assert.Equal(4UL, _scene.Supply("free").NextNumber);
    }

    [Theory]
    [InlineData("0", 1)]
    [InlineData("1", 2)]
    [InlineData("41", 42)]
    [InlineData("041", 1)]
    [InlineData("00", 1)]
    [InlineData("4-1", 1)]
    [InlineData("x41", 1)]
    [InlineData("1000000000000", 1_000_000_000_001)] // as many tokens as a class may have
    [InlineData("1000000000001", 1)]
    [InlineData("9223372036854775807", 1)]
    [InlineData("9223372036854775808", 1)]
    [InlineData("18446744073709551615", 1)]
    [InlineData("99999999999999999999999999", 1)]
    public void Mint_ExplicitNumber_RaisesTheNext(string tokenId, ulong nextNumber)
    {
        Assert.Equal(ReasonCode.Applied, _scene.Mint("free", tokenId, _scene.Alice));
        Assert.Equal(nextNumber, _scene.Supply("free").NextNumber);
        Assert.Equal(ReasonCode.Applied, _scene.Mint("free", "", _scene.Alice));
        Assert.Equal(nextNumber + 1, _scene.Supply("free").NextNumber);
    }

    [Fact]
    public void Mint_NumbersBeyondEverySupply_AreCountedOnWithoutGaps()
    {
        Assert.Equal(ReasonCode.Applied, _scene.Mint("free", "1000000000000", _scene.Alice));
        Assert.Equal(ReasonCode.Applied, _scene.Mint("free", "", _scene.Alice));
        Assert.Equal(ReasonCode.Applied, _scene.Mint("free", "", _scene.Alice));
        Assert.Equal(1_000_000_000_003UL, _scene.Supply("free").NextNumber);
    }

    [Fact]
    public void Mint_InTheFirstFormat_AnyNumberBelow2To63RaisesTheNext()
    {
        Scene scene = new(format: 0);
        Assert.Equal(ReasonCode.Applied, scene.Mint("free", "9223372036854775807", scene.Alice));
        Assert.Equal(1UL << 63, scene.Supply("free").NextNumber);
        Assert.Equal(ReasonCode.SupplyExceeded, scene.Mint("free", "", scene.Alice));
        Assert.Equal(ReasonCode.Applied, scene.Mint("free", "named", scene.Alice));
    }

    [Fact]
    public void Transfer_InTheFirstFormatToAnEndedDid_SaysNotAdmitted()
    {
        Scene scene = new(format: 0);
        Assert.Equal(ReasonCode.ReceiverNotAdmitted, scene.Transfer(scene.Alice, "free", "a", scene.Alice, scene.Gone));
    }

    [Fact]
    public void Mint_LowerNumber_DoesNotLowerTheNext()
    {
        Assert.Equal(ReasonCode.Applied, _scene.Mint("free", "10", _scene.Alice));
        Assert.Equal(ReasonCode.Applied, _scene.Mint("free", "5", _scene.Alice));
        Assert.Equal(11UL, _scene.Supply("free").NextNumber);
    }

    [Fact]
    public void BatchMint_MixedIds_NamesTokensInOrder()
    {
        Assert.Equal(ReasonCode.Applied, _scene.BatchMint("free", _scene.Bob, "", "7", "", "x", ""));
        foreach (string expected in (string[])["1", "7", "8", "x", "9"])
        {
            Assert.Equal(_scene.Bob, _scene.Token("free", expected).Owner);
        }

        Assert.Equal(10UL, _scene.Supply("free").NextNumber);
        Assert.Equal(6UL, _scene.Balance(_scene.Bob, "free"));
        Assert.Equal(8UL, _scene.Supply("free").Minted);
    }

    [Fact]
    public void BatchMint_NumberThatABatchHasJustGiven_IsADuplicate()
    {
        Assert.Equal(ReasonCode.DuplicateInBatch, _scene.BatchMint("free", _scene.Bob, "", "1"));
    }

    [Theory]
    [InlineData(ReasonCode.TokenExists, "x", "a", "x")]
    [InlineData(ReasonCode.DuplicateInBatch, "x", "x", "a")]
    [InlineData(ReasonCode.TokenBurned, "burned", "burned", "a")]
    public void BatchMint_SeveralBadItems_SaysTheFirst(ReasonCode expected, params string[] tokenIds) =>
        Assert.Equal(expected, _scene.BatchMint("free", _scene.Bob, tokenIds));

    [Fact]
    public void BatchMint_LastItemBad_MintsNone()
    {
        SupplyRecord before = _scene.Supply("free");
        string[] tokenIds = [.. Enumerable.Range(0, 999).Select(i => $"t{i}"), "a"];
        // 3 minted, 1,000 at most: 997 fit.
        Assert.Equal(ReasonCode.SupplyExceeded, _scene.BatchMint("free", _scene.Alice, tokenIds));
        Assert.Equal(ReasonCode.TokenExists, _scene.BatchMint("free", _scene.Alice, tokenIds[^997..]));
        Assert.Same(before, _scene.Supply("free"));
        Assert.Equal(ReasonCode.Applied, _scene.BatchMint("free", _scene.Alice, tokenIds[..997]));
        Assert.Equal(ReasonCode.SupplyExceeded, _scene.Mint("free", "one-more", _scene.Alice));
    }

    [Fact]
    public void Mint_AfterBurn_HasNoMoreSupply()
    {
        // "full" minted three of three and burned one of them: the maximum counts what was ever minted.
        Assert.Equal((3UL, 1UL), (_scene.Supply("full").Minted, _scene.Supply("full").Burned));
        Assert.Equal(ReasonCode.SupplyExceeded, _scene.Mint("full", "", _scene.Alice));
    }

    [Fact]
    public void Transfer_ByOwner_MovesTokenBalanceAndIndex()
    {
        long index = _scene.Ledger.NextIndex;
        Assert.Equal(ReasonCode.Applied, _scene.Transfer(_scene.Alice, "free", "a", _scene.Alice, _scene.Bob));
        TokenRecord token = _scene.Token("free", "a");
        Assert.Equal(_scene.Bob, token.Owner);
        Assert.Equal((ulong)index, token.TransferredIndex);
        Assert.Equal(0UL, _scene.Balance(_scene.Alice, "free"));
        Assert.Equal(2UL, _scene.Balance(_scene.Bob, "free"));
        Assert.DoesNotContain(IndexKey.OwnerToken(_scene.Alice, "free", "a"), _scene.Ledger.Records.Indexes);
        Assert.Contains(IndexKey.OwnerToken(_scene.Bob, "free", "a"), _scene.Ledger.Records.Indexes);
        Assert.Equal(ReasonCode.NotAuthorised, _scene.Transfer(_scene.Alice, "free", "a", _scene.Alice, _scene.Bob));
    }

    [Fact]
    public void Transfer_ByAStrangerWithTheWrongOwner_IsNotAuthorised() =>
        Assert.Equal(ReasonCode.NotAuthorised, _scene.Transfer(_scene.Bob, "free", "a", _scene.Bob, _scene.Alice));

    [Fact]
    public void Transfer_ToItsOwner_WritesAVersionAndNothingElse()
    {
        TokenRecord before = _scene.Token("free", "a");
        VersionedRecord? balance = _scene.Ledger.Records.Find(RecordKey.Balance(_scene.Alice, "free"));
        HashSet<IndexKey> indexes = [.. _scene.Ledger.Records.Indexes];
        long index = _scene.Ledger.NextIndex;
        Assert.Equal(ReasonCode.Applied, _scene.Transfer(_scene.Alice, "free", "a", _scene.Alice, _scene.Alice));
        Assert.Equal(before, _scene.Token("free", "a"));
        Assert.Equal(index, _scene.Ledger.Records.Find(RecordKey.Token("free", "a"))!.Index);
        Assert.Same(balance, _scene.Ledger.Records.Find(RecordKey.Balance(_scene.Alice, "free")));
        Assert.Equal(indexes, _scene.Ledger.Records.Indexes);
    }

    [Fact]
    public void Transfer_SoulboundToItsOwner_IsRefusedToo() =>
        Assert.Equal(
            ReasonCode.NotTransferable,
            _scene.Transfer(_scene.Alice, "soul", "a", _scene.Alice, _scene.Alice)
        );

    [Fact]
    public void Transfer_GiftOnly_IsTheOwnersToGive()
    {
        _scene.CreateClass("gift", "running", Transferability.GiftOnly, 10);
        Assert.Equal(ReasonCode.Applied, _scene.Transfer(_scene.Alice, "gift", "a", _scene.Alice, _scene.Bob));
    }

    [Theory]
    [InlineData(BurnAuthority.Issuer, true, false)]
    [InlineData(BurnAuthority.Owner, false, true)]
    [InlineData(BurnAuthority.Both, true, true)]
    [InlineData(BurnAuthority.Neither, false, false)]
    public void Burn_EachAuthority_LetsOnlyThoseNamedBurn(BurnAuthority authority, bool issuer, bool owner)
    {
        _scene.CreateClass("burnable", "running", Transferability.Soulbound, 10, authority);
        Assert.Equal(Expected(issuer), _scene.Burn(_scene.Issuer, "burnable", "a"));
        Assert.Equal(Expected(owner), _scene.Burn(_scene.Bob, "burnable", "b"));
        Assert.Equal(ReasonCode.Applied, _scene.Mint("burnable", "third", _scene.Bob));
        Assert.Equal(ReasonCode.NotAuthorised, _scene.Burn(_scene.Alice, "burnable", "third"));
        Assert.Equal(ReasonCode.NotAuthorised, _scene.Burn(_scene.OtherIssuer, "burnable", "third"));
        Assert.Equal(ReasonCode.NotAuthorised, _scene.Burn(_scene.Supervisor, "burnable", "third"));

        static ReasonCode Expected(bool allowed) => allowed ? ReasonCode.Applied : ReasonCode.NotAuthorised;
    }

    [Fact]
    public void Burn_ByOwner_LeavesATombstone()
    {
        TokenRecord before = _scene.Token("free", "a");
        Assert.Equal(ReasonCode.Applied, _scene.Burn(_scene.Alice, "free", "a"));
        TokenRecord after = _scene.Token("free", "a");
        Assert.Equal(TokenState.Burned, after.State);
        Assert.Equal(_scene.Alice, after.Owner);
        Assert.Equal(TokenState.Live, before.State); // the version that readers hold has not changed
        Assert.Equal(0UL, _scene.Balance(_scene.Alice, "free"));
        Assert.NotNull(_scene.Ledger.Records.Find(RecordKey.Balance(_scene.Alice, "free")));
        Assert.Equal(2UL, _scene.Supply("free").Burned);
        Assert.DoesNotContain(IndexKey.OwnerToken(_scene.Alice, "free", "a"), _scene.Ledger.Records.Indexes);
        Assert.Contains(IndexKey.ClassToken("free", "a"), _scene.Ledger.Records.Indexes);
        Assert.Equal(ReasonCode.TokenBurned, _scene.Burn(_scene.Alice, "free", "a"));
        Assert.Equal(ReasonCode.TokenBurned, _scene.Mint("free", "a", _scene.Alice));
    }

    [Fact]
    public void Burn_PilotThatDoesNotRun_IsStillOpen() =>
        Assert.Equal(ReasonCode.Applied, _scene.Burn(_scene.Alice, "halted", "a"));
}

using Ledger.Protocol;
using Ledger.Queries;
using Ledger.V1;

namespace Ledger.Tests.Queries;

public class TokenQueriesTests(QueriedLedger ledger) : IClassFixture<QueriedLedger>
{
    private const string Class = QueriedLedger.Class;
    private const string Moved = QueriedLedger.Moved;

    [Fact]
    public void FindClass_ById_IsTheClass()
    {
        using ReadView view = ledger.Read();

        Assert.Equal(QueriedLedger.Pilot, TokenQueries.FindClass(view, Class).Value.Record.PilotId);
        Assert.Equal(ReasonCode.ClassNotFound, TokenQueries.FindClass(view, "class-9").Judgement.Reason);
        Assert.Equal(ReasonCode.InvalidRequest, TokenQueries.FindClass(view, "").Judgement.Reason);
    }

    [Fact]
    public void ListClasses_OfAllOrOfAPilot_AreThose()
    {
        using ReadView view = ledger.Read();

        Assert.Equal(QueriedLedger.Classes, Ids(""));
        Assert.Equal(QueriedLedger.Classes[1..], Ids(QueriedLedger.Pilot));
        Assert.Empty(Ids("pilot-2"));
        Assert.Equal(ReasonCode.PilotNotFound, TokenQueries.ListClasses(view, "p", 0, "").Judgement.Reason);
        Assert.Equal(ReasonCode.InvalidRequest, TokenQueries.ListClasses(view, "P", 0, "").Judgement.Reason);

        IEnumerable<string> Ids(string pilot) =>
            TokenQueries.ListClasses(view, pilot, 0, "").Value.Items.Select(c => c.Id);
    }

    [Theory]
    [InlineData("class-9", Moved, ReasonCode.ClassNotFound)]
    [InlineData("", Moved, ReasonCode.InvalidRequest)]
    [InlineData(Class, "", ReasonCode.InvalidRequest)]
    [InlineData(Class, "token-9", ReasonCode.TokenNotFound)]
    public void FindToken_NoToken_IsRefused(string classId, string tokenId, ReasonCode reason)
    {
        using ReadView view = ledger.Read();

        Assert.Equal(reason, TokenQueries.FindToken(view, classId, tokenId).Judgement.Reason);
        Assert.Equal(reason, TokenQueries.ListHistory(view, classId, tokenId, 0, "").Judgement.Reason);
    }

    [Fact]
    public void FindToken_AfterATransfer_HasItsNewOwner()
    {
        using ReadView view = ledger.Read();

        Versioned<TokenRecord> token = TokenQueries.FindToken(view, Class, Moved).Value;

        Assert.Equal(ledger.Holder.Did, token.Record.Owner);
        Assert.Equal(ledger.MovedVersions[^1].Index, token.Version.Index);
    }

    [Fact]
    public void ListTokens_ByOwnerOrClass_AreThose()
    {
        using ReadView view = ledger.Read();

        Assert.Equal(QueriedLedger.Tokens, Ids("", Class));
        Assert.Equal(QueriedLedger.Tokens, Ids(ledger.Holder.Did, ""));
        Assert.Equal(QueriedLedger.Tokens, Ids(ledger.Holder.Did, Class));
        Assert.Empty(Ids(ledger.Issuer.Did, Class));
        Assert.Empty(Ids(ledger.Holder.Did, "class-2"));

        IEnumerable<string> Ids(string owner, string classId)
        {
            Page<TokenRecord> page = TokenQueries.ListTokens(view, owner, classId, 3, "").Value;
            List<TokenRecord> all = [.. page.Items];
            while (page.Next.Length > 0)
            {
                page = TokenQueries.ListTokens(view, owner, classId, 3, page.Next).Value;
                all.AddRange(page.Items);
            }

            return all.Select(t => t.TokenId);
        }
    }

    [Fact]
    public void ListTokens_WithoutOrWithWrongNames_IsRefused()
    {
        using ReadView view = ledger.Read();

        Assert.Equal(ReasonCode.InvalidRequest, Refusal("", ""));
        Assert.Equal(ReasonCode.ClassNotFound, Refusal("no DID", "class-9"));
        Assert.Equal(ReasonCode.InvalidDid, Refusal("no DID", Class));
        Assert.Equal(ReasonCode.InvalidDid, Refusal("no DID", ""));

        ReasonCode Refusal(string owner, string classId) =>
            TokenQueries.ListTokens(view, owner, classId, 0, "").Judgement.Reason;
    }

    [Fact]
    public void ListHistory_PageByPage_IsEveryVersion()
    {
        using ReadView view = ledger.Read();

        Page<Versioned<TokenRecord>> first = TokenQueries.ListHistory(view, Class, Moved, 1, "").Value;
        Page<Versioned<TokenRecord>> second = TokenQueries.ListHistory(view, Class, Moved, 1, first.Next).Value;

        Assert.Equal(
            ledger.MovedVersions.Select(r => r.Index),
            first.Items.Concat(second.Items).Select(v => v.Version.Index)
        );
        Assert.Equal(ledger.Issuer.Did, first.Items[0].Record.Owner);
        Assert.Equal("", second.Next);
        Assert.Equal(
            ReasonCode.BadPageToken,
            TokenQueries.ListHistory(view, Class, "token-1", 1, first.Next).Judgement.Reason
        );
    }

    [Fact]
    public void ListHistory_WithProof_HasSmallerPages()
    {
        using ReadView view = ledger.Read();
        foreach (uint size in (uint[])[0, 1, 100, 101, 1_000])
        {
            Page<Versioned<TokenRecord>> page = TokenQueries
                .ListHistory(view, Class, Moved, size, "", withProof: true)
                .Value;
            Assert.Equal(size == 1 ? 1 : 2, page.Items.Count);
        }

        Assert.Equal(
            ReasonCode.InvalidRequest,
            TokenQueries.ListHistory(view, Class, Moved, 1_001, "", withProof: true).Judgement.Reason
        );
        Assert.InRange(
            Proofs.EntryBytes(view, 0),
            Proofs.Entry(view, new RecordVersion { Index = 0 }).CalculateSize(),
            Limits.MessageBytesMax
        );
    }

    [Fact]
    public void FindBalance_OfAHolder_IsHowManyItHas()
    {
        using ReadView view = ledger.Read();

        Assert.Equal(7ul, TokenQueries.FindBalance(view, ledger.Holder.Did, Class).Value);
        Assert.Equal(0ul, TokenQueries.FindBalance(view, ledger.Issuer.Did, Class).Value);
        Assert.Equal(0ul, TokenQueries.FindBalance(view, QueriedLedger.Nobody, Class).Value);
        Assert.Equal(ReasonCode.InvalidDid, TokenQueries.FindBalance(view, "did:", Class).Judgement.Reason);
        Assert.Equal(
            ReasonCode.ClassNotFound,
            TokenQueries.FindBalance(view, ledger.Holder.Did, "class-9").Judgement.Reason
        );
    }
}

using Ledger.Queries;
using Ledger.V1;

namespace Ledger.Tests.Queries;

public class DidQueriesTests(QueriedLedger ledger) : IClassFixture<QueriedLedger>
{
    [Fact]
    public void Resolve_EveryVersion_ByIndexAndByTime()
    {
        using ReadView view = ledger.Read();
        List<Receipt> versions = ledger.HolderVersions;
        for (int i = 0; i < versions.Count; i++)
        {
            ulong? next = versions.ElementAtOrDefault(i + 1)?.Index;

            Check(Resolve(view, VersionChoice.AtIndex(versions[i].Index)), versions[i], next);
            Check(Resolve(view, VersionChoice.AtTime(versions[i].TimeMs)), versions[i], next);
            if (next is not null)
            {
                Check(Resolve(view, VersionChoice.AtTime(versions[i + 1].TimeMs - 1)), versions[i], next);
            }
        }

        Check(Resolve(view, VersionChoice.Newest), versions[^1], null);

        static void Check(Answer<Resolution> answer, Receipt receipt, ulong? next)
        {
            Assert.Equal(
                new RecordVersion { Index = receipt.Index, TimeMs = receipt.TimeMs },
                answer.Value.Version.Version
            );
            Assert.Equal(receipt.OperationId, answer.Value.Version.Record.LastOperation);
            Assert.Equal(next, answer.Value.Next?.Index);
        }
    }

    [Fact]
    public void Resolve_VersionThatIsNotThere_SaysWhetherItMayCome()
    {
        using ReadView view = ledger.Read();
        ulong created = ledger.HolderVersions[0].TimeMs;

        Assert.Equal(ReasonCode.VersionNotFound, Refusal(VersionChoice.AtIndex(0)));
        Assert.Equal(ReasonCode.VersionNotFound, Refusal(VersionChoice.AtTime(0)));
        Assert.Equal(ReasonCode.VersionNotFound, Refusal(VersionChoice.AtTime(created - 1)));
        Assert.Equal(ReasonCode.VersionInFuture, Refusal(VersionChoice.AtIndex((ulong)view.Head.Size)));
        Assert.Equal(ReasonCode.VersionInFuture, Refusal(VersionChoice.AtIndex(ulong.MaxValue)));
        Assert.Equal(ReasonCode.VersionInFuture, Refusal(VersionChoice.AtTime(ulong.MaxValue)));

        ReasonCode Refusal(VersionChoice choice) => Resolve(view, choice).Judgement.Reason;
    }

    [Fact]
    public void Resolve_ATimeInWhichTheLogWasIdle_IsTheNewestVersionAsOfTheLastBatch()
    {
        using ReadView view = ledger.Read();
        ulong lastBatch = (ulong)view.Head.TimeMs;
        ulong now = ledger.Wait(TimeSpan.FromHours(1));

        foreach (ulong timeMs in (ulong[])[lastBatch + 1, now])
        {
            Resolution resolution = Resolve(view, VersionChoice.AtTime(timeMs)).Value;

            Assert.Equal(ledger.HolderVersions[^1].Index, resolution.Version.Version.Index);
            Assert.Null(resolution.Next);
            Assert.Equal((long)lastBatch, resolution.KnownAsOfMs);
        }

        Assert.Equal(ReasonCode.VersionInFuture, Resolve(view, VersionChoice.AtTime(now + 1)).Judgement.Reason);
    }

    [Fact]
    public void Resolve_ByAClockBehindTheLog_KnowsWhatTheLogKnows()
    {
        using ReadView view = ledger.Read();
        VersionChoice last = VersionChoice.AtTime((ulong)view.Head.TimeMs);

        Answer<Resolution> answer = DidQueries.Resolve(view, ledger.Holder.Did, last, DateTimeOffset.UnixEpoch);

        Assert.Equal(ledger.HolderVersions[^1].Index, answer.Value.Version.Version.Index);
    }

    [Fact]
    public void Resolve_NoDid_IsRefused()
    {
        using ReadView view = ledger.Read();

        Assert.Equal(ReasonCode.DidNotFound, Refusal(QueriedLedger.Nobody));
        Assert.Equal(ReasonCode.InvalidDid, Refusal("did:web:a.test"));
        Assert.Equal(
            ReasonCode.InvalidDid,
            Refusal(ledger.Holder.Did.Replace(":test:", ":other:", StringComparison.Ordinal))
        );

        ReasonCode Refusal(string did) =>
            DidQueries.Resolve(view, did, VersionChoice.Newest, ledger.Now).Judgement.Reason;
    }

    [Fact]
    public void ListVersions_PageByPage_IsEveryVersion()
    {
        using ReadView view = ledger.Read();

        Page<Versioned<DidRecord>> first = DidQueries
            .ListVersions(view, ledger.Holder.Did, newestFirst: false, 3, "")
            .Value;
        Page<Versioned<DidRecord>> second = DidQueries
            .ListVersions(view, ledger.Holder.Did, newestFirst: false, 3, first.Next)
            .Value;

        Assert.Equal(
            ledger.HolderVersions.Select(r => r.Index),
            first.Items.Concat(second.Items).Select(v => v.Version.Index)
        );
        Assert.Equal("", second.Next);
        Assert.Equal(
            ReasonCode.BadPageToken,
            DidQueries.ListVersions(view, ledger.Issuer.Did, newestFirst: false, 3, first.Next).Judgement.Reason
        );
        Assert.Equal(
            ReasonCode.DidNotFound,
            DidQueries.ListVersions(view, QueriedLedger.Nobody, newestFirst: false, 3, "").Judgement.Reason
        );
    }

    private Answer<Resolution> Resolve(ReadView view, VersionChoice choice) =>
        DidQueries.Resolve(view, ledger.Holder.Did, choice, ledger.Now);
}

using Ledger.Queries;
using Ledger.V1;

namespace Ledger.Tests.Queries;

public class PilotQueriesTests(QueriedLedger ledger) : IClassFixture<QueriedLedger>
{
    [Fact]
    public void FindLedger_Founded_IsItsRecord()
    {
        using ReadView view = ledger.Read();

        Assert.Equal(TemporaryLedger.Network, PilotQueries.FindLedger(view).Value.Network);
    }

    [Fact]
    public async Task FindLedger_NotFounded_IsRefused()
    {
        await using TemporaryLedger empty = TemporaryLedger.Open();
        using ReadView view = empty.Ledger.Read();

        Assert.Equal(ReasonCode.NotFounded, PilotQueries.FindLedger(view).Judgement.Reason);
        Assert.Equal(ReasonCode.NotFounded, PilotQueries.FindParty(view, QueriedLedger.Nobody).Judgement.Reason);
    }

    [Theory]
    [InlineData("pilot-9", ReasonCode.PilotNotFound)]
    [InlineData("", ReasonCode.InvalidRequest)]
    [InlineData("A Pilot", ReasonCode.InvalidRequest)]
    public void FindPilot_NoPilot_IsRefused(string id, ReasonCode reason)
    {
        using ReadView view = ledger.Read();

        Assert.Equal(reason, PilotQueries.FindPilot(view, id).Judgement.Reason);
    }

    [Fact]
    public void FindPilot_Pilot_IsItsNewestVersion()
    {
        using ReadView view = ledger.Read();

        Versioned<PilotRecord> pilot = PilotQueries.FindPilot(view, QueriedLedger.Pilot).Value;

        Assert.Equal(QueriedLedger.Pilot, pilot.Record.Id);
        Entry entry = Entry.Parser.ParseFrom(view.Entry((long)pilot.Version.Index));
        Assert.Equal(entry.TimeMs, pilot.Version.TimeMs);
        Assert.Equal(QueriedLedger.Pilot, Operation.Parser.ParseFrom(entry.Operation.Operation).MovePilot.PilotId);
        Assert.Equal(PilotState.Running, PilotQueries.StateOf(view, pilot.Record));
    }

    [Fact]
    public void ListPilots_PageByPage_AreAllThere()
    {
        using ReadView view = ledger.Read();

        Page<PilotRecord> first = PilotQueries.ListPilots(view, 2, "").Value;
        Page<PilotRecord> second = PilotQueries.ListPilots(view, 2, first.Next).Value;

        Assert.Equal(QueriedLedger.Pilots, first.Items.Concat(second.Items).Select(p => p.Id));
        Assert.Equal("", second.Next);
        Assert.Equal(ReasonCode.BadPageToken, PilotQueries.ListPilots(view, 2, "x").Judgement.Reason);
        Assert.Equal(ReasonCode.InvalidRequest, PilotQueries.ListPilots(view, 1_001, "").Judgement.Reason);
    }

    [Fact]
    public void FindParty_ByDid_IsTheParty()
    {
        using ReadView view = ledger.Read();

        Assert.Equal([Role.Participant], PilotQueries.FindParty(view, ledger.Holder.Did).Value.Record.Roles);
        Assert.Equal(ReasonCode.PartyNotFound, PilotQueries.FindParty(view, QueriedLedger.Nobody).Judgement.Reason);
        Assert.Equal(ReasonCode.InvalidDid, PilotQueries.FindParty(view, "did:web:a.test").Judgement.Reason);
    }
}

using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Tests;

public sealed class DidRulesTests
{
    private readonly RulesLedger _ledger = new();

    public DidRulesTests() => _ledger.Found();

    [Fact]
    public void Found_FirstOperation_MakesTheLedgerItsSupervisorAndAParty()
    {
        RulesLedger ledger = new();
        string supervisor = ledger.Found();
        Assert.Equal(
            new LedgerRecord
            {
                Origin = RulesLedger.Origin,
                Network = RulesLedger.Network,
                Supervisor = supervisor,
            },
            ledger.Find<LedgerRecord>(RecordKey.Ledger)
        );
        Assert.Equal(
            new PartyRecord { Did = supervisor, Roles = { Role.Supervisor } },
            ledger.Find<PartyRecord>(RecordKey.Party(supervisor))
        );
        Assert.Equal(RulesLedger.Document(1), ledger.Did(supervisor).Document);
        Assert.Equal(3, ledger.Records.Records.Count);
        Assert.Empty(ledger.Records.Indexes);
    }

    [Fact]
    public void Create_ByAnyone_RegistersTheDid()
    {
        string did = _ledger.CreateDid();
        DidRecord record = _ledger.Did(did);
        Assert.Equal(did, record.Did);
        Assert.Equal((ulong)_ledger.TimeMs, record.CreatedMs);
        Assert.Equal(0UL, record.UpdatedMs);
        Assert.False(record.Deactivated);
        Assert.Equal(_ledger.Last.Id.ToArray(), record.LastOperation.ToByteArray());
        Assert.Null(_ledger.Records.Find(RecordKey.Party(did)));
    }

    [Fact]
    public void Update_ByTheDidItself_ReplacesTheDocument()
    {
        string did = _ledger.CreateDid();
        DidRecord before = _ledger.Did(did);
        _ledger.TimeMs += 5;
        Assert.Equal(ReasonCode.Applied, Update(did, did, 50));
        DidRecord after = _ledger.Did(did);
        Assert.Equal(RulesLedger.Document(50), after.Document);
        Assert.Equal(before.CreatedMs, after.CreatedMs);
        Assert.Equal((ulong)_ledger.TimeMs, after.UpdatedMs);
        Assert.Equal(_ledger.Last.Id.ToArray(), after.LastOperation.ToByteArray());
        Assert.NotSame(before, after);
        Assert.Equal(0UL, before.UpdatedMs); // the version that readers hold has not changed
    }

    [Fact]
    public void Update_ByAController_IsApplied_AndOnlyAsLongAsItIsOne()
    {
        string controller = _ledger.CreateDid();
        string did = _ledger.CreateDid(controller);
        Assert.Equal(ReasonCode.Applied, Update(controller, did, 50)); // the new document names no controller
        Assert.Equal(ReasonCode.NotAuthorised, Update(controller, did, 51));
    }

    [Fact]
    public void Update_ByAControllersController_IsRefused()
    {
        string top = _ledger.CreateDid();
        string middle = _ledger.CreateDid(top);
        string did = _ledger.CreateDid(middle);
        Assert.Equal(ReasonCode.NotAuthorised, Update(top, did, 50));
    }

    [Fact]
    public void Update_ControllerThatDoesNotExist_IsNoObstacle()
    {
        string did = _ledger.CreateDid($"did:pilot:{RulesLedger.Network}:{new string('a', 52)}");
        Assert.Equal(ReasonCode.Applied, Update(did, did, 50));
    }

    [Fact]
    public void Update_SecondOneAgainstTheSameState_IsStale()
    {
        string did = _ledger.CreateDid();
        Operation first = UpdateOf(did, did, 50);
        Operation second = UpdateOf(did, did, 51);
        Assert.Equal(ReasonCode.Applied, _ledger.Apply(first));
        Assert.Equal(ReasonCode.StalePrevious, _ledger.Apply(second));
        Assert.Equal(RulesLedger.Document(50), _ledger.Did(did).Document);
    }

    [Fact]
    public void Deactivate_ByTheDidItself_KeepsTheLastDocument()
    {
        string did = _ledger.CreateDid();
        DidRecord before = _ledger.Did(did);
        _ledger.TimeMs += 5;
        _ledger.Deactivate(did);
        DidRecord after = _ledger.Did(did);
        Assert.True(after.Deactivated);
        Assert.Equal(before.Document, after.Document);
        Assert.Equal((ulong)_ledger.TimeMs, after.UpdatedMs);
        Assert.Equal(_ledger.Last.Id.ToArray(), after.LastOperation.ToByteArray());
    }

    [Fact]
    public void Deactivate_ByAController_EndsTheDidForItsControllersToo()
    {
        string controller = _ledger.CreateDid();
        string did = _ledger.CreateDid(controller);
        Operation deactivate = new()
        {
            Actor = controller,
            DeactivateDid = new DeactivateDid { Did = did, Previous = _ledger.Did(did).LastOperation },
        };
        Assert.Equal(ReasonCode.Applied, _ledger.Apply(deactivate));
        Assert.Equal(ReasonCode.DidDeactivated, Update(controller, did, 50));
    }

    private ReasonCode Update(string actor, string did, byte seed) => _ledger.Apply(UpdateOf(actor, did, seed));

    private Operation UpdateOf(string actor, string did, byte seed) =>
        new()
        {
            Actor = actor,
            UpdateDid = new UpdateDid
            {
                Did = did,
                Previous = _ledger.Did(did).LastOperation,
                Document = RulesLedger.Document(seed),
            },
        };
}

using Google.Protobuf;
using Ledger.Protocol;
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

    [Fact]
    public void Update_ControllersThatLeadBack_AreRefused_HoweverLongTheWay()
    {
        string first = _ledger.CreateDid();
        string last = first;
        for (int i = 0; i < 10; i++)
        {
            last = _ledger.CreateDid(last);
        }

        Assert.Equal(ReasonCode.ControllerCycle, _ledger.Update(first, ControlledBy(last)));
        Assert.Equal(ReasonCode.Applied, _ledger.Update(last, ControlledBy(first))); // the way there is no way back
    }

    [Fact]
    public void Update_MoreControllersThanAreFollowed_AreRefused()
    {
        string last = _ledger.CreateDid();
        for (int i = 1; i < Limits.ControllerChainMax; i++)
        {
            last = _ledger.CreateDid(last);
        }

        string did = _ledger.CreateDid();
        Assert.Equal(ReasonCode.Applied, _ledger.Update(did, ControlledBy(last)));
        string longer = _ledger.CreateDid(last);
        Assert.Equal(ReasonCode.ControllerCycle, _ledger.Update(did, ControlledBy(longer)));
    }

    [Fact]
    public void Update_InTheFirstFormat_MayLeadBack()
    {
        RulesLedger ledger = new() { Format = 0 };
        ledger.Found();
        string parent = ledger.CreateDid();
        string child = ledger.CreateDid(parent);
        Assert.Equal(ReasonCode.Applied, ledger.Update(parent, ControlledBy(child)));
    }

    [Fact]
    public void Update_UnderACommitment_TakesTheKeysThatWereCommittedToAndNoOthers()
    {
        DidDocument second = RulesLedger.Document(51);
        DidDocument third = RulesLedger.Document(52);
        second.NextKeysCommitment = Commit(third);
        DidDocument first = RulesLedger.Document(50);
        first.NextKeysCommitment = Commit(second);
        string did = _ledger.CreateDid(first);

        Assert.Equal(ReasonCode.CommitmentMismatch, _ledger.Update(did, third));
        Assert.Equal(ReasonCode.Applied, _ledger.Update(did, second));
        Assert.Equal(ReasonCode.CommitmentMismatch, _ledger.Update(did, first));
        Assert.Equal(ReasonCode.Applied, _ledger.Update(did, third)); // and ends the commitments
        Assert.Equal(ReasonCode.Applied, _ledger.Update(did, RulesLedger.Document(53)));
    }

    [Fact]
    public void Update_UnderACommitmentWithTheSameKeys_LeavesCommitmentAndThreshold()
    {
        DidDocument document = RulesLedger.Document(50);
        document.NextKeysCommitment = Commit(RulesLedger.Document(51));
        string did = _ledger.CreateDid(document);

        DidDocument renamed = document.Clone();
        renamed.VerificationMethods[0].Fragment = "other-name"; // a key is the same under another name
        renamed.UpdateThreshold = 1; // which is what 0 means
        renamed.Services.Add(
            new Service
            {
                Fragment = "s",
                Type = "Site",
                Endpoint = "https://a.example",
            }
        );
        Assert.Equal(ReasonCode.Applied, _ledger.Update(did, renamed));

        foreach (Action<DidDocument> change in Forbidden)
        {
            DidDocument changed = renamed.Clone();
            change(changed);
            Assert.Equal(ReasonCode.CommitmentMismatch, _ledger.Update(did, changed, "other-name"));
        }
    }

    private static readonly Action<DidDocument>[] Forbidden =
    [
        document => document.NextKeysCommitment = ByteString.Empty,
        document => document.NextKeysCommitment = Commit(RulesLedger.Document(60)),
        document => document.VerificationMethods.Add(RulesLedger.Method("more", 61, KeyPurpose.CapabilityInvocation)),
        document => document.VerificationMethods[0] = RulesLedger.Method("k", 62, KeyPurpose.CapabilityInvocation),
        document =>
        {
            document.VerificationMethods[0] = RulesLedger.Method("k", 63, KeyPurpose.CapabilityInvocation);
            document.NextKeysCommitment = ByteString.Empty;
        },
    ];

    [Fact]
    public void Found_WithQuotaAndRecovery_KeepsThem()
    {
        RulesLedger ledger = new();
        Operation found = new()
        {
            FoundLedger = new FoundLedger
            {
                Network = RulesLedger.Network,
                Supervisor = RulesLedger.Document(1),
                Recovery = RulesLedger.Policy(2),
                DidQuota = new DidQuota { PerWeek = 3 },
            },
        };
        Assert.Equal(ReasonCode.Applied, ledger.Apply(found));
        Assert.Equal(new DidQuota { PerWeek = 3 }, ledger.Find<LedgerRecord>(RecordKey.Ledger).DidQuota);
        Assert.Equal(RulesLedger.Policy(2), ledger.Did(ledger.Last.ActorDid(RulesLedger.Network)).Recovery);
    }

    private static DidDocument ControlledBy(string controller)
    {
        DidDocument document = RulesLedger.Document(90);
        document.Controllers.Add(controller);
        return document;
    }

    private static ByteString Commit(DidDocument next) => ByteString.CopyFrom(UpdateKeys.Commit(next));

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

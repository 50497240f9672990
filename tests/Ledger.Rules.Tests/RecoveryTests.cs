using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Tests;

/// <summary>Recovery keys: what they do at once, what waits, who can stop it, and that time alone brings it about.</summary>
public sealed class RecoveryTests
{
    private const long DelayMs = 10_000; // of RulesLedger.Policy
    private static readonly RecoveryPolicy First = RulesLedger.Policy(100, "r1", "r2", "r3");
    private static readonly RecoveryPolicy Second = RulesLedger.Policy(110, "s1");
    private static readonly RecoveryPolicy Third = RulesLedger.Policy(120, "t1");

    private readonly RulesLedger _ledger = new();
    private readonly string _did;

    public RecoveryTests()
    {
        _ledger.Found();
        _did = _ledger.CreateDid(First);
    }

    private RecoveryPolicy? InForce => Recovery.InForce(_ledger.Did(_did), (ulong)_ledger.TimeMs);

    private PendingRecovery? Pending => Recovery.Pending(_ledger.Did(_did), (ulong)_ledger.TimeMs);

    [Fact]
    public void Recover_ByAnyRecoveryKey_ReplacesTheDocumentAtOnce()
    {
        for (byte rank = 1; rank <= 3; rank++)
        {
            DidDocument document = RulesLedger.Document((byte)(50 + rank));
            Assert.Equal(ReasonCode.Applied, _ledger.Recover(_did, document, null, $"r{rank}"));
            Assert.Equal(document, _ledger.Did(_did).Document);
            Assert.Equal(First, InForce);
        }
    }

    [Fact]
    public void Recover_WhateverTheDocumentSays_IsNotHeldByCommitmentOrThreshold()
    {
        DidDocument document = RulesLedger.Document(60);
        document.VerificationMethods.Add(RulesLedger.Method("second", 61, KeyPurpose.CapabilityInvocation));
        document.UpdateThreshold = 2;
        document.NextKeysCommitment = ByteString.CopyFrom(new byte[32]);
        Assert.Equal(ReasonCode.Applied, _ledger.Update(_did, document));
        Assert.Equal(ReasonCode.Applied, _ledger.Recover(_did, RulesLedger.Document(62), null, "r3"));
        Assert.Equal(RulesLedger.Document(62), _ledger.Did(_did).Document);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(DelayMs - 1)]
    public void ChangeRecovery_BeforeItsTime_IsPendingAndSeen(long afterMs)
    {
        ulong at = (ulong)(_ledger.TimeMs + DelayMs);
        Assert.Equal(ReasonCode.Applied, _ledger.ChangeRecovery(_did, Second));
        ByteString operation = _ledger.Did(_did).LastOperation;
        _ledger.TimeMs += afterMs;
        Assert.Equal(First, InForce);
        Assert.Equal(
            new PendingRecovery
            {
                Recovery = Second,
                EffectiveMs = at,
                Operation = operation,
            },
            Pending
        );
        Assert.Equal(ReasonCode.RecoveryPending, _ledger.ChangeRecovery(_did, Third));
        Assert.Equal(ReasonCode.Applied, _ledger.CancelRecovery(_did, "r3"));
    }

    [Theory]
    [InlineData(DelayMs)]
    [InlineData(DelayMs + 1)]
    [InlineData(DelayMs * 1000)]
    public void ChangeRecovery_AtItsTime_IsInForceWithoutAnyonesDoing(long afterMs)
    {
        Assert.Equal(ReasonCode.Applied, _ledger.ChangeRecovery(_did, Second));
        long size = _ledger.Head.Size;
        _ledger.TimeMs += afterMs;
        Assert.Equal(Second, InForce);
        Assert.Null(Pending);
        Assert.Equal(size, _ledger.Head.Size);
        Assert.Equal(ReasonCode.UnknownKey, Admit(Recover(_did), "r1"));
        Assert.Equal(ReasonCode.Applied, Admit(Recover(_did), "s1"));
        Assert.Equal(ReasonCode.NoRecoveryPending, _ledger.CancelRecovery(_did, "s1"));
        Assert.Equal(ReasonCode.Applied, _ledger.ChangeRecovery(_did, Third));
        Assert.Equal(Second, _ledger.Did(_did).Recovery); // settled with the next version
    }

    [Fact]
    public void ChangeRecovery_CancelledByAKeyThatItWouldRemove_NeverTakesEffect()
    {
        Assert.Equal(ReasonCode.Applied, _ledger.ChangeRecovery(_did, Second));
        Assert.Equal(ReasonCode.Applied, _ledger.CancelRecovery(_did, "r2"));
        _ledger.TimeMs += DelayMs * 2;
        Assert.Equal(First, InForce);
        Assert.Null(Pending);
    }

    [Fact]
    public void CancelRecovery_ByAStranger_IsNotTaken()
    {
        Assert.Equal(ReasonCode.Applied, _ledger.ChangeRecovery(_did, Second));
        Operation cancel = new()
        {
            Actor = _did,
            CancelRecovery = new CancelRecovery { Did = _did, Previous = _ledger.Did(_did).LastOperation },
        };
        Assert.Equal(ReasonCode.UnknownKey, Admit(cancel, "s1")); // the policy that comes is not in force
        Assert.Equal(ReasonCode.UnknownKey, Admit(cancel, RulesLedger.ControlKey)); // nor do update keys count
    }

    [Theory]
    [InlineData(1, "r1", ReasonCode.Applied)]
    [InlineData(1, "r2", ReasonCode.RecoveryRank)]
    [InlineData(2, "r1", ReasonCode.Applied)]
    [InlineData(2, "r2", ReasonCode.Applied)]
    [InlineData(2, "r3", ReasonCode.RecoveryRank)]
    [InlineData(3, "r3", ReasonCode.Applied)]
    public void CancelAndReplace_OfWhatARecoveryKeyProposed_TakeItsRank(int proposer, string key, ReasonCode expected)
    {
        Assert.Equal(ReasonCode.Applied, _ledger.Recover(_did, null, Second, $"r{proposer}"));
        Assert.Equal((uint)proposer, Pending!.Rank);
        Assert.Equal(expected, _ledger.Recover(_did, null, Third, key));
        Assert.Equal(expected == ReasonCode.Applied ? Third : Second, Pending.Recovery);
        Assert.Equal(ReasonCode.Applied, _ledger.CancelRecovery(_did, "r1"));
        Assert.Equal(ReasonCode.Applied, _ledger.Recover(_did, null, Second, $"r{proposer}"));
        Assert.Equal(expected, _ledger.CancelRecovery(_did, key));
    }

    [Fact]
    public void CancelRecovery_SignedByTwo_TakesTheHigherRank()
    {
        Assert.Equal(ReasonCode.Applied, _ledger.Recover(_did, null, Second, "r1"));
        Assert.Equal(ReasonCode.RecoveryRank, _ledger.CancelRecovery(_did, "r3", "r2"));
        Assert.Equal(ReasonCode.Applied, _ledger.CancelRecovery(_did, "r3", "r1"));
    }

    [Fact]
    public void Recover_WhileSomethingIsPending_StartsItsOwnDelay()
    {
        Assert.Equal(ReasonCode.Applied, _ledger.ChangeRecovery(_did, Second));
        _ledger.TimeMs += DelayMs - 1;
        Assert.Equal(ReasonCode.Applied, _ledger.Recover(_did, null, Third, "r2"));
        _ledger.TimeMs += DelayMs - 1;
        Assert.Equal(First, InForce);
        _ledger.TimeMs += 1;
        Assert.Equal(Third, InForce);
    }

    [Fact]
    public void Update_WhileSomethingIsPending_LeavesItAsItIs()
    {
        Assert.Equal(ReasonCode.Applied, _ledger.ChangeRecovery(_did, Second));
        PendingRecovery pending = Pending!;
        Assert.Equal(ReasonCode.Applied, _ledger.Update(_did, RulesLedger.Document(70)));
        Assert.Equal(pending, Pending);
        Assert.Equal(ReasonCode.Applied, _ledger.Recover(_did, RulesLedger.Document(71), null, "r1"));
        Assert.Equal(pending, Pending);
    }

    [Fact]
    public void ChangeRecovery_OfTheDelay_WaitsForTheOldOne()
    {
        RecoveryPolicy quick = First.Clone();
        quick.DelaySeconds = 1;
        Assert.Equal(ReasonCode.Applied, _ledger.ChangeRecovery(_did, quick));
        Assert.Equal((ulong)(_ledger.TimeMs + DelayMs), Pending!.EffectiveMs);
        _ledger.TimeMs += DelayMs;
        Assert.Equal(ReasonCode.Applied, _ledger.ChangeRecovery(_did, Second));
        Assert.Equal((ulong)_ledger.TimeMs + 1_000, Pending!.EffectiveMs);
    }

    [Fact]
    public void ChangeRecovery_DelayThatIsNotSaid_Is72Hours()
    {
        string did = _ledger.CreateDid(new RecoveryPolicy { Keys = { RulesLedger.Method("r1", 130) } });
        Assert.Equal(ReasonCode.Applied, _ledger.ChangeRecovery(did, null));
        Assert.Equal((ulong)_ledger.TimeMs + 72UL * 3_600_000, _ledger.Did(did).Pending.EffectiveMs);
        _ledger.TimeMs += 72L * 3_600_000;
        Assert.Null(Recovery.InForce(_ledger.Did(did), (ulong)_ledger.TimeMs));
    }

    [Fact]
    public void ChangeRecovery_WithNoKeyInForce_TakesEffectAtOnce()
    {
        string did = _ledger.CreateDid();
        Assert.Equal(ReasonCode.Applied, _ledger.ChangeRecovery(did, Second));
        Assert.Equal(Second, _ledger.Did(did).Recovery);
        Assert.Null(_ledger.Did(did).Pending);
        Assert.Equal(ReasonCode.RecoveryUnchanged, _ledger.ChangeRecovery(did, Second));
    }

    [Fact]
    public void ChangeRecovery_EmptyPolicy_IsNone()
    {
        string did = _ledger.CreateDid(new RecoveryPolicy());
        Assert.Null(_ledger.Did(did).Recovery);
        Assert.Equal(ReasonCode.RecoveryUnchanged, _ledger.ChangeRecovery(did, new RecoveryPolicy()));
        Assert.Equal(ReasonCode.RecoveryUnchanged, _ledger.ChangeRecovery(did, null));
    }

    [Fact]
    public void Deactivate_WithSomethingPending_EndsThatToo()
    {
        Assert.Equal(ReasonCode.Applied, _ledger.ChangeRecovery(_did, Second));
        _ledger.Deactivate(_did);
        Assert.Null(_ledger.Did(_did).Pending);
        _ledger.TimeMs += DelayMs * 2;
        Assert.Equal(First, InForce);
        Assert.Equal(ReasonCode.ActorDeactivated, Admit(Recover(_did), "r1"));
    }

    [Fact]
    public void RecoveryKey_ForAnythingElse_IsUnknown()
    {
        Operation update = new()
        {
            Actor = _did,
            UpdateDid = new UpdateDid
            {
                Did = _did,
                Previous = _ledger.Did(_did).LastOperation,
                Document = RulesLedger.Document(80),
            },
        };
        Assert.Equal(ReasonCode.UnknownKey, Admit(update, "r1"));
    }

    private Operation Recover(string did) =>
        new()
        {
            Actor = did,
            RecoverDid = new RecoverDid
            {
                Did = did,
                Previous = _ledger.Did(did).LastOperation,
                Document = RulesLedger.Document(90),
            },
        };

    private ReasonCode Admit(Operation operation, params string[] keys) =>
        Admission
            .Judge(
                new BatchState(_ledger.Records, _ledger.TimeMs),
                _ledger.Sign(operation, keys),
                verifiedWith: null,
                out _
            )
            .Reason;
}

using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Tests.Authority;

/// <summary>How often a DID may be changed: judged by the log, to the millisecond.</summary>
public sealed class ChangeQuotaTests
{
    private const long HourMs = 3_600_000;
    private const long DayMs = 24 * HourMs;
    private const long WeekMs = 7 * DayMs;

    private readonly RulesLedger _ledger = new();
    private readonly string _supervisor;
    private readonly string _did;

    public ChangeQuotaTests()
    {
        _supervisor = _ledger.Found();
        _did = _ledger.CreateDid(RulesLedger.Policy(100));
    }

    [Fact]
    public void Judge_TheUsualQuota_Is10AnHour30ADay100AWeek()
    {
        long start = _ledger.TimeMs;
        List<long> refusedUntil = [];
        for (int changes = 0; changes < 100; )
        {
            Judgement judgement = Judge(Update());
            if (judgement.IsOk)
            {
                Assert.Equal(ReasonCode.Applied, _ledger.Apply(Update()));
                changes++;
                continue;
            }

            // Nothing a millisecond before the time that was named, and everything at it.
            Assert.Equal(ReasonCode.DidQuota, judgement.Reason);
            long freeMs = judgement.RetryAfterMs;
            _ledger.TimeMs += freeMs - 1;
            Assert.Equal(1, Judge(Update()).RetryAfterMs);
            _ledger.TimeMs++;
            refusedUntil.Add(_ledger.TimeMs - start);
        }

        // 10 an hour three times, then the day is full; three days so, and a tenth of the fourth.
        Assert.Equal(
            [
                HourMs,
                2 * HourMs,
                DayMs,
                DayMs + HourMs,
                DayMs + 2 * HourMs,
                2 * DayMs,
                2 * DayMs + HourMs,
                2 * DayMs + 2 * HourMs,
                3 * DayMs,
            ],
            refusedUntil
        );
        Assert.Equal(WeekMs - 3 * DayMs, Judge(Update()).RetryAfterMs);
    }

    [Fact]
    public void Judge_AcrossAFullHour_CountsTheHourThatHasPassed()
    {
        _ledger.TimeMs = _ledger.TimeMs / HourMs * HourMs + HourMs - 1;
        Change(10);
        _ledger.TimeMs += 2; // another hour of the clock
        Assert.Equal(ReasonCode.DidQuota, Judge(Update()).Reason);
    }

    [Fact]
    public void Judge_RecoveryAndDeactivation_AreNeverHeldUp_NorDoTheyCount()
    {
        Change(5);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(ReasonCode.Applied, _ledger.Recover(_did, RulesLedger.Document(60), null));
            Assert.Equal(ReasonCode.Applied, _ledger.Recover(_did, null, RulesLedger.Policy(110)));
            Assert.Equal(ReasonCode.Applied, _ledger.CancelRecovery(_did));
        }

        Change(5);
        Assert.Equal(ReasonCode.DidQuota, Judge(Update()).Reason);
        Assert.Equal(ReasonCode.Applied, _ledger.Recover(_did, RulesLedger.Document(61), null));
        _ledger.Deactivate(_did);
    }

    [Fact]
    public void Judge_ChangesOfRecovery_CountLikeUpdates()
    {
        Change(9);
        Assert.Equal(ReasonCode.Applied, _ledger.ChangeRecovery(_did, RulesLedger.Policy(120)));
        Assert.Equal(ReasonCode.DidQuota, Judge(Update()).Reason);
    }

    [Fact]
    public void Judge_ChangesThatWereRefused_DoNotCount()
    {
        for (int i = 0; i < 20; i++)
        {
            Operation stale = Update();
            stale.UpdateDid.Previous = RulesLedger.Bytes(32, 9);
            Assert.Equal(ReasonCode.StalePrevious, _ledger.Apply(stale));
        }

        Assert.True(Judge(Update()).IsOk);
        Assert.Null(_ledger.Records.Find(RecordKey.DidChanges(_did)));
    }

    [Fact]
    public void Judge_ChangesByAController_CountForTheDidThatIsChanged()
    {
        string thing = _ledger.CreateDid(_did);
        Change(10);
        DidDocument document = RulesLedger.Document(70);
        document.Controllers.Add(_did);
        Operation update = new()
        {
            Actor = _did,
            UpdateDid = new UpdateDid
            {
                Did = thing,
                Previous = _ledger.Did(thing).LastOperation,
                Document = document,
            },
        };
        Assert.Equal(ReasonCode.Applied, _ledger.Apply(update)); // its own quota is used up, that of the other is not
        Assert.Single(_ledger.Find<DidChangesRecord>(RecordKey.DidChanges(thing)).TimesMs);
    }

    [Fact]
    public void SetQuota_FromThenOn_IsWhatCounts()
    {
        SetQuota(new DidQuota { PerHour = 2 });
        Change(2);
        Assert.Equal(ReasonCode.DidQuota, Judge(Update()).Reason);
        SetQuota(new DidQuota { PerHour = 3 });
        Change(1);
        Assert.Equal(ReasonCode.DidQuota, Judge(Update()).Reason);
    }

    [Fact]
    public void SetQuota_NoLimits_KeepsNoTimes()
    {
        SetQuota(new DidQuota());
        Change(500);
        Assert.Null(_ledger.Records.Find(RecordKey.DidChanges(_did)));
    }

    [Fact]
    public void Count_LongAgo_IsForgotten()
    {
        Change(10);
        _ledger.TimeMs += WeekMs;
        Change(1);
        Assert.Single(_ledger.Find<DidChangesRecord>(RecordKey.DidChanges(_did)).TimesMs);
    }

    [Fact]
    public void Judge_InTheFirstFormat_KnowsNoQuota()
    {
        RulesLedger ledger = new() { Format = 0 };
        ledger.Found();
        string did = ledger.CreateDid();
        for (int i = 0; i < 200; i++)
        {
            Assert.Equal(ReasonCode.Applied, ledger.Update(did, RulesLedger.Document((byte)i)));
        }

        Assert.Null(ledger.Records.Find(RecordKey.DidChanges(did)));
    }

    private void Change(int times)
    {
        for (int i = 0; i < times; i++)
        {
            Assert.Equal(ReasonCode.Applied, _ledger.Apply(Update()));
        }
    }

    private void SetQuota(DidQuota quota) =>
        Assert.Equal(
            ReasonCode.Applied,
            _ledger.Apply(
                new Operation
                {
                    Actor = _supervisor,
                    SetDidQuota = new SetDidQuota { Quota = quota },
                }
            )
        );

    private Operation Update() =>
        new()
        {
            Actor = _did,
            UpdateDid = new UpdateDid
            {
                Did = _did,
                Previous = _ledger.Did(_did).LastOperation,
                Document = RulesLedger.Document((byte)(_ledger.NextIndex % 200)),
            },
        };

    private Judgement Judge(Operation operation) =>
        Admission.Judge(
            new BatchState(_ledger.Records, _ledger.TimeMs),
            _ledger.Sign(operation),
            verifiedWith: null,
            out _
        );
}

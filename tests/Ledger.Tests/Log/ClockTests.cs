using Ledger.Log;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Tests.Log;

/// <summary>Clocks that leap: a log that once took a time far ahead could not go back.</summary>
public class ClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task Submit_ClockAYearAhead_IsRefusedUntilTheClockIsRight()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        long size = ledger.Ledger.Head.Size;
        SignedOperation operation = new Signer(ledger.Time).SignCreate();
        ledger.Time.Ahead = TimeSpan.FromDays(365);

        Submission leapt = await ledger.Submit(operation);

        Assert.Equal(ReasonCode.ClockJumped, leapt.Judgement.Reason);
        Assert.Equal(
            "the log's last batch is of 2026-01-02T03:04:05.000Z and the node's clock says 2027-01-02T03:04:05.000Z",
            leapt.Judgement.Detail
        );
        Assert.Equal(size, ledger.Ledger.Head.Size);
        Assert.Empty(ledger.Fatal);

        ledger.Time.Ahead = TimeSpan.Zero;
        Assert.Equal(ReasonCode.Applied, (await ledger.Submit(operation)).Judgement.Reason);
    }

    [Theory]
    [InlineData(7, false, ReasonCode.Applied)]
    [InlineData(8, false, ReasonCode.ClockJumped)]
    [InlineData(8, true, ReasonCode.Applied)]
    public async Task Open_DaysAfterTheLastBatch_TakesAWeekOrTheOperatorsWord(
        int days,
        bool vouched,
        ReasonCode expected
    )
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        await ledger.Ledger.StopAsync();
        ledger.Time.Now = Start.AddDays(days);
        ledger.Reopen(options =>
            EmbeddedLedger.Open(options with { ClockAcceptedUntil = vouched ? Start.AddDays(days) : null })
        );

        Submission submission = await ledger.Submit(new Signer(ledger.Time).SignCreate());

        Assert.Equal(expected, submission.Judgement.Reason);
    }

    [Fact]
    public async Task Submit_OnAnIdleNodeAfterAYear_IsApplied()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        ledger.Time.Now = Start.AddYears(1);

        Submission submission = await ledger.Submit(new Signer(ledger.Time).SignCreate());

        Assert.Equal(ReasonCode.Applied, submission.Judgement.Reason);
    }

    [Fact]
    public void Read_ClockPutBackAndRightAgain_IsBelieved()
    {
        ManualTime time = new();
        LogClock clock = new(time, Start.ToUnixTimeMilliseconds(), accepted: null);
        time.Ahead = TimeSpan.FromHours(-3);
        time.Now = Start.AddHours(2);
        Assert.True(clock.Read(Start.ToUnixTimeMilliseconds(), out long standing).IsOk);
        Assert.Equal(Start.ToUnixTimeMilliseconds(), standing);
        time.Ahead = TimeSpan.Zero;

        Assert.True(clock.Read(standing + 1, out long timeMs).IsOk);
        Assert.Equal(Start.AddHours(2).ToUnixTimeMilliseconds(), timeMs);
    }

    [Fact]
    public void Read_ClocksThatDriftApart_AreBelieved()
    {
        ManualTime time = new();
        LogClock clock = new(time, Start.ToUnixTimeMilliseconds(), accepted: null);
        for (int hour = 1; hour <= 100; hour++)
        {
            time.Now = Start.AddHours(hour);
            time.Ahead = TimeSpan.FromSeconds(hour);
            Assert.True(clock.Read(Start.ToUnixTimeMilliseconds() + hour, out _).IsOk);
        }

        time.Ahead += LogClock.AheadMax;
        Assert.True(clock.Read(Start.ToUnixTimeMilliseconds() + 101, out _).IsOk);
        time.Ahead += TimeSpan.FromMilliseconds(1);
        Assert.Equal(ReasonCode.ClockJumped, clock.Read(Start.ToUnixTimeMilliseconds() + 101, out _).Reason);
    }

    [Fact]
    public void Read_OperatorsWord_EndsWithItsTime()
    {
        ManualTime time = new();
        LogClock clock = new(time, Start.AddYears(-1).ToUnixTimeMilliseconds(), accepted: Start.AddDays(1));
        Assert.True(clock.Read(1, out _).IsOk);

        time.Ahead = TimeSpan.FromDays(1);
        Assert.True(clock.Read(1, out _).IsOk);
        time.Ahead = TimeSpan.FromDays(2);
        Judgement judgement = clock.Read(1, out _);

        Assert.Equal(ReasonCode.ClockJumped, judgement.Reason);
    }

    [Theory]
    [InlineData(-1, ReasonCode.Expired)]
    [InlineData(31 * 24 * 60 * 60, ReasonCode.DeadlineTooFar)]
    public async Task Submit_DeadlineOutOfRange_IsToldTheBatchsTime(int seconds, ReasonCode expected)
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        Signer signer = new(ledger.Time);

        Submission submission = await ledger.Submit(
            signer.Sign(
                new Operation
                {
                    CreateDid = new CreateDid { Document = signer.Document },
                    NotAfter = (ulong)Start.AddSeconds(seconds).ToUnixTimeSeconds(),
                }
            )
        );

        Assert.Equal(expected, submission.Judgement.Reason);
        Assert.Contains(
            "the batch's time, 2026-01-02T03:04:05.000Z",
            submission.Judgement.Detail,
            StringComparison.Ordinal
        );
    }
}

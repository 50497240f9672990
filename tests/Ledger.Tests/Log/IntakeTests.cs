using Ledger.Log;
using Ledger.V1;

namespace Ledger.Tests.Log;

public sealed class IntakeTests
{
    [Fact]
    public void Enter_MoreThanTheNumber_IsOverloadedUntilOneLeaves()
    {
        Intake intake = new(operationsMax: 2, bytesMax: 1_000);
        PendingOperation first = Pending.Raw(1, intake);
        Assert.Equal(ReasonCode.Applied, intake.Enter(first));
        Assert.Equal(ReasonCode.Applied, intake.Enter(Pending.Raw(1, intake)));
        PendingOperation third = Pending.Raw(1, intake);
        Assert.Equal(ReasonCode.Overloaded, intake.Enter(third));
        first.Refuse(ReasonCode.BadSignature);
        Assert.Equal(ReasonCode.Applied, intake.Enter(third));
        Assert.Equal(ReasonCode.Overloaded, intake.Enter(Pending.Raw(1, intake)));
    }

    [Fact]
    public void Enter_MoreThanTheBytes_IsOverloadedUntilTheyAreGivenBack()
    {
        Intake intake = new(operationsMax: 100, bytesMax: 10);
        PendingOperation first = Pending.Raw(6, intake);
        Assert.Equal(ReasonCode.Applied, intake.Enter(first));
        Assert.Equal(ReasonCode.Applied, intake.Enter(Pending.Raw(4, intake)));
        Assert.Equal(ReasonCode.Overloaded, intake.Enter(Pending.Raw(1, intake)));
        first.Refuse(ReasonCode.BadSignature);
        Assert.Equal(ReasonCode.Overloaded, intake.Enter(Pending.Raw(7, intake)));
        Assert.Equal(ReasonCode.Applied, intake.Enter(Pending.Raw(6, intake)));
    }

    [Fact]
    public void Enter_LargerThanAllBytes_IsLetInAlone()
    {
        Intake intake = new(operationsMax: 100, bytesMax: 10);
        Assert.Equal(ReasonCode.Applied, intake.Enter(Pending.Raw(11, intake)));
        Assert.Equal(ReasonCode.Overloaded, intake.Enter(Pending.Raw(0, intake)));
    }

    [Fact]
    public void Leave_OneThatWasNeverLetIn_GivesNothingBack()
    {
        Intake intake = new(operationsMax: 1, bytesMax: 10);
        intake.Enter(Pending.Raw(5, intake));
        PendingOperation turnedAway = Pending.Raw(5, intake);
        Assert.Equal(ReasonCode.Overloaded, intake.Enter(turnedAway));
        turnedAway.Refuse(ReasonCode.Overloaded);
        Assert.Equal(ReasonCode.Overloaded, intake.Enter(Pending.Raw(5, intake)));
    }

    [Fact]
    public void Close_WithOperationsUnderWay_IsDrainedWhenTheLastHasLeft()
    {
        Intake intake = Pending.Wide();
        PendingOperation first = Pending.Raw(1, intake);
        PendingOperation second = Pending.Raw(1, intake);
        intake.Enter(first);
        intake.Enter(second);
        first.Refuse(ReasonCode.BadSignature);
        Assert.False(intake.Drained.IsCompleted); // empty for a moment is not drained: it is open
        intake.Close(ReasonCode.Stopping);
        Assert.Equal(ReasonCode.Stopping, intake.Enter(Pending.Raw(1, intake)));
        Assert.False(intake.Drained.IsCompleted);
        second.Refuse(ReasonCode.BadSignature);
        Assert.True(intake.Drained.IsCompletedSuccessfully);
    }

    [Fact]
    public void Close_WithNothingUnderWay_IsDrainedAtOnce()
    {
        Intake intake = Pending.Wide();
        Assert.False(intake.Drained.IsCompleted);
        intake.Close(ReasonCode.Stopping);
        Assert.True(intake.Drained.IsCompletedSuccessfully);
    }

    [Fact]
    public void Close_AfterAFailure_StillSaysInternal()
    {
        Intake intake = Pending.Wide();
        intake.Close(ReasonCode.Stopping);
        intake.Fail();
        intake.Close(ReasonCode.Stopping);
        Assert.Equal(ReasonCode.Internal, intake.Enter(Pending.Raw(1, intake)));
    }

    [Fact]
    public async Task Fail_OperationsUnderWay_AreAllAnsweredAndNoneIsLetIn()
    {
        Intake intake = Pending.Wide();
        PendingOperation[] underWay = [.. Enumerable.Range(0, 100).Select(_ => Pending.Raw(1, intake))];
        Assert.All(underWay, pending => Assert.Equal(ReasonCode.Applied, intake.Enter(pending)));

        intake.Fail();

        foreach (PendingOperation pending in underWay)
        {
            Assert.Equal(ReasonCode.Internal, (await pending.Completion).Judgement.Reason);
        }

        Assert.True(intake.Drained.IsCompletedSuccessfully);
        Assert.Equal(ReasonCode.Internal, intake.Enter(Pending.Raw(1, intake)));
    }

    [Fact]
    public void Enter_FromManyThreads_NeverLetsMoreInThanThereIsRoom()
    {
        const int Room = 8;
        Intake intake = new(Room, long.MaxValue);
        int inside = 0;
        int most = 0;
        Parallel.For(
            0,
            20_000,
            _ =>
            {
                PendingOperation pending = Pending.Raw(1, intake);
                if (intake.Enter(pending) == ReasonCode.Applied)
                {
                    int now = Interlocked.Increment(ref inside);
                    int seen;
                    while (now > (seen = Volatile.Read(ref most)))
                    {
                        Interlocked.CompareExchange(ref most, now, seen);
                    }

                    Interlocked.Decrement(ref inside);
                    pending.Refuse(ReasonCode.BadSignature);
                }
            }
        );
        Assert.InRange(most, 1, Room);
        intake.Close(ReasonCode.Stopping);
        Assert.True(intake.Drained.IsCompleted);
    }
}

using Ledger.V1;

namespace Ledger.Client.Tests;

/// <summary>A client whose clock is far behind the log's time.</summary>
public class LateClockTests(Scene scene) : IClassFixture<Scene>
{
    [Fact]
    public async Task Submit_ClockBehindTheLog_TakesTheDeadlineFromWhatTheLogWasSeenAt()
    {
        await using LedgerClient client = scene.Node.Connect(null, o => o with { Time = new LateClock() });
        using SigningKey key = SigningKey.Generate();
        RefusedException refused = await Assert.ThrowsAsync<RefusedException>(() =>
            client.CreateDidAsync(key.ToDocument(), [key])
        );
        Assert.Equal(ReasonCode.Expired, refused.Reason);
        Assert.Contains("the batch's time, 20", refused.Message);

        // Any entry tells, the youngest best.
        long last = (await client.GetCheckpointAsync()).Size - 1;
        await client.GetEntryAsync(last);

        await client.CreateDidAsync(key.ToDocument(), [key]);
    }

    private sealed class LateClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddDays(-1);
    }
}

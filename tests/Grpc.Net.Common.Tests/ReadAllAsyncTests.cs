using Grpc.Core;

namespace Grpc.Net.Common.Tests;

public class ReadAllAsyncTests
{
    [Fact]
    public async Task ReadAllAsync_ToTheEnd_GivesEveryMessageInOrder()
    {
        var read = new List<int>();
        await foreach (int message in new Countdown(3).ReadAllAsync())
        {
            read.Add(message);
        }

        Assert.Equal([2, 1, 0], read);
    }

    [Fact]
    public async Task ReadAllAsync_LeftEarly_LeavesTheRestUnread()
    {
        var stream = new Countdown(3);
        await foreach (int _ in stream.ReadAllAsync())
        {
            break;
        }

        Assert.Equal(2, stream.Current);
        Assert.True(await stream.MoveNext(CancellationToken.None));
        Assert.Equal(1, stream.Current);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadAllAsync_TokenEitherWay_ReachesTheStream(bool byEnumeration)
    {
        using var source = new CancellationTokenSource();
        var stream = new Countdown(3);
        IAsyncEnumerable<int> messages = byEnumeration ? stream.ReadAllAsync() : stream.ReadAllAsync(source.Token);
        await using IAsyncEnumerator<int> enumerator = messages.GetAsyncEnumerator(
            byEnumeration ? source.Token : CancellationToken.None
        );
        Assert.True(await enumerator.MoveNextAsync());
        await source.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await enumerator.MoveNextAsync());
    }

    [Fact]
    public void ReadAllAsync_Null_ThrowsAtOnce() =>
        Assert.Throws<ArgumentNullException>(() =>
        {
            _ = ((IAsyncStreamReader<int>)null!).ReadAllAsync();
        });

    private sealed class Countdown(int from) : IAsyncStreamReader<int>
    {
        public int Current { get; private set; } = from;

        public Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult(--Current >= 0);
        }
    }
}

namespace Grpc.Core.Api.Tests;

public class CallOptionsTests
{
    [Fact]
    public void CallOptions_Default_AsksForNothing()
    {
        CallOptions options = default;
        Assert.Null(options.Headers);
        Assert.Null(options.Deadline);
        Assert.False(options.CancellationToken.CanBeCanceled);
        Assert.Null(options.WriteOptions);
        Assert.Null(options.PropagationToken);
        Assert.Null(options.Credentials);
        Assert.False(options.IsWaitForReady);
    }

    /// <summary>Every <c>With…</c> sets its own property on a copy, and neither another nor the original's.</summary>
    [Fact]
    public void With_EachProperty_ChangesThatOneInACopy()
    {
        var headers = new Metadata { { "k", "v" } };
        DateTime deadline = new(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        using var source = new CancellationTokenSource();
        var write = new WriteOptions(WriteFlags.NoCompress);
        var credentials = CallCredentials.FromInterceptor((_, _) => Task.CompletedTask);
        var before = new CallOptions(headers, deadline, source.Token, write, null, credentials).WithWaitForReady();
        Assert.True(before.IsWaitForReady);

        var otherHeaders = new Metadata();
        var otherWrite = new WriteOptions(WriteFlags.BufferHint);
        var otherCredentials = CallCredentials.FromInterceptor((_, _) => Task.CompletedTask);
        DateTime later = deadline.AddDays(1);
        object?[] old = Values(before);
        (CallOptions Options, object? Value)[] changes =
        [
            (before.WithHeaders(otherHeaders), otherHeaders),
            (before.WithDeadline(later), later),
            (before.WithCancellationToken(CancellationToken.None), CancellationToken.None),
            (before.WithWriteOptions(otherWrite), otherWrite),
            (before.WithCredentials(otherCredentials), otherCredentials),
            (before.WithWaitForReady(false), false),
        ];
        for (int i = 0; i < changes.Length; i++)
        {
            object?[] now = Values(changes[i].Options);
            Assert.Equal(changes[i].Value, now[i]);
            Assert.NotEqual(old[i], now[i]);
            now[i] = old[i];
            Assert.Equal(old, now);
        }

        Assert.Equal(old, Values(before));

        static object?[] Values(CallOptions options) =>
            [
                options.Headers,
                options.Deadline,
                options.CancellationToken,
                options.WriteOptions,
                options.Credentials,
                options.IsWaitForReady,
            ];
    }

    [Fact]
    public void WriteOptions_Default_HasNoFlags()
    {
        Assert.Equal(default, WriteOptions.Default.Flags);
        Assert.Equal(WriteFlags.NoCompress, new WriteOptions(WriteFlags.NoCompress).Flags);
    }

    [Fact]
    public void ContextPropagationOptions_Default_PropagatesBoth()
    {
        Assert.True(ContextPropagationOptions.Default.IsPropagateDeadline);
        Assert.True(ContextPropagationOptions.Default.IsPropagateCancellation);
        var neither = new ContextPropagationOptions(propagateDeadline: false, propagateCancellation: false);
        Assert.False(neither.IsPropagateDeadline);
        Assert.False(neither.IsPropagateCancellation);
    }
}

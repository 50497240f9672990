namespace Grpc.Core.Api.Tests;

public class CallTests
{
    private static readonly Metadata Headers = new() { { "header", "1" } };
    private static readonly Metadata Trailers = new() { { "trailer", "1" } };
    private static readonly Status End = new(StatusCode.NotFound, "end");

    private int disposals;

    [Fact]
    public async Task AsyncUnaryCall_EitherConstructor_GivesItsParts()
    {
        Task<string> response = Task.FromResult("response");
        AsyncUnaryCall<string>[] calls =
        [
            new(response, Task.FromResult(Headers), () => End, () => Trailers, () => disposals++),
            new(response, HeadersOf, EndOf, TrailersOf, DisposeOf, this),
        ];
        foreach (AsyncUnaryCall<string> call in calls)
        {
            Assert.Equal("response", await call);
            Assert.Equal("response", await call.ConfigureAwait(false));
            Assert.Same(response, call.ResponseAsync);
            await Check(call.ResponseHeadersAsync, call.GetStatus(), call.GetTrailers(), call);
        }
    }

    [Fact]
    public async Task AsyncClientStreamingCall_EitherConstructor_GivesItsParts()
    {
        Task<string> response = Task.FromResult("response");
        var requests = new ListWriter();
        AsyncClientStreamingCall<string, string>[] calls =
        [
            new(requests, response, Task.FromResult(Headers), () => End, () => Trailers, () => disposals++),
            new(requests, response, HeadersOf, EndOf, TrailersOf, DisposeOf, this),
        ];
        foreach (AsyncClientStreamingCall<string, string> call in calls)
        {
            Assert.Equal("response", await call);
            Assert.Equal("response", await call.ConfigureAwait(false));
            Assert.Same(response, call.ResponseAsync);
            Assert.Same(requests, call.RequestStream);
            await Check(call.ResponseHeadersAsync, call.GetStatus(), call.GetTrailers(), call);
        }
    }

    [Fact]
    public async Task AsyncServerStreamingCall_EitherConstructor_GivesItsParts()
    {
        var responses = new FixedReader("response");
        AsyncServerStreamingCall<string>[] calls =
        [
            new(responses, Task.FromResult(Headers), () => End, () => Trailers, () => disposals++),
            new(responses, HeadersOf, EndOf, TrailersOf, DisposeOf, this),
        ];
        foreach (AsyncServerStreamingCall<string> call in calls)
        {
            Assert.Same(responses, call.ResponseStream);
            await Check(call.ResponseHeadersAsync, call.GetStatus(), call.GetTrailers(), call);
        }
    }

    [Fact]
    public async Task AsyncDuplexStreamingCall_EitherConstructor_GivesItsParts()
    {
        var requests = new ListWriter();
        var responses = new FixedReader("response");
        AsyncDuplexStreamingCall<string, string>[] calls =
        [
            new(requests, responses, Task.FromResult(Headers), () => End, () => Trailers, () => disposals++),
            new(requests, responses, HeadersOf, EndOf, TrailersOf, DisposeOf, this),
        ];
        foreach (AsyncDuplexStreamingCall<string, string> call in calls)
        {
            Assert.Same(requests, call.RequestStream);
            Assert.Same(responses, call.ResponseStream);
            await Check(call.ResponseHeadersAsync, call.GetStatus(), call.GetTrailers(), call);
        }
    }

    [Fact]
    public async Task MoveNext_WithoutToken_ReadsToTheEnd()
    {
        IAsyncStreamReader<string> reader = new FixedReader("a", "b");
        Assert.True(await reader.MoveNext());
        Assert.Equal("a", reader.Current);
        Assert.True(await reader.MoveNext());
        Assert.Equal("b", reader.Current);
        Assert.False(await reader.MoveNext());
        Assert.Throws<ArgumentNullException>(() =>
        {
            _ = ((IAsyncStreamReader<string>)null!).MoveNext();
        });
    }

    /// <summary>A writer that was written before tokens must not ignore one.</summary>
    [Fact]
    public async Task WriteAsync_WriterWithoutTokens_RefusesOneThatCanBeCancelled()
    {
        var writer = new ListWriter();
        IAsyncStreamWriter<string> stream = writer;
        await stream.WriteAsync("a", CancellationToken.None);
        using var source = new CancellationTokenSource();
        await Assert.ThrowsAsync<NotSupportedException>(() => stream.WriteAsync("b", source.Token));
        Assert.Equal(["a"], writer.Messages);
    }

    private static Task<Metadata> HeadersOf(object state) =>
        Task.FromResult(state is CallTests ? Headers : Metadata.Empty);

    private static Status EndOf(object state) => state is CallTests ? End : default;

    private static Metadata TrailersOf(object state) => state is CallTests ? Trailers : Metadata.Empty;

    private static void DisposeOf(object state) => ((CallTests)state).disposals++;

    private async Task Check(Task<Metadata> headers, Status status, Metadata trailers, IDisposable call)
    {
        Assert.Same(Headers, await headers);
        Assert.Equal(End, status);
        Assert.Same(Trailers, trailers);
        int before = disposals;
        call.Dispose();
        Assert.Equal(before + 1, disposals);
    }
}

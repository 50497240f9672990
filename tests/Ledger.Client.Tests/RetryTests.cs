using Google.Protobuf;
using Grpc.Core;
using Ledger.V1;

namespace Ledger.Client.Tests;

/// <summary>A lost answer costs a repetition and nothing else.</summary>
public sealed class RetryTests(Scene scene) : IClassFixture<Scene>, IAsyncLifetime
{
    private LyingNode _node = null!;
    private LedgerClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await LyingNode.StartAsync(scene.Node.Address);
        _client = scene.Node.Connect(_node.Address);
        await _client.GetCheckpointAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Theory]
    [InlineData(StatusCode.Unavailable)]
    [InlineData(StatusCode.DeadlineExceeded)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.Unknown)]
    public async Task Submit_WhoseFirstAnswerIsLost_IsRecordedOnce(StatusCode status)
    {
        FailFirst<SubmitResponse>(1, new RpcException(new Status(status, "lost")));
        PreparedOperation operation = NewOperation();

        ProvenEntry entry = await _client.SubmitAsync(operation);

        Assert.Equal(2, _node.Submitted.Count);
        Assert.Equal(_node.Submitted[0], _node.Submitted[1]);
        Assert.Equal(operation.SignedOperation, _node.Submitted[0]);
        Assert.Equal(1, await CountAsync(operation));
        Assert.Equal(entry.Index, (await _client.FindAsync(operation.Id))!.Index);
    }

    [Fact]
    public async Task Submit_RefusedByTheRulesAfterALostAnswer_GivesTheSameRefusal()
    {
        PreparedOperation operation = _client.Prepare(
            scene.Issuer,
            new Operation
            {
                Burn = new Burn { ClassId = Scene.Class, TokenId = "none" },
            }
        );
        int answers = 0;
        _node.LieOfRefusal = e => ++answers == 1 ? new RpcException(new Status(StatusCode.Unavailable, "lost")) : e;

        RefusedException refused = await Assert.ThrowsAsync<RefusedException>(() => _client.SubmitAsync(operation));

        Assert.Equal(ReasonCode.TokenNotFound, refused.Reason);
        Assert.Equal(2, _node.Submitted.Count);
        Assert.Equal(1, await CountAsync(operation));
    }

    [Theory]
    [InlineData("400 OVERLOADED", StatusCode.ResourceExhausted, ReasonCode.Overloaded)]
    [InlineData("401 STOPPING", StatusCode.Unavailable, ReasonCode.Stopping)]
    [InlineData("402 INTERNAL", StatusCode.Internal, ReasonCode.Internal)]
    public async Task Submit_ToANodeThatCannotNow_IsRepeatedAndThenGivenUp(
        string trailer,
        StatusCode status,
        ReasonCode reason
    )
    {
        RpcException failure = new(
            new Status(status, "later"),
            new Metadata { { "ledger-reason", trailer }, { "retry-after-ms", "1" } }
        );
        FailFirst<SubmitResponse>(1, failure);
        await _client.SubmitAsync(NewOperation());
        Assert.Equal(2, _node.Submitted.Count);

        _node.Submitted.Clear();
        FailFirst<SubmitResponse>(int.MaxValue, failure);
        NodeUnavailableException e = await Assert.ThrowsAsync<NodeUnavailableException>(() =>
            _client.SubmitAsync(NewOperation())
        );

        Assert.Equal(5, _node.Submitted.Count);
        Assert.Equal((reason, status), (e.Reason, e.Status));
    }

    [Fact]
    public async Task Submit_ThatTheServerCannotTake_IsNotRepeated()
    {
        FailFirst<SubmitResponse>(int.MaxValue, new RpcException(new Status(StatusCode.Unimplemented, "no")));

        NodeUnavailableException e = await Assert.ThrowsAsync<NodeUnavailableException>(() =>
            _client.SubmitAsync(NewOperation())
        );

        Assert.Single(_node.Submitted);
        Assert.Equal(StatusCode.Unimplemented, e.Status);
    }

    [Fact]
    public async Task Submit_ThatTakesTooLong_IsRepeated()
    {
        using ManualResetEventSlim gate = new();
        int calls = 0;
        _node.On<SubmitResponse>(_ =>
        {
            if (Interlocked.Increment(ref calls) == 1)
            {
                gate.Wait(); // until the client has its receipt, from the second attempt
            }
        });
        await using LedgerClient client = scene.Node.Connect(
            _node.Address,
            o => o with { CallTimeout = TimeSpan.FromSeconds(1) }
        );

        ProvenEntry entry = await client.SubmitAsync(NewOperation());
        gate.Set();

        Assert.Equal(ReasonCode.Applied, entry.Outcome);
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task Read_WhoseFirstAnswerIsLost_IsRepeated()
    {
        FailFirst<ResolveResponse>(2, new RpcException(new Status(StatusCode.Unavailable, "lost")));

        ResolvedDid resolved = await _client.ResolveAsync(scene.Alice.Did);

        Assert.Equal(scene.Alice.Did, resolved.Record.Did);
        Assert.Equal(3, _node.Answers<ResolveResponse>());
    }

    [Fact]
    public async Task SubmitBatch_WhoseFirstAnswerIsLost_IsRecordedOnce()
    {
        FailFirst<SubmitBatchResponse>(1, new RpcException(new Status(StatusCode.Unavailable, "lost")));
        PreparedOperation[] operations = [NewOperation(), NewOperation()];

        IReadOnlyList<SubmissionResult> results = await _client.SubmitBatchAsync(operations);

        Assert.All(results, r => Assert.True(r.IsApplied));
        Assert.Equal(4, _node.Submitted.Count);
        Assert.Equal(1, await CountAsync(operations[0]));
    }

    private void FailFirst<T>(int times, RpcException failure)
        where T : IMessage
    {
        int failed = 0;
        _node.On<T>(_ =>
        {
            if (failed++ < times)
            {
                throw failure;
            }
        });
    }

    private PreparedOperation NewOperation() =>
        _client.Prepare(scene.Issuer, new Operation { Mint = scene.NewMint($"t-{Guid.NewGuid():n}", scene.Alice) });

    // In the log itself, from the honest node.
    private async Task<int> CountAsync(PreparedOperation operation)
    {
        int count = 0;
        await foreach (ReadOnlyMemory<byte> bytes in scene.Client.StreamEntriesAsync(0))
        {
            Entry entry = Entry.Parser.ParseFrom(bytes.Span);
            count += entry.Operation?.Operation.Span.SequenceEqual(operation.Submitted.Bytes.Span) == true ? 1 : 0;
        }
        return count;
    }
}

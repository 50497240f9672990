using Grpc.Core;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

/// <summary>Callers who do not wait to the end: what they submitted may be recorded all the same, and asking again tells.</summary>
public class DeadlineTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static TheoryData<bool, bool> Ways =>
        new()
        {
            { true, false },
            { false, false },
            { true, true },
            { false, true },
        };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Submit_CallerThatGivesUp_GetsTheReceiptWhenAskingAgain(bool deadline, bool batch)
    {
        using HeldTime time = new();
        await using Scene scene = await Scene.OpenAsync(changeLedger: ledger => ledger with { Time = time });
        SignedOperation operation = scene.Issuer.Sign(Scene.Mint(scene.NewTokenId(), scene.Holder));
        long before = scene.Node.Size;
        using CancellationTokenSource cancel = new();
        CallOptions options = deadline
            ? new CallOptions(deadline: DateTime.UtcNow.AddMilliseconds(300))
            : new CallOptions(cancellationToken: cancel.Token);

        Task waits = time.Hold();
        Task call = batch
            ? scene
                .Node.Registry.SubmitBatchAsync(new SubmitBatchRequest { Operations = { operation } }, options)
                .ResponseAsync
            : scene.Node.Registry.SubmitAsync(new SubmitRequest { Operation = operation }, options).ResponseAsync;
        if (!deadline)
        {
            await waits.WaitAsync(Patience);
            await cancel.CancelAsync();
        }

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call).WaitAsync(Patience);
        Assert.Equal(deadline ? StatusCode.DeadlineExceeded : StatusCode.Cancelled, error.StatusCode);
        Assert.Equal(before, scene.Node.Size);
        await waits.WaitAsync(Patience);
        time.Release();

        Receipt receipt = await scene.Apply(operation);
        Assert.Equal((ulong)before, receipt.Index);
        Assert.Equal(before + 2, scene.Node.Size);
        Assert.Equal(receipt, await scene.Apply(operation));
    }

    [Fact]
    public async Task SubmitStream_Deadline_EndsTheStream()
    {
        using HeldTime time = new();
        await using Scene scene = await Scene.OpenAsync(changeLedger: ledger => ledger with { Time = time });
        SignedOperation operation = scene.Issuer.Sign(Scene.Mint(scene.NewTokenId(), scene.Holder));
        Task waits = time.Hold();
        using var call = scene.Node.Registry.SubmitStream(deadline: DateTime.UtcNow.AddMilliseconds(300));
        await call.RequestStream.WriteAsync(new SubmitStreamRequest { Operation = operation });

        RpcException error = await Assert.ThrowsAsync<RpcException>(() =>
            call.ResponseStream.MoveNext(CancellationToken.None)
        );
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        await waits.WaitAsync(Patience);
        time.Release();

        await scene.Apply(operation);
    }

    [Fact]
    public async Task Calls_WhoseDeadlineHasPassed_AreNotMade()
    {
        await using Scene scene = await Scene.OpenAsync();
        SignedOperation operation = scene.Issuer.Sign(Scene.Mint(scene.NewTokenId(), scene.Holder));

        RpcException error = await Assert.ThrowsAsync<RpcException>(() =>
            scene
                .Node.Registry.SubmitAsync(
                    new SubmitRequest { Operation = operation },
                    deadline: DateTime.UtcNow.AddSeconds(-1)
                )
                .ResponseAsync
        );

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }
}

using System.Diagnostics;
using Grpc.Core;
using Ledger.V1;

namespace Ledger.Hammer;

/// <summary>Operations whose receipts are remembered, and whatever else the items are.</summary>
internal abstract class SubmitWorkload(int count, Prepared[] operations) : Workload(count)
{
    protected SubmitWorkload(Prepared[] operations)
        : this(operations.Length, operations) { }

    /// <summary>The operations, in the order in which they are sent.</summary>
    public Prepared[] Operations { get; } = operations;

    /// <summary>Their receipts; null while there is none.</summary>
    public Receipt?[] Receipts { get; } = new Receipt?[operations.Length];

    protected void Answered(int item, long startedAt, Receipt receipt)
    {
        Receipts[item] = receipt;
        Answered(item, startedAt);
    }

    protected void Answered(int item, long startedAt, SubmitResult result)
    {
        if (result.Reason == ReasonCode.Applied)
        {
            Answered(item, startedAt, result.Receipt);
        }
        else
        {
            Failed(result.Reason);
        }
    }
}

/// <summary>One operation a call.</summary>
internal sealed class UnaryWorkload(Target target, Prepared[] operations, int inFlight, bool withProof)
    : SubmitWorkload(operations)
{
    private readonly SubmitRequest[] _requests =
    [
        .. operations.Select(o => new SubmitRequest { Operation = o.Operation, WithProof = withProof }),
    ];

    public override Task<int> RunAsync(int first, int end, Stopping stopping) =>
        LoopAsync(first, end, inFlight, stopping, SendAsync);

    private async Task SendAsync(int item)
    {
        long startedAt = Stopwatch.GetTimestamp();
        try
        {
            SubmitResponse answer = await target
                .Registries[item % target.Registries.Count]
                .SubmitAsync(_requests[item]);
            Answered(item, startedAt, answer.Receipt);
        }
        catch (RpcException e)
        {
            Failed(e);
        }
    }
}

/// <summary>Several operations a call.</summary>
internal sealed class BatchWorkload(Target target, Prepared[] operations, int inFlight, int batchSize, bool withProof)
    : SubmitWorkload(operations)
{
    public override async Task<int> RunAsync(int first, int end, Stopping stopping)
    {
        SubmitBatchRequest[] requests =
        [
            .. Operations[first..end]
                .Chunk(batchSize)
                .Select(chunk => new SubmitBatchRequest
                {
                    Operations = { chunk.Select(o => o.Operation) },
                    WithProof = withProof,
                }),
        ];
        int loops = Math.Max(1, inFlight / batchSize);
        int calls = await LoopAsync(
            0,
            requests.Length,
            loops,
            stopping,
            call => SendAsync(first, call, requests[call])
        );
        return Math.Min(calls * batchSize, end - first);
    }

    private async Task SendAsync(int first, int call, SubmitBatchRequest request)
    {
        long startedAt = Stopwatch.GetTimestamp();
        first += call * batchSize;
        try
        {
            SubmitBatchResponse answer = await target
                .Registries[call % target.Registries.Count]
                .SubmitBatchAsync(request);
            for (int i = 0; i < answer.Results.Count; i++)
            {
                Answered(first + i, startedAt, answer.Results[i]);
            }
        }
        catch (RpcException e)
        {
            foreach (SignedOperation _ in request.Operations)
            {
                Failed(e);
            }
        }
    }
}

/// <summary>A stream on each connection.</summary>
internal sealed class StreamWorkload(Target target, Prepared[] operations, int inFlight, bool withProof)
    : SubmitWorkload(operations)
{
    private static readonly WriteOptions Buffered = new(WriteFlags.BufferHint);

    private readonly long?[] _startedAt = new long?[operations.Length]; // null: not sent
    private readonly SubmitStreamRequest[] _requests =
    [
        .. operations.Select(
            (o, i) =>
                new SubmitStreamRequest
                {
                    Correlation = (ulong)i,
                    Operation = o.Operation,
                    WithProof = withProof,
                }
        ),
    ];

    public override async Task<int> RunAsync(int first, int end, Stopping stopping)
    {
        int next = first;
        int window = Math.Max(1, inFlight / target.Registries.Count);
        await Task.WhenAll(target.Registries.Select(registry => Task.Run(() => RunOneAsync(registry))));
        return Math.Min(next, end) - first;

        async Task RunOneAsync(RegistryService.RegistryServiceClient registry)
        {
            using AsyncDuplexStreamingCall<SubmitStreamRequest, SubmitStreamResponse> call = registry.SubmitStream();
            using SemaphoreSlim room = new(window);
            Task reading = Task.Run(() => ReadAsync(call.ResponseStream, room));
            try
            {
                while (!stopping.IsOver)
                {
                    int item = Interlocked.Increment(ref next) - 1;
                    if (item >= end)
                    {
                        break;
                    }
                    await room.WaitAsync();
                    _startedAt[item] = Stopwatch.GetTimestamp();
                    // Writes pile up while there is room, and leave together when there is none.
                    call.RequestStream.WriteOptions = room.CurrentCount > 0 ? Buffered : null;
                    await call.RequestStream.WriteAsync(_requests[item]);
                }
                await call.RequestStream.CompleteAsync();
                await reading;
            }
            catch (RpcException e)
            {
                Failed(e);
            }
        }
    }

    private async Task ReadAsync(IAsyncStreamReader<SubmitStreamResponse> answers, SemaphoreSlim room)
    {
        while (await answers.MoveNext(CancellationToken.None))
        {
            ulong item = answers.Current.Correlation;
            if (item < (ulong)_startedAt.Length && _startedAt[item] is { } startedAt)
            {
                Answered((int)item, startedAt, answers.Current.Result);
            }
            else
            {
                Failed("ANOTHER_ANSWER");
            }
            room.Release();
        }
    }
}

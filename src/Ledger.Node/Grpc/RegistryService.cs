using System.Threading.Channels;
using Grpc.Core;
using Ledger.Protocol;
using Ledger.Queries;
using Ledger.V1;
using Contract = Ledger.V1.RegistryService;

namespace Ledger.Node.Grpc;

/// <summary>The one way into the log. Maps and awaits; what is taken and what is not is decided in the ledger.</summary>
internal sealed class RegistryService(EmbeddedLedger ledger, NodeLimits limits, CreationQuota quota)
    : Contract.RegistryServiceBase
{
    public override async Task<SubmitResponse> Submit(SubmitRequest request, ServerCallContext context)
    {
        Submission submission = await ledger.SubmitAsync(
            Required(request.Operation),
            context.CancellationToken,
            DoorOf(context)
        );
        Receipt? receipt = WithProof(submission, request.WithProof);
        return submission.Judgement.IsOk
            ? new SubmitResponse { Receipt = receipt }
            : throw Refusals.Error(submission.Judgement, receipt);
    }

    public override async Task<SubmitBatchResponse> SubmitBatch(SubmitBatchRequest request, ServerCallContext context)
    {
        if (request.Operations.Count is 0 or > Limits.SubmitBatchMax)
        {
            throw Refusals.Error(ReasonCode.InvalidRequest, $"operations: 1 to {Limits.SubmitBatchMax}");
        }

        Submission[] submissions = await ledger.SubmitAllAsync(
            request.Operations,
            context.CancellationToken,
            DoorOf(context)
        );
        SubmitBatchResponse response = new();
        foreach (Submission submission in submissions)
        {
            response.Results.Add(Result(submission, request.WithProof));
        }

        return response;
    }

    public override Task SubmitStream(
        IAsyncStreamReader<SubmitStreamRequest> requestStream,
        IServerStreamWriter<SubmitStreamResponse> responseStream,
        ServerCallContext context
    ) => AnswerInOrder(requestStream, responseStream, DoorOf(context), context.CancellationToken);

    /// <summary>Submits what a stream brings and answers in the same order. Nothing of it goes on when it has ended.</summary>
    /// <param name="requests">The operations.</param>
    /// <param name="responses">Where answers go.</param>
    /// <param name="door">The node's own say in what is taken.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    internal async Task AnswerInOrder(
        IAsyncStreamReader<SubmitStreamRequest> requests,
        IServerStreamWriter<SubmitStreamResponse> responses,
        Door? door,
        CancellationToken cancellationToken
    )
    {
        // A stream that sends faster than the log commits waits here, not in memory.
        Channel<Task<SubmitStreamResponse>> underWay = Channel.CreateBounded<Task<SubmitStreamResponse>>(
            limits.StreamOperationsMax
        );
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task reading = ReadAll();
        try
        {
            // Operations of one stream are judged in the order in which they were sent, so answers are known in that order too.
            await foreach (Task<SubmitStreamResponse> next in underWay.Reader.ReadAllAsync(ending.Token))
            {
                await responses.WriteAsync(await next, ending.Token);
            }
        }
        finally
        {
            await ending.CancelAsync();
            await reading;
            while (underWay.Reader.TryRead(out Task<SubmitStreamResponse>? unanswered))
            {
                await ((Task)unanswered).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        // Never throws: what ends it ends the channel, and so the answers.
        async Task ReadAll()
        {
            Exception? failure = null;
            OperationSequence sequence = ledger.OpenSequence(door);
            try
            {
                while (await requests.MoveNext(ending.Token) && await underWay.Writer.WaitToWriteAsync(ending.Token))
                {
                    SubmitStreamRequest request = requests.Current;
                    SignedOperation operation = request.Operation ?? new SignedOperation();
                    Task<Submission> submission = await sequence.AddAsync(operation, ending.Token);
                    sequence.HandOver();

                    // There is room, and nobody else writes.
                    underWay.Writer.TryWrite(Answer(request, submission));
                }
            }
            catch (Exception e)
            {
                failure = e;
            }

            underWay.Writer.Complete(failure);
        }

        async Task<SubmitStreamResponse> Answer(SubmitStreamRequest request, Task<Submission> submission) =>
            new()
            {
                Correlation = request.Correlation,
                Result = Result(await submission.WaitAsync(ending.Token), request.WithProof),
            };
    }

    public override Task<GetReceiptResponse> GetReceipt(GetReceiptRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        Receipt receipt = LogQueries
            .FindReceipt(view, request.OperationId.Span, request.WithProof, request.Cosigned)
            .OrThrow();
        return Task.FromResult(new GetReceiptResponse { Receipt = receipt });
    }

    private Door? DoorOf(ServerCallContext context) => quota.For(context.GetHttpContext().Connection.RemoteIpAddress);

    private static SignedOperation Required(SignedOperation? operation) =>
        operation ?? throw Refusals.Error(ReasonCode.Empty, "operation");

    private static SubmitResult Result(Submission submission, bool withProof) =>
        new()
        {
            Reason = submission.Judgement.Reason,
            Message = submission.Judgement.IsOk ? "" : Reasons.Message(submission.Judgement),
            Receipt = WithProof(submission, withProof),
            RetryAfterMs = (ulong)submission.Judgement.RetryAfterMs,
        };

    // The receipt of a second submission in one batch is shared with the first: it is copied before a proof is added.
    private static Receipt? WithProof(Submission submission, bool wanted)
    {
        if (!wanted || submission.Receipt is not { } receipt)
        {
            return submission.Receipt;
        }

        Receipt proved = receipt.Clone();
        proved.Proof = Proofs.Inclusion(submission.Head!, (long)receipt.Index);
        return proved;
    }
}

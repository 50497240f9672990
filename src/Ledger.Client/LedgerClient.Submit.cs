using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Google.Protobuf;
using Grpc.Core;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>What became of one operation of several.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Reason">Applied, or why not.</param>
/// <param name="Message">What was wrong and what to do, in the node's words; empty when applied.</param>
/// <param name="Entry">The entry that records it, proven; null when nothing was recorded.</param>
public sealed record SubmissionResult(
    PreparedOperation Operation,
    ReasonCode Reason,
    string Message,
    ProvenEntry? Entry
)
{
    /// <summary>Whether the operation was applied.</summary>
    public bool IsApplied => Reason == ReasonCode.Applied;
}

public sealed partial class LedgerClient
{
    // Requests stay well below the message limit, whatever the operations weigh.
    private const int BatchBytesMax = Limits.MessageBytesMax / 2;
    private const int StreamInFlightMax = 1_024;

    /// <summary>Signs what an actor asks. Nothing is sent.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="body">An operation of which the body alone is set; the rest is filled in, in a copy.</param>
    /// <exception cref="RefusedException">A field is outside its documented range.</exception>
    public PreparedOperation Prepare(Actor actor, Operation body) => _signer.Sign(actor, body);

    /// <summary>Signs an operation that creates the DID that acts: <c>create_did</c> or <c>found_ledger</c>. Nothing is sent.</summary>
    /// <param name="keys">Keys that the new document names for capability invocation.</param>
    /// <param name="body">An operation of which the body alone is set; the rest is filled in, in a copy.</param>
    /// <exception cref="RefusedException">A field is outside its documented range.</exception>
    public PreparedOperation PrepareNew(IReadOnlyList<SigningKey> keys, Operation body) => _signer.SignNew(keys, body);

    /// <summary>
    /// Submits an operation, again with the same bytes when an answer is lost, and verifies the receipt: it is of this operation, the
    /// log signed the tree that holds it, and that tree continues the one that was known.
    /// </summary>
    /// <param name="operation">The operation.</param>
    /// <param name="cancellationToken">Ends the wait, not the operation: it may still be recorded.</param>
    /// <returns>The entry that records it, applied.</returns>
    /// <exception cref="RefusedException">The ledger refused it.</exception>
    public async Task<ProvenEntry> SubmitAsync(
        PreparedOperation operation,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(operation);
        SubmitRequest request = new() { Operation = operation.SignedOperation, WithProof = true };
        Answer<SubmitResponse> answer = await _calls.TryCallAsync(
            call => _registry.SubmitAsync(request, call),
            cancellationToken
        );
        if (answer.Refusal is not { } refusal)
        {
            return await VerifyReceiptAsync(operation, answer.Response!.Receipt, ReasonCode.Applied, cancellationToken);
        }
        ProvenEntry? entry = await VerifyRefusalAsync(
            operation,
            refusal.Reason,
            ParseReceipt(refusal.Receipt),
            cancellationToken
        );
        throw new RefusedException(refusal.Reason, refusal.Message, entry);
    }

    /// <summary>
    /// Submits operations, each judged alone and in order, in as few calls as the limits allow. What was applied and what was recorded
    /// as refused is verified as by <see cref="SubmitAsync(PreparedOperation, CancellationToken)"/>.
    /// </summary>
    /// <param name="operations">The operations, any number.</param>
    /// <param name="cancellationToken">Ends the wait, not the operations: they may still be recorded.</param>
    /// <returns>One result an operation, in their order.</returns>
    public async Task<IReadOnlyList<SubmissionResult>> SubmitBatchAsync(
        IReadOnlyList<PreparedOperation> operations,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(operations);
        List<SubmissionResult> results = new(operations.Count);
        while (results.Count < operations.Count)
        {
            SubmitBatchRequest request = new() { WithProof = true };
            int bytes = 0;
            for (int i = results.Count; i < operations.Count && request.Operations.Count < Limits.SubmitBatchMax; i++)
            {
                bytes += operations[i].SignedOperation.CalculateSize();
                if (bytes > BatchBytesMax && request.Operations.Count > 0)
                {
                    break;
                }
                request.Operations.Add(operations[i].SignedOperation);
            }
            SubmitBatchResponse answer = await _calls.CallAsync(
                call => _registry.SubmitBatchAsync(request, call),
                cancellationToken
            );
            if (answer.Results.Count != request.Operations.Count)
            {
                throw new VerificationException(
                    VerificationCheck.Form,
                    $"there are {answer.Results.Count} results of {request.Operations.Count} operations"
                );
            }
            foreach (SubmitResult result in answer.Results)
            {
                results.Add(await VerifyResultAsync(operations[results.Count], result, cancellationToken));
            }
        }
        return results;
    }

    /// <summary>
    /// Submits operations as they come, and verifies what comes back as <see cref="SubmitBatchAsync"/> does. Up to 1,024 are under way
    /// at once. A stream that breaks is not resumed: submit what has no result again.
    /// </summary>
    /// <param name="operations">The operations.</param>
    /// <param name="cancellationToken">Ends the wait, not the operations: they may still be recorded.</param>
    /// <returns>One result an operation, in the order in which they are known.</returns>
    public async IAsyncEnumerable<SubmissionResult> SubmitStreamAsync(
        IAsyncEnumerable<PreparedOperation> operations,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(operations);
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using AsyncDuplexStreamingCall<SubmitStreamRequest, SubmitStreamResponse> call = _registry.SubmitStream(
            new CallOptions(cancellationToken: ending.Token)
        );
        using SemaphoreSlim room = new(StreamInFlightMax);
        ConcurrentDictionary<ulong, PreparedOperation> underWay = new();
        Task<Exception?> writing = WriteAllAsync();
        try
        {
            while (await MoveNextAsync())
            {
                SubmitStreamResponse answer = call.ResponseStream.Current;
                if (!underWay.TryRemove(answer.Correlation, out PreparedOperation? operation))
                {
                    throw new VerificationException(
                        VerificationCheck.Form,
                        "a result is of no operation that was sent"
                    );
                }
                room.Release();
                yield return await VerifyResultAsync(operation, answer.Result, ending.Token);
            }
        }
        finally
        {
            await ending.CancelAsync();
            await writing;
        }
        cancellationToken.ThrowIfCancellationRequested();
        if (await writing is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
        if (!underWay.IsEmpty)
        {
            throw new NodeUnavailableException(
                StatusCode.Unavailable,
                null,
                $"The stream ended before {underWay.Count} results came.",
                null
            );
        }

        // Writes until the source or the call ends. What the source itself threw is handed over, once all that was sent before
        // has its result; how the call failed, its reading side tells.
        async Task<Exception?> WriteAllAsync()
        {
            Exception? failure = null;
            ulong correlation = 0;
            try
            {
                await foreach (PreparedOperation operation in operations.WithCancellation(ending.Token))
                {
                    await room.WaitAsync(ending.Token);
                    underWay[++correlation] = operation;
                    if (!await TryAsync(() => WriteAsync(correlation, operation)))
                    {
                        return null;
                    }
                }
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                return null;
            }
            catch (Exception e)
            {
                failure = e;
            }
            await TryAsync(call.RequestStream.CompleteAsync);
            return failure;
        }

        Task WriteAsync(ulong correlation, PreparedOperation operation) =>
            call.RequestStream.WriteAsync(
                new SubmitStreamRequest
                {
                    Correlation = correlation,
                    Operation = operation.SignedOperation,
                    WithProof = true,
                },
                ending.Token
            );

        static async Task<bool> TryAsync(Func<Task> write)
        {
            try
            {
                await write();
                return true;
            }
            catch (Exception e) when (e is RpcException or InvalidOperationException or OperationCanceledException)
            {
                return false;
            }
        }

        async Task<bool> MoveNextAsync()
        {
            try
            {
                return await call.ResponseStream.MoveNext(ending.Token);
            }
            catch (RpcException e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw NodeCalls.Failure(e);
            }
        }
    }

    /// <summary>What became of an operation.</summary>
    /// <param name="operationId">Its id, 32 bytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The entry that records it, applied or refused; null when the node knows of none, which is its word alone.</returns>
    public async Task<ProvenEntry?> FindAsync(
        ReadOnlyMemory<byte> operationId,
        CancellationToken cancellationToken = default
    )
    {
        Answer<GetReceiptResponse> answer = await _calls.TryCallAsync(
            call =>
                _registry.GetReceiptAsync(
                    new GetReceiptRequest { OperationId = ByteString.CopyFrom(operationId.Span) },
                    call
                ),
            cancellationToken
        );
        if (answer.Refusal?.Reason == ReasonCode.ReceiptNotFound)
        {
            return null;
        }
        Receipt? receipt = answer.OrThrow().Receipt;
        if (receipt is null || receipt.Index > long.MaxValue)
        {
            throw new VerificationException(VerificationCheck.Form, "the receipt is missing or out of range");
        }
        ProvenEntry entry = await GetEntryAsync((long)receipt.Index, cancellationToken);
        if (entry.Operation is not { } operation || !operation.Id.Span.SequenceEqual(operationId.Span))
        {
            throw new VerificationException(
                VerificationCheck.OperationId,
                $"entry {receipt.Index} does not record the operation that was asked for"
            );
        }
        return entry;
    }

    private async Task<SubmissionResult> VerifyResultAsync(
        PreparedOperation operation,
        SubmitResult? result,
        CancellationToken cancellationToken
    )
    {
        if (result is null)
        {
            throw new VerificationException(VerificationCheck.Form, "a result is missing");
        }
        ProvenEntry? entry =
            result.Reason == ReasonCode.Applied
                ? await VerifyReceiptAsync(operation, result.Receipt, ReasonCode.Applied, cancellationToken)
                : await VerifyRefusalAsync(operation, result.Reason, result.Receipt, cancellationToken);
        return new SubmissionResult(operation, result.Reason, result.Message, entry);
    }

    // The rules' refusals are entries, and all others are not: the receipt must be there exactly then.
    private async Task<ProvenEntry?> VerifyRefusalAsync(
        PreparedOperation operation,
        ReasonCode reason,
        Receipt? receipt,
        CancellationToken cancellationToken
    )
    {
        bool recorded = (int)reason is >= 200 and <= 299;
        if (recorded != receipt is not null)
        {
            throw new VerificationException(
                VerificationCheck.Outcome,
                recorded
                    ? $"a refusal by the rules, {Reasons.Name(reason)}, comes without its receipt"
                    : $"a refusal that is never recorded, {Reasons.Name(reason)}, comes with a receipt"
            );
        }
        return recorded ? await VerifyReceiptAsync(operation, receipt, reason, cancellationToken) : null;
    }

    private async Task<ProvenEntry> VerifyReceiptAsync(
        PreparedOperation operation,
        Receipt? receipt,
        ReasonCode outcome,
        CancellationToken cancellationToken
    )
    {
        // 1. It is a receipt of this operation, and says what the answer says.
        if (receipt is null || receipt.Index > long.MaxValue || receipt.TimeMs > long.MaxValue)
        {
            throw new VerificationException(VerificationCheck.Form, "the receipt is missing or out of range");
        }
        if (!receipt.OperationId.Span.SequenceEqual(operation.Id.Span))
        {
            throw new VerificationException(VerificationCheck.OperationId, "the receipt is of another operation");
        }
        if (receipt.Outcome != outcome || !(outcome == ReasonCode.Applied || Reasons.IsDefined(outcome)))
        {
            throw new VerificationException(
                VerificationCheck.Outcome,
                $"the receipt says {Reasons.Name(receipt.Outcome)}, and the answer {Reasons.Name(outcome)}"
            );
        }

        // 2. Its leaf is the entry that it describes. The same operation may have been recorded earlier with other signatures:
        //    then the entry has to be fetched to see it.
        ReadOnlyMemory<byte> entry = EntryCodec.EncodeOperation(
            (long)receipt.Index,
            (long)receipt.TimeMs,
            operation.Submitted,
            outcome
        );
        byte[] leafHash = new byte[MerkleHash.HashBytes];
        MerkleHash.HashLeaf(entry.Span, leafHash);
        if (!receipt.LeafHash.Span.SequenceEqual(leafHash))
        {
            entry = await FetchSignedOtherwiseAsync(operation, receipt, cancellationToken);
        }

        // 3. The leaf is in the log.
        if (receipt.Proof is { } proof && proof.Index != receipt.Index)
        {
            throw new VerificationException(VerificationCheck.Inclusion, "the proof is of another index");
        }
        return await ProveAsync(entry, receipt.Proof, cancellationToken);
    }

    private async Task<ReadOnlyMemory<byte>> FetchSignedOtherwiseAsync(
        PreparedOperation operation,
        Receipt receipt,
        CancellationToken cancellationToken
    )
    {
        Answer<GetEntryResponse> answer = await _calls.TryCallAsync(
            call => _entries.GetEntryAsync(new GetEntryRequest { Index = receipt.Index }, call),
            cancellationToken
        );
        ReadOnlyMemory<byte> bytes = answer.Response?.Entry.Memory ?? default;
        byte[] leafHash = new byte[MerkleHash.HashBytes];
        MerkleHash.HashLeaf(bytes.Span, leafHash);
        return
            receipt.LeafHash.Span.SequenceEqual(leafHash)
            && EntryCodec.Decode(bytes, out Entry? entry).IsOk
            && entry!.Index == receipt.Index
            && entry.TimeMs == receipt.TimeMs
            && entry.ContentCase == Entry.ContentOneofCase.Operation
            && entry.Operation.Outcome == receipt.Outcome
            && entry.Operation.Operation.Span.SequenceEqual(operation.Submitted.Bytes.Span)
            ? bytes
            : throw new VerificationException(
                VerificationCheck.LeafHash,
                "the receipt's leaf hash is not that of the entry it describes, nor of one that records the same operation"
            );
    }

    private static Receipt? ParseReceipt(byte[]? bytes)
    {
        try
        {
            return bytes is null ? null : Receipt.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            throw new VerificationException(VerificationCheck.Form, "the refusal's receipt is malformed");
        }
    }
}

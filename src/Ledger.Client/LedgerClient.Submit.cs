using Google.Protobuf;
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

    /// <summary>What else the judgement said, as the entry has it; null when it said nothing else, or nothing was recorded.</summary>
    public Verdict? Verdict => Entry?.Verdict;
}

public sealed partial class LedgerClient
{
    // Requests stay well below the message limit, whatever the operations weigh.
    private const int BatchBytesMax = Limits.MessageBytesMax / 2;

    /// <summary>Signs what an actor asks. Nothing is sent.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="body">An operation of which the body alone is set; the rest is filled in, in a copy.</param>
    /// <param name="approver">The second party that approves it, whose signatures follow; null: nobody.</param>
    /// <exception cref="RefusedException">A field is outside its documented range.</exception>
    public PreparedOperation Prepare(Actor actor, Operation body, Actor? approver = null) =>
        _signer.Sign(actor, body, approver);

    /// <summary>Signs an operation that creates the DID that acts: <c>create_did</c> or <c>found_ledger</c>. Nothing is sent.</summary>
    /// <param name="keys">Keys that the new document names for capability invocation.</param>
    /// <param name="body">An operation of which the body alone is set; the rest is filled in, in a copy.</param>
    /// <exception cref="RefusedException">A field is outside its documented range.</exception>
    public PreparedOperation PrepareNew(IReadOnlyList<SigningKey> keys, Operation body) => _signer.SignNew(keys, body);

    /// <summary>Completes an operation that is signed elsewhere, or by several in turn. Nothing is sent.</summary>
    /// <param name="actor">DID that acts; empty when the operation creates it.</param>
    /// <param name="body">An operation of which the body alone is set; the rest is filled in, in a copy.</param>
    /// <param name="notAfter">How long it may wait for its turn, up to 30 days; null: <see cref="LedgerClientOptions.NotAfter"/>.</param>
    /// <param name="approver">DID of the second party that is to approve it; empty: nobody.</param>
    /// <returns>The encoded operation: the bytes that are signed.</returns>
    /// <exception cref="RefusedException">A field is outside its documented range.</exception>
    public byte[] Complete(string actor, Operation body, TimeSpan? notAfter = null, string approver = "") =>
        _signer.Complete(actor, body, notAfter, approver);

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
        throw refusal.ToException(entry);
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

    /// <summary>What became of an operation.</summary>
    /// <param name="operationId">Its id, 32 bytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The entry that records it, applied or refused; null when the node knows of none, which is its word alone.</returns>
    public Task<ProvenEntry?> FindAsync(
        ReadOnlyMemory<byte> operationId,
        CancellationToken cancellationToken = default
    ) => FindAsync(operationId, cosigned: false, cancellationToken);

    /// <summary>What became of an operation.</summary>
    /// <param name="operationId">Its id, 32 bytes.</param>
    /// <param name="cosigned">
    /// Whether its proof must be in a checkpoint that the quorum of <see cref="LedgerClientOptions.Witnesses"/> has cosigned. Refused
    /// with NOT_COSIGNED while it is not.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The entry that records it, applied or refused; null when the node knows of none, which is its word alone.</returns>
    /// <exception cref="InvalidOperationException">It must, and the options name no witnesses.</exception>
    public async Task<ProvenEntry?> FindAsync(
        ReadOnlyMemory<byte> operationId,
        bool cosigned,
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
        ProvenEntry entry = await GetEntryAsync((long)receipt.Index, cosigned, cancellationToken);
        if (!entry.OperationId.Span.SequenceEqual(operationId.Span))
        {
            throw new VerificationException(
                VerificationCheck.OperationId,
                $"entry {receipt.Index} does not record the operation that was asked for"
            );
        }
        return entry;
    }
}

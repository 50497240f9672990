using Google.Protobuf;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Rules;
using Ledger.Store;
using Ledger.V1;

namespace Ledger.Log;

/// <summary>Receipts of operations that are in the log already.</summary>
internal static class Receipts
{
    /// <summary>The receipt of an operation that has been recorded; null when it has not.</summary>
    /// <exception cref="StoreException">The store names an entry that it does not hold.</exception>
    public static Receipt? Find(StoreSnapshot store, ReadOnlySpan<byte> operationId)
    {
        if (store.IndexOf(operationId) is not { } index)
        {
            return null;
        }

        byte[]? bytes = store.Entry(index);
        if (bytes is null || !EntryCodec.Decode(bytes, out Entry? entry).IsOk || entry!.Operation is null)
        {
            throw new StoreException(
                $"Entry {index}, which records an operation, is missing or damaged. Run `ledger fsck`."
            );
        }

        byte[] leafHash = new byte[MerkleHash.HashBytes];
        MerkleHash.HashLeaf(bytes, leafHash);
        return new Receipt
        {
            Index = entry.Index,
            TimeMs = entry.TimeMs,
            OperationId = ByteString.CopyFrom(operationId),
            Outcome = entry.Operation.Outcome,
            LeafHash = ByteString.CopyFrom(leafHash),
            Verdict = entry.Operation.Verdict,
        };
    }

    /// <summary>Tells callers what became of their operations. Everything of the batch is durable.</summary>
    /// <param name="callers">Who waits for the batch's operations, in their order; may be none.</param>
    /// <param name="applied">What the batch did.</param>
    /// <param name="current">A publication that covers it.</param>
    public static void Answer(IReadOnlyList<PendingOperation> callers, AppliedBatch applied, Publication current)
    {
        for (int i = 0; i < callers.Count; i++)
        {
            AppliedOperation operation = applied.Operations[i];
            Receipt? receipt =
                operation.IsRecorded ? ReceiptOf(applied, operation)
                : operation.IsRepeated ? Find(current.Snapshot, operation.Operation.Id.Span)
                : null;
            callers[i]
                .Complete(
                    receipt is null
                        ? Submission.Unrecorded(operation.Judgement)
                        : new Submission(JudgementOf(receipt), receipt, current.Head)
                );
        }
    }

    /// <summary>What a receipt says became of its operation.</summary>
    public static Judgement JudgementOf(Receipt receipt) =>
        (receipt.Outcome == ReasonCode.Applied ? Judgement.Ok : Judgement.Refuse(receipt.Outcome)) with
        {
            Verdict = receipt.Verdict,
        };

    private static Receipt ReceiptOf(AppliedBatch applied, in AppliedOperation operation) =>
        new()
        {
            Index = (ulong)operation.Index,
            TimeMs = (ulong)applied.Head.TimeMs,
            OperationId = ByteString.CopyFrom(operation.Operation.Id.Span),
            Outcome = operation.Judgement.Reason,
            LeafHash = UnsafeByteOperations.UnsafeWrap(applied.LeafHash(operation.Index)),
            Verdict = operation.Judgement.Verdict,
        };
}

using Google.Protobuf;
using Ledger.Crypto;
using Ledger.Protocol;
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
        };
    }

    /// <summary>What a receipt says became of its operation.</summary>
    public static Judgement JudgementOf(Receipt receipt) =>
        receipt.Outcome == ReasonCode.Applied ? Judgement.Ok : Judgement.Refuse(receipt.Outcome);
}

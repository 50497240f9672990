using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Queries;

/// <summary>That the tree of one size is a prefix of the tree of another.</summary>
/// <param name="Size1">The smaller size, at least 1.</param>
/// <param name="Size2">The larger size.</param>
/// <param name="Hashes">The proof (RFC 9162, section 2.1.4), 32 bytes each.</param>
public sealed record ConsistencyProof(long Size1, long Size2, IReadOnlyList<ByteString> Hashes);

/// <summary>The log itself: entries, receipts, checkpoints and proofs.</summary>
public static class LogQueries
{
    /// <summary>The receipt of a recorded operation. Refused: INVALID_REQUEST, RECEIPT_NOT_FOUND, NOT_COSIGNED.</summary>
    /// <param name="view">Where it is read.</param>
    /// <param name="operationId">32 bytes.</param>
    /// <param name="withProof">Whether the receipt proves that its entry is in the log.</param>
    /// <param name="cosigned">Whether it does so in a checkpoint that witnesses have cosigned.</param>
    public static Answer<Receipt> FindReceipt(
        ReadView view,
        ReadOnlySpan<byte> operationId,
        bool withProof,
        bool cosigned = false
    )
    {
        ArgumentNullException.ThrowIfNull(view);
        if (operationId.Length != Limits.HashBytes)
        {
            return Judgement.Refuse(ReasonCode.InvalidRequest, $"operation_id: {Limits.HashBytes} bytes");
        }

        if (view.FindReceipt(operationId) is not { } receipt)
        {
            return Judgement.Refuse(ReasonCode.ReceiptNotFound);
        }

        if (!withProof)
        {
            return receipt;
        }

        Answer<InclusionProof> proof = Prove(view, (long)receipt.Index, cosigned);
        return proof.Map(proved =>
        {
            receipt.Proof = proved;
            return receipt;
        });
    }

    /// <summary>An entry's bytes. Refused: ENTRY_NOT_FOUND.</summary>
    public static Answer<byte[]> FindEntry(ReadView view, ulong index)
    {
        ArgumentNullException.ThrowIfNull(view);
        return index < (ulong)view.Head.Size
            ? view.Entry((long)index)!
            : Judgement.Refuse(ReasonCode.EntryNotFound, "index");
    }

    /// <summary>
    /// Entries' bytes from an index on: up to another index, the head, or the first entry with which they are as many bytes as
    /// asked for. Empty at or beyond the head.
    /// </summary>
    /// <param name="view">Where they are read.</param>
    /// <param name="first">Index of the first.</param>
    /// <param name="end">Index after the last that is wanted.</param>
    /// <param name="bytesEnough">Bytes at which they end; one entry is always returned.</param>
    public static IReadOnlyList<byte[]> TakeEntries(ReadView view, long first, long end, int bytesEnough)
    {
        ArgumentNullException.ThrowIfNull(view);
        List<byte[]> page = [];
        if (first >= Math.Min(end, view.Head.Size))
        {
            return page;
        }

        int bytes = 0;
        foreach (byte[] entry in view.Entries(first))
        {
            page.Add(entry);
            bytes += entry.Length;
            if (bytes >= bytesEnough || page.Count == end - first)
            {
                break;
            }
        }

        return page;
    }

    /// <summary>
    /// Published checkpoints by size: up to the head's, or the first with which they are as many bytes as asked for. Empty beyond
    /// the head.
    /// </summary>
    /// <param name="view">Where they are read.</param>
    /// <param name="fromSize">The smallest size that is wanted.</param>
    /// <param name="bytesEnough">Bytes at which they end; one checkpoint is always returned.</param>
    public static IReadOnlyList<(long Size, byte[] Note)> TakeCheckpoints(ReadView view, long fromSize, int bytesEnough)
    {
        ArgumentNullException.ThrowIfNull(view);
        List<(long, byte[])> page = [];
        int bytes = 0;
        foreach ((long size, byte[] note) in view.PublishedCheckpoints(fromSize))
        {
            page.Add((size, note));
            bytes += note.Length;
            if (bytes >= bytesEnough)
            {
                break;
            }
        }

        return page;
    }

    /// <summary>That an entry is in the newest checkpoint. Refused: NOT_COSIGNED.</summary>
    /// <param name="view">Where it is read.</param>
    /// <param name="index">Below the head's size.</param>
    /// <param name="cosigned">Whether the quorum must have cosigned it.</param>
    public static Answer<InclusionProof> Prove(ReadView view, long index, bool cosigned)
    {
        ArgumentNullException.ThrowIfNull(view);
        return cosigned ? Proofs.Cosigned(view, index) : Proofs.Inclusion(view.Head, index);
    }

    /// <summary>
    /// That an entry is in the tree of a size, with that size's checkpoint if one was published. Refused: ENTRY_NOT_FOUND,
    /// SIZE_OUT_OF_RANGE, INVALID_REQUEST, NOT_COSIGNED.
    /// </summary>
    /// <param name="view">Where it is read.</param>
    /// <param name="index">Index of the entry.</param>
    /// <param name="treeSize">Above the index; 0: the newest.</param>
    /// <param name="cosigned">Whether the newest is meant that the quorum has cosigned.</param>
    public static Answer<InclusionProof> ProveInclusion(
        ReadView view,
        ulong index,
        ulong treeSize,
        bool cosigned = false
    )
    {
        ArgumentNullException.ThrowIfNull(view);
        if (index >= (ulong)view.Head.Size)
        {
            return Judgement.Refuse(ReasonCode.EntryNotFound, "index");
        }

        if (cosigned)
        {
            return treeSize == 0
                ? Proofs.Cosigned(view, (long)index)
                : Judgement.Refuse(ReasonCode.InvalidRequest, "tree_size: 0 with cosigned");
        }

        Answer<long> size = Size(view, treeSize);
        if (!size.IsOk)
        {
            return size.Judgement;
        }

        if ((long)index >= size.Value)
        {
            return Judgement.Refuse(ReasonCode.SizeOutOfRange, "tree_size: above the index");
        }

        byte[]? note = size.Value == view.Head.Size ? view.Head.Note.ToArray() : view.PublishedCheckpoint(size.Value);
        return new InclusionProof
        {
            Index = index,
            Hashes = { Proofs.Hashes(view.InclusionProof((long)index, size.Value)) },
            Checkpoint = note is null ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(note),
        };
    }

    /// <summary>
    /// What the ledger holds under keys, or that it holds nothing, after its newest batch; no records when that names no state root.
    /// Refused: INVALID_REQUEST, NOT_FOUNDED.
    /// </summary>
    /// <param name="view">Where it is read.</param>
    /// <param name="keys">1 to <see cref="Limits.RecordProofsMax"/> keys, see <see cref="StateKey"/>.</param>
    public static Answer<IReadOnlyList<MapProof>> ProveRecords(ReadView view, IReadOnlyList<ByteString> keys)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(keys);
        if (keys.Count is 0 or > Limits.RecordProofsMax)
        {
            return Judgement.Refuse(ReasonCode.InvalidRequest, $"keys: 1 to {Limits.RecordProofsMax}");
        }

        if (view.Head.Size == 0)
        {
            return Judgement.Refuse(ReasonCode.NotFounded);
        }

        List<MapProof> proofs = [];
        for (int i = 0; i < keys.Count; i++)
        {
            if (!StateKey.TryParse(keys[i].Span, out RecordKind kind, out string? id))
            {
                return Judgement.Refuse(
                    ReasonCode.InvalidRequest,
                    $"keys[{i}]: kind, a zero byte, identifier in UTF-8"
                );
            }

            if (view.NamesStateRoot)
            {
                proofs.Add(Proofs.Record(view, new RecordKey(kind, id)));
            }
        }

        return proofs;
    }

    /// <summary>That the tree of one size is a prefix of the tree of another. Refused: SIZE_OUT_OF_RANGE.</summary>
    /// <param name="view">Where it is read.</param>
    /// <param name="size1">The smaller size, at least 1.</param>
    /// <param name="size2">The larger size; 0: the newest.</param>
    public static Answer<ConsistencyProof> ProveConsistency(ReadView view, ulong size1, ulong size2)
    {
        ArgumentNullException.ThrowIfNull(view);
        Answer<long> larger = Size(view, size2);
        return !larger.IsOk ? larger.Judgement
            : size1 == 0 || size1 > (ulong)larger.Value
                ? Judgement.Refuse(ReasonCode.SizeOutOfRange, $"size1: 1 to {larger.Value}")
            : new ConsistencyProof(
                (long)size1,
                larger.Value,
                [.. Proofs.Hashes(view.ConsistencyProof((long)size1, larger.Value))]
            );
    }

    private static Answer<long> Size(ReadView view, ulong size) =>
        size == 0 ? view.Head.Size
        : size <= (ulong)view.Head.Size ? (long)size
        : Judgement.Refuse(ReasonCode.SizeOutOfRange, $"at most {view.Head.Size}");
}

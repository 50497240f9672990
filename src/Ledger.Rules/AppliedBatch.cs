using Ledger.Protocol;
using Ledger.Rules.Map;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules;

/// <summary>
/// Everything that one batch did: whoever needs to know it reads it here and derives nothing again. A batch of which no operation
/// was recorded did nothing, and has no entries.
/// </summary>
public sealed class AppliedBatch
{
    internal AppliedBatch(
        ChainHead before,
        ChainHead head,
        BatchState state,
        IReadOnlyList<AppliedOperation> operations,
        IReadOnlyList<byte[]> entries,
        byte[] leafHashes,
        MapChanges written,
        StateMap map
    )
    {
        Before = before;
        Head = head;
        State = state;
        Operations = operations;
        Entries = entries;
        LeafHashes = leafHashes;
        Written = written;
        Map = map;
    }

    /// <summary>Where the chain stood before.</summary>
    public ChainHead Before { get; }

    /// <summary>Where it stands afterwards; the same when nothing was recorded.</summary>
    public ChainHead Head { get; }

    /// <summary>What changed, in order: records and indexes.</summary>
    public BatchState State { get; }

    /// <summary>Each record that changed, as the batch leaves it, encoded and hashed.</summary>
    public MapChanges Written { get; }

    /// <summary>The state map afterwards; the same when nothing was recorded.</summary>
    public StateMap Map { get; }

    /// <summary>What became of each proposed operation, in their order.</summary>
    public IReadOnlyList<AppliedOperation> Operations { get; }

    /// <summary>The encoded entries, the first at index <c>Before.Size</c>; the last is the seal. None when nothing was recorded.</summary>
    public IReadOnlyList<byte[]> Entries { get; }

    /// <summary>The leaf hash of each entry, 32 bytes each, joined.</summary>
    public ReadOnlyMemory<byte> LeafHashes { get; }

    /// <summary>Whether nothing was recorded.</summary>
    public bool IsEmpty => Entries.Count == 0;

    /// <summary>The leaf hash of an entry.</summary>
    /// <param name="index">Its index in the log.</param>
    public ReadOnlyMemory<byte> LeafHash(long index) =>
        LeafHashes.Slice((int)(index - Before.Size) * Limits.HashBytes, Limits.HashBytes);
}

/// <summary>What became of one operation of a batch.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Judgement">Applied, or why not. Refusals by the rules are recorded, all others are not.</param>
/// <param name="Index">
/// Index of the entry that records the operation, this batch's or, for one that had been recorded before, an earlier one; -1 when
/// none does.
/// </param>
/// <param name="IsRecorded">Whether this batch records it.</param>
/// <param name="Keys">The keys in force for its signatures, in their order, when this batch records it; empty otherwise.</param>
public readonly record struct AppliedOperation(
    SubmittedOperation Operation,
    Judgement Judgement,
    long Index,
    bool IsRecorded,
    IReadOnlyList<VerificationMethod> Keys
)
{
    /// <summary>Whether an earlier entry, of this batch or before, records the operation: its outcome is there.</summary>
    public bool IsRepeated => Index >= 0 && !IsRecorded;
}

using Google.Protobuf;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Queries;

/// <summary>What proves an answer, at one published head.</summary>
public static class Proofs
{
    /// <summary>That an entry is in the tree of a published head.</summary>
    /// <param name="head">The head.</param>
    /// <param name="index">Below the head's size.</param>
    public static InclusionProof Inclusion(LogHead head, long index)
    {
        ArgumentNullException.ThrowIfNull(head);
        return new InclusionProof
        {
            Index = (ulong)index,
            Hashes = { Hashes(head.InclusionProof(index)) },
            Checkpoint = UnsafeByteOperations.UnsafeWrap(head.Note),
        };
    }

    /// <summary>The entry that wrote a version, and that it is in the log.</summary>
    /// <param name="view">Where the version was read.</param>
    /// <param name="version">The version.</param>
    public static EntryProof Entry(ReadView view, RecordVersion version)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(version);
        long index = (long)version.Index;
        return new EntryProof
        {
            Entry = UnsafeByteOperations.UnsafeWrap(view.Entry(index)),
            Proof = Inclusion(view.Head, index),
        };
    }

    /// <summary>Most bytes that such a proof adds to an answer.</summary>
    /// <param name="view">Where the version was read.</param>
    /// <param name="index">Index of the entry.</param>
    internal static int EntryBytes(ReadView view, long index) =>
        view.Entry(index)!.Length + view.Head.Note.Length + (Limits.ProofHashesMax + 1) * (Limits.HashBytes + 8);

    /// <summary>Hashes as they travel.</summary>
    internal static IEnumerable<ByteString> Hashes(byte[][] hashes) =>
        hashes.Select(static hash => UnsafeByteOperations.UnsafeWrap(hash));
}

using Google.Protobuf;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Node;

/// <summary>Adds to answers what proves them, at one published head.</summary>
internal static class Proofs
{
    /// <summary>That an entry is in the tree of a published head.</summary>
    /// <param name="head">The head.</param>
    /// <param name="index">Below the head's size.</param>
    public static InclusionProof Inclusion(LogHead head, long index) =>
        new()
        {
            Index = (ulong)index,
            Hashes = { Hashes(head.InclusionProof(index)) },
            Checkpoint = UnsafeByteOperations.UnsafeWrap(head.Note),
        };

    /// <summary>The entry that wrote a version, and that it is in the log; null when no proof was asked for.</summary>
    public static EntryProof? Entry(ReadView view, VersionedRecord version, bool wanted) =>
        wanted && view.Entry(version.Index) is { } entry
            ? new EntryProof
            {
                Entry = UnsafeByteOperations.UnsafeWrap(entry),
                Proof = Inclusion(view.Head, version.Index),
            }
            : null;

    /// <summary>Hashes as they travel.</summary>
    public static IEnumerable<ByteString> Hashes(byte[][] hashes) =>
        hashes.Select(static hash => UnsafeByteOperations.UnsafeWrap(hash));

    /// <summary>Which version an answer shows.</summary>
    public static RecordVersion Version(VersionedRecord version) =>
        new() { Index = (ulong)version.Index, TimeMs = (ulong)version.TimeMs };
}

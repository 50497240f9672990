using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Rules.Map;
using Ledger.Rules.State;
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

    /// <summary>
    /// That an entry is in the newest checkpoint that witnesses have cosigned. Refused: NOT_COSIGNED, when there is none that covers it.
    /// </summary>
    /// <param name="view">Where it is read.</param>
    /// <param name="index">Below the head's size.</param>
    public static Answer<InclusionProof> Cosigned(ReadView view, long index)
    {
        ArgumentNullException.ThrowIfNull(view);
        return view.Cosigned is { } cosigned && index < cosigned.Size
            ? new InclusionProof
            {
                Index = (ulong)index,
                Hashes = { Hashes(view.InclusionProof(index, cosigned.Size)) },
                Checkpoint = UnsafeByteOperations.UnsafeWrap(cosigned.Note),
            }
            : Judgement.Refuse(ReasonCode.NotCosigned);
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

    /// <summary>
    /// The entry that wrote a version, that it is in the log, and, of the newest version, that it is the newest and what it says.
    /// </summary>
    /// <param name="view">Where the version was read.</param>
    /// <param name="key">The record's key.</param>
    /// <param name="version">The version.</param>
    public static EntryProof Version(ReadView view, RecordKey key, RecordVersion version)
    {
        EntryProof proof = Entry(view, version);
        if (view.Find(key) is { } newest && (ulong)newest.Index == version.Index)
        {
            proof.Current = new RecordProof
            {
                Record = view.NamesStateRoot ? Record(view, key, newest) : null,
                StateRoot = view.StateRootProof,
            };
        }

        return proof;
    }

    /// <summary>What the state map holds under a key.</summary>
    /// <param name="view">Where it is read.</param>
    /// <param name="key">The key.</param>
    public static MapProof Record(ReadView view, RecordKey key)
    {
        ArgumentNullException.ThrowIfNull(view);
        return Record(view, key, view.Find(key));
    }

    private static MapProof Record(ReadView view, RecordKey key, VersionedRecord? record)
    {
        MapPath path = view.ProveRecord(key);
        MapProof proof = new() { Key = UnsafeByteOperations.UnsafeWrap(key.ToBytes()) };
        proof.Hashes.AddRange(path.Hashes.Select(static hash => UnsafeByteOperations.UnsafeWrap(hash)));
        if (record is not null)
        {
            byte[] value = new byte[MapValue.Bytes(record)];
            MapValue.Write(record, value);
            proof.Value = UnsafeByteOperations.UnsafeWrap(value);
        }
        else if (path.Leaf is { } other)
        {
            proof.OtherLeaf = ByteString.CopyFrom(other.Bytes);
        }

        return proof;
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

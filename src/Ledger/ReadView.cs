using System.Security.Cryptography;
using Ledger.Log;
using Ledger.Protocol;
using Ledger.Rules.Map;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger;

/// <summary>
/// Everything as it was at one published head, for any thread. It holds a snapshot of the store: dispose of it soon.
/// </summary>
public sealed class ReadView : IRecords, IDisposable
{
    private Publication? _publication;

    internal ReadView(Publication publication, CosignedCheckpoint? cosigned) =>
        (_publication, Cosigned) = (publication, cosigned);

    /// <summary>The head at which this view reads.</summary>
    public LogHead Head => Held.Head;

    /// <summary>
    /// The newest checkpoint that the policy's quorum of witnesses has cosigned, of at most as many entries as the head has; null: there
    /// is none.
    /// </summary>
    public CosignedCheckpoint? Cosigned { get; }

    /// <summary>
    /// The signed note that is for everybody, UTF-8: with cosignatures as soon as there is one, and until then the head's. Whoever is
    /// shown none but these is shown nothing that the witnesses have not seen.
    /// </summary>
    public ReadOnlyMemory<byte> PublicNote => Cosigned?.Note ?? Head.Note;

    private Publication Held => _publication ?? throw new ObjectDisposedException(nameof(ReadView));

    /// <inheritdoc />
    public VersionedRecord? Find(RecordKey key) => Held.Snapshot.Find(key);

    /// <inheritdoc />
    public long? IndexOf(ReadOnlySpan<byte> operationId) => Held.Snapshot.IndexOf(operationId);

    /// <summary>Root of the state map at the head, 32 bytes.</summary>
    public ReadOnlyMemory<byte> StateRoot => Held.Map.Root;

    /// <summary>Whether the head's seal names the root of the state map: those of older formats do not.</summary>
    public bool NamesStateRoot => Held.NamesStateRoot;

    /// <summary>The head's seal, and that it is in the log. Shared with other readers: never change it.</summary>
    public StateRootProof StateRootProof => Held.StateRootProof;

    /// <summary>What proves, in the state map, which record there is under a key, or that there is none.</summary>
    public MapPath ProveRecord(RecordKey key) => Held.Map.Prove(SHA256.HashData(key.ToBytes()));

    /// <summary>The version of a record that the entry at an index wrote; null when it wrote none.</summary>
    public StoredVersion? FindVersion(RecordKey key, long index) => Held.Snapshot.FindVersion(key, index);

    /// <summary>The newest version of a record at or before a time, Unix milliseconds; null when there was none.</summary>
    public StoredVersion? FindVersionAt(RecordKey key, long timeMs) => Held.Snapshot.FindVersionAt(key, timeMs);

    /// <summary>The versions of a record before an index, newest first. Read them before disposing.</summary>
    public IEnumerable<VersionedRecord> VersionsBackward(RecordKey key, long beforeIndex) =>
        Held.Snapshot.VersionsBackward(key, beforeIndex);

    /// <summary>The versions of a record after an index (-1: from the start), oldest first. Read them before disposing.</summary>
    public IEnumerable<VersionedRecord> Versions(RecordKey key, long afterIndex) =>
        Held.Snapshot.Versions(key, afterIndex);

    /// <summary>Keys of a list in order, after one of them (empty: from the start). Read them before disposing.</summary>
    public IEnumerable<byte[]> ScanIndex(byte[] prefix, byte[] after) => Held.Snapshot.ScanIndex(prefix, after);

    /// <summary>An entry's bytes; null at or beyond the head.</summary>
    public byte[]? Entry(long index) => index >= 0 && index < Head.Size ? Held.Snapshot.Entry(index) : null;

    /// <summary>Entries' bytes from an index on, up to the head. Read them before disposing.</summary>
    public IEnumerable<byte[]> Entries(long firstIndex) =>
        Held.Snapshot.Entries(firstIndex).Select(static e => e.Entry);

    /// <summary>What an entry did; null when it did nothing, or is at or beyond the head.</summary>
    public EntryEvents? EventsOf(long index) => index >= 0 && index < Head.Size ? Held.Snapshot.EventsOf(index) : null;

    /// <summary>
    /// What entries did, with their indexes, from an index on, up to the head; those that did nothing are left out. Read them before
    /// disposing.
    /// </summary>
    public IEnumerable<(long Index, EntryEvents Events)> Events(long firstIndex) => Held.Snapshot.Events(firstIndex);

    /// <summary>The receipt of a recorded operation, without proof; null when it is not recorded.</summary>
    public Receipt? FindReceipt(ReadOnlySpan<byte> operationId) => Receipts.Find(Held.Snapshot, operationId);

    /// <summary>Hashes of the Merkle tree as C2SP tlog-tiles has them; null when the tree of this head has less.</summary>
    /// <param name="tile">A tile of hashes.</param>
    public ReadOnlyMemory<byte>? Hashes(TilePath tile) =>
        tile.Level >= 0 && tile.IsIn(Head.Size) ? Head.Tree.Hashes(tile) : (ReadOnlyMemory<byte>?)null;

    /// <summary>That an entry is in the tree of the first <paramref name="size"/> entries.</summary>
    /// <param name="index">Index of the entry, below the size.</param>
    /// <param name="size">At most the head's size.</param>
    public byte[][] InclusionProof(long index, long size) => Head.Tree.InclusionProof(index, size);

    /// <summary>That the tree of one size is a prefix of the tree of another.</summary>
    /// <param name="size1">At least 1.</param>
    /// <param name="size2">At least <paramref name="size1"/>, at most the head's size.</param>
    public byte[][] ConsistencyProof(long size1, long size2) => Head.Tree.ConsistencyProof(size1, size2);

    /// <summary>The checkpoint that was published for a size; null when none was.</summary>
    public byte[]? PublishedCheckpoint(long size) =>
        PublishedCheckpoints(size).FirstOrDefault() is { Note: { } note, Size: var found } && found == size
            ? note
            : null;

    /// <summary>Published checkpoints by size, up to the head's. Read them before disposing.</summary>
    public IEnumerable<(long Size, byte[] Note)> PublishedCheckpoints(long fromSize)
    {
        foreach ((long size, byte[] note) in Held.Snapshot.Checkpoints(fromSize))
        {
            yield return (size, note);
        }

        if (Head.Size >= Math.Max(fromSize, 1))
        {
            yield return (Head.Size, Head.Note.ToArray());
        }
    }

    /// <summary>Lets the snapshot go.</summary>
    public void Dispose()
    {
        _publication?.Release();
        _publication = null;
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;
using Ledger.Crypto;
using Ledger.Protocol;

namespace Ledger.Client;

/// <summary>
/// What a ledger held under the key of a record at the end of a batch: this record, whole, or nothing. The log signed a checkpoint, the
/// batch's seal is in its tree, and the seal names the root of the map that holds, or does not hold, the record. Every object of this
/// class has been verified; nothing of it is the node's word.
/// </summary>
public sealed class ProvenRecord
{
    private readonly byte[] _key;
    private readonly byte[] _value;
    private readonly byte[] _otherLeaf;
    private readonly byte[] _hashes;

    private ProvenRecord(byte[] key, byte[] value, byte[] otherLeaf, byte[] hashes, ProvenEntry seal)
    {
        _key = key;
        _value = value;
        _otherLeaf = otherLeaf;
        _hashes = hashes;
        Seal = seal;
        if (!StateKey.TryParse(key, out RecordKind kind, out string? id))
        {
            throw new VerificationException(VerificationCheck.Form, "the key is not that of a record");
        }
        Kind = kind;
        Id = id;
        Index = value.Length == 0 ? -1 : BinaryPrimitives.ReadInt64BigEndian(value);
        Record = value.Length == 0 ? null : Parse(kind, value);
    }

    /// <summary>Kind of record.</summary>
    public RecordKind Kind { get; }

    /// <summary>Identifier within the kind.</summary>
    public string Id { get; }

    /// <summary>The record; null: there was none. Never change it.</summary>
    public IMessage? Record { get; }

    /// <summary>Index of the entry that wrote it; -1 when there was none.</summary>
    public long Index { get; }

    /// <summary>The seal of the batch after which it was so: its index and time say when.</summary>
    public ProvenEntry Seal { get; }

    /// <summary>
    /// Whether the seal is the last entry of its checkpoint's tree: then the record was the newest when the checkpoint was signed.
    /// </summary>
    public bool IsNewest => Seal.Index == Seal.Checkpoint.Size - 1;

    /// <summary>The hashes of the map proof, 32 bytes each, the lowest first.</summary>
    public ReadOnlyMemory<byte> MapHashes => _hashes;

    /// <summary>The value that the state map holds, as it is hashed; empty: there was none.</summary>
    public ReadOnlyMemory<byte> Value => _value;

    /// <summary>Where there was none, the leaf of another key at which the path ends, 64 bytes; empty: it ends at nothing.</summary>
    public ReadOnlyMemory<byte> OtherLeaf => _otherLeaf;

    /// <summary>Root of the state map, 32 bytes.</summary>
    public ReadOnlyMemory<byte> StateRoot => Seal.Entry.Seal.StateRoot.Memory;

    /// <summary>Writes what a person keeps in a file to show it for ever, offline (docs/formats.md).</summary>
    public byte[] ToBundle() => RecordBundle.Write(_key, _value, _otherLeaf, _hashes, Seal.ToProofBundle());

    /// <summary>Reads and verifies such a file, offline.</summary>
    /// <param name="bundle">Its bytes.</param>
    /// <param name="logKey">The log's key.</param>
    /// <param name="witnesses">Whose cosignatures its checkpoint must have; null: the log's signature is enough.</param>
    /// <exception cref="VerificationException">The file does not show it of this log.</exception>
    public static ProvenRecord FromBundle(
        ReadOnlySpan<byte> bundle,
        VerifierKey logKey,
        WitnessPolicy? witnesses = null
    )
    {
        ArgumentNullException.ThrowIfNull(logKey);
        try
        {
            if (!RecordBundle.TryParse(bundle, out RecordBundle? parsed, out string problem))
            {
                throw new VerificationException(VerificationCheck.Form, problem);
            }
            ProvenEntry seal = ProvenEntry.Verify(parsed.Seal, new LogSignature(logKey, witnesses));
            return Verify(
                parsed.Key.ToArray(),
                parsed.Value.ToArray(),
                parsed.OtherLeaf.ToArray(),
                parsed.Hashes.ToArray(),
                seal
            );
        }
        catch (VerificationException e)
        {
            throw new VerificationException(e.Check, e.Problem, "The record bundle");
        }
    }

    /// <summary>Verifies what a node says of a key.</summary>
    /// <param name="key">The key that was asked for.</param>
    /// <param name="proof">The node's proof.</param>
    /// <param name="seal">The seal, proven.</param>
    internal static ProvenRecord Verify(byte[] key, V1.MapProof? proof, ProvenEntry seal)
    {
        if (proof is null || !proof.Key.Span.SequenceEqual(key))
        {
            throw new VerificationException(
                VerificationCheck.StateMap,
                "the proof of the record is missing or of another key"
            );
        }
        return Verify(
            key,
            proof.Value.ToByteArray(),
            proof.OtherLeaf.ToByteArray(),
            ProvenEntry.Join(proof.Hashes, MapHash.ProofHashesMax),
            seal
        );
    }

    /// <summary>Whether a seal names the state map's root; an entry that is no seal is refused.</summary>
    internal static bool NamesStateRoot(ProvenEntry seal) =>
        seal.Entry.Seal is { } content
            ? EntryCodec.NamesStateMap(content.Format)
            : throw new VerificationException(VerificationCheck.Operation, "the entry that should be a seal is none");

    private static ProvenRecord Verify(byte[] key, byte[] value, byte[] otherLeaf, byte[] hashes, ProvenEntry seal)
    {
        if (!NamesStateRoot(seal))
        {
            throw new VerificationException(
                VerificationCheck.StateMap,
                "the seal is of a format that names no state root"
            );
        }
        ReadOnlySpan<byte> root = seal.Entry.Seal.StateRoot.Span;
        byte[] keyHash = SHA256.HashData(key);
        bool holds =
            value.Length == 0
                ? Crypto.MapProof.VerifyAbsence(root, keyHash, otherLeaf, hashes)
                : otherLeaf.Length == 0
                    && value.Length >= sizeof(long)
                    && Crypto.MapProof.VerifyPresence(root, keyHash, SHA256.HashData(value), hashes);
        if (!holds)
        {
            throw new VerificationException(
                VerificationCheck.StateMap,
                "the proof does not lead from what is said of the key to the state root of the seal"
            );
        }
        return new ProvenRecord(key, value, otherLeaf, hashes, seal);
    }

    // What the log commits to is what the node's rules wrote, so this is a newer version's record at worst.
    private static IMessage Parse(RecordKind kind, byte[] value)
    {
        try
        {
            return RecordKinds.Of(kind).Parser.ParseFrom(value.AsSpan(sizeof(long)));
        }
        catch (InvalidProtocolBufferException)
        {
            throw new VerificationException(VerificationCheck.Record, "the record cannot be read");
        }
    }
}

using Google.Protobuf;
using Google.Protobuf.Collections;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>
/// An entry of the log with what proves it: the log signed a checkpoint, and the entry's leaf is in that checkpoint's tree. Every
/// object of this class has been verified.
/// </summary>
public sealed class ProvenEntry
{
    private readonly byte[] _hashes;

    private ProvenEntry(
        Entry entry,
        ReadOnlyMemory<byte> bytes,
        SubmittedOperation? operation,
        ReadOnlyMemory<byte> operationId,
        byte[] hashes,
        Checkpoint checkpoint,
        ReadOnlyMemory<byte> note,
        IReadOnlyList<VerifiedSignature> cosignatures
    )
    {
        Cosignatures = cosignatures;
        Entry = entry;
        Bytes = bytes;
        Operation = operation;
        OperationId = operationId;
        _hashes = hashes;
        Checkpoint = checkpoint;
        CheckpointNote = note;
    }

    /// <summary>Position in the log, from 0.</summary>
    public long Index => (long)Entry.Index;

    /// <summary>Time of the entry's batch, Unix milliseconds.</summary>
    public long TimeMs => (long)Entry.TimeMs;

    /// <summary>The encoded entry: the bytes of the leaf.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The entry. Never change it.</summary>
    public Entry Entry { get; }

    /// <summary>The id of the operation that the entry records, 32 bytes; empty for a seal.</summary>
    public ReadOnlyMemory<byte> OperationId { get; }

    /// <summary>The operation that the entry records; null for a seal, and for an operation that this version cannot read.</summary>
    public SubmittedOperation? Operation { get; }

    /// <summary>What became of the operation: applied, or the rule that refused it. Applied for a seal.</summary>
    public ReasonCode Outcome => Entry.Operation?.Outcome ?? ReasonCode.Applied;

    /// <summary>
    /// What else the judgement said: which step of a group was refused, which versions of policies judged, which rule failed, and from
    /// when on the same may be allowed. Null when it said nothing else, and for a seal.
    /// </summary>
    public Verdict? Verdict => Entry.Operation?.Verdict;

    /// <summary>The checkpoint whose tree holds the entry.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>The signed checkpoint (C2SP tlog-checkpoint), UTF-8.</summary>
    public ReadOnlyMemory<byte> CheckpointNote { get; }

    /// <summary>
    /// Which witnesses cosigned the checkpoint, and when they say that they did, if it was required that enough of them had; empty when
    /// it was not.
    /// </summary>
    public IReadOnlyList<VerifiedSignature> Cosignatures { get; }

    /// <summary>The inclusion proof: hashes of 32 bytes one after the other, from the leaf up.</summary>
    public ReadOnlyMemory<byte> ProofHashes => _hashes;

    /// <summary>
    /// Writes what a person keeps in a file to show for ever, offline, that the entry is in the log (C2SP tlog-proof).
    /// </summary>
    /// <param name="withEntry">Whether the entry lies beside its proof, so that the file needs nothing else.</param>
    public byte[] ToProofBundle(bool withEntry = true) =>
        ProofBundle.Write(Index, _hashes, CheckpointNote.Span, withEntry ? Bytes.Span : default);

    /// <summary>Reads and verifies a proof bundle, offline.</summary>
    /// <param name="bundle">The bundle's bytes.</param>
    /// <param name="logKey">The log's key.</param>
    /// <param name="entry">The entry's bytes; empty: those that lie in the bundle.</param>
    /// <param name="witnesses">Whose cosignatures its checkpoint must have; null: the log's signature is enough.</param>
    /// <exception cref="VerificationException">The bundle does not show that this log holds this entry.</exception>
    public static ProvenEntry FromProofBundle(
        ReadOnlySpan<byte> bundle,
        VerifierKey logKey,
        ReadOnlyMemory<byte> entry = default,
        WitnessPolicy? witnesses = null
    )
    {
        ArgumentNullException.ThrowIfNull(logKey);
        try
        {
            return VerifyBundle(bundle, new LogSignature(logKey, witnesses), entry);
        }
        catch (VerificationException e)
        {
            throw new VerificationException(e.Check, e.Problem, "The proof bundle");
        }
    }

    private static ProvenEntry VerifyBundle(ReadOnlySpan<byte> bundle, LogSignature log, ReadOnlyMemory<byte> entry)
    {
        if (!ProofBundle.TryParse(bundle, out ProofBundle? parsed, out string problem))
        {
            throw new VerificationException(VerificationCheck.Form, problem);
        }
        return Verify(parsed, log, entry);
    }

    /// <summary>Verifies the entry of a bundle.</summary>
    internal static ProvenEntry Verify(ProofBundle bundle, LogSignature log, ReadOnlyMemory<byte> entry = default)
    {
        ReadOnlyMemory<byte> bytes = entry.IsEmpty ? bundle.Extra : entry;
        if (bytes.IsEmpty)
        {
            throw new VerificationException(
                VerificationCheck.Form,
                "the bundle does not hold the entry that it proves"
            );
        }
        return Verify(
            bytes,
            bundle.Index,
            bundle.Hashes.ToArray(),
            bundle.Checkpoint,
            log,
            cosigned: log.Witnesses is not null
        );
    }

    /// <summary>Verifies an entry and its proof, all but the consistency of the checkpoint with others.</summary>
    internal static ProvenEntry Verify(
        ReadOnlyMemory<byte> bytes,
        V1.InclusionProof? proof,
        LogSignature log,
        bool cosigned = false
    )
    {
        if (proof is null)
        {
            throw new VerificationException(VerificationCheck.Form, "the proof that was asked for is missing");
        }
        if (proof.Index > long.MaxValue)
        {
            throw new VerificationException(VerificationCheck.Form, "the proof's index is out of range");
        }
        byte[] hashes = Join(proof.Hashes);
        return Verify(bytes, (long)proof.Index, hashes, proof.Checkpoint.Memory, log, cosigned);
    }

    private static ProvenEntry Verify(
        ReadOnlyMemory<byte> bytes,
        long index,
        byte[] hashes,
        ReadOnlyMemory<byte> note,
        LogSignature log,
        bool cosigned
    )
    {
        // 1. The bytes are an entry, at that index.
        Judgement judgement = EntryCodec.Decode(bytes, out Entry? entry);
        if (!judgement.IsOk)
        {
            throw new VerificationException(
                VerificationCheck.Entry,
                $"the entry is malformed, {Reasons.Name(judgement.Reason)} {judgement.Detail}"
            );
        }
        if (entry!.Index != (ulong)index)
        {
            throw new VerificationException(
                VerificationCheck.Entry,
                $"the entry is of index {entry.Index}, not {index}"
            );
        }

        // 2. The log signed the checkpoint, and the witnesses too when that was asked for.
        CosignedCheckpoint? shown = cosigned ? log.OpenCosigned(note) : null;
        Checkpoint checkpoint = shown?.Checkpoint ?? log.Open(note);

        // 3. The leaf is in the checkpoint's tree.
        Span<byte> leafHash = stackalloc byte[MerkleHash.HashBytes];
        MerkleHash.HashLeaf(bytes.Span, leafHash);
        if (!Crypto.InclusionProof.Verify(index, checkpoint.Size, leafHash, hashes, checkpoint.Root.Span))
        {
            throw new VerificationException(
                VerificationCheck.Inclusion,
                $"the proof does not lead from the leaf at {index} to the root of the tree of {checkpoint.Size}"
            );
        }

        // 4. What it records is an operation, whose form the ledger has judged: one that this version cannot read was recorded no less.
        SubmittedOperation? operation = null;
        byte[] operationId = [];
        if (entry.ContentCase == Entry.ContentOneofCase.Operation)
        {
            operationId = new byte[Limits.HashBytes];
            OperationCodec.ComputeId(entry.Operation.Operation.Span, operationId);
            OperationCodec.Decode(
                entry.Operation.Operation.Memory,
                entry.Operation.Signatures,
                checkpoint.Origin,
                out operation
            );
        }
        return new ProvenEntry(
            entry,
            bytes,
            operation,
            operationId,
            hashes,
            checkpoint,
            note,
            shown?.Cosignatures ?? []
        );
    }

    /// <summary>Joins hashes, each of which must have 32 bytes before where one ends and the next begins means anything.</summary>
    internal static byte[] Join(RepeatedField<ByteString> hashes, int hashesMax = Limits.ProofHashesMax)
    {
        if (hashes.Count > hashesMax)
        {
            throw new VerificationException(VerificationCheck.Form, "the proof has too many hashes");
        }
        byte[] joined = new byte[hashes.Count * MerkleHash.HashBytes];
        for (int i = 0; i < hashes.Count; i++)
        {
            if (hashes[i].Length != MerkleHash.HashBytes)
            {
                throw new VerificationException(VerificationCheck.Form, $"hash {i} of the proof is not 32 bytes");
            }
            hashes[i].Span.CopyTo(joined.AsSpan(i * MerkleHash.HashBytes));
        }
        return joined;
    }
}

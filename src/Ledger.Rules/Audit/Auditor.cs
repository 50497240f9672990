using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Rules.Signatures;
using Ledger.V1;

namespace Ledger.Rules.Audit;

/// <summary>
/// Recomputes a log from its entries alone and names the first index that is wrong: encoding, order, time, operation ids,
/// signatures under the key in force, outcomes by re-execution, seals and their chain, and the tree's root at every published
/// checkpoint. It trusts nothing but the log's public key.
/// </summary>
/// <remarks>
/// Entries are added in order. At each seal the batch is executed as the log executed it, and must give the same bytes; at the end
/// <see cref="Finish"/> says whether the log is the one that a checkpoint names. One thread calls; signatures are verified in large
/// batches, shared among threads.
/// </remarks>
public sealed class Auditor
{
    private const int SignaturesMax = 4_096;

    private readonly CompactRange _tree;
    private readonly SignatureBatch _signatures = new();
    private readonly List<(long Index, string Fragment)> _unverified = [];
    private readonly byte[] _leafHash = new byte[MerkleHash.HashBytes];
    private readonly int _threads;
    private ChainHead _head;
    private uint _format;
    private Finding? _finding;

    // The batch that has not been sealed yet: its time, and the entries that it has so far, as they stand in the log.
    private readonly List<ProposedOperation> _batch = [];
    private readonly List<ReadOnlyMemory<byte>> _batchEntries = [];
    private long _batchTimeMs;
    private long _batchBytes;

    /// <summary>Starts at the beginning of a log.</summary>
    /// <param name="logKey">The log's public key; its name is the origin.</param>
    /// <param name="threads">Threads that share the verification of signatures; 0: one a processor.</param>
    public Auditor(VerifierKey logKey, int threads = 0)
        : this(logKey, new MemoryRecords(), ChainHead.Empty, format: 0, new CompactRange(), threads) { }

    /// <summary>Goes on where entries were verified before.</summary>
    /// <param name="logKey">The log's public key; its name is the origin.</param>
    /// <param name="records">The state that they add up to. What follows is applied to them.</param>
    /// <param name="head">Where they end.</param>
    /// <param name="format">Format of their last batch; 0 when there is none.</param>
    /// <param name="tree">Their tree; it is appended to.</param>
    /// <param name="threads">Threads that share the verification of signatures; 0: one a processor.</param>
    public Auditor(
        VerifierKey logKey,
        MemoryRecords records,
        ChainHead head,
        uint format,
        CompactRange tree,
        int threads = 0
    )
    {
        ArgumentNullException.ThrowIfNull(logKey);
        LogKey = logKey;
        Records = records;
        _head = head;
        _format = format;
        _tree = tree;
        _threads = threads > 0 ? threads : Environment.ProcessorCount;
    }

    /// <summary>The log's public key.</summary>
    public VerifierKey LogKey { get; }

    /// <summary>The state that the log adds up to, as of the last seal.</summary>
    public MemoryRecords Records { get; }

    /// <summary>Entries so far.</summary>
    public long Size => _tree.Size;

    /// <summary>Operations so far, refused ones included.</summary>
    public long Operations { get; private set; }

    /// <summary>Operations that the rules refused.</summary>
    public long Refused { get; private set; }

    /// <summary>Signatures verified so far.</summary>
    public long Signatures { get; private set; }

    /// <summary>Seals so far.</summary>
    public long Seals => _head.Height;

    /// <summary>Checkpoints compared so far.</summary>
    public long Checkpoints { get; private set; }

    /// <summary>Time of the last batch, Unix milliseconds; 0 before the first.</summary>
    public long TimeMs => _head.TimeMs;

    /// <summary>Called for each batch after its seal, before the next entry.</summary>
    public Action<AppliedBatch>? BatchReplayed { get; set; }

    /// <summary>Whether the last entry is a seal: every published checkpoint ends there.</summary>
    public bool AtSeal => _batch.Count == 0;

    /// <summary>Adds the next entry.</summary>
    /// <returns>The first thing that is wrong so far; null when nothing is. After a finding nothing more is added.</returns>
    public Finding? Add(ReadOnlyMemory<byte> bytes)
    {
        if (_finding is not null)
        {
            return _finding;
        }

        long index = Size;
        MerkleHash.HashLeaf(bytes.Span, _leafHash);
        _tree.Append(_leafHash);

        Finding? finding = Read(index, bytes, out Seal? seal);
        if (finding is null && seal is null)
        {
            return null;
        }

        // The batch ends here, as it should or not.
        AppliedBatch? applied = Execute(Math.Max(seal?.Format ?? _format, _format));
        finding = Compare(applied) ?? finding ?? CheckSeal(index, seal!, bytes.Span, applied);
        if (finding is not null)
        {
            // Earlier signatures may still be waiting for their turn: the first wrong index is the one to name.
            return _finding = VerifySignatures() ?? finding;
        }

        Accept(applied!, seal!.Format);
        return _unverified.Count >= SignaturesMax ? _finding = VerifySignatures() : null;
    }

    /// <summary>Compares a checkpoint that the log has signed with the entries so far. It must be of exactly their number.</summary>
    public Finding? Compare(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        Checkpoints++;
        Finding? wrong =
            checkpoint.Size != Size ? new Finding(Size, $"a checkpoint of {checkpoint.Size} entries was published here")
            : !AtSeal ? new Finding(Size, "the published checkpoint does not end with a seal")
            : !RootIs(checkpoint.Root.Span)
                ? new Finding(Size, "the published checkpoint's root is not the root of the entries")
            : null;

        // What is wrong before may still be waiting for its turn, and the first wrong index is the one to name.
        return _finding ??= wrong is null ? null : FindBefore(wrong);
    }

    /// <summary>Verifies what is still waiting: what it finds nothing wrong with is sound as far as it goes.</summary>
    /// <returns>The first thing that is wrong; null when nothing is.</returns>
    public Finding? Settle() => _finding ??= FindBefore(null);

    /// <summary>Verifies what is still waiting, and that tokens, owners and balances add up.</summary>
    /// <returns>The first thing that is wrong; null when the log is sound.</returns>
    public Finding? Finish() => _finding ??= FindBefore(null) ?? CheckEnd();

    /// <summary>Ends the audit where the entries can be read no further.</summary>
    /// <param name="finding">Why.</param>
    /// <returns>The first thing that is wrong: it may lie before that.</returns>
    public Finding EndAt(Finding finding) => _finding ??= FindBefore(finding)!;

    /// <summary>Whether a hash is the root of the entries so far.</summary>
    public bool RootIs(ReadOnlySpan<byte> root) => Root().AsSpan().SequenceEqual(root);

    /// <summary>Root of the entries so far, 32 bytes.</summary>
    public byte[] Root()
    {
        byte[] root = new byte[MerkleHash.HashBytes];
        _tree.Root(root);
        return root;
    }

    // Reads an entry: a seal, or an operation that is taken up into the batch. What is wrong with its form, if anything is.
    private Finding? Read(long index, ReadOnlyMemory<byte> bytes, out Seal? seal)
    {
        seal = null;
        Judgement form = EntryCodec.Decode(bytes, out Entry? entry);
        if (form.Reason == ReasonCode.NewerFormat)
        {
            return new Finding(index, Reasons.Meaning(form.Reason), FindingKind.NewerFormat);
        }

        seal = entry?.Seal;
        string? wrong =
            !form.IsOk ? $"not an entry: {Reasons.Message(form)}"
            : (long)entry!.Index != index ? $"the entry says that it is number {entry.Index}"
            : AtSeal && (long)entry.TimeMs < _head.TimeMs ? "time goes backwards"
            : !AtSeal && (long)entry.TimeMs != _batchTimeMs ? "time changes within the batch"
            : entry.Operation is { } operation ? Gather((long)entry.TimeMs, operation, bytes)
            : null;
        return wrong is null ? null : new Finding(index, wrong);
    }

    // Takes an operation up into the batch. What is wrong with its form, if anything is.
    private string? Gather(long timeMs, OperationEntry entry, ReadOnlyMemory<byte> bytes)
    {
        Judgement judgement = OperationCodec.Decode(
            entry.Operation.Memory,
            entry.Signatures,
            LogKey.Name,
            out SubmittedOperation? operation
        );
        if (!judgement.IsOk)
        {
            return ShouldNotHaveBeenTaken(judgement);
        }

        // The bounds that every batch keeps; they also bound what waits here for a seal.
        _batchBytes += operation!.Bytes.Length;
        if (_batch.Count == Limits.BatchOperationsMax || (_batch.Count > 0 && _batchBytes > Limits.BatchBytesMax))
        {
            return "the batch is larger than a batch may be";
        }

        _batchTimeMs = timeMs;
        _batch.Add(new ProposedOperation(operation, VerifiedWith: null));
        _batchEntries.Add(bytes);
        return null;
    }

    // What the gathered operations do; null when there are none.
    private AppliedBatch? Execute(uint format) =>
        AtSeal
            ? null
            : BatchExecutor.Execute(Records, Records.Map, _head, new ProposedBatch(_batchTimeMs, _batch, format));

    // Compares what was executed with what the log recorded, up to the first difference, and notes the signatures that come before.
    private Finding? Compare(AppliedBatch? applied)
    {
        for (int i = 0; i < _batch.Count; i++)
        {
            AppliedOperation operation = applied!.Operations[i];
            long index = _head.Size + i;
            string? wrong =
                operation.IsRepeated ? "the operation was recorded before"
                : !operation.IsRecorded ? ShouldNotHaveBeenTaken(operation.Judgement)
                : !_batchEntries[i].Span.SequenceEqual(applied.Entries[i]) ? OutcomeDiffers(i, operation)
                : null;
            if (wrong is not null)
            {
                return new Finding(index, wrong);
            }

            for (int signature = 0; signature < operation.Keys.Count; signature++)
            {
                VerificationMethod key = operation.Keys[signature];
                _signatures.Add(key, operation.Operation, operation.Operation.Signatures[signature].Value.Memory);
                _unverified.Add((index, key.Fragment));
            }
        }

        return null;
    }

    private string OutcomeDiffers(int i, in AppliedOperation operation)
    {
        EntryCodec.Decode(_batchEntries[i], out Entry? recorded);
        return $"the entry says {Reasons.Name(recorded!.Operation.Outcome)}; by the rules the outcome is {Reasons.Name(operation.Judgement.Reason)}";
    }

    private Finding? CheckSeal(long index, Seal seal, ReadOnlySpan<byte> bytes, AppliedBatch? applied)
    {
        string? wrong =
            applied is null ? "the batch is empty"
            : bytes.SequenceEqual(applied.Entries[^1]) ? null
            : seal.Format < _format ? $"the seal's format is {seal.Format}, and the one before had {_format}"
            : (long)seal.Height != _head.Height ? $"the seal's height is {seal.Height}, not {_head.Height}"
            : (long)seal.FirstIndex != _head.Size ? $"the seal's batch starts at {seal.FirstIndex}, not {_head.Size}"
            : !seal.PreviousSeal.Span.SequenceEqual(_head.SealHash.Span) ? "the seal does not name the seal before it"
            : seal.StateVersion != 0
                ? $"the seal names version {seal.StateVersion} of the state map, which no format does"
            : EntryCodec.NamesStateMap(seal.Format)
                ? $"the state root is {Convert.ToHexStringLower(seal.StateRoot.Span)}; that of the records is {Convert.ToHexStringLower(applied.Map.Root.Span)}"
            : "the seal names a state map, which this format does not have";
        return wrong is null ? null : new Finding(index, wrong);
    }

    private void Accept(AppliedBatch applied, uint format)
    {
        _format = format;
        Records.Apply(applied);
        _head = applied.Head;
        Operations += applied.Operations.Count;
        foreach (AppliedOperation operation in applied.Operations)
        {
            Refused += operation.Judgement.IsOk ? 0 : 1;
        }

        _batch.Clear();
        _batchEntries.Clear();
        _batchBytes = 0;
        BatchReplayed?.Invoke(applied);
    }

    private Finding? CheckEnd() =>
        !AtSeal ? new Finding(Size, "the last batch has no seal")
        : Conservation.FindProblem(Records.Records, Records.Indexes) is { } problem ? new Finding(Size, problem)
        : null;

    private Finding? VerifySignatures()
    {
        bool[] verdicts = new bool[_unverified.Count];
        _signatures.Verify(verdicts, _threads);
        int bad = verdicts.AsSpan().IndexOf(false);
        Finding? finding =
            bad < 0
                ? null
                : new Finding(
                    _unverified[bad].Index,
                    $"the signature by #{_unverified[bad].Fragment} does not verify under the key in force"
                );
        Signatures += _unverified.Count;
        _unverified.Clear();
        return finding;
    }

    // What is wrong with the entries so far that wait for their seal or for the turn of their signatures; otherwise what follows.
    private Finding? FindBefore(Finding? following)
    {
        Finding? unsealed = Compare(Execute(_format));
        return VerifySignatures() ?? unsealed ?? following;
    }

    private static string ShouldNotHaveBeenTaken(Judgement judgement) =>
        $"the operation should not have been taken: {Reasons.Message(judgement)}";
}

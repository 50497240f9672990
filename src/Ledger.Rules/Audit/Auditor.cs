using System.Security.Cryptography;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Audit;

/// <summary>
/// Recomputes a log from its entries alone and names the first index that is wrong: encoding, order, time, operation ids,
/// signatures under the key in force, outcomes by re-execution, seals and their chain, and the tree's root at every published
/// checkpoint. It trusts nothing but the log's public key.
/// </summary>
/// <remarks>
/// Entries are added in order; at the end <see cref="Finish"/> says whether the log is the one that a checkpoint names. One
/// thread calls; signatures are verified in large batches, shared among threads.
/// </remarks>
public sealed class Auditor
{
    private const int SignaturesMax = 4_096;

    private readonly CompactRange _tree = new();
    private readonly HashSet<OperationId> _operationIds = [];
    private readonly List<(
        long Index,
        SubmittedOperation Operation,
        VerificationMethod Key,
        int Signature
    )> _unverified = [];
    private readonly SignatureBatch _signatures = new();
    private readonly byte[] _lastSeal = new byte[MerkleHash.HashBytes];
    private readonly byte[] _leafHash = new byte[MerkleHash.HashBytes];
    private BatchState? _batch;
    private long _batchStart;
    private long _lastTimeMs;
    private Finding? _finding;

    /// <summary>Starts at the beginning of a log.</summary>
    /// <param name="logKey">The log's public key; its name is the origin.</param>
    public Auditor(VerifierKey logKey)
    {
        ArgumentNullException.ThrowIfNull(logKey);
        LogKey = logKey;
    }

    /// <summary>The log's public key.</summary>
    public VerifierKey LogKey { get; }

    /// <summary>The state that the log adds up to, as of the last seal.</summary>
    public MemoryRecords Records { get; } = new();

    /// <summary>Entries so far.</summary>
    public long Size => _tree.Size;

    /// <summary>Operations so far, refused ones included.</summary>
    public long Operations { get; private set; }

    /// <summary>Operations that the rules refused.</summary>
    public long Refused { get; private set; }

    /// <summary>Signatures verified so far.</summary>
    public long Signatures { get; private set; }

    /// <summary>Seals so far.</summary>
    public long Seals { get; private set; }

    /// <summary>Checkpoints compared so far.</summary>
    public long Checkpoints { get; private set; }

    /// <summary>Called for each batch after its seal, before the next entry: what it wrote.</summary>
    public Action<BatchState>? BatchReplayed { get; set; }

    /// <summary>Called for each operation: its index and id.</summary>
    public Action<long, ReadOnlyMemory<byte>>? OperationReplayed { get; set; }

    /// <summary>Whether the last entry is a seal: every published checkpoint ends there.</summary>
    public bool AtSeal => _batch is null;

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

        string? wrong = Replay(index, bytes);
        if (wrong is not null)
        {
            // An earlier signature may still be waiting for its turn: the first wrong index is the one to name.
            return _finding = VerifySignatures() ?? new Finding(index, wrong);
        }

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

        // A changed signature also changes the root, and may still be waiting for its turn: the first wrong index is the one to name.
        return _finding ??= wrong is null ? null : VerifySignatures() ?? wrong;
    }

    /// <summary>Verifies what is still waiting, and that tokens, owners and balances add up.</summary>
    /// <returns>The first thing that is wrong; null when the log is sound.</returns>
    public Finding? Finish() => _finding ??= VerifySignatures() ?? CheckEnd();

    /// <summary>Whether a hash is the root of the entries so far.</summary>
    public bool RootIs(ReadOnlySpan<byte> root) => Root().AsSpan().SequenceEqual(root);

    /// <summary>Root of the entries so far, 32 bytes.</summary>
    public byte[] Root()
    {
        byte[] root = new byte[MerkleHash.HashBytes];
        _tree.Root(root);
        return root;
    }

    // What is wrong with an entry; null when nothing is but, perhaps, its signatures.
    private string? Replay(long index, ReadOnlyMemory<byte> bytes)
    {
        Judgement form = EntryCodec.Decode(bytes, out Entry? entry);
        if (!form.IsOk)
        {
            return $"not an entry: {form.Detail}";
        }

        if ((long)entry!.Index != index)
        {
            return $"the entry says that it is number {entry.Index}";
        }

        long timeMs = (long)entry.TimeMs;
        if (_batch is null)
        {
            if (timeMs < _lastTimeMs)
            {
                return "time goes backwards";
            }

            _batch = new BatchState(Records, timeMs);
            _batchStart = index;
            _lastTimeMs = timeMs;
        }
        else if (timeMs != _batch.TimeMs)
        {
            return "time changes within the batch";
        }

        return entry.Operation is { } operation ? Replay(index, operation) : Replay(index, entry.Seal, bytes.Span);
    }

    private string? Replay(long index, OperationEntry entry)
    {
        Judgement judgement = OperationCodec.Decode(
            entry.Operation.Memory,
            entry.Signatures,
            LogKey.Name,
            out SubmittedOperation? operation
        );
        if (!judgement.IsOk)
        {
            return $"the operation should not have been taken: {Reasons.Message(judgement)}";
        }

        if (!_operationIds.Add(new OperationId(operation!.Id.Span)))
        {
            return "the operation was recorded before";
        }

        judgement = StateMachine.FindKeys(_batch!, operation, out IReadOnlyList<VerificationMethod> keys);
        if (judgement.IsOk)
        {
            judgement = StateMachine.Admit(_batch!, operation, keys, _batch!.TimeMs);
        }

        for (int i = 0; judgement.IsOk && i < keys.Count; i++)
        {
            judgement = OperationCodec.CheckSignatureForm(keys[i].Type, operation.Signatures[i].Value.Span);
            _unverified.Add((index, operation, keys[i], i));
        }

        if (!judgement.IsOk)
        {
            return $"the operation should not have been taken: {Reasons.Message(judgement)}";
        }

        Operations++;
        OperationReplayed?.Invoke(index, operation.Id);
        ReasonCode outcome = StateMachine.Apply(_batch!, operation, index);
        Refused += outcome == ReasonCode.Applied ? 0 : 1;
        return outcome == entry.Outcome
            ? null
            : $"the entry says {Reasons.Name(entry.Outcome)}; by the rules the outcome is {Reasons.Name(outcome)}";
    }

    private string? Replay(long index, Seal seal, ReadOnlySpan<byte> bytes)
    {
        string? wrong =
            index == _batchStart ? "the batch is empty"
            : (long)seal.Height != Seals ? $"the seal's height is {seal.Height}, not {Seals}"
            : (long)seal.FirstIndex != _batchStart ? $"the seal's batch starts at {seal.FirstIndex}, not {_batchStart}"
            : !seal.PreviousSeal.Span.SequenceEqual(_lastSeal) ? "the seal does not name the seal before it"
            : seal.StateVersion != 0
            || seal.StateRoot.Length != MerkleHash.HashBytes
            || seal.StateRoot.Span.ContainsAnyExcept((byte)0)
                ? "the seal names a state map, which this format does not have"
            : null;
        if (wrong is null)
        {
            SHA256.HashData(bytes, _lastSeal);
            Seals++;
            Records.Apply(_batch!);
            BatchReplayed?.Invoke(_batch!);
            _batch = null;
        }

        return wrong;
    }

    private Finding? CheckEnd() =>
        !AtSeal ? new Finding(Size, "the last batch has no seal")
        : Conservation.FindProblem(Records.Records, Records.Indexes) is { } problem ? new Finding(Size, problem)
        : null;

    private Finding? VerifySignatures()
    {
        bool[] verdicts = new bool[_unverified.Count];
        foreach ((_, SubmittedOperation operation, VerificationMethod key, int signature) in _unverified)
        {
            _signatures.Add(key, operation, operation.Signatures[signature].Value.Memory);
        }

        _signatures.Verify(verdicts, Environment.ProcessorCount);
        int bad = verdicts.AsSpan().IndexOf(false);
        Finding? finding =
            bad < 0
                ? null
                : new Finding(
                    _unverified[bad].Index,
                    $"the signature by #{_unverified[bad].Key.Fragment} does not verify under the key in force"
                );
        Signatures += _unverified.Count;
        _unverified.Clear();
        return finding;
    }

    /// <summary>32 bytes that compare by value; they are a hash already.</summary>
    private readonly record struct OperationId(ulong A, ulong B, ulong C, ulong D)
    {
        public OperationId(ReadOnlySpan<byte> id)
            : this(
                BitConverter.ToUInt64(id),
                BitConverter.ToUInt64(id[8..]),
                BitConverter.ToUInt64(id[16..]),
                BitConverter.ToUInt64(id[24..])
            ) { }

        public override int GetHashCode() => (int)A;
    }
}

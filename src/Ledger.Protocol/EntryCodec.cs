using System.Diagnostics;
using System.Text;
using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Protocol;

/// <summary>
/// Entries of the log: the leaves of its Merkle tree. Encoded by hand around the bytes that were signed, because nothing
/// that is hashed is ever serialised a second time.
/// </summary>
public static class EntryCodec
{
    /// <summary>The newest format of a log that this version knows. A seal says which one the log has from it on.</summary>
    public const uint LatestFormat = 3;

    private const uint FirstFormatWithStateMap = 3;

    // Field numbers of proto/ledger/v1/entry.proto and of Signature.
    private const int EntryIndex = 1;
    private const int EntryTime = 2;
    private const int EntryOperation = 3;
    private const int EntrySeal = 4;
    private const int OperationBytes = 1;
    private const int OperationSignatures = 2;
    private const int OperationOutcome = 3;
    private const int OperationVerdict = 4;
    private const int SignatureMethod = 1;
    private const int SignatureValue = 2;
    private const int SignatureByApprover = 3;
    private const int SealHeight = 1;
    private const int SealPreviousSeal = 2;
    private const int SealFirstIndex = 3;
    private const int SealStateRoot = 4;
    private const int SealStateVersion = 5;
    private const int SealFormat = 6;

    private static readonly StrictMessage<Entry> Strict = new(Entry.Parser);

    /// <summary>Whether seals of a format name the root of the state map.</summary>
    public static bool NamesStateMap(uint format) => format >= FirstFormatWithStateMap;

    /// <summary>Encodes the entry of an operation: at most <see cref="Limits.EntryBytesMax"/> bytes.</summary>
    /// <param name="index">Position in the log, from 0.</param>
    /// <param name="timeMs">Time of the batch, Unix milliseconds.</param>
    /// <param name="operation">The operation; its bytes are copied verbatim.</param>
    /// <param name="outcome">What became of it: applied, or the rule that refused it (200 to 299).</param>
    /// <param name="verdict">What else the judgement said; null: nothing.</param>
    /// <exception cref="ArgumentException">A number is negative, or such an outcome is never recorded.</exception>
    public static byte[] EncodeOperation(
        long index,
        long timeMs,
        SubmittedOperation operation,
        ReasonCode outcome,
        Verdict? verdict = null
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfNegative(timeMs);
        if (!IsRecorded(outcome))
        {
            throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "This outcome is never recorded.");
        }

        ReadOnlySpan<byte> operationBytes = operation.Bytes.Span;
        int contentBytes = ProtoWriter.FieldBytes(operationBytes.Length) + ProtoWriter.FieldBytes((ulong)outcome);
        for (int i = 0; i < operation.Signatures.Count; i++)
        {
            contentBytes += ProtoWriter.MessageBytes(SignatureBytes(operation.Signatures[i]));
        }
        ReadOnlySpan<byte> verdictBytes = verdict is null ? default : verdict.ToByteArray();
        contentBytes += ProtoWriter.FieldBytes(verdictBytes.Length);

        byte[] entry = Allocate(index, timeMs, contentBytes, EntryOperation, out ProtoWriter writer);
        writer.Field(OperationBytes, operationBytes);
        Span<byte> name = stackalloc byte[Limits.FragmentLengthMax];
        for (int i = 0; i < operation.Signatures.Count; i++)
        {
            Signature signature = operation.Signatures[i];
            writer.Header(OperationSignatures, SignatureBytes(signature));
            writer.Field(SignatureMethod, name[..Encoding.ASCII.GetBytes(signature.VerificationMethod, name)]);
            writer.Field(SignatureValue, signature.Value.Span);
            writer.Field(SignatureByApprover, signature.ByApprover ? 1UL : 0);
        }
        writer.Field(OperationOutcome, (ulong)outcome);
        writer.Field(OperationVerdict, verdictBytes);
        Debug.Assert(writer.Remaining == 0, "the size was computed from the same fields");
        Debug.Assert(entry.Length <= Limits.EntryBytesMax, "see Limits.EntryOverheadBytesMax");
        return entry;

        // A fragment is ASCII: its bytes are its characters.
        static int SignatureBytes(Signature signature) =>
            ProtoWriter.FieldBytes(signature.VerificationMethod.Length)
            + ProtoWriter.FieldBytes(signature.Value.Length)
            + ProtoWriter.FieldBytes(signature.ByApprover ? 1UL : 0);
    }

    /// <summary>Encodes the entry that ends a batch.</summary>
    /// <param name="index">Position in the log, from 0.</param>
    /// <param name="timeMs">Time of the batch, Unix milliseconds.</param>
    /// <param name="seal">The seal; its two hashes have 32 bytes.</param>
    /// <exception cref="ArgumentException">A number is negative, or a hash does not have 32 bytes.</exception>
    public static byte[] EncodeSeal(long index, long timeMs, Seal seal)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfNegative(timeMs);
        if (FindProblem(seal) is string problem)
        {
            throw new ArgumentException(problem, nameof(seal));
        }

        int contentBytes =
            ProtoWriter.FieldBytes(seal.Height)
            + ProtoWriter.FieldBytes(seal.PreviousSeal.Length)
            + ProtoWriter.FieldBytes(seal.FirstIndex)
            + ProtoWriter.FieldBytes(seal.StateRoot.Length)
            + ProtoWriter.FieldBytes(seal.StateVersion)
            + ProtoWriter.FieldBytes((ulong)seal.Format);
        byte[] entry = Allocate(index, timeMs, contentBytes, EntrySeal, out ProtoWriter writer);
        writer.Field(SealHeight, seal.Height);
        writer.Field(SealPreviousSeal, seal.PreviousSeal.Span);
        writer.Field(SealFirstIndex, seal.FirstIndex);
        writer.Field(SealStateRoot, seal.StateRoot.Span);
        writer.Field(SealStateVersion, seal.StateVersion);
        writer.Field(SealFormat, seal.Format);
        Debug.Assert(writer.Remaining == 0, "the size was computed from the same fields");
        return entry;
    }

    /// <summary>The time of an entry that was stored, without a look at the rest.</summary>
    /// <param name="entry">An entry's bytes.</param>
    /// <param name="timeMs">Time of its batch, Unix milliseconds.</param>
    /// <returns>False when the bytes do not begin as an entry does.</returns>
    public static bool TryReadTime(ReadOnlySpan<byte> entry, out long timeMs)
    {
        timeMs = 0; // a zero is not written
        ReadOnlySpan<byte> rest = entry;
        return entry.Length > 0
            && TryReadNumber(ref rest, EntryIndex, out _)
            && TryReadNumber(ref rest, EntryTime, out timeMs);
    }

    // Takes a number from the front of a message, if its field stands there; false when the number is broken off or negative.
    private static bool TryReadNumber(ref ReadOnlySpan<byte> rest, int field, out long number)
    {
        number = 0;
        if (rest.IsEmpty || rest[0] != field << 3)
        {
            return true;
        }

        for (int i = 1, shift = 0; i < rest.Length && shift < 63; i++, shift += 7)
        {
            number |= (long)(rest[i] & 0x7f) << shift;
            if (rest[i] < 0x80)
            {
                rest = rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Parses an entry strictly and judges its form. What its operation means is for
    /// <see cref="OperationCodec.Decode(ReadOnlyMemory{byte}, IReadOnlyList{Signature}, string, out SubmittedOperation?)"/>.
    /// A seal of a newer format is told by its format alone, whatever else it has: <see cref="ReasonCode.NewerFormat"/>.
    /// </summary>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="entry">The entry when nothing is wrong: encoding it again gives the same bytes.</param>
    public static Judgement Decode(ReadOnlyMemory<byte> bytes, out Entry? entry)
    {
        entry = null;
        if (bytes.Length == 0)
        {
            return Judgement.Refuse(ReasonCode.Empty);
        }
        if (bytes.Length > Limits.EntryBytesMax)
        {
            return Judgement.Refuse(
                ReasonCode.TooLarge,
                $"the entry has {bytes.Length} bytes, and {Limits.EntryBytesMax} are allowed"
            );
        }
        Judgement judgement = DecodeStrictly(bytes.Span, out Entry? parsed);
        // Nothing but the place of `format` is promised of a newer seal, so one that is wrong in form may be just that.
        Seal? seal = judgement.IsOk ? parsed!.Seal : Strict.ParseLeniently(bytes.Span)?.Seal;
        if (seal?.Format > LatestFormat)
        {
            return Judgement.Refuse(
                ReasonCode.NewerFormat,
                $"the seal's format is {seal.Format}, and formats up to {LatestFormat} are known"
            );
        }
        entry = judgement.IsOk ? parsed : null;
        return judgement;
    }

    private static Judgement DecodeStrictly(ReadOnlySpan<byte> bytes, out Entry? parsed)
    {
        ReasonCode form = Strict.TryParse(bytes, out parsed);
        if (form != ReasonCode.Applied)
        {
            return Judgement.Refuse(form);
        }
        if (parsed!.ContentCase == Entry.ContentOneofCase.None)
        {
            return Judgement.Refuse(ReasonCode.MissingBody);
        }
        if (parsed.Index > long.MaxValue)
        {
            return Judgement.Refuse(ReasonCode.InvalidField, "index: " + TooLarge);
        }
        if (parsed.TimeMs > long.MaxValue)
        {
            return Judgement.Refuse(ReasonCode.InvalidField, "time_ms: " + TooLarge);
        }
        return parsed.ContentCase == Entry.ContentOneofCase.Operation ? Check(parsed.Operation)
            : FindProblem(parsed.Seal) is string problem ? Judgement.Refuse(ReasonCode.InvalidField, "seal." + problem)
            : Judgement.Ok;
    }

    private const string TooLarge = "must be below 2^63";

    private static byte[] Allocate(long index, long timeMs, int contentBytes, int contentField, out ProtoWriter writer)
    {
        int size =
            ProtoWriter.FieldBytes((ulong)index)
            + ProtoWriter.FieldBytes((ulong)timeMs)
            + ProtoWriter.MessageBytes(contentBytes);
        byte[] entry = GC.AllocateUninitializedArray<byte>(size);
        writer = new ProtoWriter(entry);
        writer.Field(EntryIndex, (ulong)index);
        writer.Field(EntryTime, (ulong)timeMs);
        writer.Header(contentField, contentBytes);
        return entry;
    }

    private static Judgement Check(OperationEntry operation)
    {
        if (operation.Operation.Length is 0 or > Limits.OperationBytesMax)
        {
            return Judgement.Refuse(
                ReasonCode.InvalidField,
                $"operation.operation: must have 1 to {Limits.OperationBytesMax} bytes"
            );
        }
        if (!IsRecorded(operation.Outcome))
        {
            return Judgement.Refuse(ReasonCode.InvalidField, "operation.outcome: is never recorded");
        }
        if (operation.Verdict is { } verdict && verdict.CalculateSize() is 0 or > Limits.VerdictBytesMax)
        {
            return Judgement.Refuse(
                ReasonCode.InvalidField,
                $"operation.verdict: must have 1 to {Limits.VerdictBytesMax} bytes"
            );
        }
        return OperationCodec.CheckSignatures(operation.Signatures);
    }

    private static string? FindProblem(Seal seal) =>
        seal.Height > long.MaxValue ? "height: " + TooLarge
        : seal.PreviousSeal.Length != Limits.HashBytes ? "previous_seal: must have 32 bytes"
        : seal.FirstIndex > long.MaxValue ? "first_index: " + TooLarge
        : seal.StateRoot.Length != Limits.HashBytes ? "state_root: must have 32 bytes"
        : seal.StateVersion > long.MaxValue ? "state_version: " + TooLarge
        : null;

    // 200 to 299 are the rules: the reasons for which an operation is an entry although it changed nothing.
    private static bool IsRecorded(ReasonCode outcome) =>
        outcome == ReasonCode.Applied || ((int)outcome is >= 200 and <= 299 && Reasons.IsDefined(outcome));
}

using Google.Protobuf;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

// What is checked of a receipt.
public sealed partial class LedgerClient
{
    private async Task<SubmissionResult> VerifyResultAsync(
        PreparedOperation operation,
        SubmitResult? result,
        CancellationToken cancellationToken
    )
    {
        if (result is null)
        {
            throw new VerificationException(VerificationCheck.Form, "a result is missing");
        }
        ProvenEntry? entry =
            result.Reason == ReasonCode.Applied
                ? await VerifyReceiptAsync(operation, result.Receipt, ReasonCode.Applied, cancellationToken)
                : await VerifyRefusalAsync(operation, result.Reason, result.Receipt, cancellationToken);
        return new SubmissionResult(operation, result.Reason, result.Message, entry);
    }

    // The rules' refusals are entries, and all others are not: the receipt must be there exactly then.
    private async Task<ProvenEntry?> VerifyRefusalAsync(
        PreparedOperation operation,
        ReasonCode reason,
        Receipt? receipt,
        CancellationToken cancellationToken
    )
    {
        bool recorded = (int)reason is >= 200 and <= 299;
        if (recorded != receipt is not null)
        {
            throw new VerificationException(
                VerificationCheck.Outcome,
                recorded
                    ? $"a refusal by the rules, {Reasons.Name(reason)}, comes without its receipt"
                    : $"a refusal that is never recorded, {Reasons.Name(reason)}, comes with a receipt"
            );
        }
        return recorded ? await VerifyReceiptAsync(operation, receipt, reason, cancellationToken) : null;
    }

    private async Task<ProvenEntry> VerifyReceiptAsync(
        PreparedOperation operation,
        Receipt? receipt,
        ReasonCode outcome,
        CancellationToken cancellationToken
    )
    {
        // 1. It is a receipt of this operation, and says what the answer says.
        if (receipt is null || receipt.Index > long.MaxValue || receipt.TimeMs > long.MaxValue)
        {
            throw new VerificationException(VerificationCheck.Form, "the receipt is missing or out of range");
        }
        if (!receipt.OperationId.Span.SequenceEqual(operation.Id.Span))
        {
            throw new VerificationException(VerificationCheck.OperationId, "the receipt is of another operation");
        }
        if (receipt.Outcome != outcome || !(outcome == ReasonCode.Applied || Reasons.IsDefined(outcome)))
        {
            throw new VerificationException(
                VerificationCheck.Outcome,
                $"the receipt says {Reasons.Name(receipt.Outcome)}, and the answer {Reasons.Name(outcome)}"
            );
        }
        if (receipt.Verdict?.CalculateSize() > Limits.VerdictBytesMax)
        {
            throw new VerificationException(
                VerificationCheck.Form,
                $"the receipt's verdict has more than {Limits.VerdictBytesMax} bytes, which no entry has room for"
            );
        }

        // 2. Its leaf is the entry that it describes. The same operation may have been recorded earlier with other signatures:
        //    then the entry has to be fetched to see it.
        ReadOnlyMemory<byte> entry = EntryCodec.EncodeOperation(
            (long)receipt.Index,
            (long)receipt.TimeMs,
            operation.Submitted,
            outcome,
            receipt.Verdict
        );
        byte[] leafHash = new byte[MerkleHash.HashBytes];
        MerkleHash.HashLeaf(entry.Span, leafHash);
        if (!receipt.LeafHash.Span.SequenceEqual(leafHash))
        {
            entry = await FetchSignedOtherwiseAsync(operation, receipt, cancellationToken);
        }

        // 3. The leaf is in the log.
        if (receipt.Proof is { } proof && proof.Index != receipt.Index)
        {
            throw new VerificationException(VerificationCheck.Inclusion, "the proof is of another index");
        }
        return await ProveAsync(entry, receipt.Proof, cancellationToken);
    }

    private async Task<ReadOnlyMemory<byte>> FetchSignedOtherwiseAsync(
        PreparedOperation operation,
        Receipt receipt,
        CancellationToken cancellationToken
    )
    {
        Answer<GetEntryResponse> answer = await _calls.TryCallAsync(
            call => _entries.GetEntryAsync(new GetEntryRequest { Index = receipt.Index }, call),
            cancellationToken
        );
        ReadOnlyMemory<byte> bytes = answer.Response?.Entry.Memory ?? default;
        byte[] leafHash = new byte[MerkleHash.HashBytes];
        MerkleHash.HashLeaf(bytes.Span, leafHash);
        return
            receipt.LeafHash.Span.SequenceEqual(leafHash)
            && EntryCodec.Decode(bytes, out Entry? entry).IsOk
            && entry!.Index == receipt.Index
            && entry.TimeMs == receipt.TimeMs
            && entry.ContentCase == Entry.ContentOneofCase.Operation
            && entry.Operation.Outcome == receipt.Outcome
            && Equals(entry.Operation.Verdict, receipt.Verdict)
            && entry.Operation.Operation.Span.SequenceEqual(operation.Submitted.Bytes.Span)
            ? bytes
            : throw new VerificationException(
                VerificationCheck.LeafHash,
                "the receipt's leaf hash is not that of the entry it describes, nor of one that records the same operation"
            );
    }

    private static Receipt? ParseReceipt(byte[]? bytes)
    {
        try
        {
            return bytes is null ? null : Receipt.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            throw new VerificationException(VerificationCheck.Form, "the refusal's receipt is malformed");
        }
    }
}

using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>
/// What can be checked of a record and the entry that wrote it without knowing what operations do. What the rules make of an operation
/// is theirs to say: a client that said it again would refuse true records as soon as the ledger learns a verb.
/// </summary>
internal static class RecordChecks
{
    /// <summary>That an answer has its parts.</summary>
    public static void RequireComplete(bool isComplete)
    {
        if (!isComplete)
        {
            throw new VerificationException(VerificationCheck.Form, "a record, its version or its proof is missing");
        }
    }

    /// <summary>That an entry wrote the version which the node names, and was applied.</summary>
    public static void RequireWrote(ProvenEntry entry, RecordVersion? version)
    {
        if (version is null)
        {
            throw new VerificationException(VerificationCheck.Form, "the version is missing");
        }
        if (version.Index != (ulong)entry.Index || version.TimeMs != (ulong)entry.TimeMs)
        {
            throw new VerificationException(
                VerificationCheck.Entry,
                $"the version is {version.Index} of {version.TimeMs} ms, and the entry {entry.Index} of {entry.TimeMs} ms"
            );
        }
        if (entry.OperationId.IsEmpty)
        {
            throw new VerificationException(VerificationCheck.Operation, "the entry is a seal");
        }
        if (entry.Outcome != ReasonCode.Applied)
        {
            throw new VerificationException(
                VerificationCheck.Outcome,
                $"the entry's operation was refused, {Reasons.Name(entry.Outcome)}"
            );
        }
    }

    /// <summary>That a record is the one that was asked for.</summary>
    public static void RequireNamed(string asked, string named, string field) => Require(asked == named, field);

    /// <summary>What holds of every version of a DID by the definition of its fields.</summary>
    public static void RequireDid(ProvenEntry entry, string did, DidRecord record)
    {
        RequireNamed(did, record.Did, "did");
        Require(record.Document is not null, "document");
        Require(record.LastOperation.Span.SequenceEqual(entry.OperationId.Span), "last_operation");
        ulong timeMs = (ulong)entry.TimeMs;
        bool isFirst = record.UpdatedMs == 0;
        Require(isFirst || record.UpdatedMs == timeMs, "updated_ms");
        Require(isFirst ? record.CreatedMs == timeMs : record.CreatedMs <= timeMs, "created_ms");
    }

    /// <summary>What holds of every version of a token by the definition of its fields: none of them comes from a later entry.</summary>
    public static void RequireToken(ProvenEntry entry, string classId, string tokenId, TokenRecord record)
    {
        RequireNamed(classId, record.ClassId, "class_id");
        RequireNamed(tokenId, record.TokenId, "token_id");
        Require(record.MintedIndex <= (ulong)entry.Index, "minted_index");
        Require(record.TransferredIndex <= (ulong)entry.Index, "transferred_index");
    }

    /// <summary>That a version was written after the one before it.</summary>
    public static void RequireLater(ProvenEntry? before, ProvenEntry after) =>
        Require(before is null || (before.Index < after.Index && before.TimeMs <= after.TimeMs), "version");

    /// <summary>
    /// Whether an entry's operation carries this very document for a DID: beside the DID in a field of that name, or alone in the
    /// operation that the DID is derived from.
    /// </summary>
    public static bool CarriesDocument(ProvenEntry entry, string did, DidDocument document)
    {
        if (entry.Operation is not { } operation)
        {
            return false;
        }
        List<(IMessage Holder, DidDocument Document)> carried = [];
        FindDocuments(operation.Operation, carried);
        bool isDerived =
            DidSyntax.TryParse(did, out _, out byte[] id)
            && id.AsSpan().SequenceEqual(operation.Id.Span)
            && carried.Count == 1;
        return carried.Where(c => isDerived || DidIn(c.Holder) == did).Select(static c => c.Document).ToArray()
                is [DidDocument only]
            && only.Equals(document);
    }

    /// <summary>
    /// Which operation an entry's operation followed, if it left the document of a DID as it was; null when it did not, or that cannot
    /// be told of it.
    /// </summary>
    public static ByteString? PreviousOf(ProvenEntry entry, string did) =>
        entry.Operation?.Operation switch
        {
            { ChangeRecovery: { } change } when change.Did == did => change.Previous,
            { RecoverDid: { Document: null } recover } when recover.Did == did => recover.Previous,
            { CancelRecovery: { } cancel } when cancel.Did == did => cancel.Previous,
            _ => null,
        };

    /// <summary>That a version was known at the time until which the node says that it knows the log.</summary>
    public static void RequireKnown(ProvenEntry entry, ulong knownAsOfMs) =>
        Require(
            knownAsOfMs >= (ulong)entry.TimeMs
                && knownAsOfMs <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds(),
            "known_as_of_ms"
        );

    private static void FindDocuments(IMessage message, List<(IMessage Holder, DidDocument Document)> found)
    {
        foreach (IMessage inner in MessagesIn(message))
        {
            if (inner is DidDocument document)
            {
                found.Add((message, document));
            }
            else
            {
                FindDocuments(inner, found);
            }
        }
    }

    private static IEnumerable<IMessage> MessagesIn(IMessage message) =>
        message
            .Descriptor.Fields.InFieldNumberOrder()
            .Where(static field => field.FieldType == FieldType.Message && !field.IsMap)
            .Select(field => field.Accessor.GetValue(message))
            .SelectMany(static value =>
                value switch
                {
                    IMessage one => [one],
                    IEnumerable many => many.Cast<IMessage>(),
                    _ => [],
                }
            );

    private static string? DidIn(IMessage holder) =>
        holder.Descriptor.FindFieldByName("did") is { FieldType: FieldType.String, IsRepeated: false } field
            ? (string)field.Accessor.GetValue(holder)
            : null;

    private static void Require(bool agrees, string field)
    {
        if (!agrees)
        {
            throw new VerificationException(
                VerificationCheck.Record,
                $"the record is not of what was asked for, or not of the entry that wrote it: {field}"
            );
        }
    }
}

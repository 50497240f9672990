using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>
/// What an operation does, in lines of words that follow from its bytes alone: what it is, what it changes of the document before it
/// where that is at hand, and every field that is signed. The same operation has the same words on every machine.
/// </summary>
internal static class OperationWords
{
    // Fields of the envelope that the first lines tell.
    private static readonly string[] Told = ["ledger", "actor", "not_after", "nonce", "approver"];

    /// <summary>The words.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="before">The operation that its `previous` names; null when that is not at hand.</param>
    public static IReadOnlyList<string> Of(Operation operation, Operation? before)
    {
        IMessage body = BodyOf(operation);
        List<string> lines =
        [
            Headline(operation) + ".",
            $"Ledger: {operation.Ledger}",
            $"Acting: {(operation.Actor.Length == 0 ? "the DID that it creates" : operation.Actor)}",
        ];
        if (operation.Approver.Length > 0)
        {
            lines.Add($"Approving: {operation.Approver}");
        }
        lines.Add($"Not after: {DidWords.Second(operation.NotAfter)}");
        DidDocument? old = DocumentIn(before);
        if (old is not null && DocumentIn(operation) is { } document)
        {
            IReadOnlyList<string> changes = DidWords.Changes(old, document);
            lines.Add(changes.Count == 0 ? "It changes nothing of the document." : "Of the document before, it");
            lines.AddRange(changes.Select(static change => "- " + change));
        }
        lines.Add("In full:");
        AddFields(lines, operation, "  ", static field => !Told.Contains(field.Name) && field.ContainingOneof is null);
        AddFields(lines, body, "  ", static _ => true);
        return lines;
    }

    /// <summary>The document that an operation gives a DID; null when it gives none.</summary>
    public static DidDocument? DocumentIn(Operation? operation) =>
        operation?.BodyCase switch
        {
            Operation.BodyOneofCase.FoundLedger => operation.FoundLedger.Supervisor,
            Operation.BodyOneofCase.CreateDid => operation.CreateDid.Document,
            Operation.BodyOneofCase.UpdateDid => operation.UpdateDid.Document,
            Operation.BodyOneofCase.RecoverDid => operation.RecoverDid.Document,
            _ => null,
        };

    /// <summary>Which operation an operation says that it follows; empty when it says none.</summary>
    public static ByteString PreviousOf(Operation operation)
    {
        IMessage body = BodyOf(operation);
        return body.Descriptor.FindFieldByName("previous") is { FieldType: FieldType.Bytes, IsRepeated: false } field
            ? (ByteString)field.Accessor.GetValue(body)
            : ByteString.Empty;
    }

    private static IMessage BodyOf(Operation operation) =>
        (IMessage)
            Operation
                .Descriptor.Oneofs.Single()
                .Accessor.GetCaseFieldDescriptor(operation)
                .Accessor.GetValue(operation);

    private static string Headline(Operation operation) =>
        operation.BodyCase switch
        {
            Operation.BodyOneofCase.FoundLedger => "Found the ledger, and register its first supervisor",
            Operation.BodyOneofCase.CreateDid => "Register a DID",
            Operation.BodyOneofCase.UpdateDid => $"Replace the document of {operation.UpdateDid.Did}",
            Operation.BodyOneofCase.DeactivateDid =>
                $"End {operation.DeactivateDid.Did} for writes, for ever: no key can undo it",
            Operation.BodyOneofCase.ChangeRecovery =>
                $"Propose who can take back {operation.ChangeRecovery.Did}: {DidWords.Policy(operation.ChangeRecovery.Recovery)}",
            Operation.BodyOneofCase.RecoverDid => Headline(operation.RecoverDid),
            Operation.BodyOneofCase.CancelRecovery =>
                $"Stop the pending change of who can take back {operation.CancelRecovery.Did}",
            Operation.BodyOneofCase.Group => $"Do {operation.Group.Steps.Count} things, all or none",
            Operation.BodyOneofCase.SetDidQuota => "Say how often any DID may be changed",
            _ => Sentence(Verb.Of(operation).Name),
        };

    private static string Headline(RecoverDid recover)
    {
        string document = recover.Document is null ? "" : $"Take back {recover.Did}: its document is replaced at once";
        string policy = recover.Recovery is null
            ? ""
            : $"{(document.Length == 0 ? $"Propose, with a recovery key, who can take back {recover.Did}" : ", and it is proposed who can take it back")}: {DidWords.Policy(recover.Recovery)}";
        return document + policy;
    }

    private static string Sentence(string name) => char.ToUpperInvariant(name[0]) + name[1..].Replace('_', ' ');

    private static void AddFields(
        List<string> lines,
        IMessage message,
        string indent,
        Func<FieldDescriptor, bool> isShown
    )
    {
        foreach (FieldDescriptor field in message.Descriptor.Fields.InFieldNumberOrder().Where(isShown))
        {
            object? value = field.Accessor.GetValue(message);
            if (field.IsRepeated)
            {
                foreach (object item in (IList)value!)
                {
                    AddField(lines, field, item, indent);
                }
            }
            else if (field.HasPresence ? field.Accessor.HasValue(message) : value is not null)
            {
                AddField(lines, field, value!, indent);
            }
        }
    }

    private static void AddField(List<string> lines, FieldDescriptor field, object value, string indent)
    {
        string label = indent + field.Name.Replace('_', ' ');
        if (value is Operation { BodyCase: not Operation.BodyOneofCase.None } step)
        {
            // Of a step there is nothing but the body.
            lines.Add(indent + Headline(step));
            AddFields(lines, BodyOf(step), indent + "  ", static _ => true);
            return;
        }
        if (value is IMessage inner)
        {
            lines.Add(label);
            AddFields(lines, inner, indent + "  ", static _ => true);
            return;
        }
        string? text = value switch
        {
            ByteString { IsEmpty: true } or "" => null,
            ByteString bytes => DidWords.Hex(bytes),
            string written => DidWords.Text(written),
            Enum number => ValueNames.Of(field.EnumType, Convert.ToInt32(number, CultureInfo.InvariantCulture)),
            IConvertible number => Number(field.Name, number.ToUInt64(CultureInfo.InvariantCulture)),
            _ => value.ToString(),
        };
        if (text is not null)
        {
            lines.Add($"{label}: {text}");
        }
    }

    private static string Number(string field, ulong number) =>
        (field, number) switch
        {
            ("valid_until" or "expires", 0) => "no end",
            ("effective_from", 0) => "at once",
            ("valid_until" or "expires" or "effective_from" or "effective" or "due", _) => DidWords.Second(number),
            ("update_threshold", 0) => "1",
            ("delay_seconds", 0) => Seconds(Limits.RecoveryDelaySecondsDefault),
            ("delay_seconds", _) => Seconds(number),
            ("per_hour" or "per_day" or "per_week", 0) => "no limit",
            _ => number.ToString(CultureInfo.InvariantCulture),
        };

    private static string Seconds(ulong seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{seconds} seconds, which are {DidWords.Duration(seconds)}");
}

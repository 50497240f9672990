using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Ledger.V1;

namespace Ledger.Protocol;

/// <summary>
/// Where a message holds DIDs: its fields with the option <c>(ledger.v1.did)</c>, and the messages in it that have such fields.
/// Made once for each kind of message, so that looking at one allocates nothing and follows nothing that leads to no DID.
/// </summary>
internal sealed class DidFields
{
    private Step[] _steps = [];

    private DidFields() { }

    // A field that is a DID or a list of DIDs has no `Inner`; one that is a message or a list of messages has.
    private readonly record struct Step(string Name, IFieldAccessor Accessor, DidFields? Inner);

    /// <summary>
    /// Each field that is a DID, as a path: for example <c>document.controllers</c>. A message within one of its own kind is not entered
    /// again.
    /// </summary>
    public IEnumerable<string> Paths => PathsOutside([this]);

    private IEnumerable<string> PathsOutside(DidFields[] entered) =>
        _steps.SelectMany(step =>
            step.Inner is null ? [step.Name]
            : entered.Contains(step.Inner) ? []
            : step.Inner.PathsOutside([.. entered, step.Inner]).Select(path => $"{step.Name}.{path}")
        );

    /// <summary>Where these fields of one kind of message hold DIDs.</summary>
    public static DidFields Of(IEnumerable<FieldDescriptor> fields) => Of(fields, []);

    // Kinds that were met before are met again, so that a message may hold messages of its own kind.
    private static DidFields Of(IEnumerable<FieldDescriptor> fields, Dictionary<MessageDescriptor, DidFields> met)
    {
        DidFields found = new();
        found.Find(fields, met);
        return found;
    }

    private void Find(IEnumerable<FieldDescriptor> fields, Dictionary<MessageDescriptor, DidFields> met)
    {
        List<Step> steps = [];
        foreach (FieldDescriptor field in fields)
        {
            if (field.GetOptions()?.GetExtension(OptionsExtensions.Did) == true)
            {
                steps.Add(new Step(field.Name, field.Accessor, Inner: null));
            }
            else if (field.FieldType == FieldType.Message && LeadsToDid(field.MessageType, []))
            {
                if (!met.TryGetValue(field.MessageType, out DidFields? inner))
                {
                    inner = new DidFields();
                    met.Add(field.MessageType, inner);
                    inner.Find(field.MessageType.Fields.InDeclarationOrder(), met);
                }
                steps.Add(new Step(field.Name, field.Accessor, inner));
            }
        }
        _steps = [.. steps];
    }

    private static bool LeadsToDid(MessageDescriptor message, HashSet<MessageDescriptor> met) =>
        met.Add(message)
        && message
            .Fields.InDeclarationOrder()
            .Any(field =>
                field.GetOptions()?.GetExtension(OptionsExtensions.Did) == true
                || (field.FieldType == FieldType.Message && LeadsToDid(field.MessageType, met))
            );

    /// <summary>Finds the first DID of another network, in the order of the protocol. An empty text is no DID.</summary>
    /// <returns>Null when there is none; otherwise its path within the message.</returns>
    public string? FindForeign(IMessage message, string network)
    {
        foreach (Step step in _steps)
        {
            string? path = step.Accessor.GetValue(message) switch
            {
                null => null,
                string did => IsForeign(did, network) ? step.Name : null,
                IMessage inner => FieldForms.Within(step.Name, step.Inner!.FindForeign(inner, network)),
                RepeatedField<string> dids => FindForeign(step.Name, dids, network),
                object messages => FindForeign(step, (IList)messages, network),
            };
            if (path is not null)
            {
                return path;
            }
        }
        return null;
    }

    private static string? FindForeign(string name, RepeatedField<string> dids, string network)
    {
        for (int i = 0; i < dids.Count; i++)
        {
            if (IsForeign(dids[i], network))
            {
                return $"{name}[{i}]";
            }
        }
        return null;
    }

    private static string? FindForeign(Step step, IList messages, string network)
    {
        for (int i = 0; i < messages.Count; i++)
        {
            string? path = step.Inner!.FindForeign((IMessage)messages[i]!, network);
            if (path is not null)
            {
                return FieldForms.Within(step.Name, i, path);
            }
        }
        return null;
    }

    private static bool IsForeign(string text, string network) => text.Length != 0 && !DidSyntax.IsDid(text, network);
}

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
    private readonly Step[] _steps;

    private DidFields(Step[] steps) => _steps = steps;

    // A field that is a DID or a list of DIDs has no `Inner`; one that is a message or a list of messages has.
    private readonly record struct Step(string Name, IFieldAccessor Accessor, DidFields? Inner);

    /// <summary>Each field that is a DID, as a path: for example <c>document.controllers</c>.</summary>
    public IEnumerable<string> Paths =>
        _steps.SelectMany(static step =>
            step.Inner is null ? [step.Name] : step.Inner.Paths.Select(path => $"{step.Name}.{path}")
        );

    /// <summary>Where these fields of one kind of message hold DIDs.</summary>
    public static DidFields Of(IEnumerable<FieldDescriptor> fields)
    {
        List<Step> steps = [];
        foreach (FieldDescriptor field in fields)
        {
            if (field.GetOptions()?.GetExtension(OptionsExtensions.Did) == true)
            {
                steps.Add(new Step(field.Name, field.Accessor, Inner: null));
            }
            else if (field.FieldType == FieldType.Message)
            {
                // No message of an operation holds one of its own kind, so this ends.
                DidFields inner = Of(field.MessageType.Fields.InDeclarationOrder());
                if (inner._steps.Length != 0)
                {
                    steps.Add(new Step(field.Name, field.Accessor, inner));
                }
            }
        }
        return new DidFields([.. steps]);
    }

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

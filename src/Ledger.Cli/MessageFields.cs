using System.Collections;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Ledger.Cli;

/// <summary>
/// A message of the protocol, whatever its kind, as the fields of a result: under the names of the .proto, those that are set, with
/// bytes in hexadecimal and enumerations by name.
/// </summary>
internal static class MessageFields
{
    /// <summary>The fields of a message that are set.</summary>
    public static JsonObject Of(IMessage message)
    {
        JsonObject fields = [];
        foreach (FieldDescriptor field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            object? value = field.Accessor.GetValue(message);
            if (value is IList list)
            {
                if (list.Count > 0)
                {
                    fields[field.Name] = Fields.List(list.Cast<object>().Select(item => Of(field, item)));
                }
            }
            else if (field.HasPresence ? field.Accessor.HasValue(message) : !IsDefault(value))
            {
                fields[field.Name] = Of(field, value!);
            }
        }

        return fields;
    }

    private static JsonNode Of(FieldDescriptor field, object value) =>
        value switch
        {
            IMessage inner => Of(inner),
            ByteString bytes => Fields.Text(Fields.Hex(bytes)),
            string text => Fields.Text(text),
            bool flag => JsonValue.Create(flag),
            Enum number => Fields.Text(NameOf(field.EnumType, Convert.ToInt32(number))),
            uint or ulong => JsonValue.Create(Convert.ToUInt64(value)),
            _ => JsonValue.Create(Convert.ToInt64(value)),
        };

    // ROLE_SUPERVISOR is printed SUPERVISOR; what this version has no name for, as its number.
    private static string NameOf(EnumDescriptor type, int number)
    {
        int prefix = type.FindValueByNumber(0).Name.Length - "UNSPECIFIED".Length;
        return type.FindValueByNumber(number)?.Name[prefix..] ?? $"{number}";
    }

    private static bool IsDefault(object? value) =>
        value switch
        {
            ByteString bytes => bytes.IsEmpty,
            string text => text.Length == 0,
            bool flag => !flag,
            Enum number => Convert.ToInt32(number) == 0,
            null => true,
            _ => Convert.ToDecimal(value) == 0,
        };
}

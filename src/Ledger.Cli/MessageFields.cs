using System.Collections;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Ledger.Protocol;

namespace Ledger.Cli;

/// <summary>
/// A message of the protocol, whatever its kind, as the fields of a result: under the names of the .proto, those that are set, with
/// bytes in hexadecimal and enumerations by name.
/// </summary>
internal static class MessageFields
{
    // Unix seconds, where 0 says that there is no bound: it is not shown.
    private static readonly string[] Seconds =
    [
        "valid_until",
        "approved_until",
        "user_until",
        "expires",
        "effective_from",
        "effective",
        "due",
        "start",
        "end",
    ];

    /// <summary>The fields of a message that are set.</summary>
    public static JsonObject Of(IMessage message) => Of(message, withTimes: false);

    /// <summary>
    /// The fields of a record that are set, with its moments as times: those of Unix milliseconds, <c>…_ms</c>, under their names without
    /// that end.
    /// </summary>
    public static JsonObject OfRecord(IMessage record) => Of(record, withTimes: true);

    private static JsonObject Of(IMessage message, bool withTimes)
    {
        JsonObject fields = [];
        foreach (FieldDescriptor field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            object? value = field.Accessor.GetValue(message);
            if (value is IList list)
            {
                if (list.Count > 0)
                {
                    fields[field.Name] = Fields.List(list.Cast<object>().Select(item => Of(field, item, withTimes)));
                }
            }
            else if (field.HasPresence ? field.Accessor.HasValue(message) : !IsDefault(value))
            {
                bool isMs = withTimes && value is ulong && field.Name.EndsWith("_ms", StringComparison.Ordinal);
                bool isSeconds = withTimes && value is ulong && Seconds.Contains(field.Name);
                fields[isMs ? field.Name[..^3] : field.Name] =
                    isMs ? Fields.Text(Fields.Time((ulong)value!))
                    : isSeconds ? Fields.Text(Fields.Time((ulong)value! * 1000))
                    : Of(field, value!, withTimes);
            }
        }

        return fields;
    }

    private static JsonNode Of(FieldDescriptor field, object value, bool withTimes) =>
        value switch
        {
            IMessage inner => Of(inner, withTimes),
            ByteString bytes => Fields.Text(Fields.Hex(bytes)),
            string text => Fields.Text(text),
            bool flag => JsonValue.Create(flag),
            Enum number => Fields.Text(ValueNames.Of(field.EnumType, Convert.ToInt32(number))),
            uint or ulong => JsonValue.Create(Convert.ToUInt64(value)),
            _ => JsonValue.Create(Convert.ToInt64(value)),
        };

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

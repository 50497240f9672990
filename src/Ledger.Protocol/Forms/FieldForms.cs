using Google.Protobuf.Collections;
using Ledger.V1;

namespace Ledger.Protocol;

/// <summary>
/// What fields of several verbs must be. Each check returns null, or the path of the first field that is wrong and what is
/// wrong with it; paths are put together on the way out, so an operation without a problem costs no text.
/// </summary>
internal static class FieldForms
{
    public const string NotADid = "must be a DID, did:pilot:<network>:<52 characters>";
    public const string NotAName = "must be 1 to 32 of a-z, 0-9 and '-'";
    public const string NotAnId = "must be 1 to 64 of a-z, 0-9, '.', '_', ':' and '-'";
    public const string NotATokenId = "must be 1 to 128 of a-z, 0-9, '.', '_', ':' and '-'";
    public const string NotATitle = "must be 1 to 256 bytes of text without control characters";
    public const string NotAHash = "must have 32 bytes";
    public const string NotAValue = "must be one of the values that are defined, and not 0";

    private const int MultihashBytes = 34;

    /// <summary>The path of a field within this one, and the rest; null when nothing is wrong.</summary>
    public static string? Within(string field, string? problem) => problem is null ? null : $"{field}.{problem}";

    /// <summary>The path of a field within this item of a list, and the rest; null when nothing is wrong.</summary>
    public static string? Within(string field, int index, string? problem) =>
        problem is null ? null : $"{field}[{index}].{problem}";

    public static string NotAUri(int bytesMax) =>
        $"must be a URI with a scheme, up to {bytesMax} bytes of the characters of RFC 3986";

    public static bool IsBetween<T>(T value, T first, T last)
        where T : struct, Enum =>
        Comparer<T>.Default.Compare(value, first) >= 0 && Comparer<T>.Default.Compare(value, last) <= 0;

    public static string? CheckAscending<T>(string field, RepeatedField<T> values, T first, T last)
        where T : struct, Enum
    {
        if (values.Count == 0)
        {
            return field + ": is missing";
        }
        for (int i = 0; i < values.Count; i++)
        {
            if (!IsBetween(values[i], first, last))
            {
                return $"{field}[{i}]: {NotAValue}";
            }
            if (i > 0 && Comparer<T>.Default.Compare(values[i - 1], values[i]) >= 0)
            {
                return field + ": not ascending";
            }
        }
        return null;
    }

    public static string? CheckDistinct(string field, RepeatedField<string> values)
    {
        for (int i = 1; i < values.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (values[i] == values[j])
                {
                    return $"{field}[{i}]: is {field}[{j}] again";
                }
            }
        }
        return null;
    }

    public static string? CheckContent(TokenContent? content) =>
        content is null ? null
        : !IsMultihash(content.Multihash.Span) ? "multihash: must be 0x12 0x20 and a hash of 32 bytes"
        : !TextSyntax.IsMediaType(content.MediaType)
            ? $"media_type: must be two parts and a '/', in lower case, up to {Limits.MediaTypeLengthMax} bytes"
        : content.Uri.Length != 0 && !TextSyntax.IsUri(content.Uri, Limits.UriBytesMax)
            ? "uri: " + NotAUri(Limits.UriBytesMax) + ", or empty"
        : null;

    // sha2-256 is function 0x12, and its digest has 0x20 bytes.
    private static bool IsMultihash(ReadOnlySpan<byte> bytes) =>
        bytes.Length == MultihashBytes && bytes[0] == 0x12 && bytes[1] == 0x20;
}

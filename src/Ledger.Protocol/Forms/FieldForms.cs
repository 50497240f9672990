using Google.Protobuf;
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
        : CheckMediaType("media_type", content.MediaType) is string problem ? problem
        : content.Uri.Length != 0 && !TextSyntax.IsUri(content.Uri, Limits.UriBytesMax)
            ? "uri: " + NotAUri(Limits.UriBytesMax) + ", or empty"
        : content.FieldsRoot.Length is not (0 or Limits.HashBytes) ? "fields_root: " + NotAHash + ", or be empty"
        : null;

    // sha2-256 is function 0x12, and its digest has 0x20 bytes.
    private static bool IsMultihash(ReadOnlySpan<byte> bytes) =>
        bytes.Length == MultihashBytes && bytes[0] == 0x12 && bytes[1] == 0x20;

    public const string NotATime = "must be Unix seconds up to the end of the year 9999";

    public const string NotAReference =
        "must be letters, digits and the characters -._/:() and the brackets of document numbers, without spaces";

    public const string NotARegion = "must be 1 to 12 of A-Z, a-z, 0-9 and '-'";

    public static string? CheckDid(string field, string did) => DidSyntax.IsDid(did) ? null : $"{field}: {NotADid}";

    public static string? CheckDidOrEmpty(string field, string did) =>
        did.Length == 0 || DidSyntax.IsDid(did) ? null : $"{field}: {NotADid}, or empty";

    public static string? CheckId(string field, string id) => TextSyntax.IsId(id) ? null : $"{field}: {NotAnId}";

    public static string? CheckIdOrEmpty(string field, string id) =>
        id.Length == 0 || TextSyntax.IsId(id) ? null : $"{field}: {NotAnId}, or empty";

    public static string? CheckHash(string field, ByteString hash) =>
        hash.Length == Limits.HashBytes ? null : $"{field}: {NotAHash}";

    public static string? CheckTime(string field, ulong seconds) =>
        seconds <= Limits.ValidUntilMax ? null : $"{field}: {NotATime}";

    public static string? CheckValue<T>(string field, T value, T first, T last)
        where T : struct, Enum => IsBetween(value, first, last) ? null : $"{field}: {NotAValue}";

    public static string? CheckRange(string field, ulong value, ulong min, ulong max) =>
        value >= min && value <= max ? null : $"{field}: must be {min} to {max}";

    /// <summary>The two fields that name a token.</summary>
    public static string? CheckToken(string classId, string tokenId) =>
        CheckId("class_id", classId) ?? (TextSyntax.IsTokenId(tokenId) ? null : "token_id: " + NotATokenId);

    /// <summary>Up to so many texts, each of a form, ascending and distinct.</summary>
    public static string? CheckTexts(
        string field,
        RepeatedField<string> texts,
        int countMax,
        Func<string, bool> isRight,
        string wrong
    )
    {
        if (texts.Count > countMax)
        {
            return $"{field}: must be at most {countMax}";
        }
        for (int i = 0; i < texts.Count; i++)
        {
            if (!isRight(texts[i]))
            {
                return $"{field}[{i}]: {wrong}";
            }
            if (i > 0 && string.CompareOrdinal(texts[i - 1], texts[i]) >= 0)
            {
                return field + ": not ascending";
            }
        }
        return null;
    }

    public static string? CheckMediaType(string field, string mediaType) =>
        TextSyntax.IsMediaType(mediaType)
            ? null
            : $"{field}: must be two parts and a '/', in lower case, up to {Limits.MediaTypeLengthMax} bytes";

    /// <summary>Up to so many DIDs, distinct.</summary>
    public static string? CheckDids(string field, RepeatedField<string> dids, int countMax)
    {
        if (dids.Count > countMax)
        {
            return $"{field}: must be at most {countMax}";
        }
        for (int i = 0; i < dids.Count; i++)
        {
            if (!DidSyntax.IsDid(dids[i]))
            {
                return $"{field}[{i}]: {NotADid}";
            }
        }
        return CheckDistinct(field, dids);
    }
}

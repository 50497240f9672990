using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.Crypto;

namespace Ledger.Protocol;

/// <summary>The two files of selective disclosure, JSON in UTF-8; bytes are base64url without padding (RFC 4648, section 5).</summary>
/// <remarks>
/// <para>
/// <c>ledger-fields@v1</c>, which its owner keeps and nobody else sees: every field with its salt. Destroying it erases.
/// </para>
/// <code>
/// {"format": "ledger-fields@v1", "fields": [{"name": …, "salt": …, "value": …}, …]}
/// </code>
/// <para>
/// <c>ledger-disclosure@v1</c>, which shows one field to whoever gets it:
/// </para>
/// <code>
/// {"format": "ledger-disclosure@v1", "name": …, "salt": …, "value": …, "index": 0, "count": 3, "path": [hash, …]}
/// </code>
/// </remarks>
public static class FieldFiles
{
    /// <summary>Longest file, in bytes.</summary>
    public const int BytesMax = 8 * 1024 * 1024;

    private const string FieldsFormat = "ledger-fields@v1";
    private const string DisclosureFormat = "ledger-disclosure@v1";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes the file that the owner of fields keeps.</summary>
    public static byte[] Write(FieldDigests digests)
    {
        ArgumentNullException.ThrowIfNull(digests);
        return Write(
            new JsonObject
            {
                ["format"] = FieldsFormat,
                ["fields"] = new JsonArray([.. digests.Fields.Select(static field => (JsonNode)Of(field))]),
            }
        );
    }

    /// <summary>Writes the file that shows one field.</summary>
    public static byte[] Write(FieldDisclosure disclosure)
    {
        ArgumentNullException.ThrowIfNull(disclosure);
        JsonObject file = new() { ["format"] = DisclosureFormat };
        foreach ((string name, JsonNode? value) in Of(disclosure.Field))
        {
            file[name] = value?.DeepClone();
        }
        file["index"] = disclosure.Index;
        file["count"] = disclosure.Count;
        file["path"] = new JsonArray([.. disclosure.Path.Select(static hash => (JsonNode)Encode(hash.Span))]);
        return Write(file);
    }

    /// <summary>Reads the file that the owner of fields keeps.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="digests">The fields.</param>
    /// <param name="problem">What is wrong with the file; empty when nothing is.</param>
    public static bool TryReadFields(
        ReadOnlySpan<byte> file,
        [NotNullWhen(true)] out FieldDigests? digests,
        out string problem
    )
    {
        digests = null;
        if (!TryOpen(file, FieldsFormat, 2, out JsonObject? read, out problem))
        {
            return false;
        }
        problem = "its fields are not a list of 1 to 1,024 fields with distinct names, salts and values";
        if (read["fields"] is not JsonArray { Count: > 0 and <= FieldDigests.FieldsMax } list)
        {
            return false;
        }
        List<SaltedField> fields = [];
        foreach (JsonNode? item in list)
        {
            if (item is not JsonObject { Count: 3 } one || !TryField(one, out SaltedField? field))
            {
                return false;
            }
            fields.Add(field);
        }
        if (fields.DistinctBy(static field => field.Name).Count() != fields.Count)
        {
            return false;
        }
        digests = FieldDigests.Of(fields);
        problem = "";
        return true;
    }

    internal static bool TryReadDisclosure(
        ReadOnlySpan<byte> file,
        [NotNullWhen(true)] out FieldDisclosure? disclosure,
        out string problem
    )
    {
        disclosure = null;
        if (!TryOpen(file, DisclosureFormat, 7, out JsonObject? read, out problem))
        {
            return false;
        }
        problem = "it does not hold a field with its salt, its value, its place and its path";
        if (
            !TryField(read, out SaltedField? field)
            || read["index"] is not JsonValue place
            || !place.TryGetValue(out int index)
            || read["count"] is not JsonValue number
            || !number.TryGetValue(out int count)
            || index < 0
            || index >= count
            || count > FieldDigests.FieldsMax
            || read["path"] is not JsonArray { Count: <= MerkleHash.ProofHashesMax } list
        )
        {
            return false;
        }
        List<byte[]> path = [];
        foreach (JsonNode? item in list)
        {
            if (!TryDecode(item, MerkleHash.HashBytes, out byte[]? hash) || hash.Length != MerkleHash.HashBytes)
            {
                return false;
            }
            path.Add(hash);
        }
        disclosure = new FieldDisclosure(field, index, count, [.. path]);
        problem = "";
        return true;
    }

    private static JsonObject Of(SaltedField field) =>
        new()
        {
            ["name"] = field.Name,
            ["salt"] = Encode(field.Salt.Span),
            ["value"] = Encode(field.Value.Span),
        };

    private static bool TryField(JsonObject file, [NotNullWhen(true)] out SaltedField? field)
    {
        field =
            file["name"] is JsonValue name
            && name.TryGetValue(out string? text)
            && TryDecode(file["salt"], FieldDigests.ValueBytesMax, out byte[]? salt)
            && TryDecode(file["value"], FieldDigests.ValueBytesMax, out byte[]? value)
                ? new SaltedField(text, salt, value)
                : null;
        if (field is not null && FieldDigests.FindProblem(field) is not null)
        {
            field = null;
        }
        return field is not null;
    }

    private static bool TryOpen(
        ReadOnlySpan<byte> file,
        string format,
        int members,
        [NotNullWhen(true)] out JsonObject? read,
        out string problem
    )
    {
        read = null;
        problem = "it is too large";
        if (file.Length > BytesMax)
        {
            return false;
        }
        problem = $"it is not a JSON object of the format {format}";
        try
        {
            read = JsonNode.Parse(file) as JsonObject;
            bool isOpen =
                read is not null
                && read.Count == members // and no name stands there twice, or counting them throws
                && read["format"] is JsonValue name
                && name.TryGetValue(out string? text)
                && text == format;
            problem = isOpen ? "" : problem;
            return isOpen;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static byte[] Write(JsonObject file) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(file, Indented), (byte)'\n'];

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    private static bool TryDecode(JsonNode? node, int bytesMax, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (
            node is not JsonValue value
            || !value.TryGetValue(out string? text)
            || text.Length > Base64Url.GetEncodedLength(bytesMax)
        )
        {
            return false;
        }
        byte[] decoded = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (
            !Base64Url.TryDecodeFromChars(text, decoded, out int count)
            || Base64Url.EncodeToString(decoded.AsSpan(0, count)) != text
        )
        {
            return false;
        }
        bytes = decoded[..count];
        return true;
    }
}

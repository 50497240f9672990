using System.Text.Json;

namespace Ledger.Node.Http;

/// <summary>
/// The body of a request to the registrar as JSON. What is read here can be asked for anything later: it is shallow, no object has a
/// member twice, every text is Unicode, and nothing in it is called like a private key.
/// </summary>
internal static class RegistrarJson
{
    private const int DepthMax = 16;

    // RFC 7518, section 6: only a private key has the first. The others are as W3C and DIF name secrets.
    private static readonly string[] SecretNames = ["d", "seed", "mnemonic"];
    private static readonly string[] SecretBeginnings = ["privateKey", "secretKey"];

    /// <summary>Reads a body.</summary>
    /// <param name="body">Any bytes.</param>
    /// <param name="json">The object, when nothing is wrong. The caller disposes of it.</param>
    /// <returns>What is wrong, without anything of what was read but the name of a member; null when nothing is.</returns>
    public static string? Read(ReadOnlyMemory<byte> body, out JsonDocument? json)
    {
        json = null;
        try
        {
            if (FindSecret(body.Span) is string name)
            {
                return $"{name}: is a private key, or part of one. This node never asks for it; whoever could see it has it, so replace the key";
            }

            json = JsonDocument.Parse(
                body,
                new JsonDocumentOptions { MaxDepth = DepthMax, AllowDuplicateProperties = false }
            );
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return $"the body is no JSON, an object in it has a member twice, or it is nested more than {DepthMax} deep";
        }

        return json.RootElement.ValueKind == JsonValueKind.Object ? null : "the body must be a JSON object";
    }

    // Before anything is made of it; and what is no text throws here, not later.
    private static string? FindSecret(ReadOnlySpan<byte> body)
    {
        Utf8JsonReader reader = new(body, new JsonReaderOptions { MaxDepth = DepthMax });
        string? found = null;
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
            {
                string text = reader.GetString()!;
                found ??= reader.TokenType == JsonTokenType.PropertyName ? SecretIn(text) : null;
            }
        }

        return found;
    }

    private static string? SecretIn(string name) =>
        SecretNames.Contains(name) ? name
        : SecretBeginnings.FirstOrDefault(start => name.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            is not null
            ? JsonEncodedText.Encode(name.Length <= 32 ? name : name[..32]).ToString()
        : null;
}

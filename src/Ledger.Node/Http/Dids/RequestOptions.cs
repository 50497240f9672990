using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Ledger.Node.Http.Dids;

/// <summary>Options of a resolution in the body of a request (DID Resolution, section 12.1): an object of texts and truth values.</summary>
internal static class RequestOptions
{
    private const int DepthMax = 8;

    /// <summary>Whether the body of a request says that it is JSON, or says nothing of it.</summary>
    public static bool IsJson(HttpRequest request) =>
        string.IsNullOrEmpty(request.ContentType)
        || (
            MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>Reads the body.</summary>
    /// <param name="request">The request. A body that is larger than it may be is refused by the server.</param>
    public static async Task<byte[]> ReadBodyAsync(HttpRequest request)
    {
        using MemoryStream body = new();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        return body.ToArray();
    }

    /// <summary>Reads the options.</summary>
    /// <param name="body">Any bytes; none: no options.</param>
    /// <param name="options">The options, when this returns null.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public static ResolutionFailure? Read(
        ReadOnlySpan<byte> body,
        out IReadOnlyList<(string Name, string Value)> options
    )
    {
        List<(string, string)> read = [];
        options = read;
        if (body.IsEmpty)
        {
            return null;
        }

        Utf8JsonReader json = new(body, new JsonReaderOptions { MaxDepth = DepthMax });
        try
        {
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
            {
                return Invalid("is no JSON object");
            }

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                string name = json.GetString()!;
                json.Read();
                string? value = json.TokenType switch
                {
                    JsonTokenType.String => json.GetString(),
                    JsonTokenType.True => "true",
                    JsonTokenType.False => "false",
                    _ => null,
                };
                if (value is null)
                {
                    return Invalid("holds a value that is neither a text nor true nor false");
                }

                if (read.Any(option => option.Item1 == name))
                {
                    return Invalid("names an option twice");
                }

                read.Add((name, value));
            }

            // Nothing may follow.
            return json.Read() ? Invalid("is no JSON object") : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Invalid("is no JSON object");
        }
    }

    private static ResolutionFailure Invalid(string problem) =>
        ResolutionError.InvalidOptions.Because($"The body of the request {problem}.");
}

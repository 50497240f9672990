using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Ledger.Node.Http;

/// <summary>
/// What is wrong with a request as one of HTTP, whatever it asks for: problem details (RFC 9457) whose type says no more than the
/// status.
/// </summary>
internal static class HttpProblem
{
    private const string ContentType = "application/problem+json";
    private const int RetryAfterSeconds = 1;

    /// <summary>There is nothing at this path.</summary>
    public static HttpAnswer NotFound { get; } =
        Of(StatusCodes.Status404NotFound, "There is nothing at this path. GET / says what there is.");

    /// <summary>The node failed, and its log says how.</summary>
    public static HttpAnswer Internal { get; } =
        Of(StatusCodes.Status500InternalServerError, "The node failed to answer. Its log says how.");

    /// <summary>The node has no room for the request.</summary>
    /// <param name="full">What is full.</param>
    public static HttpAnswer Overloaded(string full) =>
        Of(
            StatusCodes.Status503ServiceUnavailable,
            $"The node is overloaded: {full}. Try again later.",
            ("Retry-After", $"{RetryAfterSeconds}")
        );

    /// <summary>An answer of this kind.</summary>
    /// <param name="status">Status code of HTTP.</param>
    /// <param name="detail">What exactly is wrong, and what to do.</param>
    /// <param name="headers">Further headers.</param>
    public static HttpAnswer Of(int status, string detail, params (string Name, string Value)[] headers)
    {
        ArrayBufferWriter<byte> body = new();
        using (Utf8JsonWriter json = new(body))
        {
            json.WriteStartObject();
            json.WriteString("type", "about:blank");
            json.WriteString("title", ReasonPhrases.GetReasonPhrase(status));
            json.WriteNumber("status", status);
            json.WriteString("detail", detail);
            json.WriteEndObject();
        }

        return new HttpAnswer(status, ContentType, body.WrittenMemory) { Headers = headers };
    }
}

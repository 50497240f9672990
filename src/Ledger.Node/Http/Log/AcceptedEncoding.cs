using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Ledger.Node.Http;

/// <summary>How a body may be encoded, by the header Accept-Encoding (RFC 9110, section 12.5.3).</summary>
internal static class AcceptedEncoding
{
    private const string Gzip = "gzip";

    /// <summary>
    /// Whether gzip is wanted: it is named, or stands under <c>*</c>, with a weight that is above zero and not below that of the body as
    /// it is. A header that is none asks for nothing.
    /// </summary>
    /// <param name="header">The header; empty when there is none.</param>
    public static bool IsGzip(StringValues header) =>
        StringWithQualityHeaderValue.TryParseList(header, out IList<StringWithQualityHeaderValue>? codings)
        && (WeightOf(codings, Gzip) ?? WeightOf(codings, "x-gzip") ?? WeightOf(codings, "*")) is > 0 and var gzip
        && gzip >= (WeightOf(codings, "identity") ?? 0);

    private static double? WeightOf(IList<StringWithQualityHeaderValue> codings, string name) =>
        codings.FirstOrDefault(one => one.Value.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } coding
            ? coding.Quality ?? 1
            : null;
}

namespace Ledger.Node.Http;

/// <summary>
/// Base64 as clients of a registrar send it: of either alphabet of RFC 4648, with padding or without. Otherwise strict: bits that no byte
/// uses are zero, and there is no white space.
/// </summary>
internal static class Base64Text
{
    /// <summary>Decodes a text; null when it is none.</summary>
    public static byte[]? Decode(string text)
    {
        bool isUrl = text.AsSpan().ContainsAny('-', '_');
        if (isUrl && text.AsSpan().ContainsAny('+', '/'))
        {
            return null;
        }

        string digits = text.TrimEnd('=').Replace('-', '+').Replace('_', '/');
        string padded = digits.PadRight((digits.Length + 3) / 4 * 4, '=');
        byte[] bytes = new byte[padded.Length / 4 * 3];

        // What it decodes to has this one spelling: so none but it was decoded.
        return
            (text.Length == digits.Length || text.Length == padded.Length)
            && Convert.TryFromBase64String(padded, bytes, out int length)
            && Convert.ToBase64String(bytes, 0, length) == padded
            ? bytes[..length]
            : null;
    }
}

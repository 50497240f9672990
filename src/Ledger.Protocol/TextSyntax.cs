using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Ledger.Protocol;

/// <summary>What texts in operations look like: identifiers, titles, URIs, media types, origins.</summary>
public static class TextSyntax
{
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789._:-"
    );

    private static readonly SearchValues<char> Alphanumerics = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    );

    private static readonly SearchValues<char> RegionCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"
    );

    private static readonly SearchValues<char> ExternalIdCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./()-"
    );

    private static readonly SearchValues<char> ReferenceCharacters = SearchValues.Create("-._/:()〔〕（）《》【】");

    private static readonly SearchValues<char> MediaTypeCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789!#$&^_.+-"
    );

    private static readonly SearchValues<char> SchemeCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+.-"
    );

    // Unreserved, reserved and '%' of RFC 3986, section 2. What is not ASCII arrives percent-encoded.
    private static readonly SearchValues<char> UriCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%"
    );

    private static readonly SearchValues<char> OriginCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789./:_-"
    );

    /// <summary>Whether a text can identify a pilot or class: <c>[a-z0-9._:-]{1,64}</c>.</summary>
    /// <param name="text">Any text.</param>
    public static bool IsId([NotNullWhen(true)] string? text) => Is(text, IdCharacters, Limits.IdLengthMax);

    /// <summary>Whether a text can identify a token within its class: <c>[a-z0-9._:-]{1,128}</c>.</summary>
    /// <param name="text">Any text.</param>
    public static bool IsTokenId([NotNullWhen(true)] string? text) => Is(text, IdCharacters, Limits.TokenIdLengthMax);

    /// <summary>Whether a text can be the type of a service: <c>[A-Za-z0-9]{1,64}</c>.</summary>
    /// <param name="text">Any text.</param>
    public static bool IsServiceType([NotNullWhen(true)] string? text) =>
        Is(text, Alphanumerics, Limits.ServiceTypeLengthMax);

    /// <summary>
    /// Whether a text can be the origin of a log, which also names its key: <c>[a-z0-9./:_-]{1,128}</c>, so neither
    /// spaces nor '+'.
    /// </summary>
    /// <param name="text">Any text.</param>
    public static bool IsOrigin([NotNullWhen(true)] string? text) => Is(text, OriginCharacters, Limits.OriginBytesMax);

    /// <summary>Whether a text can be a title or name: 1 to 256 bytes of UTF-8 without control characters.</summary>
    /// <param name="text">Any text.</param>
    public static bool IsTitle([NotNullWhen(true)] string? text)
    {
        // A UTF-16 unit is at least one byte of UTF-8, so a long text is refused before it is measured.
        if (string.IsNullOrEmpty(text) || text.Length > Limits.TitleBytesMax)
        {
            return false;
        }
        foreach (char c in text)
        {
            if (char.IsControl(c))
            {
                return false;
            }
        }
        return Encoding.UTF8.GetByteCount(text) <= Limits.TitleBytesMax;
    }

    /// <summary>Whether a text can be a region or district: <c>[A-Za-z0-9-]{1,12}</c>.</summary>
    /// <param name="text">Any text.</param>
    public static bool IsRegion([NotNullWhen(true)] string? text) => Is(text, RegionCharacters, Limits.RegionLengthMax);

    /// <summary>Whether a text can be an identifier that a register elsewhere gave: <c>[A-Za-z0-9./()-]{1,64}</c>.</summary>
    /// <param name="text">Any text.</param>
    public static bool IsExternalId([NotNullWhen(true)] string? text) =>
        Is(text, ExternalIdCharacters, Limits.IdLengthMax);

    /// <summary>
    /// Whether a text can be the number of an order or a reference to a law: letters and digits of any script, and
    /// <c>-._/:()</c> and the brackets of Chinese document numbers. Neither spaces nor what cannot be seen.
    /// </summary>
    /// <param name="text">Any text.</param>
    /// <param name="lengthMax">Longest allowed, in characters.</param>
    public static bool IsReference([NotNullWhen(true)] string? text, int lengthMax)
    {
        if (string.IsNullOrEmpty(text) || text.Length > lengthMax)
        {
            return false;
        }
        foreach (char c in text)
        {
            if (!char.IsLetterOrDigit(c) && !ReferenceCharacters.Contains(c))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>
    /// Whether a text is a URI with a scheme and something after it, in the characters of RFC 3986: no spaces, no control
    /// characters, nothing beyond ASCII.
    /// </summary>
    /// <param name="text">Any text.</param>
    /// <param name="bytesMax">Longest allowed, in bytes.</param>
    public static bool IsUri([NotNullWhen(true)] string? text, int bytesMax)
    {
        if (!Is(text, UriCharacters, bytesMax) || !char.IsAsciiLetter(text[0]))
        {
            return false;
        }
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && colon < text.Length - 1 && !text.AsSpan(0, colon).ContainsAnyExcept(SchemeCharacters);
    }

    /// <summary>
    /// Whether a text is a media type in lower case, without parameters: two parts of
    /// <c>[a-z0-9!#$&amp;^_.+-]+</c> (RFC 6838, section 4.2) with '/' between them, up to 127 bytes.
    /// </summary>
    /// <param name="text">Any text.</param>
    public static bool IsMediaType([NotNullWhen(true)] string? text)
    {
        if (text is null || text.Length > Limits.MediaTypeLengthMax)
        {
            return false;
        }
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0
            && slash < text.Length - 1
            && !text.AsSpan(0, slash).ContainsAnyExcept(MediaTypeCharacters)
            && !text.AsSpan(slash + 1).ContainsAnyExcept(MediaTypeCharacters);
    }

    // Every character allowed is ASCII, so the length in characters is the length in bytes.
    private static bool Is([NotNullWhen(true)] string? text, SearchValues<char> characters, int lengthMax) =>
        !string.IsNullOrEmpty(text) && text.Length <= lengthMax && !text.AsSpan().ContainsAnyExcept(characters);
}

namespace Ledger.Protocol;

/// <summary>Identifiers of organisations that carry a checksum.</summary>
public static class OrganisationCodes
{
    private const int UsccLength = 18;
    private const int LeiLength = 20;

    // The alphabet of GB 32100-2015: digits and capital letters without I, O, S, V and Z. A character's value is its place.
    private const string UsccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    // 3^i mod 31, the weights of GB 32100-2015.
    private static ReadOnlySpan<byte> UsccWeights => [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

    /// <summary>
    /// Whether a text is a unified social credit code (GB 32100-2015): 18 characters, the last of which makes the weighted sum of
    /// all a multiple of 31.
    /// </summary>
    /// <param name="text">Any text.</param>
    public static bool IsUscc(string? text)
    {
        if (text?.Length != UsccLength)
        {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < UsccLength; i++)
        {
            int value = UsccAlphabet.IndexOf(text[i], StringComparison.Ordinal);
            if (value < 0)
            {
                return false;
            }
            sum += i < UsccWeights.Length ? value * UsccWeights[i] : value;
        }
        return sum % UsccAlphabet.Length == 0;
    }

    /// <summary>
    /// Whether a text is a legal entity identifier (ISO 17442): 18 digits and capital letters and two check digits, which make
    /// the whole, with letters as 10 to 35, one above a multiple of 97 (ISO 7064, MOD 97-10).
    /// </summary>
    /// <param name="text">Any text.</param>
    public static bool IsLei(string? text)
    {
        if (text?.Length != LeiLength || !char.IsAsciiDigit(text[^1]) || !char.IsAsciiDigit(text[^2]))
        {
            return false;
        }
        int rest = 0;
        foreach (char c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                rest = (rest * 10 + (c - '0')) % 97;
            }
            else if (char.IsAsciiLetterUpper(c))
            {
                rest = (rest * 100 + (c - 'A' + 10)) % 97;
            }
            else
            {
                return false;
            }
        }
        return rest == 1;
    }
}

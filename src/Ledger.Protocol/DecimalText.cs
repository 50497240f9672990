using System.Globalization;

namespace Ledger.Protocol;

/// <summary>
/// Numbers in texts that have one spelling: ASCII digits, without sign and without leading zeros, below 2^63. The platform's own parsers
/// take more: they read over zero bytes at the end.
/// </summary>
public static class DecimalText
{
    private const int DigitsMax = 19;

    /// <summary>Writes a number.</summary>
    /// <param name="number">0 or more.</param>
    public static string Of(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads a number.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="number">The number, when this returns true.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out long number)
    {
        number = 0;
        if (text.Length is 0 or > DigitsMax || (text[0] == '0' && text.Length > 1))
        {
            return false;
        }

        ulong value = 0;
        foreach (char c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            value = (10 * value) + (uint)(c - '0'); // 19 digits fit
        }

        number = (long)value;
        return value <= long.MaxValue;
    }
}

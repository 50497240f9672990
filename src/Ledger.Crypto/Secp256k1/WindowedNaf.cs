using System.Diagnostics;

namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// Width-w non-adjacent form: a number as Σ dᵢ·2ⁱ where each digit is zero or odd and below 2^(w−1) in absolute value,
/// and of any w digits in a row at most one is not zero ("Guide to Elliptic Curve Cryptography", algorithm 3.35).
/// </summary>
internal static class WindowedNaf
{
    /// <summary>The most digits that a number below 2¹²⁸ has.</summary>
    public const int LengthMax = 129;

    /// <summary>How many odd multiples 1, 3, 5 … of a point the digits of a width refer to.</summary>
    public static int TableLength(int width) => 1 << (width - 2);

    /// <summary>
    /// Writes the digits, least significant first, of a number, and returns how many there are up to the highest that
    /// is not zero. <paramref name="digits"/> is of length <see cref="LengthMax"/>; width is 2 to 15.
    /// </summary>
    public static int Recode(in HalfScalar number, int width, Span<short> digits)
    {
        digits.Clear();
        UInt128 k = number.Magnitude;
        int sign = number.IsNegative ? -1 : 1;
        int position = 0;
        int length = 0;
        // carry is what a negative digit borrowed from here: k·2^position plus it is what remains to be written.
        int carry = 0;
        while (k != 0 || carry != 0)
        {
            if (((int)k & 1) == carry)
            {
                // Even: 0 + 0, or 1 + 1 = 2, which carries on.
                int run = RunLength((ulong)k, carry);
                k >>= run;
                position += run;
                continue;
            }
            int digit = ((int)k & ((1 << width) - 1)) + carry;
            carry = digit >> (width - 1);
            digit -= carry << width;
            Debug.Assert((digit & 1) == 1, "digits are odd");
            digits[position] = (short)(sign * digit);
            length = position + 1;
            k >>= width;
            position += width;
        }
        return length;
    }

    /// <summary>How many of the lowest bits of a word equal a bit; no more than 63.</summary>
    private static int RunLength(ulong word, int bit) =>
        Math.Min(63, System.Numerics.BitOperations.TrailingZeroCount(bit == 0 ? word : ~word));
}

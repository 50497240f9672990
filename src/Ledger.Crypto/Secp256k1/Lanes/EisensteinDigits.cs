using System.Diagnostics;

namespace Ledger.Crypto.Secp256k1.Lanes;

/// <summary>
/// Recodes a split scalar k1 + k2·λ to digits that all lanes add at the same places: one digit for both halves in every
/// <see cref="Width"/> bits.
/// </summary>
/// <remarks>
/// <para>λ is a primitive cube root of unity, as ω = e^(2πi/3) is, so k1 + k2·λ is the image of the Eisenstein integer
/// k1 + k2·ω, and whatever holds in Z[ω] holds for multiples of a point. A digit in base 2^w is the number of least
/// norm a² − ab + b² among those that are congruent modulo 2^w. The six units ±1, ±ω, ±ω² permute the digits, and
/// multiplying a point by a unit is free: a change of sign of y, and one of x, βx, β²x. So a table has one point for
/// six digits, 11 for w = 3, and there is one addition for both halves, where signed windows of 4 bits on each half
/// would need 8 points and two additions for every 4 bits.</para>
/// <para>A digit is an index into the table's points (from 1; 0 is the digit zero), a power of ω and a sign, packed:
/// see <see cref="Index"/>, <see cref="Rotation"/> and <see cref="Sign"/>.</para>
/// </remarks>
internal sealed class EisensteinDigits
{
    /// <summary>The bit at which the topmost digit stands, for every width: a multiple of each.</summary>
    /// <remarks>
    /// The halves from <see cref="Endomorphism.Split"/> are the coordinates of a point in a parallelogram with sides of
    /// length √n &lt; 2^128 at 60° around 0, hence |k1 + k2·ω| ≤ √3/2·2^128. The digits below bit 126 sum up to less than
    /// 2^126·max|digit|/(2^w − 1) ≤ 0.63·2^126, so the topmost is at most 3.47 + 0.63 long: its norm is 16 or less, and
    /// all these numbers are units times digits for w ≥ 3.
    /// </remarks>
    public const int TopBit = 126;

    private const int TopMax = 4;

    private readonly (int A, int B)[] _points;
    private readonly int[] _windows;
    private readonly int[] _top;

    /// <param name="width">Bits of a digit: 3, 6, 7 or 9.</param>
    /// <param name="points">The numbers a + bω that a table has the multiples of: of each class of digits under the units, one.</param>
    public EisensteinDigits(int width, ReadOnlySpan<(int A, int B)> points)
    {
        Debug.Assert(TopBit % width == 0);
        Width = width;
        _points = points.ToArray();
        int radix = 1 << width;
        _windows = new int[(radix + 1) * 2 * radix];
        _top = new int[(2 * TopMax + 1) * (2 * TopMax + 1)];
        Array.Fill(_windows, -1);
        Array.Fill(_top, -1);
        Enter(radix, 0, 0, 0);
        for (int i = 0; i < points.Length; i++)
        {
            (int a, int b) = points[i];
            for (int rotation = 0; rotation < 3; rotation++)
            {
                int code = (i + 1) << 3 | rotation << 1;
                Enter(radix, a, b, code);
                Enter(radix, -a, -b, code | 1);
                (a, b) = (-b, a - b);
            }
        }
        Debug.Assert(_windows.Count(w => w < 0) == (radix + 1) * (radix - 1), "a class of digits has no point");
    }

    public int Width { get; }

    /// <summary>Digits of a recoded scalar, the least significant first.</summary>
    public int Length => TopBit / Width + 1;

    /// <summary>The table's point, from 1, or 0 for the digit zero.</summary>
    public static int Index(int digit) => (digit & IndexMask) >> 3;

    /// <summary>The power of ω: 0, 1 or 2.</summary>
    public static int Rotation(int digit) => digit >> 1 & 3;

    /// <summary>1 if negative, else 0.</summary>
    public static int Sign(int digit) => digit & 1;

    /// <summary>The number a + bω that a digit stands for.</summary>
    public (int A, int B) Value(int digit)
    {
        if (Index(digit) == 0)
        {
            return (0, 0);
        }
        (int a, int b) = _points[Index(digit) - 1];
        for (int i = 0; i < Rotation(digit); i++)
        {
            (a, b) = (-b, a - b);
        }
        return Sign(digit) == 0 ? (a, b) : (-a, -b);
    }

    /// <summary>The bits of <see cref="Index"/>.</summary>
    public const int IndexMask = 0xFFFF << 3;

    /// <summary>Where a window's carries are in its entry: as what they add to the next window's place in the table.</summary>
    private const int CarryShift = 19;

    /// <summary>
    /// Makes a + bω the digit of its residue class, and of the classes that carries of 1 lead to. The window with bits x
    /// and y, each with its carry up to 2^w, is at x·2^(w+1) + y.
    /// </summary>
    private void Enter(int radix, int a, int b, int code)
    {
        for (int x = a & (radix - 1); x <= radix; x += radix)
        {
            for (int y = b & (radix - 1); y <= radix; y += radix)
            {
                // Numbers of norm 16 that are congruent to their negatives modulo 8: either will do.
                int carries = (x == a ? 0 : 2 * radix) + (y == b ? 0 : 1);
                _windows[(x * 2 * radix) + y] = code | (carries << CarryShift);
                Debug.Assert((x == a || x == a + radix) && (y == b || y == b + radix));
            }
        }
        if (Math.Abs(a) <= TopMax && Math.Abs(b) <= TopMax)
        {
            _top[((a + TopMax) * ((2 * TopMax) + 1)) + b + TopMax] = code;
        }
    }

    /// <summary>Writes the <see cref="Length"/> digits of k1 + k2·λ, <paramref name="stride"/> apart.</summary>
    public void Recode(in HalfScalar k1, in HalfScalar k2, Span<int> digits, int stride)
    {
        int width = Width;
        int mask = (1 << width) - 1;
        int[] windows = _windows;
        (ulong a, ulong highA, int topA) = TwosComplement(in k1);
        (ulong b, ulong highB, int topB) = TwosComplement(in k2);
        int carries = 0;
        int end = TopBit / width * stride;
        for (int i = 0; i < end; i += stride)
        {
            // Only the carries wait for the window before.
            int code = windows[(((int)a & mask) << (width + 1)) + ((int)b & mask) + carries];
            digits[i] = code;
            carries = code >> CarryShift;
            a = (a >> width) | (highA << (64 - width));
            b = (b >> width) | (highB << (64 - width));
            highA >>= width;
            highB >>= width;
        }
        topA += carries >> (width + 1);
        topB += carries & 1;
        int top = _top[((topA + TopMax) * ((2 * TopMax) + 1)) + topB + TopMax];
        Debug.Assert(top >= 0, "the topmost digit is too long");
        digits[end] = top;
    }

    /// <summary>The lowest 128 bits, and ⌊k/2^126⌋.</summary>
    private static (ulong Low, ulong High, int Top) TwosComplement(in HalfScalar k)
    {
        UInt128 bits = k.IsNegative ? 0 - k.Magnitude : k.Magnitude;
        int top = (int)(bits >> TopBit);
        return ((ulong)bits, (ulong)(bits >> 64), k.IsNegative && k.Magnitude != 0 ? top - 4 : top);
    }
}

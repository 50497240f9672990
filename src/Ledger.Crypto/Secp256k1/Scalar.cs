using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// An integer modulo n, the order of the group of secp256k1 (SEC 2, §2.4.1): four 64-bit words, least significant
/// first, always below n.
/// </summary>
internal readonly partial struct Scalar : IEquatable<Scalar>
{
    /// <summary>Bytes in the encoding, big-endian.</summary>
    public const int ByteCount = 32;

    // n
    private const ulong Order0 = 0xBFD25E8CD0364141;
    private const ulong Order1 = 0xBAAEDCE6AF48A03B;
    private const ulong Order2 = 0xFFFFFFFFFFFFFFFE;
    private const ulong Order3 = 0xFFFFFFFFFFFFFFFF;

    // 2²⁵⁶ − n = 2¹²⁸ + Fold1·2⁶⁴ + Fold0: what a carry out of the top is worth at the bottom.
    private const ulong Fold0 = 0x402DA1732FC9BEBF;
    private const ulong Fold1 = 0x4551231950B75FC4;

    // ⌊n/2⌋, the largest s of a low-S signature.
    private const ulong Half0 = 0xDFE92F46681B20A0;
    private const ulong Half1 = 0x5D576E7357A4501D;
    private const ulong Half2 = 0xFFFFFFFFFFFFFFFF;
    private const ulong Half3 = 0x7FFFFFFFFFFFFFFF;

    private static readonly ModularInverse s_inverse = new(Order0, Order1, Order2, Order3);

    /// <summary>The words, least significant first.</summary>
    public readonly ulong D0,
        D1,
        D2,
        D3;

    /// <summary>A scalar from words that are below n.</summary>
    public Scalar(ulong d0, ulong d1, ulong d2, ulong d3)
    {
        Debug.Assert(!IsOrderOrMore(d0, d1, d2, d3), "not below n");
        (D0, D1, D2, D3) = (d0, d1, d2, d3);
    }

    /// <summary>The scalar of a small number.</summary>
    public Scalar(ulong value)
        : this(value, 0, 0, 0) { }

    public static Scalar Zero => default;

    public static Scalar One => new(1);

    public bool IsZero => (D0 | D1 | D2 | D3) == 0;

    /// <summary>Whether the scalar is above n/2, which an s in a low-S signature may not be.</summary>
    public bool IsHigh => IsMore(D0, D1, D2, D3, Half0, Half1, Half2, Half3);

    /// <summary>Reads 32 big-endian bytes; refuses, with false, a value that is not below n.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Scalar r)
    {
        (ulong d0, ulong d1, ulong d2, ulong d3) = ReadWords(bytes);
        bool canonical = !IsOrderOrMore(d0, d1, d2, d3);
        r = canonical ? new Scalar(d0, d1, d2, d3) : default;
        return canonical;
    }

    /// <summary>Reads 32 big-endian bytes modulo n, as ECDSA takes its hash (SEC 1, §4.1.4 step 3).</summary>
    public static Scalar ReadReduced(ReadOnlySpan<byte> bytes)
    {
        (ulong d0, ulong d1, ulong d2, ulong d3) = ReadWords(bytes);
        return ReduceOnce(d0, d1, d2, d3, 0);
    }

    /// <summary>Writes the 32 bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], D0);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], D1);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], D2);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, D3);
    }

    /// <summary>a + b mod n.</summary>
    public static Scalar operator +(in Scalar a, in Scalar b)
    {
        ulong carry = 0;
        ulong d0 = AddWithCarry(a.D0, b.D0, ref carry);
        ulong d1 = AddWithCarry(a.D1, b.D1, ref carry);
        ulong d2 = AddWithCarry(a.D2, b.D2, ref carry);
        ulong d3 = AddWithCarry(a.D3, b.D3, ref carry);
        return ReduceOnce(d0, d1, d2, d3, carry);
    }

    /// <summary>−a mod n.</summary>
    public static Scalar operator -(in Scalar a)
    {
        if (a.IsZero)
        {
            return a;
        }
        ulong borrow = 0;
        ulong d0 = SubtractWithBorrow(Order0, a.D0, ref borrow);
        ulong d1 = SubtractWithBorrow(Order1, a.D1, ref borrow);
        ulong d2 = SubtractWithBorrow(Order2, a.D2, ref borrow);
        ulong d3 = SubtractWithBorrow(Order3, a.D3, ref borrow);
        return new Scalar(d0, d1, d2, d3);
    }

    /// <summary>a·b mod n.</summary>
    public static Scalar operator *(in Scalar a, in Scalar b)
    {
        Multiply(in a, in b, out Wide product);
        return Reduce(in product);
    }

    public static bool operator ==(in Scalar a, in Scalar b) => a.Equals(b);

    public static bool operator !=(in Scalar a, in Scalar b) => !a.Equals(b);

    public bool Equals(Scalar other) => ((D0 ^ other.D0) | (D1 ^ other.D1) | (D2 ^ other.D2) | (D3 ^ other.D3)) == 0;

    public override bool Equals(object? obj) => obj is Scalar other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(D0, D1, D2, D3);

    /// <summary>
    /// Replaces each of the scalars, none of them zero, by its inverse, with one inversion and three products for each
    /// (Montgomery's trick, as <see cref="FieldElement.InvertAll"/>). <paramref name="scratch"/> is as long.
    /// </summary>
    public static void InvertAll(Span<Scalar> scalars, Span<Scalar> scratch)
    {
        if (scalars.IsEmpty)
        {
            return;
        }
        scratch[0] = scalars[0];
        for (int i = 1; i < scalars.Length; i++)
        {
            scratch[i] = scratch[i - 1] * scalars[i];
        }
        Scalar inverse = scratch[scalars.Length - 1].Invert();
        for (int i = scalars.Length - 1; i > 0; i--)
        {
            Scalar one = inverse * scratch[i - 1];
            inverse *= scalars[i];
            scalars[i] = one;
        }
        scalars[0] = inverse;
    }

    /// <summary>1/this mod n, or 0 for 0.</summary>
    public Scalar Invert()
    {
        (ulong d0, ulong d1, ulong d2, ulong d3) = (D0, D1, D2, D3);
        s_inverse.Invert(ref d0, ref d1, ref d2, ref d3);
        return new Scalar(d0, d1, d2, d3);
    }

    /// <summary>The same number as a field element: n is below p.</summary>
    public FieldElement ToFieldElement() => FieldElement.FromWords(D0, D1, D2, D3);

    /// <summary>The field element this + n, for a scalar below p − n; false for all others, which are all but one in 2¹²⁷.</summary>
    public bool TryAddOrder(out FieldElement r)
    {
        r = default;
        // p − n = 0x14551231950B75FC4402DA1722FC9BAEE.
        if (D3 != 0 || D2 > 1 || !IsMore(0x402DA1722FC9BAEE, 0x4551231950B75FC4, 1, 0, D0, D1, D2, D3))
        {
            return false;
        }
        ulong carry = 0;
        ulong d0 = AddWithCarry(D0, Order0, ref carry);
        ulong d1 = AddWithCarry(D1, Order1, ref carry);
        ulong d2 = AddWithCarry(D2, Order2, ref carry);
        ulong d3 = AddWithCarry(D3, Order3, ref carry);
        r = FieldElement.FromWords(d0, d1, d2, d3);
        return true;
    }

    /// <summary>A product before its reduction: eight words, least significant first.</summary>
    internal struct Wide
    {
        public ulong W0,
            W1,
            W2,
            W3,
            W4,
            W5,
            W6,
            W7;
    }

    /// <summary>product = a·b as integers.</summary>
    [SkipLocalsInit]
    internal static void Multiply(in Scalar a, in Scalar b, out Wide product)
    {
        (ulong b0, ulong b1, ulong b2, ulong b3) = (b.D0, b.D1, b.D2, b.D3);
        ulong x = a.D0;
        ulong carry = 0;
        ulong w0 = MultiplyAdd(x, b0, 0, ref carry);
        ulong w1 = MultiplyAdd(x, b1, 0, ref carry);
        ulong w2 = MultiplyAdd(x, b2, 0, ref carry);
        ulong w3 = MultiplyAdd(x, b3, 0, ref carry);
        ulong w4 = carry;

        x = a.D1;
        carry = 0;
        w1 = MultiplyAdd(x, b0, w1, ref carry);
        w2 = MultiplyAdd(x, b1, w2, ref carry);
        w3 = MultiplyAdd(x, b2, w3, ref carry);
        w4 = MultiplyAdd(x, b3, w4, ref carry);
        ulong w5 = carry;

        x = a.D2;
        carry = 0;
        w2 = MultiplyAdd(x, b0, w2, ref carry);
        w3 = MultiplyAdd(x, b1, w3, ref carry);
        w4 = MultiplyAdd(x, b2, w4, ref carry);
        w5 = MultiplyAdd(x, b3, w5, ref carry);
        ulong w6 = carry;

        x = a.D3;
        carry = 0;
        w3 = MultiplyAdd(x, b0, w3, ref carry);
        w4 = MultiplyAdd(x, b1, w4, ref carry);
        w5 = MultiplyAdd(x, b2, w5, ref carry);
        w6 = MultiplyAdd(x, b3, w6, ref carry);

        (product.W0, product.W1, product.W2, product.W3) = (w0, w1, w2, w3);
        (product.W4, product.W5, product.W6, product.W7) = (w4, w5, w6, carry);
    }

    /// <summary>
    /// The product modulo n: three times what lies above 2²⁵⁶ is taken off and added, 2²⁵⁶ − n times, at the bottom.
    /// 512 bits become 386, then 260, then 256 and perhaps a carry.
    /// </summary>
    [SkipLocalsInit]
    private static Scalar Reduce(in Wide p)
    {
        (ulong w0, ulong w1, ulong w2, ulong w3) = (p.W0, p.W1, p.W2, p.W3);
        (ulong h0, ulong h1, ulong h2, ulong h3) = (p.W4, p.W5, p.W6, p.W7);

        ulong carry = 0;
        w0 = MultiplyAdd(h0, Fold0, w0, ref carry);
        w1 = MultiplyAdd(h1, Fold0, w1, ref carry);
        w2 = MultiplyAdd(h2, Fold0, w2, ref carry);
        w3 = MultiplyAdd(h3, Fold0, w3, ref carry);
        ulong w4 = carry;
        carry = 0;
        w1 = MultiplyAdd(h0, Fold1, w1, ref carry);
        w2 = MultiplyAdd(h1, Fold1, w2, ref carry);
        w3 = MultiplyAdd(h2, Fold1, w3, ref carry);
        w4 = MultiplyAdd(h3, Fold1, w4, ref carry);
        ulong w5 = carry;
        carry = 0;
        w2 = AddWithCarry(w2, h0, ref carry);
        w3 = AddWithCarry(w3, h1, ref carry);
        w4 = AddWithCarry(w4, h2, ref carry);
        w5 = AddWithCarry(w5, h3, ref carry);
        ulong w6 = carry;

        (h0, h1, h2) = (w4, w5, w6);
        carry = 0;
        w0 = MultiplyAdd(h0, Fold0, w0, ref carry);
        w1 = MultiplyAdd(h1, Fold0, w1, ref carry);
        w2 = MultiplyAdd(h2, Fold0, w2, ref carry);
        w3 = AddWithCarry(w3, 0, ref carry);
        w4 = carry;
        carry = 0;
        w1 = MultiplyAdd(h0, Fold1, w1, ref carry);
        w2 = MultiplyAdd(h1, Fold1, w2, ref carry);
        w3 = MultiplyAdd(h2, Fold1, w3, ref carry);
        w4 += carry;
        carry = 0;
        w2 = AddWithCarry(w2, h0, ref carry);
        w3 = AddWithCarry(w3, h1, ref carry);
        w4 += h2 + carry;

        h0 = w4;
        carry = 0;
        w0 = MultiplyAdd(h0, Fold0, w0, ref carry);
        w1 = MultiplyAdd(h0, Fold1, w1, ref carry);
        w2 = AddWithCarry(w2, h0, ref carry);
        w3 = AddWithCarry(w3, 0, ref carry);
        return ReduceOnce(w0, w1, w2, w3, carry);
    }

    /// <summary>The words, with a carry worth 2²⁵⁶, less n if they are n or more. They are below 2n.</summary>
    private static Scalar ReduceOnce(ulong d0, ulong d1, ulong d2, ulong d3, ulong carry)
    {
        if (carry == 0 && !IsOrderOrMore(d0, d1, d2, d3))
        {
            return new Scalar(d0, d1, d2, d3);
        }
        carry = 0;
        d0 = AddWithCarry(d0, Fold0, ref carry);
        d1 = AddWithCarry(d1, Fold1, ref carry);
        d2 = AddWithCarry(d2, 1, ref carry);
        d3 += carry;
        return new Scalar(d0, d1, d2, d3);
    }

    private static (ulong D0, ulong D1, ulong D2, ulong D3) ReadWords(ReadOnlySpan<byte> bytes) =>
        (
            BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes)
        );

    private static bool IsOrderOrMore(ulong d0, ulong d1, ulong d2, ulong d3) =>
        // Nearly always the top word decides.
        d3 == Order3
        && !IsMore(Order0, Order1, Order2, Order3, d0, d1, d2, d3);

    /// <summary>Whether a is more than b.</summary>
    private static bool IsMore(ulong a0, ulong a1, ulong a2, ulong a3, ulong b0, ulong b1, ulong b2, ulong b3)
    {
        if (a3 != b3)
        {
            return a3 > b3;
        }
        if (a2 != b2)
        {
            return a2 > b2;
        }
        return a1 != b1 ? a1 > b1 : a0 > b0;
    }

    /// <summary>The low word of x·y + addend + carry; the high word becomes the carry. It cannot overflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong MultiplyAdd(ulong x, ulong y, ulong addend, ref ulong carry)
    {
        ulong high = Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(x, y) : Math.BigMul(x, y, out _);
        ulong low = x * y;
        low += addend;
        high += low < addend ? 1UL : 0;
        low += carry;
        high += low < carry ? 1UL : 0;
        carry = high;
        return low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong AddWithCarry(ulong x, ulong y, ref ulong carry)
    {
        ulong sum = x + carry;
        ulong carried = sum < carry ? 1UL : 0;
        sum += y;
        carry = carried + (sum < y ? 1UL : 0);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong SubtractWithBorrow(ulong x, ulong y, ref ulong borrow)
    {
        ulong difference = x - y;
        ulong borrowed = (x < y ? 1UL : 0) + (difference < borrow ? 1UL : 0);
        difference -= borrow;
        borrow = borrowed;
        return difference;
    }
}

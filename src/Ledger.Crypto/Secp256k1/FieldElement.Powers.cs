namespace Ledger.Crypto.Secp256k1;

/// <summary>Inverses and square roots.</summary>
internal partial struct FieldElement
{
    private static readonly ModularInverse s_inverse = new(
        unchecked(0UL - Fold256),
        ulong.MaxValue,
        ulong.MaxValue,
        ulong.MaxValue
    );

    /// <summary>
    /// r = a^((p+1)/4), and whether r² = a. Since p ≡ 3 (mod 4), r is a square root of a whenever a has one. a is of
    /// magnitude 7 at most, r of 1.
    /// </summary>
    /// <remarks>
    /// (p+1)/4 in binary is 223 ones, 0, 22 ones, 0000 11 00. A run of ones doubles or adds with runs already made:
    /// 2, 3, 6, 9, 11, 22, 44, 88, 176, 220, 223. That is 253 squarings and 13 multiplications.
    /// </remarks>
    public static bool TrySquareRoot(in FieldElement a, out FieldElement r)
    {
        RunsOfOnes(in a, out FieldElement x2, out FieldElement x22, out FieldElement x223);
        SquareTimes(in x223, 23, out FieldElement t);
        Multiply(in t, in x22, out t);
        SquareTimes(in t, 6, out t);
        Multiply(in t, in x2, out t);
        SquareTimes(in t, 2, out r);

        Square(in r, out t);
        Subtract(in a, in t, 1, out t);
        return t.IsZero();
    }

    /// <summary>x_k = a^(2^k − 1), whose exponent is k ones in binary, for k = 2, 22 and 223.</summary>
    private static void RunsOfOnes(in FieldElement a, out FieldElement x2, out FieldElement x22, out FieldElement x223)
    {
        Append(in a, 1, in a, out x2);
        Append(in x2, 1, in a, out FieldElement x3);
        Append(in x3, 3, in x3, out FieldElement x6);
        Append(in x6, 3, in x3, out FieldElement x9);
        Append(in x9, 2, in x2, out FieldElement x11);
        Append(in x11, 11, in x11, out x22);
        Append(in x22, 22, in x22, out FieldElement x44);
        Append(in x44, 44, in x44, out FieldElement x88);
        Append(in x88, 88, in x88, out FieldElement x176);
        Append(in x176, 44, in x44, out FieldElement x220);
        Append(in x220, 3, in x3, out x223);
    }

    /// <summary>r = a^(2^count)·b: the exponent of a, with count places for the exponent of b appended.</summary>
    private static void Append(in FieldElement a, int count, in FieldElement b, out FieldElement r)
    {
        SquareTimes(in a, count, out FieldElement shifted);
        Multiply(in shifted, in b, out r);
    }

    /// <summary>r = 1/a, or 0 for 0; r is normalized. a is of any magnitude.</summary>
    public static void Invert(in FieldElement a, out FieldElement r)
    {
        r = a;
        Normalize(ref r);
        ulong d0 = r.N0 | (r.N1 << 52);
        ulong d1 = (r.N1 >> 12) | (r.N2 << 40);
        ulong d2 = (r.N2 >> 24) | (r.N3 << 28);
        ulong d3 = (r.N3 >> 36) | (r.N4 << 16);
        s_inverse.Invert(ref d0, ref d1, ref d2, ref d3);
        r = FromWords(d0, d1, d2, d3);
    }

    /// <summary>
    /// Replaces each of the elements, none of them zero and all of magnitude 1, by its inverse, with one inversion and
    /// three products for each (Montgomery's trick: P. L. Montgomery, "Speeding the Pollard and elliptic curve methods
    /// of factorization", 1987, §10.3.1). <paramref name="scratch"/> is as long.
    /// </summary>
    public static void InvertAll(Span<FieldElement> elements, Span<FieldElement> scratch)
    {
        if (elements.IsEmpty)
        {
            return;
        }
        // scratch[i] = the product of all elements up to i.
        scratch[0] = elements[0];
        for (int i = 1; i < elements.Length; i++)
        {
            Multiply(in scratch[i - 1], in elements[i], out scratch[i]);
        }
        Invert(in scratch[elements.Length - 1], out FieldElement inverse);
        for (int i = elements.Length - 1; i > 0; i--)
        {
            // inverse = 1/(e₀ … eᵢ): with the product up to i − 1 it gives 1/eᵢ, with eᵢ the inverse for the next turn.
            Multiply(in inverse, in scratch[i - 1], out FieldElement one);
            Multiply(in inverse, in elements[i], out inverse);
            elements[i] = one;
        }
        elements[0] = inverse;
    }
}

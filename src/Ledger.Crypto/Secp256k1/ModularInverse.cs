using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// Inverses modulo an odd prime of 256 bits, by division steps: D. J. Bernstein, B.-Y. Yang, "Fast constant-time gcd
/// computation and modular inversion", 2019, 62 steps at a time on single words, and with runs of steps taken together,
/// since the running time may depend on the value.
/// </summary>
/// <remarks>
/// A division step keeps gcd(f, g), f odd, and the sign of δ decides which of the two is reduced:
/// (δ, f, g) ↦ (1 − δ, g, (g − f)/2) if δ &gt; 0 and g is odd, else (1 + δ, f, (g + (g mod 2)·f)/2).
/// 62 steps depend on the lowest 62 bits of f and g alone and are one 2×2 matrix over 2⁶². From f = modulus, g = x
/// and δ = 1, ⌊(49·256 + 57)/17⌋ = 741 steps are enough to end at g = 0 and f = ±1 (theorem 11.2). The same matrices, modulo the modulus, take (d, e) from (0, 1), so
/// that always d·x = f and e·x = g: at the end d = ±1/x.
/// </remarks>
internal readonly struct ModularInverse
{
    private const int StepsPerMatrix = 62;
    private const ulong Mask62 = (1UL << 62) - 1;

    private readonly Signed62 _modulus;

    // −1/modulus mod 2⁶².
    private readonly ulong _minusInverse;

    public ModularInverse(ulong m0, ulong m1, ulong m2, ulong m3)
    {
        _modulus = new Signed62(m0, m1, m2, m3);
        // Newton: each turn doubles the bits for which inverse·m0 = 1; an odd number is its own inverse modulo 8.
        ulong inverse = m0;
        for (int bits = 3; bits < 62; bits *= 2)
        {
            inverse *= 2 - (m0 * inverse);
        }
        _minusInverse = (0 - inverse) & Mask62;
    }

    /// <summary>The inverse of a number below the modulus, both as four words; 0 for 0.</summary>
    public void Invert(ref ulong w0, ref ulong w1, ref ulong w2, ref ulong w3)
    {
        Signed62 f = _modulus;
        Signed62 g = new(w0, w1, w2, w3);
        Signed62 d = default;
        Signed62 e = new(1, 0, 0, 0);
        // η = −δ.
        long eta = -1;
        for (int turns = 0; !g.IsZero; turns++)
        {
            // 12 matrices are 744 steps.
            Debug.Assert(turns < 12, "more division steps than the bound on them");
            Matrix t = DivisionSteps(ref eta, (ulong)f.V0 | ((ulong)f.V1 << 62), (ulong)g.V0 | ((ulong)g.V1 << 62));
            Signed62 nextF = Combine(t.U, in f, t.V, in g);
            g = Combine(t.Q, in f, t.R, in g);
            f = nextF;
            Signed62 nextD = CombineModulo(t.U, in d, t.V, in e);
            e = CombineModulo(t.Q, in d, t.R, in e);
            d = nextD;
        }
        // f is 1 or −1 (or, for x = 0, the modulus, with d = 0), so the sign of its top limb is its sign.
        ToWords(in d, f.V4 < 0, out w0, out w1, out w2, out w3);
    }

    /// <summary>The matrix ((U, V), (Q, R)), over 2⁶², of 62 division steps.</summary>
    private readonly record struct Matrix(long U, long V, long Q, long R);

    private static Matrix DivisionSteps(ref long eta, ulong f, ulong g)
    {
        // u, v, q, r stay below 2⁶² in absolute value; unsigned words hold them in two's complement.
        (ulong u, ulong v, ulong q, ulong r) = (1, 0, 0, 1);
        int left = StepsPerMatrix;
        while (true)
        {
            // While g is even a step halves it: instead of halving q and r as well, u and v are doubled.
            int zeros = BitOperations.TrailingZeroCount(g | (ulong.MaxValue << left));
            g >>= zeros;
            u <<= zeros;
            v <<= zeros;
            eta -= zeros;
            left -= zeros;
            if (left == 0)
            {
                break;
            }
            if (eta < 0)
            {
                eta = -eta;
                (f, g) = (g, 0 - f);
                (u, q) = (q, 0 - u);
                (v, r) = (r, 0 - v);
            }
            // For the next η + 1 steps f stays as it is. A multiple of it clears as many low bits of g, six at most:
            // f·(f² − 2) = −1/f mod 64, because f² = 1 mod 8.
            int bits = (int)Math.Min(Math.Min(eta + 1, left), 6);
            ulong w = (f * ((f * f) - 2) * g) & ((1UL << bits) - 1);
            g += f * w;
            q += u * w;
            r += v * w;
        }
        return new Matrix((long)u, (long)v, (long)q, (long)r);
    }

    /// <summary>(x·a + y·b)/2⁶², which is exact.</summary>
    [SkipLocalsInit]
    private static Signed62 Combine(long x, in Signed62 a, long y, in Signed62 b)
    {
        Accumulator sum = default;
        sum.Add(x, a.V0);
        sum.Add(y, b.V0);
        Debug.Assert((sum.Low & Mask62) == 0, "the low limb of a combination is zero");
        sum.Shift();
        sum.Add(x, a.V1);
        sum.Add(y, b.V1);
        Signed62 r = default;
        r.V0 = sum.TakeLimb();
        sum.Add(x, a.V2);
        sum.Add(y, b.V2);
        r.V1 = sum.TakeLimb();
        sum.Add(x, a.V3);
        sum.Add(y, b.V3);
        r.V2 = sum.TakeLimb();
        sum.Add(x, a.V4);
        sum.Add(y, b.V4);
        r.V3 = sum.TakeLimb();
        r.V4 = (long)sum.Low;
        return r;
    }

    /// <summary>
    /// (x·a + y·b)/2⁶² modulo the modulus: k times the modulus, −2⁶¹ ≤ k &lt; 2⁶¹, makes the division exact. Since
    /// |x| + |y| ≤ 2⁶², the result is at most half a modulus further from zero than a and b are: after twelve turns
    /// at most seven moduli, well within 310 bits.
    /// </summary>
    [SkipLocalsInit]
    private readonly Signed62 CombineModulo(long x, in Signed62 a, long y, in Signed62 b)
    {
        Accumulator sum = default;
        sum.Add(x, a.V0);
        sum.Add(y, b.V0);
        // The shifts extend the sign of a 62-bit number.
        long k = (long)((sum.Low * _minusInverse) << 2) >> 2;
        sum.Add(k, _modulus.V0);
        sum.Shift();
        sum.Add(x, a.V1);
        sum.Add(y, b.V1);
        sum.Add(k, _modulus.V1);
        Signed62 r = default;
        r.V0 = sum.TakeLimb();
        sum.Add(x, a.V2);
        sum.Add(y, b.V2);
        sum.Add(k, _modulus.V2);
        r.V1 = sum.TakeLimb();
        sum.Add(x, a.V3);
        sum.Add(y, b.V3);
        sum.Add(k, _modulus.V3);
        r.V2 = sum.TakeLimb();
        sum.Add(x, a.V4);
        sum.Add(y, b.V4);
        sum.Add(k, _modulus.V4);
        r.V3 = sum.TakeLimb();
        r.V4 = (long)sum.Low;
        return r;
    }

    /// <summary>d, or −d, brought between 0 and the modulus.</summary>
    private readonly void ToWords(in Signed62 d, bool negate, out ulong w0, out ulong w1, out ulong w2, out ulong w3)
    {
        Signed62 r = d;
        if (negate)
        {
            (r.V0, r.V1, r.V2, r.V3, r.V4) = (-r.V0, -r.V1, -r.V2, -r.V3, -r.V4);
            r.Carry();
        }
        while (r.V4 < 0)
        {
            AddModulus(ref r, 1);
        }
        Signed62 next = r;
        AddModulus(ref next, -1);
        while (next.V4 >= 0)
        {
            r = next;
            AddModulus(ref next, -1);
        }
        w0 = (ulong)r.V0 | ((ulong)r.V1 << 62);
        w1 = ((ulong)r.V1 >> 2) | ((ulong)r.V2 << 60);
        w2 = ((ulong)r.V2 >> 4) | ((ulong)r.V3 << 58);
        w3 = ((ulong)r.V3 >> 6) | ((ulong)r.V4 << 56);
    }

    private readonly void AddModulus(ref Signed62 r, long times)
    {
        r.V0 += times * _modulus.V0;
        r.V1 += times * _modulus.V1;
        r.V2 += times * _modulus.V2;
        r.V3 += times * _modulus.V3;
        r.V4 += times * _modulus.V4;
        r.Carry();
    }

    /// <summary>A signed number Σ Vᵢ·2^(62i): V0 to V3 from 0 to 2⁶² − 1, and V4 with the sign.</summary>
    private struct Signed62
    {
        public long V0,
            V1,
            V2,
            V3,
            V4;

        public Signed62(ulong w0, ulong w1, ulong w2, ulong w3)
        {
            V0 = (long)(w0 & Mask62);
            V1 = (long)(((w0 >> 62) | (w1 << 2)) & Mask62);
            V2 = (long)(((w1 >> 60) | (w2 << 4)) & Mask62);
            V3 = (long)(((w2 >> 58) | (w3 << 6)) & Mask62);
            V4 = (long)(w3 >> 56);
        }

        public readonly bool IsZero => (V0 | V1 | V2 | V3 | V4) == 0;

        /// <summary>Brings limbs that an addition or negation left out of range back, from the lowest up.</summary>
        public void Carry()
        {
            V1 += V0 >> 62;
            V2 += V1 >> 62;
            V3 += V2 >> 62;
            V4 += V3 >> 62;
            V0 &= (long)Mask62;
            V1 &= (long)Mask62;
            V2 &= (long)Mask62;
            V3 &= (long)Mask62;
        }
    }

    /// <summary>A signed sum of 128 bits. Three products of 62 bits and a carry stay below 2¹²⁷.</summary>
    private struct Accumulator
    {
        private long _high;

        public ulong Low { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(long x, long y)
        {
            long high = Math.BigMul(x, y, out long low);
            Low += (ulong)low;
            _high += high + (Low < (ulong)low ? 1 : 0);
        }

        /// <summary>The lowest 62 bits, which are shifted out.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public long TakeLimb()
        {
            long limb = (long)(Low & Mask62);
            Shift();
            return limb;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Shift()
        {
            Low = (Low >> 62) | ((ulong)_high << 2);
            _high >>= 62;
        }
    }
}

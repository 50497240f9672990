using System.Diagnostics;

namespace Ledger.Crypto.Secp256k1;

/// <summary>The rules on magnitudes, tracked and checked in debug builds and absent from release builds.</summary>
internal partial struct FieldElement
{
    /// <summary>The most that N0 to N3 are at magnitude 1.</summary>
    internal const ulong LimbBound = (1UL << 52) + (1UL << 48);

    /// <summary>The most that N4 is.</summary>
    internal const ulong TopLimbBound = (1UL << 48) + (1UL << 44);

    /// <summary>States that r is of a magnitude (and normalized) and checks that its limbs keep to it.</summary>
    [Conditional("DEBUG")]
    private static void SetMagnitude(ref FieldElement r, int magnitude, bool normalized = false)
    {
#if DEBUG
        r._magnitude = magnitude;
        r._normalized = normalized;
        Debug.Assert(magnitude is >= 0 and <= MagnitudeMax, "magnitude out of range");
        ulong bound = normalized ? Mask52 : (ulong)magnitude * LimbBound;
        ulong top = normalized ? Mask48 : (ulong)magnitude * TopLimbBound;
        Debug.Assert(
            r.N0 <= bound && r.N1 <= bound && r.N2 <= bound && r.N3 <= bound && r.N4 <= top,
            "a limb is beyond its magnitude"
        );
        Debug.Assert(
            !normalized || r.N4 < P4 || (r.N3 & r.N2 & r.N1) < Mask52 || r.N0 < P0,
            "a normalized element is not below p"
        );
#endif
    }

    /// <summary>Checks that a is of a magnitude at most.</summary>
    [Conditional("DEBUG")]
    internal static void RequireMagnitude(in FieldElement a, int magnitude)
    {
#if DEBUG
        Debug.Assert(a._magnitude <= magnitude, $"magnitude {a._magnitude} where {magnitude} is the most");
#endif
    }

    /// <summary>Checks that a is normalized. The default value, zero, is.</summary>
    [Conditional("DEBUG")]
    internal static void RequireNormalized(in FieldElement a)
    {
#if DEBUG
        Debug.Assert(a._normalized || a._magnitude == 0, "not normalized");
#endif
    }

    private static int MagnitudeOf(in FieldElement a)
    {
#if DEBUG
        return a._magnitude;
#else
        return 0;
#endif
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Ledger.Crypto.Secp256k1.Lanes;

namespace Ledger.Crypto.Secp256k1;

/// <summary><see cref="AffinePoint.TryDecompress"/> for many points at once, in the widest vectors there are.</summary>
internal static class Decompression
{
    /// <summary>
    /// Sets the y of points whose x, normalized, is set: of both roots the one that is odd or even as asked. Says of
    /// each whether there is one; if not, its y is of no use.
    /// </summary>
    public static void DecompressAll(Span<AffinePoint> points, ReadOnlySpan<bool> isOdd, Span<bool> found)
    {
        if (Lanes512.IsSupported)
        {
            InLanes<Vector512<double>, Lanes512>(points, isOdd, found);
        }
        else if (Lanes256.IsSupported)
        {
            InLanes<Vector256<double>, Lanes256>(points, isOdd, found);
        }
        else
        {
            OneByOne(points, isOdd, found);
        }
    }

    internal static void OneByOne(Span<AffinePoint> points, ReadOnlySpan<bool> isOdd, Span<bool> found)
    {
        for (int i = 0; i < points.Length; i++)
        {
            FieldElement x = points[i].X;
            found[i] = AffinePoint.TryDecompress(in x, isOdd[i], out points[i]);
        }
    }

    /// <summary>Two groups at a time, whose square roots are taken side by side.</summary>
    [SkipLocalsInit]
    internal static unsafe void InLanes<TVector, TOps>(
        Span<AffinePoint> points,
        ReadOnlySpan<bool> isOdd,
        Span<bool> found
    )
        where TVector : unmanaged
        where TOps : struct, ILaneOps<TVector>
    {
        LaneSquareRoot<TVector, TOps>.Memory memory;
        LaneSquareRoot<TVector, TOps>.Memory* m = &memory;
        int together = 2 * TOps.Count;
        for (int first = 0; first < points.Length; first += together)
        {
            int count = Math.Min(together, points.Length - first);
            for (int lane = 0; lane < together; lane++)
            {
                // Lanes that are left over repeat the first.
                ref FieldElement x = ref points[first + (lane < count ? lane : 0)].X;
                LaneLimbs.Write(LaneSquareRoot<TVector, TOps>.Lane(&m->X, lane), TOps.Count, in x);
            }
            LaneSquareRoot<TVector, TOps>.OfCurveEquation(m);
            for (int lane = 0; lane < count; lane++)
            {
                int i = first + lane;
                found[i] = LaneLimbs.IsZero(LaneSquareRoot<TVector, TOps>.Lane(&m->Error, lane), TOps.Count);
                FieldElement y = LaneLimbs.Read(LaneSquareRoot<TVector, TOps>.Lane(&m->Y, lane), TOps.Count);
                if (y.IsOdd != isOdd[i])
                {
                    FieldElement.Negate(in y, 1, out y);
                    FieldElement.Normalize(ref y);
                }
                points[i].Y = y;
                points[i].IsInfinity = false;
            }
        }
    }
}

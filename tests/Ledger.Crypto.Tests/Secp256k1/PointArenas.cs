using System.Runtime.Intrinsics;
using Ledger.Crypto.Secp256k1;
using Ledger.Crypto.Secp256k1.Lanes;

namespace Ledger.Crypto.Tests.Secp256k1;

/// <summary>The kinds of arena that this processor has.</summary>
internal static class PointArenas
{
    public static IEnumerable<(string Name, PointArena Arena)> All()
    {
        yield return ("scalar", new ScalarPointArena());
        if (Lanes256.IsSupported)
        {
            yield return ("four lanes", new LanePointArena<Vector256<double>, Lanes256>());
        }
        if (Lanes512.IsSupported)
        {
            yield return ("eight lanes", new LanePointArena<Vector512<double>, Lanes512>());
        }
    }

    /// <summary>Σ scalarsᵢ·pointsᵢ in an arena, by windows of so many bits or of as many as it chooses.</summary>
    public static JacobianPoint Sum(this PointArena arena, HalfScalar[] scalars, AffinePoint[] points, int? bits = null)
    {
        arena.Reserve(points.Length);
        for (int i = 0; i < points.Length; i++)
        {
            arena.Write(i, in points[i]);
        }
        UInt128[] magnitudes = [.. scalars.Select(scalar => scalar.Magnitude)];
        int[] references = [.. scalars.Select((scalar, i) => PointArena.Reference(i, scalar.IsNegative))];
        MultiScalar multiScalar = new(arena);
        JacobianPoint r;
        if (bits is { } width)
        {
            multiScalar.Sum(magnitudes, references, points.Length, width, out r);
        }
        else
        {
            multiScalar.Sum(magnitudes, references, points.Length, out r);
        }
        return r;
    }
}

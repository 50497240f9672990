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
}

/// <summary>The widths of decompression that this processor has.</summary>
internal static class Decompressions
{
    public delegate void DecompressAll(Span<AffinePoint> points, ReadOnlySpan<bool> isOdd, Span<bool> found);

    public static DecompressAll[] All()
    {
        List<DecompressAll> paths = [Decompression.DecompressAll, Decompression.OneByOne];
        if (Lanes256.IsSupported)
        {
            paths.Add(Decompression.InLanes<Vector256<double>, Lanes256>);
        }
        if (Lanes512.IsSupported)
        {
            paths.Add(Decompression.InLanes<Vector512<double>, Lanes512>);
        }
        return [.. paths];
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Ledger.Crypto.Secp256k1.Lanes;

namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// Between eight points in memory, ten doubles each, and vectors with one limb of each point. Storing words one by one
/// into vectors takes longer than adding the points up.
/// </summary>
internal static unsafe class LaneTranspose
{
    private const int PointLength = 2 * LaneLimbs.Count;

    /// <summary>
    /// Loads element x (<paramref name="element"/> 0) or y (5) of the points that eight references are to. Reads 64 bytes
    /// from there on, so past the end of the point.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(double* points, int* references, int element, FieldVector<Vector512<double>>* r)
    {
        double* start = points + element;
        Transpose(
            Row(start, references[0]),
            Row(start, references[1]),
            Row(start, references[2]),
            Row(start, references[3]),
            Row(start, references[4]),
            Row(start, references[5]),
            Row(start, references[6]),
            Row(start, references[7]),
            r
        );
    }

    /// <summary>Makes vectors of the first five columns of eight rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(
        Vector512<double> r0,
        Vector512<double> r1,
        Vector512<double> r2,
        Vector512<double> r3,
        Vector512<double> r4,
        Vector512<double> r5,
        Vector512<double> r6,
        Vector512<double> r7,
        FieldVector<Vector512<double>>* r
    )
    {
        // Pairs of rows: limbs 0, 2, 4 … of both, and limbs 1, 3 ….
        Vector512<double> even01 = Avx512F.UnpackLow(r0, r1);
        Vector512<double> even23 = Avx512F.UnpackLow(r2, r3);
        Vector512<double> even45 = Avx512F.UnpackLow(r4, r5);
        Vector512<double> even67 = Avx512F.UnpackLow(r6, r7);
        Vector512<double> odd01 = Avx512F.UnpackHigh(r0, r1);
        Vector512<double> odd23 = Avx512F.UnpackHigh(r2, r3);
        Vector512<double> odd45 = Avx512F.UnpackHigh(r4, r5);
        Vector512<double> odd67 = Avx512F.UnpackHigh(r6, r7);

        // 0x88 takes the quarters 0 and 2 of each operand, 0xDD the quarters 1 and 3.
        Vector512<double> limbs04A = Avx512F.Shuffle4x128(even01, even23, 0x88);
        Vector512<double> limbs04B = Avx512F.Shuffle4x128(even45, even67, 0x88);
        r->L0 = Avx512F.Shuffle4x128(limbs04A, limbs04B, 0x88);
        r->L4 = Avx512F.Shuffle4x128(limbs04A, limbs04B, 0xDD);
        r->L2 = Avx512F.Shuffle4x128(
            Avx512F.Shuffle4x128(even01, even23, 0xDD),
            Avx512F.Shuffle4x128(even45, even67, 0xDD),
            0x88
        );
        r->L1 = Avx512F.Shuffle4x128(
            Avx512F.Shuffle4x128(odd01, odd23, 0x88),
            Avx512F.Shuffle4x128(odd45, odd67, 0x88),
            0x88
        );
        r->L3 = Avx512F.Shuffle4x128(
            Avx512F.Shuffle4x128(odd01, odd23, 0xDD),
            Avx512F.Shuffle4x128(odd45, odd67, 0xDD),
            0x88
        );
    }

    /// <summary>Stores eight points one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(FieldVector<Vector512<double>>* x, FieldVector<Vector512<double>>* y, double* points)
    {
        // Pairs of limbs of points 0, 2, 4 and 6, and of points 1, 3, 5 and 7.
        Vector512<double> even01 = Avx512F.UnpackLow(x->L0, x->L1);
        Vector512<double> odd01 = Avx512F.UnpackHigh(x->L0, x->L1);
        Vector512<double> even23 = Avx512F.UnpackLow(x->L2, x->L3);
        Vector512<double> odd23 = Avx512F.UnpackHigh(x->L2, x->L3);
        Vector512<double> even45 = Avx512F.UnpackLow(x->L4, y->L0);
        Vector512<double> odd45 = Avx512F.UnpackHigh(x->L4, y->L0);
        Vector512<double> even67 = Avx512F.UnpackLow(y->L1, y->L2);
        Vector512<double> odd67 = Avx512F.UnpackHigh(y->L1, y->L2);
        Vector512<double> even89 = Avx512F.UnpackLow(y->L3, y->L4);
        Vector512<double> odd89 = Avx512F.UnpackHigh(y->L3, y->L4);
        StoreFour(even01, even23, even45, even67, even89, points);
        StoreFour(odd01, odd23, odd45, odd67, odd89, points + PointLength);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreFour(
        Vector512<double> limbs01,
        Vector512<double> limbs23,
        Vector512<double> limbs45,
        Vector512<double> limbs67,
        Vector512<double> limbs89,
        double* points
    )
    {
        const int Stride = 2 * PointLength;
        Vector512<double> low02 = Avx512F.Shuffle4x128(limbs01, limbs23, 0x88);
        Vector512<double> low13 = Avx512F.Shuffle4x128(limbs01, limbs23, 0xDD);
        Vector512<double> high02 = Avx512F.Shuffle4x128(limbs45, limbs67, 0x88);
        Vector512<double> high13 = Avx512F.Shuffle4x128(limbs45, limbs67, 0xDD);
        Avx512F.Shuffle4x128(low02, high02, 0x88).Store(points);
        Avx512F.Shuffle4x128(low13, high13, 0x88).Store(points + Stride);
        Avx512F.Shuffle4x128(low02, high02, 0xDD).Store(points + (2 * Stride));
        Avx512F.Shuffle4x128(low13, high13, 0xDD).Store(points + (3 * Stride));
        Avx512F.ExtractVector128(limbs89, 0).Store(points + 8);
        Avx512F.ExtractVector128(limbs89, 1).Store(points + Stride + 8);
        Avx512F.ExtractVector128(limbs89, 2).Store(points + (2 * Stride) + 8);
        Avx512F.ExtractVector128(limbs89, 3).Store(points + (3 * Stride) + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Row(double* start, int reference) =>
        Vector512.Load(start + ((nint)(reference >> 1) * PointLength));
}

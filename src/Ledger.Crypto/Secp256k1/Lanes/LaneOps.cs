using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ledger.Crypto.Secp256k1.Lanes;

/// <summary>
/// The dozen instructions that the lane arithmetic is written in, for one width of vector. A vector holds one 64-bit word
/// per lane, read as a double or as an integer; nothing ever moves between lanes.
/// </summary>
/// <typeparam name="TVector"><see cref="Vector512{T}"/> or <see cref="Vector256{T}"/> of double.</typeparam>
internal interface ILaneOps<TVector>
    where TVector : unmanaged
{
    /// <summary>Lanes in a vector: 8 or 4.</summary>
    static abstract int Count { get; }

    /// <summary>Whether this processor, as configured, has the instructions.</summary>
    static abstract bool IsSupported { get; }

    static abstract TVector Broadcast(double value);

    static abstract TVector Broadcast(ulong bits);

    /// <summary>64 bits from memory in every lane.</summary>
    static abstract unsafe TVector BroadcastFrom(ulong* bits);

    /// <summary>a·b + c with one rounding (to nearest, as everything here).</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>a·b − c with one rounding.</summary>
    static abstract TVector MultiplySubtract(TVector a, TVector b, TVector c);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    /// <summary>Integer sum mod 2^64.</summary>
    static abstract TVector AddBits(TVector a, TVector b);

    /// <summary>Integer difference mod 2^64.</summary>
    static abstract TVector SubtractBits(TVector a, TVector b);

    static abstract TVector ShiftLeft(TVector a, [ConstantExpected] byte count);

    static abstract TVector ShiftRight(TVector a, [ConstantExpected] byte count);

    /// <summary>(a &amp; mask) | bits.</summary>
    static abstract TVector MaskOr(TVector a, TVector mask, TVector bits);

    static abstract TVector Xor(TVector a, TVector b);

    /// <summary>mask ? a : b, bit by bit.</summary>
    static abstract TVector Select(TVector mask, TVector a, TVector b);

    /// <summary>a·(2^32 + 977) mod 2^64 for a &lt; 2^32.</summary>
    static abstract TVector TimesFold(TVector a);

    /// <summary>As many 32-bit integers from memory, with their signs.</summary>
    static abstract unsafe TVector Widen(int* source);
}

/// <summary>Eight lanes: AVX-512 F and DQ.</summary>
internal readonly struct Lanes512 : ILaneOps<Vector512<double>>
{
    public static int Count => 8;

    public static bool IsSupported => Avx512F.IsSupported && Avx512DQ.IsSupported && VectorPaths.Avx512IsAllowed;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Broadcast(double value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Broadcast(ulong bits) => Vector512.Create(bits).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<double> BroadcastFrom(ulong* bits) =>
        Avx512F.BroadcastScalarToVector512(Vector128.CreateScalarUnsafe(*bits)).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> MultiplyAdd(Vector512<double> a, Vector512<double> b, Vector512<double> c) =>
        Avx512F.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> MultiplySubtract(Vector512<double> a, Vector512<double> b, Vector512<double> c) =>
        Avx512F.FusedMultiplySubtract(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Add(Vector512<double> a, Vector512<double> b) => Avx512F.Add(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Subtract(Vector512<double> a, Vector512<double> b) => Avx512F.Subtract(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> AddBits(Vector512<double> a, Vector512<double> b) =>
        Avx512F.Add(a.AsUInt64(), b.AsUInt64()).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> SubtractBits(Vector512<double> a, Vector512<double> b) =>
        Avx512F.Subtract(a.AsUInt64(), b.AsUInt64()).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> ShiftLeft(Vector512<double> a, [ConstantExpected] byte count) =>
        Avx512F.ShiftLeftLogical(a.AsUInt64(), count).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> ShiftRight(Vector512<double> a, [ConstantExpected] byte count) =>
        Avx512F.ShiftRightLogical(a.AsUInt64(), count).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> MaskOr(Vector512<double> a, Vector512<double> mask, Vector512<double> bits) =>
        Avx512F.TernaryLogic(a.AsUInt64(), mask.AsUInt64(), bits.AsUInt64(), 0xEA).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Xor(Vector512<double> a, Vector512<double> b) =>
        Avx512F.Xor(a.AsUInt64(), b.AsUInt64()).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Select(Vector512<double> mask, Vector512<double> a, Vector512<double> b) =>
        Avx512F.TernaryLogic(mask.AsUInt64(), a.AsUInt64(), b.AsUInt64(), 0xCA).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> TimesFold(Vector512<double> a) =>
        Avx512DQ.MultiplyLow(a.AsUInt64(), Vector512.Create(0x1000003D1UL)).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<double> Widen(int* source) =>
        Avx512F.ConvertToVector512Int64(Vector256.Load(source)).AsDouble();
}

/// <summary>Four lanes: AVX2 and FMA.</summary>
internal readonly struct Lanes256 : ILaneOps<Vector256<double>>
{
    public static int Count => 4;

    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Broadcast(double value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Broadcast(ulong bits) => Vector256.Create(bits).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector256<double> BroadcastFrom(ulong* bits) =>
        Avx2.BroadcastScalarToVector256(bits).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> MultiplyAdd(Vector256<double> a, Vector256<double> b, Vector256<double> c) =>
        Fma.MultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> MultiplySubtract(Vector256<double> a, Vector256<double> b, Vector256<double> c) =>
        Fma.MultiplySubtract(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Add(Vector256<double> a, Vector256<double> b) => Avx.Add(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Subtract(Vector256<double> a, Vector256<double> b) => Avx.Subtract(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> AddBits(Vector256<double> a, Vector256<double> b) =>
        Avx2.Add(a.AsUInt64(), b.AsUInt64()).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> SubtractBits(Vector256<double> a, Vector256<double> b) =>
        Avx2.Subtract(a.AsUInt64(), b.AsUInt64()).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> ShiftLeft(Vector256<double> a, [ConstantExpected] byte count) =>
        Avx2.ShiftLeftLogical(a.AsUInt64(), count).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> ShiftRight(Vector256<double> a, [ConstantExpected] byte count) =>
        Avx2.ShiftRightLogical(a.AsUInt64(), count).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> MaskOr(Vector256<double> a, Vector256<double> mask, Vector256<double> bits) =>
        Avx.Or(Avx.And(a, mask), bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Xor(Vector256<double> a, Vector256<double> b) => Avx.Xor(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Select(Vector256<double> mask, Vector256<double> a, Vector256<double> b) =>
        Avx.BlendVariable(b, a, mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> TimesFold(Vector256<double> a) =>
        Avx2.Add(
                Avx2.Multiply(a.AsUInt32(), Vector256.Create(977UL).AsUInt32()),
                Avx2.ShiftLeftLogical(a.AsUInt64(), 32)
            )
            .AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector256<double> Widen(int* source) =>
        Avx2.ConvertToVector256Int64(Vector128.Load(source)).AsDouble();
}

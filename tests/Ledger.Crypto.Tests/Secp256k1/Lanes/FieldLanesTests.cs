using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Ledger.Crypto.Secp256k1.Lanes;

namespace Ledger.Crypto.Tests.Secp256k1.Lanes;

/// <summary>
/// Every operation of the lane field against <see cref="BigInteger"/>, with limbs at and just beyond the bounds that the
/// operations promise to accept, different values in every lane.
/// </summary>
public sealed class FieldLanesTests
{
    public static TheoryData<string> Operations => [.. FieldLanesCheck<Vector512<double>, Lanes512>.Cases.Keys];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Avx512_EdgeBiasedInputs_MatchesBigInteger(string operation) =>
        FieldLanesCheck<Vector512<double>, Lanes512>.Run(operation);

    [Theory]
    [MemberData(nameof(Operations))]
    public void Avx2_EdgeBiasedInputs_MatchesBigInteger(string operation) =>
        FieldLanesCheck<Vector256<double>, Lanes256>.Run(operation);
}

internal static unsafe class FieldLanesCheck<TVector, TOps>
    where TVector : unmanaged
    where TOps : struct, ILaneOps<TVector>
{
    private const int Rounds = 3000;

    internal static readonly BigInteger P = BigInteger.Pow(2, 256) - BigInteger.Pow(2, 32) - 977;
    private static readonly int[] Position = [0, 52, 103, 154, 205, 256];

    internal static readonly Dictionary<string, (Operation Lanes, Reference Reference)> Cases = new()
    {
        ["Multiply"] = ((r, a, b, _, _) => FieldLanes<TVector, TOps>.Multiply(r, a, b), (a, b, _, _) => a * b),
        ["Multiply, result over input"] = (
            (r, a, b, _, _) =>
            {
                *r = *a;
                FieldLanes<TVector, TOps>.Multiply(r, r, b);
            },
            (a, b, _, _) => a * b
        ),
        ["Square"] = ((r, a, _, _, _) => FieldLanes<TVector, TOps>.Square(r, a), (a, _, _, _) => a * a),
        ["MultiplyTwice"] = (
            (r, a, b, _, _) => FieldLanes<TVector, TOps>.MultiplyTwice(r, a, b),
            (a, b, _, _) => 2 * a * b
        ),
        ["SquareTwice"] = ((r, a, _, _, _) => FieldLanes<TVector, TOps>.SquareTwice(r, a), (a, _, _, _) => 2 * a * a),
        ["SquareThrice"] = ((r, a, _, _, _) => FieldLanes<TVector, TOps>.SquareThrice(r, a), (a, _, _, _) => 3 * a * a),
        ["MultiplySubtract"] = (
            (r, a, b, c, _) => FieldLanes<TVector, TOps>.MultiplySubtract(r, a, b, c),
            (a, b, c, _) => a * b - c
        ),
        ["NegateProduct, MultiplyAdd"] = (
            (r, a, b, c, d) =>
            {
                WideVector<TVector> wide;
                FieldLanes<TVector, TOps>.NegateProduct(&wide, c, d);
                FieldLanes<TVector, TOps>.MultiplyAdd(r, a, b, &wide);
            },
            (a, b, c, d) => a * b - c * d
        ),
        ["NegateTwiceSquare, MultiplyAdd"] = (
            (r, a, b, c, _) =>
            {
                WideVector<TVector> wide;
                FieldLanes<TVector, TOps>.NegateTwiceSquare(&wide, c);
                FieldLanes<TVector, TOps>.MultiplyAdd(r, a, b, &wide);
            },
            (a, b, c, _) => a * b - 2 * c * c
        ),
        ["DoubleX, x"] = ((r, a, b, c, d) => DoubleX(r, out _, a, b, c), (a, b, c, _) => a * a - 4 * b * c),
        ["DoubleX, d"] = (
            (r, a, b, c, _) =>
            {
                FieldVector<TVector> x;
                DoubleX(&x, out *r, a, b, c);
            },
            (a, b, c, _) => 6 * b * c - a * a
        ),
        ["AddX, x"] = ((r, a, b, c, d) => AddX(r, out _, a, b, c, d), (a, b, c, d) => a * a - b - 2 * c * d),
        ["AddX, d"] = (
            (r, a, b, c, d) =>
            {
                FieldVector<TVector> x;
                AddX(&x, out *r, a, b, c, d);
            },
            (a, b, c, d) => 3 * c * d + b - a * a
        ),
        ["ChordX, x"] = (
            (r, a, b, c, _) =>
            {
                FieldVector<TVector> d;
                FieldLanes<TVector, TOps>.ChordX(r, &d, a, b, c);
            },
            (a, b, c, _) => a * a - b - c
        ),
        ["ChordX, d"] = (
            (r, a, b, c, _) =>
            {
                FieldVector<TVector> x;
                FieldLanes<TVector, TOps>.ChordX(&x, r, a, b, c);
            },
            (a, b, c, _) => 2 * b + c - a * a
        ),
        ["Subtract"] = ((r, a, b, _, _) => FieldLanes<TVector, TOps>.Subtract(r, a, b), (a, b, _, _) => a - b),
        ["NegateSum"] = ((r, a, b, _, _) => FieldLanes<TVector, TOps>.NegateSum(r, a, b), (a, b, _, _) => -a - b),
    };

    private static void DoubleX(
        FieldVector<TVector>* x,
        out FieldVector<TVector> d,
        FieldVector<TVector>* a,
        FieldVector<TVector>* b,
        FieldVector<TVector>* c
    )
    {
        ColumnVector<TVector> v;
        FieldLanes<TVector, TOps>.MultiplyColumns(&v, b, c);
        fixed (FieldVector<TVector>* pd = &d)
        {
            FieldLanes<TVector, TOps>.DoubleX(x, pd, a, &v);
        }
    }

    private static void AddX(
        FieldVector<TVector>* x,
        out FieldVector<TVector> e,
        FieldVector<TVector>* a,
        FieldVector<TVector>* b,
        FieldVector<TVector>* c,
        FieldVector<TVector>* d
    )
    {
        ColumnVector<TVector> v;
        FieldLanes<TVector, TOps>.MultiplyColumns(&v, c, d);
        fixed (FieldVector<TVector>* pe = &e)
        {
            FieldLanes<TVector, TOps>.AddX(x, pe, a, b, &v);
        }
    }

    internal delegate void Operation(
        FieldVector<TVector>* r,
        FieldVector<TVector>* a,
        FieldVector<TVector>* b,
        FieldVector<TVector>* c,
        FieldVector<TVector>* d
    );

    internal delegate BigInteger Reference(BigInteger a, BigInteger b, BigInteger c, BigInteger d);

    public static void Run(string name)
    {
        (Operation operation, Reference expected) = Cases[name];
        Assert.SkipUnless(TOps.IsSupported, "this processor, as configured, lacks the instructions");
        Random random = Seeds.Random(20_260_144);
        FieldVector<TVector>* f = (FieldVector<TVector>*)
            NativeMemory.AlignedAlloc((nuint)(5 * sizeof(FieldVector<TVector>)), 64);
        try
        {
            BigInteger[,] inputs = new BigInteger[4, TOps.Count];
            for (int round = 0; round < Rounds; round++)
            {
                for (int i = 0; i < 4; i++)
                {
                    for (int lane = 0; lane < TOps.Count; lane++)
                    {
                        inputs[i, lane] = Draw(random, (double*)(f + 1 + i) + lane);
                    }
                }
                operation(f, f + 1, f + 2, f + 3, f + 4);
                for (int lane = 0; lane < TOps.Count; lane++)
                {
                    BigInteger actual = Read((double*)f + lane, out string? beyond);
                    BigInteger difference =
                        actual - expected(inputs[0, lane], inputs[1, lane], inputs[2, lane], inputs[3, lane]);
                    Assert.True(difference % P == 0, $"round {round}, lane {lane}: off by {difference % P}");
                    Assert.True(beyond is null, $"round {round}, lane {lane}: {beyond}");
                }
            }
        }
        finally
        {
            NativeMemory.AlignedFree(f);
        }
    }

    /// <summary>An element whose limbs are, each by itself, at a bound, beyond it as far as allowed, zero or anywhere.</summary>
    private static BigInteger Draw(Random random, double* limbs)
    {
        BigInteger value = 0;
        for (int i = 0; i < 5; i++)
        {
            long half = 1L << (Position[i + 1] - Position[i] - 1);
            long slack = i == 0 ? 0 : LaneLimbs.CarryMax;
            long limb = random.Next(8) switch
            {
                0 => 0,
                1 => -half - slack,
                2 => half + slack,
                3 => random.Next(-2, 3),
                _ => random.NextInt64(-half, half),
            };
            value += new BigInteger(limb) << Position[i];
            limbs[i * TOps.Count] = limb * Math.Pow(2, Position[i]);
        }
        return value;
    }

    private static BigInteger Read(double* limbs, out string? beyond)
    {
        BigInteger value = 0;
        beyond = null;
        for (int i = 0; i < 5; i++)
        {
            double limb = limbs[i * TOps.Count] / Math.Pow(2, Position[i]);
            long half = 1L << (Position[i + 1] - Position[i] - 1);
            long slack = i == 0 ? 0 : LaneLimbs.CarryMax;
            if (limb != Math.Floor(limb) || Math.Abs(limb) > half + slack)
            {
                beyond = $"limb {i} is {limb}";
            }
            value += new BigInteger(limb) << Position[i];
        }
        return value;
    }
}

using System.Numerics;
using System.Runtime.Intrinsics;
using Ledger.Crypto.Secp256k1;
using Ledger.Crypto.Secp256k1.Lanes;
using Ledger.Crypto.Tests.Secp256k1.Reference;

namespace Ledger.Crypto.Tests.Secp256k1.Lanes;

/// <summary>What goes into the lanes and comes out of them.</summary>
public unsafe class LanePartsTests
{
    private static int Seed => Seeds.Take(20_260_111);

    [Fact]
    public void LaneLimbs_WriteAndRead_SameNumberWithinBounds()
    {
        EdgeBiased random = new(Seed);
        int[] position = [0, 52, 103, 154, 205, 256];
        double* limbs = stackalloc double[LaneLimbs.Count * 3];
        for (int turn = 0; turn < 20_000; turn++)
        {
            BigInteger value = random.NextBelow(ReferenceCurve.P);
            FieldElement element = Convert.Field(value);
            LaneLimbs.Write(limbs + 1, 3, in element);
            BigInteger sum = 0;
            for (int i = 0; i < LaneLimbs.Count; i++)
            {
                double limb = limbs[1 + (3 * i)] / Math.Pow(2, position[i]);
                Assert.Equal(limb, Math.Floor(limb));
                Assert.InRange(
                    limb,
                    -Math.Pow(2, position[i + 1] - position[i] - 1),
                    Math.Pow(2, position[i + 1] - position[i] - 1)
                );
                sum += new BigInteger(limb) << position[i];
            }
            string turnText = $"turn {turn}, {value:x}";
            Assert.True(ReferenceCurve.Mod(sum, ReferenceCurve.P) == value, turnText);
            Assert.True(BigInteger.Abs(sum) < ReferenceCurve.P, turnText);
            Assert.True(LaneLimbs.IsOdd(limbs + 1, 3) == !value.IsEven, turnText);
            Assert.True(LaneLimbs.IsZero(limbs + 1, 3) == value.IsZero, turnText);
            Assert.True(Convert.Number(LaneLimbs.Read(limbs + 1, 3)) == value, turnText);
            LaneLimbs.Negate(limbs + 1, 3);
            Assert.True(
                Convert.Number(LaneLimbs.Read(limbs + 1, 3)) == ReferenceCurve.Mod(-value, ReferenceCurve.P),
                turnText
            );
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    public void Recode_EdgeBiasedScalars_DigitsSumUpToScalar(int width)
    {
        EisensteinDigits recoder =
            width == LaneGenerator.Width ? LaneGenerator.Digits : PointLanes<Vector512<double>, Lanes512>.KeyDigits;
        Assert.Equal(width, recoder.Width);
        EdgeBiased random = new(Seed);
        int[] digits = new int[recoder.Length];
        for (int turn = 0; turn < 20_000; turn++)
        {
            BigInteger value = random.NextBelow(ReferenceCurve.N);
            Endomorphism.Split(Convert.Scalar(value), out HalfScalar k1, out HalfScalar k2);
            recoder.Recode(in k1, in k2, digits, 1);
            BigInteger sum = 0;
            for (int i = recoder.Length - 1; i >= 0; i--)
            {
                (int a, int b) = recoder.Value(digits[i]);
                sum = (sum << width) + a + (b * ReferenceCurve.Lambda);
            }
            Assert.True(ReferenceCurve.Mod(sum - value, ReferenceCurve.N).IsZero, $"turn {turn}, {value:x}");
        }
    }

    /// <summary>The longest halves there are: corners of the parallelogram that the split rounds into.</summary>
    [Fact]
    public void Recode_CornersOfTheSplit_TopmostDigitExists()
    {
        BigInteger n = ReferenceCurve.N;
        BigInteger a1 = ReferenceCurve.Hex("3086D221A7D46BCDE86C90E49284EB15");
        BigInteger minusB1 = ReferenceCurve.Hex("E4437ED6010E88286F547FA90ABFE4C3");
        int[] digits = new int[43];
        foreach (int signs in new[] { 0, 1, 2, 3 })
        {
            for (int near = -20; near <= 20; near++)
            {
                // k of a corner: (±v1 ± v2)/2, moved a little.
                BigInteger x = (((signs & 1) == 0 ? 1 : -1) * a1) + (((signs & 2) == 0 ? 1 : -1) * (a1 + minusB1));
                BigInteger y = (((signs & 1) == 0 ? 1 : -1) * -minusB1) + (((signs & 2) == 0 ? 1 : -1) * a1);
                BigInteger k = ReferenceCurve.Mod(
                    (((x * 998) / 2000) + near) + ((((y * 998) / 2000) + near) * ReferenceCurve.Lambda),
                    n
                );
                Endomorphism.Split(Convert.Scalar(k), out HalfScalar k1, out HalfScalar k2);
                foreach (
                    EisensteinDigits recoder in new[]
                    {
                        LaneGenerator.Digits,
                        PointLanes<Vector512<double>, Lanes512>.KeyDigits,
                    }
                )
                {
                    recoder.Recode(in k1, in k2, digits, 1);
                    BigInteger sum = 0;
                    for (int i = recoder.Length - 1; i >= 0; i--)
                    {
                        (int a, int b) = recoder.Value(digits[i]);
                        sum = (sum << recoder.Width) + a + (b * ReferenceCurve.Lambda);
                    }
                    Assert.True(ReferenceCurve.Mod(sum - k, n).IsZero, $"signs {signs}, near {near}");
                }
            }
        }
    }
}

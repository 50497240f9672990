using System.Numerics;
using Ledger.Crypto.Secp256k1;
using Ledger.Crypto.Tests.Secp256k1.Reference;

namespace Ledger.Crypto.Tests.Secp256k1;

/// <summary>
/// The production formulas on whole small groups. No formula uses the constant of the curve y² = x³ + b, so points of
/// other curves over the same field can be given to them; some of those curves have subgroups of 7, 13 and 199 points,
/// few enough to try every combination. (The idea is libsecp256k1's "exhaustive tests".)
/// </summary>
public class SmallGroupTests
{
    [Theory]
    [InlineData(7)]
    [InlineData(13)]
    [InlineData(199)]
    public void Addition_EveryPair_AgreesWithTheGroup(int order)
    {
        SmallGroup group = SmallGroup.Find(order);
        EdgeBiased random = new(order);
        for (int i = 0; i < order; i++)
        {
            JacobianPoint a = group.Jacobian(i, random);
            JacobianPoint.Double(in a, out JacobianPoint twice);
            Assert.Equal(2 * i % order, group.LogOf(twice));
            JacobianPoint.Negate(in a, out JacobianPoint opposite);
            Assert.Equal((order - i) % order, group.LogOf(opposite));
            for (int j = 0; j < order; j++)
            {
                JacobianPoint b = group.Jacobian(j, random);
                JacobianPoint.Add(in a, in b, out JacobianPoint sum);
                Assert.Equal((i + j) % order, group.LogOf(sum));
                JacobianPoint.Add(in a, in group.Points[j], out sum);
                Assert.Equal((i + j) % order, group.LogOf(sum));
                JacobianPoint.Subtract(in a, in group.Points[j], out sum);
                Assert.Equal((order + i - j) % order, group.LogOf(sum));

                FieldElement scale = Convert.Field(random.NextBelow(ReferenceCurve.P - 1) + 1);
                JacobianPoint scaled = Divide(in a, in scale);
                foreach (bool negative in new[] { false, true })
                {
                    JacobianPoint.AddFrom(in scaled, in group.Points[j], negative, in scale, out sum);
                    FieldElement.Multiply(in sum.Z, in scale, out sum.Z);
                    Assert.Equal((order + i + (negative ? -j : j)) % order, group.LogOf(sum));
                }
            }
        }

        // The same X and Y are a point of the other curve if Z is what it is here over the scale.
        static JacobianPoint Divide(in JacobianPoint a, in FieldElement scale)
        {
            JacobianPoint r = a;
            FieldElement.Invert(in scale, out FieldElement inverse);
            FieldElement.Multiply(in a.Z, in inverse, out r.Z);
            return r;
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(13)]
    [InlineData(199)]
    public void OddMultiples_EveryPoint_AgreesWithTheGroup(int order)
    {
        SmallGroup group = SmallGroup.Find(order);
        for (int i = 1; i < order; i++)
        {
            // As many as there are before the first that is infinity.
            for (int count = 2; count <= Math.Min(16, (order - 1) / 2); count++)
            {
                AffinePoint[] multiples = new AffinePoint[count];
                Multiplication.OddMultiples(in group.Points[i], multiples, out FieldElement z);
                for (int j = 0; j < count; j++)
                {
                    JacobianPoint multiple = new(in multiples[j]) { Z = z };
                    Assert.Equal(((2 * j) + 1) * i % order, group.LogOf(multiple));
                }
            }
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(13)]
    [InlineData(199)]
    public void AddAll_EveryPairAtOnce_AgreesWithTheGroup(int order)
    {
        // All additions of the group, in an order that mixes plain and exceptional ones, with both signs.
        SmallGroup group = SmallGroup.Find(order);
        int count = order * order;
        int[] left = new int[count];
        int[] right = new int[count];
        Random random = new(order);
        for (int i = 0; i < count; i++)
        {
            left[i] = PointArena.Reference(i / order, random.Next(2) == 0);
            right[i] = PointArena.Reference(i % order, random.Next(2) == 0);
        }
        random.Shuffle(left);
        foreach ((string name, PointArena arena) in PointArenas.All())
        {
            arena.Reserve(order + count);
            for (int i = 0; i < order; i++)
            {
                arena.Write(i, in group.Points[i]);
            }
            arena.AddAll(left, right, order);
            for (int i = 0; i < count; i++)
            {
                int expected = Log(left[i]) + Log(right[i]);
                Assert.True(
                    ((2 * order) + expected) % order == group.LogOf(arena.Read(PointArena.Reference(order + i, false))),
                    $"{name}, {i}"
                );
            }
            arena.Copy(PointArena.Reference(3, negative: true), 0);
            Assert.Equal(order - 3, group.LogOf(arena.Read(0)));
            Assert.Equal(3, group.LogOf(arena.Read(1)));
        }

        static int Log(int reference) => (reference & 1) == 0 ? reference >> 1 : -(reference >> 1);
    }

    [Fact]
    public void Multiplication_EveryPairOfScalars_AgreesWithTheGroup()
    {
        const int Order = 199;
        SmallGroup group = SmallGroup.Find(Order);
        GeneratorTable table = new(in group.Points[1], 6);
        Random random = new(Order);
        for (int i = 0; i < Order; i++)
        {
            for (int j = 0; j < Order; j++)
            {
                // Each scalar in one of its many forms k1 + k2·λ, and a random point that is not infinity.
                int log = random.Next(1, Order);
                HalfScalar a2 = RandomHalf(random);
                HalfScalar b2 = RandomHalf(random);
                HalfScalar a1 = group.OtherHalf(i, a2, random);
                HalfScalar b1 = group.OtherHalf(j, b2, random);
                Multiplication.Multiply(
                    in a1,
                    in a2,
                    table.Odd,
                    table.OddLambda,
                    table.Width,
                    in b1,
                    in b2,
                    in group.Points[log],
                    out JacobianPoint r
                );
                Assert.Equal((i + (j * log)) % Order, group.LogOf(r));
            }
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(13)]
    [InlineData(199)]
    public void Sum_ManyTermsOfASmallGroup_AgreesWithTheGroup(int order)
    {
        SmallGroup group = SmallGroup.Find(order);
        Random random = new(order);
        (string Name, PointArena Arena)[] arenas = [.. PointArenas.All()];
        for (int turn = 0; turn < 300; turn++)
        {
            int terms = random.Next(1, 80);
            AffinePoint[] points = new AffinePoint[terms];
            HalfScalar[] scalars = new HalfScalar[terms];
            BigInteger expected = 0;
            for (int i = 0; i < terms; i++)
            {
                int log = random.Next(1, order);
                points[i] = group.Points[log];
                scalars[i] = RandomHalf(random);
                expected += log * Convert.Number(scalars[i]);
            }
            int bits = random.Next(3, 9);
            foreach ((string name, PointArena arena) in arenas)
            {
                JacobianPoint r = arena.Sum(scalars, points, bits);
                Assert.True((int)ReferenceCurve.Mod(expected, order) == group.LogOf(r), $"{name}, turn {turn}");
            }
        }
    }

    private static HalfScalar RandomHalf(Random random)
    {
        UInt128 magnitude = random.Next(3) switch
        {
            0 => (UInt128)random.Next(300),
            1 => UInt128.MaxValue - (UInt128)random.Next(300),
            _ => new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()),
        };
        return new HalfScalar(magnitude, random.Next(2) == 0);
    }

    private sealed class SmallGroup
    {
        private readonly Dictionary<BigInteger, int> _logOfX = [];
        private readonly ReferencePoint[] _reference;
        private readonly int _order;

        // λ of this group: (βx, y) is λ times (x, y). −1 in the small groups that β leads out of.
        private readonly int _lambda;

        private SmallGroup(ReferencePoint generator, int order)
        {
            _order = order;
            _reference = new ReferencePoint[order];
            _reference[0] = ReferencePoint.Infinity;
            for (int i = 1; i < order; i++)
            {
                _reference[i] = _reference[i - 1] + generator;
                _logOfX.TryAdd(_reference[i].X, i);
            }
            Points = [.. _reference.Select(Convert.Affine)];
            BigInteger x = Convert.Number(Endomorphism.Beta) * generator.X % ReferenceCurve.P;
            _lambda = Array.IndexOf(_reference, new ReferencePoint(x, generator.Y));
        }

        /// <summary>All points, by their multiple of a generator.</summary>
        public AffinePoint[] Points { get; }

        public static SmallGroup Find(int order)
        {
            // The six curves y² = x³ + b have p + 1 − t points, where with 4p = t² + 3v² the t are ±t and ±(t ± 3v)/2.
            BigInteger p = ReferenceCurve.P;
            BigInteger t = p + 1 - ReferenceCurve.N;
            BigInteger v = SquareRoot(((4 * p) - (t * t)) / 3);
            BigInteger[] traces = [t, -t, (t + (3 * v)) / 2, -(t + (3 * v)) / 2, (t - (3 * v)) / 2, -(t - (3 * v)) / 2];
            for (int b = 1; b < 50; b++)
            {
                for (int x = 1; x < 4; x++)
                {
                    if (ReferenceCurve.SolveY(x, b) is not { } y)
                    {
                        continue;
                    }
                    ReferencePoint any = new(x, y);
                    foreach (BigInteger points in traces.Select(trace => p + 1 - trace))
                    {
                        if (CandidateOfOrder(any, points, order) is { } generator)
                        {
                            return new SmallGroup(generator, order);
                        }
                    }
                }
            }
            throw new InvalidOperationException($"no subgroup of order {order}");
        }

        /// <summary>A multiple of a point that is of an order, if its curve has so many points.</summary>
        private static ReferencePoint? CandidateOfOrder(ReferencePoint any, BigInteger points, int order)
        {
            if (!(points % order).IsZero)
            {
                return null;
            }
            while ((points % order).IsZero)
            {
                points /= order;
            }
            // Its order is now a power of the one wanted, at most the square, or it is a point of another curve.
            ReferencePoint r = any * points;
            for (int power = 0; power < 2 && !r.IsInfinity; power++, r *= order)
            {
                if ((r * order).IsInfinity)
                {
                    return r;
                }
            }
            return null;
        }

        public JacobianPoint Jacobian(int log, EdgeBiased random) =>
            Convert.Jacobian(_reference[log], random.NextBelow(ReferenceCurve.P - 1) + 1);

        public int LogOf(JacobianPoint point) => LogOf(point.ToAffine());

        public int LogOf(AffinePoint point)
        {
            if (point.IsInfinity)
            {
                return 0;
            }
            ReferencePoint reference = Convert.Point(point);
            int log = _logOfX[reference.X];
            return _reference[log] == reference ? log : _order - log;
        }

        /// <summary>A number k1 with k1 + k2·λ = k modulo the order.</summary>
        public HalfScalar OtherHalf(int k, HalfScalar k2, Random random)
        {
            int rest = (int)ReferenceCurve.Mod(k - (Convert.Number(k2) * _lambda), _order);
            UInt128 multiple = new UInt128((ulong)random.NextInt64() >> 8, (ulong)random.NextInt64());
            return new HalfScalar((multiple * (UInt128)_order) + (UInt128)rest, isNegative: false);
        }

        private static BigInteger SquareRoot(BigInteger value)
        {
            BigInteger r = BigInteger.One << (int)(value.GetBitLength() / 2 + 1);
            while (true)
            {
                BigInteger next = (r + (value / r)) >> 1;
                if (next >= r)
                {
                    Assert.Equal(value, r * r);
                    return r;
                }
                r = next;
            }
        }
    }
}

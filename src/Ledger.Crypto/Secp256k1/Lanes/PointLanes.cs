using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ledger.Crypto.Secp256k1.Lanes;

/// <summary>What a group of lanes works in: everything between a parsed signature and a verdict, no pointers.</summary>
internal unsafe struct LaneMemory<TVector>
    where TVector : unmanaged
{
    public FieldVector<TVector> X,
        Y,
        Z;

    /// <summary>The point that is added, and the Z of the sum so far on that point's curve.</summary>
    public FieldVector<TVector> PointX,
        PointY,
        PointZ;

    /// <summary>All ones in lanes whose digit is zero.</summary>
    public TVector Skip;

    public FieldVector<TVector> T0,
        T1,
        T2,
        T3,
        T4,
        T5,
        T6;
    public ColumnVector<TVector> V;
    public WideVector<TVector> Wide;

    /// <summary>The key; its x is given.</summary>
    public FieldVector<TVector> KeyX,
        KeyY;

    /// <summary>Z of the curve that the key's multiples are affine on.</summary>
    public FieldVector<TVector> TableZ;

    /// <summary>r.</summary>
    public FieldVector<TVector> R;

    /// <summary>While the key's table is made: its multiples, and what Z was multiplied by from one to the next.</summary>
    public FieldVectors11<TVector> MultipleX,
        MultipleY,
        Ratio;

    /// <summary>A multiple's y, x, βx and β²x.</summary>
    public FieldVectors4<TVector> Rotations;

    /// <summary>β.</summary>
    public FieldVector<TVector> Beta;
}

[InlineArray(11)]
internal struct FieldVectors11<TVector>
    where TVector : unmanaged
{
    private FieldVector<TVector> _element;
}

[InlineArray(4)]
internal struct FieldVectors4<TVector>
    where TVector : unmanaged
{
    private FieldVector<TVector> _element;
}

/// <summary>Points in lanes: the formulas, decompression, and the sum of two products that ECDSA needs.</summary>
internal static unsafe class PointLanes<TVector, TOps>
    where TVector : unmanaged
    where TOps : struct, ILaneOps<TVector>
{
    /// <summary>Bits of a digit of the key's multiplier.</summary>
    public const int KeyWidth = 3;

    /// <summary>Multiples of a key, and one place for the digit zero.</summary>
    private const int KeyPoints = 12;

    private const int KeyTableLength = KeyPoints * LaneGenerator.PointLength;

    /// <summary>Doubles of all lanes' key tables.</summary>
    public static int TablesLength => TOps.Count * KeyTableLength;

    /// <summary>
    /// The digits that refer to a key's multiples. From each of the eleven numbers to the next is one unit, so each
    /// multiple is the last one plus the key times a unit: 1, 1 − ω, 2 − ω, 3 − ω, 2 − 2ω, 1 − 2ω, −2ω, −3ω, −4ω, 1 − 3ω
    /// and 2 − 3ω.
    /// </summary>
    public static readonly EisensteinDigits KeyDigits = new(
        KeyWidth,
        [(1, 0), (1, -1), (2, -1), (3, -1), (2, -2), (1, -2), (0, -2), (0, -3), (0, -4), (1, -3), (2, -3)]
    );

    // The units between them: −ω, 1, 1, ω², −1, −1, −ω, −ω, −ω², 1.
    private static ReadOnlySpan<byte> StepRotation => [1, 0, 0, 2, 0, 0, 1, 1, 2, 0];
    private static ReadOnlySpan<byte> StepSign => [1, 0, 0, 0, 1, 1, 1, 1, 1, 0];

    /// <summary>(X, Y, Z) = 2·(X, Y, Z).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Double(LaneMemory<TVector>* m)
    {
        FieldLanes<TVector, TOps>.SquareThrice(&m->T0, &m->X);
        FieldLanes<TVector, TOps>.SquareTwice(&m->T1, &m->Y);
        FieldLanes<TVector, TOps>.MultiplyTwice(&m->Z, &m->Y, &m->Z);
        FieldLanes<TVector, TOps>.NegateTwiceSquare(&m->Wide, &m->T1);
        FieldLanes<TVector, TOps>.MultiplyColumns(&m->V, &m->X, &m->T1);
        FieldLanes<TVector, TOps>.DoubleX(&m->X, &m->T2, &m->T0, &m->V);
        FieldLanes<TVector, TOps>.MultiplyAdd(&m->Y, &m->T0, &m->T2, &m->Wide);
    }

    /// <summary>
    /// (X, Y, Z) += (PointX, PointY) in lanes that do not skip. <paramref name="z"/> is Z, or what it is on the curve
    /// that the point is affine on.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(LaneMemory<TVector>* m, FieldVector<TVector>* z)
    {
        FieldLanes<TVector, TOps>.Square(&m->T1, z);
        FieldLanes<TVector, TOps>.MultiplySubtract(&m->T0, &m->PointX, &m->T1, &m->X);
        FieldLanes<TVector, TOps>.Multiply(&m->T2, z, &m->T1);
        FieldLanes<TVector, TOps>.Square(&m->T3, &m->T0);
        FieldLanes<TVector, TOps>.MultiplySubtract(&m->T1, &m->PointY, &m->T2, &m->Y);
        FieldLanes<TVector, TOps>.MultiplyColumns(&m->V, &m->X, &m->T3);
        FieldLanes<TVector, TOps>.Multiply(&m->T2, &m->T0, &m->T3);
        FieldLanes<TVector, TOps>.Multiply(&m->T6, &m->Z, &m->T0);
        FieldLanes<TVector, TOps>.NegateProduct(&m->Wide, &m->Y, &m->T2);
        FieldLanes<TVector, TOps>.AddX(&m->T4, &m->T5, &m->T1, &m->T2, &m->V);
        FieldLanes<TVector, TOps>.MultiplyAdd(&m->T5, &m->T1, &m->T5, &m->Wide);
        Keep(&m->X, &m->T4, m->Skip);
        Keep(&m->Y, &m->T5, m->Skip);
        Keep(&m->Z, &m->T6, m->Skip);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep(FieldVector<TVector>* r, FieldVector<TVector>* a, TVector skip)
    {
        r->L0 = TOps.Select(skip, r->L0, a->L0);
        r->L1 = TOps.Select(skip, r->L1, a->L1);
        r->L2 = TOps.Select(skip, r->L2, a->L2);
        r->L3 = TOps.Select(skip, r->L3, a->L3);
        r->L4 = TOps.Select(skip, r->L4, a->L4);
    }

    private static void Fill(FieldVector<TVector>* r, double value)
    {
        *r = default;
        r->L0 = TOps.Broadcast(value);
    }

    /// <summary>
    /// Writes every lane's eleven multiples of its key. All are affine on one curve, y² = x³ + 7·TableZ⁶, isomorphic to
    /// ours by (x, y) ↦ (x·TableZ², y·TableZ³): that takes a few products each, and no inversion.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MakeKeyTables(LaneMemory<TVector>* m, double* tables)
    {
        FieldVector<TVector>* x = (FieldVector<TVector>*)&m->MultipleX;
        FieldVector<TVector>* y = (FieldVector<TVector>*)&m->MultipleY;
        FieldVector<TVector>* h = (FieldVector<TVector>*)&m->Ratio;

        FieldVector<TVector>* beta = &m->Beta;
        Load(beta, LaneGenerator.Beta);

        // The multiple is (X, Y), and the key, rotated, (PointX, PointY). Both always have one Z, which need not be known:
        // an addition multiplies both by the difference of the x (N. Meloni, "New point addition formulae for ECC
        // applications", WAIFI 2007).
        m->X = m->KeyX;
        m->Y = m->KeyY;
        m->PointX = m->KeyX;
        m->PointY = m->KeyY;
        int rotation = 0;
        for (int i = 0; i < KeyPoints - 2; i++)
        {
            x[i] = m->X;
            y[i] = m->Y;
            Rotate(m, (3 + StepRotation[i] - rotation) % 3);
            rotation = StepRotation[i];
            AddUnit(m, &h[i], StepSign[i] != 0);
        }

        // Z of the last, if that of the key is 1, is the product of all these ratios: the others are scaled by the ratios
        // that came after them, and the first by all.
        x[KeyPoints - 2] = m->X;
        y[KeyPoints - 2] = m->Y;
        WriteMultiple(m, tables, KeyPoints - 2, beta);
        FieldVector<TVector>* scale = &m->T0;
        for (int i = KeyPoints - 3; i >= 0; i--)
        {
            if (i == KeyPoints - 3)
            {
                *scale = h[i];
            }
            else
            {
                FieldLanes<TVector, TOps>.Multiply(scale, scale, &h[i]);
            }
            FieldLanes<TVector, TOps>.Square(&m->T1, scale);
            FieldLanes<TVector, TOps>.Multiply(&x[i], &x[i], &m->T1);
            FieldLanes<TVector, TOps>.Multiply(&m->T1, &m->T1, scale);
            FieldLanes<TVector, TOps>.Multiply(&y[i], &y[i], &m->T1);
            WriteMultiple(m, tables, i, beta);
        }
        m->TableZ = *scale;
    }

    /// <summary>PointX times β to a power from 0 to 2.</summary>
    private static void Rotate(LaneMemory<TVector>* m, int power)
    {
        if (power != 0)
        {
            m->T0 = m->PointX;
            FieldLanes<TVector, TOps>.Multiply(&m->PointX, &m->PointX, &m->Beta);
        }
        if (power == 2)
        {
            // 1 + β + β² = 0.
            FieldLanes<TVector, TOps>.NegateSum(&m->PointX, &m->T0, &m->PointX);
        }
    }

    /// <summary>
    /// (X, Y) += ±(PointX, PointY), where both have one Z, and scales (PointX, PointY) to the Z of the sum, which is
    /// <paramref name="ratio"/> times as much.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddUnit(LaneMemory<TVector>* m, FieldVector<TVector>* ratio, bool negative)
    {
        Signed(&m->T3, &m->PointY, negative);
        FieldLanes<TVector, TOps>.Subtract(ratio, &m->X, &m->PointX);
        FieldLanes<TVector, TOps>.Subtract(&m->T1, &m->Y, &m->T3);
        FieldLanes<TVector, TOps>.Square(&m->T2, ratio);
        FieldLanes<TVector, TOps>.MultiplyColumns(&m->V, &m->PointX, &m->T2);
        FieldLanes<TVector, TOps>.Multiply(&m->T2, &m->T2, ratio);
        FieldLanes<TVector, TOps>.CarryColumns(&m->PointX, &m->V);
        FieldLanes<TVector, TOps>.Multiply(&m->PointY, &m->PointY, &m->T2);
        FieldLanes<TVector, TOps>.AddX(&m->X, &m->T4, &m->T1, &m->T2, &m->V);
        Signed(&m->T3, &m->PointY, negative);
        FieldLanes<TVector, TOps>.MultiplySubtract(&m->Y, &m->T1, &m->T4, &m->T3);
    }

    private static void Signed(FieldVector<TVector>* r, FieldVector<TVector>* a, bool negative)
    {
        *r = *a;
        if (negative)
        {
            Negate(r, a);
        }
    }

    /// <summary>Writes multiple i with all rotations to all lanes' tables, and the first also for the digit zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WriteMultiple(LaneMemory<TVector>* m, double* tables, int i, FieldVector<TVector>* beta)
    {
        FieldVector<TVector>* point = (FieldVector<TVector>*)&m->Rotations;
        point[0] = ((FieldVector<TVector>*)&m->MultipleY)[i];
        point[1] = ((FieldVector<TVector>*)&m->MultipleX)[i];
        FieldLanes<TVector, TOps>.Multiply(&point[2], &point[1], beta);
        FieldLanes<TVector, TOps>.NegateSum(&point[3], &point[1], &point[2]);
        for (int lane = 0; lane < TOps.Count; lane++)
        {
            double* source = (double*)point + lane;
            double* r = tables + lane * KeyTableLength + (i + 1) * LaneGenerator.PointLength;
            for (int j = 0; j < 4 * LaneLimbs.Count; j++)
            {
                r[j] = source[j * TOps.Count];
            }
            if (i == 0)
            {
                new ReadOnlySpan<double>(r, LaneGenerator.PointLength).CopyTo(
                    new Span<double>(r - LaneGenerator.PointLength, LaneGenerator.PointLength)
                );
            }
        }
    }

    /// <summary>
    /// (X, Y, Z) = u1·G + u2·key on the tables' curve, from the digits of u1, offset by
    /// <see cref="LaneGenerator.MinusOffset"/>, and of u2: all lanes' first digits first.
    /// </summary>
    /// <remarks>
    /// <para>The sum never is infinity, because it starts at a point of its own, unless an addition meets its own point
    /// or the opposite one. The formula then multiplies Z by a difference of zero. From there Z stays zero, whatever
    /// comes: doubling makes Z 2·Y·Z, addition Z·H. So Z ≡ 0 at the end says that somewhere on the way the formulas did
    /// not hold in this lane, or that the sum is infinity, and nothing else does, as no factor of Z is zero otherwise:
    /// Y is not, since the group's order is odd. Such a lane is judged again by the scalar path.</para>
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum(LaneMemory<TVector>* m, double* tables, int* generatorDigits, int* keyDigits)
    {
        // The start, on the tables' curve.
        FieldLanes<TVector, TOps>.Square(&m->T0, &m->TableZ);
        FieldLanes<TVector, TOps>.Multiply(&m->T1, &m->T0, &m->TableZ);
        Load(&m->X, LaneGenerator.StartLimbs);
        FieldLanes<TVector, TOps>.Multiply(&m->X, &m->X, &m->T0);
        Load(&m->Y, LaneGenerator.StartLimbs + LaneLimbs.Count);
        FieldLanes<TVector, TOps>.Multiply(&m->Y, &m->Y, &m->T1);
        Fill(&m->Z, 1);

        for (int bit = EisensteinDigits.TopBit; ; bit--)
        {
            if (bit % KeyWidth == 0)
            {
                Fetch(m, tables, KeyTableLength, keyDigits + bit / KeyWidth * TOps.Count);
                Add(m, &m->Z);
            }
            if (bit % LaneGenerator.Width == 0)
            {
                Fetch(m, LaneGenerator.Table, 0, generatorDigits + bit / LaneGenerator.Width * TOps.Count);
                FieldLanes<TVector, TOps>.Multiply(&m->PointZ, &m->Z, &m->TableZ);
                Add(m, &m->PointZ);
            }
            if (bit == 0)
            {
                return;
            }
            Double(m);
        }
    }

    /// <summary>Gathers each lane's point from its table, and notes which digits are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fetch(LaneMemory<TVector>* m, double* table, int tableStride, int* digits)
    {
        if (typeof(TVector) == typeof(Vector512<double>))
        {
            Fetch8((LaneMemory<Vector512<double>>*)m, table, tableStride, digits);
            return;
        }
        ulong* x = (ulong*)&m->PointX;
        ulong* y = (ulong*)&m->PointY;
        ulong* skip = (ulong*)&m->Skip;
        for (int lane = 0; lane < TOps.Count; lane++)
        {
            int digit = digits[lane];
            double* point = At(table, digit);
            ulong* sourceX = (ulong*)(point + Rotated(digit));
            ulong* sourceY = (ulong*)point;
            ulong sign = (ulong)EisensteinDigits.Sign(digit) << 63;
            x[lane] = sourceX[0];
            x[lane + TOps.Count] = sourceX[1];
            x[lane + 2 * TOps.Count] = sourceX[2];
            x[lane + 3 * TOps.Count] = sourceX[3];
            x[lane + 4 * TOps.Count] = sourceX[4];
            y[lane] = sourceY[0] ^ sign;
            y[lane + TOps.Count] = sourceY[1] ^ sign;
            y[lane + 2 * TOps.Count] = sourceY[2] ^ sign;
            y[lane + 3 * TOps.Count] = sourceY[3] ^ sign;
            y[lane + 4 * TOps.Count] = sourceY[4] ^ sign;
            skip[lane] = EisensteinDigits.Index(digit) == 0 ? ulong.MaxValue : 0;
            table += tableStride;
        }
    }

    /// <summary>The same for eight lanes, by rows: a quarter of the time of storing words one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fetch8(LaneMemory<Vector512<double>>* m, double* table, int tableStride, int* digits)
    {
        double* p0 = At(table, digits[0]);
        double* p1 = At(table + tableStride, digits[1]);
        double* p2 = At(table + 2 * tableStride, digits[2]);
        double* p3 = At(table + 3 * tableStride, digits[3]);
        double* p4 = At(table + 4 * tableStride, digits[4]);
        double* p5 = At(table + 5 * tableStride, digits[5]);
        double* p6 = At(table + 6 * tableStride, digits[6]);
        double* p7 = At(table + 7 * tableStride, digits[7]);
        LaneTranspose.Transpose(
            Vector512.Load(p0 + Rotated(digits[0])),
            Vector512.Load(p1 + Rotated(digits[1])),
            Vector512.Load(p2 + Rotated(digits[2])),
            Vector512.Load(p3 + Rotated(digits[3])),
            Vector512.Load(p4 + Rotated(digits[4])),
            Vector512.Load(p5 + Rotated(digits[5])),
            Vector512.Load(p6 + Rotated(digits[6])),
            Vector512.Load(p7 + Rotated(digits[7])),
            &m->PointX
        );
        LaneTranspose.Transpose(
            Vector512.Load(p0),
            Vector512.Load(p1),
            Vector512.Load(p2),
            Vector512.Load(p3),
            Vector512.Load(p4),
            Vector512.Load(p5),
            Vector512.Load(p6),
            Vector512.Load(p7),
            &m->PointY
        );
        FieldLanes<Vector512<double>, Lanes512>.NegateOdd(&m->PointY, digits);
        Vector512<long> wide = Avx512F.ConvertToVector512Int64(Vector256.Load(digits));
        m->Skip = Vector512
            .Equals(wide & Vector512.Create((long)EisensteinDigits.IndexMask), Vector512<long>.Zero)
            .AsDouble();
    }

    /// <summary>A digit's point in a table: its y.</summary>
    private static double* At(double* table, int digit) =>
        table + EisensteinDigits.Index(digit) * LaneGenerator.PointLength;

    /// <summary>Where a digit's x is from there.</summary>
    private static int Rotated(int digit) => (1 + EisensteinDigits.Rotation(digit)) * LaneLimbs.Count;

    /// <summary>
    /// Compares the sum's x with R times Z², without leaving Jacobian coordinates: T1 is zero where they are equal.
    /// PointZ is zero where the sum is not to be relied on.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compare(LaneMemory<TVector>* m)
    {
        FieldLanes<TVector, TOps>.Multiply(&m->PointZ, &m->Z, &m->TableZ);
        FieldLanes<TVector, TOps>.Square(&m->T0, &m->PointZ);
        FieldLanes<TVector, TOps>.MultiplySubtract(&m->T1, &m->R, &m->T0, &m->X);
    }

    private static void Load(FieldVector<TVector>* r, double* limbs)
    {
        r->L0 = TOps.Broadcast(limbs[0]);
        r->L1 = TOps.Broadcast(limbs[1]);
        r->L2 = TOps.Broadcast(limbs[2]);
        r->L3 = TOps.Broadcast(limbs[3]);
        r->L4 = TOps.Broadcast(limbs[4]);
    }

    private static void Negate(FieldVector<TVector>* r, FieldVector<TVector>* a)
    {
        TVector sign = TOps.Broadcast(1UL << 63);
        r->L0 = TOps.Xor(a->L0, sign);
        r->L1 = TOps.Xor(a->L1, sign);
        r->L2 = TOps.Xor(a->L2, sign);
        r->L3 = TOps.Xor(a->L3, sign);
        r->L4 = TOps.Xor(a->L4, sign);
    }
}

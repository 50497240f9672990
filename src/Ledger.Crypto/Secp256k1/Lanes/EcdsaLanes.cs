using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ledger.Crypto.Secp256k1.Lanes;

/// <summary>
/// Verification of many ECDSA signatures at once, one in each lane of a vector: eight with AVX-512, four with AVX2. Every
/// verdict is the one that <see cref="EcdsaScalar"/> gives, whatever the neighbours are.
/// </summary>
/// <remarks>Public data only: running time depends on the values.</remarks>
internal static class EcdsaLanes
{
    /// <summary>Bytes of a public key, of a hash and of a signature in a batch.</summary>
    public const int KeyByteCount = 33,
        HashByteCount = 32,
        SignatureByteCount = 64;

    /// <summary>Whether this processor, as configured, has a vector path at all.</summary>
    public static bool IsSupported => Lanes512.IsSupported || Lanes256.IsSupported;

    /// <summary>
    /// Verifies signature i, 64 bytes r ‖ s with a low s, of hash i, 32 bytes, by public key i, 33 bytes (SEC 1), for
    /// each i. By the widest vectors there are, else one by one. Nothing is allocated.
    /// </summary>
    /// <exception cref="ArgumentException">The spans are not of one count.</exception>
    public static void VerifyBatch(
        ReadOnlySpan<byte> publicKeys,
        ReadOnlySpan<byte> hashes,
        ReadOnlySpan<byte> signatures,
        Span<bool> verdicts
    )
    {
        if (Lanes512.IsSupported)
        {
            VerifyBatch512(publicKeys, hashes, signatures, verdicts);
        }
        else if (Lanes256.IsSupported)
        {
            VerifyBatch256(publicKeys, hashes, signatures, verdicts);
        }
        else
        {
            VerifyBatchScalar(publicKeys, hashes, signatures, verdicts);
        }
    }

    /// <summary>The same by AVX-512.</summary>
    internal static void VerifyBatch512(
        ReadOnlySpan<byte> publicKeys,
        ReadOnlySpan<byte> hashes,
        ReadOnlySpan<byte> signatures,
        Span<bool> verdicts
    )
    {
        RequireCounts(publicKeys, hashes, signatures, verdicts);
        EcdsaLanes<Vector512<double>, Lanes512>.VerifyBatch(publicKeys, hashes, signatures, verdicts);
    }

    /// <summary>The same by AVX2.</summary>
    internal static void VerifyBatch256(
        ReadOnlySpan<byte> publicKeys,
        ReadOnlySpan<byte> hashes,
        ReadOnlySpan<byte> signatures,
        Span<bool> verdicts
    )
    {
        RequireCounts(publicKeys, hashes, signatures, verdicts);
        EcdsaLanes<Vector256<double>, Lanes256>.VerifyBatch(publicKeys, hashes, signatures, verdicts);
    }

    /// <summary>The same one by one.</summary>
    internal static void VerifyBatchScalar(
        ReadOnlySpan<byte> publicKeys,
        ReadOnlySpan<byte> hashes,
        ReadOnlySpan<byte> signatures,
        Span<bool> verdicts
    )
    {
        RequireCounts(publicKeys, hashes, signatures, verdicts);
        for (int i = 0; i < verdicts.Length; i++)
        {
            verdicts[i] = EcdsaScalar.Verify(
                publicKeys.Slice(i * KeyByteCount, KeyByteCount),
                hashes.Slice(i * HashByteCount, HashByteCount),
                signatures.Slice(i * SignatureByteCount, SignatureByteCount)
            );
        }
    }

    private static void RequireCounts(
        ReadOnlySpan<byte> publicKeys,
        ReadOnlySpan<byte> hashes,
        ReadOnlySpan<byte> signatures,
        Span<bool> verdicts
    )
    {
        if (
            publicKeys.Length != (long)verdicts.Length * KeyByteCount
            || hashes.Length != (long)verdicts.Length * HashByteCount
            || signatures.Length != (long)verdicts.Length * SignatureByteCount
        )
        {
            throw new ArgumentException("Keys, hashes, signatures and verdicts are not of one count.");
        }
    }
}

/// <summary>The vector path, for one width.</summary>
internal static unsafe class EcdsaLanes<TVector, TOps>
    where TVector : unmanaged
    where TOps : struct, ILaneOps<TVector>
{
    /// <summary>Signatures that share one inversion modulo n: its cost is then hardly seen, and what they need fits a stack.</summary>
    private const int BlockMax = 64;

    /// <summary>Fewer than this many signatures take longer in lanes than one by one.</summary>
    private const int GroupMin = 2;

    /// <summary>Signatures whose keys' square roots are taken together: two vectors.</summary>
    private static int RootCount => 2 * TOps.Count;

    /// <summary>What steps 1 and 2 make of a signature.</summary>
    private struct Parsed
    {
        public bool IsValid;
        public bool IsOdd;
        public FieldElement X;
        public Scalar R;
        public Scalar Hash;
    }

    /// <summary>
    /// (1) Parse up to 64 signatures and keys; what is malformed is not valid, and its lane goes on with the base point
    /// and with ones; (2) invert all s at once; (3) find the keys' y; then, for each vector of signatures, (4) split and
    /// recode the scalars; (5) make the keys' tables; (6) add up; (7) compare; and at last (8) judge in the scalar path
    /// what the lanes could not.
    /// </summary>
    [SkipLocalsInit]
    public static void VerifyBatch(
        ReadOnlySpan<byte> publicKeys,
        ReadOnlySpan<byte> hashes,
        ReadOnlySpan<byte> signatures,
        Span<bool> verdicts
    )
    {
        Span<Parsed> parsed = stackalloc Parsed[BlockMax];
        Span<Scalar> inverses = stackalloc Scalar[BlockMax];
        Span<Scalar> scratch = stackalloc Scalar[BlockMax];
        byte* memory = stackalloc byte[MemoryByteCount];
        for (int start = 0; start < verdicts.Length; start += BlockMax)
        {
            int count = Math.Min(BlockMax, verdicts.Length - start);
            for (int i = 0; i < count; i++)
            {
                inverses[i] = Parse(
                    publicKeys.Slice((start + i) * EcdsaLanes.KeyByteCount, EcdsaLanes.KeyByteCount),
                    hashes.Slice((start + i) * EcdsaLanes.HashByteCount, EcdsaLanes.HashByteCount),
                    signatures.Slice((start + i) * EcdsaLanes.SignatureByteCount, EcdsaLanes.SignatureByteCount),
                    out parsed[i]
                );
            }
            Scalar.InvertAll(inverses[..count], scratch);
            for (int i = 0; i < count; i += RootCount)
            {
                int some = Math.Min(RootCount, count - i);
                uint doubtful = uint.MaxValue;
                if (some >= GroupMin)
                {
                    doubtful = VerifySome(
                        parsed.Slice(i, some),
                        inverses.Slice(i, some),
                        verdicts.Slice(start + i, some),
                        memory
                    );
                }
                for (int lane = 0; doubtful != 0 && lane < some; lane++)
                {
                    if ((doubtful >> lane & 1) != 0)
                    {
                        int at = start + i + lane;
                        verdicts[at] = EcdsaScalar.Verify(
                            publicKeys.Slice(at * EcdsaLanes.KeyByteCount, EcdsaLanes.KeyByteCount),
                            hashes.Slice(at * EcdsaLanes.HashByteCount, EcdsaLanes.HashByteCount),
                            signatures.Slice(at * EcdsaLanes.SignatureByteCount, EcdsaLanes.SignatureByteCount)
                        );
                    }
                }
            }
        }
    }

    /// <summary>Returns s.</summary>
    private static Scalar Parse(
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> hash,
        ReadOnlySpan<byte> bytes,
        out Parsed parsed
    )
    {
        parsed.IsOdd = publicKey[0] == 3;
        if (
            publicKey[0] is 2 or 3
            && FieldElement.TryRead(publicKey[1..], out parsed.X)
            && EcdsaSignature.TryRead(bytes, lowSOnly: true, out EcdsaSignature signature)
        )
        {
            parsed.IsValid = true;
            parsed.Hash = Scalar.ReadReduced(hash);
            parsed.R = signature.R;
            return signature.S;
        }
        parsed.IsValid = false;
        parsed.X = AffinePoint.Generator.X;
        parsed.Hash = Scalar.One;
        parsed.R = Scalar.One;
        return Scalar.One;
    }

    private static int MemoryByteCount =>
        sizeof(LaneSquareRoot<TVector, TOps>.Memory)
        + sizeof(LaneMemory<TVector>)
        + PointLanes<TVector, TOps>.TablesLength * sizeof(double)
        + (LaneGenerator.Digits.Length + PointLanes<TVector, TOps>.KeyDigits.Length) * TOps.Count * sizeof(int)
        + LaneLimbs.Alignment;

    /// <summary>
    /// Steps 3 to 7 for at most as many signatures as roots are taken at a time. Returns a bit for each that the scalar
    /// path is to judge.
    /// </summary>
    private static uint VerifySome(
        ReadOnlySpan<Parsed> parsed,
        ReadOnlySpan<Scalar> inverses,
        Span<bool> verdicts,
        byte* memory
    )
    {
        LaneSquareRoot<TVector, TOps>.Memory* roots = (LaneSquareRoot<TVector, TOps>.Memory*)LaneLimbs.Align(memory);
        LaneMemory<TVector>* m = (LaneMemory<TVector>*)(roots + 1);
        for (int i = 0; i < RootCount; i++)
        {
            // Lanes without a signature repeat the first.
            LaneLimbs.Write(
                LaneSquareRoot<TVector, TOps>.Lane(&roots->X, i),
                TOps.Count,
                in parsed[i < parsed.Length ? i : 0].X
            );
        }
        LaneSquareRoot<TVector, TOps>.OfCurveEquation(roots);
        for (int i = 0; i < parsed.Length; i++)
        {
            bool hasRoot = LaneSquareRoot<TVector, TOps>.TryChoose(roots, i, parsed[i].IsOdd);
            verdicts[i] = hasRoot && parsed[i].IsValid;
        }

        uint doubtful = 0;
        for (int i = 0; i < parsed.Length; i += TOps.Count)
        {
            int count = Math.Min(TOps.Count, parsed.Length - i);
            m->KeyX = ((FieldVector<TVector>*)&roots->X)[i / TOps.Count];
            m->KeyY = ((FieldVector<TVector>*)&roots->Y)[i / TOps.Count];
            doubtful |= VerifyGroup(parsed.Slice(i, count), inverses.Slice(i, count), verdicts.Slice(i, count), m) << i;
        }
        return doubtful;
    }

    /// <summary>
    /// Steps 4 to 7 for one vector of keys. Verdicts that are false stay false.
    /// </summary>
    private static uint VerifyGroup(
        ReadOnlySpan<Parsed> parsed,
        ReadOnlySpan<Scalar> inverses,
        Span<bool> verdicts,
        LaneMemory<TVector>* m
    )
    {
        double* tables = (double*)(m + 1);
        int* generatorDigits = (int*)(tables + PointLanes<TVector, TOps>.TablesLength);
        int* keyDigits = generatorDigits + LaneGenerator.Digits.Length * TOps.Count;
        for (int lane = 0; lane < TOps.Count; lane++)
        {
            int i = lane < parsed.Length ? lane : 0;
            ref readonly Parsed one = ref parsed[i];
            WriteScalars(in one, in inverses[i], generatorDigits + lane, keyDigits + lane);
            LaneLimbs.Write((double*)&m->R + lane, TOps.Count, one.R.D0, one.R.D1, one.R.D2, one.R.D3);
        }

        PointLanes<TVector, TOps>.MakeKeyTables(m, tables);
        PointLanes<TVector, TOps>.Sum(m, tables, generatorDigits, keyDigits);
        PointLanes<TVector, TOps>.Compare(m);
        uint doubtful = 0;
        for (int lane = 0; lane < parsed.Length; lane++)
        {
            if (!verdicts[lane])
            {
                continue;
            }
            bool equal = LaneLimbs.IsZero((double*)&m->T1 + lane, TOps.Count);
            verdicts[lane] = equal;

            // The sum is not to be relied on, or x may still be r + n, which for honest signatures it never is.
            if (
                LaneLimbs.IsZero((double*)&m->PointZ + lane, TOps.Count)
                || (!equal && parsed[lane].R.TryAddOrder(out _))
            )
            {
                doubtful |= 1U << lane;
            }
        }
        return doubtful;
    }

    private static void WriteScalars(in Parsed parsed, in Scalar inverse, int* generatorDigits, int* keyDigits)
    {
        Scalar u1 = (parsed.Hash * inverse) + LaneGenerator.MinusOffset;
        Scalar u2 = parsed.R * inverse;
        Endomorphism.Split(in u1, out HalfScalar k1, out HalfScalar k2);
        LaneGenerator.Digits.Recode(
            in k1,
            in k2,
            new Span<int>(generatorDigits, LaneGenerator.Digits.Length * TOps.Count),
            TOps.Count
        );
        Endomorphism.Split(in u2, out k1, out k2);
        EisensteinDigits digits = PointLanes<TVector, TOps>.KeyDigits;
        digits.Recode(in k1, in k2, new Span<int>(keyDigits, digits.Length * TOps.Count), TOps.Count);
    }
}

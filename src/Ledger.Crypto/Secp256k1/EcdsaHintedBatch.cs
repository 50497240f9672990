using System.Security.Cryptography;
using Ledger.Crypto.Secp256k1.Lanes;

namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// ECDSA verification of whole batches whose recovery bits are known: with them each signature's R is a point and not
/// only an x, so that a random linear combination of all verification equations can be checked at once.
/// </summary>
/// <remarks>
/// The recovery bits are hints, kept beside a signature and not signed: a wrong one costs time and changes no verdict.
/// Verdicts are those of single verification, except that a batch that was fixed before its hash was known to whoever
/// made it is misjudged with probability 2n·2⁻¹²⁸ at most, where n is its size: the coefficients are 128 bits each,
/// drawn by SHA-256 in counter mode under a hash of all keys, hashes, signatures and hints. A valid signature is never
/// refused. Whoever searches for a batch that deceives has that chance for each batch tried and hashed.
/// <para>A batch with invalid signatures is halved until they are found: one among a thousand doubles the time, and a
/// batch of nothing else takes about twice as long as verifying each by itself. Each thread that calls this keeps some
/// 5 MB for the next call.</para>
/// </remarks>
public static class EcdsaHintedBatch
{
    /// <summary>Bytes of a public key in a packed batch: compressed (SEC 1, §2.3.3).</summary>
    public const int PublicKeyBytes = Sec1.CompressedByteCount;

    /// <summary>Bytes of a hash in a packed batch.</summary>
    public const int HashBytes = Scalar.ByteCount;

    /// <summary>Bytes of a signature in a packed batch: r ‖ s, low-S.</summary>
    public const int SignatureBytes = EcdsaSignature.ByteCount;

    /// <summary>Verifies n signatures, packed one after the other.</summary>
    /// <param name="publicKeys">n keys of 33 bytes.</param>
    /// <param name="hashes">n hashes of 32 bytes.</param>
    /// <param name="signatures">n signatures of 64 bytes.</param>
    /// <param name="recoveryIds">n hints, 0 to 3, as <see cref="EcdsaRecovery.TryFindRecoveryId"/> finds them; anything else counts as wrong.</param>
    /// <param name="verdicts">Receives n verdicts.</param>
    /// <returns>Whether all are valid.</returns>
    /// <exception cref="ArgumentException">The lengths are not those of one n.</exception>
    public static bool Verify(
        ReadOnlySpan<byte> publicKeys,
        ReadOnlySpan<byte> hashes,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        Span<bool> verdicts
    )
    {
        int count = verdicts.Length;
        if (
            publicKeys.Length != count * PublicKeyBytes
            || hashes.Length != count * HashBytes
            || signatures.Length != count * SignatureBytes
            || recoveryIds.Length != count
        )
        {
            throw new ArgumentException("Keys, hashes, signatures, hints and verdicts are not equally many.");
        }
        if (count <= BatchEquations.SinglesMax)
        {
            EcdsaLanes.VerifyBatch(publicKeys, hashes, signatures, verdicts);
            return !verdicts.Contains(false);
        }
        bool allValid = true;
        for (int start = 0; start < count; start += BatchEquations.CountMax)
        {
            int length = Math.Min(BatchEquations.CountMax, count - start);
            Packed part = new(
                publicKeys.Slice(start * PublicKeyBytes, length * PublicKeyBytes),
                hashes.Slice(start * HashBytes, length * HashBytes),
                signatures.Slice(start * SignatureBytes, length * SignatureBytes),
                recoveryIds.Slice(start, length)
            );
            allValid &= VerifyPart(in part, verdicts.Slice(start, length));
        }
        return allValid;
    }

    /// <summary>One part of a batch, in these steps.</summary>
    /// <remarks>
    /// (1) Parse; what is malformed is not valid.
    /// (2) Take the square roots that make points of the keys' x and of r; a key without one is not valid, and an R
    /// without one is a wrong hint.
    /// (3) Invert every s.
    /// (4) Put up (e·G + r·Q)/s = R for each and decide them together. A wrong hint has no equation and is verified by itself.
    /// </remarks>
    private static bool VerifyPart(in Packed batch, Span<bool> verdicts)
    {
        Workspace work = t_workspace ??= new Workspace();
        BatchEquations equations = BatchEquations.OfThisThread;
        Span<byte> seed = stackalloc byte[SHA256.HashSizeInBytes];
        batch.Hash(seed);
        equations.Start(seed, verdicts.Length);

        int slots = 0;
        for (int lane = 0; lane < verdicts.Length; lane++)
        {
            ReadOnlySpan<byte> key = batch.PublicKey(lane);
            verdicts[lane] = false;
            if (
                key[0] is not (2 or 3)
                || !FieldElement.TryRead(key[1..], out equations.KeyX[slots])
                || !EcdsaSignature.TryRead(batch.Signature(lane), lowSOnly: true, out EcdsaSignature signature)
            )
            {
                continue;
            }
            int hint = batch.RecoveryIds[lane];
            if (!EcdsaRecovery.TryReadNonceX(in signature.R, hint, out equations.NonceX[slots]))
            {
                batch.Verify([lane], verdicts);
                continue;
            }
            equations.KeyIsOdd[slots] = key[0] == 3;
            equations.NonceIsOdd[slots] = (hint & 1) != 0;
            work.R[slots] = signature.R;
            work.Inverses[slots] = signature.S;
            work.Lanes[slots++] = lane;
        }

        equations.Lift(slots);
        Scalar.InvertAll(work.Inverses.AsSpan(0, slots), work.Scratch);

        for (int slot = 0; slot < slots; slot++)
        {
            int lane = work.Lanes[slot];
            if (!equations.KeyFound[slot])
            {
                continue;
            }
            if (!equations.NonceFound[slot])
            {
                batch.Verify([lane], verdicts);
                continue;
            }
            Scalar hash = Scalar.ReadReduced(batch.HashOf(lane));
            equations.Add(lane, slot, in work.Inverses[slot], in hash, in work.R[slot]);
        }
        equations.Decide(in batch, verdicts);
        return !verdicts.Contains(false);
    }

    [ThreadStatic]
    private static Workspace? t_workspace;

    private sealed class Workspace
    {
        public readonly Scalar[] R = new Scalar[BatchEquations.CountMax];
        public readonly Scalar[] Inverses = new Scalar[BatchEquations.CountMax];
        public readonly Scalar[] Scratch = new Scalar[BatchEquations.CountMax];
        public readonly int[] Lanes = new int[BatchEquations.CountMax];
    }

    /// <summary>The spans of a packed batch, by lane.</summary>
    private readonly ref struct Packed(
        ReadOnlySpan<byte> publicKeys,
        ReadOnlySpan<byte> hashes,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds
    ) : ISingleVerification
    {
        private readonly ReadOnlySpan<byte> _publicKeys = publicKeys;
        private readonly ReadOnlySpan<byte> _hashes = hashes;
        private readonly ReadOnlySpan<byte> _signatures = signatures;

        public readonly ReadOnlySpan<byte> RecoveryIds = recoveryIds;

        public ReadOnlySpan<byte> PublicKey(int lane) => _publicKeys.Slice(lane * PublicKeyBytes, PublicKeyBytes);

        public ReadOnlySpan<byte> HashOf(int lane) => _hashes.Slice(lane * HashBytes, HashBytes);

        public ReadOnlySpan<byte> Signature(int lane) => _signatures.Slice(lane * SignatureBytes, SignatureBytes);

        // What the stack takes: lanes verify this many almost as fast as their equations are added up.
        private const int SinglesMax = 128;

        public int CountMax => SinglesMax;

        public void Verify(ReadOnlySpan<int> lanes, Span<bool> verdicts)
        {
            Span<byte> keys = stackalloc byte[SinglesMax * PublicKeyBytes];
            Span<byte> hashes = stackalloc byte[SinglesMax * HashBytes];
            Span<byte> signatures = stackalloc byte[SinglesMax * SignatureBytes];
            Span<bool> results = stackalloc bool[SinglesMax];
            for (int i = 0; i < lanes.Length; i++)
            {
                PublicKey(lanes[i]).CopyTo(keys[(i * PublicKeyBytes)..]);
                HashOf(lanes[i]).CopyTo(hashes[(i * HashBytes)..]);
                Signature(lanes[i]).CopyTo(signatures[(i * SignatureBytes)..]);
            }
            EcdsaLanes.VerifyBatch(
                keys[..(lanes.Length * PublicKeyBytes)],
                hashes[..(lanes.Length * HashBytes)],
                signatures[..(lanes.Length * SignatureBytes)],
                results[..lanes.Length]
            );
            for (int i = 0; i < lanes.Length; i++)
            {
                verdicts[lanes[i]] = results[i];
            }
        }

        /// <summary>SHA-256 of the hashes of all parts: every part's length follows from the batch's.</summary>
        public void Hash(Span<byte> seed)
        {
            Span<byte> hashes = stackalloc byte[4 * SHA256.HashSizeInBytes];
            SHA256.HashData(_publicKeys, hashes);
            SHA256.HashData(_hashes, hashes[32..]);
            SHA256.HashData(_signatures, hashes[64..]);
            SHA256.HashData(RecoveryIds, hashes[96..]);
            SHA256.HashData(hashes, seed);
        }
    }
}

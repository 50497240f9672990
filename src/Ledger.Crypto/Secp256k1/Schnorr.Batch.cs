using System.Security.Cryptography;

namespace Ledger.Crypto.Secp256k1;

/// <summary>Whole batches of BIP-340 signatures ("Batch verification").</summary>
public static partial class Schnorr
{
    /// <summary>Bytes of each message in a packed batch.</summary>
    public const int BatchMessageBytes = 32;

    private const int ChallengeInputBytes = ChallengePrefixBytes + BatchMessageBytes;

    /// <summary>
    /// Verifies n signatures, packed one after the other, by a random linear combination of their equations. Verdicts are
    /// those of <see cref="Verify"/>, with the same certainty as in <see cref="EcdsaHintedBatch"/>.
    /// </summary>
    /// <remarks>
    /// A batch with invalid signatures is halved until they are found: one among a thousand about doubles the time, and a
    /// batch of nothing else takes up to twice as long as verifying each by itself, without vectors up to three times.
    /// </remarks>
    /// <param name="publicKeys">n keys of 32 bytes.</param>
    /// <param name="messages">n messages of 32 bytes.</param>
    /// <param name="signatures">n signatures of 64 bytes.</param>
    /// <param name="verdicts">Receives n verdicts.</param>
    /// <returns>Whether all are valid.</returns>
    /// <exception cref="ArgumentException">The lengths are not those of one n.</exception>
    public static bool VerifyBatch(
        ReadOnlySpan<byte> publicKeys,
        ReadOnlySpan<byte> messages,
        ReadOnlySpan<byte> signatures,
        Span<bool> verdicts
    )
    {
        int count = verdicts.Length;
        if (
            publicKeys.Length != count * PublicKeyBytes
            || messages.Length != count * BatchMessageBytes
            || signatures.Length != count * SignatureBytes
        )
        {
            throw new ArgumentException("Keys, messages, signatures and verdicts are not equally many.");
        }
        bool allValid = true;
        for (int start = 0; start < count; start += BatchEquations.CountMax)
        {
            int length = Math.Min(BatchEquations.CountMax, count - start);
            Packed part = new(
                publicKeys.Slice(start * PublicKeyBytes, length * PublicKeyBytes),
                messages.Slice(start * BatchMessageBytes, length * BatchMessageBytes),
                signatures.Slice(start * SignatureBytes, length * SignatureBytes)
            );
            allValid &= VerifyPart(in part, verdicts.Slice(start, length));
        }
        return allValid;
    }

    /// <summary>
    /// One part of a batch: parse, lift every x, then s·G − e·P = R for all, where R = lift_x(r) has an even y as
    /// verification asks. What does not parse or lift is not valid.
    /// </summary>
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
            verdicts[lane] = false;
            ReadOnlySpan<byte> signature = batch.Signature(lane);
            if (
                FieldElement.TryRead(batch.PublicKey(lane), out equations.KeyX[slots])
                && FieldElement.TryRead(signature[..32], out equations.NonceX[slots])
                && Scalar.TryRead(signature[32..], out work.S[slots])
            )
            {
                equations.KeyIsOdd[slots] = false;
                equations.NonceIsOdd[slots] = false;
                work.Lanes[slots++] = lane;
            }
        }

        equations.Lift(slots);
        HashChallenges(in batch, work, slots);

        for (int slot = 0; slot < slots; slot++)
        {
            if (equations.KeyFound[slot] && equations.NonceFound[slot])
            {
                Scalar minusE = -Scalar.ReadReduced(
                    work.Challenges.AsSpan(slot * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes)
                );
                equations.Add(work.Lanes[slot], slot, Scalar.One, in work.S[slot], in minusE);
            }
        }
        equations.Decide(in batch, verdicts);
        return !verdicts.Contains(false);
    }

    /// <summary>The challenges of the first slots, all at once.</summary>
    private static void HashChallenges(in Packed batch, Workspace work, int slots)
    {
        Span<byte> inputs = work.ChallengeInputs.AsSpan(0, slots * ChallengeInputBytes);
        for (int slot = 0; slot < slots; slot++)
        {
            int lane = work.Lanes[slot];
            Span<byte> input = inputs.Slice(slot * ChallengeInputBytes, ChallengeInputBytes);
            WriteChallengeInput(batch.Signature(lane)[..32], batch.PublicKey(lane), batch.Message(lane), input);
        }
        Sha256Lanes.HashMany(
            [],
            inputs,
            work.ChallengeLengths.AsSpan(0, slots),
            work.Challenges.AsSpan(0, slots * SHA256.HashSizeInBytes)
        );
    }

    [ThreadStatic]
    private static Workspace? t_workspace;

    private sealed class Workspace
    {
        public readonly Scalar[] S = new Scalar[BatchEquations.CountMax];
        public readonly int[] Lanes = new int[BatchEquations.CountMax];
        public readonly byte[] ChallengeInputs = new byte[BatchEquations.CountMax * ChallengeInputBytes];
        public readonly int[] ChallengeLengths = new int[BatchEquations.CountMax];
        public readonly byte[] Challenges = new byte[BatchEquations.CountMax * SHA256.HashSizeInBytes];

        public Workspace() => ChallengeLengths.AsSpan().Fill(ChallengeInputBytes);
    }

    /// <summary>The spans of a packed batch, by lane.</summary>
    private readonly ref struct Packed(
        ReadOnlySpan<byte> publicKeys,
        ReadOnlySpan<byte> messages,
        ReadOnlySpan<byte> signatures
    ) : ISingleVerification
    {
        private readonly ReadOnlySpan<byte> _publicKeys = publicKeys;
        private readonly ReadOnlySpan<byte> _messages = messages;
        private readonly ReadOnlySpan<byte> _signatures = signatures;

        public ReadOnlySpan<byte> PublicKey(int lane) => _publicKeys.Slice(lane * PublicKeyBytes, PublicKeyBytes);

        public ReadOnlySpan<byte> Message(int lane) => _messages.Slice(lane * BatchMessageBytes, BatchMessageBytes);

        public ReadOnlySpan<byte> Signature(int lane) => _signatures.Slice(lane * SignatureBytes, SignatureBytes);

        // Of 4 to 128, measured with 1, 16 and 1,024 invalid ones among 1,024, the most even: fewer cost a batch of nothing
        // else, more one with a few.
        public int CountMax => 16;

        public void Verify(ReadOnlySpan<int> lanes, Span<bool> verdicts)
        {
            foreach (int lane in lanes)
            {
                verdicts[lane] = Schnorr.Verify(PublicKey(lane), Message(lane), Signature(lane));
            }
        }

        /// <summary>SHA-256 of the hashes of all parts: every part's length follows from the batch's.</summary>
        public void Hash(Span<byte> seed)
        {
            Span<byte> hashes = stackalloc byte[3 * SHA256.HashSizeInBytes];
            SHA256.HashData(_publicKeys, hashes);
            SHA256.HashData(_messages, hashes[32..]);
            SHA256.HashData(_signatures, hashes[64..]);
            SHA256.HashData(hashes, seed);
        }
    }
}

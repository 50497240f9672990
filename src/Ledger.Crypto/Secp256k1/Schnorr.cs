using System.Buffers;
using System.Security.Cryptography;

namespace Ledger.Crypto.Secp256k1;

/// <summary>Verification of Schnorr signatures on secp256k1 as BIP-340 defines them.</summary>
public static partial class Schnorr
{
    /// <summary>Bytes of a public key: the x of the point with that x and an even y.</summary>
    public const int PublicKeyBytes = 32;

    /// <summary>Bytes of a signature: x of R ‖ s.</summary>
    public const int SignatureBytes = 64;

    // Messages up to this length are hashed without renting a buffer.
    private const int MessageBytesOnStack = 256;

    private const int ChallengePrefixBytes = 64 + 32 + 32;

    // SHA-256("BIP0340/challenge"), twice.
    private static readonly byte[] s_challengeTag = [.. TagHash(), .. TagHash()];

    private static byte[] TagHash() => SHA256.HashData("BIP0340/challenge"u8);

    /// <summary>Whether a signature of a message is valid.</summary>
    /// <param name="publicKey">The 32-byte key.</param>
    /// <param name="message">The message, of any length.</param>
    /// <param name="signature">The 64-byte signature.</param>
    /// <returns>False also for anything malformed. Nothing is allocated.</returns>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        // BIP-340, "Verification": the steps and their names.
        // P = lift_x(int(pk)); r = int(sig[0:32]) < p; s = int(sig[32:64]) < n.
        if (
            signature.Length != SignatureBytes
            || !TryLiftX(publicKey, out AffinePoint p)
            || !FieldElement.TryRead(signature[..32], out FieldElement r)
            || !Scalar.TryRead(signature[32..], out Scalar s)
        )
        {
            return false;
        }
        // e = int(hash_challenge(bytes(r) || bytes(P) || m)) mod n; R = s·G − e·P.
        Scalar minusE = -Challenge(signature[..32], publicKey, message);
        Multiplication.MultiplyWithGenerator(in s, in minusE, in p, out JacobianPoint point);
        // R is not infinity, has an even y, and its x is r. The x is compared first since y needs an inversion.
        return !point.IsInfinity && point.HasX(in r) && !point.ToAffine().Y.IsOdd;
    }

    private static bool TryLiftX(ReadOnlySpan<byte> publicKey, out AffinePoint p)
    {
        p = default;
        return publicKey.Length == PublicKeyBytes
            && FieldElement.TryRead(publicKey, out FieldElement x)
            && AffinePoint.TryDecompress(in x, isOdd: false, out p);
    }

    private static Scalar Challenge(ReadOnlySpan<byte> r, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message)
    {
        int length = ChallengePrefixBytes + message.Length;
        byte[]? rented = null;
        Span<byte> input =
            message.Length <= MessageBytesOnStack
                ? stackalloc byte[ChallengePrefixBytes + MessageBytesOnStack]
                : (rented = ArrayPool<byte>.Shared.Rent(length));
        WriteChallengeInput(r, publicKey, message, input);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..length], hash);
        if (rented != null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
        return Scalar.ReadReduced(hash);
    }

    /// <summary>What the challenge is the hash of: the tag's hash twice, r, the key and the message.</summary>
    private static void WriteChallengeInput(
        ReadOnlySpan<byte> r,
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> message,
        Span<byte> input
    )
    {
        s_challengeTag.CopyTo(input);
        r.CopyTo(input[64..]);
        publicKey.CopyTo(input[96..]);
        message.CopyTo(input[ChallengePrefixBytes..]);
    }
}

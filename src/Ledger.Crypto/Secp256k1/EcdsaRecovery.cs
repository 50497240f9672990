namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// Recovery of the public key from an ECDSA signature on secp256k1 (SEC 1, §4.1.6), and of the two bits that make it
/// unique.
/// </summary>
public static class EcdsaRecovery
{
    /// <summary>Bytes of a recovered public key, compressed (SEC 1, §2.3.3).</summary>
    public const int PublicKeyBytes = Sec1.CompressedByteCount;

    /// <summary>
    /// The public key for which <see cref="EcdsaScalar.Verify(ReadOnlySpan{byte}, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    /// accepts a hash and a signature.
    /// </summary>
    /// <param name="hash">The 32-byte hash that was signed.</param>
    /// <param name="signature">The raw 64-byte signature r ‖ s, low-S.</param>
    /// <param name="recoveryId">
    /// Which of the points with an x of r modulo n the signer's R was: bit 0 is 1 if its y is odd, bit 1 is 1 if its x
    /// is r + n.
    /// </param>
    /// <param name="publicKey">Receives the 33 bytes of the key.</param>
    /// <returns>
    /// False if an input is malformed, the signature is not low-S, there is no such R, or the key would be infinity;
    /// <paramref name="publicKey"/> is then left as it was.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="publicKey"/> is not 33 bytes long.</exception>
    public static bool TryRecover(
        ReadOnlySpan<byte> hash,
        ReadOnlySpan<byte> signature,
        int recoveryId,
        Span<byte> publicKey
    )
    {
        if (publicKey.Length != PublicKeyBytes)
        {
            throw new ArgumentException("A compressed public key has 33 bytes.", nameof(publicKey));
        }
        if (
            hash.Length != Scalar.ByteCount
            || !EcdsaSignature.TryRead(signature, lowSOnly: true, out EcdsaSignature parsed)
            || !TryReadNoncePoint(in parsed.R, recoveryId, out AffinePoint point)
        )
        {
            return false;
        }
        // s·R = e·G + r·Q, so Q = (s/r)·R − (e/r)·G.
        Scalar inverse = parsed.R.Invert();
        Scalar ofPoint = parsed.S * inverse;
        Scalar ofGenerator = -(Scalar.ReadReduced(hash) * inverse);
        Multiplication.MultiplyWithGenerator(in ofGenerator, in ofPoint, in point, out JacobianPoint key);
        if (key.IsInfinity)
        {
            return false;
        }
        Sec1.WriteCompressed(key.ToAffine(), publicKey);
        return true;
    }

    /// <summary>
    /// The recovery bits of a valid signature. They say nothing that the signature, hash and key do not, but whoever
    /// keeps them beside a signature can verify many at once with <see cref="EcdsaHintedBatch"/>.
    /// </summary>
    /// <param name="publicKey">The key, 33 or 65 bytes (SEC 1).</param>
    /// <param name="hash">The 32-byte hash that was signed.</param>
    /// <param name="signature">The raw 64-byte signature r ‖ s, low-S.</param>
    /// <param name="recoveryId">The bits, 0 to 3, as <see cref="TryRecover"/> takes them; 0 if the signature is not valid.</param>
    /// <returns>Whether the signature is valid.</returns>
    public static bool TryFindRecoveryId(
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> hash,
        ReadOnlySpan<byte> signature,
        out int recoveryId
    )
    {
        recoveryId = 0;
        if (
            hash.Length != Scalar.ByteCount
            || !EcdsaSignature.TryRead(signature, lowSOnly: true, out EcdsaSignature parsed)
            || !Sec1.TryReadPoint(publicKey, out AffinePoint key)
        )
        {
            return false;
        }
        EcdsaScalar.RecomputeNoncePoint(in key, Scalar.ReadReduced(hash), in parsed, out JacobianPoint point);
        if (!EcdsaScalar.HasXModuloOrder(in point, in parsed.R))
        {
            return false;
        }
        AffinePoint affine = point.ToAffine();
        bool aboveOrder = !FieldElement.AreEqual(in affine.X, parsed.R.ToFieldElement());
        recoveryId = (affine.Y.IsOdd ? 1 : 0) | (aboveOrder ? 2 : 0);
        return true;
    }

    /// <summary>The point R of a signature that recovery bits, 0 to 3, refer to; false if there is none.</summary>
    internal static bool TryReadNoncePoint(in Scalar r, int recoveryId, out AffinePoint point)
    {
        point = default;
        return TryReadNonceX(in r, recoveryId, out FieldElement x)
            && AffinePoint.TryDecompress(in x, isOdd: (recoveryId & 1) != 0, out point);
    }

    /// <summary>The x of that point, on the curve or not.</summary>
    internal static bool TryReadNonceX(in Scalar r, int recoveryId, out FieldElement x)
    {
        x = default;
        switch (recoveryId)
        {
            case 0 or 1:
                x = r.ToFieldElement();
                return true;
            case 2 or 3:
                return r.TryAddOrder(out x);
            default:
                return false;
        }
    }
}

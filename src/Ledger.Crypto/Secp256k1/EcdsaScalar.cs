namespace Ledger.Crypto.Secp256k1;

/// <summary>
/// ECDSA verification on secp256k1, one signature at a time, in scalar arithmetic: the path that every vector path must
/// agree with.
/// </summary>
internal static class EcdsaScalar
{
    /// <summary>
    /// Whether a raw 64-byte low-S signature r ‖ s by a public key (33 or 65 bytes, SEC 1) is valid for a 32-byte hash.
    /// Anything malformed is not valid. Nothing is allocated.
    /// </summary>
    /// <remarks>
    /// SEC 1, §4.1.4:
    /// (1) parse the signature, r and s from 1 to n − 1, and the key;
    /// (2) u1 = e/s, u2 = r/s mod n, where e is the hash;
    /// (3) R = u1·G + u2·Q, which may not be infinity;
    /// (4) valid if R's x, reduced modulo n, is r.
    /// </remarks>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature) =>
        EcdsaSignature.TryRead(signature, lowSOnly: true, out EcdsaSignature parsed)
        && hash.Length == Scalar.ByteCount
        && Sec1.TryReadPoint(publicKey, out AffinePoint key)
        && Verify(in key, Scalar.ReadReduced(hash), in parsed);

    /// <summary>Steps 2 to 4 for what was parsed.</summary>
    internal static bool Verify(in AffinePoint key, in Scalar hash, in EcdsaSignature signature)
    {
        RecomputeNoncePoint(in key, in hash, in signature, out JacobianPoint point);
        return HasXModuloOrder(in point, in signature.R);
    }

    /// <summary>R = u1·G + u2·Q: the point whose x the signer took r from, if the signature is valid.</summary>
    internal static void RecomputeNoncePoint(
        in AffinePoint key,
        in Scalar hash,
        in EcdsaSignature signature,
        out JacobianPoint point
    )
    {
        Scalar inverse = signature.S.Invert();
        Scalar u1 = hash * inverse;
        Scalar u2 = signature.R * inverse;
        Multiplication.MultiplyWithGenerator(in u1, in u2, in key, out point);
    }

    /// <summary>
    /// Whether a point's x, an integer below p, is r modulo n. Since n &lt; p &lt; 2n, that x is r or, if it is still
    /// below p, r + n. Each is compared without leaving Jacobian coordinates.
    /// </summary>
    internal static bool HasXModuloOrder(in JacobianPoint point, in Scalar r)
    {
        if (point.IsInfinity)
        {
            return false;
        }
        FieldElement x = r.ToFieldElement();
        if (point.HasX(in x))
        {
            return true;
        }
        return r.TryAddOrder(out x) && point.HasX(in x);
    }
}

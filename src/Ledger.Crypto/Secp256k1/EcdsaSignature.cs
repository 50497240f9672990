namespace Ledger.Crypto.Secp256k1;

/// <summary>An ECDSA signature: r and s, each from 1 to n − 1.</summary>
internal readonly struct EcdsaSignature
{
    /// <summary>Bytes of the raw form, r ‖ s, both big-endian.</summary>
    public const int ByteCount = 64;

    public readonly Scalar R;
    public readonly Scalar S;

    private EcdsaSignature(in Scalar r, in Scalar s) => (R, S) = (r, s);

    /// <summary>
    /// Reads 64 bytes. Refuses, with false, another length, an r or s that is zero or not below n, and, when
    /// <paramref name="lowSOnly"/>, an s above n/2: with (r, s) also (r, n − s) is valid, and only one of the two may be
    /// if a signature is not to be changed by third parties.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, bool lowSOnly, out EcdsaSignature signature)
    {
        signature = default;
        if (
            bytes.Length != ByteCount
            || !Scalar.TryRead(bytes[..32], out Scalar r)
            || !Scalar.TryRead(bytes[32..], out Scalar s)
            || r.IsZero
            || s.IsZero
            || (lowSOnly && s.IsHigh)
        )
        {
            return false;
        }
        signature = new EcdsaSignature(in r, in s);
        return true;
    }
}

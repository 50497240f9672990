using Ledger.Benchmarks.Crypto.Secp256k1;
using Ledger.Testing;

namespace Ledger.Benchmarks.Rivals;

/// <summary>
/// bitcoin-core's libsecp256k1, as distributions ship it. It has no batches: many signatures are parsed and verified one
/// after the other, in a loop that takes as long as the same loop in C, within a hundredth.
/// </summary>
internal static class Libsecp256k1Loop
{
    /// <summary>
    /// Parses compressed keys of 33 bytes and raw signatures of 64, and verifies ECDSA over hashes of 32.
    /// </summary>
    public static bool[] VerifyAll(SignedHashes signed, bool[] verdicts)
    {
        for (int i = 0; i < signed.Count; i++)
        {
            verdicts[i] = Libsecp256k1.Verify(signed.PublicKeyOf(i), signed.HashOf(i), signed.SignatureOf(i));
        }
        return verdicts;
    }

    /// <summary>Parses keys of 32 bytes and verifies BIP-340 signatures of 64 over messages of 32.</summary>
    public static bool[] VerifyAllSchnorr(SignedHashes signed, bool[] verdicts)
    {
        for (int i = 0; i < signed.Count; i++)
        {
            verdicts[i] = Libsecp256k1.VerifySchnorr(signed.PublicKeyOf(i), signed.HashOf(i), signed.SignatureOf(i));
        }
        return verdicts;
    }
}

using Ledger.Benchmarks.Crypto.Secp256k1;
using NBitcoin.Secp256k1;

namespace Ledger.Benchmarks.Rivals;

/// <summary>A port of libsecp256k1 to C#, by which the client signs.</summary>
internal static class NBitcoinSecp256k1
{
    /// <summary>Parses compressed keys of 33 bytes and raw signatures of 64, and verifies ECDSA over hashes of 32.</summary>
    public static bool[] VerifyAll(SignedHashes signed, bool[] verdicts)
    {
        for (int i = 0; i < signed.Count; i++)
        {
            verdicts[i] =
                ECPubKey.TryCreate(signed.PublicKeyOf(i), Context.Instance, out _, out ECPubKey? key)
                && SecpECDSASignature.TryCreateFromCompact(signed.SignatureOf(i), out SecpECDSASignature? signature)
                && key!.SigVerify(signature!, signed.HashOf(i));
        }
        return verdicts;
    }

    /// <summary>Parses keys of 32 bytes and verifies BIP-340 signatures of 64 over messages of 32.</summary>
    public static bool[] VerifyAllSchnorr(SignedHashes signed, bool[] verdicts)
    {
        for (int i = 0; i < signed.Count; i++)
        {
            verdicts[i] =
                ECXOnlyPubKey.TryCreate(signed.PublicKeyOf(i), Context.Instance, out ECXOnlyPubKey? key)
                && SecpSchnorrSignature.TryCreate(signed.SignatureOf(i), out SecpSchnorrSignature? signature)
                && key!.SigVerifyBIP340(signature!, signed.HashOf(i));
        }
        return verdicts;
    }
}

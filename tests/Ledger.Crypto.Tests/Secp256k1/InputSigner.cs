using NBitcoin.Secp256k1;

namespace Ledger.Crypto.Tests.Secp256k1;

/// <summary>Makes the signatures that are verified here, by NBitcoin.Secp256k1. It judges none of them.</summary>
internal static class InputSigner
{
    /// <summary>The compressed public key of a secret key from 1 to n − 1.</summary>
    public static byte[] PublicKey(ReadOnlySpan<byte> secretKey)
    {
        using ECPrivKey key = ECPrivKey.Create(secretKey);
        return key.CreatePubKey().ToBytes(compressed: true);
    }

    /// <summary>A low-S signature with its recovery bits.</summary>
    public static (byte[] Signature, int RecoveryId) Sign(ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> hash)
    {
        using ECPrivKey key = ECPrivKey.Create(secretKey);
        _ = key.TrySignRecoverable(hash, out SecpRecoverableECDSASignature? made);
        Assert.NotNull(made);
        byte[] signature = new byte[64];
        made.WriteToSpanCompact(signature, out int recoveryId);
        return (signature, recoveryId);
    }
}

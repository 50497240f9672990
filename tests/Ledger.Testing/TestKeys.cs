using System.Security.Cryptography;
using Ledger.Client;
using Ledger.Crypto;
using Ledger.V1;

namespace Ledger.Testing;

/// <summary>
/// Real keys by number, the same ones in every run: number 7 of either kind is always the same key. Their secrets are no
/// secrets.
/// </summary>
public static class TestKeys
{
    /// <summary>A secp256k1 key that signs hashes.</summary>
    public static Secp256k1PrivateKey Secp256k1(int number) => Secp256k1PrivateKey.FromBytes(Secret(number));

    /// <summary>An Ed25519 key that signs messages.</summary>
    public static Ed25519PrivateKey Ed25519(int number) => Ed25519PrivateKey.FromBytes(Secret(number));

    /// <summary>A key of either kind that signs operations.</summary>
    public static SigningKey Signer(
        int number,
        KeyType type = KeyType.Secp256K1,
        string fragment = SigningKey.DefaultFragment
    ) => SigningKey.FromSecret(type, Secret(number), fragment);

    /// <summary>The public half: 33 bytes, a compressed point of secp256k1.</summary>
    public static byte[] Secp256k1PublicKey(int number)
    {
        using Secp256k1PrivateKey key = Secp256k1(number);
        return key.PublicKey.ToArray();
    }

    /// <summary>The public half: 32 bytes, a point of Ed25519.</summary>
    public static byte[] Ed25519PublicKey(int number)
    {
        using Ed25519PrivateKey key = Ed25519(number);
        return key.PublicKey.ToArray();
    }

    // A number of 256 bits that secp256k1 would not take is one in 2¹²⁸.
    private static byte[] Secret(int number) =>
        SHA256.HashData([.. "ledger test key "u8, .. BitConverter.GetBytes(number)]);
}

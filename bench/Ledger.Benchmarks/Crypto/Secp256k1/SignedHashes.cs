using System.Security.Cryptography;
using Ledger.Crypto;

namespace Ledger.Benchmarks.Crypto.Secp256k1;

/// <summary>Independent signatures to verify: each by a key of its own, all valid, packed one after the other.</summary>
internal sealed class SignedHashes
{
    public const int PublicKeyBytes = 33;
    public const int HashBytes = 32;
    public const int SignatureBytes = 64;

    public SignedHashes(int count)
    {
        Count = count;
        PublicKeys = new byte[PublicKeyBytes * count];
        Hashes = new byte[HashBytes * count];
        Signatures = new byte[SignatureBytes * count];
        for (int i = 0; i < count; i++)
        {
            // The same keys in every process, so that all of them do the same work.
            byte[] secret = SHA256.HashData(BitConverter.GetBytes(i));
            using Secp256k1PrivateKey key = Secp256k1PrivateKey.FromBytes(secret);
            SHA256.HashData(secret, HashOf(i));
            key.PublicKey.CopyTo(PublicKeyOf(i));
            key.Sign(HashOf(i), SignatureOf(i));
        }
    }

    public int Count { get; }

    public byte[] PublicKeys { get; }

    public byte[] Hashes { get; }

    public byte[] Signatures { get; }

    public Span<byte> PublicKeyOf(int i) => PublicKeys.AsSpan(PublicKeyBytes * i, PublicKeyBytes);

    public Span<byte> HashOf(int i) => Hashes.AsSpan(HashBytes * i, HashBytes);

    public Span<byte> SignatureOf(int i) => Signatures.AsSpan(SignatureBytes * i, SignatureBytes);
}

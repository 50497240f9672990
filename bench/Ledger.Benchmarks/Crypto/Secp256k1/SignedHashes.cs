using System.Security.Cryptography;
using ECPrivKey = NBitcoin.Secp256k1.ECPrivKey;

namespace Ledger.Benchmarks.Crypto.Secp256k1;

/// <summary>Independent signatures to verify: each by a key of its own, all valid, packed one after the other.</summary>
internal sealed class SignedHashes
{
    public const int HashBytes = 32;
    public const int SignatureBytes = 64;

    private readonly int _publicKeyBytes;

    private SignedHashes(int count, int publicKeyBytes)
    {
        Count = count;
        _publicKeyBytes = publicKeyBytes;
        PublicKeys = new byte[publicKeyBytes * count];
        Hashes = new byte[HashBytes * count];
        Signatures = new byte[SignatureBytes * count];
        for (int i = 0; i < count; i++)
        {
            SHA256.HashData(Secret(i), HashOf(i));
        }
    }

    /// <summary>ECDSA: keys of 33 bytes, compressed; signatures r ‖ s.</summary>
    public static SignedHashes Ecdsa(int count)
    {
        SignedHashes signed = new(count, publicKeyBytes: 33);
        for (int i = 0; i < count; i++)
        {
            using ECPrivKey key = ECPrivKey.Create(Secret(i));
            key.CreatePubKey().WriteToSpan(compressed: true, signed.PublicKeyOf(i), out _);
            key.SignECDSARFC6979(signed.HashOf(i)).WriteCompactToSpan(signed.SignatureOf(i));
        }
        return signed;
    }

    /// <summary>BIP-340: keys of 32 bytes, the hashes are the messages, signatures x of R ‖ s.</summary>
    public static SignedHashes Schnorr(int count)
    {
        SignedHashes signed = new(count, publicKeyBytes: 32);
        for (int i = 0; i < count; i++)
        {
            using ECPrivKey key = ECPrivKey.Create(Secret(i));
            key.CreateXOnlyPubKey().WriteToSpan(signed.PublicKeyOf(i));
            key.SignBIP340(signed.HashOf(i), new byte[32]).WriteToSpan(signed.SignatureOf(i));
        }
        return signed;
    }

    public int Count { get; }

    public byte[] PublicKeys { get; }

    public byte[] Hashes { get; }

    public byte[] Signatures { get; }

    public Span<byte> PublicKeyOf(int i) => PublicKeys.AsSpan(_publicKeyBytes * i, _publicKeyBytes);

    public Span<byte> HashOf(int i) => Hashes.AsSpan(HashBytes * i, HashBytes);

    public Span<byte> SignatureOf(int i) => Signatures.AsSpan(SignatureBytes * i, SignatureBytes);

    // The same keys in every process, so that all of them do the same work.
    private static byte[] Secret(int i) => SHA256.HashData(BitConverter.GetBytes(i));
}

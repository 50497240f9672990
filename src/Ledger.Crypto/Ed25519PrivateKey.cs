using System.Security.Cryptography;
using Ledger.Crypto.Native;

namespace Ledger.Crypto;

/// <summary>An Ed25519 private key (RFC 8032) that OpenSSL holds and signs with. Safe on any number of threads.</summary>
public sealed class Ed25519PrivateKey : IDisposable
{
    /// <summary>Bytes of the seed that is the private key.</summary>
    public const int SeedBytes = 32;

    private readonly LibCrypto.EvpKey _key;
    private readonly byte[] _publicKey = new byte[Ed25519.PublicKeyBytes];

    private Ed25519PrivateKey(LibCrypto.EvpKey key)
    {
        _key = key;
        LibCrypto.GetPublicKey(key, _publicKey);
    }

    /// <summary>The public key, 32 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>Makes a key from the operating system's randomness.</summary>
    public static Ed25519PrivateKey Generate()
    {
        Span<byte> seed = stackalloc byte[SeedBytes];
        RandomNumberGenerator.Fill(seed);
        try
        {
            return FromBytes(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>Takes a copy of a key; the caller clears its own.</summary>
    /// <param name="seed">32 bytes; every value is a key.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    public static Ed25519PrivateKey FromBytes(ReadOnlySpan<byte> seed) =>
        seed.Length == SeedBytes
            ? new Ed25519PrivateKey(LibCrypto.CreateEd25519PrivateKey(seed))
            : throw new ArgumentException($"A seed is {SeedBytes} bytes.", nameof(seed));

    /// <summary>Signs a message. Deterministic: every holder of the key makes the same signature.</summary>
    /// <param name="message">The message itself, of any length.</param>
    /// <param name="signature">Receives 64 bytes.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        if (signature.Length != Ed25519.SignatureBytes)
        {
            throw new ArgumentException($"A signature is {Ed25519.SignatureBytes} bytes.", nameof(signature));
        }
        LibCrypto.Sign(_key, message, signature);
    }

    /// <summary>Copies the seed out, to be written to a key file. The caller clears its copy.</summary>
    /// <param name="destination">Receives 32 bytes.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length != SeedBytes)
        {
            throw new ArgumentException($"A seed is {SeedBytes} bytes.", nameof(destination));
        }
        LibCrypto.GetPrivateKey(_key, destination);
    }

    /// <summary>Frees the key, which OpenSSL clears, once no other thread is signing with it.</summary>
    public void Dispose() => _key.Dispose();
}

using System.Security.Cryptography;
using Ledger.Crypto;
using NBitcoin.Secp256k1;

namespace Ledger.Client;

/// <summary>
/// A secp256k1 private key that signs through NBitcoin.Secp256k1, a port of libsecp256k1 to C# that keeps its multiplication in
/// constant time. Safe on any number of threads.
/// </summary>
/// <remarks>
/// What stays in memory: the one copy that lives as long as this object is pinned, so that the collector copies it nowhere,
/// and <see cref="Dispose"/> overwrites it. Each signature takes a copy, which is overwritten as soon as it is made. But the
/// library's HMAC, by which the nonce is derived, leaves copies of the secret in arrays that it drops without overwriting
/// them; they last until the collector has given their memory to something else. And the compiler of the runtime promises
/// nothing about time. A secret that must not be readable in a dump of the process does not belong into the process.
/// </remarks>
public sealed class Secp256k1PrivateKey : IDisposable
{
    /// <summary>Bytes of a private key: an integer from 1 to n − 1, big-endian.</summary>
    public const int PrivateKeyBytes = 32;

    // Under a lock on itself: read while it is copied, overwritten when the key is disposed.
    private readonly byte[] _secret;
    private bool _isDisposed;

    private readonly byte[] _publicKey = new byte[Ecdsa.PublicKeyBytes];

    private Secp256k1PrivateKey(byte[] secret)
    {
        _secret = secret;
        using ECPrivKey key = Take();
        key.CreatePubKey().WriteToSpan(compressed: true, _publicKey, out _);
    }

    /// <summary>The compressed public key, 33 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>Makes a key from the operating system's randomness.</summary>
    public static Secp256k1PrivateKey Generate()
    {
        byte[] secret = NewSecret();
        do
        {
            RandomNumberGenerator.Fill(secret);
        } while (!IsPrivateKey(secret)); // once in 2¹²⁸
        return new Secp256k1PrivateKey(secret);
    }

    /// <summary>Takes a copy of a key; the caller clears its own.</summary>
    /// <param name="privateKey">32 bytes, big-endian, from 1 to n − 1.</param>
    /// <exception cref="ArgumentException">The length is wrong, or the number is 0 or not below n.</exception>
    public static Secp256k1PrivateKey FromBytes(ReadOnlySpan<byte> privateKey)
    {
        if (privateKey.Length != PrivateKeyBytes)
        {
            throw new ArgumentException($"A private key is {PrivateKeyBytes} bytes.", nameof(privateKey));
        }
        if (!IsPrivateKey(privateKey))
        {
            throw new ArgumentException("A private key is from 1 to n − 1.", nameof(privateKey));
        }
        byte[] secret = NewSecret();
        privateKey.CopyTo(secret);
        return new Secp256k1PrivateKey(secret);
    }

    /// <summary>Signs a hash: RFC 6979 nonce, low S, so the same hash has the same signature.</summary>
    /// <param name="hash">32 bytes.</param>
    /// <param name="signature">Receives 64 bytes, <c>r‖s</c>.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public void Sign(ReadOnlySpan<byte> hash, Span<byte> signature)
    {
        if (hash.Length != Ecdsa.HashBytes)
        {
            throw new ArgumentException($"A hash is {Ecdsa.HashBytes} bytes.", nameof(hash));
        }
        if (signature.Length != Ecdsa.SignatureBytes)
        {
            throw new ArgumentException($"A signature is {Ecdsa.SignatureBytes} bytes.", nameof(signature));
        }

        // The library derives the nonce from the hash as it is given; RFC 6979 (§3.2 d, bits2octets) from the hash modulo n.
        Span<byte> reduced = stackalloc byte[Ecdsa.HashBytes];
        new Scalar(hash).WriteToSpan(reduced);

        using ECPrivKey key = Take();
        if (!key.TrySignECDSA(reduced, out SecpECDSASignature? made))
        {
            throw new CryptographicException("NBitcoin.Secp256k1 could not sign.");
        }
        made!.WriteCompactToSpan(signature);
    }

    /// <summary>Copies the private key out, to be written to a key file. The caller clears its copy.</summary>
    /// <param name="destination">Receives 32 bytes.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length != PrivateKeyBytes)
        {
            throw new ArgumentException($"A private key is {PrivateKeyBytes} bytes.", nameof(destination));
        }
        lock (_secret)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _secret.CopyTo(destination);
        }
    }

    /// <summary>Overwrites the key. A signature that another thread is making is finished first or refused, never spoiled.</summary>
    public void Dispose()
    {
        lock (_secret)
        {
            CryptographicOperations.ZeroMemory(_secret);
            _isDisposed = true;
        }
    }

    /// <summary>A copy to compute with, so that nothing is computed with a secret that is being overwritten.</summary>
    private ECPrivKey Take()
    {
        lock (_secret)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return ECPrivKey.Create(_secret);
        }
    }

    private static byte[] NewSecret() => GC.AllocateArray<byte>(PrivateKeyBytes, pinned: true);

    private static bool IsPrivateKey(ReadOnlySpan<byte> bytes)
    {
        bool isPrivateKey = ECPrivKey.TryCreate(bytes, out ECPrivKey? key);
        key?.Dispose();
        return isPrivateKey;
    }
}

using System.Security.Cryptography;
using Ledger.Crypto;

namespace Ledger.Client;

/// <summary>A P-256 private key that the platform's cryptography signs with. Safe on any number of threads.</summary>
/// <remarks>
/// The nonce is random, as the platform makes it: the same hash has another signature each time. The one copy of the secret that lives
/// as long as this object is pinned, and <see cref="Dispose"/> overwrites it; the platform clears its own when a signature is made.
/// </remarks>
public sealed class P256PrivateKey : IDisposable
{
    /// <summary>Bytes of a private key: an integer from 1 to n − 1, big-endian.</summary>
    public const int PrivateKeyBytes = 32;

    // Under a lock on itself: read while it is copied, overwritten when the key is disposed.
    private readonly byte[] _secret;
    private bool _isDisposed;

    private readonly byte[] _publicKey = new byte[P256.PublicKeyBytes];

    private P256PrivateKey(byte[] secret)
    {
        _secret = secret;
        using ECDsa key = Take();
        ECPoint point = key.ExportParameters(includePrivateParameters: false).Q;
        _publicKey[0] = (byte)(2 + (point.Y![^1] & 1));
        point.X!.CopyTo(_publicKey, 1);
    }

    /// <summary>The compressed public key, 33 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>Makes a key from the operating system's randomness.</summary>
    public static P256PrivateKey Generate()
    {
        byte[] secret = NewSecret();
        do
        {
            RandomNumberGenerator.Fill(secret);
        } while (!P256.IsScalar(secret)); // once in 2³²
        return new P256PrivateKey(secret);
    }

    /// <summary>Takes a copy of a key; the caller clears its own.</summary>
    /// <param name="privateKey">32 bytes, big-endian, from 1 to n − 1.</param>
    /// <exception cref="ArgumentException">The length is wrong, or the number is 0 or not below n.</exception>
    public static P256PrivateKey FromBytes(ReadOnlySpan<byte> privateKey)
    {
        if (privateKey.Length != PrivateKeyBytes)
        {
            throw new ArgumentException($"A private key is {PrivateKeyBytes} bytes.", nameof(privateKey));
        }
        if (!P256.IsScalar(privateKey))
        {
            throw new ArgumentException("A private key is from 1 to n − 1.", nameof(privateKey));
        }
        byte[] secret = NewSecret();
        privateKey.CopyTo(secret);
        return new P256PrivateKey(secret);
    }

    /// <summary>Signs a hash, with low S.</summary>
    /// <param name="hash">32 bytes.</param>
    /// <param name="signature">Receives 64 bytes, <c>r‖s</c>.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public void Sign(ReadOnlySpan<byte> hash, Span<byte> signature)
    {
        if (hash.Length != P256.HashBytes)
        {
            throw new ArgumentException($"A hash is {P256.HashBytes} bytes.", nameof(hash));
        }
        if (signature.Length != P256.SignatureBytes)
        {
            throw new ArgumentException($"A signature is {P256.SignatureBytes} bytes.", nameof(signature));
        }
        using ECDsa key = Take();
        if (!key.TrySignHash(hash, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation, out _))
        {
            throw new CryptographicException("The platform could not sign.");
        }
        P256.NormalizeS(signature);
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
    private ECDsa Take()
    {
        lock (_secret)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = _secret });
        }
    }

    private static byte[] NewSecret() => GC.AllocateArray<byte>(PrivateKeyBytes, pinned: true);
}

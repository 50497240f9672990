using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Ledger.Crypto.Native;

namespace Ledger.Crypto;

/// <summary>
/// A secp256k1 private key that signs through libsecp256k1, in constant time. It lives outside the managed heap, where
/// nothing copies it, and is overwritten when it is disposed or finalised. Safe on any number of threads.
/// </summary>
public sealed unsafe class Secp256k1PrivateKey : IDisposable
{
    /// <summary>Bytes of a private key: an integer from 1 to n − 1, big-endian.</summary>
    public const int PrivateKeyBytes = 32;

    private readonly Secret _secret;
    private readonly byte[] _publicKey = new byte[Ecdsa.PublicKeyBytes];

    private Secp256k1PrivateKey(Secret secret)
    {
        _secret = secret;
        fixed (byte* publicKey = _publicKey)
        {
            LibSecp256k1.GetPublicKey(secret.Pointer, publicKey);
        }
    }

    /// <summary>The compressed public key, 33 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>Makes a key from the operating system's randomness.</summary>
    public static Secp256k1PrivateKey Generate()
    {
        Secret secret = new();
        do
        {
            RandomNumberGenerator.Fill(secret.Bytes);
        } while (!LibSecp256k1.IsPrivateKey(secret.Pointer)); // once in 2¹²⁸
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
        Secret secret = new();
        privateKey.CopyTo(secret.Bytes);
        if (!LibSecp256k1.IsPrivateKey(secret.Pointer))
        {
            secret.Dispose();
            throw new ArgumentException("A private key is from 1 to n − 1.", nameof(privateKey));
        }
        return new Secp256k1PrivateKey(secret);
    }

    /// <summary>Signs a hash: RFC 6979 nonce, low S, so the same hash has the same signature. Allocates nothing.</summary>
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

        bool held = false;
        try
        {
            _secret.DangerousAddRef(ref held); // a concurrent Dispose waits for us
            fixed (byte* digest = hash)
            fixed (byte* rs = signature)
            {
                LibSecp256k1.Sign(_secret.Pointer, digest, rs);
            }
        }
        finally
        {
            if (held)
            {
                _secret.DangerousRelease();
            }
        }
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
        bool held = false;
        try
        {
            _secret.DangerousAddRef(ref held);
            _secret.Bytes.CopyTo(destination);
        }
        finally
        {
            if (held)
            {
                _secret.DangerousRelease();
            }
        }
    }

    /// <summary>Overwrites the key, once no other thread is signing with it.</summary>
    public void Dispose() => _secret.Dispose();

    /// <summary>32 bytes of native memory, overwritten before they are freed.</summary>
    private sealed class Secret : SafeHandle
    {
        public Secret()
            : base(0, ownsHandle: true) => SetHandle((nint)NativeMemory.AllocZeroed(PrivateKeyBytes));

        public override bool IsInvalid => handle == 0;

        // Valid while the handle is open: the caller holds a reference, or has not published the handle yet.
        public byte* Pointer => (byte*)handle;

        public Span<byte> Bytes => new(Pointer, PrivateKeyBytes);

        protected override bool ReleaseHandle()
        {
            CryptographicOperations.ZeroMemory(Bytes);
            NativeMemory.Free(Pointer);
            return true;
        }
    }
}

using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>
/// A private key under the name that a DID document gives it: what signs operations. secp256k1, P-256 or Ed25519. The secret is
/// overwritten when the key is disposed of, as far as <see cref="Secp256k1PrivateKey"/>, <see cref="P256PrivateKey"/> and
/// <see cref="Ed25519PrivateKey"/> can.
/// Safe on any number of threads.
/// </summary>
public sealed class SigningKey : IDisposable
{
    /// <summary>Name of a key when nobody chose another.</summary>
    public const string DefaultFragment = "key-1";

    /// <summary>Bytes of a secret, of every type.</summary>
    public const int SecretBytes = 32;

    // Exactly one of the three.
    private readonly Secp256k1PrivateKey? _secp256k1;
    private readonly P256PrivateKey? _p256;
    private readonly Ed25519PrivateKey? _ed25519;

    private SigningKey(Secp256k1PrivateKey key, string fragment)
    {
        _secp256k1 = key;
        Type = KeyType.Secp256K1;
        PublicKey = key.PublicKey.ToArray();
        Fragment = fragment;
    }

    private SigningKey(P256PrivateKey key, string fragment)
    {
        _p256 = key;
        Type = KeyType.P256;
        PublicKey = key.PublicKey.ToArray();
        Fragment = fragment;
    }

    private SigningKey(Ed25519PrivateKey key, string fragment)
    {
        _ed25519 = key;
        Type = KeyType.Ed25519;
        PublicKey = key.PublicKey.ToArray();
        Fragment = fragment;
    }

    /// <summary>Kind of key.</summary>
    public KeyType Type { get; }

    /// <summary>The public key: 33 bytes (compressed SEC1) of secp256k1 and P-256, 32 bytes of Ed25519.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>The public key as a DID of its own, <c>did:key:z…</c>.</summary>
    public string DidKey => Protocol.DidKey.Format(Type, PublicKey.Span);

    /// <summary>Name of the verification method, without '#': <c>[a-z0-9-]{1,32}</c>.</summary>
    public string Fragment { get; }

    /// <summary>Makes a key from the operating system's randomness.</summary>
    /// <param name="type">Kind of key.</param>
    /// <param name="fragment">Name of the verification method.</param>
    /// <exception cref="ArgumentException">The name cannot be that of a method, or no key has this type.</exception>
    public static SigningKey Generate(KeyType type = KeyType.Secp256K1, string fragment = DefaultFragment)
    {
        RequireFragment(fragment);
        return type switch
        {
            KeyType.Secp256K1 => new SigningKey(Secp256k1PrivateKey.Generate(), fragment),
            KeyType.P256 => new SigningKey(P256PrivateKey.Generate(), fragment),
            KeyType.Ed25519 => new SigningKey(Ed25519PrivateKey.Generate(), fragment),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No key has this type."),
        };
    }

    /// <summary>Takes a copy of a secret; the caller clears its own.</summary>
    /// <param name="type">Kind of key.</param>
    /// <param name="secret">
    /// <see cref="SecretBytes"/> bytes: of secp256k1 and P-256 an integer from 1 to n − 1, big-endian; of Ed25519 any seed.
    /// </param>
    /// <param name="fragment">Name of the verification method.</param>
    /// <exception cref="ArgumentException">One of them is out of its range.</exception>
    public static SigningKey FromSecret(KeyType type, ReadOnlySpan<byte> secret, string fragment = DefaultFragment)
    {
        RequireFragment(fragment);
        return type switch
        {
            KeyType.Secp256K1 => new SigningKey(Secp256k1PrivateKey.FromBytes(secret), fragment),
            KeyType.P256 => new SigningKey(P256PrivateKey.FromBytes(secret), fragment),
            KeyType.Ed25519 => new SigningKey(Ed25519PrivateKey.FromBytes(secret), fragment),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No key has this type."),
        };
    }

    /// <summary>
    /// Reads a key in PEM: PKCS#8 (<c>PRIVATE KEY</c>) of any type, SEC 1 (<c>EC PRIVATE KEY</c>) of secp256k1 and P-256, not encrypted.
    /// </summary>
    /// <param name="pem">The text; the caller clears its own.</param>
    /// <param name="fragment">Name of the verification method.</param>
    /// <exception cref="FormatException">It is not one private key of these types. The message says what to do.</exception>
    /// <exception cref="ArgumentException">The name cannot be that of a method.</exception>
    public static SigningKey FromPem(ReadOnlySpan<char> pem, string fragment = DefaultFragment)
    {
        RequireFragment(fragment);
        PrivateKeyPem.Key read = PrivateKeyPem.Read(pem);
        SigningKey key = FromFile(read.Type, read.Secret, fragment);
        if (read.PublicKey is not null && !key.IsPublicKey(read.PublicKey))
        {
            key.Dispose();
            throw new FormatException("The public key in the file is not that of the private key.");
        }
        return key;
    }

    /// <summary>
    /// Writes the key in PEM, PKCS#8, not encrypted: text that is as secret as the key and that nothing overwrites.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The key was disposed of.</exception>
    public string ToPem()
    {
        Span<byte> secret = stackalloc byte[SecretBytes];
        CopySecretTo(secret);
        try
        {
            return PrivateKeyPem.Write(Type, secret, Uncompressed());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Reads a private key as JSON (RFC 7517): EC with secp256k1 or P-256, OKP with Ed25519.</summary>
    /// <param name="json">The text; the caller clears its own.</param>
    /// <param name="fragment">Name of the verification method.</param>
    /// <exception cref="FormatException">It is not a private key of these types. The message says what is wrong.</exception>
    /// <exception cref="ArgumentException">The name cannot be that of a method.</exception>
    public static SigningKey FromJwk(string json, string fragment = DefaultFragment)
    {
        ArgumentNullException.ThrowIfNull(json);
        RequireFragment(fragment);
        byte[] secret = [];
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 4 });
            if (!Jwk.TryReadPrivate(document.RootElement, out Jwk? jwk, out secret, out string problem))
            {
                throw new FormatException($"This is not a private key as a JWK: {problem}.");
            }
            SigningKey key = FromFile(jwk.Type, secret, fragment);
            if (!key.PublicKey.Span.SequenceEqual(jwk.PublicKey.Span))
            {
                key.Dispose();
                throw new FormatException("x and y are not those of d.");
            }
            return key;
        }
        catch (JsonException e)
        {
            throw new FormatException("This is not JSON.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>
    /// Writes the private key as JSON (RFC 7517), not encrypted: text that is as secret as the key and that nothing overwrites.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The key was disposed of.</exception>
    public string ToJwk()
    {
        Span<byte> secret = stackalloc byte[SecretBytes];
        CopySecretTo(secret);
        ArrayBufferWriter<byte> text = new(512); // never grows, so that no copy is left behind
        try
        {
            using (Utf8JsonWriter json = new(text))
            {
                Jwk.Of(Type, PublicKey.Span)!.Write(json, secret);
            }
            return Encoding.UTF8.GetString(text.WrittenSpan);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            text.Clear();
        }
    }

    /// <summary>Copies the secret out. The caller clears its copy.</summary>
    /// <param name="secret">Receives <see cref="SecretBytes"/> bytes.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed of.</exception>
    public void CopySecretTo(Span<byte> secret)
    {
        if (_secp256k1 is not null)
        {
            _secp256k1.CopyTo(secret);
        }
        else if (_p256 is not null)
        {
            _p256.CopyTo(secret);
        }
        else
        {
            _ed25519!.CopyTo(secret);
        }
    }

    /// <summary>
    /// Signs an operation. The same operation has the same signature, but by a P-256 key: its nonce is random.
    /// </summary>
    /// <param name="operation">The encoded operation, 1 to <see cref="Limits.OperationBytesMax"/> bytes.</param>
    /// <returns>The signature under this key's name.</returns>
    /// <exception cref="ObjectDisposedException">The key was disposed of.</exception>
    public Signature Sign(ReadOnlySpan<byte> operation)
    {
        byte[] signature = new byte[Limits.SignatureBytes];
        if (_ed25519 is null)
        {
            Span<byte> id = stackalloc byte[Limits.HashBytes];
            OperationCodec.ComputeId(operation, id);
            _secp256k1?.Sign(id, signature);
            _p256?.Sign(id, signature);
        }
        else
        {
            int messageBytes = OperationCodec.Domain.Length + operation.Length;
            byte[] message = ArrayPool<byte>.Shared.Rent(messageBytes);
            OperationCodec.Domain.CopyTo(message);
            operation.CopyTo(message.AsSpan(OperationCodec.Domain.Length));
            _ed25519.Sign(message.AsSpan(0, messageBytes), signature);
            ArrayPool<byte>.Shared.Return(message);
        }
        return new Signature { VerificationMethod = Fragment, Value = UnsafeByteOperations.UnsafeWrap(signature) };
    }

    /// <summary>The public half as a DID document holds it.</summary>
    /// <param name="purposes">
    /// What the key may be used for, ascending; none: authentication, assertion and capability invocation, which is all that
    /// the ledger asks for.
    /// </param>
    public VerificationMethod ToVerificationMethod(params ReadOnlySpan<KeyPurpose> purposes)
    {
        VerificationMethod method = new()
        {
            Fragment = Fragment,
            Type = Type,
            PublicKey = ByteString.CopyFrom(PublicKey.Span),
        };
        if (purposes.IsEmpty)
        {
            purposes = [KeyPurpose.Authentication, KeyPurpose.AssertionMethod, KeyPurpose.CapabilityInvocation];
        }
        foreach (KeyPurpose purpose in purposes)
        {
            method.Purposes.Add(purpose);
        }
        return method;
    }

    /// <summary>The smallest DID document: this key alone, for everything that the ledger asks for.</summary>
    public DidDocument ToDocument() => new() { VerificationMethods = { ToVerificationMethod() } };

    /// <summary>Overwrites the secret. A signature that another thread is making is finished or refused, never spoiled.</summary>
    public void Dispose()
    {
        _secp256k1?.Dispose();
        _p256?.Dispose();
        _ed25519?.Dispose();
    }

    private static SigningKey FromFile(KeyType type, byte[] secret, string fragment)
    {
        try
        {
            return FromSecret(type, secret, fragment);
        }
        catch (ArgumentException e)
        {
            throw new FormatException("Its secret is not one of this type of key.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    // As files have it: raw, or a point in either form of SEC 1.
    private bool IsPublicKey(ReadOnlySpan<byte> publicKey) =>
        publicKey.SequenceEqual(PublicKey.Span) || publicKey.SequenceEqual(Uncompressed());

    // 04, x and y; nothing for Ed25519, which has no such form.
    private byte[] Uncompressed()
    {
        Span<byte> point = stackalloc byte[Ecdsa.PointBytes];
        return
            (Type == KeyType.Secp256K1 && Ecdsa.TryDecompress(PublicKey.Span, point))
            || (Type == KeyType.P256 && P256.TryDecompress(PublicKey.Span, point))
            ? [4, .. point]
            : [];
    }

    private static void RequireFragment(string fragment)
    {
        if (!DidSyntax.IsFragment(fragment))
        {
            throw new ArgumentException("A key's name is 1 to 32 of a-z, 0-9 and '-'.", nameof(fragment));
        }
    }
}

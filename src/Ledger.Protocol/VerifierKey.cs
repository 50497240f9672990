using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ledger.Crypto;

namespace Ledger.Protocol;

/// <summary>
/// A public key that signs notes, under its name (C2SP signed-note 1.0.0): written
/// <c>&lt;name&gt;+&lt;key id in hex&gt;+&lt;base64 of type and public key&gt;</c>. The one type here is Ed25519, 0x01.
/// </summary>
public sealed record VerifierKey
{
    /// <summary>The type of Ed25519 keys.</summary>
    public const byte Ed25519Type = 0x01;

    private readonly byte[] _publicKey;

    private VerifierKey(string name, byte[] publicKey)
    {
        Name = name;
        _publicKey = publicKey;
        KeyId = ComputeKeyId(name, publicKey);
    }

    /// <summary>The name; for the key of a log, its origin.</summary>
    public string Name { get; }

    /// <summary>The first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key), big-endian.</summary>
    public uint KeyId { get; }

    /// <summary>The public key, 32 bytes.</summary>
    public ReadOnlyMemory<byte> PublicKey => _publicKey;

    /// <summary>Names an Ed25519 key.</summary>
    /// <param name="name">A key name, see <see cref="IsName"/>.</param>
    /// <param name="publicKey">32 bytes.</param>
    /// <exception cref="ArgumentException">The name cannot name a key, or the length is wrong.</exception>
    public static VerifierKey ForEd25519(string name, ReadOnlySpan<byte> publicKey)
    {
        if (!IsName(name))
        {
            throw new ArgumentException("This cannot name a key.", nameof(name));
        }
        if (publicKey.Length != Ed25519.PublicKeyBytes)
        {
            throw new ArgumentException($"A public key is {Ed25519.PublicKeyBytes} bytes.", nameof(publicKey));
        }
        return new VerifierKey(name, publicKey.ToArray());
    }

    /// <summary>Whether a text can name a key: not empty, no white space, no control characters, no '+'.</summary>
    /// <param name="name">Any text.</param>
    public static bool IsName([NotNullWhen(true)] string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return false;
        }
        foreach (char c in name)
        {
            if (c == '+' || char.IsWhiteSpace(c) || char.IsControl(c))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Parses what <see cref="ToString"/> writes, and only that.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="key">The key, when this returns true.</param>
    /// <returns>False also for a key id that is not that of the key, and for other types of key.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out VerifierKey? key)
    {
        key = null;
        string[] parts = text?.Split('+', 3) ?? []; // base64 may have a '+' of its own
        if (
            parts.Length != 3
            || !IsName(parts[0])
            || !StrictBase64.TryDecode(Encoding.UTF8.GetBytes(parts[2]), out byte[]? encoded)
            || encoded.Length != 1 + Ed25519.PublicKeyBytes
            || encoded[0] != Ed25519Type
        )
        {
            return false;
        }
        VerifierKey candidate = new(parts[0], encoded[1..]);
        if (candidate.KeyIdText != parts[1])
        {
            return false;
        }
        key = candidate;
        return true;
    }

    /// <summary>Parses a key that a person or a configuration gave.</summary>
    /// <param name="text">What <see cref="ToString"/> writes.</param>
    /// <exception cref="FormatException">It is something else.</exception>
    public static VerifierKey Parse(string text) =>
        TryParse(text, out VerifierKey? key)
            ? key
            : throw new FormatException($"'{text}' is not a verifier key: <name>+<key id>+<base64>, Ed25519.");

    /// <summary>Whether a signature is this key's over a message.</summary>
    /// <param name="message">The message: of a note, its text.</param>
    /// <param name="signature">The signature without the key id; false unless 64 bytes.</param>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Ed25519.Verify(_publicKey, message, signature);

    /// <summary>Whether both are the same key under the same name.</summary>
    /// <param name="other">Another key.</param>
    public bool Equals(VerifierKey? other) =>
        other is not null && Name == other.Name && _publicKey.AsSpan().SequenceEqual(other._publicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, KeyId);

    /// <summary>The key in the form that people exchange.</summary>
    public override string ToString() => $"{Name}+{KeyIdText}+{Convert.ToBase64String([Ed25519Type, .. _publicKey])}";

    private string KeyIdText => KeyId.ToString("x8", CultureInfo.InvariantCulture);

    private static uint ComputeKeyId(string name, ReadOnlySpan<byte> publicKey)
    {
        byte[] hash = SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', Ed25519Type, .. publicKey]);
        return BinaryPrimitives.ReadUInt32BigEndian(hash);
    }
}

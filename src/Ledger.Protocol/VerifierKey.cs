using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ledger.Protocol;

/// <summary>
/// A public key that signs notes, under its name (C2SP signed-note 1.0.0): written
/// <c>&lt;name&gt;+&lt;key id in hex&gt;+&lt;base64 of type and public key&gt;</c>. The type says which algorithm it is of.
/// </summary>
public sealed record VerifierKey
{
    private readonly byte[] _publicKey;

    private VerifierKey(NoteAlgorithm algorithm, string name, byte[] publicKey)
    {
        Algorithm = algorithm;
        Name = name;
        _publicKey = publicKey;
        KeyId = ComputeKeyId(name, algorithm.Type, publicKey);
    }

    /// <summary>What it verifies with.</summary>
    public NoteAlgorithm Algorithm { get; }

    /// <summary>The name; for the key of a log, its origin.</summary>
    public string Name { get; }

    /// <summary>The first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key), big-endian.</summary>
    public uint KeyId { get; }

    /// <summary>The public key, <see cref="NoteAlgorithm.PublicKeyBytes"/> of its algorithm.</summary>
    public ReadOnlyMemory<byte> PublicKey => _publicKey;

    /// <summary>Names the Ed25519 key of a log.</summary>
    /// <param name="name">A key name, see <see cref="IsName"/>.</param>
    /// <param name="publicKey">32 bytes.</param>
    /// <exception cref="ArgumentException">The name cannot name a key, or the length is wrong.</exception>
    public static VerifierKey ForEd25519(string name, ReadOnlySpan<byte> publicKey) =>
        Create(Ed25519Note.Instance, name, publicKey);

    /// <summary>Names a key of any algorithm.</summary>
    /// <param name="algorithm">The algorithm.</param>
    /// <param name="name">A key name, see <see cref="IsName"/>.</param>
    /// <param name="publicKey">The key, in the algorithm's length.</param>
    /// <exception cref="ArgumentException">The name cannot name a key, or the length is wrong.</exception>
    public static VerifierKey Create(NoteAlgorithm algorithm, string name, ReadOnlySpan<byte> publicKey)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        if (!IsName(name))
        {
            throw new ArgumentException("This cannot name a key.", nameof(name));
        }
        if (publicKey.Length != algorithm.PublicKeyBytes)
        {
            throw new ArgumentException($"A public key is {algorithm.PublicKeyBytes} bytes.", nameof(publicKey));
        }
        return new VerifierKey(algorithm, name, publicKey.ToArray());
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

    /// <summary>Parses what <see cref="ToString"/> writes, and only that, for keys of the algorithms that are built in.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="key">The key, when this returns true.</param>
    /// <returns>False also for a key id that is not that of the key, and for other types of key.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out VerifierKey? key) =>
        TryParse(text, NoteAlgorithm.BuiltIn, out key);

    /// <summary>Parses what <see cref="ToString"/> writes, and only that.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="algorithms">The algorithms that are known.</param>
    /// <param name="key">The key, when this returns true.</param>
    /// <returns>False also for a key id that is not that of the key, and for types of key that are not known.</returns>
    public static bool TryParse(
        string? text,
        IEnumerable<NoteAlgorithm> algorithms,
        [NotNullWhen(true)] out VerifierKey? key
    )
    {
        key = null;
        string[] parts = text?.Split('+', 3) ?? []; // base64 may have a '+' of its own
        if (
            parts.Length != 3
            || parts[2].Length > Limits.VerifierKeyCharactersMax
            || !IsName(parts[0])
            || !StrictBase64.TryDecode(Encoding.UTF8.GetBytes(parts[2]), out byte[]? encoded)
            || encoded.Length == 0
            || algorithms.FirstOrDefault(one => one.Type == encoded[0]) is not { } algorithm
            || encoded.Length != 1 + algorithm.PublicKeyBytes
        )
        {
            return false;
        }
        VerifierKey candidate = new(algorithm, parts[0], encoded[1..]);
        if (candidate.KeyIdText != parts[1])
        {
            return false;
        }
        key = candidate;
        return true;
    }

    /// <summary>Parses a key that a person or a configuration gave, of the algorithms that are built in.</summary>
    /// <param name="text">What <see cref="ToString"/> writes.</param>
    /// <exception cref="FormatException">It is something else.</exception>
    public static VerifierKey Parse(string text) =>
        TryParse(text, out VerifierKey? key)
            ? key
            : throw new FormatException($"'{text}' is not a verifier key: <name>+<key id>+<base64>, of a known type.");

    /// <summary>Whether a signature is this key's over the text of a note.</summary>
    /// <param name="text">The text, with its last newline.</param>
    /// <param name="signature">The signature without the key id; false for any bytes that are none.</param>
    public bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature) =>
        Algorithm.Verify(Name, _publicKey, text, signature);

    /// <summary>Whether both are the same key under the same name.</summary>
    /// <param name="other">Another key.</param>
    public bool Equals(VerifierKey? other) =>
        other is not null
        && Algorithm.Type == other.Algorithm.Type
        && Name == other.Name
        && _publicKey.AsSpan().SequenceEqual(other._publicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, KeyId);

    /// <summary>The key in the form that people exchange.</summary>
    public override string ToString() =>
        $"{Name}+{KeyIdText}+{Convert.ToBase64String([Algorithm.Type, .. _publicKey])}";

    private string KeyIdText => KeyId.ToString("x8", CultureInfo.InvariantCulture);

    private static uint ComputeKeyId(string name, byte type, ReadOnlySpan<byte> publicKey)
    {
        byte[] hash = SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', type, .. publicKey]);
        return BinaryPrimitives.ReadUInt32BigEndian(hash);
    }
}

using System.Buffers;
using Ledger.V1;
using SimpleBase;

namespace Ledger.Protocol;

/// <summary>
/// Public keys as one line of text, as <c>publicKeyMultibase</c> and did:key have them (W3C Controlled Identifiers 1.0, Multikey):
/// 'z', then in base58 (Bitcoin's alphabet) the code of the key's kind and the key.
/// </summary>
public static class Multikey
{
    /// <summary>Longest text of a key, in characters: 'z', and less than 1.366 characters a byte.</summary>
    public const int LengthMax = 1 + (Limits.MultikeyBytesMax * 1_366 / 1_000) + 1;

    private const char Base58Prefix = 'z';

    private static readonly SearchValues<char> Characters = SearchValues.Create(
        "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    );

    /// <summary>Writes a key.</summary>
    /// <param name="type">Kind of key.</param>
    /// <param name="publicKey">The key as <see cref="VerificationMethod"/> holds it: a MULTIKEY starts with its code already.</param>
    /// <exception cref="ArgumentOutOfRangeException">No key has this type.</exception>
    public static string Encode(KeyType type, ReadOnlySpan<byte> publicKey) =>
        Base58Prefix
        + Base58.Bitcoin.Encode(
            type == KeyType.Multikey ? publicKey : [.. Multicodec.Write(Multicodec.Of(type)), .. publicKey]
        );

    /// <summary>Reads a key that could stand in a document.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="type">Kind of key: <see cref="KeyType.Multikey"/> only for a kind that has no type of its own.</param>
    /// <param name="publicKey">The key as <see cref="VerificationMethod"/> holds it; empty when this is none.</param>
    public static bool TryDecode(string text, out KeyType type, out byte[] publicKey) =>
        TryDecode(text, out type, out publicKey, out _);

    /// <summary>Reads a key that could stand in a document, and says what is wrong with one that could not.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="type">Kind of key: <see cref="KeyType.Multikey"/> only for a kind that has no type of its own.</param>
    /// <param name="publicKey">The key as <see cref="VerificationMethod"/> holds it; empty when this is none.</param>
    /// <param name="problem">What is wrong; never contains the text itself. Empty when nothing is.</param>
    public static bool TryDecode(string text, out KeyType type, out byte[] publicKey, out string problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        (type, publicKey) = (KeyType.Unspecified, []);

        // The length is judged before anything else: decoding takes the square of it.
        if (
            text.Length is < 2 or > LengthMax
            || text[0] != Base58Prefix
            || text.AsSpan(1).ContainsAnyExcept(Characters)
        )
        {
            problem = $"must be 'z' and base58, up to {LengthMax} characters";
            return false;
        }
        byte[] bytes = Base58.Bitcoin.Decode(text.AsSpan(1));
        if (!Multicodec.TryRead(bytes, out ulong code, out int codeBytes))
        {
            problem = "must start with the code of a kind of key";
            return false;
        }
        KeyType found = Multicodec.TypeOf(code);
        byte[] key = found == KeyType.Multikey ? bytes : bytes[codeBytes..];
        problem = KeyForms.CheckKey(found, key) ?? "";
        if (problem.Length > 0)
        {
            return false;
        }
        (type, publicKey) = (found, key);
        return true;
    }
}

using System.Buffers;
using System.Buffers.Text;
using Ledger.V1;
using SimpleBase;

namespace Ledger.Protocol;

/// <summary>
/// Public keys as one line of text, as <c>publicKeyMultibase</c> and did:key have them (W3C Controlled Identifiers 1.0, Multikey): the
/// code of the key's kind and the key, as 'z' and base58 (Bitcoin's alphabet); or, when that is long, as 'u' and base64url, which the
/// suites of post-quantum keys use. base58 takes the square of the length, and whoever resolves a DID would have to be paid it.
/// </summary>
public static class Multikey
{
    /// <summary>Longest text of a key, in characters: 'u', and four characters for three bytes.</summary>
    public const int LengthMax = 1 + ((Limits.MultikeyBytesMax + 2) / 3 * 4);

    // Most bytes, with the code of their kind, that are written in base58: every kind of elliptic curve fits. Each is less than 1.366
    // characters.
    private const int Base58BytesMax = 128;
    private const int Base58LengthMax = 1 + (Base58BytesMax * 1_366 / 1_000) + 1;
    private const char Base58Prefix = 'z';
    private const char Base64UrlPrefix = 'u';

    private static readonly SearchValues<char> Characters = SearchValues.Create(
        "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    );

    /// <summary>Writes a key.</summary>
    /// <param name="type">Kind of key.</param>
    /// <param name="publicKey">The key as <see cref="VerificationMethod"/> holds it: a MULTIKEY starts with its code already.</param>
    /// <exception cref="ArgumentOutOfRangeException">No key has this type.</exception>
    public static string Encode(KeyType type, ReadOnlySpan<byte> publicKey)
    {
        ReadOnlySpan<byte> bytes =
            type == KeyType.Multikey ? publicKey : [.. Multicodec.Write(Multicodec.Of(type)), .. publicKey];
        return bytes.Length <= Base58BytesMax
            ? Base58Prefix + Base58.Bitcoin.Encode(bytes)
            : Base64UrlPrefix + Base64Url.EncodeToString(bytes);
    }

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

        if (!TryDecode(text, out byte[] bytes))
        {
            problem =
                $"must be 'z' and base58 of up to {Base58BytesMax} bytes, or 'u' and base64url without padding of more";
            return false;
        }
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

    // One key has one text: each form for its lengths. The length is judged before anything else.
    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = [];
        ReadOnlySpan<char> rest = text.Length < 2 ? "" : text.AsSpan(1);
        if (rest.IsEmpty)
        {
            return false;
        }
        if (text.StartsWith(Base58Prefix) && text.Length <= Base58LengthMax && !rest.ContainsAnyExcept(Characters))
        {
            bytes = Base58.Bitcoin.Decode(rest);
            return bytes.Length <= Base58BytesMax;
        }
        if (!text.StartsWith(Base64UrlPrefix) || text.Length > LengthMax)
        {
            return false;
        }
        bytes = new byte[Base64Url.GetMaxDecodedLength(rest.Length)];
        OperationStatus status = Base64Url.DecodeFromChars(rest, bytes, out _, out int written);
        bytes = bytes[..written];

        // Encoded again it is the same text: no padding, no white space, no bits that say nothing.
        return status == OperationStatus.Done
            && written > Base58BytesMax
            && rest.SequenceEqual(Base64Url.EncodeToString(bytes));
    }
}

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using SimpleBase;

namespace Ledger.Protocol;

/// <summary>
/// Identifiers of the method <c>did:pilot</c>: <c>did:pilot:&lt;network&gt;:&lt;id&gt;</c>, where id is the operation id of
/// the operation that created the DID, in lower-case base32 (RFC 4648) without padding, 52 characters. Whoever holds that
/// operation can check the identifier.
/// </summary>
public static class DidSyntax
{
    /// <summary>What every DID of this method starts with.</summary>
    public const string Prefix = "did:pilot:";

    /// <summary>Length of the last part, in characters: 256 bits, 5 a character.</summary>
    public const int IdLength = 52;

    /// <summary>Longest DID, in characters.</summary>
    public const int LengthMax = 10 + Limits.NetworkLengthMax + 1 + IdLength;

    private static readonly SearchValues<char> Base32Characters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz234567"
    );

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789-"
    );

    // RFC 4648's alphabet in lower case and without padding.
    private static Base32 Base32 => Base32.FileCoin;

    /// <summary>The DID that an operation creates.</summary>
    /// <param name="network">The ledger's network name.</param>
    /// <param name="operationId">32 bytes.</param>
    /// <exception cref="ArgumentException">The network is not a network name, or the id is not 32 bytes.</exception>
    public static string FromOperationId(string network, ReadOnlySpan<byte> operationId)
    {
        if (!IsNetwork(network))
        {
            throw new ArgumentException("This is not a network name.", nameof(network));
        }
        if (operationId.Length != Limits.HashBytes)
        {
            throw new ArgumentException($"An operation id is {Limits.HashBytes} bytes.", nameof(operationId));
        }
        Span<char> id = stackalloc char[IdLength + 8];
        bool encoded = Base32.TryEncode(operationId, id, padding: false, out int written);
        System.Diagnostics.Debug.Assert(encoded && written == IdLength, "256 bits are 52 characters");
        return string.Concat(Prefix, network, ":", id[..IdLength]);
    }

    /// <summary>Whether a text is a DID of one network, in its one spelling. It need not be registered.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="network">The ledger's network name.</param>
    public static bool IsDid([NotNullWhen(true)] string? text, string network) =>
        TrySplit(text, out ReadOnlySpan<char> found, out _) && found.SequenceEqual(network);

    /// <summary>Whether a text is a DID of this method on any network, in its one spelling.</summary>
    /// <param name="text">Any text.</param>
    public static bool IsDid([NotNullWhen(true)] string? text) => TrySplit(text, out _, out _);

    /// <summary>Takes a DID apart.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="network">Its network; empty when the text is not a DID of this method.</param>
    /// <param name="operationId">The id of the operation that created it, 32 bytes; empty when it is not.</param>
    /// <returns>Whether the text is a DID of this method.</returns>
    public static bool TryParse(string? text, out string network, out byte[] operationId)
    {
        if (!TrySplit(text, out ReadOnlySpan<char> networkPart, out ReadOnlySpan<char> idPart))
        {
            network = "";
            operationId = [];
            return false;
        }
        network = networkPart.ToString();
        operationId = Base32.Decode(idPart);
        System.Diagnostics.Debug.Assert(operationId.Length == Limits.HashBytes, "52 characters are 32 bytes");
        return true;
    }

    /// <summary>Whether a text can name a network: <c>[a-z0-9-]{1,32}</c>.</summary>
    /// <param name="text">Any text.</param>
    public static bool IsNetwork([NotNullWhen(true)] string? text) => IsName(text, Limits.NetworkLengthMax);

    /// <summary>Whether a text can name a key or service within a document, without '#': <c>[a-z0-9-]{1,32}</c>.</summary>
    /// <param name="text">Any text.</param>
    public static bool IsFragment([NotNullWhen(true)] string? text) => IsName(text, Limits.FragmentLengthMax);

    private static bool IsName(ReadOnlySpan<char> text, int lengthMax) =>
        text.Length >= 1 && text.Length <= lengthMax && !text.ContainsAnyExcept(NameCharacters);

    private static bool TrySplit(string? text, out ReadOnlySpan<char> network, out ReadOnlySpan<char> id)
    {
        network = id = default;
        if (text is null || text.Length > LengthMax || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }
        ReadOnlySpan<char> rest = text.AsSpan(Prefix.Length);
        int colon = rest.IndexOf(':');
        if (colon < 0)
        {
            return false;
        }
        network = rest[..colon];
        id = rest[(colon + 1)..];
        // 52 characters hold 260 bits. The last four are zero, or one hash would have sixteen spellings: so the last
        // character, whose first bit alone counts, is 'a' (0) or 'q' (16).
        return IsName(network, Limits.NetworkLengthMax)
            && id.Length == IdLength
            && !id.ContainsAnyExcept(Base32Characters)
            && id[^1] is 'a' or 'q';
    }
}

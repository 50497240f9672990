using System.Buffers;

namespace Ledger.Protocol;

/// <summary>What is wrong with a text that should be a DID URL.</summary>
public enum DidUrlFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>What should be its DID is none.</summary>
    Did,

    /// <summary>It begins with a DID, and what follows is no path, query and fragment.</summary>
    Url,
}

/// <summary>A DID URL of any method, taken apart by the grammar of DID Core, section 3.2.</summary>
/// <param name="Did">The DID.</param>
/// <param name="Path">The path: empty, or from its first '/' on.</param>
/// <param name="Query">The query, without '?'; null: there is none.</param>
/// <param name="Fragment">The fragment, without '#'; null: there is none.</param>
public sealed record DidUrl(string Did, string Path, string? Query, string? Fragment)
{
    private static readonly SearchValues<char> MethodCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789"
    );

    private static readonly SearchValues<char> IdCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:%"
    );

    // pchar and '/' of RFC 3986; a query and a fragment have '?' too.
    private static readonly SearchValues<char> PathCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/%"
    );

    private static readonly SearchValues<char> QueryCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?%"
    );

    /// <summary>Name of the DID's method.</summary>
    public string Method => Did.Split(':', 3)[1];

    /// <summary>Takes a DID URL apart.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="url">Its parts, when there is no fault.</param>
    /// <param name="problem">What is wrong otherwise, for a person.</param>
    public static DidUrlFault Parse(string text, out DidUrl? url, out string problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        url = null;
        (string rest, string? fragment) = Cut(text, '#');
        (rest, string? query) = Cut(rest, '?');
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string did = slash < 0 ? rest : rest[..slash];
        string path = slash < 0 ? "" : rest[slash..];
        problem = ProblemOf(did);
        if (problem.Length > 0)
        {
            return DidUrlFault.Did;
        }

        problem =
            !Is(path, PathCharacters) ? "the path holds a character that no path may hold"
            : !Is(query, QueryCharacters) ? "the query holds a character that no query may hold"
            : !Is(fragment, QueryCharacters) ? "the fragment holds a character that no fragment may hold"
            : "";
        if (problem.Length > 0)
        {
            return DidUrlFault.Url;
        }

        url = new DidUrl(did, path, query, fragment);
        return DidUrlFault.None;
    }

    // did = "did:" method-name ":" method-specific-id; the last of the id's parts, which ':' ends, is not empty.
    private static string ProblemOf(string did)
    {
        if (!did.StartsWith("did:", StringComparison.Ordinal))
        {
            return did.StartsWith("did:", StringComparison.OrdinalIgnoreCase)
                ? "a DID begins with did: in lower case"
                : "a DID begins with did:";
        }

        int colon = did.IndexOf(':', 4);
        ReadOnlySpan<char> method = did.AsSpan(4, (colon < 0 ? did.Length : colon) - 4);
        return method.IsEmpty ? "the DID names no method"
            : method.ContainsAnyExcept(MethodCharacters) ? "the name of a method is made of a-z and 0-9"
            : colon < 0 || colon == did.Length - 1 ? "nothing follows the method"
            : did[^1] == ':' ? "the DID ends with ':'"
            : !Is(did[(colon + 1)..], IdCharacters) ? "the DID holds a character that no DID may hold"
            : "";
    }

    // Characters, and every '%' with two hexadecimal digits.
    private static bool Is(string? text, SearchValues<char> characters)
    {
        if (text.AsSpan().ContainsAnyExcept(characters))
        {
            return false;
        }

        for (int i = text?.IndexOf('%', StringComparison.Ordinal) ?? -1; i >= 0; i = text!.IndexOf('%', i + 1))
        {
            if (i + 2 >= text!.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                return false;
            }
        }

        return true;
    }

    private static (string Before, string? After) Cut(string text, char at)
    {
        int index = text.IndexOf(at, StringComparison.Ordinal);
        return index < 0 ? (text, null) : (text[..index], text[(index + 1)..]);
    }
}

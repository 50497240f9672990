using System.Buffers;

namespace Ledger.Node.Http.Dids;

/// <summary>
/// What a <c>relativeRef</c> leads to from the endpoint of a service (RFC 3986, section 5). Never to another host: whoever follows a
/// redirection of this node goes where the controller of the DID said. It may begin with '/' and then names any path of that host;
/// with neither scheme, host nor <c>..</c> it leads nowhere else.
/// </summary>
internal static class ServiceReference
{
    private static readonly SearchValues<char> Characters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?%#"
    );

    /// <summary>What is wrong with a reference, whatever the endpoint; empty when nothing is.</summary>
    /// <param name="reference">Any text, decoded.</param>
    public static string ProblemOf(string reference)
    {
        string path = reference.Split('?', '#')[0];
        string first = path.Split('/')[0];
        return reference.AsSpan().ContainsAnyExcept(Characters) || reference.Count(static c => c == '#') > 1
                ? "relativeRef holds a character that no reference may hold"
            : path.StartsWith("//", StringComparison.Ordinal) ? "relativeRef names a host"
            : first.Contains(':', StringComparison.Ordinal) ? "relativeRef has a scheme"
            : Uri.UnescapeDataString(path).Split('/', '\\').Contains("..") ? "relativeRef climbs up with '..'"
            : "";
    }

    /// <summary>Resolves a reference in which nothing is wrong.</summary>
    /// <param name="endpoint">URI of the endpoint.</param>
    /// <param name="reference">The reference.</param>
    /// <returns>Null when the endpoint is a URI of a kind that has no paths.</returns>
    public static string? Join(string endpoint, string reference)
    {
        int scheme = endpoint.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return null;
        }

        string basis = endpoint.Split('#')[0];
        string withoutQuery = basis.Split('?')[0];
        int slash = withoutQuery.IndexOf('/', scheme + 3);
        string authority = slash < 0 ? withoutQuery : withoutQuery[..slash];
        string path = slash < 0 ? "" : withoutQuery[slash..];
        return reference.Length == 0 ? basis
            : reference[0] == '#' ? basis + reference
            : reference[0] == '?' ? withoutQuery + reference
            : reference[0] == '/' ? authority + WithoutDots(reference)
            : authority
                + WithoutDots(
                    path[..(path.LastIndexOf('/') + 1)] is { Length: > 0 } folder ? folder + reference : "/" + reference
                );
    }

    // Segments "." go (section 5.2.4); ".." there is none in a reference, and those of an endpoint are its controller's.
    private static string WithoutDots(string reference)
    {
        int end = reference.AsSpan().IndexOfAny('?', '#');
        string path = end < 0 ? reference : reference[..end];
        string[] segments = path.Split('/');
        string last = segments[^1] == "." ? "" : segments[^1];
        IEnumerable<string> kept = segments[..^1].Where(static s => s != ".");
        return string.Join('/', [.. kept, last]) + (end < 0 ? "" : reference[end..]);
    }
}

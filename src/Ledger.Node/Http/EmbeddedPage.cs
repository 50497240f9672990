using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace Ledger.Node.Http;

/// <summary>Files that are part of the program.</summary>
internal static class EmbeddedPage
{
    // Nothing on a page comes from elsewhere, and nothing on it runs.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

    /// <summary>A file as an answer.</summary>
    /// <param name="name">Its name in the folder Pages.</param>
    /// <param name="contentType">Its media type.</param>
    public static HttpAnswer Of(string name, string contentType)
    {
        using Stream file = Assembly
            .GetExecutingAssembly()
            .GetManifestResourceStream($"Ledger.Node.Http.Pages.{name}")!;
        using MemoryStream bytes = new();
        file.CopyTo(bytes);
        return new HttpAnswer(StatusCodes.Status200OK, contentType, bytes.ToArray())
        {
            CacheControl = "public, max-age=300",
            Headers = [("Content-Security-Policy", Policy), ("Referrer-Policy", "no-referrer")],
        };
    }
}

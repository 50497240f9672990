using Microsoft.AspNetCore.Http;

namespace Ledger.Node.Http;

/// <summary>What answers at a path of the HTTP port.</summary>
/// <param name="Path">
/// The path. One that ends with a name in braces stands for every path that begins with what is before it and goes on.
/// </param>
/// <param name="Methods">Methods of HTTP that it knows, beside HEAD where it knows GET, and OPTIONS.</param>
/// <param name="AnswerAsync">Answers; what follows the beginning of the path is passed as it was sent, with the query.</param>
internal sealed record HttpRoute(
    string Path,
    IReadOnlyList<string> Methods,
    Func<HttpContext, string, ValueTask<HttpAnswer>> AnswerAsync
)
{
    private readonly string _prefix = Path.EndsWith('}') ? Path[..Path.IndexOf('{', StringComparison.Ordinal)] : "";

    /// <summary>Value of the header Allow.</summary>
    public string Allow { get; } =
        string.Join(", ", [.. Methods, .. Methods.Contains("GET") ? ["HEAD"] : Array.Empty<string>(), "OPTIONS"]);

    /// <summary>The answer when it fails unexpectedly.</summary>
    public HttpAnswer Failure { get; init; } = HttpProblem.Internal;

    /// <summary>An answer that is always the same.</summary>
    public static HttpRoute Fixed(string path, HttpAnswer answer) =>
        new(path, ["GET"], (_, _) => ValueTask.FromResult(answer));

    /// <summary>Whether it answers at a path, and what then follows.</summary>
    /// <param name="target">Path and query as they were sent.</param>
    /// <param name="rest">What follows the beginning of the path.</param>
    public bool Matches(string target, out string rest)
    {
        rest =
            _prefix.Length > 0 && target.StartsWith(_prefix, StringComparison.Ordinal) ? target[_prefix.Length..] : "";
        return _prefix.Length > 0 ? rest.Length > 0 : target.Split('?', 2)[0] == Path;
    }
}

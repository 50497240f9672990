using System.Text.Json;

namespace Ledger.Testing;

/// <summary>
/// Finds published test vectors, which are not part of this repository: in the folder that LEDGER_VECTORS names, or in
/// ../shared/vectors beside the repository. Tests that need them are skipped where there are none.
/// </summary>
public static class Vectors
{
    private static readonly string? Root = Locate();

    /// <summary>The full path of a vector file or folder; skips the running test when it is absent.</summary>
    public static string Path(params string[] parts)
    {
        string? path = Root is null ? null : System.IO.Path.Combine([Root, .. parts]);
        if (path is null || !(File.Exists(path) || Directory.Exists(path)))
        {
            Assert.Skip(
                $"No test vectors {string.Join('/', parts)}: set LEDGER_VECTORS, or put them into ../shared/vectors."
            );
        }
        return path;
    }

    /// <summary>A JSON vector file; skips the running test when it is absent.</summary>
    public static JsonElement Json(params string[] parts)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path(parts)));
        return document.RootElement.Clone();
    }

    private static string? Locate()
    {
        if (Environment.GetEnvironmentVariable("LEDGER_VECTORS") is { Length: > 0 } named)
        {
            return named;
        }
        // Clones of the repository may lie deeper than the original, so every folder above is tried.
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string candidate = System.IO.Path.Combine(at.FullName, "shared", "vectors");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }
        return null;
    }
}

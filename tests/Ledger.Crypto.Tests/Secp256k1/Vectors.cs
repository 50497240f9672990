using System.Runtime.CompilerServices;

namespace Ledger.Crypto.Tests.Secp256k1;

/// <summary>Published test vectors, which are not part of the repository.</summary>
internal static class Vectors
{
    /// <summary>
    /// The path of a file in the folder that LEDGER_VECTORS names, or else in ../shared/vectors beside the repository.
    /// Skips the test, saying so, where there is none.
    /// </summary>
    public static string Path(string file)
    {
        string folder =
            Environment.GetEnvironmentVariable("LEDGER_VECTORS")
            ?? System.IO.Path.Combine(RepositoryRoot(), "..", "shared", "vectors");
        string path = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, file));
        if (!File.Exists(path))
        {
            Assert.Skip($"No test vectors: {path} does not exist (LEDGER_VECTORS can name their folder).");
        }
        return path;
    }

    private static string RepositoryRoot([CallerFilePath] string here = "")
    {
        DirectoryInfo? folder = new FileInfo(here).Directory;
        while (folder != null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Ledger.sln")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName ?? ".";
    }
}

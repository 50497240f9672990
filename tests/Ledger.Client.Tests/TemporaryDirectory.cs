namespace Ledger.Client.Tests;

/// <summary>A directory of a test's own, removed with all that is in it.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ledger-client-");

    public string Path => _directory.FullName;

    public string In(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _directory.Delete(recursive: true);
}

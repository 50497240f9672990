namespace Ledger.Cli.Tests;

/// <summary>A folder that goes with the test, and in it a person's home.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ledger-cli-test-").FullName;

    /// <summary>A path within the folder.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>The file of a key, where the command keeps it by default.</summary>
    public string KeyFile(string name) => this[$"home/data/ledger/keys/{name}.json"];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

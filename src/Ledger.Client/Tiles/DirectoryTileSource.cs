namespace Ledger.Client;

/// <summary>A log in a folder: <c>checkpoint</c> and <c>tile/…</c>, as a web server would serve them.</summary>
/// <param name="directory">The folder.</param>
public sealed class DirectoryTileSource(string directory) : ITileSource
{
    /// <inheritdoc />
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(string path, int bytesMax, CancellationToken cancellationToken)
    {
        string name = Path.Combine(directory, path);
        FileStream file;
        try
        {
            file = new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{name} cannot be read: {e.Message}", e);
        }
        await using (file)
        {
            return await BoundedStream.ReadAsync(file, bytesMax, name, cancellationToken);
        }
    }

    /// <inheritdoc />
    public override string ToString() => directory;
}

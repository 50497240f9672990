namespace Ledger.Cli;

/// <summary>
/// A file that a command is to write at its end. That it can be written is found out before the command does anything: what is done
/// cannot be undone because there is no folder for its proof.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _fresh;

    private OutputFile(string path)
    {
        Path = path;
        _fresh = $"{path}.{Environment.ProcessId}.new";
    }

    /// <summary>Where it will be.</summary>
    public string Path { get; }

    /// <summary>Makes an empty file beside the one that is to be written.</summary>
    /// <param name="path">The file; null when none was asked for.</param>
    /// <exception cref="CommandFailure">It cannot be written.</exception>
    public static OutputFile? Prepare(string? path)
    {
        if (path is null)
        {
            return null;
        }

        OutputFile file = new(path);
        try
        {
            if (Directory.Exists(path))
            {
                throw new IOException("it is a folder");
            }

            File.Create(file._fresh).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.Unreachable($"{path} cannot be written, so nothing was done: {e.Message}", e);
        }

        return file;
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(_fresh, bytes);
        File.Move(_fresh, Path, overwrite: true);
    }

    /// <inheritdoc />
    public void Dispose() => File.Delete(_fresh);
}

using Ledger.Client;
using Ledger.Files;
using Ledger.Protocol;

namespace Ledger.Cli;

/// <summary>
/// A folder in which a log lies as files, <c>checkpoint</c> and <c>tile/…</c>, for any web server to serve. One writes at a time. A file
/// is on disk before it takes its name, so that whoever reads meanwhile, or after a crash, sees it whole or not at all.
/// </summary>
internal sealed class TileDirectory : IDisposable
{
    // Marks a folder as an export from its first moment on. Holds what is being written, and the lock.
    private const string Own = ".export";

    private readonly string _directory;
    private readonly string _fresh;
    private readonly FileStream _lock;

    private TileDirectory(string directory, FileStream held)
    {
        _directory = directory;
        _fresh = Path.Combine(directory, Own, "new");
        _lock = held;
    }

    /// <summary>Files that were written, as against those that were there already.</summary>
    public long Written { get; private set; }

    /// <summary>Partial tiles that were removed, with their entries.</summary>
    public long Removed { get; private set; }

    /// <summary>The same folder as a client reads it.</summary>
    public ITileSource Source => new DirectoryTileSource(_directory);

    /// <summary>Opens an export, or begins one in a folder that is not there yet or empty.</summary>
    /// <exception cref="CommandFailure">The folder holds something else, or another process exports into it.</exception>
    public static TileDirectory Open(string directory)
    {
        string own = Path.Combine(directory, Own);
        if (
            Directory.Exists(directory)
            && !Directory.Exists(own)
            && Directory.EnumerateFileSystemEntries(directory).Any()
        )
        {
            throw CommandFailure.Usage($"{directory} is no export of a log, and not empty: name a folder of its own.");
        }

        Directory.CreateDirectory(own);
        try
        {
            return new TileDirectory(
                directory,
                new FileStream(Path.Combine(own, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)
            );
        }
        catch (IOException e)
        {
            throw CommandFailure.Unreachable($"{directory} is being exported into by another process.", e);
        }
    }

    /// <summary>Writes a file, unless it is there with these bytes.</summary>
    /// <param name="path">Its path in the folder.</param>
    /// <param name="bytes">Its bytes.</param>
    public void Put(string path, ReadOnlySpan<byte> bytes)
    {
        string name = Path.Combine(_directory, path);
        if (
            File.Exists(name)
            && new FileInfo(name).Length == bytes.Length
            && bytes.SequenceEqual(File.ReadAllBytes(name))
        )
        {
            return;
        }

        string folder = Path.GetDirectoryName(name)!;
        DurableFile.MakeFolder(folder);
        using (FileStream file = new(_fresh, FileMode.Create, FileAccess.Write))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(_fresh, name, overwrite: true);
        DurableFile.SyncFolder(folder);
        Written++;
    }

    /// <summary>Removes the partial tiles in whose place there is a full one, those of exports that were broken off among them.</summary>
    /// <param name="size">Entries of the log that is in the folder.</param>
    public void RemovePartial(long size)
    {
        if (size == 0)
        {
            return;
        }

        string tiles = Path.Combine(_directory, "tile");
        foreach (string partial in Directory.GetDirectories(tiles, "*.p", SearchOption.AllDirectories))
        {
            string path = Path.GetRelativePath(_directory, partial)[..^".p".Length];
            if (TilePath.TryParse(path.Replace(Path.DirectorySeparatorChar, '/'), out TilePath full) && full.IsIn(size))
            {
                Removed += Directory.EnumerateFiles(partial).LongCount();
                Directory.Delete(partial, recursive: true);
            }
        }
    }

    /// <summary>Lets another process export into the folder.</summary>
    public void Dispose() => _lock.Dispose();
}

using System.Runtime.Versioning;

namespace Ledger.Cli;

/// <summary>Stores are read by themselves only while no node writes them: halfway through a batch a sound one looks damaged.</summary>
internal static class StoppedStore
{
    /// <summary>Refuses a store that a node has open.</summary>
    /// <param name="directory">Folder of the ledger.</param>
    /// <exception cref="CommandFailure">A node has it open.</exception>
    public static void Require(string directory)
    {
        if (OperatingSystem.IsMacOS())
        {
            return; // .NET does not lock parts of files there
        }

        // The database holds a lock (fcntl) on this file while it is open for writing, and one that died does not.
        string path = Path.Combine(EmbeddedLedger.StorePath(directory), "LOCK");
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            TryLock(file, directory);
        }
        catch (Exception e)
            when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            // No store, which whoever opens it will say; or a copy that nobody can write.
        }
    }

    [UnsupportedOSPlatform("macos")]
    private static void TryLock(FileStream file, string directory)
    {
        try
        {
            file.Lock(0, 1);
            file.Unlock(0, 1);
        }
        catch (IOException e)
        {
            throw CommandFailure.Unreachable(
                $"A node has the store in {directory} open. Stop it first, or audit it by its address.",
                e
            );
        }
    }
}

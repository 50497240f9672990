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
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No store, which whoever opens it will say; or one that cannot be written here, by a node no more than by us.
            return;
        }

        using (file)
        {
            TryLock(file, directory);
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

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Files;

/// <summary>
/// Small files that must survive a loss of power: their bytes, and their names too. A name lies in its folder, which is synced like a
/// file, and .NET has no call for that: so a few of the system's own are imported here, and nowhere else.
/// </summary>
public static partial class DurableFile
{
    private const int ReadOnlyFlag = 0; // O_RDONLY
    private const int InterruptedError = 4; // EINTR

    /// <summary>Makes a file, or puts it in the place of another. A crash leaves the one or the other, whole.</summary>
    /// <param name="path">The file; its folder is there.</param>
    /// <param name="bytes">What it holds.</param>
    /// <exception cref="IOException">It cannot be written, or nobody knows whether it was.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        string full = Path.GetFullPath(path);
        string fresh = full + ".new";
        using (FileStream file = new(fresh, FileMode.Create, FileAccess.Write))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, full, overwrite: true);
        SyncFolder(Path.GetDirectoryName(full)!);
    }

    /// <summary>Makes a folder, and those above it that are missing, and makes their names durable.</summary>
    /// <param name="path">The folder; nothing is done when it is there.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static void MakeFolder(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (!Directory.Exists(full) && Path.GetDirectoryName(full) is { } above)
        {
            MakeFolder(above);
            Directory.CreateDirectory(full);
            SyncFolder(above);
        }
    }

    /// <summary>Makes durable which names a folder holds: files that were made, renamed or removed in it.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">It cannot be opened or synced.</exception>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // it has no such call: its file system keeps a journal of names
        }

        using SafeFileHandle handle = Open(folder, ReadOnlyFlag);
        if (handle.IsInvalid)
        {
            throw Failure($"{folder} cannot be opened");
        }

        Sync(handle, static handle => SyncAll(handle), folder);
    }

    /// <summary>
    /// Makes durable what was written within the length that a file has. Nothing else of it is written: its times may be lost.
    /// </summary>
    public static void SyncBytes(SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsLinux())
        {
            Sync(file, static handle => SyncData(handle), path);
        }
        else
        {
            RandomAccess.FlushToDisk(file);
        }
    }

    private static void Sync(SafeFileHandle handle, Func<SafeFileHandle, int> sync, string path)
    {
        while (sync(handle) != 0)
        {
            if (Marshal.GetLastPInvokeError() != InterruptedError)
            {
                throw Failure($"{path} cannot be synced");
            }
        }
    }

    private static IOException Failure(string what) =>
        new($"{what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncAll(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int SyncData(SafeFileHandle file);
}

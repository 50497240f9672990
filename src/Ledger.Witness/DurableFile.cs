using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Ledger.Witness;

/// <summary>Files that are replaced whole: after a crash at any moment there is the old one or the new, and after a return the new.</summary>
internal static partial class DurableFile
{
    /// <summary>Replaces a file, or makes it.</summary>
    /// <exception cref="IOException">It could not be made certain that the new one stays: the old one may be there, or the new.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string fresh = path + ".new";
        using (FileStream file = new(fresh, FileMode.Create, FileAccess.Write))
        {
            file.Write(content);
            file.Flush(flushToDisk: true); // the content, before the name leads to it
        }

        // A crash here leaves the old file, and one more that nobody reads.
        File.Move(fresh, path, overwrite: true);
        SyncFolder(Path.GetDirectoryName(path)!); // the name
    }

    /// <summary>Makes the names in a folder durable. Windows has no such call, and needs none: it logs changes of names.</summary>
    private static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Open(folder, flags: 0); // O_RDONLY
        int error = descriptor < 0 || FSync(descriptor) != 0 ? Marshal.GetLastPInvokeError() : 0;
        if (descriptor >= 0)
        {
            _ = Close(descriptor);
        }

        if (error != 0)
        {
            throw new IOException($"{folder} could not be synced: {new Win32Exception(error).Message}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}

using System.Runtime.InteropServices;

namespace RocksDbSharp;

/// <summary>Finds the RocksDB shared library under the names that distributions give it.</summary>
internal static class LibraryLoader
{
    /// <summary>Loads one library by file name; false when the system has none of that name.</summary>
    internal delegate bool TryLoad(string name, out nint handle);

    /// <summary>
    /// The names tried, in this order: the unversioned name first (a deliberate choice of whoever installed it), then
    /// the sonames of the releases from 7.8, the oldest whose C API has everything that <see cref="Native"/> imports.
    /// </summary>
    internal static IReadOnlyList<string> Names { get; } =
    [
        "librocksdb.so",
        .. Sonames(major: 7, fromMinor: 8, toMinor: 10),
        .. Sonames(major: 8, fromMinor: 0, toMinor: 11),
        .. Sonames(major: 9, fromMinor: 0, toMinor: 11),
        .. Sonames(major: 10, fromMinor: 0, toMinor: 10),
    ];

    /// <summary>Resolves <see cref="Native.Library"/>; zero for any other name, which the runtime then looks up itself.</summary>
    internal static nint Resolve(string name) =>
        name == Native.Library
            ? Load(Names, static (string file, out nint handle) => NativeLibrary.TryLoad(file, out handle))
            : 0;

    /// <summary>Loads the first of <paramref name="names"/> that there is.</summary>
    /// <exception cref="DllNotFoundException">There is none; the message says what to install.</exception>
    internal static nint Load(IReadOnlyList<string> names, TryLoad tryLoad)
    {
        foreach (string name in names)
        {
            if (tryLoad(name, out nint handle))
            {
                return handle;
            }
        }

        throw new DllNotFoundException(
            $"RocksDB's shared library was not found (tried {names[0]} to {names[^1]}). Install RocksDB 7.8 or later: "
                + "on Debian and Ubuntu 'apt-get install librocksdb7.8' (or the version that the distribution has), "
                + "on Fedora 'dnf install rocksdb'; or put librocksdb.so on the loader's path (LD_LIBRARY_PATH)."
        );
    }

    private static IEnumerable<string> Sonames(int major, int fromMinor, int toMinor) =>
        Enumerable.Range(fromMinor, toMinor - fromMinor + 1).Select(minor => $"librocksdb.so.{major}.{minor}");
}

using System.Reflection;
using System.Runtime.InteropServices;

namespace Ledger.Crypto.Native;

/// <summary>Finds libcrypto, the native library of this assembly, under the names that distributions give it.</summary>
internal static class NativeLibraries
{
    private static readonly Lock Gate = new();
    private static bool s_registered;

    /// <summary>Installs the resolver. Each import class calls it from its static constructor, before any import.</summary>
    public static void Register()
    {
        lock (Gate)
        {
            if (!s_registered)
            {
                NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
                s_registered = true;
            }
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        name == LibCrypto.Name ? Load(LibCrypto.FileNames, LibCrypto.Remedy) : 0; // 0: the runtime's own search

    /// <summary>Loads the first of the files that can be found.</summary>
    /// <exception cref="DllNotFoundException">None can: says which were tried and what to install.</exception>
    public static nint Load(ReadOnlySpan<string> fileNames, string remedy)
    {
        foreach (string fileName in fileNames)
        {
            if (NativeLibrary.TryLoad(fileName, out nint handle))
            {
                return handle;
            }
        }
        throw new DllNotFoundException($"None of {string.Join(", ", fileNames)} could be loaded. {remedy}");
    }
}

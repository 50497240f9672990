using System.Runtime.InteropServices;

namespace RocksDbSharp;

/// <summary>What this library throws when something other than RocksDB's own status is the cause.</summary>
public class RocksDbSharpException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What went wrong.</param>
    public RocksDbSharpException(string message)
        : base(message) { }
}

/// <summary>
/// A status other than OK from RocksDB: corruption, an I/O error, a lock held elsewhere. The message is RocksDB's own.
/// </summary>
public class RocksDbException : RocksDbSharpException
{
    internal RocksDbException(string message)
        : base(message) { }

    /// <summary>Throws when <paramref name="error"/>, a string of the C API's, is not null, and frees it.</summary>
    internal static void ThrowIfError(nint error)
    {
        if (error != 0)
        {
            throw new RocksDbException(TakeString(error)!);
        }
    }

    /// <summary>Copies a string that RocksDB allocated and frees it; null for null.</summary>
    internal static string? TakeString(nint text)
    {
        string? copy = Marshal.PtrToStringUTF8(text);
        Native.rocksdb_free(text);
        return copy;
    }
}

using System.Runtime.InteropServices;

namespace Ledger.Benchmarks.Rivals;

/// <summary>OpenSSL's own SHA-256, called without the layers of the platform. Uses SHA-NI where the processor has it.</summary>
internal static unsafe partial class OpenSsl
{
    /// <summary>One call for a whole message of so many bytes; writes 32 bytes and returns where.</summary>
    [LibraryImport("libcrypto.so.3", EntryPoint = "SHA256")]
    public static partial byte* Sha256(byte* message, nuint length, byte* digest);
}
